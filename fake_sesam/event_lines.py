"""The lines that a node prints while it works: what its pumps do, and what its microservices say."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bench_core.json_text import parse_json
from bench_core.lines import EventLines, Line
from fake_sesam.node import Node
from fake_sesam.pump import PumpResult, RunProgress

__all__ = ["NodeLines", "connector_line", "print_events", "tone_of", "without_time"]

SOURCE = "sesam"
CONNECTOR_SOURCE = "connector"
PROGRESS_EVERY_S = 2.0
HEARTBEAT_EVERY_S = 10.0
MAX_SHOWN = 2000
LEVEL_TONES = {"WARNING": "warn", "WARN": "warn", "ERROR": "bad", "CRITICAL": "bad", "FATAL": "bad"}
# A line begins with the time anyway.
OWN_TIME = re.compile(r"^\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?[+-]\d\d:?\d\d)?\]? ")
MESSAGE_KEYS, LEVEL_KEYS = ("message", "msg", "event"), ("level", "levelname", "severity")
TIME_KEYS = ("time", "timestamp", "ts", "asctime", "@timestamp")


def print_events(node: Node, lines: EventLines) -> None:
    """Print what the pumps and microservices of a node do from now on. On a terminal, progress is shown more often."""
    every_s = PROGRESS_EVERY_S if lines.is_terminal else HEARTBEAT_EVERY_S
    listener = NodeLines(lines, lambda text: node.configuration.redact(text), every_s=every_s)
    node.pumps.listeners.append(listener)
    node.runners.line_listeners.append(listener.system_said)


class NodeLines:
    """A listener that prints a line for each event.

    Args:
        lines: Prints the lines.
        redact: Masks the secrets of a text.
        every_s: Least time between two lines about the progress of a run.
        clock: The time in seconds.
    """

    def __init__(
        self,
        lines: EventLines,
        redact: Callable[[str], str],
        *,
        every_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lines = lines
        self._redact = redact
        self._every_s = every_s
        self._clock = clock
        self._began: dict[str, float] = {}
        self._shown: dict[str, float] = {}

    def pump_started(self, pipe_id: str, progress: RunProgress) -> None:
        """Print that a run has begun."""
        self._began[pipe_id] = self._shown[pipe_id] = self._clock()
        what = "started, reads everything" if progress.is_rescan else "started"
        self._say("pump-started", pipe_id, [(what, "")], rescan=progress.is_rescan)

    def pump_progressed(self, pipe_id: str, progress: RunProgress) -> None:
        """Print the number of entities so far if the last line about this run is old enough."""
        now = self._clock()
        if now - self._shown.get(pipe_id, now) < self._every_s:
            return
        self._shown[pipe_id] = now
        rate = progress.processed / max(now - self._began.get(pipe_id, now), 0.001)
        parts = [(f"{progress.processed:,} entities so far", ""), (f"{rate:,.0f}/s", "dim")]
        self._say("pump-progress", pipe_id, parts, processed=progress.processed, per_second=round(rate))

    def pump_ended(self, result: PumpResult) -> None:
        """Print how a run ended and why."""
        rate = result.processed / result.seconds if result.seconds else 0
        counts = f"{result.processed:,} processed, {result.changed:,} changed, {result.deleted:,} deleted"
        took = f"in {result.seconds:.2f} s ({rate:,.0f}/s)"
        state = ("completed:", "good") if result.ok else ("failed:", "bad")
        parts = [state, (f"{result.sync_type}, {counts}", ""), (took, "dim")]
        if result.error:
            parts.append((f"because {self._redact(result.error)}"[:MAX_SHOWN], "bad"))
        names = ("sync_type", "processed", "changed", "deleted", "seconds", "error", "offset")
        fields = {name: getattr(result, name) for name in names}
        self._say("pump-completed" if result.ok else "pump-failed", result.pipe, parts, **fields)

    def system_said(self, system_id: str, text: str) -> None:
        """Print a line of a microservice."""
        at = time.time()
        self._lines.add(lambda: connector_line(system_id, self._redact(text), at))

    def _say(self, event: str, pipe_id: str, parts: list[tuple[str, str]], **fields: object) -> None:
        shown = (("pipe", "dim"), (pipe_id, "bold"), *parts)
        self._lines.say(Line(SOURCE, event, shown, {"pipe": pipe_id, **fields}, time.time()))


def connector_line(system_id: str, text: str, at: float) -> Line:
    """Return the line for a line of a microservice's output. A log line in JSON is shown as text."""
    text = text[:MAX_SHOWN]
    parts = ((f"{system_id}|", "note"), *_told(text))
    return Line(CONNECTOR_SOURCE, "connector-line", parts, {"system": system_id, "line": text}, at)


def _told(text: str) -> Iterator[tuple[str, str]]:
    record = _record(text)
    if record is None:
        yield (without_time(text), tone_of(text))
        return
    level = str(_first(record, LEVEL_KEYS) or "")
    yield (level, LEVEL_TONES.get(level.upper(), "dim"))
    yield (str(_first(record, MESSAGE_KEYS)), "")
    rest = {key: value for key, value in record.items() if key not in (*LEVEL_KEYS, *MESSAGE_KEYS, *TIME_KEYS)}
    yield (" ".join(f"{key}={_short(value)}" for key, value in rest.items()), "dim")


def _record(text: str) -> Mapping[str, Any] | None:
    """Return a log record in JSON that has a message, None for other lines."""
    if not text.startswith("{"):
        return None
    try:
        record = parse_json(text)
    except ValueError:
        return None
    return record if isinstance(record, dict) and _first(record, MESSAGE_KEYS) else None


def _first(record: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((record[name] for name in names if record.get(name)), None)


def _short(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def without_time(text: str) -> str:
    """Return a log line without the time at its beginning."""
    return OWN_TIME.sub("", text)


def tone_of(text: str) -> str:
    """Return the tone of a log line that names its level, in text or in JSON; empty for other lines."""
    record = _record(text)
    if record is not None:
        return LEVEL_TONES.get(str(_first(record, LEVEL_KEYS) or "").upper(), "")
    words = text[:MAX_SHOWN].replace("[", " ").replace("]", " ").replace(":", " ").split()[:5]
    return next((LEVEL_TONES[word] for word in words if word in LEVEL_TONES), "")
