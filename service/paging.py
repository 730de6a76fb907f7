"""Walking a list page by page, and stopping where HubSpot's answers do not add up. Pure: the fetching is passed in.

It follows `after` alone. `paging.next.link` names another path than the one asked for and drops or echoes parameters.
"""

from collections.abc import Callable, Iterator
from operator import lt

from service.entities import Page
from service.errors import MismatchError

__all__ = ["Fetch", "walk"]

Fetch = Callable[[str | None], Page]
"""Gives the page at a cursor; None asks for the first."""


def walk(fetch: Fetch) -> Iterator[Page]:
    """Yield every page of a list that is ordered by ascending id.

    A short or empty page that names a next one is followed: HubSpot sends such pages.

    Raises:
        MismatchError: The cursor repeats or goes back, or an id is not above the one before it (which includes the same
            record sent twice).

    Source: recording (ascending ids, `after`); reader (airbyte #80744: empty page with a next one).
    """
    after, last_id = None, -1
    while True:
        page = fetch(after)
        last_id = _checked_last_id(page, last_id)
        yield page
        if page.after is None:
            return
        after = _checked_cursor(page.after, after)


def _checked_last_id(page: Page, last_id: int) -> int:
    ids = [last_id, *map(int, page.ids)]
    if not all(map(lt, ids, ids[1:])):
        raise MismatchError(
            "HubSpot's list is not in ascending order of ids, or holds a record twice. "
            "A walk by cursor would miss or repeat records, so it stopped."
        )
    return ids[-1]


def _checked_cursor(after: str, before: str | None) -> str:
    if not (after.isascii() and after.isdigit()):
        raise MismatchError("HubSpot's cursor `paging.next.after` is not a number, as it is for every list by id.")
    if before is not None and int(after) <= int(before):
        raise MismatchError(f"HubSpot's cursor went from {before} to {after}: it would lead in a circle.")
    return after
