"""The event stream of a page: the new requests of a server, at a rate that a person can follow."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from bench_core.console.call import ConsoleCall
from bench_core.exchange import Body, Message, Response
from bench_core.journal import Journal, JournalEntry
from bench_core.pages import live_event
from bench_core.wire import ConnectionGoneError, Wire, head_of

__all__ = ["NewEntries", "new_entries", "number_in", "stream"]

TICK_S = 0.25
MOST_DIGITS = 20
# At most 30 rows a second; if there are more, only the latest are shown.
ROWS_PER_TICK = 8
SILENT_TICKS = 60  # after 15 s of silence, a comment finds out whether the browser still listens
HEADERS = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"connection", b"close"),
)


@dataclass(eq=False)
class NewEntries:
    """The requests of a journal that are new since the last look.

    Attributes:
        journal: The journal.
        after: The ordinal of the last one that was looked at.
        is_chosen: Which requests count.
    """

    journal: Journal
    after: int
    is_chosen: Callable[[JournalEntry], bool]
    _waiting: deque[JournalEntry] = field(default_factory=lambda: deque(maxlen=1000))

    def take(self) -> list[JournalEntry]:
        """Return the new ones that have been answered, newest first. The others are returned when they have been."""
        fresh = list(takewhile(lambda entry: entry.ordinal > self.after, reversed(self.journal)))
        self.after = max(self.after, fresh[0].ordinal if fresh else 0)
        candidates = [*fresh, *self._waiting]
        self._waiting = deque((entry for entry in candidates if not entry.is_answered), maxlen=1000)
        return [entry for entry in candidates if entry.is_answered and self.is_chosen(entry)]


def number_in(call: ConsoleCall, name: str) -> int | None:
    """Return a number in the query; None without one."""
    text = call.request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < MOST_DIGITS else None


def new_entries(call: ConsoleCall, is_chosen: Callable[[JournalEntry], bool] = lambda _: True) -> NewEntries:
    """Return the requests that are new since the one that `after` in the query names; without it, since now."""
    journal, after = call.exchange.journal, number_in(call, "after")
    return NewEntries(journal, journal.count if after is None else after, is_chosen)


def stream(
    call: ConsoleCall,
    entries: NewEntries,
    show: Callable[[list[JournalEntry]], list[str]] | None,
    parts: Callable[[], dict[str, str]] | None = None,
) -> Response:
    """Return the response that sends new requests for as long as the browser listens.

    Args:
        call: The request for the stream.
        entries: What is new.
        show: Makes the rows, if the page lists requests.
        parts: Makes other parts of the page, by their ids, whenever there are new requests.
    """
    wire, unlisted = call.exchange.wire, call.words.unlisted
    if wire is None or call.exchange.request.method == "HEAD":
        # A server other than our own cannot stream: the browser asks again and gets nothing new.
        return Response(200, Body(b"retry: 60000\n\n"), b"text/event-stream", without=unlisted)

    async def send(_: Message) -> None:
        wire.take()
        try:
            await wire.write(head_of(200, list(HEADERS), keeps_alive=True))
            await _send_news(wire, entries, show, parts)
        except ConnectionGoneError:
            wire.drop()

    return Response(200, Body(b""), None, without=unlisted, sending=send)


async def _send_news(
    wire: Wire,
    entries: NewEntries,
    show: Callable[[list[JournalEntry]], list[str]] | None,
    parts: Callable[[], dict[str, str]] | None,
) -> None:
    await wire.write(b"retry: 1000\n\n")
    silent = 0
    while True:
        await wire.pause(TICK_S)
        fresh = entries.take()
        silent = 0 if fresh else silent + 1
        if fresh:
            await wire.write(_events(fresh, entries.after, show, parts))
        elif silent >= SILENT_TICKS:
            silent = 0
            await wire.write(b": still here\n\n")


def _events(
    fresh: list[JournalEntry],
    after: int,
    show: Callable[[list[JournalEntry]], list[str]] | None,
    parts: Callable[[], dict[str, str]] | None,
) -> bytes:
    changed = live_event("parts", parts()) if parts else b""
    if show is None:
        return changed
    content: dict[str, Any] = {"rows": show(fresh[:ROWS_PER_TICK]), "count": len(fresh), "after": after}
    if len(fresh) > ROWS_PER_TICK:
        rate, shown = round(len(fresh) / TICK_S), round(ROWS_PER_TICK / TICK_S)
        content["rate"] = f"Live: {rate:,} requests a second, {shown} of them shown"
    return live_event("rows", content) + changed
