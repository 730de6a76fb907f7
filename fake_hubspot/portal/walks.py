"""Which page of a walk a cursor leads to, so that a fault can select "page 3"."""

from collections.abc import Callable, Hashable

__all__ = ["WalkNames", "Walks"]

# A walk over 5,000,000 records in pages of 100 has this many cursors, and each is stored under three names.
REMEMBERED = 150_000
BEGINNING = "0"

# The names of a walk, the most exact one first: those that follow are shared with more and more other walks.
WalkNames = tuple[Hashable, ...]


class Walks:
    """Remembers which page each cursor opens, for each walk separately.

    A retry of a page has the page's number, not the next one. A cursor that was not handed out under a walk's exact
    name is looked up under its more general names: the client may have changed its token or what it asks for.

    A client that reads several parts of a list at the same time chooses cursors itself. Those are kept separately.
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

    def page_of_chosen(self, walk: WalkNames, after: str, find: Callable[[], int]) -> int:
        """Return the number of the page that a chosen cursor opens; `find` finds it for one that is new."""
        chosen = _chosen(walk)
        if after not in self._pages.get(chosen, {}):
            self._add(chosen, after, find())
            self._forget()
        return self._pages[chosen][after]

    def is_chosen(self, walk: WalkNames, after: str | None) -> bool:
        """Whether the client chose the cursor itself: it was not handed out before the walk used it.

        The cursor of the beginning is never a chosen one, even if a request spells it out.
        """
        if not after or after == BEGINNING:
            return False
        if after in self._pages.get(_chosen(walk), {}):
            return True
        return not any(after in self._pages.get(name, {}) for name in walk)

    def start(self, walk: WalkNames) -> None:
        """Forget the cursors of the walk, which starts again: those handed out on its connection, and chosen ones."""
        for name in (walk[0], _chosen(walk)):
            self._count -= len(self._pages.pop(name, {}))

    def hand_out(self, walk: WalkNames, after: str, *, opens: int) -> None:
        """Record that a client got the cursor `after`, which opens the page with the number `opens`."""
        for name in walk:
            self._add(name, after, opens)
        self._forget()

    def _add(self, name: Hashable, after: str, opens: int) -> None:
        pages = self._pages.pop(name, {})
        self._count += after not in pages
        pages.pop(after, None)
        pages[after] = opens
        self._pages[name] = pages

    def _forget(self) -> None:
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


def _chosen(walk: WalkNames) -> Hashable:
    """Return the name under which the cursors are kept that the client of a walk chose, over any of its connections."""
    return "chosen", walk[1:2]
