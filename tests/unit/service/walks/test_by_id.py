from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.errors import MismatchError, UpstreamError
from service.pages import Page
from service.pending import Pending
from service.walks.by_id import CursorWalk, IdWalk
from service.walks.walk import read_ahead

Begin = Callable[[str | None], Pending[Page]]


def walk_by_id(begin: Begin, *, page_size: int) -> Iterator[Page]:
    """The pages of a walk by id."""
    return read_ahead(IdWalk(page_size=page_size), begin)


def walk_by_cursor(begin: Begin) -> Iterator[Page]:
    """The pages of a walk by opaque cursors."""
    return read_ahead(CursorWalk(), begin)


def page(*ids: int, after: str | None = None) -> Page:
    """A page of these ids."""
    return Page(ids=[str(number) for number in ids], updated=[], records=[], after=after)


def scripted(*pages: Page) -> Begin:
    """A list that gives these pages in turn."""
    rest = iter(pages)
    return lambda _after: Pending(lambda: next(rest))


def portal(ids: list[int], size: int) -> Begin:
    """A list over a portal of these ids, as HubSpot's list works."""

    def begin(after: str | None) -> Pending[Page]:
        rest = [number for number in ids if number >= int(after or 0)]
        found = page(*rest[:size], after=str(rest[size - 1] + 1) if len(rest) > size else None)
        return Pending(lambda: found)

    return begin


@given(st.sets(st.integers(1, 10**12), max_size=60), st.integers(1, 100))
@settings(max_examples=60)
def test_every_id_arrives_exactly_once_in_order(ids: set[int], size: int) -> None:
    """Whatever the count and the page size."""
    walked = [int(number) for one in walk_by_id(portal(sorted(ids), size), page_size=size) for number in one.ids]

    assert walked == sorted(ids)


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 10_001])
def test_counts_around_the_page_size_are_complete(count: int) -> None:
    """Off-by-one errors live here."""
    walked = [number for one in walk_by_id(portal(list(range(1, count + 1)), 100), page_size=100) for number in one.ids]

    assert len(walked) == count


def test_an_empty_page_with_a_next_one_is_followed_after_a_second_look() -> None:
    """HubSpot sends such pages."""
    asked: list[str | None] = []
    pages = iter([page(1, after="2"), page(after="5"), page(after="5"), page(7)])

    def begin(after: str | None) -> Pending[Page]:
        asked.append(after)
        return Pending(lambda: next(pages))

    walked = list(walk_by_id(begin, page_size=100))

    assert [one.ids for one in walked] == [["1"], [], [], ["7"]]
    assert asked == [None, "2", "2", "5"]


def test_a_cursor_that_jumps_over_records_is_not_believed() -> None:
    """The walk goes on behind the last record it was given."""
    asked: list[str | None] = []
    pages = iter([page(1, 2, after="900"), page(3)])

    def begin(after: str | None) -> Pending[Page]:
        asked.append(after)
        return Pending(lambda: next(pages))

    list(walk_by_id(begin, page_size=100))

    assert asked == [None, "3"]


def test_the_next_page_is_asked_for_before_one_is_handed_on() -> None:
    """Read-ahead by one page, and not by more."""
    asked: list[str | None] = []

    def begin(after: str | None) -> Pending[Page]:
        asked.append(after)
        return portal([1, 2, 3], 1)(after)

    pages = walk_by_id(begin, page_size=2)

    assert (next(pages).ids, asked) == (["1"], [None, "2"])
    assert (next(pages).ids, asked) == (["2"], [None, "2", "3"])


def test_a_full_page_that_names_no_next_one_is_followed_by_its_last_id() -> None:
    """`paging` went missing in the middle: what follows must not be lost."""
    walked = list(walk_by_id(scripted(page(1, 2), page(5, 6), page(7)), page_size=2))

    assert [one.ids for one in walked] == [["1", "2"], ["5", "6"], ["7"]]


@pytest.mark.parametrize(("count", "requests"), [(0, 2), (1, 1), (99, 1), (100, 2), (101, 2), (200, 3)])
def test_an_end_costs_one_more_request_where_the_last_page_is_full_or_empty(count: int, requests: int) -> None:
    """One answer that agrees is enough, and a page that is neither needs none."""
    asked: list[str | None] = []

    def begin(after: str | None) -> Pending[Page]:
        asked.append(after)
        return portal(list(range(1, count + 1)), 100)(after)

    list(walk_by_id(begin, page_size=100))

    assert len(asked) == requests


def test_an_empty_page_with_a_next_one_is_no_end_though_the_page_before_named_none() -> None:
    """The two answers do not agree, so it is looked at again."""
    pages = scripted(page(1, 2), page(after="9"), page(3, 4, after="5"), page(5))

    assert [one.ids for one in walk_by_id(pages, page_size=2)] == [["1", "2"], [], ["3", "4"], ["5"]]


@pytest.mark.parametrize("second", [page(), page(3, after="4")])
def test_an_empty_page_is_asked_for_again_before_it_is_believed(second: Page) -> None:
    """Sesam would delete everything for one wrong empty answer."""
    walked = list(walk_by_id(scripted(page(), second, page(5)), page_size=2))

    assert [one.ids for one in walked] == ([[], []] if not second.ids else [[], ["3"], ["5"]])


@pytest.mark.parametrize(
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
    ],
)
def test_a_walk_that_does_not_add_up_stops(pages: list[Page], words: str) -> None:
    """A wrong list is never taken for a whole one."""
    with pytest.raises(MismatchError, match=words):
        list(walk_by_id(scripted(*pages), page_size=100))


def test_trouble_with_a_page_passes_through() -> None:
    """The pages before it have been given, nothing after it is."""

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


def test_a_list_in_no_order_is_walked_by_its_opaque_cursors() -> None:
    """Owners come so."""
    pages = walk_by_cursor(scripted(page(5, 1, after="Mg=="), page(3, after="NA=="), page()))

    assert [row for one in pages for row in one.ids] == ["5", "1", "3"]


@pytest.mark.parametrize(
    "pages", [[page(1, after="a"), page(2, after="a")], [page(1, 1)], [page(1, after="a"), page(1)]]
)
def test_a_list_in_no_order_still_repeats_nothing(pages: list[Page]) -> None:
    """Neither a cursor nor a record."""
    with pytest.raises(MismatchError):
        list(walk_by_cursor(scripted(*pages)))
