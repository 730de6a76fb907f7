"""Checks a pipe's configuration; every problem has its JSON path.

Source: docs (hub/configuration-pipes.rst, configuration-pump.rst, configuration-sources-json.rst,
configuration-sinks-dataset.rst).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bench_core.names import no_such
from fake_sesam.config.cron import is_valid_cron
from fake_sesam.config.operation_checks import check_operations, check_status_codes
from fake_sesam.config.pipes import Pipe, transforms_of
from fake_sesam.config.properties import parse, table
from fake_sesam.config.sinks import SINK_TYPES, SinkConfig
from fake_sesam.config.sources import SOURCE_TYPES, SourceConfig
from fake_sesam.config.templates import expand_template
from fake_sesam.config.transforms import TEMPLATES, TRANSFORM_KINDS
from fake_sesam.config.validation import check_table
from fake_sesam.dtl import compile_equality, compile_program, compile_subset, dataset_aliases
from fake_sesam.errors import Problem

__all__ = ["check_pipe"]

CONDITIONAL = "conditional"
NOT_IMPLEMENTED = "this node does not implement"
DOCUMENTED: Mapping[str, tuple[str, ...]] = {
    "source": (
        *("binary", "csv", "diff_datasets", "empty", "kafka", "ldap", "merge", "merge_datasets", "rdf", "rest"),
        *("sdshare", "sparql", "sql", "union_datasets"),
    ),
    "sink": (
        *("csv_endpoint", "elasticsearch", "email_message", "excel_endpoint", "http", "json", "kafka", "mail", "null"),
        *("replicated_dataset", "rest", "sdshare_push", "sms", "sms_message", "solr", "sparql", "sql", "xml_endpoint"),
    ),
    "transform": (
        *("conditional_transforms", "emit_children", "http", "json_schema", "json_schema_validation", "rdf", "rest"),
        *("template", "xml", "xml_to_rdf"),
    ),
}
"""Types that a real node has; a pipe with one of them is not wrong."""
_PIPE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,61}")


def check_pipe(config: Mapping[str, Any], *, file: str, system_ids: frozenset[str]) -> Iterator[Problem]:
    """Yield the problems of a pipe's configuration (`$ENV` expanded)."""
    yield from check_table(config, table(Pipe), file=file)
    yield from _check_id(config.get("_id"), file=file)
    source, sink = config.get("source"), config.get("sink")
    if isinstance(source, dict):
        yield from _check_part(source, SourceConfig, SOURCE_TYPES, "source", file=file)
        yield from _check_request(source, "source", "json", "rest", file=file, system_ids=system_ids)
        yield from _check_source(source, file=file)
        yield from _check_expressions(source, file=file)
    if isinstance(sink, dict):
        yield from _check_part(sink, SinkConfig, SINK_TYPES, "sink", file=file)
        yield from _check_request(sink, "sink", "rest", file=file, system_ids=system_ids)
    if isinstance(config.get("pump"), dict):
        yield from _check_pump(config["pump"], file=file)
    for path, transform in transforms_of(config):
        yield from _check_transform(transform, file=file, path=path, system_ids=system_ids)


def _check_id(pipe_id: Any, *, file: str) -> Iterator[Problem]:
    if not isinstance(pipe_id, str):
        return
    if "/" in pipe_id:
        yield Problem("error", f"expected a pipe's _id without '/', got {pipe_id!r}", file, "_id")
    elif not _PIPE_ID.fullmatch(pipe_id):
        message = f"expected letters, digits and hyphens, at most 62, got {pipe_id!r}"
        yield Problem("warning", message, file, "_id")


def _check_part(
    part: Mapping[str, Any], described: type, kinds: tuple[str, ...], name: str, *, file: str
) -> Iterator[Problem]:
    kind = str(part.get("type", table(described)["type"].default))
    if kind in kinds:
        yield from check_table(part, table(described, kind), file=file, path=name)
        return
    if kind == CONDITIONAL:
        return  # no alternative applies, and that has been reported
    names = ", ".join(repr(each) for each in kinds)
    is_documented = kind in DOCUMENTED[name]
    message = f"this node has the {name}s {names}, not {kind!r}"
    yield Problem("error", message, file, f"{name}.type", is_unsupported=is_documented)


def _check_request(
    part: Mapping[str, Any], path: str, *kinds: str, file: str, system_ids: frozenset[str]
) -> Iterator[Problem]:
    """Yield the problems of a source, transform or sink that sends requests to a system."""
    if part.get("type") not in kinds:
        return
    system = part.get("system")
    if isinstance(system, str) and system not in system_ids:
        yield Problem("error", no_such("system", system, system_ids), file, f"{path}.system")
    yield from check_operations(part.get("operations"), file=file, path=f"{path}.operations")
    yield from check_status_codes(part, file=file, path=path)


def _check_expressions(source: Mapping[str, Any], *, file: str) -> Iterator[Problem]:
    """Yield the problems of the DTL expressions of a source."""
    found: list[Problem] = []
    if source.get("type") == "dataset" and isinstance(source.get("subset"), list):
        found = [replace(each, path=".subset") for each in compile_subset(source["subset"])[1]]
    elif source.get("type") == "merge" and isinstance(source.get("datasets"), list):
        try:
            datasets = dataset_aliases(source["datasets"])
        except ValueError as error:
            yield Problem("error", str(error), file, "source.datasets")
            return
        found = compile_equality(datasets, _list(source.get("equality")), _list(source.get("equality_sets")))[1]
    for problem in found:
        yield Problem(problem.level, problem.message, file, f"source{problem.path}")


def _list(value: Any) -> list[Any]:
    """Return a list as it is; that something else is no list has been reported."""
    return value if isinstance(value, list) else []


def _check_source(source: Mapping[str, Any], *, file: str) -> Iterator[Problem]:
    if source.get("type") != "json":
        return
    if source.get("page_size") is not None and not parse(SourceConfig, source, kind="json").is_paged:
        message = "page_size has no effect unless supports_since, is_chronological and is_since_comparable are true"
        yield Problem("warning", message, file, "source.page_size")
    if "completeness" in source:
        message = "documented for dataset sources only; Sesam's tutorial has it here, but a json source ignores it"
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


def _check_transform(transform: Any, *, file: str, path: str, system_ids: frozenset[str]) -> Iterator[Problem]:
    if not isinstance(transform, dict):
        yield Problem("error", f"expected object, got {type(transform).__name__}", file, path)
        return
    kind = transform.get("type")
    if kind == CONDITIONAL:
        return
    if not isinstance(kind, str) or kind not in TRANSFORM_KINDS:
        names = ", ".join(repr(each) for each in TRANSFORM_KINDS)
        message = f"this node has the transforms {names}, not {kind!r}"
        yield Problem("error", message, file, f"{path}.type", is_unsupported=kind in DOCUMENTED["transform"])
        return
    yield from check_table(transform, table(TRANSFORM_KINDS[kind]), file=file, path=path)
    yield from _check_request(transform, path, "rest", file=file, system_ids=system_ids)
    if kind == "chained":
        for index, each in enumerate(_list(transform.get("transforms"))):
            yield from _check_transform(each, file=file, path=f"{path}.transforms[{index}]", system_ids=system_ids)
    if kind == "template":
        yield from _check_template(transform, file=file, path=path, system_ids=system_ids)
    if kind == "dtl" and isinstance(transform.get("rules"), dict):
        _, problems = compile_program(transform["rules"])
        for problem in problems:
            is_unsupported = problem.message.startswith(NOT_IMPLEMENTED)
            yield Problem(problem.level, problem.message, file, f"{path}.rules{problem.path}", is_unsupported)


def _check_template(
    transform: Mapping[str, Any], *, file: str, path: str, system_ids: frozenset[str]
) -> Iterator[Problem]:
    template, properties = transform.get("template"), transform.get("properties")
    if isinstance(template, str) and template not in TEMPLATES:
        names = ", ".join(repr(each) for each in TEMPLATES)
        yield Problem("error", f"expected one of {names}, got {template!r}", file, f"{path}.template")
        return
    if template == "transform-share-rest":
        message = "known, not simulated: an entity that reaches this transform fails"
        yield Problem("warning", message, file, f"{path}.template")
        return
    if not isinstance(properties, dict) or template is None:
        return
    if isinstance(template, str) and "operation_lookup_delete" in properties:
        message = "known, not simulated: this node does not act on it"
        yield Problem("info", message, file, f"{path}.properties.operation_lookup_delete")
    for each in expand_template(transform):
        for problem in _check_transform(each, file=file, path=path, system_ids=system_ids):
            if problem.level != "info":
                yield problem
