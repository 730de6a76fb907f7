"""Which page of a walk a cursor leads to, so that a fault can select "page 3"."""

__all__ = ["Walks"]

REMEMBERED = 50_000


class Walks:
    """Remembers which page each cursor opens.

    A retry of a page has the page's number, not the next one.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._pages: dict[tuple[str, str], int] = {}
        self._remembered = remembered

    def page_of(self, walk: str, after: str | None) -> int:
        """Return the number of the page that `after` opens, from 1; also 1 for an unknown cursor."""
        return self._pages.get((walk, after), 1) if after else 1

    def hand_out(self, walk: str, after: str, *, page: int) -> None:
        """Record that page `page` was answered with the cursor `after`."""
        self._pages.pop((walk, after), None)
        if len(self._pages) >= self._remembered:
            self._pages.pop(next(iter(self._pages)))
        self._pages[(walk, after)] = page + 1

    def clear(self) -> None:
        """Forget every cursor."""
        self._pages.clear()

    def cursor_of(self, walk: str, page: int) -> str | None:
        """Return the latest cursor for a page of a walk; None for page 1 and for a page without one."""
        found = (after for (name, after), number in reversed(self._pages.items()) if (name, number) == (walk, page))
        return next(found, None)
