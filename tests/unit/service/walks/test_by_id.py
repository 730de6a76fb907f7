from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.errors import MismatchError, UpstreamError
from service.pages import Page
from service.pending import Pending
from service.walks.by_id import CursorWalk, IdWalk
from service.walks.walk import read_ahead
from tests.support.cases import for_each

Begin = Callable[[str | None], Pending[Page]]


def walk_by_id(begin: Begin, *, page_size: int) -> Iterator[Page]:
    """Return the pages of a walk by id."""
    return read_ahead(IdWalk(page_size=page_size), begin)


def walk_by_cursor(begin: Begin) -> Iterator[Page]:
    """Return the pages of a walk by opaque cursors."""
    return read_ahead(CursorWalk(), begin)


def page(*ids: int, after: str | None = None) -> Page:
    """Build a page of these ids."""
    return Page(ids=[str(number) for number in ids], updated=[], records=[], after=after)


def scripted(*pages: Page) -> Begin:
    """A list that returns these pages in turn."""
    rest = iter(pages)
    return lambda _after: Pending(lambda: next(rest))


def portal(ids: list[int], size: int) -> Begin:
    """A list of these ids that works like HubSpot's."""

    def begin(after: str | None) -> Pending[Page]:
        rest = [number for number in ids if number >= int(after or 0)]
        found = page(*rest[:size], after=str(rest[size - 1] + 1) if len(rest) > size else None)
        return Pending(lambda: found)

    return begin


@given(st.sets(st.integers(1, 10**12), max_size=60), st.integers(1, 100))
@settings(max_examples=60)
def test_every_id_arrives_exactly_once_in_order(ids: set[int], size: int) -> None:
    walked = [int(number) for one in walk_by_id(portal(sorted(ids), size), page_size=size) for number in one.ids]

    assert walked == sorted(ids)


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 10_001])
def test_counts_around_the_page_size_are_complete(count: int) -> None:
    walked = [number for one in walk_by_id(portal(list(range(1, count + 1)), 100), page_size=100) for number in one.ids]

    assert len(walked) == count


def test_an_empty_page_with_a_cursor_is_requested_again_and_then_followed() -> None:
    """HubSpot sends such pages."""
    cursors: list[str | None] = []
    pages = iter([page(1, after="2"), page(after="5"), page(after="5"), page(7)])

    def begin(after: str | None) -> Pending[Page]:
        cursors.append(after)
        return Pending(lambda: next(pages))

    walked = list(walk_by_id(begin, page_size=100))

    assert [one.ids for one in walked] == [["1"], [], [], ["7"]]
    assert cursors == [None, "2", "2", "5"]


def test_a_cursor_that_skips_records_is_not_followed() -> None:
    """The walk continues after the last record that it received."""
    cursors: list[str | None] = []
    pages = iter([page(1, 2, after="900"), page(3)])

    def begin(after: str | None) -> Pending[Page]:
        cursors.append(after)
        return Pending(lambda: next(pages))

    list(walk_by_id(begin, page_size=100))

    assert cursors == [None, "3"]


def test_the_next_page_is_requested_before_a_page_is_yielded() -> None:
    """And no more than one."""
    cursors: list[str | None] = []

    def begin(after: str | None) -> Pending[Page]:
        cursors.append(after)
        return portal([1, 2, 3], 1)(after)

    pages = walk_by_id(begin, page_size=2)

    assert (next(pages).ids, cursors) == (["1"], [None, "2"])
    assert (next(pages).ids, cursors) == (["2"], [None, "2", "3"])


def test_after_a_full_page_without_a_cursor_the_walk_continues() -> None:
    """`paging` may be missing in the middle."""
    walked = list(walk_by_id(scripted(page(1, 2), page(5, 6), page(7)), page_size=2))

    assert [one.ids for one in walked] == [["1", "2"], ["5", "6"], ["7"]]


@for_each(("count", "requests"), [(0, 2), (1, 1), (99, 1), (100, 2), (101, 2), (200, 3)])
def test_the_end_costs_one_more_request_after_a_full_or_an_empty_page(count: int, requests: int) -> None:
    cursors: list[str | None] = []

    def begin(after: str | None) -> Pending[Page]:
        cursors.append(after)
        return portal(list(range(1, count + 1)), 100)(after)

    list(walk_by_id(begin, page_size=100))

    assert len(cursors) == requests


def test_an_empty_page_with_a_cursor_is_not_the_end_after_a_page_without_one() -> None:
    """The two responses contradict each other."""
    pages = scripted(page(1, 2), page(after="9"), page(3, 4, after="5"), page(5))

    assert [one.ids for one in walk_by_id(pages, page_size=2)] == [["1", "2"], [], ["3", "4"], ["5"]]


@pytest.mark.parametrize("second", [page(), page(3, after="4")])
def test_an_empty_page_without_a_cursor_is_requested_again(second: Page) -> None:
    """Sesam would delete everything because of one wrong empty response."""
    walked = list(walk_by_id(scripted(page(), second, page(5)), page_size=2))

    assert [one.ids for one in walked] == ([[], []] if not second.ids else [[], ["3"], ["5"]])


@for_each(
    ("pages", "words"),
    [
        ([page(1, after="2"), page(2, after="2")], "never end"),
        ([page(1, after="5"), page(5, after="3")], "never end"),
        ([page(after="5"), page(after="5"), page(after="5")], "never end"),
        ([page(5, after="5")], "never end"),
        ([page(2, 1)], "ascending"),
        ([page(1, 1)], "ascending"),
        ([page(1, after="2"), page(1)], "ascending"),
        ([page(3, after="4"), page(2)], "ascending"),
        ([page(1, after="Mg==")], "not a number"),
        ([page(1, after="٣")], "not a number"),
        ([page(1, after="-3")], "not a number"),
        ([page(1, after="5"), page(2, after="5")], "never end"),
        ([page(1, after="9"), page(2, after="5")], "never end"),
        ([page(1, after="10"), page(2, after="9")], "never end"),
        ([page(5, after="6"), page(3, 9)], "ascending"),
        ([page(1, 3, 2)], "ascending"),
        ([page(1, 2, 3, 3)], "ascending"),
        ([page(1, 10, 9)], "ascending"),
    ],
)
def test_an_inconsistent_list_stops_the_walk(pages: list[Page], words: str) -> None:
    with pytest.raises(MismatchError, match=words):
        list(walk_by_id(scripted(*pages), page_size=100))


def test_an_error_propagates_after_the_pages_before_it() -> None:
    def begin(after: str | None) -> Pending[Page]:
        def wait() -> Page:
            if after is None:
                return page(1, after="2")
            raise UpstreamError("HubSpot answered 500", kind="upstream-status")

        return Pending(wait)

    pages = walk_by_id(begin, page_size=100)

    assert next(pages).ids == ["1"]
    with pytest.raises(UpstreamError):
        next(pages)


def test_a_list_in_no_order_is_walked_by_opaque_cursors() -> None:
    """Owners are such a list."""
    pages = walk_by_cursor(scripted(page(5, 1, after="Mg=="), page(3, after="NA=="), page(), page()))

    assert [row for one in pages for row in one.ids] == ["5", "1", "3"]


@for_each(
    "pages",
    [
        [page(), page(5, 1)],
        [page(), page(5, after="a"), page(1)],
        [page(5, after="a"), page(), page(1)],
        [page(), page(5, after="a"), page(), page(1)],
        [page(5, after="a"), page(after="b"), page(1)],
    ],
)
def test_a_list_in_no_order_does_not_end_with_one_empty_page(pages: list[Page]) -> None:
    """A list of owners that is wrongly empty would delete every owner."""
    walked = walk_by_cursor(scripted(*pages))

    assert sorted(row for one in walked for row in one.ids) == ["1", "5"]


def test_a_list_in_no_order_ends_if_two_pages_are_empty() -> None:
    asked: list[str | None] = []

    def begin(after: str | None) -> Pending[Page]:
        asked.append(after)
        return Pending(page)

    assert [one.ids for one in walk_by_cursor(begin)] == [[], []]
    assert asked == [None, None]


@for_each("pages", [[page(1, after="a"), page(2, after="a")], [page(1, 1)], [page(1, after="a"), page(1)]])
def test_a_list_in_no_order_repeats_neither_cursors_nor_records(pages: list[Page]) -> None:
    with pytest.raises(MismatchError):
        list(walk_by_cursor(scripted(*pages)))


def test_the_lowest_id_is_accepted() -> None:
    """And ids are compared as numbers, within a page and across pages."""
    walk = IdWalk(page_size=3)

    walk.accept(page(0, 9, 10, after="11"))

    assert (walk.position, walk.is_finished) == ("11", False)
    assert walk.accept(page(100)).ids == ["100"]
    assert walk.is_finished
