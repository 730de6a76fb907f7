"""A walk through the search API, in order of change.

The search API returns at most 10,000 records and pages by offset. A record that changes between two pages moves to the
end and shifts all others, so one of them is never seen. Therefore no offset is used: each request asks for what changed
at or after the last timestamp seen. Records of that timestamp arrive again and are dropped by id. If a single timestamp
fills a page, its records are read in order of id, and then the walk continues after that timestamp.
"""

from collections.abc import Iterator
from operator import le, lt

from service.errors import MismatchError
from service.pages import Page
from service.search_window import SearchWindow
from service.timestamps import token_to_ms

__all__ = ["ChangeWalk", "take_whole_timestamps"]

_Version = tuple[str, str]  # id and `_updated`: a record that changed since is another version


class ChangeWalk:
    """Walks through every record that changed at or after a timestamp, each version once, in order of change.

    Accepted pages may be short or empty. An empty page is requested again, and ends the walk only if the second
    response is empty too.

    Args:
        since_ms: The timestamp.
        page_size: The number of records requested per page.

    Attributes:
        position: The window to ask for next.
        is_finished: Whether the accepted page was the last.

    Units: `since_ms` is in milliseconds since 1970.
    Source: docs (search: 10,000 results, `total`); reader (airbyte #43317: more than 10,000 records with one timestamp,
        #61543: an endless loop at the limit).
    """

    def __init__(self, since_ms: int, *, page_size: int) -> None:
        self.position = SearchWindow(since_ms)
        self.is_finished = False
        self._page_size = page_size
        self._is_in_doubt = False
        self._seen: set[_Version] = set()

    def accept(self, page: Page) -> Page:
        """Check the page and choose the next window. Returns the records that are new.

        Raises:
            MismatchError: The page is out of order, outside the window, or claims more records than it has.
        """
        window = self.position
        timestamps = _checked_timestamps(page, window)
        fresh = page.select([row for row, version in enumerate(_versions(page)) if version not in self._seen])
        following = _following(page, timestamps, window, page_size=self._page_size)
        self._is_in_doubt = not (page.ids or self._is_in_doubt) and following != window
        if self._is_in_doubt:
            return fresh
        if following is None:
            self.is_finished = True
            return fresh
        if not fresh.ids and following == window:
            raise MismatchError(
                f"HubSpot's search reports {page.total} records but keeps sending the same {len(page.ids)}."
            )
        self._seen = _seen_at(following, window, page, timestamps, self._seen)
        self.position = following
        return fresh


def _checked_timestamps(page: Page, window: SearchWindow) -> list[int]:
    """Return the timestamps of the records, which are in the requested order and inside the window."""
    timestamps = [token_to_ms(token) for token in page.updated]
    if len(set(page.ids)) < len(page.ids):
        raise MismatchError("HubSpot's search sent the same record twice in one page.")
    if window.after_id is not None:
        ids = [int(window.after_id), *map(int, page.ids)]
        if not all(map(lt, ids, ids[1:])):
            raise MismatchError("HubSpot's search is not in ascending order of ids, as requested.")
    elif not all(map(le, timestamps, timestamps[1:])) or not all(time >= window.at_ms for time in timestamps):
        raise MismatchError("HubSpot's search is not in order of change, or sent records outside the requested time.")
    return timestamps


def _following(page: Page, timestamps: list[int], window: SearchWindow, *, page_size: int) -> SearchWindow | None:
    """Return the window after this page, None at the end."""
    is_last = page.after is None and len(page.ids) < page_size and (page.total or 0) <= len(page.ids)
    if window.after_id is not None:
        if is_last:  # every record of this timestamp was read
            return SearchWindow(window.at_ms + 1)
        return SearchWindow(window.at_ms, page.ids[-1] if page.ids else window.after_id)
    if is_last:
        return None
    if timestamps and timestamps[0] == timestamps[-1] == window.at_ms and len(page.ids) >= page_size:
        return SearchWindow(window.at_ms, "0")
    return SearchWindow(timestamps[-1] if timestamps else window.at_ms)


def _versions(page: Page) -> list[_Version]:
    return list(zip(page.ids, page.updated, strict=True))


def _seen_at(
    following: SearchWindow, window: SearchWindow, page: Page, timestamps: list[int], seen: set[_Version]
) -> set[_Version]:
    """Return the versions that the following window will show again: hardly more than a page."""
    if window.after_id is not None:
        return seen
    here = {version for version, time in zip(_versions(page), timestamps, strict=True) if time == following.at_ms}
    return here | seen if following.at_ms == window.at_ms else here


def take_whole_timestamps(pages: Iterator[Page], limit: int) -> Iterator[Page]:
    """Yield the first `limit` records, and those after them that have the last one's timestamp.

    Records with the same timestamp stay together, so a reader that continues after the last token misses none.
    """
    left, last = limit, ""
    for page in pages:
        rows = list(range(len(page.ids)))
        if left < len(rows):
            last = page.updated[left - 1] if left else last
            rows = [row for row in rows if row < left or page.updated[row] == last]
            yield page.select(rows)
            if len(rows) < len(page.ids):
                return
        else:
            yield page
            last = page.updated[-1] if page.updated else last
        left = max(0, left - len(page.ids))
