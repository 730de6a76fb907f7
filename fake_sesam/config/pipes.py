"""Pipes: source, transforms, sink and pump.

Source: docs (hub/configuration-pipes.rst and hub/documentation/building-blocks of datanav/docs, commit 2b65c06,
2026-05-21).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fake_sesam.config.node_metadata import NamespaceNames, NodeMetadata
from fake_sesam.config.properties import known, parse, row, table, with_defaults
from fake_sesam.config.pumps import PumpConfig
from fake_sesam.config.sinks import ENDPOINTS, SINK_TYPES, SinkConfig
from fake_sesam.config.sources import SOURCE_TYPES, SourceConfig
from fake_sesam.config.templates import expand_template
from fake_sesam.config.transforms import (
    TRANSFORM_KINDS,
    DtlTransform,
    EmitChildren,
    RestTransform,
    TemplateTransform,
)
from fake_sesam.dtl import (
    DtlProgram,
    Equality,
    Names,
    NamespacedNames,
    compile_equality,
    compile_program,
    compile_subset,
    dataset_aliases,
)

__all__ = ["Pipe", "Step", "build_pipe", "effective_pipe", "transforms_of"]

# Source: docs (features/namespaces.rst): the sources and sinks that do so by default.
_ADD_NAMESPACES = ("embedded", "http_endpoint", "json")
_REMOVE_NAMESPACES = ("csv_endpoint", "http_endpoint", "rest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One transform of a pipe, ready to be applied.

    Attributes:
        does: What it does; a `TemplateTransform` is one whose steps are not known.
        trigger: Path and pattern that an entity must match to be transformed; None for every entity.
        config: The transform's configuration.
    """

    does: DtlProgram | EmitChildren | RestTransform | TemplateTransform
    trigger: tuple[str, str] | None = None
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipe:
    """A pipe ready to run.

    Attributes:
        steps: The compiled transforms, in their order.
        checkpoint_interval: Without a value in the configuration it depends on the batch size.
        identity_namespace: The namespace that ids get; None where they get none.
        property_namespace: The namespace that properties get; None where they get none.
        is_in_subset: Whether an entity is in the `subset` of the source; None without one.
        equality: The rules of a `merge` source.
        is_namespaced: Whether it has namespaced identifiers.
        tracks_children: Whether the sink keeps children that an entity no longer has, as deleted ones.
        original: The configuration as it stands in its file.
        effective: The configuration with variables expanded and defaults filled in.
    """

    id: str = row(name="_id", required=True)
    type: str = row(required=True)
    name: Any = row()
    description: Any = row()
    comment: Any = row(kind="string|list|object")
    permissions: tuple[Any, ...] | None = known()
    source: SourceConfig = row(kind="object", required=True)
    steps: tuple[Step, ...] = row(name="transform", kind="object|list")
    sink: SinkConfig = row(kind="object")
    pump: PumpConfig = row(kind="object", inside=PumpConfig)
    metadata: Mapping[str, Any] | None = row()
    batch_size: int = row(100, minimum=1)
    checkpoint_interval: int = row(minimum=1)
    disable_set_last_seen: bool = row(False)
    enable_background_rescan: bool | None = known()
    rescan_when_config_changes: bool | None = known()
    reprocessing_policy: str = known(default="continue", choices=("continue", "automatic"))
    infer_pipe_entity_types: bool | None = known()
    exclude_completeness: tuple[Any, ...] | None = row()
    include_completeness: tuple[Any, ...] | None = row()
    add_namespaces: bool | None = row()
    remove_namespaces: bool | None = row()
    namespaced_identifiers: bool | None = row()
    namespaces: NamespaceNames = row(kind="object", inside=NamespaceNames)
    compaction: Mapping[str, Any] | None = known()
    dependency_tracking: Mapping[str, Any] | None = known()
    is_in_subset: Callable[[dict[str, Any]], bool] | None = None
    equality: tuple[Equality, ...] = ()
    is_namespaced: bool = False
    tracks_children: bool = False
    identity_namespace: str | None = None
    property_namespace: str | None = None
    original: Mapping[str, Any] = field(default_factory=dict, repr=False)
    effective: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_pumped(self) -> bool:
        """Whether it has a pump; a pipe that receives or publishes entities over HTTP has none."""
        return self.source.type != "http_endpoint" and self.sink.type not in ENDPOINTS

    @property
    def pump_id(self) -> str:
        """The pump's id, as execution logs write it."""
        return f"pump:{self.id}"


def effective_pipe(config: Mapping[str, Any], *, metadata: NodeMetadata) -> dict[str, Any]:
    """Return the configuration with the documented defaults filled in, as the node API shows it."""
    filled = with_defaults({**_sink_defaults(config), **config}, table(Pipe))
    filled["source"] = _effective_source(filled.get("source"), metadata.global_defaults or {})
    filled["sink"] = _effective_sink(filled.get("sink") or {}, pipe_id=filled["_id"])
    pump = {"_id": f"pump:{filled['_id']}", **(filled.get("pump") or {})}
    filled["pump"] = with_defaults(pump, table(PumpConfig))
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


def build_pipe(
    config: Mapping[str, Any],
    *,
    original: Mapping[str, Any],
    metadata: NodeMetadata,
    secrets: Mapping[str, str] | None = None,
) -> Pipe:
    """Build a pipe from a checked configuration.

    Args:
        config: The configuration with its variables expanded.
        original: The configuration as it stands in its file.
        metadata: The node's metadata.
        secrets: The values of `$SECRET`, which only encryption functions use; they are nowhere else in the pipe.
    """
    effective = effective_pipe(config, metadata=metadata)
    source, sink = effective["source"], effective["sink"]
    namespaces = _namespaces(effective, metadata)
    is_namespaced = effective.get("namespaced_identifiers", metadata.namespaced_identifiers)
    identity, properties = namespaces.identity or effective["_id"], namespaces.property or effective["_id"]
    names = NamespacedNames(identity=identity, properties=properties) if is_namespaced else Names()
    adds = effective.get("add_namespaces", is_namespaced and source["type"] in _ADD_NAMESPACES)
    removes = effective.get("remove_namespaces", is_namespaced and sink["type"] in _REMOVE_NAMESPACES)
    return parse(
        Pipe,
        effective,
        source=parse(SourceConfig, source, kind=source["type"]),
        sink=parse(SinkConfig, sink, kind=sink["type"]),
        pump=_pump(effective, given=frozenset(config.get("pump") or {})),
        steps=tuple(
            _step(each, names, effective["_id"], secrets or {})
            for _, transform in transforms_of(effective)
            for each in expand_template(transform)
        ),
        is_in_subset=_subset(source, names),
        equality=_equality(source, names),
        namespaces=namespaces,
        remove_namespaces=removes,
        tracks_children=_tracks_children(effective),
        is_namespaced=bool(is_namespaced),
        identity_namespace=identity if adds else None,
        property_namespace=properties if adds else None,
        original=original,
        effective=effective,
    )


def _sink_defaults(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a sink decides: a REST sink sends one entity at a time unless the pipe says otherwise."""
    sink = config.get("sink")
    return {"batch_size": 1} if isinstance(sink, Mapping) and sink.get("type") == "rest" else {}


def _effective_source(source: Any, defaults: Mapping[str, Any]) -> Any:
    if not isinstance(source, dict) or source.get("type") not in SOURCE_TYPES:
        return source
    properties = table(SourceConfig, source["type"])
    inherited = {name: defaults[name] for name in ("if_source_empty",) if name in properties and name in defaults}
    return with_defaults({**inherited, **source}, properties)


def _effective_sink(sink: Any, *, pipe_id: str) -> Any:
    kind = sink.get("type", table(SinkConfig)["type"].default) if isinstance(sink, dict) else None
    if kind not in SINK_TYPES:
        return sink
    return with_defaults({**({"dataset": pipe_id} if kind == "dataset" else {}), **sink}, table(SinkConfig, kind))


def _step(transform: Mapping[str, Any], names: Names, pipe_id: str, secrets: Mapping[str, str]) -> Step:
    described = TRANSFORM_KINDS[transform["type"]]
    does: Any = parse(described, transform)
    trigger = _trigger(transform.get("trigger_on"))
    if isinstance(does, DtlTransform):
        rules = dict(does.rules or {})
        does, _ = compile_program(rules, id_required=does.id_required, names=names, pipe_id=pipe_id, secrets=secrets)
    return Step(does=does, trigger=trigger, config=transform)


def _trigger(written: Mapping[str, Any] | None) -> tuple[str, str] | None:
    return None if written is None else (str(written.get("key", "_trigger")), str(written.get("value")))


def _tracks_children(effective: Mapping[str, Any]) -> bool:
    """Return what `track_children` says; without it, whether a transform uses `create-child`."""
    written = effective["sink"].get("track_children")
    return "create-child" in json.dumps(effective.get("transform")) if written is None else bool(written)


def _subset(source: Mapping[str, Any], names: Names) -> Callable[[dict[str, Any]], bool] | None:
    if source["type"] != "dataset" or not source.get("subset"):
        return None
    return compile_subset(source["subset"], names=names)[0]


def _equality(source: Mapping[str, Any], names: Names) -> tuple[Equality, ...]:
    if source["type"] != "merge":
        return ()
    datasets = dataset_aliases(source["datasets"])
    rules, _ = compile_equality(datasets, source.get("equality") or (), source.get("equality_sets") or (), names=names)
    return tuple(rules)


def _default_interval_s(effective: Mapping[str, Any]) -> float:
    is_internal = effective["source"].get("type") == "dataset" and effective["sink"].get("type") == "dataset"
    return 30 if is_internal else 900


def _namespaces(effective: Mapping[str, Any], metadata: NodeMetadata) -> NamespaceNames:
    return parse(NamespaceNames, {**(metadata.namespaces or {}), **(effective.get("namespaces") or {})})


def _pump(effective: Mapping[str, Any], *, given: frozenset[str]) -> PumpConfig:
    pump = parse(PumpConfig, effective["pump"], given=given)
    if pump.use_dead_letter_dataset and not pump.dead_letter_dataset:
        return replace(pump, dead_letter_dataset=f"system:dead-letter:{effective['_id']}")
    return pump
