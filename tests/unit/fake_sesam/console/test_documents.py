"""Documents as lines."""

import json
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fake_sesam.console.documents import marked_lines, pretty, side_by_side
from tests.support.cases import for_each

CONFIG = {
    "_id": "p",
    "source": {"type": "json", "page_size": 0},
    "transform": {"type": "dtl", "rules": {"default": [["copy", "*"], ["add", "_id", "_S.id"]]}},
}
VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@for_each(
    ("path", "line"),
    [
        ("", "{"),
        ("source", '  "source": {'),
        ("source.page_size", '    "page_size": 0'),
        ("source.nothing.deeper", '  "source": {'),
        ("transform.rules.default[1]", '      "default": [["copy", "*"], ["add", "_id", "_S.id"]]'),
        ("transform.rules.default[1][0]", '      "default": [["copy", "*"], ["add", "_id", "_S.id"]]'),
    ],
)
def test_a_problem_stands_at_its_line_or_the_nearest_one_above(path: str, line: str) -> None:
    lines = marked_lines(CONFIG, [("error", "wrong", path)])

    assert [each.text for each in lines if each.notes] == [line]


@settings(max_examples=60)
@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=4))
def test_the_lines_are_the_document(config: dict[str, Any]) -> None:
    assert json.loads("\n".join(line.text for line in marked_lines(config, []))) == config


def test_numbers_keep_every_digit() -> None:
    assert '"a": 1.10' in pretty({"a": Decimal("1.10")})


@settings(max_examples=60)
@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_both_sides_are_complete_and_only_equal_lines_are_the_same(left: list[str], right: list[str]) -> None:
    rows = side_by_side("\n".join(left), "\n".join(right))

    assert [row.left for row in rows if row.left is not None] == left
    assert [row.right for row in rows if row.right is not None] == right
    assert all((row.left == row.right) == (row.kind == "same") for row in rows)
