"""Pipes: source, transforms, sink and pump. JSON in, frozen values out.

Source: docs (hub/configuration-pipes.rst, configuration-pump.rst, configuration-sources-json.rst,
configuration-sinks-dataset.rst).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_sesam.config import tables
from fake_sesam.config.schema import Table, with_defaults
from fake_sesam.dtl import DtlProgram, Names, NamespacedNames, compile_program

__all__ = ["Pipe", "PumpConfig", "SinkConfig", "SourceConfig", "build_pipe", "effective_pipe", "transforms_of"]

SOURCES: Mapping[str, Table] = {
    "json": tables.JSON_SOURCE,
    "embedded": tables.EMBEDDED_SOURCE,
    "dataset": tables.DATASET_SOURCE,
    "http_endpoint": tables.HTTP_ENDPOINT_SOURCE,
}
SINKS: Mapping[str, Table] = {"dataset": tables.DATASET_SINK, "http_endpoint": tables.HTTP_ENDPOINT_SINK}


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """Where a pipe reads; `url` and `system_id` for json, `entities` for embedded, `dataset` for dataset sources."""

    type: str
    system_id: str = ""
    url: str = ""
    entities: tuple[dict[str, Any], ...] = ()
    dataset: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    page_size: int | None = None
    if_source_empty: str = "accept"
    supports_since: bool = False
    is_since_comparable: bool = True
    is_chronological: bool = False
    initial_since_value: str | int | None = None
    include_previous_versions: bool = False


@dataclass(frozen=True, slots=True)
class SinkConfig:
    """Where a pipe writes."""

    type: str
    dataset: str
    deletion_tracking: bool = True
    mark_deletion_tracked: bool = False
    circuit_breaker_factor: float | None = None
    circuit_breaker_count: int | None = None
    prevent_multiple_versions: bool | str = False
    suppress_filtered: bool = False
    max_entity_bytes: int = 104857600


@dataclass(frozen=True, slots=True)
class PumpConfig:
    """When a pipe runs and how often it tries.

    Units: intervals and delays in seconds.
    """

    mode: str
    schedule_interval_s: float
    cron_expression: str | None
    rescan_run_count: int | None
    rescan_cron_expression: str | None
    partial_rescan_run_count: int | None
    partial_rescan_delta: int | None
    run_at_startup: bool
    run_at_startup_if_not_populated: bool
    max_read_retries: int | None
    read_retry_delay_s: float | None
    max_consecutive_write_errors: int
    max_write_errors_in_retry_dataset: int
    max_retries_per_entity: int
    write_retry_delay_s: float
    batch_retries: int
    fallback_to_single_entities: bool
    dead_letter_dataset: str | None
    track_dead_letters: bool
    log_noop_runs: bool
    noop_is_changes_only: bool


@dataclass(frozen=True, slots=True)
class Pipe:
    """A pipe ready to run; `original` is as configured, `effective` has ``$ENV`` expanded and defaults filled in."""

    id: str
    source: SourceConfig
    sink: SinkConfig
    pump: PumpConfig
    programs: tuple[DtlProgram, ...]
    batch_size: int
    checkpoint_interval: int
    disable_set_last_seen: bool
    identity_namespace: str | None
    property_namespace: str | None
    remove_namespaces: bool
    original: Mapping[str, Any] = field(repr=False)
    effective: Mapping[str, Any] = field(repr=False)

    @property
    def is_pumped(self) -> bool:
        """Whether a pump moves entities through it; what is posted to it or asked of it needs none."""
        return self.source.type != "http_endpoint" and self.sink.type == "dataset"

    @property
    def pump_id(self) -> str:
        """The pump's id, as execution logs write it."""
        return f"pump:{self.id}"


def effective_pipe(config: Mapping[str, Any], *, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration with the documented defaults filled in, as the node API shows it."""
    filled = with_defaults(config, tables.PIPE)
    pipe_id = filled.get("_id")
    source = filled.get("source")
    if isinstance(source, dict) and source.get("type") in SOURCES:
        table = SOURCES[source["type"]]
        inherited = {"if_source_empty": defaults["if_source_empty"]} if "if_source_empty" in defaults else {}
        filled["source"] = with_defaults({**(inherited if "if_source_empty" in table else {}), **source}, table)
    sink = filled.get("sink") or {"type": "dataset"}
    if isinstance(sink, dict) and sink.get("type", "dataset") == "dataset":
        filled["sink"] = with_defaults({"type": "dataset", "dataset": pipe_id, **sink}, tables.DATASET_SINK)
    else:
        filled["sink"] = sink
    pump = filled.get("pump") or {}
    filled["pump"] = with_defaults({"_id": f"pump:{pipe_id}", "type": "pump", **pump}, tables.PUMP)
    filled["pump"].setdefault("schedule_interval", _default_interval_s(filled))
    filled.setdefault("checkpoint_interval", 1 if filled["batch_size"] == 1 else 100)
    return filled


def transforms_of(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the transforms of a pipe's configuration with their JSON paths."""
    transform = config.get("transform")
    if isinstance(transform, list):
        for index, each in enumerate(transform):
            yield f"transform[{index}]", each
    elif isinstance(transform, dict):
        yield "transform", transform


def build_pipe(config: Mapping[str, Any], *, original: Mapping[str, Any], metadata: Mapping[str, Any]) -> Pipe:
    """Make a pipe from a checked configuration."""
    effective = effective_pipe(config, defaults=metadata.get("global_defaults") or {})
    identity, properties = _namespaces(effective, metadata)
    is_namespaced = effective.get("namespaced_identifiers", metadata.get("namespaced_identifiers", False))
    names = NamespacedNames(identity=identity, properties=properties) if is_namespaced else Names()
    adds = _adds_namespaces(effective, is_namespaced=is_namespaced)
    return Pipe(
        id=effective["_id"],
        source=_source(effective["source"]),
        sink=_sink(effective),
        pump=_pump(effective, config.get("pump") or {}),
        programs=tuple(_program(transform, names) for _, transform in transforms_of(effective)),
        batch_size=effective["batch_size"],
        checkpoint_interval=effective["checkpoint_interval"],
        disable_set_last_seen=effective["disable_set_last_seen"],
        identity_namespace=identity if adds else None,
        property_namespace=properties if adds else None,
        remove_namespaces=bool(effective.get("remove_namespaces")),
        original=original,
        effective=effective,
    )


def _program(transform: Mapping[str, Any], names: Names) -> DtlProgram:
    program, _ = compile_program(transform["rules"], id_required=transform.get("id_required", True), names=names)
    return program


def _default_interval_s(effective: Mapping[str, Any]) -> float:
    is_internal = effective.get("source", {}).get("type") == "dataset" and effective["sink"].get("type") == "dataset"
    return 30 if is_internal else 900


def _namespaces(effective: Mapping[str, Any], metadata: Mapping[str, Any]) -> tuple[str, str]:
    configured = {**(metadata.get("namespaces") or {}), **(effective.get("namespaces") or {})}
    return configured.get("identity", effective["_id"]), configured.get("property", effective["_id"])


def _adds_namespaces(effective: Mapping[str, Any], *, is_namespaced: bool) -> bool:
    is_inbound = effective["source"].get("type") != "dataset"
    return bool(effective.get("add_namespaces", is_namespaced and is_inbound))


def _source(config: Mapping[str, Any]) -> SourceConfig:
    return SourceConfig(
        type=config["type"],
        system_id=config.get("system", ""),
        url=config.get("url", ""),
        entities=tuple(config.get("entities") or ()),
        dataset=config.get("dataset", ""),
        headers={name: str(value) for name, value in (config.get("headers") or {}).items()},
        page_size=config.get("page_size"),
        if_source_empty=config.get("if_source_empty", "accept"),
        supports_since=config.get("supports_since", False),
        is_since_comparable=config.get("is_since_comparable", True),
        is_chronological=config.get("is_chronological", False),
        initial_since_value=config.get("initial_since_value"),
        include_previous_versions=config.get("include_previous_versions", False),
    )


def _sink(effective: Mapping[str, Any]) -> SinkConfig:
    config = effective["sink"]
    if config.get("type") != "dataset":
        return SinkConfig(config["type"], "")
    return SinkConfig(
        type="dataset",
        dataset=config["dataset"],
        deletion_tracking=config["deletion_tracking"],
        mark_deletion_tracked=config["mark_deletion_tracked"],
        circuit_breaker_factor=config.get("circuit_breaker_threshold_factor"),
        circuit_breaker_count=config.get("circuit_breaker_threshold_count"),
        prevent_multiple_versions=config["prevent_multiple_versions"],
        suppress_filtered=config["suppress_filtered"],
        max_entity_bytes=config["max_entity_bytes_size"],
    )


def _pump(effective: Mapping[str, Any], given: Mapping[str, Any]) -> PumpConfig:
    config = effective["pump"]
    old_style = f"system:dead-letter:{effective['_id']}" if config["use_dead_letter_dataset"] else None
    return PumpConfig(
        mode=config["mode"],
        schedule_interval_s=config["schedule_interval"],
        cron_expression=config.get("cron_expression"),
        rescan_run_count=config.get("rescan_run_count"),
        rescan_cron_expression=config.get("rescan_cron_expression"),
        partial_rescan_run_count=config.get("partial_rescan_run_count"),
        partial_rescan_delta=config.get("partial_rescan_delta"),
        run_at_startup=config["run_at_startup"],
        run_at_startup_if_not_populated=config["run_at_startup_if_not_populated"],
        max_read_retries=given.get("max_read_retries"),
        read_retry_delay_s=given.get("read_retry_delay"),
        max_consecutive_write_errors=config["max_consecutive_write_errors"],
        max_write_errors_in_retry_dataset=config["max_write_errors_in_retry_dataset"],
        max_retries_per_entity=config["max_retries_per_entity"],
        write_retry_delay_s=config["write_retry_delay"],
        batch_retries=config["batch_retries"],
        fallback_to_single_entities=config["fallback_to_single_entities_on_batch_fail"],
        dead_letter_dataset=config.get("dead_letter_dataset") or old_style,
        track_dead_letters=config["track_dead_letters"],
        log_noop_runs=config["log_events_noop_runs"],
        noop_is_changes_only=config["log_events_noop_runs_changes_only"],
    )
