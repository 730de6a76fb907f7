"""One row for each property: check, parsed object, defaults and reference page all follow it."""

import ast
import re
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import pytest

import fake_sesam
from fake_sesam import reference
from fake_sesam.config.kinds import KINDS, Kind
from fake_sesam.config.properties import known, parse, row, table, with_defaults
from fake_sesam.config.validation import check_table
from tests.support.cases import for_each

SOURCES = sorted(Path(fake_sesam.__file__).parent.rglob("*.py"))
FREE_TEXT = {"comment", "description", "name"}
"""Properties that nobody but a reader looks at."""

ROWS = [(kind, name) for kind in KINDS for name in kind.table]
DEFAULTS = [(kind, name) for kind, name in ROWS if kind.table[name].default is not None]


def row_id(value: object) -> str:
    return value.title.replace("`", "") if isinstance(value, Kind) else str(value)


def attribute_of(kind: Kind, name: str) -> str:
    """Return the field that a property becomes."""
    rows = {each.metadata["row"].name or each.name: each.name for each in fields(kind.described) if each.metadata}
    return rows[name]


@for_each(("kind", "name"), DEFAULTS, ids=row_id)
def test_a_default_is_the_same_everywhere(kind: Kind, name: str) -> None:
    """In the parsed object and in the effective configuration, and it passes the check itself."""
    default = kind.table[name].default

    parsed: object = parse(kind.described, {name: None}, kind=kind.type)

    assert getattr(parsed, attribute_of(kind, name)) == default
    assert with_defaults({}, kind.table)[name] == default
    assert not any(each.level == "error" for each in check_table({name: default}, {name: kind.table[name]}, file=""))


def test_no_default_stands_a_second_time() -> None:
    """As the second argument of `get`, which is where the copies were."""
    documented = {name for _, name in DEFAULTS} - {"type"}  # a file's type is read before its kind is known

    copies = [
        f"{path.name}:{call.lineno}: {ast.unparse(call)}"
        for path in SOURCES
        if '.get("' in (text := path.read_text("utf-8"))  # parsing takes long
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and is_get_with_default(call, documented)
    ]

    assert copies == []


def is_get_with_default(call: ast.Call, names: set[str]) -> bool:
    is_get = isinstance(call.func, ast.Attribute) and call.func.attr == "get" and len(call.args) == 2
    name, default = call.args if is_get else (None, None)
    return isinstance(name, ast.Constant) and name.value in names and isinstance(default, ast.Constant)


@for_each(("kind", "name"), ROWS, ids=row_id)
def test_a_property_that_the_node_claims_to_honour_is_read_somewhere(kind: Kind, name: str) -> None:
    """What is only known says so to the user."""
    if not kind.table[name].is_simulated or name in FREE_TEXT:
        return

    assert {f".{attribute_of(kind, name)}", f'get("{name}"'} & read_in_sources()


@cache
def read_in_sources() -> set[str]:
    """Return each attribute, after a dot, and each `get` of a name."""
    text = "\n".join(path.read_text("utf-8") for path in SOURCES)
    return {*re.findall(r"\.\w+", text), *re.findall(r'get\("[^"]*"', text)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A class as a developer adds a property to it."""

    since_format: str = row("iso", choices=("iso", "epoch"), only="json")
    page_limit: int | float | None = row(name="page_limit_factor", minimum=0)
    is_dry: bool | None = known()


def test_one_row_is_checked_parsed_defaulted_and_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that to honour one more property is this row and the code that uses it."""
    monkeypatch.setattr(reference, "KINDS", [Kind("Example", Example, "json")])
    wrong = {"since_format": "roman", "page_limit_factor": "2", "is_dry": True, "since_fromat": "iso"}

    found = {each.path: (each.level, each.message) for each in check_table(wrong, table(Example, "json"), file="")}
    parsed = parse(Example, {"page_limit_factor": 2}, kind="json")

    assert found["since_format"] == ("error", "expected one of 'iso', 'epoch', got 'roman'")
    assert found["page_limit_factor"] == ("error", "expected integer|number, got string")
    assert found["is_dry"][0] == "info"
    assert found["since_fromat"] == ("warning", "unknown property 'since_fromat'. Did you mean 'since_format'?")
    assert (parsed.since_format, parsed.page_limit, parsed.is_dry) == ("iso", 2, None)
    assert with_defaults({}, table(Example, "json")) == {"since_format": "iso"}
    assert "| `since_format` | string | `iso` | one of `iso`, `epoch` |" in reference.configuration_page()


def test_a_property_of_another_type_is_unknown() -> None:
    """Each type has its own properties, from one class."""
    problems = list(check_table({"since_format": "iso"}, table(Example, "embedded"), file=""))

    assert [each.level for each in problems] == ["warning"]
    assert parse(Example, {"since_format": "epoch"}, kind="embedded").since_format == "iso"
