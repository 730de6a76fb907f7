from collections.abc import Callable, Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.errors import MismatchError
from service.pages import Page
from service.pending import Pending
from service.search_window import SearchWindow
from service.timestamps import ms_to_token, token_to_ms
from service.walks.by_change import ChangeWalk, take_whole_timestamps
from service.walks.walk import read_ahead
from tests.support.cases import for_each

CAP = 10_000
BeginSearch = Callable[[SearchWindow], Pending[Page]]


def walk_by_change(begin: BeginSearch, since_ms: int, *, page_size: int) -> Iterator[Page]:
    """Return the pages of a walk from a timestamp."""
    return read_ahead(ChangeWalk(since_ms, page_size=page_size), begin)


def page(rows: list[tuple[int, int]], *, total: int | None = None, after: str | None = None) -> Page:
    """Build a page of (id, timestamp) rows."""
    ids, timestamps = [str(row) for row, _ in rows], [ms_to_token(timestamp) for _, timestamp in rows]
    return Page(ids=ids, updated=timestamps, records=[msgspec.Raw(b"{}")] * len(ids), after=after, total=total)


class Portal:
    """A search over (id, timestamp) rows like HubSpot's: first rows, a total, and an offset as cursor."""

    def __init__(self, rows: dict[int, int], *, page_size: int) -> None:
        self.rows = rows
        self.page_size = page_size
        self.request_count = 0
        self.on_request: Callable[[], None] = lambda: None

    def begin(self, window: SearchWindow) -> Pending[Page]:
        """Return the first page of a window."""
        self.request_count += 1
        self.on_request()
        by_time = sorted((timestamp, row) for row, timestamp in self.rows.items() if timestamp >= window.at_ms)
        found = [(row, timestamp) for timestamp, row in by_time]
        if window.after_id is not None:
            found = sorted((row, at) for row, at in found if at == window.at_ms and row > int(window.after_id))
        first = found[: self.page_size]
        result = page(first, total=len(found), after=str(len(first)) if len(found) > len(first) else None)
        return Pending(lambda: result)


def rows_of(pages: Iterator[Page]) -> list[tuple[str, str]]:
    """Return all rows of the pages, in order."""
    return [row for one in pages for row in zip(one.ids, one.updated, strict=True)]


def scripted(*pages: Page) -> BeginSearch:
    """A search that returns these pages in turn."""
    rest = iter(pages)
    return lambda _window: Pending(lambda: next(rest))


@given(
    st.dictionaries(st.integers(1, 10**12), st.integers(1_000, 1_012), max_size=60),
    st.integers(1, 12),
    st.integers(995, 1_015),
)
@settings(max_examples=150)
def test_everything_since_the_timestamp_arrives_once(rows: dict[int, int], page_size: int, since_ms: int) -> None:
    """Whatever the page size, and however many records share a timestamp."""
    arrived = rows_of(walk_by_change(Portal(rows, page_size=page_size).begin, since_ms, page_size=page_size))

    assert sorted(arrived) == sorted((str(row), ms_to_token(at)) for row, at in rows.items() if at >= since_ms)


@for_each("changes", [0, 1, 19, 20, 38, 39, 400])
def test_each_request_returns_one_record_less_than_a_page(changes: int) -> None:
    """Each starts at the last timestamp of the previous one. docs/explanation relies on this cost."""
    portal = Portal({row: 1_000 + row for row in range(1, changes + 1)}, page_size=20)

    rows = rows_of(walk_by_change(portal.begin, 0, page_size=20))

    assert len(rows) == changes
    assert portal.request_count == (max(0, changes - 1) // 19 + 1 if changes else 2)  # an empty page is requested again


@given(st.dictionaries(st.integers(1, 10**6), st.integers(1_000, 1_012), max_size=60), st.integers(1, 12))
@settings(max_examples=60)
def test_records_arrive_in_order_of_change(rows: dict[int, int], page_size: int) -> None:
    """A chronological source depends on it."""
    arrived = rows_of(walk_by_change(Portal(rows, page_size=page_size).begin, 0, page_size=page_size))

    assert [token for _, token in arrived] == sorted(token for _, token in arrived)


def test_more_than_10000_records_with_one_timestamp_lose_none() -> None:
    """Other readers loop forever or stop here, because HubSpot's search ends at 10,000."""
    rows = dict.fromkeys(range(1, CAP + 502), 5_000) | {CAP + 900: 4_000, CAP + 901: 6_000}
    portal = Portal(rows, page_size=200)

    arrived = rows_of(walk_by_change(portal.begin, 0, page_size=200))

    assert len(arrived) == len(set(arrived)) == len(rows)
    assert portal.request_count <= len(rows) // 200 + 5


@given(st.data())
@settings(max_examples=60)
def test_records_that_change_during_the_walk_are_not_lost(data: st.DataObject) -> None:
    """Each arrives at least once. If it changes after it was passed, its last version arrives too."""
    rows = data.draw(st.dictionaries(st.integers(1, 999), st.integers(1_000, 1_020), min_size=5, max_size=40))
    portal = Portal(dict(rows), page_size=data.draw(st.integers(2, 7)))
    changes = data.draw(st.lists(st.sampled_from(sorted(rows)), max_size=15))
    now = iter(range(2_000, 3_000))

    def change_one() -> None:
        if changes:
            portal.rows[changes.pop()] = next(now)

    portal.on_request = change_one
    arrived = rows_of(walk_by_change(portal.begin, 0, page_size=portal.page_size))

    assert {row for row, _ in arrived} == {str(row) for row in rows}
    if not changes:
        assert {(str(row), ms_to_token(at)) for row, at in portal.rows.items()} <= set(arrived)


def test_the_number_of_requests_depends_on_what_changed() -> None:
    portal = Portal({row: 1_000 + row for row in range(100)}, page_size=200)

    list(walk_by_change(portal.begin, 0, page_size=200))

    assert portal.request_count == 1


def test_a_short_page_is_completed_by_the_next_request() -> None:
    """The total shows that there is more, although there is no cursor."""
    pages = walk_by_change(
        scripted(page([(1, 10), (2, 20)], total=3), page([(2, 20), (3, 30)], total=2)), 0, page_size=9
    )

    assert [row for row, _ in rows_of(pages)] == ["1", "2", "3"]


@for_each(
    ("pages", "words"),
    [
        ([page([(1, 20), (2, 10)])], "order of change"),
        ([page([(1, 5)])], "outside"),
        ([page([(1, 10), (1, 20)])], "twice"),
        ([page([(1, 20)], total=2), page([(1, 20)], total=2)], "keeps sending the same 1"),
        ([page([], total=7)], "keeps sending the same 0"),
        ([page([], total=7), page([], total=7)], "keeps sending the same 0"),
        ([page([(1, 10), (2, 10)], total=9), page([(4, 10), (3, 10)], total=9)], "ascending order of ids"),
    ],
)
def test_an_inconsistent_search_stops(pages: list[Page], words: str) -> None:
    with pytest.raises(MismatchError, match=words):
        list(walk_by_change(scripted(*pages), 10, page_size=2))


@given(st.lists(st.integers(1, 6), max_size=40), st.integers(1, 9), st.integers(1, 12))
@settings(max_examples=150)
def test_continuing_after_the_last_token_loses_none(timestamps: list[int], size: int, limit: int) -> None:
    """A chronological source does this until a page is empty."""
    rows = dict(enumerate(timestamps, start=1))
    arrived: list[tuple[str, str]] = []
    since_ms, pull_count = 0, 0
    while True:
        portal = Portal(rows, page_size=size)
        got = rows_of(take_whole_timestamps(walk_by_change(portal.begin, since_ms, page_size=size), limit))
        pull_count += 1
        if not got:
            break
        arrived += got
        since_ms = token_to_ms(got[-1][1]) + 1

    assert sorted(arrived) == sorted((str(row), ms_to_token(at)) for row, at in rows.items())
    assert pull_count <= len(rows) + 1


def test_a_limit_is_exceeded_only_for_records_with_one_timestamp() -> None:
    pages = iter([page([(1, 10)]), page([(2, 10), (3, 20)])])

    assert [row for row, _ in rows_of(take_whole_timestamps(pages, 1))] == ["1", "2"]


def test_a_record_is_yielded_once_although_a_window_is_repeated() -> None:
    """Short pages of one timestamp repeat the window, and its third response has all records again."""
    pages = scripted(
        page([(1, 10), (2, 10)], total=3), page([(3, 10)], total=3), page([(1, 10), (2, 10), (3, 10)], total=3)
    )

    rows = rows_of(walk_by_change(pages, 0, page_size=9))

    assert [row for row, _ in rows] == ["1", "2", "3"]


@for_each(
    ("first", "is_last"),
    [
        (page([(1, 10)], total=1), True),
        (page([(1, 10)]), True),
        (page([], total=0), False),
        (page([(1, 10), (2, 20)], total=2), False),
        (page([(1, 10)], total=2), False),
        (page([(1, 10)], total=1, after="1"), False),
    ],
)
def test_a_page_is_the_last_if_nothing_hints_at_more(first: Page, is_last: bool) -> None:
    """A full page, a total above the number of records, and a cursor are such hints."""
    walk = ChangeWalk(0, page_size=2)

    assert walk.accept(first) == first
    assert walk.is_finished is is_last


@for_each(
    ("first", "position"),
    [
        (page([(1, 10), (2, 20)]), SearchWindow(20)),
        (page([(1, 5), (2, 5)]), SearchWindow(5, "0")),
        (page([(1, 5)], total=2), SearchWindow(5)),
        (page([(1, 5), (2, 6)]), SearchWindow(6)),
        (page([(1, 6), (2, 6)]), SearchWindow(6)),
    ],
)
def test_the_next_window_starts_at_the_last_timestamp(first: Page, position: SearchWindow) -> None:
    """A timestamp is read by id only if it fills a page from the first record of the window to the last."""
    walk = ChangeWalk(5, page_size=2)

    walk.accept(first)

    assert walk.position == position


@for_each(
    ("second", "position"),
    [
        (page([(3, 5), (7, 5)]), SearchWindow(5, "7")),
        (page([(3, 5)], total=1), SearchWindow(6)),
        (page([], total=0), SearchWindow(5, "0")),
        (page([(3, 5)], total=4), SearchWindow(5, "3")),
        (page([(3, 5)], after="1"), SearchWindow(5, "3")),
    ],
)
def test_a_timestamp_is_read_by_id_to_its_end(second: Page, position: SearchWindow) -> None:
    """Then the walk continues one millisecond later."""
    walk = ChangeWalk(5, page_size=2)
    walk.accept(page([(1, 5), (2, 5)]))

    walk.accept(second)

    assert walk.position == position
    assert not walk.is_finished


@pytest.mark.parametrize("is_by_id", [False, True])
def test_an_empty_page_is_believed_if_a_second_one_is_empty_too(is_by_id: bool) -> None:
    walk = ChangeWalk(5, page_size=2)
    if is_by_id:
        walk.accept(page([(1, 5), (2, 5)]))
    position = walk.position

    walk.accept(page([], total=0))
    asked_again = walk.position
    walk.accept(page([], total=0))

    assert asked_again == position
    assert (walk.position, walk.is_finished) == ((SearchWindow(6), False) if is_by_id else (position, True))


@pytest.mark.parametrize("is_by_id", [False, True])
def test_records_after_an_empty_page_are_read_and_the_next_empty_page_is_doubted_again(is_by_id: bool) -> None:
    walk = ChangeWalk(5, page_size=2)
    if is_by_id:
        walk.accept(page([(1, 5), (2, 5)]))

    walk.accept(page([], total=0))
    found = walk.accept(page([(3, 5), (4, 5)], total=9))
    position = walk.position
    walk.accept(page([], total=0))

    assert found.ids == ["3", "4"]
    assert (walk.position, walk.is_finished) == (position, False)


def test_ids_are_compared_as_numbers() -> None:
    walk = ChangeWalk(5, page_size=2)
    walk.accept(page([(9, 5), (10, 5)]))
    walk.accept(page([(9, 5), (10, 5)]))

    assert walk.position == SearchWindow(5, "10")


@for_each("limit", [1, 2, 3])
def test_no_page_is_read_after_the_limit_is_reached(limit: int) -> None:
    """Except to see whether more records have the last timestamp."""
    read = []

    def pages() -> Iterator[Page]:
        for number in range(1, 9):
            read.append(number)
            yield page([(number, number)])

    assert len(rows_of(take_whole_timestamps(pages(), limit))) == limit
    assert read == list(range(1, limit + 2))


def test_empty_pages_within_a_limit_change_nothing() -> None:
    pages = iter([page([]), page([(1, 10)]), page([]), page([(2, 10)]), page([(3, 20)]), page([(4, 20)])])

    assert [row for row, _ in rows_of(take_whole_timestamps(pages, 1))] == ["1", "2"]
