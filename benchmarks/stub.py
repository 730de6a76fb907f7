"""A HubSpot stub with almost no overhead: precomputed pages of 100 contacts of about 370 bytes, served by asyncio.

Start it with `python benchmarks/stub.py CONTACTS [LATENCY_S [HOST PORT]]`; it prints its port. It must be several times
faster than the connectors that read from it; the full pull section checks that. One hundred contacts changed a day
after the others, and its search always returns those. `GET /counted` returns the number of requests and bytes since the
last `GET /counted`.
"""

import asyncio
import json
import re
import selectors
import sys
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


def response(text: str) -> bytes:
    """Return a whole HTTP response with HubSpot's headers."""
    body = text.encode()
    head = (
        "HTTP/1.1 200 OK\r\nDate: Thu, 12 Mar 2026 08:00:00 GMT\r\nContent-Type: application/json;charset=utf-8\r\n"
        "X-HubSpot-Correlation-Id: 019dab0b-6a7c-7027-be99-1b61f6cd4513\r\nX-HubSpot-RateLimit-Max: 100\r\n"
        "X-HubSpot-RateLimit-Remaining: 92\r\nX-HubSpot-RateLimit-Interval-Milliseconds: 10000\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Portal:
    """The list endpoint. `after` is an id, as in HubSpot. Pages are built before the first request.

    It also lists property names and custom object types, because a Singer tap requests them. No record is archived.
    """

    def __init__(self, contacts: int) -> None:
        self._contacts = contacts
        self._every = max(1, contacts // CHANGES)
        self._text = compact(contact(_PLACE))
        self._pages = [self._page(first) for first in range(1, contacts + 1, PAGE)]
        names = [{"name": name, "type": "datetime" if name.endswith("date") else "string"} for name in NAMES]
        self._properties = response(compact({"results": names}))
        self._nothing = response(compact({"results": []}))
        self._found = self._changed()
        self.requests = self.bytes = 0

    def answer(self, method: bytes, target: bytes) -> bytes:
        """Return the response to a request."""
        if target == b"/counted":
            counted = {"requests": self.requests, "bytes": self.bytes}
            self.requests = self.bytes = 0
            return response(compact(counted))
        found = self._find(method, target)
        self.requests += 1
        self.bytes += len(found)
        return found

    def _find(self, method: bytes, target: bytes) -> bytes:
        if method == b"POST":
            return self._found
        if not target.startswith(b"/crm/v3/objects/"):
            return self._properties if target.startswith(b"/crm/v3/properties/") else self._nothing
        if b"archived=true" in target:
            return self._nothing
        _, found, rest = target.partition(b"after=")
        number = (int(rest.partition(b"&")[0]) - 1) // PAGE if found else 0
        return self._pages[number] if number < len(self._pages) else self._nothing

    def _page(self, first: int) -> bytes:
        last = min(first + PAGE, self._contacts + 1)
        records = ",".join(map(self._record, range(first, last)))
        following = {"after": str(last), "link": f"https://api.hubapi.com/?limit=100&after={last}"}
        paging = f',"paging":{compact({"next": following})}' if last <= self._contacts else ""
        return response(f'{{"results":[{records}]{paging}}}')

    def _record(self, number: int) -> str:
        text = self._text.replace(_PLACE, str(number))
        is_changed = number % self._every == 0 and number // self._every <= CHANGES
        return text.replace(UPDATED, CHANGED) if is_changed else text

    def _changed(self) -> bytes:
        numbers = range(self._every, self._contacts + 1, self._every)[:CHANGES]
        records = ",".join(map(self._record, numbers))
        return response(f'{{"total":{len(numbers)},"results":[{records}]}}')


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
                answer = portal.answer(method, target)
                if latency_s:
                    asyncio.get_running_loop().call_later(latency_s, self.transport.write, answer)
                else:
                    self.transport.write(answer)

    return Http


def event_loop(latency_s: float) -> asyncio.AbstractEventLoop:
    """Return a loop with exact timers: epoll waits whole milliseconds, up to 1 ms too long per request."""
    return asyncio.SelectorEventLoop(selectors.SelectSelector() if latency_s else selectors.DefaultSelector())


async def serve(contacts: int, latency_s: float, host: str, port: int) -> None:
    """Serve until killed."""
    portal = Portal(contacts)
    server = await asyncio.get_running_loop().create_server(protocol(portal, latency_s), host, port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    latency = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    with asyncio.Runner(loop_factory=lambda: event_loop(latency)) as runner:
        host, port = sys.argv[3:] or ("127.0.0.1", "0")
        runner.run(serve(int(sys.argv[1]), latency, host, int(port)))
