"""The rule for offsets: no token of a pull is later than the moment up to which each of its reads is complete.

Sesam continues from the highest token of a pull. A pull consists of several reads (a list or a search, then the
archived records), and each of them misses what changes after it has passed a record. So every token is limited to one
moment, the horizon: when the first request of the pull was sent, by HubSpot's clock. docs/explanation/offsets.md
derives it.
"""

import math
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from service.pages import Page
from service.pending import Pending
from service.timestamps import ms_to_token, token_to_ms

__all__ = ["Horizon"]

Position = TypeVar("Position")


class Horizon:
    """The moment up to which every read of one pull is complete.

    Every read passes through `watch`, and every page that is sent passes through `limit` or `settled`.

    Args:
        since_ms: Where the pull starts, None for a full pull. It is the horizon if HubSpot's answer does not show a
            later one.
        clock: A monotonic clock.

    Units: `since_ms` is in milliseconds since 1970.
    """

    def __init__(self, since_ms: int | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._since_ms = since_ms or 0
        self._clock = clock
        self._latest: str | None = None
        self._latest_ms = 0
        self._is_dated = False

    def watch(self, begin: Callable[[Position], Pending[Page]]) -> Callable[[Position], Pending[Page]]:
        """Return `begin`; the first page that arrives through any watched `begin` determines the horizon."""

        def watched(position: Position) -> Pending[Page]:
            began_s = self._clock()
            return begin(position).then(lambda page: self._arrived(page, began_s))

        return watched

    def limit(self, pages: Iterator[Page]) -> Iterator[Page]:
        """Lower every token that is later than the horizon. The next pull then finds the record again."""
        for page in pages:
            yield page if self._latest is None else page.with_updated_at_most(self._latest)

    def settled(self, pages: Iterator[Page], *, margin_s: int) -> Iterator[Page]:
        """Yield what changed before the horizon less a margin, and stop at the first later change.

        For a pull in order of change, which continues after its last token without an overlap. If HubSpot sends no
        `Date`, there is no margin: it would keep the newest changes back for ever.
        """
        for page in pages:
            latest = ms_to_token(max(0, self._latest_ms - (margin_s * 1000 if self._is_dated else 0)))
            rows = [row for row, token in enumerate(page.updated) if token <= latest]
            yield page.select(rows)
            if len(rows) < len(page.ids):
                return

    def _arrived(self, page: Page, began_s: float) -> Page:
        """Derive the horizon from the first page.

        HubSpot's `Date` is when the answer was ready, rounded down to a second. Less the time that we waited for it,
        retries included, it is no later than the moment at which the request was sent. Without a `Date`, the newest
        change on the page is at least no later than the answer.
        """
        if self._latest is None:
            if page.answered_ms is None:
                self._latest = max(page.updated, default=ms_to_token(self._since_ms))
            else:
                waited_ms = math.ceil((self._clock() - began_s) * 1000) + 1
                self._latest = ms_to_token(max(0, page.answered_ms - waited_ms))
            self._is_dated = page.answered_ms is not None
            self._latest_ms = token_to_ms(self._latest)
        return page
