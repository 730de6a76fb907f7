"""What one transform may compute: every function that can grow is bounded and ends in an error."""

from typing import Any

import pytest

from fake_sesam.dtl import compile_program
from fake_sesam.errors import TransformError
from tests.support.cases import for_each

DIGITS = "more than 4300 digits"
VALUES = "the limit is 1000000"
TEXT = "limit is 50000000"
BIG = ["^", 9, 4000]
DOUBLED = {"combine": VALUES, "list": VALUES, "concat": TEXT}


def run(steps: Any) -> Any:
    """Return the target entity of some transforms."""
    program, problems = compile_program({"default": steps}, id_required=False)
    assert problems == []
    return program.apply({"_id": "1", "xs": [1]})[0]


@for_each(
    ("expression", "message"),
    [
        (["^", 9, ["^", 9, 9]], DIGITS),
        (["pow", 100_000, 9], DIGITS),
        (["*", BIG, BIG], DIGITS),
        (["multiply", BIG, BIG], DIGITS),
        (["range", 0, 30_000_000], VALUES),
        (["range", 30_000_000, 0, -1], VALUES),
        (["tuples", ["range", 0, 5000], ["range", 0, 5000]], VALUES),
        (["ljust", 10**12, "x", "a"], TEXT),
        (["rjust", 10**12, "x", "a"], TEXT),
        (["replace", "a", ["ljust", 10**7, "x", "a"], "aaaaaaaa"], TEXT),
        (["join", ["ljust", 10**7, "x", "a"], ["range", 0, 10]], None),
        (["join", ["ljust", 10**7, "x", "a"], ["list", "a", "b", "c", "d", "e", "f"]], TEXT),
        (["apply", "default", "_S."], "more than 100 deep"),
        (["slice", 0, 5, 0, "_S.xs"], "ValueError: slice step cannot be zero"),
        (["insert", "x", "_S.xs", 1], "TypeError"),
        (["+", ["decimal", "1e999999999"], 1], "Overflow"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_result_that_is_too_large_fails_the_entity(expression: Any, message: str | None) -> None:
    if message is None:
        assert run([["add", "v", expression]]) == {"v": ""}
        return

    with pytest.raises(TransformError, match="DTL transform failed with error") as caught:
        run([["add", "v", expression]])

    assert message in caught.value.message


@pytest.mark.parametrize("function", DOUBLED)
def test_a_property_that_doubles_with_every_step_fails_the_entity(function: str) -> None:
    """The configuration is short, and a list that holds itself twice needs no memory until it is written."""
    start = ["add", "v", "abcdefgh" if function == "concat" else ["list", 1]]

    with pytest.raises(TransformError, match=DOUBLED[function]):
        run([start, *[["add", "v", [function, "_T.v", "_T.v"]]] * 40])


@for_each(
    "expression",
    [["integer", ["decimal", "1e99999999"]], ["round", ["decimal", "1e99999999"]], ["integer", "0x" + "f" * 9000]],
    ids=lambda value: str(value)[:40],
)
def test_a_number_without_bounds_is_no_integer(expression: Any) -> None:
    assert run([["add", "v", expression]]) == {"v": None}


def test_text_that_is_nested_too_deep_is_not_json() -> None:
    assert run([["add", "v", ["json-parse", "[" * 100_000]]]) == {"v": None}


@pytest.mark.parametrize("kind", ["expression", "block"])
def test_expressions_that_are_nested_too_deep_are_a_problem(kind: str) -> None:
    written: Any = 1 if kind == "expression" else []
    for _ in range(300):
        written = ["list", written] if kind == "expression" else [["if", True, written]]

    _, problems = compile_program({"default": [["add", "v", written]] if kind == "expression" else written})

    assert [problem.message for problem in problems] == ["expected at most 100 levels of nesting"]


def test_a_power_that_fits_is_exact() -> None:
    assert run([["add", "v", ["^", 2, 4096]]]) == {"v": 2**4096}
