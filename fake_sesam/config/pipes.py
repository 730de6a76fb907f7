"""Pipes: source, transforms, sink and pump. JSON in, frozen values out.

Source: docs (hub/configuration-pipes.rst, configuration-pump.rst, configuration-sources-json.rst,
configuration-sinks-dataset.rst).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fake_sesam.config import tables
from fake_sesam.config.cron import is_valid_cron
from fake_sesam.config.schema import Table, check_table, with_defaults
from fake_sesam.dtl import Names, NamespacedNames, Program, compile_program
from fake_sesam.errors import Problem

__all__ = ["Pipe", "Pump", "Sink", "Source", "build_pipe", "check_pipe", "effective_pipe"]

SOURCES: Mapping[str, Table] = {
    "json": tables.JSON_SOURCE,
    "embedded": tables.EMBEDDED_SOURCE,
    "dataset": tables.DATASET_SOURCE,
    "http_endpoint": tables.HTTP_ENDPOINT_SOURCE,
}
SINKS: Mapping[str, Table] = {"dataset": tables.DATASET_SINK, "http_endpoint": tables.HTTP_ENDPOINT_SINK}
_PIPE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,61}")


@dataclass(frozen=True, slots=True)
class Source:
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
class Sink:
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
class Pump:
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
    source: Source
    sink: Sink
    pump: Pump
    programs: tuple[Program, ...]
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


def check_pipe(config: Mapping[str, Any], *, file: str, system_ids: frozenset[str]) -> Iterator[Problem]:
    """Yield what is wrong with a pipe's configuration (``$ENV`` expanded)."""
    yield from check_table(config, tables.PIPE, file=file)
    yield from _check_id(config.get("_id"), file=file)
    source, sink = config.get("source"), config.get("sink")
    if isinstance(source, dict):
        yield from _check_part(source, SOURCES, "source", file=file)
        yield from _check_source(source, file=file, system_ids=system_ids)
    if isinstance(sink, dict):
        yield from _check_part({"type": "dataset", **sink}, SINKS, "sink", file=file)
    if isinstance(config.get("pump"), dict):
        yield from _check_pump(config["pump"], file=file)
    for path, transform in _transforms(config):
        yield from _check_transform(transform, file=file, path=path)


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
        programs=tuple(_program(transform, names) for _, transform in _transforms(effective)),
        batch_size=effective["batch_size"],
        checkpoint_interval=effective["checkpoint_interval"],
        disable_set_last_seen=effective["disable_set_last_seen"],
        identity_namespace=identity if adds else None,
        property_namespace=properties if adds else None,
        remove_namespaces=bool(effective.get("remove_namespaces")),
        original=original,
        effective=effective,
    )


def _check_id(pipe_id: Any, *, file: str) -> Iterator[Problem]:
    if not isinstance(pipe_id, str):
        return
    if "/" in pipe_id:
        yield Problem("error", f"a pipe's _id has no '/', got {pipe_id!r}", file, "_id")
    elif not _PIPE_ID.fullmatch(pipe_id):
        message = f"expected letters, digits and hyphens, at most 62, got {pipe_id!r}"
        yield Problem("warning", message, file, "_id")


def _check_part(part: Mapping[str, Any], known: Mapping[str, Table], name: str, *, file: str) -> Iterator[Problem]:
    kind = str(part.get("type"))
    if kind in known:
        yield from check_table(part, known[kind], file=file, path=name)
        return
    names = ", ".join(repr(each) for each in known)
    yield Problem("error", f"this node has the {name}s {names}, not {kind!r}", file, f"{name}.type")


def _check_source(source: Mapping[str, Any], *, file: str, system_ids: frozenset[str]) -> Iterator[Problem]:
    if source.get("type") != "json":
        return
    system = source.get("system")
    if isinstance(system, str) and system not in system_ids:
        known = ", ".join(sorted(system_ids)) or "none"
        yield Problem("error", f"there is no system {system!r}; known systems: {known}", file, "source.system")
    flags = source.get("supports_since"), source.get("is_chronological"), source.get("is_since_comparable", True)
    if source.get("page_size") is not None and not all(flags):
        message = "page_size counts only where supports_since, is_chronological and is_since_comparable are true"
        yield Problem("warning", message, file, "source.page_size")
    if "completeness" in source:
        message = "documented for dataset sources only; Sesam's tutorial has it here, a json source does not act on it"
        yield Problem("info", message, file, "source.completeness")


def _check_pump(pump: Mapping[str, Any], *, file: str) -> Iterator[Problem]:
    for name in ("cron_expression", "rescan_cron_expression"):
        expression = pump.get(name)
        if isinstance(expression, str) and not is_valid_cron(expression):
            message = f"expected a cron expression of five or six fields, got {expression!r}"
            yield Problem("error", message, file, f"pump.{name}")
    if {"rescan_run_count", "rescan_cron_expression"} <= pump.keys():
        message = "rescan_run_count and rescan_cron_expression exclude each other"
        yield Problem("error", message, file, "pump.rescan_run_count")
    if "partial_rescan_run_count" in pump and "partial_rescan_delta" not in pump:
        message = "partial_rescan_run_count needs partial_rescan_delta"
        yield Problem("error", message, file, "pump.partial_rescan_delta")


def _check_transform(transform: Any, *, file: str, path: str) -> Iterator[Problem]:
    if not isinstance(transform, dict):
        yield Problem("error", f"expected object, got {type(transform).__name__}", file, path)
        return
    if transform.get("type") != "dtl":
        yield Problem(
            "error", f"this node has the transform 'dtl', not {transform.get('type')!r}", file, f"{path}.type"
        )
        return
    yield from check_table(transform, tables.DTL_TRANSFORM, file=file, path=path)
    if isinstance(transform.get("rules"), dict):
        _, problems = compile_program(transform["rules"])
        for problem in problems:
            yield Problem(problem.level, problem.message, file, f"{path}.rules{problem.path}")


def _transforms(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    transform = config.get("transform")
    if isinstance(transform, list):
        for index, each in enumerate(transform):
            yield f"transform[{index}]", each
    elif isinstance(transform, dict):
        yield "transform", transform


def _program(transform: Mapping[str, Any], names: Names) -> Program:
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


def _source(config: Mapping[str, Any]) -> Source:
    return Source(
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


def _sink(effective: Mapping[str, Any]) -> Sink:
    config = effective["sink"]
    if config.get("type") != "dataset":
        return Sink(config["type"], "")
    return Sink(
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


def _pump(effective: Mapping[str, Any], given: Mapping[str, Any]) -> Pump:
    config = effective["pump"]
    old_style = f"system:dead-letter:{effective['_id']}" if config["use_dead_letter_dataset"] else None
    return Pump(
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
