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
    """Whether the current test, or any test of the current module, has opened something."""

    def __init__(self) -> None:
        self._in_test = self._in_module = False
        sys.addaudithook(self._note)

    def _note(self, event: str, _arguments: tuple[object, ...]) -> None:
        if event in EVENTS:
            self._in_test = self._in_module = True

    def since_the_last_check(self, *, ends_module: bool) -> bool:
        """Return whether there may be something to find. The fixtures of a module end with its last test."""
        found = self._in_module if ends_module else self._in_test
        self._in_test = False
        self._in_module = self._in_module and not ends_module
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
