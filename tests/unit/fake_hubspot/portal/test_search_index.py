"""A search by the index finds exactly what a look at every record finds, whatever is written in between."""

from array import array
from collections.abc import Iterator
from functools import partial
from itertools import chain
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_hubspot.portal import Portal, store
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.matching import Condition, has_token
from fake_hubspot.portal.search import Filter, Search, Sort
from fake_hubspot.portal.search_index import SearchIndex, column, index, segment
from fake_hubspot.portal.search_index.index import aligned
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType
from tests.support.cases import for_each

TEXTS = (
    *("Oslo", "oslo", "OSLO", "New York", "new-york", "straße", "STRASSE", "Ålesund", "a b", "a_b's", "*", "[x]?"),
    *("\ufffd\U0001f680", " ", "null", "\x00nul", "line\nbreak", "x@example.com", "x@example.org", "İ", "~t2020"),
    *("10", "9"),
)
NUMBERS = ("1", "1.0", "-0", "0", "2.5", "1e3", "inf", "nan", "no number", "No Number", "10", "9")
DATES = ("2026-03-01", "2026-03-01T00:00:00Z", "1772323200000", "2024-02-29", "soon", "Soon", "-1")
CHOICES = ("lead", "Lead", "customer", "other")
VALUES = {
    "city": TEXTS,
    "firstname": TEXTS,
    "phone": TEXTS,
    "associatedcompanyid": NUMBERS,
    "closedate": DATES,
    "lifecyclestage": CHOICES,
    "hs_email_optout": ("true", "True", "TRUE", "false"),
    "createdate": tuple(format_time(1_700_000_000_000 + number) for number in range(6)),
    "lastmodifieddate": tuple(format_time(1_700_000_000_003 + number) for number in range(6)),
    "hs_object_id": ("1", "20", "33", "100", "x"),
    "not_a_property": ("1", "x"),
    "associations.company": ("1", "2", "3", "x"),
}
ONE_VALUE = ("EQ", "NEQ", "LT", "LTE", "GT", "GTE", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN")
PATTERNS = ("*", "o*", "*o", "*s*", "new", "york", "example.com", "x@*", "b's", "?", "[", "a_b's", "STRASSE", "*a*b*")


# Sizes and weights that only change how quickly something is found. Some are so small that every loop ends in between.
SIZES = {
    (column, "BLOCKS"): (1, 2, 7, 255), (column, "TEXTS_AT_ONCE"): (1, 3, 4096), (column, "PATTERNS_KEPT"): (1, 8),
    (column, "SEEKING"): (1, 10, 10**6), (segment, "SORTING"): (0, 4, 10**6), (index, "GROWTH"): (1, 4),
    (index, "INTERNED_MAX"): (0, 3, 4096), (store, "ROWS_AT_ONCE"): (1, 7, 4096), (store, "MAX_VARIABLES"): (1, 7, 500),
}  # fmt: skip


def any_filter(random: Random) -> Filter:
    """Any operator on any property, with a value of the property, of another one, or a pattern."""
    name = random.choice(sorted(VALUES))
    values = VALUES[name] * 3 + PATTERNS + NUMBERS
    operator = random.choice([*ONE_VALUE, "HAS_PROPERTY", "NOT_HAS_PROPERTY", "IN", "NOT_IN", "BETWEEN"])
    many = tuple(random.choices(values, k=random.randrange(1, 4))) if operator in ("IN", "NOT_IN") else ()
    return Filter(name, operator, random.choice(values), random.choice(values), many)


def any_search(random: Random) -> dict[str, Any]:
    """The arguments of a search: mostly one filter, so that it finds something."""
    return {
        "groups": [[any_filter(random) for _ in range(random.choice((1, 1, 2)))] for _ in range(random.randrange(3))],
        "query": random.choice(("", "", "", "", "xx", "o", "oslo new", "STRASSE", "example x@", "b", "\ufffd")),
        "sort": random.choice((None, Sort(random.choice(sorted(VALUES)), random.random() < 0.5))),
        "offset": random.choice((0, 0, 3, 12)),
        "limit": random.choice((1, 5, 30)),
    }


def any_values(random: Random) -> dict[str, str]:
    """Values for some of the properties."""
    names = ("city", "firstname", "phone", "associatedcompanyid", "closedate", "lifecyclestage", "hs_email_optout")
    return {name: random.choice(VALUES[name]) for name in names if random.random() < 0.7}


def change(portal: Portal, kind: ObjectType, random: Random) -> None:
    """Write something: a new record, a changed one, an archived one, a deleted one, or several at once."""
    known = [portal.store.page(kind.type_id, from_id=0, limit=-1, archived=archived) for archived in (False, True)]
    everyone = [one.id for one in chain(*known)]
    record_id = random.choice(everyone) if everyone else 1
    record, way = portal.store.get(kind.type_id, record_id), random.randrange(6)
    if record is not None and record.archived_ms is not None:
        portal.records.restore(kind, record)
    elif way == 0 and record is not None:
        portal.records.archive(kind, record)
    elif way == 1:
        portal.store.delete(kind.type_id, record_id)
    elif way == 2:
        new = [portal.to_record(kind, random.randrange(1, 200), any_values(random)) for _ in range(3)]
        portal.load(kind, new)
    elif record is not None and way in (3, 4):
        portal.records.overwrite(kind, record, any_values(random), at_ms=1_700_000_000_000 + random.randrange(9))
    else:
        created = {"createdate": random.choice(VALUES["createdate"])}
        portal.store.put(kind.type_id, portal.to_record(kind, random.randrange(1, 200), created | any_values(random)))


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    """A portal whose contacts every example replaces."""
    made = Portal()
    yield made
    made.close()


def searches(portal: Portal, *, loose_max: int, budget_bytes: int) -> tuple[Search, Search]:
    """The search by the index alone, and the one that looks at every record."""
    made = partial(
        Search,
        portal.records,
        portal.definitions,
        portal.associations,
        types=lambda: portal.types,
        empty_matches=lambda: portal.assumptions["missing-value-match"] == "match",
    )
    indexed = made(scanned_max=-1)
    indexed.index = SearchIndex(portal.store, loose_max=loose_max, budget_bytes=budget_bytes)
    return indexed, made(scanned_max=None)


@given(
    seed=st.integers(0, 2**32),
    loose_max=st.sampled_from([0, 2, 100]),
    budget_bytes=st.sampled_from([0, 10**9]),
    lag_ms=st.sampled_from([0, 0, 10**9]),
)
@settings(max_examples=30, deadline=None)
def test_the_index_finds_what_a_look_at_every_record_finds(
    portal: Portal, seed: int, loose_max: int, budget_bytes: int, lag_ms: int
) -> None:
    """Whatever is searched for, in every order and page, after every kind of write and with a lagging index."""
    random = Random(seed)  # noqa: S311 - deterministic on purpose
    with pytest.MonkeyPatch.context() as patch:
        for (module, name), values in SIZES.items():
            patch.setattr(module, name, random.choice(values))
        compare(portal, random, loose_max=loose_max, budget_bytes=budget_bytes, lag_ms=lag_ms)


def compare(portal: Portal, random: Random, *, loose_max: int, budget_bytes: int, lag_ms: int) -> None:
    """Search in both ways, and write in between."""
    kind = portal.types["contacts"]
    portal.db.run("DELETE FROM records")
    portal.records.index_lag.clear()
    portal.records.index_lag.lag_ms = lag_ms
    portal.db.run("DELETE FROM associations")
    link = portal.associations.types(kind, portal.types["companies"])[0]
    portal.associations.load((link, random.randrange(1, 200), company) for company in (1, 1, 2) for _ in range(10))
    count = random.choice((0, 1, 20, 60))
    portal.load(kind, [portal.to_record(kind, number * 3, any_values(random)) for number in range(1, count + 1)])
    portal.assumptions.choose({"missing-value-match": random.choice(["match", "no-match"])})
    indexed, scanned = searches(portal, loose_max=loose_max, budget_bytes=budget_bytes)

    for _ in range(25):
        wanted = any_search(random)

        found, expected = indexed.find(kind, **wanted), scanned.find(kind, **wanted)

        assert [one.id for one in found.records] == [one.id for one in expected.records], wanted
        assert (found.total, found.records) == (expected.total, expected.records), wanted
        for _ in range(random.randrange(6)):
            change(portal, kind, random)


@pytest.fixture
def many(portal: Portal) -> ObjectType:
    """A thousand contacts: more than are looked at one by one, and more than a block has."""
    kind = portal.types["contacts"]
    portal.db.run("DELETE FROM records")
    portal.records.index_lag.lag_ms = 0
    cities = ("Oslo", "Bergen", "Molde")
    records = [
        portal.to_record(kind, number, {"city": cities[number % 3], "phone": f"+47 {number:05}"})
        for number in range(1, 1001)
    ]
    portal.load(kind, records)
    return kind


def test_an_index_is_made_once_and_kept_current(portal: Portal, many: ObjectType) -> None:
    """The first search says what it made; later ones, also after writes, make nothing and see every change."""
    group = [Filter("city", "EQ", "oslo"), Filter("phone", "GT", "+47 00500")]

    first = portal.search.find(many, [group])
    record = first.records[0]
    portal.records.overwrite(many, record, {"city": "Bergen"}, at_ms=1)
    second = portal.search.find(many, [group])

    assert (first.indexed, first.total) == (("city", "phone", "createdate"), 167)
    assert (second.indexed, second.total) == ((), 166)
    assert record.id not in [one.id for one in second.records]


def test_a_search_by_an_index_reads_its_page_and_nothing_else(
    portal: Portal, many: ObjectType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a filter, nor a word, nor a sort looks at the other records again."""
    searches: list[dict[str, Any]] = [
        {"groups": [[Filter("phone", "CONTAINS_TOKEN", "*9")]], "sort": Sort("city"), "limit": 7},
        {"groups": [[Filter("city", "NEQ", "Oslo")]], "query": "00", "limit": 7, "offset": 100},
    ]
    for search in searches:
        portal.search.find(many, **search)
    read: list[int] = []
    decode = store._record

    def note(row: tuple[Any, ...]) -> Record:
        read.append(row[0])
        return decode(row)

    monkeypatch.setattr(store, "_record", note)

    found = [portal.search.find(many, **search) for search in searches]

    assert sorted(read) == sorted(record.id for result in found for record in result.records)
    assert len(read) == 14


def test_columns_that_were_not_used_for_long_are_dropped(portal: Portal, many: ObjectType) -> None:
    """They are made again when they are needed; those of the search at hand always stay."""
    indexed, _ = searches(portal, loose_max=100, budget_bytes=1)
    by_city, by_phone = [[Filter("city", "EQ", "Oslo")]], [[Filter("phone", "HAS_PROPERTY")]]

    made = [indexed.find(many, groups).indexed for groups in (by_city, by_city, by_phone, by_city)]

    assert made == [("city", "createdate"), (), ("phone",), ("city",)]


def test_columns_of_64_mib_are_kept_and_no_more(
    portal: Portal, many: ObjectType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is the bound of every portal, also for the types that a search is not about."""
    for size, made in ((2**25, ()), (2**25 + 1, ("city",))):
        monkeypatch.setattr(column.Column, "nbytes", size)
        indexed, _ = searches(portal, loose_max=100, budget_bytes=index.BUDGET_BYTES)
        for name in ("city", "phone"):
            assert indexed.find(many, [], sort=Sort(name)).indexed == (name,)
        assert indexed.find(many, [], sort=Sort("city")).indexed == made
        assert SearchIndex(portal.store)._budget == index.BUDGET_BYTES


@for_each("pattern", ["w7", "W7", "7-b", "w1*", "*3 7-b", "*", "", "?", "nothing", "x"])
def test_a_column_finds_rare_and_frequent_words(pattern: str) -> None:
    """Whether a text is sought by its place or looked at in passing."""
    texts = ["a x", *(f"w{number} {number % 10}-b" for number in range(300)), "z x"]
    made = column.Column([*texts])

    found = made.spans(Condition("city", "CONTAINS_TOKEN", value=pattern))

    slots = sorted(slot for first, end in found for slot in made.order[first:end])
    assert slots == [slot for slot, text in enumerate(texts) if has_token(text, pattern)]


def test_an_index_of_words_is_named_after_its_properties(portal: Portal, many: ObjectType) -> None:
    names = "firstname, lastname, email, phone, hs_additional_emails, fax, mobilephone, company"

    made = searches(portal, loose_max=0, budget_bytes=0)[0].find(many, [], query="00").indexed

    assert made == (f"{names}, hs_marketable_until_renewal", "createdate")


def test_half_a_letter_is_kept_in_a_column() -> None:
    assert column.Column(["\ud800"]).value_at(0) == "\ud800"
    assert column.TextColumn(["\ud800"]).marked("\ud800") == b"\1"


def test_the_memory_of_a_column_is_that_of_all_its_parts() -> None:
    made, texts = column.Column(["a", "bb", None, 1.0]), column.TextColumn(["ab", "c"])
    order, starts, numbers, offsets, values, blocks = 4 * 4, 4 * 4, 8, 3 * 4, len("a-bb-"), 4

    assert made.nbytes == order + starts + numbers + offsets + values + blocks
    assert (list(made.places), texts.nbytes) == ([1, 2, 3, 0], len("ab-c"))
    assert made.nbytes == 2 * order + starts + numbers + offsets + values + blocks


@for_each(
    ("kind", "alike"),
    [
        ("number", "number"), ("date", "datetime"), ("datetime", "datetime"), ("bool", "enumeration"),
        ("enumeration", "enumeration"), ("string", "string"), ("phone_number", "string"), ("anything", "string"),
    ],
)  # fmt: skip
def test_kinds_that_compare_alike_share_a_column(kind: str, alike: str) -> None:
    assert segment.ColumnName.of("city", kind) == segment.ColumnName(("city",), alike)


@for_each(("count", "made"), [(200, ()), (201, ("city", "createdate"))])
def test_up_to_200_records_are_looked_at_without_an_index(count: int, made: tuple[str, ...]) -> None:
    few = Portal()
    kind = few.types["contacts"]
    few.load(kind, [few.to_record(kind, number, {"city": "Oslo"}) for number in range(1, count + 1)])

    assert few.search.find(kind, [[Filter("city", "EQ", "Oslo")]]).indexed == made
    few.close()


def test_a_record_of_another_kind_does_not_touch_the_index(portal: Portal, many: ObjectType) -> None:
    """Each type has its own; writing a company makes no index of contacts old."""
    portal.search.find(many, [[Filter("city", "EQ", "Oslo")]])

    portal.records.create(portal.types["companies"], {"name": "Example"})

    assert portal.store.take_changed("0-1") == set()
    assert portal.search.find(many, [[Filter("city", "EQ", "Oslo")]]).indexed == ()


@for_each(
    ("pieces", "expected"),
    [
        ([], [None, None, None, None]),
        ([([2, 4, 6, 8], ["b", "d", "f", "h"])], ["b", "d", "f", "h"]),
        ([([2, 4], ["b", "d"]), ([6, 8], ["f", "h"])], ["b", "d", "f", "h"]),
        ([([1, 2, 3], ["a", "b", "c"]), ([5, 8, 9], ["e", "h", "i"])], ["b", None, None, "h"]),
        ([([3], ["c"]), ([4], ["d"]), ([11], ["k"])], [None, "d", None, None]),
    ],
)
def test_values_are_found_by_id_whatever_came_or_went_meanwhile(
    pieces: list[tuple[list[int], list[str]]], expected: list[str | None]
) -> None:
    """A piece without gaps is taken as a whole."""
    ids = array("q", [2, 4, 6, 8])

    assert [value for piece in aligned(ids, pieces) for value in piece] == expected
