"""The loop that drives a walk over several connections."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from service.pages import Page
from service.pending import Pending
from service.walks.ranges import Job, RangeWalk

__all__ = ["Highest", "Results", "read_side_by_side"]

Highest = tuple[int | None, int]
"""See `RangeWalk.set_highest`."""

Key = tuple[int, Job | None]
"""The number of the connection, and the job, None if the highest id is looked for."""


class Results(Protocol):
    """Results that are on their way. `service.upstream.pending_set` implements it."""

    def __len__(self) -> int:
        """Return their number."""

    def add(self, key: Key, pending: Pending[Any]) -> None:
        """Add a result."""

    def next(self) -> tuple[Key, Pending[Any]]:
        """Wait for a result and remove it."""


def read_side_by_side(
    walk: RangeWalk,
    connections: Sequence[Callable[[str | None], Pending[Page]]],
    find_highest: Sequence[Callable[[], Pending[Highest]]],
    results: Results,
) -> Iterator[Page]:
    """Yield every page of a walk, in no particular order. The next requests are sent before a page is yielded.

    Args:
        walk: Decides what to ask for.
        connections: Each sends the request for a cursor, one at a time.
        find_highest: For each connection, searches the highest id over it.
        results: Empty.
    """
    free = list(reversed(range(len(connections))))
    fresh: Page | None = None
    while True:
        while free and (job := walk.next_job()) is not None:
            number = free.pop()
            results.add((number, job), connections[number](job.after))
        if free and walk.wants_highest:
            walk.asked_highest()
            number = free.pop()
            results.add((number, None), find_highest[number]())
        if fresh is not None:
            yield fresh
        if walk.is_finished:
            return
        (number, done), pending = results.next()
        free.append(number)
        fresh = None
        if done is None:
            walk.set_highest(*pending.result())
        else:
            fresh = walk.accept(done, pending.result())
