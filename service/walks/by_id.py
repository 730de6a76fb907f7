"""Walking a list page by page, and stopping where HubSpot's answers do not add up. Pure: the asking is passed in.

It follows `after` alone. `paging.next.link` names another path than the one asked for and drops or echoes parameters.
"""

from collections.abc import Callable, Iterator
from operator import lt

from service.entities import Page
from service.errors import MismatchError

__all__ = ["Begin", "walk_by_cursor", "walk_by_id"]

Begin = Callable[[str | None], Callable[[], Page]]
"""Asks for the page at a cursor (None for the first), and gives a function that waits for it."""


def walk_by_id(begin: Begin, *, page_size: int) -> Iterator[Page]:
    """Yield every page of a list that is ordered by ascending id. The next page is asked for before one is yielded.

    The cursor is the last id and one, as HubSpot's own is: should a page name a further one, nothing is left out. A
    page that names a next one is followed, though it be short or empty. What would be costly to believe wrongly is
    looked at twice: an empty page is asked for again, and a full page that names no next one is followed all the same;
    where nothing follows it, two answers agree about the end.

    Raises:
        MismatchError: The cursor repeats or goes back, or an id is not above the one before it (which includes the same
            record sent twice).

    Source: recording (ascending ids, `after` = last id + 1); reader (airbyte #80744: empty page with a next one,
        #19927: `paging` missing in the middle).
    """
    after, named, last_id, is_second_look, is_end_named = None, None, -1, False, False
    waiting = begin(None)
    while True:
        page = waiting()
        last_id = _checked_last_id(page, last_id)
        if page.after is not None:
            named = _checked_cursor(page.after, named, last_id, is_second_look=is_second_look)
        elif (is_second_look or is_end_named) if not page.ids else len(page.ids) < page_size:
            yield page
            return
        is_end_named = page.after is None
        if page.ids:
            after, is_second_look = str(last_id + 1), False
        else:
            after, is_second_look = (named if is_second_look else after), not is_second_look
        waiting = begin(after)
        yield page


def _checked_last_id(page: Page, last_id: int) -> int:
    if not page.ids:
        return last_id
    # strings of one length compare as their numbers do, at a third of the cost
    ids = page.ids if len(set(map(len, page.ids))) == 1 else list(map(int, page.ids))
    if int(page.ids[0]) <= last_id or not all(map(lt, ids, ids[1:])):
        raise MismatchError(
            "HubSpot's list is not in ascending order of ids, or holds a record twice. "
            "A walk by cursor would miss or repeat records, so it stopped."
        )
    return int(page.ids[-1])


def _checked_cursor(after: str, before: str | None, last_id: int, *, is_second_look: bool) -> str:
    if not (after.isascii() and after.isdigit()):
        raise MismatchError("HubSpot's cursor `paging.next.after` is not a number, as it is for every list by id.")
    if int(after) <= last_id or (before is not None and not is_second_look and int(after) <= int(before)):
        raise MismatchError("HubSpot's cursor repeats or goes back: it would lead in a circle.")
    return after


def walk_by_cursor(begin: Begin) -> Iterator[Page]:
    """Yield every page of a short list with opaque cursors and in no particular order, such as owners.

    Raises:
        MismatchError: A cursor or a record comes twice.
    """
    cursors: set[str] = set()
    ids: set[str] = set()
    waiting = begin(None)
    while True:
        page = waiting()
        if len(ids | set(page.ids)) < len(ids) + len(page.ids):
            raise MismatchError("HubSpot sent the same record twice.")
        ids.update(page.ids)
        if page.after is None:
            yield page
            return
        if page.after in cursors:
            raise MismatchError("HubSpot's cursor repeats: it would lead in a circle.")
        cursors.add(page.after)
        waiting = begin(page.after)
        yield page
