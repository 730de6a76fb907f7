import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.entities import Page
from service.errors import MismatchError, UpstreamError
from service.paging import Fetch, walk


def page(*ids: int, after: str | None = None) -> Page:
    """A page of these ids."""
    return Page(ids=[str(number) for number in ids], updated=[], records=[], after=after)


def scripted(*pages: Page) -> Fetch:
    """A fetch that gives these pages in turn."""
    rest = iter(pages)
    return lambda _after: next(rest)


def portal(ids: list[int], size: int) -> Fetch:
    """A fetch over a portal of these ids, as HubSpot's list works."""

    def fetch(after: str | None) -> Page:
        rest = [number for number in ids if number >= int(after or 0)]
        return page(*rest[:size], after=str(rest[size - 1] + 1) if len(rest) > size else None)

    return fetch


@given(st.sets(st.integers(1, 10**12), max_size=60), st.integers(1, 100))
@settings(max_examples=60)
def test_every_id_arrives_exactly_once_in_order(ids: set[int], size: int) -> None:
    """Whatever the count and the page size."""
    walked = [int(number) for one in walk(portal(sorted(ids), size)) for number in one.ids]

    assert walked == sorted(ids)


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 10_001])
def test_counts_around_the_page_size_are_complete(count: int) -> None:
    """Off-by-one errors live here."""
    walked = [number for one in walk(portal(list(range(1, count + 1)), 100)) for number in one.ids]

    assert len(walked) == count


def test_an_empty_page_with_a_next_one_is_followed() -> None:
    """HubSpot sends such pages."""
    pages = list(walk(scripted(page(1, after="2"), page(after="5"), page(7))))

    assert [one.ids for one in pages] == [["1"], [], ["7"]]


def test_the_first_request_has_no_cursor() -> None:
    """And the later ones have the cursor of the page before."""
    asked: list[str | None] = []

    def fetch(after: str | None) -> Page:
        asked.append(after)
        return portal([1, 2, 3], 1)(after)

    list(walk(fetch))

    assert asked == [None, "2", "3"]


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ([page(1, after="2"), page(2, after="2")], "circle"),
        ([page(1, after="5"), page(5, after="3")], "circle"),
        ([page(after="5"), page(after="5")], "circle"),
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
        list(walk(scripted(*pages)))


def test_trouble_with_a_page_passes_through() -> None:
    """The pages before it have been given, nothing after it is."""

    def fetch(after: str | None) -> Page:
        if after is None:
            return page(1, after="2")
        raise UpstreamError("HubSpot answered 500", kind="upstream-status")

    pages = walk(fetch)

    assert next(pages).ids == ["1"]
    with pytest.raises(UpstreamError):
        next(pages)
