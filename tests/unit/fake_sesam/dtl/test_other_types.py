"""Functions and values of a type that they are not for: such values are skipped, and the run goes on."""

from decimal import Decimal
from typing import Any

import pytest

from fake_sesam.dtl import compile_program
from tests.support.cases import for_each
from tests.unit.fake_sesam.dtl.test_functions import L, evaluate

DAY = ["datetime-parse", "%Y-%m-%d", "2026-11-24"]
SOURCE: dict[str, Any] = {"_id": "1", "f": 1.5, "d": Decimal("2.50"), "w": Decimal(3), "o": {"a": 1}, "xs": ["a", 1]}


@for_each(
    ("expression", "expected"),
    [
        (["datetime", DAY], "~t2026-11-24T00:00:00Z"),
        (["datetime-parse", "%m-%d", "11-24"], "~t1900-11-24T00:00:00Z"),
        (["datetime-format", "%Y", L(DAY, 5, "x")], ["2026"]),
        (["datetime-plus", "year", "x", DAY], None),
        (["datetime-plus", "year", 9000, DAY], None),
        (["datetime-plus", "day", 1, L("x", DAY)], ["~t2026-11-25T00:00:00Z"]),
        (["datetime-diff", "day", DAY, "x"], None),
        (["datetime-shift", "UTC", "Europe/Oslo", L("x")], []),
        (["hex", L(255, "x")], ["0x00ff"]),
        (["+", "_S.d", "_S.f"], Decimal("4.00")),
        (["plus", "_S.d", "_S.f"], Decimal("4.00")),
        (["plus", "x", 1], None),
        (["round", "x", 1.5], None),
        (["round", 1, L("x", 1.25)], [1.2]),
        (["sqrt", L("x", 4)], [2.0]),
        (["split", "a b  c"], ["a", "b", "c"]),
        (["replace", 5, "abc"], None),
        (["replace", ["dict", "a", 1, "b", "x"], "abc"], "axc"),
        (["string", ["dict", "a", "_S.d", "b", "_S.w"]], '{"a": 2.5, "b": 3}'),
        (["map-dict", "_.", "_.", L("x")], []),
        (["apply", "default", L(None)], []),
        (["hash128", "md5", "x"], None),
        (["hash128", "murmur3", "y", "x"], None),
        (["json-parse", L(5, "[1]")], [[1]]),
        (["range", 1, "x"], None),
        (["range", 1, 5, 0], None),
        (["range", 1, 4], [1, 2, 3]),
        (["group-by", "_.x", "_S.xs"], {"null": ["a", 1]}),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, list) and value else "",
)
def test_a_value_of_another_type_is_skipped(expression: Any, expected: Any) -> None:
    assert evaluate(expression, SOURCE) == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (["datetime-format", ["list"], "_S.d"], "expected a constant format string"),
        (["dict", 1, 2, 3], "got 3 arguments"),
    ],
)
def test_arguments_that_cannot_be_compiled_are_a_problem(expression: Any, message: str) -> None:
    _, problems = compile_program({"default": [["add", "v", expression]]})

    assert any(message in problem.message for problem in problems)


@for_each("step", [["copy", "*"], ["copy", "a*"], ["rename", "a", "b"]])
def test_copying_from_what_is_not_an_object_copies_nothing(step: Any) -> None:
    """A rule that is applied to a list of texts."""
    rules = {"default": [["add", "v", ["apply", "other", "_S.xs"]]], "other": [step]}
    program, problems = compile_program(rules, id_required=False)

    assert problems == []
    assert program.apply({"xs": ["a", {"a": 1}, 5]})[0]["v"] in ([{}, {"a": 1}, {}], [{}, {"b": 1}, {}])


def test_a_rule_is_applied_to_strings_as_well() -> None:
    """As Sesam's own connector for HubSpot does it."""
    rules = {
        "default": [["add", "v", ["apply", "part", "_S.types"]]],
        "part": [["merge", ["dict", "kind", ["first", ["split", "-", "_S."]]]]],
    }
    program, problems = compile_program(rules, id_required=False)

    assert problems == []
    assert program.apply({"types": ["A-1", "B-2"]})[0]["v"] == [{"kind": "A"}, {"kind": "B"}]


@pytest.mark.parametrize(("step", "level"), [(["make-ni", ["list"], "a"], "error"), (["make-ni", "n", "a"], None)])
def test_make_ni_needs_constant_names(step: Any, level: str | None) -> None:
    _, problems = compile_program({"default": [step]})

    assert [problem.level for problem in problems] == ([level] if level else [])
