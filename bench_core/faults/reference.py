"""The reference of all faults as text: what `fake-hubspot faults` prints."""

import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from bench_core.faults.definition import GROUPS, FaultDescription

__all__ = ["describe", "render_table"]


def describe(fault: FaultDescription) -> str:
    """Describe one fault as plain text."""
    lines = [fault.name, f"  {fault.summary}", f"  Source: {fault.source}"]
    lines += ["  Also in front of any other API, with contract-bench proxy."] if fault.any_api else []
    if fault.aliases:
        lines.append(f"  Also known as: {', '.join(fault.aliases)}")
    lines += [f"  {name} = {_default(schema)}: {_description(schema)}" for name, schema in fault.params.items()]
    if not fault.params:
        lines.append("  No parameters.")
    return "\n".join(lines)


def render_table(catalogue: Iterable[FaultDescription]) -> str:
    """Render faults as Markdown, one table for each group."""
    groups = groupby(catalogue, key=lambda fault: fault.group)
    return "\n\n".join(_section(group, list(faults)) for group, faults in groups) + "\n"


def _section(group: str, faults: list[FaultDescription]) -> str:
    head = "| fault | what the client sees | parameters and defaults | of | evidence |\n|---|---|---|---|---|"
    return "\n".join([f"### {GROUPS[group]}", "", head, *map(_row, faults)])


def _row(fault: FaultDescription) -> str:
    names = "<br>".join([f"`{fault.name}`", *(f"`{alias}`" for alias in fault.aliases)])
    params = "<br>".join(f"`{name}` = `{_default(schema)}`" for name, schema in fault.params.items())
    api = "any API" if fault.any_api else "HubSpot"
    return f"| {names} | {fault.summary} | {params} | {api} | {fault.source} |"


def _default(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema["default"], ensure_ascii=False)


def _description(schema: Mapping[str, Any]) -> str:
    """Return what a parameter means. The schema of one that may be null has the text one level down."""
    if "description" in schema:
        return str(schema["description"])
    return next(str(one["description"]) for one in schema["anyOf"] if "description" in one)
