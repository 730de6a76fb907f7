"""Which page of a walk a cursor leads to, so that a fault can select "page 3"."""

from collections.abc import Hashable

__all__ = ["WalkNames", "Walks"]

# A walk over 5,000,000 records in pages of 100 has this many cursors, and each is stored under three names.
REMEMBERED = 150_000

# The names of a walk, the most exact one first: those that follow are shared with more and more other walks.
WalkNames = tuple[Hashable, ...]


class Walks:
    """Remembers which page each cursor opens, for each walk separately.

    A retry of a page has the page's number, not the next one. A cursor that was not handed out under a walk's exact
    name is looked up under its more general names: the client may have changed its token or what it asks for.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._pages: dict[Hashable, dict[str, int]] = {}
        self._count = 0
        self._remembered = remembered

    def page_of(self, walk: WalkNames, after: str | None, *, unknown: int = 1) -> int:
        """Return the number of the page that `after` opens, from 1; `unknown` for an unknown cursor."""
        if not after:
            return 1
        known = (pages[after] for name in walk if after in (pages := self._pages.get(name, {})))
        return next(known, unknown)

    def start(self, walk: WalkNames) -> None:
        """Forget the cursors that have the exact name of the walk, which starts again."""
        self._count -= len(self._pages.pop(walk[0], {}))

    def hand_out(self, walk: WalkNames, after: str, *, opens: int) -> None:
        """Record that a client got the cursor `after`, which opens the page with the number `opens`."""
        for name in walk:
            pages = self._pages.pop(name, {})
            self._count += after not in pages
            pages.pop(after, None)
            pages[after] = opens
            self._pages[name] = pages
        while self._count > self._remembered:
            self._forget_oldest()

    def count_of(self, walk: WalkNames) -> int:
        """Return how many cursors the exact name of a walk has."""
        return len(self._pages.get(walk[0], {}))

    def _forget_oldest(self) -> None:
        name, pages = next(iter(self._pages.items()))
        pages.pop(next(iter(pages)))
        self._count -= 1
        if not pages:
            del self._pages[name]

    def clear(self) -> None:
        """Forget every cursor."""
        self._pages.clear()
        self._count = 0

    def cursor_of(self, walk: WalkNames, page: int) -> str | None:
        """Return the latest cursor for a page of a walk; None for page 1 and for a page without one."""
        stored = (reversed(self._pages.get(name, {}).items()) for name in walk)
        return next((after for pages in stored for after, number in pages if number == page), None)
