"""What a test opened, and what of it was never closed."""

import sqlite3
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

__all__ = ["Opened", "WatchedConnection", "unraisable_errors"]

# The events of Python with which everything begins that complains if it is never closed, except databases.
EVENTS = frozenset(["open", "os.scandir", "socket.__new__", "subprocess.Popen", "tempfile.mkdtemp", "mmap.__new__"])


class WatchedConnection(sqlite3.Connection):
    """A database connection that warns if it is never closed, as Python 3.13 does and older versions do not."""

    still_open: ClassVar[set[int]] = set()
    _is_closed = True  # until it is open

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_closed = False
        self.still_open.add(id(self))

    def close(self) -> None:
        """Close the connection."""
        self._is_closed = True
        super().close()
        self.still_open.discard(id(self))

    if sys.version_info < (3, 13):

        def __del__(self) -> None:
            self.still_open.discard(id(self))
            if not self._is_closed:
                warnings.warn(f"unclosed database in {self!r}", ResourceWarning, stacklevel=1, source=self)


class Opened:
    """Whether anything was opened since the last check, or a database is still open.

    Most tests open databases and close them. Many open nothing. A garbage collection would take longer than those.
    """

    def __init__(self) -> None:
        self._anything = False
        sys.addaudithook(self._note)

    def _note(self, event: str, _arguments: tuple[object, ...]) -> None:
        if event in EVENTS:
            self._anything = True

    def anything(self) -> bool:
        """Return whether there may be something to find, and begin again."""
        found, self._anything = self._anything, False
        return found or bool(WatchedConnection.still_open)


@contextmanager
def unraisable_errors() -> Iterator[list[str]]:
    """Collect the errors of finalizers, which Python cannot raise."""
    found: list[str] = []
    before = sys.unraisablehook
    sys.unraisablehook = lambda error: found.append(f"  {error.exc_value!r} in {error.object!r}")
    try:
        yield found
    finally:
        sys.unraisablehook = before
