"""Walks through lists. They stop as soon as HubSpot's responses contradict each other.

They follow `paging.next.after` only. `paging.next.link` names another path than the requested one, and drops or repeats
parameters.
"""

from enum import Enum, auto
from operator import lt

from service.errors import MismatchError
from service.pages import Page

__all__ = ["CursorWalk", "IdWalk"]


class _Doubt(Enum):
    """Why the previous page may not be believed without a second response."""

    NONE = auto()
    EMPTY = auto()
    NO_CURSOR = auto()


class IdWalk:
    """Walks through a list in ascending order of ids.

    The cursor is the last id plus one, which is also what HubSpot sends. If HubSpot ever sent a higher one, no record
    would be skipped. A page with a cursor is never the last, even if it is short or empty. Anything that could lose
    data is checked twice: an empty page is requested again, and after a full page without a cursor the walk goes on. It
    ends there if the next response is empty too.

    Args:
        page_size: The number of records requested per page.
        start: The lowest id, None to walk through the whole list.

    Attributes:
        position: The cursor to ask for next, None for the first page.
        is_finished: Whether the accepted page was the last.

    Source: recording (ascending ids, `after` = last id + 1); reader (airbyte #80744: empty page with a cursor, #19927:
        `paging` missing in the middle).
    """

    def __init__(self, *, page_size: int, start: int | None = None) -> None:
        self.position = None if start is None else str(start)
        self.is_finished = False
        self._page_size = page_size
        self._last_id = -1 if start is None else start - 1
        self._last_cursor: str | None = None
        self._doubt = _Doubt.NONE

    def accept(self, page: Page) -> Page:
        """Check the page and choose the next cursor.

        Raises:
            MismatchError: The cursor repeats or goes back, or an id is not above the previous one, for example because
                a record was sent twice.
        """
        self._last_id = _checked_last_id(page, self._last_id)
        if page.after is not None:
            before = None if self._doubt is _Doubt.EMPTY else self._last_cursor
            self._last_cursor = _checked_cursor(page.after, before, self._last_id)
        elif self._is_end(page):
            self.is_finished = True
            return page
        self._move_on(page)
        return page

    def _is_end(self, page: Page) -> bool:
        """Whether a page without a cursor is the last: it is short, or it is empty and a second response agrees."""
        return len(page.ids) < self._page_size if page.ids else self._doubt is not _Doubt.NONE

    def _move_on(self, page: Page) -> None:
        if page.ids:
            self.position = str(self._last_id + 1)
            self._doubt = _Doubt.NO_CURSOR if page.after is None else _Doubt.NONE
        elif self._doubt is _Doubt.EMPTY:
            self.position, self._doubt = self._last_cursor, _Doubt.NONE
        else:
            self._doubt = _Doubt.EMPTY


def _checked_last_id(page: Page, last_id: int) -> int:
    if not page.ids:
        return last_id
    # strings of equal length sort like their numbers, at a third of the cost
    ids = page.ids if len(set(map(len, page.ids))) == 1 else list(map(int, page.ids))
    if int(page.ids[0]) <= last_id or not all(map(lt, ids, ids[1:])):
        raise MismatchError(
            "HubSpot's list is not in ascending order of ids, or contains a record twice. "
            "Following its cursor would skip or repeat records, so the walk stopped."
        )
    return int(page.ids[-1])


def _checked_cursor(after: str, before: str | None, last_id: int) -> str:
    if not (after.isascii() and after.isdigit()):
        raise MismatchError("HubSpot's cursor `paging.next.after` is not a number, as expected for a list by id.")
    if int(after) <= last_id or (before is not None and int(after) <= int(before)):
        raise MismatchError("HubSpot's cursor repeats or goes back. The walk would never end, so it stopped.")
    return after


class CursorWalk:
    """Walks through a short list with opaque cursors and in no particular order, such as owners.

    An empty page ends it only if a second response is empty too: a list that is wrongly empty would delete everything.

    Attributes:
        position: The cursor to ask for next, None for the first page.
        is_finished: Whether the accepted page was the last.
    """

    def __init__(self) -> None:
        self.position: str | None = None
        self.is_finished = False
        self._is_in_doubt = False
        self._cursors: set[str] = set()
        self._ids: set[str] = set()

    def accept(self, page: Page) -> Page:
        """Check the page and take over its cursor.

        Raises:
            MismatchError: A cursor or a record was sent twice.
        """
        if len(self._ids | set(page.ids)) < len(self._ids) + len(page.ids):
            raise MismatchError("HubSpot sent the same record twice.")
        self._ids.update(page.ids)
        is_second_look = self._is_in_doubt
        self._is_in_doubt = page.after is None
        if page.after is None:
            self.is_finished = bool(page.ids) or is_second_look
            return page
        if page.after in self._cursors:
            raise MismatchError("HubSpot's cursor repeats. The walk would never end, so it stopped.")
        self._cursors.add(page.after)
        self.position = page.after
        return page
