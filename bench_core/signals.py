"""How a program ends when it is told to: at once, with what it started, and with the status that shells expect.

SIGINT, SIGTERM and SIGHUP raise `Interrupted` in the main thread, so that `with` and `finally` end what was started.
A second signal, or a limit of time, ends the process without waiting. Its children end with it (`bench_core.child`). If
one is just being started, the end waits for that: until then nothing would end the child.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

__all__ = [
    "ENDING_SIGNALS",
    "Interrupted",
    "ProgramEnd",
    "begin_end",
    "end_at_signals",
    "held_signals",
    "lift_limit",
]

LIMIT_S = 1.8
START_LIMIT_S = 1.0
NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # Windows has no SIGHUP, the others no SIGBREAK
ENDING_SIGNALS = tuple(signal.Signals[name] for name in NAMES if name in signal.Signals.__members__)


class Interrupted(KeyboardInterrupt):
    """The program was told to end."""

    def __init__(self, number: int = signal.SIGINT) -> None:
        self.signal = signal.Signals(number)
        super().__init__(self.signal.name)

    @property
    def status(self) -> int:
        """The exit status that shells use: 130 for Ctrl-C, 143 for SIGTERM, 129 for a closed terminal."""
        return 128 + self.signal


class ProgramEnd:
    """Ends the process: orderly after the first signal, at once after a second one or after the limit."""

    def __init__(self, *, limit_s: float = LIMIT_S, exit_at_once: Callable[[int], Any] = os._exit) -> None:
        self._limit_s = limit_s
        self._exit_at_once = exit_at_once
        self._has_begun = False
        self._has_limit = True
        self._timer: threading.Timer | None = None

    def begin(self, number: int) -> None:
        """Note a signal; the second one ends the process at once."""
        if self._has_begun:
            self._end(number)
            return
        self._has_begun = True
        if not self._has_limit:
            return
        self._timer = threading.Timer(self._limit_s, self._end, [number])
        self._timer.daemon = True
        self._timer.start()

    def lift_limit(self) -> None:
        """Let the process take as long as it needs to end; a second signal still ends it at once."""
        self._has_limit = False
        if self._timer is not None:
            self._timer.cancel()

    def _end(self, number: int) -> None:
        deadline = time.monotonic() + START_LIMIT_S
        while _starting - {threading.get_ident()} and time.monotonic() < deadline:
            time.sleep(0.005)
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        self._exit_at_once(128 + number)


_program_end: list[ProgramEnd] = []  # the one of this process, if it is a program of ours and not a library


_starting: set[int] = set()  # the threads that are starting something
_held: list[int] = []  # the signals that arrived while the main thread was one of them


@contextmanager
def held_signals() -> Iterator[None]:
    """Hold signals of a program back until this block has started something and noted how to end it."""
    _starting.add(threading.get_ident())
    try:
        yield
    finally:
        _starting.discard(threading.get_ident())
        if _held and threading.current_thread() is threading.main_thread():
            numbers, _held[:] = list(_held), []
            for number in numbers:
                begin_end(number)
            raise Interrupted(numbers[0])


def end_at_signals() -> None:
    """Let signals end this process. Programs call it once; signals that the caller ignores (nohup) stay ignored."""
    _program_end[:] = [ProgramEnd(limit_s=LIMIT_S)]
    for number in ENDING_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def begin_end(number: int) -> None:
    """Say that the end has begun, so that it does not take longer than the limit. In a library, this does nothing."""
    for end in _program_end:
        end.begin(number)


def lift_limit() -> None:
    """Let the program take longer to end, because something has to be saved. In a library, this does nothing."""
    for end in _program_end:
        end.lift_limit()


def _interrupt(number: int, _frame: FrameType | None) -> None:
    if threading.get_ident() in _starting:
        _held.append(number)
        return
    begin_end(number)
    raise Interrupted(number)
