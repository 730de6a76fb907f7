"""The reference of all faults, as text. `docs/reference/faults.md` is made from it, and a test compares the two."""

import json
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from fake_hubspot.faults.card import FaultCard
from fake_hubspot.faults.registry import catalogue

__all__ = ["describe", "render_table"]

TITLES = {
    "answers": "Another status",
    "bodies": "Another body with status 200",
    "walk": "Paging",
    "records": "Records",
    "portal": "The account changes during the walk",
    "wire": "The connection",
}


def describe(card: FaultCard) -> str:
    """All about one fault, as plain text."""
    lines = [card.name, f"  {card.summary}", f"  Source: {card.source}"]
    if card.aliases:
        lines.append(f"  Also known as: {', '.join(card.aliases)}")
    lines += [f"  {name} = {_default(schema)}: {_description(schema)}" for name, schema in card.params.items()]
    if not card.params:
        lines.append("  No parameters.")
    return "\n".join(lines)


def render_table() -> str:
    """Every fault, group by group, in Markdown."""
    groups = groupby(catalogue(), key=lambda card: card.group)
    return "\n\n".join(_section(group, list(cards)) for group, cards in groups) + "\n"


def _section(group: str, cards: list[FaultCard]) -> str:
    head = f"### {TITLES[group]}\n\n| fault | what happens | parameters and defaults | evidence |\n|---|---|---|---|"
    return "\n".join([head, *map(_row, cards)])


def _row(card: FaultCard) -> str:
    names = "<br>".join([f"`{card.name}`", *(f"`{alias}`" for alias in card.aliases)])
    params = "<br>".join(f"`{name}` = `{_default(schema)}`" for name, schema in card.params.items())
    return f"| {names} | {card.summary} | {params} | {card.source} |"


def _default(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema["default"], ensure_ascii=False)


def _description(schema: Mapping[str, Any]) -> str:
    """What a parameter means; in the schema of one that can be null it stands one storey down."""
    if "description" in schema:
        return str(schema["description"])
    return next(str(one["description"]) for one in schema["anyOf"] if "description" in one)
