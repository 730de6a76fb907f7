"""The requests that a portal received or sent: a bounded list of entries; the oldest are dropped first."""

from collections import deque
from collections.abc import Iterator, Mapping

import msgspec

__all__ = ["Injected", "Journal", "JournalEntry"]

JOURNAL_CAPACITY = 1000
BODY_BUDGET_BYTES = 4 * 1024 * 1024
FIRST_FAILED = 400
# A path, a query or a header may be as long as the server takes. A thousand such entries would fill the memory.
MAX_TEXT = 20_000
MAX_HEADER_BYTES = 8 * 1024


class Injected(msgspec.Struct, frozen=True):
    """A fault that a request met, and how often it had fired by then."""

    id: str
    name: str
    fired: int


class JournalEntry(msgspec.Struct):
    """One request and its response.

    Attributes:
        ordinal: Counts the portal's requests from 1; it never restarts while the portal exists.
        route: Empty if no route matched; `hint` then names the nearest.
        hint: What the fake does not have: the path, or the object type that the request names.
        fault: The names of the injected faults, joined by `+`; `injected` has the details.
        note: What took time or is worth knowing about the response, such as an index that was made for it.
        is_sent: Whether the portal sent the request, such as a webhook; `path` then holds the whole address.
        status: 0 if no status line was sent.

    Units: `at_ms` milliseconds since 1970, `took_us` microseconds.
    """

    ordinal: int
    at_ms: int
    method: str
    path: str
    query: str
    route: str = ""
    status: int = 0
    fault: str = ""
    hint: str = ""
    page: int | None = None
    correlation_id: str = ""
    took_us: int = 0
    request_headers: list[tuple[bytes, bytes]] = msgspec.field(default_factory=list)
    request_body: bytes = b""
    response_headers: list[tuple[bytes, bytes]] = msgspec.field(default_factory=list)
    response_body: bytes = b""
    injected: tuple[Injected, ...] = ()
    note: str = ""
    is_sent: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether the response is known; before that a fault may delay the request."""
        return self.took_us > 0

    @property
    def is_failed(self) -> bool:
        """Whether the request was answered with an error, or without a status line."""
        return self.status >= FIRST_FAILED or not self.status

    @property
    def is_unmatched(self) -> bool:
        """Whether the request is for what the server does not have."""
        return bool(self.hint) or not self.route


class Journal:
    """The portal's requests, newest last.

    It is bounded by the number of entries and by the bytes of their bodies: the oldest bodies are dropped first, and
    their entries stay.

    Attributes:
        body_budget: The bound on the bytes of the bodies.
    """

    def __init__(self, capacity: int = JOURNAL_CAPACITY, *, body_budget: int = BODY_BUDGET_BYTES) -> None:
        self._entries: deque[JournalEntry] = deque(maxlen=capacity)
        self._with_bodies: deque[JournalEntry] = deque()
        self._body_bytes = 0
        self.body_budget = body_budget
        self.count = 0
        self._last_request: Mapping[bytes, bytes] | list[tuple[bytes, bytes]] = {}
        self._last_kept: list[tuple[bytes, bytes]] = []

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[JournalEntry]:
        return iter(self._entries)

    def __reversed__(self) -> Iterator[JournalEntry]:
        return reversed(self._entries)

    def open(self, *, at_ms: int, method: str, path: str, query: str, is_sent: bool = False) -> JournalEntry:
        """Create an entry; it is in the journal from now on."""
        self.count += 1
        entry = JournalEntry(self.count, at_ms, method, _cut(path), _cut(query), is_sent=is_sent)
        self._entries.append(entry)
        return entry

    def keep_headers(
        self,
        entry: JournalEntry,
        *,
        request: Mapping[bytes, bytes] | list[tuple[bytes, bytes]],
        response: list[tuple[bytes, bytes]],
        is_short: bool = False,
    ) -> None:
        """Add the headers to an entry; very long ones are cut.

        A client sends the same headers again and again, so they are measured and kept once for a row of requests.

        Args:
            entry: The entry.
            request: The headers of the request.
            response: Those of the response; the list must not change any more.
            is_short: Whether the response has no header whose length others decide.
        """
        if request is not self._last_request and request != self._last_request:
            pairs = request if isinstance(request, list) else list(request.items())
            self._last_request, self._last_kept = request, _bounded(pairs)
        entry.request_headers = self._last_kept
        entry.response_headers = response if is_short else _bounded(response)

    def keep_bodies(self, entry: JournalEntry, *, request: bytes, response: bytes) -> None:
        """Add the bodies to an entry, and drop the oldest bodies if the budget is exceeded."""
        entry.request_body, entry.response_body = request, response
        self._body_bytes += len(request) + len(response)
        self._with_bodies.append(entry)
        while self._body_bytes > self.body_budget or len(self._with_bodies) > (self._entries.maxlen or 0):
            oldest = self._with_bodies.popleft()
            self._body_bytes -= len(oldest.request_body) + len(oldest.response_body)
            oldest.request_body = oldest.response_body = b""

    def clear(self) -> None:
        """Remove the entries; `ordinal` continues."""
        self._entries.clear()
        self._with_bodies.clear()
        self._body_bytes = 0


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]} ({len(text) - MAX_TEXT} more)"


def _bounded(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return headers of a bounded size; what is beyond it is counted in a last one."""
    left = MAX_HEADER_BYTES
    kept: list[tuple[bytes, bytes]] = []
    for name, value in headers:
        left -= len(name) + len(value)
        if left < 0:
            return [*kept, (b"(cut)", b"%d more headers or long values" % (len(headers) - len(kept)))]
        kept.append((name, value))
    return kept
