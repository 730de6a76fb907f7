"""What the database selects and what Python evaluates agree with a simple model of each filter."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_hubspot.portal import Portal
from fake_hubspot.portal.clock import format_time, parse_time
from fake_hubspot.portal.search import Filter, Sort

DAY_MS = 86_400_000
MOMENTS = [day * DAY_MS for day in range(1, 9)]


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    """Sixty contacts whose ids, times and numbers do not follow each other."""
    made = Portal()
    kind = made.types["contacts"]
    records = []
    for number in range(1, 61):
        properties = {
            "createdate": format_time(MOMENTS[number * 7 % 8]),
            "lastmodifieddate": format_time(MOMENTS[number * 5 % 8]),
            "associatedcompanyid": str(number % 9),
            "city": ["Oslo", "Bergen", ""][number % 3],
        }
        records.append(made.to_record(kind, number * 50, properties))
    made.load(kind, records)
    yield made
    made.close()


RANGES = st.sampled_from(["EQ", "NEQ", "GT", "GTE", "LT", "LTE"])
NUMBERS = st.builds(Filter, st.just("hs_object_id"), RANGES, st.integers(0, 3100).map(str))
COMPANIES = st.builds(Filter, st.just("associatedcompanyid"), RANGES, st.integers(-1, 9).map(str))
TIMES = st.builds(
    Filter,
    st.sampled_from(["createdate", "lastmodifieddate"]),
    RANGES,
    st.sampled_from([str(at) for at in MOMENTS] + [format_time(at + 1) for at in MOMENTS]),
)
FILTERS = st.one_of(NUMBERS, COMPANIES, TIMES)


def plainly(wanted: Filter, value: str) -> bool:
    """Evaluate a range filter in the simplest way."""
    if wanted.name in ("createdate", "lastmodifieddate"):
        left, right = parse_time(value), parse_time(wanted.value)
    else:
        left, right = int(value), int(wanted.value)
    return {
        "EQ": left == right,
        "NEQ": left != right,
        "GT": left > right,
        "GTE": left >= right,
        "LT": left < right,
        "LTE": left <= right,
    }[wanted.operator]


@given(groups=st.lists(st.lists(FILTERS, min_size=1, max_size=3), max_size=3), descending=st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_groups_find_what_they_say(portal: Portal, groups: list[list[Filter]], descending: bool) -> None:
    """All filters of a group, any of the groups, in sort order, every page once."""
    kind, sort = portal.types["contacts"], Sort("hs_object_id", descending=descending)
    everyone = portal.store.page("0-1", from_id=0, limit=-1, archived=False)
    expected = [
        record.id
        for record in everyone
        if not groups or any(all(plainly(one, record.properties[one.name]) for one in group) for group in groups)
    ]

    first = portal.search.find(kind, groups, sort=sort, limit=7)
    rest = portal.search.find(kind, groups, sort=sort, offset=7, limit=100)

    found = [record.id for record in (*first.records, *rest.records)]
    assert found == sorted(expected, reverse=descending)
    assert first.total == rest.total == len(expected)


@given(group=st.lists(COMPANIES | TIMES, min_size=1, max_size=3), offset=st.integers(0, 70))
@settings(max_examples=60, deadline=None)
def test_without_a_sort_the_oldest_come_first_on_every_page(portal: Portal, group: list[Filter], offset: int) -> None:
    """Whether the database or Python evaluates the filter; the total covers all pages."""
    kind = portal.types["contacts"]
    everyone = portal.store.page("0-1", from_id=0, limit=-1, archived=False)
    matching = [one for one in everyone if all(plainly(wanted, one.properties[wanted.name]) for wanted in group)]
    expected = [one.id for one in sorted(matching, key=lambda one: (one.created_ms, one.id))]

    found = portal.search.find(kind, [group], offset=offset, limit=5)

    assert [record.id for record in found.records] == expected[offset : offset + 5]
    assert found.total == len(expected)
