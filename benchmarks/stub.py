"""A HubSpot stub with almost no overhead: pages of 100 precomputed contacts of about 370 bytes, served by asyncio.

Start it with `python benchmarks/stub.py CONTACTS [LATENCY_S [HOST PORT [LIMIT]]]`; it prints its port. It must be
several times faster than the connectors that read from it; the full pull section checks that. One hundred contacts
changed a day after the others, and its search always returns those, or the contact with the highest id. With a LIMIT,
it answers 429 to every request above so many in ten seconds. `GET /counted` returns the number of requests, of those
with 429, and of bytes since the last `GET /counted`.
"""

import asyncio
import json
import re
import selectors
import sys
import time
from collections import deque
from collections.abc import Callable

PAGE = 100
CHANGES = 100
UPDATED, BETWEEN, CHANGED = "2026-03-12T07:34:24.559Z", "2026-03-12T12:00:00.000Z", "2026-03-13T08:00:00.000Z"
NAMES = ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname")
_PLACE = "@NUMBER@"


def contact(number: int | str) -> dict[str, object]:
    """Return a contact as HubSpot's list sends it."""
    properties = {
        "createdate": "2026-02-25T16:23:49.023Z",
        "email": f"contact.{number}@example.com",
        "firstname": "Updated",
        "hs_object_id": str(number),
        "lastmodifieddate": UPDATED,
        "lastname": "TestUser",
    }
    return {
        "id": str(number),
        "properties": properties,
        "createdAt": "2026-02-25T16:23:49.023Z",
        "updatedAt": UPDATED,
        "archived": False,
        "url": f"https://app-eu1.hubspot.com/contacts/147893286/record/0-1/{number}",
    }


def compact(document: object) -> str:
    """Encode JSON as HubSpot does."""
    return json.dumps(document, separators=(",", ":"))


def head_of(status: str = "200 OK", remaining: int = 92, limit: int = 100) -> bytes:
    """Return HubSpot's headers, up to the length of the body."""
    return (
        f"HTTP/1.1 {status}\r\nDate: Thu, 12 Mar 2026 08:00:00 GMT\r\nContent-Type: application/json;charset=utf-8\r\n"
        f"X-HubSpot-Correlation-Id: 019dab0b-6a7c-7027-be99-1b61f6cd4513\r\nX-HubSpot-RateLimit-Max: {limit}\r\n"
        f"X-HubSpot-RateLimit-Remaining: {remaining}\r\nX-HubSpot-RateLimit-Interval-Milliseconds: 10000\r\n"
        "Content-Length: "
    ).encode()


_HEAD = head_of()
_REFUSED = b'{"status":"error","message":"You have reached your ten_secondly_rolling limit.","errorType":"RATE_LIMIT"}'


def response(body: bytes, head: bytes = _HEAD) -> bytes:
    """Return a whole HTTP response."""
    return b"".join((head, b"%d\r\n\r\n" % len(body), body))


class Window:
    """The rolling window of ten seconds in which requests are counted. It is never full without a limit."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._clock = limit, clock
        self._counted: deque[float] = deque()

    def head(self) -> tuple[bytes, bool]:
        """Count a request, and return the headers of its response and whether it is refused."""
        if not self._limit:
            return _HEAD, False
        now = self._clock()
        while self._counted and self._counted[0] <= now - 10:
            self._counted.popleft()
        if len(self._counted) >= self._limit:
            return head_of("429 Too Many Requests", 0, self._limit), True
        self._counted.append(now)
        return head_of(remaining=self._limit - len(self._counted), limit=self._limit), False


class Portal:
    """The list endpoint. `after` is the lowest id of the page, as in HubSpot.

    Contacts are built before the first request. It also lists property names and custom object types, because a Singer
    tap requests them. No record is archived.
    """

    def __init__(self, contacts: int, limit: int = 0) -> None:
        self._contacts = contacts
        self._window = Window(limit)
        self._every = max(1, contacts // CHANGES)
        self._text = compact(contact(_PLACE))
        self._records = [self._record(number) for number in range(1, contacts + 1)]
        names = [{"name": name, "type": "datetime" if name.endswith("date") else "string"} for name in NAMES]
        self._properties = compact({"results": names}).encode()
        self._nothing = compact({"results": []}).encode()
        self._found = self._changed()
        self.requests = self.refused = self.bytes = 0

    def answer(self, method: bytes, target: bytes, body: bytes = b"") -> bytes:
        """Return the response to a request."""
        if target == b"/counted":
            counted = {"requests": self.requests, "refused": self.refused, "bytes": self.bytes}
            self.requests = self.refused = self.bytes = 0
            return response(compact(counted).encode())
        is_search = method == b"POST"
        head, is_refused = (_HEAD, False) if is_search else self._window.head()
        found = response(_REFUSED if is_refused else self._find(is_search, target, body), head)
        self.requests += 1
        self.refused += is_refused
        self.bytes += len(found)
        return found

    def _find(self, is_search: bool, target: bytes, body: bytes) -> bytes:
        if is_search:
            return self._highest() if b"DESCENDING" in body else self._found
        if not target.startswith(b"/crm/v3/objects/"):
            return self._properties if target.startswith(b"/crm/v3/properties/") else self._nothing
        if b"archived=true" in target:
            return self._nothing
        _, found, rest = target.partition(b"after=")
        return self._page(max(1, int(rest.partition(b"&")[0])) if found else 1)

    def _page(self, first: int) -> bytes:
        records = b",".join(self._records[first - 1 : first - 1 + PAGE])
        last = first + PAGE
        if last > self._contacts:
            return b"".join((b'{"results":[', records, b"]}"))
        return (
            b'{"results":[%b],"paging":{"next":{"after":"%d","link":"https://api.hubapi.com/?limit=100&after=%d"}}}'
            % (
                records,
                last,
                last,
            )
        )

    def _record(self, number: int) -> bytes:
        text = self._text.replace(_PLACE, str(number))
        is_changed = number % self._every == 0 and number // self._every <= CHANGES
        return (text.replace(UPDATED, CHANGED) if is_changed else text).encode()

    def _changed(self) -> bytes:
        numbers = range(self._every, self._contacts + 1, self._every)[:CHANGES]
        records = b",".join(self._records[number - 1] for number in numbers)
        return b'{"total":%d,"results":[%b]}' % (len(numbers), records)

    def _highest(self) -> bytes:
        return b'{"total":%d,"results":[%b]}' % (self._contacts, b",".join(self._records[-1:]))


_LENGTH = re.compile(rb"\r\nContent-Length: *(\d+)", re.IGNORECASE)


def protocol(portal: Portal, latency_s: float) -> Callable[[], asyncio.Protocol]:
    """Return a protocol that answers each request after the latency."""

    class Http(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            self.transport, self.buffer = transport, b""

        def data_received(self, data: bytes) -> None:
            self.buffer += data
            while b"\r\n\r\n" in self.buffer:
                head, _, rest = self.buffer.partition(b"\r\n\r\n")
                method, target, _ = head.split(b" ", 2)
                length = int(found[1]) if method == b"POST" and (found := _LENGTH.search(head)) else 0
                if len(rest) < length:
                    return
                self.buffer = rest[length:]
                answer = portal.answer(method, target, rest[:length])
                if latency_s:
                    asyncio.get_running_loop().call_later(latency_s, self.transport.write, answer)
                else:
                    self.transport.write(answer)

    return Http


def event_loop(latency_s: float) -> asyncio.AbstractEventLoop:
    """Return a loop with exact timers: epoll waits whole milliseconds, up to 1 ms too long per request."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector() if latency_s else selectors.DefaultSelector())


async def serve(contacts: int, latency_s: float, host: str, port: int, limit: int) -> None:
    """Serve until killed."""
    portal = Portal(contacts, limit)
    server = await asyncio.get_running_loop().create_server(protocol(portal, latency_s), host, port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    latency = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    with asyncio.Runner(loop_factory=lambda: event_loop(latency)) as runner:
        host, port, *limits = sys.argv[3:] or ("127.0.0.1", "0")
        runner.run(serve(int(sys.argv[1]), latency, host, int(port), int(limits[0]) if limits else 0))
