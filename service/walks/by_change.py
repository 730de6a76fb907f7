"""Walking what changed since a moment through the search API, in order of change. Pure: the asking is passed in.

The search API finds at most 10,000 records and pages by offset, so a record that changes while one pages shifts all
behind it, and one of them is never seen. So no offset is used: each request asks anew for what changed at or after the
last moment seen. Records of that moment come again and are dropped by id. Where one moment alone fills a page, its
records are walked by id, and then the walk goes on after that moment.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import le, lt

from service.entities import Page
from service.errors import MismatchError
from service.timestamps import token_to_ms

__all__ = ["BeginSearch", "Window", "select_rows", "take_whole_moments", "walk_by_change"]


@dataclass(frozen=True, slots=True)
class Window:
    """What a search asks for.

    Attributes:
        at_ms: Records changed at or after this moment, by that order.
        after_id: Where set, only records of exactly that moment with a higher id, by id.
    """

    at_ms: int
    after_id: str | None = None


_Sighting = tuple[str, str]

BeginSearch = Callable[[Window], Callable[[], Page]]
"""Asks for the first page of a window, and gives a function that waits for it."""


def walk_by_change(begin: BeginSearch, since_ms: int, *, page_size: int) -> Iterator[Page]:
    """Yield every record changed at or after a moment, in order of change, each once. Pages may be short or empty.

    Raises:
        MismatchError: The answers are out of order or outside of the window, or claim more than they hold.

    Source: docs (search: 10,000 results, `total`); reader (airbyte #43317: more than 10,000 records of one moment,
        #61543: a loop at the cap).
    """
    window = Window(since_ms)
    seen: set[_Sighting] = set()
    waiting = begin(window)
    while True:
        page = waiting()
        moments = _checked_moments(page, window)
        fresh = select_rows(page, [row for row, one in enumerate(_sightings(page)) if one not in seen])
        following = _following(page, moments, window, page_size=page_size)
        if following is None:
            yield fresh
            return
        if not fresh.ids and following == window:
            raise MismatchError(
                f"HubSpot's search says it found {page.total} records but keeps giving the same {len(page.ids)}."
            )
        seen = _seen_at(following, window, page, moments, seen)
        window = following
        waiting = begin(window)
        yield fresh


def _checked_moments(page: Page, window: Window) -> list[int]:
    """The records' moments of change, in order."""
    moments = [token_to_ms(token) for token in page.updated]
    is_in_window = all(moment >= window.at_ms for moment in moments)
    if len(set(page.ids)) < len(page.ids):
        raise MismatchError("HubSpot's search gave the same record twice in one page.")
    if window.after_id is not None:
        ids = [int(window.after_id), *map(int, page.ids)]
        if not all(map(lt, ids, ids[1:])):
            raise MismatchError("HubSpot's search is not in ascending order of ids, as it was asked to be.")
    elif not all(map(le, moments, moments[1:])) or not is_in_window:
        raise MismatchError(
            "HubSpot's search is not in order of change, or gave records from outside of what was asked."
        )
    return moments


def _following(page: Page, moments: list[int], window: Window, *, page_size: int) -> Window | None:
    """The window after this page, None at the end."""
    is_last = page.after is None and len(page.ids) < page_size and (page.total or 0) <= len(page.ids)
    if window.after_id is not None:
        # all records of the one moment are there: go on behind it
        return (
            Window(window.at_ms + 1) if is_last else Window(window.at_ms, page.ids[-1] if page.ids else window.after_id)
        )
    if is_last:
        return None
    if moments and moments[0] == moments[-1] == window.at_ms and len(page.ids) >= page_size:
        return Window(window.at_ms, "0")
    return Window(moments[-1] if moments else window.at_ms)


def _sightings(page: Page) -> list[_Sighting]:
    """The records as they were when seen: one that changed since is another sighting."""
    return list(zip(page.ids, page.updated, strict=True))


def _seen_at(following: Window, window: Window, page: Page, moments: list[int], seen: set[_Sighting]) -> set[_Sighting]:
    """What was given already and the following window will show again: never more than a page of it and a bit."""
    if window.after_id is not None:
        return seen
    here = {one for one, moment in zip(_sightings(page), moments, strict=True) if moment == following.at_ms}
    return here | seen if following.at_ms == window.at_ms else here


def take_whole_moments(pages: Iterator[Page], limit: int) -> Iterator[Page]:
    """Yield the first `limit` records, and those after them that share the last one's moment.

    Whoever goes on after the last token then misses none: a moment is never cut in two.
    """
    left, last = limit, ""
    for page in pages:
        rows = list(range(len(page.ids)))
        if left < len(rows):
            last = page.updated[left - 1] if left else last
            rows = [row for row in rows if row < left or page.updated[row] == last]
            yield select_rows(page, rows)
            if len(rows) < len(page.ids):
                return
        else:
            yield page
            last = page.updated[-1] if page.updated else last
        left = max(0, left - len(page.ids))


def select_rows(page: Page, rows: list[int]) -> Page:
    """A page of some of the rows of a page."""
    if len(rows) == len(page.ids):
        return page
    return Page(
        ids=[page.ids[row] for row in rows],
        updated=[page.updated[row] for row in rows],
        records=[page.records[row] for row in rows],
        after=page.after,
        total=page.total,
        is_deleted=page.is_deleted,
        may_need_escape=page.may_need_escape,
    )
