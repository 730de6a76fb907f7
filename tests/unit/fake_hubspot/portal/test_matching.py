"""What each operator of a search selects, by the type of the property, without an index."""

from typing import Any

from fake_hubspot.portal.matching import (
    Condition,
    Order,
    Query,
    has_token,
    key_of_value,
    matcher,
    sort_key,
    to_comparable,
)
from fake_hubspot.portal.store import Record
from tests.support.cases import Cases

JAN_2 = 1_767_312_000_000


def meets(condition: Condition, value: str | None, record_id: int = 5) -> bool:
    properties = {} if value is None else {"p": value}
    query = Query(((condition,),), Order("p", "string"))
    return matcher(query)(Record(record_id, properties, 0, 0))


# By operator and type: the bound, the values that meet it, and those that do not.
ROWS: tuple[tuple[str, str, dict[str, Any], list[str], list[str]], ...] = (
    ("EQ", "string", {"value": "Oslo"}, ["oslo", "OSLO"], ["osl", "5"]),
    ("EQ", "number", {"value": "5"}, ["5.0", "5", "5e0"], ["6", "x"]),
    ("EQ", "number", {"value": "x"}, ["x"], ["5", "y"]),
    ("EQ", "enumeration", {"value": "a"}, ["a"], ["A"]),
    ("EQ", "bool", {"value": "true"}, ["true"], ["TRUE"]),
    ("EQ", "date", {"value": "2026-01-02"}, ["2026-01-02", str(JAN_2)], ["2026-01-03", "soon"]),
    ("EQ", "datetime", {"value": str(JAN_2)}, ["2026-01-02T00:00:00Z"], ["2026-01-02T00:00:00.001Z"]),
    ("NEQ", "string", {"value": "Oslo"}, ["osl"], ["oslo"]),
    ("LT", "number", {"value": "5"}, ["4.9", "-10"], ["5", "5.1", "x"]),
    ("LTE", "number", {"value": "5"}, ["4.9", "5"], ["5.1", "x"]),
    ("GT", "number", {"value": "5"}, ["5.1", "10"], ["5", "4", "x"]),
    ("GTE", "number", {"value": "5"}, ["5", "10"], ["4.9", "x"]),
    ("BETWEEN", "number", {"value": "2", "high_value": "4"}, ["2", "3", "4"], ["1.9", "4.1", "x"]),
    ("LT", "string", {"value": "b"}, ["a", "A"], ["b", "c"]),
    ("LTE", "string", {"value": "b"}, ["a", "B"], ["c"]),
    ("GT", "string", {"value": "b"}, ["c", "C"], ["b", "a"]),
    ("GTE", "string", {"value": "B"}, ["b", "c"], ["a"]),
    ("BETWEEN", "string", {"value": "b", "high_value": "d"}, ["b", "C", "d"], ["a", "e"]),
    ("LT", "number", {"value": "x"}, ["w"], ["5", "x", "y"]),
    ("LTE", "number", {"value": "x"}, ["w", "x"], ["5", "y"]),
    ("GT", "number", {"value": "x"}, ["y"], ["5", "x"]),
    ("GTE", "number", {"value": "x"}, ["x", "y"], ["5", "w"]),
    ("IN", "string", {"values": ("a", "b")}, ["A", "b"], ["c", "ab"]),
    ("IN", "number", {"values": ("1", "2")}, ["1.0"], ["3"]),
    ("IN", "enumeration", {"values": ("a",)}, ["a"], ["A"]),
    ("NOT_IN", "string", {"values": ("a", "b")}, ["c"], ["A", "b"]),
    ("HAS_PROPERTY", "string", {}, ["a"], []),
    ("NOT_HAS_PROPERTY", "string", {}, [], ["a"]),
    ("CONTAINS_TOKEN", "string", {"value": "OSL*"}, ["Oslo", "in oslo"], ["Bergen"]),
    ("NOT_CONTAINS_TOKEN", "string", {"value": "osl*"}, ["Bergen"], ["Oslo"]),
)


def test_operators(cases: Cases) -> None:
    """A record without a value meets what says so alone."""
    for operator, kind, given, selected, others in ROWS:
        for value in (*selected, *others):
            with cases.case(f"{value!r} {operator} {given} of {kind}"):
                assert meets(Condition("p", operator, kind, **given), value) is (value in selected)
        for matches_empty in (False, True):
            for empty in (None, ""):
                with cases.case(f"{empty!r} {operator} {matches_empty}"):
                    one = Condition("p", operator, kind, **given, matches_empty=matches_empty)
                    assert meets(one, empty) is matches_empty


def test_what_a_condition_leaves_out() -> None:
    assert meets(Condition("p", "EQ", value="A"), "a") is True
    assert meets(Condition("p", "EQ"), None) is False
    assert meets(Condition("p", "IN"), "a") is False


def test_links_are_met_by_ids_alone() -> None:
    for excludes in (False, True):
        condition = Condition("p", "EQ", value="x", linked=frozenset({5}), excludes_linked=excludes)
        assert [meets(condition, None, number) is not excludes for number in (5, 6)] == [True, False]
    nobody = Condition("p", "EQ", value="x", linked=frozenset())
    assert meets(nobody, "x") is False


def test_a_query_is_met_by_one_of_its_groups_and_all_of_its_words(cases: Cases) -> None:
    a, b = Condition("p", "EQ", value="a"), Condition("q", "EQ", value="b")
    for groups, words, properties, expected in (
        ((), (), {}, True), (((a, b),), (), {"p": "a"}, False), (((a, b),), (), {"p": "a", "q": "b"}, True),
        (((a,), (b,)), (), {"q": "b"}, True), (((a,), (b,)), (), {"q": "c"}, False),
        ((), ("os",), {"p": "OSLO"}, True), ((), ("os", "gen"), {"p": "Oslo", "q": "Bergen"}, True),
        ((), ("os", "gen"), {"p": "Oslo"}, False), ((), ("os",), {"r": "Oslo"}, False),
        ((), ("oslobergen",), {"p": "Oslo", "q": "Bergen"}, False), (((a,),), ("x",), {"p": "a"}, False),
        (((a,),), ("a",), {"p": "b", "q": "a"}, False),
    ):  # fmt: skip
        with cases.case(f"{groups} {words} {properties}"):
            query = Query(groups, Order("p", "string"), words, ("p", "q"))
            assert matcher(query)(Record(5, properties, 0, 0)) is expected


def test_values_compare_by_their_type(cases: Cases) -> None:
    for kind, text, expected in (
        ("string", "ÅB", "åb"), ("enumeration", "Ab", "Ab"), ("bool", "True", "True"), ("number", "1e3", 1000.0),
        ("number", "nan", "nan"), ("number", "x", "x"), ("number", "inf", float("inf")), ("date", "soon", "soon"),
        ("datetime", "2026-01-02T00:00:00Z", float(JAN_2)), ("date", "2026-01-02", float(JAN_2)),
        ("string", "5", "5"), ("number", "X", "X"),
    ):  # fmt: skip
        with cases.case(f"{kind} {text}"):
            found = to_comparable(kind, text)
            assert (found, type(found)) == (expected, type(expected))


def test_records_sort_by_number_then_text_then_none() -> None:
    """And by their ids where values are equal."""
    texts = ["10", "9", "x", "b", "", "9.0"]
    records = [Record(number, {"p": text}, 0, 0) for number, text in enumerate(texts)] + [Record(6, {}, 0, 0)]

    by_number = sorted(records, key=sort_key(Order("p", "number")))
    by_text = sorted(records, key=sort_key(Order("p", "string")))

    assert [one.id for one in by_number] == [1, 5, 0, 3, 2, 4, 6]
    assert [one.id for one in by_text] == [0, 1, 5, 3, 2, 4, 6]
    assert key_of_value(5.0, 9) < key_of_value("a", 1) < key_of_value("a", 2)
    assert key_of_value("z", 9) < key_of_value(None, 1) < key_of_value(None, 2)
    assert Order("p", "string").descending is False


def test_tokens(cases: Cases) -> None:
    """Of the whole value, between blanks, and between signs; only a star stands for anything."""
    for text, pattern, expected in (
        ("Oslo", "oslo", True), ("Oslo", "OSLO", True), ("Oslo", "osl", False), ("Oslo", "osl*", True),
        ("Oslo", "*slo", True), ("Oslo", "*", True), ("a b", "a b", True), ("a b", "b", True), ("a,b", "b", True),
        ("a,b c", "a,b", True), ("a_b", "b", False), ("a-b", "b", False), ("a'b", "b", False), ("a.b", "b", True),
        ("ab", "a?", False), ("a?", "a?", True), ("ab", "[ab]b", False), ("[ab]b", "[ab]b", True), ("a1", "a1", True),
        ("a!b", "a b", False),
    ):  # fmt: skip
        with cases.case(f"{text!r} {pattern!r}"):
            assert has_token(text, pattern) is expected
