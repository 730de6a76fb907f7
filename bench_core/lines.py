"""What a server does, printed while it happens: one line for each event, as text or as JSON.

The server only queues an event; a thread of its own renders and writes it, so that a slow terminal does not slow down
the server. If the terminal cannot keep up, lines are left out and counted.
"""

import json
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TextIO

from bench_core.text import printable

__all__ = ["LOG_FORMATS", "EventLines", "Line", "uses_colours"]

LOG_FORMATS = ("text", "json")
QUEUE_LINES = 10_000
CLOSE_TIMEOUT_S = 2.0
GATHER_S = 0.02
# Shown control sequences; a tone is also told by a word or a number, so that a line reads the same without colours.
TONES = {"dim": "2", "bold": "1", "good": "32", "warn": "33", "bad": "31", "note": "36"}
Part = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
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
    fields: Mapping[str, object] = field(default_factory=dict)
    at: float = field(default_factory=time.time)

    def as_json(self) -> str:
        """Return the event as one JSON object without a line break."""
        moment = datetime.fromtimestamp(self.at, UTC).isoformat(timespec="milliseconds")
        shown = {"time": moment, "source": self.source, "event": self.event, **self.fields}
        return json.dumps(shown, default=str)

    def as_text(self, *, colours: bool, source_width: int = 0) -> str:
        """Return the event as a line of text. No character of it is obeyed by a terminal, but our own colours."""
        moment = datetime.fromtimestamp(self.at, UTC).astimezone().strftime("%H:%M:%S.%f")[:-3]
        prefix = [(f"{self.source:{source_width}}", "note")] if source_width else []
        pieces = [(moment, "dim"), *prefix, *self.parts]
        return " ".join(_toned(_on_one_line(text), tone if colours else "") for text, tone in pieces if text)


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
        self._queue: deque[Callable[[], Line]] = deque()
        self._left_out = 0
        self._is_closed = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, make: Callable[[], Line]) -> None:
        """Queue an event; `make` is called in another thread. Never waits."""
        with self._changed:
            if self._is_closed:
                return
            if len(self._queue) >= self._capacity:
                self._left_out += 1
                return
            self._queue.append(make)
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_all, daemon=True, name="lines")
                self._thread.start()
            if len(self._queue) == 1:
                self._changed.notify()

    def say(self, line: Line) -> None:
        """Queue an event that is rendered already."""
        self.add(lambda: line)

    def close(self) -> None:
        """Write what is queued, and end the thread. If nobody reads the stream, do not wait for long."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(CLOSE_TIMEOUT_S)

    def _write_all(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._is_closed)
                # More events follow at once under load; each switch between threads costs the server time.
                self._changed.wait_for(lambda: self._is_closed, GATHER_S)
                waiting, left_out = list(self._queue), self._left_out
                self._queue.clear()
                self._left_out = 0
                is_last = self._is_closed
            if not self._write(waiting, left_out) or is_last:
                return

    def _write(self, waiting: list[Callable[[], Line]], left_out: int) -> bool:
        """Write lines; return False if nobody reads them any more."""
        lines = [make() for make in waiting]
        if left_out:
            text = f"{left_out:,} lines left out: they came faster than they can be shown"
            lines.append(Line("", "left-out", ((text, "warn"),), {"lines": left_out}))
        try:
            self._put("".join(f"{self._shown(line)}\n" for line in lines))
        except (OSError, ValueError):  # the reader has gone, or the stream is closed
            self._is_closed = True
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
            content = content[os.write(self._descriptor, content) :]

    def _shown(self, line: Line) -> str:
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


def _on_one_line(text: str) -> str:
    return printable(text).replace("\n", "\\n")


def _toned(text: str, tone: str) -> str:
    return f"\x1b[{TONES[tone]}m{text}\x1b[0m" if tone else text
