"""Transforms. The examples follow Sesam's reference."""

from typing import Any

import pytest

from fake_sesam.dtl import NamespacedNames, compile_program
from fake_sesam.errors import TransformError
from tests.support.cases import for_each

SOURCE: dict[str, Any] = {"_id": "1", "age": 20, "abc": 1, "b": 2, "ba": 3, "key": "k", "value": "v", "type": "person"}


def apply(rules: Any, source: dict[str, Any] | None = None, **options: Any) -> list[dict[str, Any]]:
    """Return the target entities of rules."""
    named = rules if isinstance(rules, dict) else {"default": rules}
    program, problems = compile_program(named, id_required=False, **options)
    assert problems == []
    return program.apply(SOURCE if source is None else source)


CASES: list[tuple[Any, dict[str, Any]]] = [
    ([], {}),
    ([["copy", "_id"]], {"_id": "1"}),
    ([["copy", "*"]], SOURCE),
    ([["copy", "a*", "ab*"]], {"age": 20}),
    ([["copy", ["list", "a*", "b*"], ["list", "ab*", "ba*"]]], {"age": 20, "b": 2}),
    ([["copy", ["age", "b"], ["b"]]], {"age": 20}),
    ([["copy", "?"]], {"b": 2}),
    ([["copy", "missing"]], {}),
    ([["add", "age", 26]], {"age": 26}),
    ([["add", "a", 1], ["add", "a", 2]], {"a": 2}),
    ([["add", "gone", "_S.missing"]], {"gone": None}),
    ([["add", ["concat", "x-", "_S.key"], "_S.value"]], {"x-k": "v"}),
    ([["add-if", "foo", None]], {}),
    ([["add-if", "foo", ["list"]]], {"foo": []}),
    ([["add-if", "foo", ["list", None]]], {"foo": [None]}),
    ([["add-if", "foo", ["gte", "_.", 18], None]], {}),
    ([["add-if", "foo", ["gte", "_.", 18], ["list", None]]], {}),
    ([["add-if", "foo", ["gte", "_.", 18], 12]], {}),
    ([["add-if", "foo", ["gte", "_.", 18], ["list", 123]]], {"foo": [123]}),
    ([["add", "age", 1], ["default", "age", 26], ["default", "b", 3]], {"age": 1, "b": 3}),
    ([["copy", "*"], ["remove", "?"], ["remove", "a*"]], {k: SOURCE[k] for k in ("_id", "ba", "key", "value", "type")}),
    ([["rename", "age", "current_age"]], {"current_age": 20}),
    ([["rename", "missing", "x"]], {}),
    ([["rename", "*", "x"]], {}),
    ([["if", ["gt", "_S.age", 18], ["add", "type", "adult"], ["add", "type", "child"]]], {"type": "adult"}),
    ([["if", ["gt", "_S.age", 18], [["add", "x", 1], ["add", "y", 2]]]], {"x": 1, "y": 2}),
    ([["if", False, []]], {}),
    (
        [["case", ["gte", "_S.age", 30], ["add", "g", "old"], ["gte", "_S.age", 18], ["add", "g", "adult"]]],
        {"g": "adult"},
    ),
    ([["case", False, [], ["add", "g", "unknown"]]], {"g": "unknown"}),
    ([["case-eq", "_S.type", "org", ["add", "o", 1], "person", ["add", "p", 1], ["add", "q", 1]]], {"p": 1}),
    ([["comment", "first", "second"], ["comment"]], {}),
    ([["merge", ["list", {"a": 1, "_id": "x"}, {"a": 2, "b": 3}]]], {"a": 2, "b": 3}),
    ([["merge-union", ["list", {"a": 1}, {"a": 2, "b": 3}]]], {"a": [1, 2], "b": 3}),
    ([["create-child", ["list", {"_id": "c"}, 1]]], {"$children": [{"_id": "c"}]}),
    ([["make-ni", "soccer", "key", "ref"]], {"ref": "~:soccer:k"}),
    ([["make-ni", "soccer", "key"]], {"key-ni": "~:soccer:k"}),
    ([["make-ni", "soccer", "age"]], {}),
    ([["add", "a", 1], ["add", "b", "_T.a"]], {"a": 1, "b": 1}),
    ([["sleep!", 3600]], {}),
]


@for_each(("steps", "expected"), CASES, ids=[str(case[0])[:80] for case in CASES])
def test_transform_sets_the_target_entity_as_documented(steps: Any, expected: dict[str, Any]) -> None:
    (target,) = apply(steps)

    assert target == expected


NAMESPACED: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
    ([["add", "age", 26]], {}, {"bar:age": 26}),
    ([["add", "person:age", 26]], {}, {"person:age": 26}),
    ([["add", "::age", 26]], {}, {"age": 26}),
    ([["add", ":age", 26]], {}, {"bar:age": 26}),
    ([["add", "_id", "1"]], {}, {"_id": "foo:1"}),
    ([["add", "_id", "x:1"]], {}, {"_id": "x:1"}),
    ([["add", "$last-modified", 1]], {}, {"$last-modified": 1}),
    ([["default", "age", 26]], {}, {"bar:age": 26}),
    ([["copy", "age"]], {"age": 1, "x:age": 2, "y:other": 3}, {"age": 1, "x:age": 2}),
    ([["copy", "x*:*e", "*y*:*e"]], {"age": 1, "x:age": 2, "xyz:age": 3}, {"x:age": 2}),
    ([["copy", "*"]], {"_id": "1", "x:age": 2}, {"_id": "1", "x:age": 2}),
    ([["copy", "*"], ["remove", "age"]], {"age": 1, "x:age": 2}, {}),
    ([["copy", "*"], ["remove", "x*:age"]], {"age": 1, "x:age": 2, "y:age": 3}, {"age": 1, "y:age": 3}),
    ([["rename", "a", "b"]], {"a": 1, "x:a": 2}, {"b": 1, "x:b": 2}),
    ([["make-ni", "s", "r"]], {"r": "j", "x:r": "c"}, {"r-ni": "~:s:j", "x:r-ni": "~:s:c"}),
    ([["make-ni", "s", "r", "ref"]], {"r": "j", "x:r": "c"}, {"ref": "~:s:j", "x:ref": "~:s:c"}),
    ([["make-ni", "s", "x:r", "y:ref"]], {"r": "j", "x:r": "c"}, {"y:ref": "~:s:c"}),
    ([["add", "::v", ["path", "a", "_S."]]], {"a": 1, "foo:a": 2, "bar:a": [3, 4]}, {"v": [1, 2, 3, 4]}),
    ([["add", "::v", ["path", "foo:a", "_S."]]], {"a": 1, "foo:a": 2, "bar:a": [3, 4]}, {"v": 2}),
    ([["add", "::v", ["path", "::a", "_S."]]], {"a": 1, "foo:a": 2, "bar:a": [3, 4]}, {"v": 1}),
    ([["add", "::v", ["path", ":a", "_S."]]], {"a": 1, "foo:a": 2, "bar:a": [3, 4]}, {"v": [3, 4]}),
    ([["add", "::v", "_S.id"]], {"things:id": "7"}, {"v": "7"}),
]


@for_each(("steps", "source", "expected"), NAMESPACED, ids=[str(case[:2])[:90] for case in NAMESPACED])
def test_transform_reads_and_writes_namespaced_names(
    steps: Any, source: dict[str, Any], expected: dict[str, Any]
) -> None:
    """With `namespaced_identifiers`, the identity namespace foo and the property namespace bar."""
    (target,) = apply(steps, source, names=NamespacedNames(identity="foo", properties="bar"))

    assert target == expected


def test_filter_emits_the_entity_as_filtered_and_stops() -> None:
    """The dataset sink deletes a filtered entity."""
    steps = [["copy", "_id"], ["filter", ["gt", "_S.age", 42]], ["add", "never", 1]]

    assert apply(steps) == [{"_id": "1", "_filtered": True}]


def test_discard_emits_nothing() -> None:
    assert apply([["copy", "*"], ["discard", ["gt", "_S.age", 42]]]) == []
    assert apply([["discard"]]) == []


def test_created_entities_are_kept_when_the_target_is_discarded() -> None:
    steps = [["create", ["list", {"_id": "x"}, "no entity"]], ["discard"]]

    assert apply(steps) == [{"_id": "x"}]


def test_apply_runs_a_rule_with_its_own_source_and_target() -> None:
    """`_P` and `_R` refer to the outer rule; a filtered result is dropped."""
    rules = {
        "default": [["add", "n", 5], ["add", "orders", ["apply", "order", "_S.orders"]]],
        "order": [["filter", "_S.keep"], ["copy", "amount"], ["add", "p", "_P._S.key"], ["add", "r", "_R._T.n"]],
    }
    source = {"key": "k", "orders": [{"amount": 1, "keep": True}, {"amount": 2}]}

    assert apply(rules, source) == [{"n": 5, "orders": [{"amount": 1, "p": "k", "r": 5}]}]


def test_fail_raises_with_its_message() -> None:
    with pytest.raises(TransformError, match="Please review"):
        apply([["if", ["eq", "_S.type", "person"], ["fail!", "Please review"]]])


@for_each("value", [None, 7, ["a"], {"a": 1}])
def test_id_that_is_not_a_string_fails(value: Any) -> None:
    """The message is that of a real node."""
    program, _ = compile_program({"default": [["add", "_id", "_S.id"]]})

    with pytest.raises(TransformError, match="_id missing or is of invalid type"):
        program.apply({"id": value})


def test_a_target_without_an_id_takes_that_of_the_source() -> None:
    """As Sesam's connector for HubSpot relies on it."""
    program, _ = compile_program({"default": [["add", "n", 1], ["create", ["list", {"_id": "c"}]]]})

    assert program.apply({"_id": "a"}) == [{"_id": "c"}, {"_id": "a", "n": 1}]


@for_each(
    ("rules", "message", "path"),
    [
        ({"other": []}, "expected a rule named 'default'", ""),
        ({"default": [["coppy", "*"]]}, "Did you mean 'copy'?", ".default[0]"),
        ({"default": ["copy"]}, "copy: expected INCLUDE, EXCLUDE (optional), got 0 arguments", ".default[0]"),
        ({"default": [["copy", 1]]}, "expected a property name, a glob", ".default[0]"),
        ({"default": [["if", True, [["add", "a"]]]]}, "add: expected PROPERTY, VALUES", ".default[0][2][0]"),
        ({"default": {"copy": "*"}}, "expected a list of transforms", ".default"),
        ({"default": [["add", "a", 1], 7]}, "expected a transform such as", ".default[1]"),
    ],
)
def test_wrong_rules_are_problems_with_their_path(rules: Any, message: str, path: str) -> None:
    _, problems = compile_program(rules)

    assert message in problems[0].message
    assert problems[0].path == path
