"""Search: words, unique values, queries, values that are no numbers, and what is found without any option."""

from collections.abc import Iterator

import pytest

from fake_hubspot.portal import Portal
from fake_hubspot.portal.matching import to_comparable
from fake_hubspot.portal.search import Filter, Sort
from fake_hubspot.portal.store import Record
from tests.support.cases import for_each

PEOPLE = {
    1: {"email": "Ada.L@Example.com", "city": "Anne-Marie O'Brien x_y", "associatedcompanyid": "5"},
    2: {"email": "bo@example.org", "city": "why? [or] not", "associatedcompanyid": "#5"},
    3: {"city": "", "associatedcompanyid": "zzz"},
    4: {"email": "cy@example.org", "city": "anne", "associatedcompanyid": "-1"},
}


@pytest.fixture(scope="module", params=["index", "lagging index"])
def portal(request: pytest.FixtureRequest) -> Iterator[Portal]:
    """Four contacts; with a lagging index each search evaluates everything itself."""
    made = Portal()
    made.clock.freeze(1_790_000_000_000)
    kind = made.types["contacts"]
    made.load(kind, [made.to_record(kind, number, values) for number, values in PEOPLE.items()])
    if request.param == "lagging index":
        made.records.index_lag.lag_ms = 10**9
        made.records.index_lag.note("0-1", Record(99, {}, 0, 0, archived_ms=0))
    yield made
    made.close()


def found(portal: Portal, *filters: Filter, query: str = "", sort: Sort | None = None) -> list[int]:
    groups = [list(filters)] if filters else []
    return [one.id for one in portal.search.find(portal.types["contacts"], groups, query=query, sort=sort).records]


@pytest.mark.parametrize(
    ("name", "pattern", "ids"),
    [
        ("city", "anne", [4]),
        ("city", "ANNE-marie", [1]),
        ("city", "marie", []),
        ("city", "o'brien", [1]),
        ("city", "o", []),
        ("city", "x_y", [1]),
        ("city", "x", []),
        ("city", "why?", [2]),
        ("city", "why", [2]),
        ("city", "wh?", []),
        ("city", "[or]", [2]),
        ("city", "or", [2]),
        ("city", "*", [1, 2, 4]),
        ("email", "ada", [1]),
        ("email", "l", [1]),
        ("email", "example", [1, 2, 4]),
        ("email", "ada.l@example.com", [1]),
        ("email", "*@example.org", [2, 4]),
    ],
)
def test_a_word_is_what_stands_between_signs(portal: Portal, name: str, pattern: str, ids: list[int]) -> None:
    """Or between blanks, or the whole value; hyphens, underscores and apostrophes belong to words."""
    assert found(portal, Filter(name, "CONTAINS_TOKEN", pattern)) == ids
    assert found(portal, Filter(name, "NOT_CONTAINS_TOKEN", pattern)) == [one for one in PEOPLE if one not in ids]


@pytest.mark.parametrize(
    ("operator", "value", "ids"),
    [
        ("EQ", "ADA.L@example.com", [1]),
        ("EQ", "nobody@example.com", []),
        ("NEQ", "bo@example.org", [1, 3, 4]),
        ("GT", "bo@example.org", [4]),
        ("LTE", "bo@example.org", [1, 2]),
        ("IN", "", [1, 4]),
        ("NOT_IN", "", [2, 3]),
        ("HAS_PROPERTY", "", [1, 2, 4]),
        ("NOT_HAS_PROPERTY", "", [3]),
    ],
)
def test_each_operator_on_a_unique_property(portal: Portal, operator: str, value: str, ids: list[int]) -> None:
    """Only equality is looked up; the other filters of its group hold as well."""
    wanted = Filter("email", operator, value, values=("ada.l@example.com", "CY@example.org"))

    assert found(portal, wanted) == ids
    assert found(portal, wanted, Filter("city", "HAS_PROPERTY")) == [one for one in ids if one != 3]
    assert found(portal, Filter("city", "NOT_HAS_PROPERTY"), wanted) == [one for one in ids if one == 3]


def test_equality_in_one_of_several_groups_selects_no_less(portal: Portal) -> None:
    """Each group is an alternative."""
    kind = portal.types["contacts"]
    groups = [[Filter("email", "EQ", "bo@example.org")], [Filter("city", "EQ", "anne")]]

    assert [one.id for one in portal.search.find(kind, groups).records] == [2, 4]


@pytest.mark.parametrize(
    ("name", "operator", "value", "ids"),
    [
        ("hs_object_id", "LT", "1e20", [1, 2, 3, 4]),
        ("hs_object_id", "GT", "1e20", []),
        ("hs_object_id", "GT", "-1e20", [1, 2, 3, 4]),
        ("hs_object_id", "LT", "inf", [1, 2, 3, 4]),
        ("hs_object_id", "EQ", "nan", []),
        ("hs_object_id", "LT", "9" * 400, [1, 2, 3, 4]),
        ("createdate", "GT", "1969-12-31T23:59:59Z", [1, 2, 3, 4]),
        ("createdate", "LT", "9" * 18, [1, 2, 3, 4]),
        ("createdate", "GTE", "soon", []),
        ("associatedcompanyid", "GTE", "-1", [1, 4]),
    ],
)
def test_a_bound_of_any_size(portal: Portal, name: str, operator: str, value: str, ids: list[int]) -> None:
    """Beyond what the database holds as well."""
    assert found(portal, Filter(name, operator, value)) == ids


def test_what_is_no_number_stands_after_numbers(portal: Portal) -> None:
    """In the order of its text, downward before them."""
    ascending = [4, 1, 2, 3]

    assert found(portal, sort=Sort("associatedcompanyid")) == ascending
    assert found(portal, sort=Sort("associatedcompanyid", descending=True)) == ascending[::-1]


@pytest.mark.parametrize(
    ("query", "ids"), [("ADA", [1]), ("example.ORG", [2, 4]), ("bo example", [2]), ("ada bo", []), ("", [1, 2, 3, 4])]
)
def test_a_query_has_words_that_a_record_must_all_contain(portal: Portal, query: str, ids: list[int]) -> None:
    """Regardless of case; together with a filter."""
    assert found(portal, query=query) == ids
    assert found(portal, Filter("hs_object_id", "GT", "1"), query=query) == [one for one in ids if one > 1]
    assert found(portal, Filter("city", "HAS_PROPERTY"), query=query) == [one for one in ids if one != 3]


def test_ten_records_are_found_by_default() -> None:
    """From the first one on."""
    portal = Portal()
    kind = portal.types["contacts"]
    portal.load(kind, [portal.to_record(kind, number, {}) for number in range(1, 13)])

    result = portal.search.find(kind, [])

    assert ([one.id for one in result.records], result.total) == (list(range(1, 11)), 12)
    portal.close()


@for_each("operator", ["NEQ", "NOT_IN", "NOT_CONTAINS_TOKEN", "NOT_HAS_PROPERTY"])
@for_each("matches", [True, False])
def test_whether_a_negation_finds_records_without_a_value(operator: str, matches: bool) -> None:
    """An assumption decides, except for `NOT_HAS_PROPERTY`."""
    portal = Portal()
    portal.assumptions.choose({"missing-value-match": "match" if matches else "no-match"})
    kind = portal.types["contacts"]
    portal.load(kind, [portal.to_record(kind, 1, {}), portal.to_record(kind, 2, {"city": "b"})])

    ids = found(portal, Filter("city", operator, "a", values=("a",)))

    empty = [1] if matches or operator == "NOT_HAS_PROPERTY" else []
    assert ids == [*empty, *([] if operator == "NOT_HAS_PROPERTY" else [2])]
    portal.close()


@for_each(
    ("kind", "text", "comparable"),
    [
        ("string", "Å B", "å b"),
        ("phone_number", "X", "x"),
        ("enumeration", "Lead", "Lead"),
        ("bool", "TRUE", "TRUE"),
        ("number", "1e3", 1000.0),
        ("number", "X", "X"),
        ("date", "1970-01-02", 86_400_000.0),
        ("datetime", "5", 5.0),
        ("datetime", "Soon", "Soon"),
    ],
)
def test_a_value_is_compared_as_its_type_says(kind: str, text: str, comparable: object) -> None:
    """Only strings without regard to case."""
    assert to_comparable(kind, text) == comparable
