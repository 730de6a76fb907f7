"""Checks a pipe's configuration; every problem has its JSON path.

Source: docs (hub/configuration-pipes.rst, configuration-pump.rst, configuration-sources-json.rst,
configuration-sinks-dataset.rst).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fake_sesam.config.cron import is_valid_cron
from fake_sesam.config.pipes import DtlTransform, Pipe, transforms_of
from fake_sesam.config.properties import parse, table
from fake_sesam.config.sinks import SINK_TYPES, SinkConfig
from fake_sesam.config.sources import SOURCE_TYPES, SourceConfig
from fake_sesam.config.validation import check_table
from fake_sesam.dtl import compile_program
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
        yield from _check_source(source, file=file, system_ids=system_ids)
    if isinstance(sink, dict):
        yield from _check_part(sink, SinkConfig, SINK_TYPES, "sink", file=file)
    if isinstance(config.get("pump"), dict):
        yield from _check_pump(config["pump"], file=file)
    for path, transform in transforms_of(config):
        yield from _check_transform(transform, file=file, path=path)


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


def _check_source(source: Mapping[str, Any], *, file: str, system_ids: frozenset[str]) -> Iterator[Problem]:
    if source.get("type") != "json":
        return
    system = source.get("system")
    if isinstance(system, str) and system not in system_ids:
        known = ", ".join(sorted(system_ids)) or "none"
        yield Problem("error", f"there is no system {system!r}; known systems: {known}", file, "source.system")
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


def _check_transform(transform: Any, *, file: str, path: str) -> Iterator[Problem]:
    if not isinstance(transform, dict):
        yield Problem("error", f"expected object, got {type(transform).__name__}", file, path)
        return
    kind = transform.get("type")
    if kind == CONDITIONAL:
        return
    if kind != "dtl":
        message = f"this node has the transform 'dtl', not {kind!r}"
        yield Problem("error", message, file, f"{path}.type", is_unsupported=kind in DOCUMENTED["transform"])
        return
    yield from check_table(transform, table(DtlTransform), file=file, path=path)
    if isinstance(transform.get("rules"), dict):
        _, problems = compile_program(transform["rules"])
        for problem in problems:
            is_unsupported = problem.message.startswith(NOT_IMPLEMENTED)
            yield Problem(problem.level, problem.message, file, f"{path}.rules{problem.path}", is_unsupported)
