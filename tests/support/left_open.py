"""What a test opened, and what of it was never closed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Opened", "unraisable_errors"]

# The events of Python with which everything begins that complains if it is never closed.
EVENTS = frozenset(
    ["open", "os.scandir", "socket.__new__", "sqlite3.connect", "subprocess.Popen", "tempfile.mkdtemp", "mmap.__new__"]
)


class Opened:
    """Whether anything was opened since the last check."""

    def __init__(self) -> None:
        self._anything = False
        sys.addaudithook(self._note)

    def _note(self, event: str, _arguments: tuple[object, ...]) -> None:
        if event in EVENTS:
            self._anything = True

    def anything(self) -> bool:
        """Return whether there may be something to find, and begin again."""
        found, self._anything = self._anything, False
        return found


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
