"""A walk through a list by id in several ranges at the same time, with a proof that nothing is missing between them.

HubSpot's list is in ascending order of ids, and its cursor `after` is an inclusive lower bound of the id. So a range of
ids can be read without what comes before it. The ranges adjoin: together they cover every id once.

A range ends with a page that has ids of the next range. These ids must be the first ids of the next range, as its own
first page had them. Both pages are read at different times, so a difference is looked at again: records come and go.
A difference that remains fails the walk, as does a list that ends before records that were seen. A range that seems to
be empty, although the one before it says otherwise, is given back to that one. So is a range whose first page begins
below it: in that account, the cursor is no lower bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from service.errors import MismatchError
from service.pages import Page
from service.walks.by_id import IdWalk

__all__ = ["Job", "RangeWalk"]

_MAX_DISAGREEMENTS = 6
_MIN_PAGES_TO_SPLIT = 3.0


@dataclass(slots=True, eq=False)
class Range:
    """A part of the list.

    Attributes:
        start: Its first id.
        end: The first id of the range on its right, None for the last range, which is open.
        walk: What to request next in it.
        left: The range before it.
        right: The range after it.
        gap: How many ids there are for each record, on the last page.
        is_missed: Whether nothing was found in the part that was split off last.
        is_busy: Whether a page of it is under way.
        has_sent: Whether a record of it was sent.
        head: The ids of its first page, beyond its end as well; None before that page has arrived.
        head_start: The lowest id that this page could have: not the start, if pages without records came before it.
        is_head_last: Whether the list ended with that page, when it was read last.
        head_end: Where the range was continued after its first page, None if the list ended with that.
        known: Ids of the first page that were sent.
        tail: The ids of its last page that belong to the next range; None before it has arrived there.
        is_tail_last: Whether the list ended with its last page.
        last_start: The lowest id that its latest page could have.
        last_sent: Ids that were sent of that page, when it was read last.
        skip: Ids that were sent when that page was read before.
        disagreements: How often its tail was not the next range's head.
        is_settled: Whether nothing is missing up to the next range.
    """

    start: int
    end: int | None
    walk: IdWalk
    left: "Range | None" = None
    right: "Range | None" = None
    gap: float = 1.0
    is_missed: bool = False
    is_busy: bool = False
    has_sent: bool = False
    head: list[int] | None = None
    head_start: int = 0
    is_head_last: bool = False
    head_end: int | None = None
    known: set[int] = field(default_factory=set)
    tail: list[int] | None = None
    is_tail_last: bool = False
    last_start: int = 0
    last_sent: Sequence[str] = ()
    skip: set[int] = field(default_factory=set)
    disagreements: int = 0
    is_settled: bool = False

    @property
    def position(self) -> int:
        """The lowest id that the next page can have."""
        return self.start if self.walk.position is None else int(self.walk.position)


@dataclass(frozen=True, slots=True)
class Job:
    """A page to request.

    Attributes:
        after: The cursor, None for the first page.
        range: Where the page belongs.
        is_check: Whether it is another look at the first page of the range.
    """

    after: str | None
    range: Range
    is_check: bool = False


class RangeWalk:
    """Walks through a list by id, over several connections. It does no I/O: it gives out jobs and accepts their pages.

    It starts with a single range. After `set_highest`, a connection without a job takes a half of the range in which
    most is left.

    Args:
        page_size: The number of records requested per page.
        min_records: After how many records it makes sense to split.

    Attributes:
        wants_highest: Whether to find the highest id and call `set_highest`, once.
    """

    def __init__(self, *, page_size: int, min_records: int) -> None:
        self._page_size = page_size
        self._min_records = min_records
        root = Range(0, None, IdWalk(page_size=page_size))
        self._walking = [root]
        self._open = [root]
        self._checks: list[Range] = []
        self._may_split = True
        self._is_asked = False
        self._highest = -1  # not known: nothing seems to be left
        self._total = 0
        self._sent = 0

    @property
    def is_finished(self) -> bool:
        """Whether every range is read, and nothing is missing between them."""
        return not self._open

    @property
    def wants_highest(self) -> bool:
        """See the class."""
        return self._may_split and not self._is_asked and self._sent >= self._min_records and bool(self._walking)

    def asked_highest(self) -> None:
        """Note that the highest id is being looked for."""
        self._is_asked = True

    def set_highest(self, highest: int | None, total: int) -> None:
        """Allow to split.

        Args:
            highest: The highest id, None if it could not be found: then there is one range. A search lags, so there may
                be higher ones, which are in the last range.
            total: How many records there are, roughly.
        """
        if highest is not None:
            self._highest, self._total = highest, total

    def next_job(self) -> Job | None:
        """Return a page to request over a free connection, None if there is none at the moment."""
        if self._checks:
            checked = self._checks.pop()
            return Job(str(checked.start), checked, is_check=True)
        waiting = next((one for one in self._walking if not one.is_busy), None) or self._split()
        if waiting is None:
            return None
        waiting.is_busy = True
        return Job(waiting.walk.position, waiting)

    def accept(self, job: Job, page: Page) -> Page:
        """Check the page of a job.

        Returns:
            The records of it that were not returned before.

        Raises:
            MismatchError: The page contradicts itself or other pages, and goes on to do so.
        """
        fresh = self._accept_again(job.range, page) if job.is_check else self._accept(job.range, page)
        self._sent += len(fresh.ids)
        return fresh

    # --- pages ---

    def _accept(self, here: Range, page: Page) -> Page:
        here.is_busy = False
        ids = _numbers(page, here)
        if not here.has_sent and any(number < here.start for number in ids):
            self._may_split = False
            self._give_back(here)
            return page.select([])
        position = here.position
        here.walk.accept(page)
        if self._highest < 0:
            self._check_rule(page)
        fresh = page if len(ids) < len(page.ids) else page.select(_rows(ids, here))
        here.has_sent = here.has_sent or bool(fresh.ids)
        here.last_start, here.last_sent = position, fresh.ids
        if ids:
            is_first = len(ids) > 1  # of later pages, only the last id is looked at
            span = ids[-1] - ids[0] if is_first else ids[-1] + 1 - position
            here.gap = max(1.0, span / (len(page.ids) - is_first))
        if here.head is None and (ids or here.walk.is_finished):
            self._note_head(here, ids)
        if not here.is_settled:  # it may have been given back
            self._note_end(here, ids, is_last=here.walk.is_finished)
        return fresh

    def _check_rule(self, page: Page) -> None:
        """Split nothing if the cursor is not the last id plus one: then it may be no lower bound."""
        if page.ids and page.after is not None and int(page.after) != int(page.ids[-1]) + 1:
            self._may_split = False

    def _note_head(self, here: Range, ids: list[int]) -> None:
        here.head, here.head_start, here.is_head_last = ids, here.last_start, here.walk.is_finished
        here.head_end = None if here.walk.is_finished else ids[-1] + 1
        left = here.left
        if left is None:
            return
        here.known.update(ids)
        left.is_missed = not any(here.end is None or number < here.end for number in ids)
        self._compare_again(left)

    def _note_end(self, here: Range, ids: list[int], *, is_last: bool) -> None:
        """Look whether the range was read to its end."""
        if here.end is None:
            if is_last:
                self._close(here)
            return
        if ids and ids[-1] >= here.end:
            here.tail, here.is_tail_last = [number for number in ids if number >= here.end], is_last
        elif is_last:
            here.tail, here.is_tail_last = [], True
        if here.tail is not None:
            self._walking.remove(here)
            self._settle(here)

    def _close(self, here: Range) -> None:
        here.is_settled = True
        if here in self._walking:
            self._walking.remove(here)
        self._open.remove(here)

    # --- between two ranges ---

    def _compare_again(self, left: Range) -> None:
        """Compare the end of a range with a new look at the beginning of the next, even if an earlier one agreed."""
        if left.is_settled:
            left.is_settled = False
            self._open.append(left)
        self._settle(left)

    def _settle(self, left: Range) -> None:
        """Compare the end of a range with the beginning of the next, if both are known."""
        right = left.right
        if left.tail is None or right is None or right.head is None or right in self._checks:
            return
        if _agree(left.tail, right.head, is_tail_last=left.is_tail_last, is_head_last=right.is_head_last):
            self._close(left)
            return
        if not right.known:
            self._give_back(right)
            return
        left.disagreements += 1
        if left.disagreements > _MAX_DISAGREEMENTS:
            raise MismatchError(
                f"HubSpot's list contradicts itself around id {right.start}: read up to there and read from there, it "
                "keeps having different records. A record could be missing, so the walk stopped. If this goes on, set "
                "hubspot-connections to 1: then the list is read in order."
            )
        if left.disagreements % 2:
            self._checks.append(right)
        else:
            self._walk_again(left, left.last_start)

    def _accept_again(self, right: Range, page: Page) -> Page:
        """Accept another look at the first page of a range. Records that were missing are sent now."""
        IdWalk(page_size=self._page_size, start=right.start).accept(page)
        if right.head is None:  # it is being read again anyway
            return page.select([])
        if page.ids:  # that everything is gone which was there is not believed
            page = page.select(self._note_head_again(right, page))
        if right.left is not None:
            self._compare_again(right.left)
        return page

    def _note_head_again(self, right: Range, page: Page) -> Sequence[int]:
        """Return the rows that were missing."""
        ids = list(map(int, page.ids))
        is_last = page.after is None and len(ids) < self._page_size
        bounds = [bound for bound in (right.head_end, right.end) if bound is not None]
        missed = [
            row for row, number in enumerate(ids) if number not in right.known and all(number < end for end in bounds)
        ]
        found = {ids[row] for row in missed}
        right.known |= found
        right.skip |= found
        right.has_sent = right.has_sent or bool(found)
        right.head, right.head_start, right.is_head_last = ids, right.start, is_last
        if right.head_end is None and not is_last:
            self._walk_on(right, ids)
        return missed

    def _walk_on(self, here: Range, ids: list[int]) -> None:
        """Continue a range that seemed to end with its first page."""
        here.head_end = ids[-1] + 1 if ids else here.start
        self._walk_again(here, here.head_end)
        self._note_end(here, ids, is_last=False)

    def _walk_again(self, here: Range, start: int) -> None:
        """Continue a range at an id. What was sent from there on is not sent again."""
        here.skip.update(map(int, here.last_sent))
        here.walk = IdWalk(page_size=self._page_size, start=start)
        here.tail, here.is_settled = None, False
        if start <= here.head_start:
            here.head = None
        self._walking.append(here)
        if here not in self._open:
            self._open.append(here)

    def _give_back(self, right: Range) -> None:
        """Let the range before it walk through a range of which nothing was sent."""
        left = right.left
        if left is None:
            return
        left.end, left.right = right.end, right.right
        if right.right is not None:
            right.right.left = left
        if not right.is_settled:
            self._close(right)
        if left.tail is not None:
            self._walk_again(left, left.last_start)

    # --- splitting ---

    def _split(self) -> Range | None:
        """Take the right part of the range in which most is left, for a connection that has nothing to do."""
        if not self._may_split:
            return None
        best = max(self._walking, key=self._pages_left, default=None)
        if best is None or self._pages_left(best) < _MIN_PAGES_TO_SPLIT:
            return None
        end, likely_end = self._end_of(best), self._likely_end_of(best)
        if best.is_missed and likely_end < end:
            end = likely_end
        first = best.position + int(best.gap * self._page_size)  # behind the page that is under way
        middle = first + (end - first) // 2
        new = Range(middle, best.end, IdWalk(page_size=self._page_size, start=middle), left=best, right=best.right)
        new.gap = best.gap
        if best.right is not None:
            best.right.left = new
        best.end, best.right = middle, new
        self._walking.append(new)
        self._open.append(new)
        return new

    def _pages_left(self, here: Range) -> float:
        """Estimate how many pages a range has, 0 if it makes no sense to split it now.

        By the gaps on its last page it may seem to have more than the whole list has left. Then its ids are not spread
        evenly, and its middle is a guess. One guess at a time is made for a range, and if nothing is found there, the
        next one is where its records would end at the density of its last page.
        """
        if here.skip and here.position <= max(here.skip):  # what it has sent stays with it
            return 0.0
        end, likely_end = self._end_of(here), self._likely_end_of(here)
        pages = (min(end, likely_end) - here.position) / (here.gap * self._page_size)
        if 2 * likely_end - here.position >= end:
            return pages
        is_guessing = here.head is None or (here.right is not None and here.right.head is None)
        is_nearly_done = self._records_left < self._page_size * (len(self._walking) + 1)
        return 0.0 if is_guessing or is_nearly_done else pages

    @property
    def _records_left(self) -> int:
        return self._total - self._sent

    def _end_of(self, here: Range) -> int:
        return self._highest + 1 if here.end is None else here.end

    def _likely_end_of(self, here: Range) -> int:
        """Return where the range ends if all records that are left are in it, at the density of its last page."""
        records = max(self._records_left, self._page_size * (len(self._walking) + 1))
        return here.position + int(here.gap * records)


def _numbers(page: Page, here: Range) -> list[int]:
    """Return the ids of a page as numbers: only the last one if the whole page is sent and nothing else matters."""
    if here.head is not None and page.ids and not here.skip:
        last = int(page.ids[-1])
        if here.end is None or last < here.end:
            return [last]
    return list(map(int, page.ids))


def _rows(ids: list[int], here: Range) -> Sequence[int]:
    """Return the rows that belong to the range and were not sent before."""
    if not here.skip and (here.end is None or not ids or ids[-1] < here.end):
        return range(len(ids))
    return [
        row for row, number in enumerate(ids) if number not in here.skip and (here.end is None or number < here.end)
    ]


def _agree(tail: list[int], head: list[int], *, is_tail_last: bool, is_head_last: bool) -> bool:
    """Whether two pages that overlap have the same records, as far as both of them reach."""
    common = min(len(tail), len(head))
    if tail[:common] != head[:common]:
        return False
    if len(tail) < len(head):
        return not is_tail_last
    return len(tail) == len(head) or not is_head_last
