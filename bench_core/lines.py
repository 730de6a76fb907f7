"""What a server does, printed while it happens: one line for each event, as text or as JSON.

The server only renders and queues an event; a thread of its own writes what has gathered, so that a slow terminal does
not slow down the server. If the terminal cannot keep up, lines are left out and counted.
"""

import json
import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import TracebackType
from typing import Any, Protocol, Self, TextIO

import msgspec

from bench_core.text import printable

__all__ = [
    "LOG_FORMATS",
    "EventLines",
    "Line",
    "Part",
    "Shown",
    "json_line",
    "on_one_line",
    "text_line",
    "time_of_day",
    "uses_colours",
]

LOG_FORMATS = ("text", "json")
QUEUE_LINES = 10_000
CLOSE_TIMEOUT_S = 2.0
GATHER_S = 0.05
WRITABLE_TIMEOUT_S = 1.0
# Shown control sequences; a tone is also told by a word or a number, so that a line reads the same without colours.
TONES = {"dim": "2", "bold": "1", "good": "32", "warn": "33", "bad": "31", "note": "36"}
Part = tuple[str, str]
# A line, or what returns it.
Queued = str | Callable[[], str]
_encode = json.JSONEncoder(default=str).encode


class Line(msgspec.Struct, frozen=True):
    """One event.

    Attributes:
        source: Who says it, for instance `hubspot`; shown where several roles print to one terminal.
        event: What kind of event it is, in JSON.
        parts: The text, in pieces with a tone each: a name of `TONES` or an empty string.
        fields: The same for programs.
        at: When it happened. Units: seconds since 1970.
    """

    source: str
    event: str
    parts: tuple[Part, ...]
    fields: Mapping[str, object] = msgspec.field(default_factory=dict)
    at: float = msgspec.field(default_factory=time.time)

    def as_json(self) -> str:
        """Return the event as one JSON object without a line break."""
        return json_line(self.source, self.event, self.fields, self.at)

    def as_text(self, *, colours: bool, source_width: int = 0) -> str:
        """Return the event as a line of text. No character of it is obeyed by a terminal, but our own colours."""
        return text_line(self.source, self.parts, self.at, colours=colours, source_width=source_width)


class Shown(Protocol):
    """An event that can be shown in each form."""

    def as_json(self) -> str:
        """Return the event as one JSON object without a line break."""

    def as_text(self, *, colours: bool, source_width: int = 0) -> str:
        """Return the event as a line of text."""


def json_line(source: str, event: str, fields: Mapping[str, object], at: float) -> str:
    """Return an event as one JSON object without a line break."""
    second, milliseconds = _moment(at)
    moment = f"{_date_and_time(second)}.{milliseconds:03}+00:00"
    return _encode({"time": moment, "source": source, "event": event, **fields})


def text_line(source: str, parts: Iterable[Part], at: float, *, colours: bool, source_width: int) -> str:
    """Return an event as a line of text. No character of it is obeyed by a terminal, but our own colours."""
    moment = time_of_day(at)
    if not colours:
        beginning = [moment, f"{source:{source_width}}"] if source_width else [moment]
        return on_one_line(" ".join(beginning + [text for text, _ in parts if text]))
    prefix = [(f"{source:{source_width}}", "note")] if source_width else []
    pieces = [(moment, "dim"), *prefix, *parts]
    return " ".join([_toned(on_one_line(text), tone) for text, tone in pieces if text])


class EventLines:
    """Prints events of one or several servers; a context manager.

    Attributes:
        is_terminal: Whether somebody watches the stream on a terminal.

    Args:
        stream: Where to; standard output by default.
        form: A name of `LOG_FORMATS`.
        source_width: Width of the column that names the source; 0 leaves it out.
        colours: Whether to use colours; by default only on a terminal.
    """

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        form: str = "text",
        source_width: int = 0,
        colours: bool | None = None,
        capacity: int = QUEUE_LINES,
    ) -> None:
        self._stream = stream or sys.stdout
        self.is_terminal = self._stream.isatty()
        self._descriptor = _descriptor_of(self._stream)
        self._form = form
        self._width = source_width
        self._colours = uses_colours(self._stream) if colours is None else colours
        self._capacity = capacity
        self._queue: deque[Queued] = deque()
        self._left_out = 0
        self._lock = threading.Lock()
        self._is_open, self._is_awake = True, False
        self._filled, self._closing = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def say(self, line: Shown) -> None:
        """Queue an event. It is rendered at once, which is faster while its data is still in the processor's caches."""
        if self._has_room():
            self._put_in(self._shown(line))

    def add(self, make: Callable[[], Shown]) -> None:
        """Queue an event that takes time to make; `make` is called in another thread."""
        if self._has_room():
            self._put_in(lambda: self._shown(make()))

    def _has_room(self) -> bool:
        if len(self._queue) < self._capacity:
            return self._is_open
        if self._is_open:
            with self._lock:
                self._left_out += 1
        return False

    def _put_in(self, line: Queued) -> None:
        self._queue.append(line)
        if not self._is_awake:
            self._wake()

    def close(self) -> None:
        """Write what is queued, and end the thread. If nobody reads the stream, do not wait for long."""
        with self._lock:
            self._end()
        self._filled.set()
        if self._thread is not None:
            self._thread.join(CLOSE_TIMEOUT_S)

    def _end(self) -> None:
        self._is_open = False
        self._closing.set()

    def _wake(self) -> None:
        with self._lock:
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._write_all, daemon=True, name="lines")
                self._thread.start()
        self._is_awake = True
        self._filled.set()

    def _write_all(self) -> None:
        is_last = False
        while not is_last:
            self._filled.wait()
            # More events follow at once under load; each switch between threads costs the server time.
            self._closing.wait(GATHER_S)
            # In this order: what is added from the first line on wakes the thread again, or is taken below.
            self._filled.clear()
            self._is_awake = False
            is_last = self._closing.is_set()
            if not self._write(*self._taken()):
                return

    def _taken(self) -> tuple[list[Queued], int]:
        with self._lock:
            left_out, self._left_out = self._left_out, 0
        return [self._queue.popleft() for _ in range(len(self._queue))], left_out

    def _write(self, waiting: list[Queued], left_out: int) -> bool:
        """Write lines; return False if nobody reads them any more."""
        shown = [line if isinstance(line, str) else line() for line in waiting]
        if left_out:
            text = f"{left_out:,} lines left out: they came faster than they can be shown"
            shown.append(self._shown(Line("", "left-out", ((text, "warn"),), {"lines": left_out})))
        try:
            self._put("".join([f"{line}\n" for line in shown]))
        except (OSError, ValueError):  # the reader has gone, or the stream is closed
            self._end()
            return False
        return True

    def _put(self, text: str) -> None:
        """Write past the stream's buffer: Python cannot end while another thread holds the buffer of a full pipe."""
        if os.name != "posix" or self._descriptor is None:
            self._stream.write(text)
            self._stream.flush()
            return
        content = text.encode("utf-8", "backslashreplace")
        while content:
            try:
                content = content[os.write(self._descriptor, content) :]
            except BlockingIOError:  # another program made the stream that it shares with this one non-blocking
                select.select((), (self._descriptor,), (), WRITABLE_TIMEOUT_S)

    def _shown(self, line: Shown) -> str:
        if self._form == "json":
            return line.as_json()
        return line.as_text(colours=self._colours, source_width=self._width)


def uses_colours(stream: Any, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether colours are wanted on a stream: on a terminal, unless NO_COLOR is set (https://no-color.org)."""
    return bool(stream.isatty()) and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def _descriptor_of(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except (OSError, ValueError):  # a stream in memory
        return None


def time_of_day(at: float) -> str:
    """Return the local time of an event."""
    second, milliseconds = _moment(at)
    return f"{_local_time(second)}.{milliseconds:03}"


def _moment(at: float) -> tuple[int, int]:
    """Return a time as seconds and milliseconds, cut off."""
    return divmod(round(at * 1_000_000) // 1000, 1000)


@lru_cache(maxsize=8)
def _local_time(second: int) -> str:
    return time.strftime("%H:%M:%S", time.localtime(second))


@lru_cache(maxsize=8)
def _date_and_time(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


def on_one_line(text: str) -> str:
    """Return a text of which no character is obeyed by a terminal."""
    return text if text.isascii() and text.isprintable() else printable(text).replace("\n", "\\n")


def _toned(text: str, tone: str) -> str:
    return f"\x1b[{TONES[tone]}m{text}\x1b[0m" if tone else text
