"""Search beyond ids and times: every operator and the order of a sort, for each type of property."""

from collections.abc import Iterator

import pytest

from fake_hubspot.portal import Portal
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.search import Filter, Sort

# By id. The empty value has no value at all; "x" is no number.
CITIES = {10: "Bergen", 20: "", 30: "oslo", 40: "BERGEN", 50: "Ålesund", 60: "Alta", 70: "Oslo"}
NUMBERS = {10: "9", 20: "10", 30: "-2.5", 40: "", 50: "10.0", 60: "x", 70: "100"}
DAYS = {10: "2026-03-01", 20: "2025-12-31", 30: "", 40: "2026-02-28", 50: "2026-03-01", 60: "2027-01-01"} | {
    70: "2024-02-29"
}
STAGES = {10: "lead", 20: "customer", 30: "Lead", 40: "", 50: "lead", 60: "other", 70: "customer"}
OLDEST = 1_700_000_000_000
CREATED = {10: 3, 20: 1, 30: 2, 40: 2, 50: 5, 60: 4, 70: 6}


@pytest.fixture(scope="module", params=["index", "lagging index"])
def portal(request: pytest.FixtureRequest) -> Iterator[Portal]:
    """Seven contacts; their ids, times of creation and values are in different orders.

    With a lagging index every search sees the records through its memory of the past.
    """
    made = Portal()
    kind = made.types["contacts"]
    records = []
    for number, city in CITIES.items():
        values = {
            "createdate": format_time(OLDEST + CREATED[number]),
            "city": city,
            "associatedcompanyid": NUMBERS[number],
            "closedate": DAYS[number],
            "lifecyclestage": STAGES[number],
        }
        records.append(made.to_record(kind, number, {name: value for name, value in values.items() if value}))
    made.load(kind, records)
    if request.param == "lagging index":
        made.records.index_lag.lag_ms = 10**9
        record = made.records.find(kind, 40)
        assert record is not None
        made.records.overwrite(kind, record, {"city": "Changed"}, at_ms=OLDEST)
        assert made.records.index_lag.seen("0-1")
    yield made
    made.close()


def found(portal: Portal, *filters: Filter, sort: Sort | None = None, offset: int = 0, limit: int = 100) -> list[int]:
    """The ids of the records found, in their order."""
    result = portal.search.find(portal.types["contacts"], [list(filters)], sort=sort, offset=offset, limit=limit)
    return [record.id for record in result.records]


@pytest.mark.parametrize(
    ("name", "operator", "value", "high", "ids"),
    [
        ("city", "EQ", "bergen", "", [10, 40]),
        ("city", "NEQ", "bergen", "", [20, 30, 50, 60, 70]),
        ("city", "LT", "bergen", "", [60]),
        ("city", "LTE", "BERGEN", "", [10, 40, 60]),
        ("city", "GT", "oslo", "", [50]),
        ("city", "GTE", "OSLO", "", [30, 50, 70]),
        ("city", "GT", "osl", "", [30, 50, 70]),
        ("city", "BETWEEN", "bergen", "OSLO", [10, 30, 40, 70]),
        ("city", "BETWEEN", "b", "osln", [10, 40]),
        ("city", "BETWEEN", "oslo", "bergen", []),
        ("associatedcompanyid", "EQ", "10", "", [20, 50]),
        ("associatedcompanyid", "NEQ", "10", "", [10, 30, 40, 60, 70]),
        ("associatedcompanyid", "LT", "10", "", [10, 30]),
        ("associatedcompanyid", "LTE", "10", "", [10, 20, 30, 50]),
        ("associatedcompanyid", "GT", "10", "", [70]),
        ("associatedcompanyid", "GTE", "10", "", [20, 50, 70]),
        ("associatedcompanyid", "GTE", "9.5", "", [20, 50, 70]),
        ("associatedcompanyid", "BETWEEN", "-2.5", "10", [10, 20, 30, 50]),
        ("associatedcompanyid", "BETWEEN", "10", "10", [20, 50]),
        ("associatedcompanyid", "BETWEEN", "10", "9", []),
        ("associatedcompanyid", "IN", "", "", [10, 20, 50]),
        ("associatedcompanyid", "NOT_IN", "", "", [30, 40, 60, 70]),
        ("associatedcompanyid", "LT", "x", "", []),
        ("associatedcompanyid", "LTE", "x", "", [60]),
        ("associatedcompanyid", "GTE", "w", "", [60]),
        ("associatedcompanyid", "BETWEEN", "w", "y", [60]),
        ("lifecyclestage", "EQ", "lead", "", [10, 50]),
        ("lifecyclestage", "GT", "customer", "", [10, 50, 60]),
        ("lifecyclestage", "LTE", "customer", "", [20, 30, 70]),
        ("hs_object_id", "LT", "20.5", "", [10, 20]),
        ("hs_object_id", "GTE", "69.5", "", [70]),
        ("hs_object_id", "BETWEEN", "20", "39.5", [20, 30]),
        ("hs_object_id", "NEQ", "30", "", [10, 20, 40, 50, 60, 70]),
    ],
)
def test_each_operator_on_each_type(
    portal: Portal, name: str, operator: str, value: str, high: str, ids: list[int]
) -> None:
    """Both bounds belong to the range, and a record without a value is in none; only `NEQ` and `NOT_IN` find it."""
    wanted = Filter(name, operator, value, high, values=("9", "10"))

    assert sorted(found(portal, wanted)) == ids


@pytest.mark.parametrize(
    ("name", "ascending"),
    [
        ("city", [60, 10, 40, 30, 70, 50, 20]),
        ("associatedcompanyid", [30, 10, 20, 50, 70, 60, 40]),
        ("closedate", [70, 20, 40, 10, 50, 60, 30]),
        ("lifecyclestage", [30, 20, 70, 10, 50, 60, 40]),
        ("createdate", [20, 30, 40, 10, 60, 50, 70]),
        ("hs_object_id", [10, 20, 30, 40, 50, 60, 70]),
        ("no_such_property", [10, 20, 30, 40, 50, 60, 70]),
    ],
)
def test_a_sort_by_each_type_has_two_directions(portal: Portal, name: str, ascending: list[int]) -> None:
    """Equal values are in the order of their ids, and the pages of each direction have every record once."""
    expected = {False: ascending, True: ascending[::-1]}

    for descending, ids in expected.items():
        sort = Sort(name, descending=descending)
        pages = [found(portal, sort=sort, offset=offset, limit=3) for offset in (0, 3, 6, 9)]
        assert pages == [ids[:3], ids[3:6], ids[6:], []]


@pytest.mark.parametrize("descending", [False, True])
def test_a_filter_and_a_sort_by_another_property(portal: Portal, descending: bool) -> None:
    """The filter is applied first; the total does not depend on the page."""
    kind, sort = portal.types["contacts"], Sort("city", descending=descending)
    group = [Filter("associatedcompanyid", "GTE", "9"), Filter("hs_object_id", "LT", "70")]
    ids = [10, 50, 20]

    one = portal.search.find(kind, [group], sort=sort, limit=1)
    rest = portal.search.find(kind, [group], sort=sort, offset=1, limit=5)

    assert [record.id for record in (*one.records, *rest.records)] == (ids[::-1] if descending else ids)
    assert one.total == rest.total == 3


def test_without_a_sort_a_query_gives_the_oldest_first(portal: Portal) -> None:
    """Alternatives are joined, and nothing comes twice."""
    kind = portal.types["contacts"]
    groups = [[Filter("city", "EQ", "bergen")], [Filter("associatedcompanyid", "GTE", "9")]]

    result = portal.search.find(kind, groups, limit=100)

    assert [record.id for record in result.records] == [20, 40, 10, 50, 70]
    assert result.total == 5


@pytest.mark.parametrize(
    ("name", "operator", "value", "ids"),
    [
        ("hs_object_id", "LT", "20", [10]),
        ("hs_object_id", "LTE", "20", [10, 20]),
        ("hs_object_id", "GT", "60", [70]),
        ("hs_object_id", "GTE", "60", [60, 70]),
        ("hs_object_id", "EQ", "60", [60]),
        ("hs_object_id", "EQ", "61", []),
        ("createdate", "LT", str(OLDEST + 2), [20]),
        ("createdate", "LTE", str(OLDEST + 2), [20, 30, 40]),
        ("createdate", "GT", str(OLDEST + 5), [70]),
        ("createdate", "GTE", str(OLDEST + 5), [50, 70]),
        ("createdate", "EQ", format_time(OLDEST + 5), [50]),
    ],
)
def test_each_operator_at_its_bound(portal: Portal, name: str, operator: str, value: str, ids: list[int]) -> None:
    """On the columns that the database selects by."""
    assert sorted(found(portal, Filter(name, operator, value))) == ids


def test_two_filters_on_one_column_narrow_each_other(portal: Portal) -> None:
    """In either order, and together with a filter that the database cannot read."""
    low, high = Filter("hs_object_id", "GT", "10"), Filter("hs_object_id", "LTE", "40")
    looser = [Filter("hs_object_id", "GTE", "0"), Filter("hs_object_id", "LT", "1000")]

    assert sorted(found(portal, low, high, *looser)) == [20, 30, 40]
    assert sorted(found(portal, *looser, high, low)) == [20, 30, 40]
    assert sorted(found(portal, low, high, Filter("city", "EQ", "oslo"))) == [30]


@pytest.mark.parametrize(
    ("pattern", "ids"),
    [
        ("oslo", [30, 70]),
        ("OS*", [30, 70]),
        ("*er*", [10, 40]),
        ("o?lo", []),
        ("[o]slo", []),
        ("slo", []),
        ("ål*", [50]),
    ],
)
def test_a_token_is_a_whole_word_without_regard_to_case(portal: Portal, pattern: str, ids: list[int]) -> None:
    """Only `*` stands for anything. The opposite finds the other records and those without a value."""
    others = [number for number in CITIES if number not in ids]

    assert sorted(found(portal, Filter("city", "CONTAINS_TOKEN", pattern))) == ids
    assert sorted(found(portal, Filter("city", "NOT_CONTAINS_TOKEN", pattern))) == others
