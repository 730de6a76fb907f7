"""How far long work is: a bar with a rate on a terminal, elsewhere a line every ten seconds that shows that it goes on.

with Progress("things", unit="entities", total=10_000) as progress:
    progress(2_500)
    progress.advance()
"""

import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

from bench_core.lines import uses_colours
from bench_core.text import printable

__all__ = ["Progress"]

QUIET_S = 2.0  # what is done by then needs no bar
REDRAW_S = 0.2
HEARTBEAT_S = 10.0
BAR_WIDTH = 24
CLEAR = "\r\x1b[K"


class Progress:
    """Shows the progress of one piece of work while its context is open; call it with the amount done so far.

    Args:
        what: What is being done.
        unit: What is counted, in the plural.
        total: How much there is; None if that is not known.
        stream: Where to; standard error by default.
        is_shown: Whether anything is shown.
        clock: A monotonic clock.
    """

    def __init__(
        self,
        what: str,
        *,
        unit: str,
        total: int | None = None,
        stream: TextIO | None = None,
        is_shown: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = printable(what)
        self._unit = unit
        self._total = total
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._has_colours = uses_colours(self._stream)
        self._is_shown = is_shown
        self._clock = clock
        self._begun = clock()
        self._done = 0
        self._is_drawn = False
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def __call__(self, done: int) -> None:
        """Note how much is done."""
        self._done = done

    def advance(self) -> None:
        """Note that one more is done."""
        self._done += 1

    def __enter__(self) -> Self:
        if self._is_shown:
            self._thread = threading.Thread(target=self._beat, daemon=True, name="progress")
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        if self._is_drawn:
            self._write(CLEAR)

    def show(self) -> None:
        """Show how far it is now: draw the bar again, or print a line."""
        if not self._is_terminal:
            self._write(f"{self.text()}\n")
        elif self._clock() - self._begun >= QUIET_S:
            self._write(CLEAR + self._bar() + self.text())
            self._is_drawn = True

    def text(self) -> str:
        """Return how far it is, in words."""
        seconds = self._clock() - self._begun
        rate = self._done / seconds if seconds > 0 else 0.0
        of = f" of {self._total:,}" if self._total else ""
        left = ""
        if self._total and rate > 0:
            left = f", about {_span((self._total - self._done) / rate)} left"
        return f"{self._what}: {self._done:,}{of} {self._unit}, {rate:,.0f}/s after {_span(seconds)}{left}"

    def _bar(self) -> str:
        if not self._total:
            return ""
        filled = min(BAR_WIDTH, BAR_WIDTH * self._done // self._total)
        done, rest = "━" * filled, "─" * (BAR_WIDTH - filled)
        return f"\x1b[32m{done}\x1b[0m\x1b[2m{rest}\x1b[0m " if self._has_colours else f"{done}{rest} "

    def _beat(self) -> None:
        while not self._ended.wait(REDRAW_S if self._is_terminal else HEARTBEAT_S):
            self.show()

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # nobody reads it any more
            self._ended.set()


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
