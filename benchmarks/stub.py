"""A HubSpot that costs next to nothing: precomputed pages of 100 contacts of about 370 bytes, over asyncio.

Started as `python benchmarks/stub.py CONTACTS [LATENCY_S]`; it prints its port. It must be several times faster than
what it drives.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from functools import lru_cache

PAGE = 100
UPDATED = "2026-03-12T07:34:24.559Z"


def contact(number: int) -> dict[str, object]:
    """A contact as HubSpot's list sends it."""
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


def response(document: object) -> bytes:
    """A whole HTTP response with the headers HubSpot sends."""
    body = json.dumps(document, separators=(",", ":")).encode()
    head = (
        "HTTP/1.1 200 OK\r\nDate: Thu, 12 Mar 2026 08:00:00 GMT\r\nContent-Type: application/json;charset=utf-8\r\n"
        "X-HubSpot-Correlation-Id: 019dab0b-6a7c-7027-be99-1b61f6cd4513\r\nX-HubSpot-RateLimit-Max: 100\r\n"
        "X-HubSpot-RateLimit-Remaining: 92\r\nX-HubSpot-RateLimit-Interval-Milliseconds: 10000\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Pages:
    """The list endpoint; `after` is an id, as HubSpot's is. Pages are made once and kept."""

    def __init__(self, contacts: int) -> None:
        self.contacts = contacts
        self.page = lru_cache(maxsize=20_000)(self._page)

    def _page(self, first: int) -> bytes:
        last = min(first + PAGE, self.contacts + 1)
        document: dict[str, object] = {"results": [contact(number) for number in range(first, last)]}
        if last <= self.contacts:
            document["paging"] = {
                "next": {"after": str(last), "link": f"https://api.hubapi.com/?limit=100&after={last}"}
            }
        return response(document)

    def answer(self, target: bytes) -> bytes:
        """The response to a request line's target."""
        _, found, rest = target.partition(b"after=")
        return self.page(int(rest.split(b"&")[0]) if found else 1)


def protocol(pages: Pages, latency_s: float) -> Callable[[], asyncio.Protocol]:
    """A protocol that answers each request after the latency."""

    class Http(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            self.transport, self.buffer = transport, b""

        def data_received(self, data: bytes) -> None:
            self.buffer += data
            while b"\r\n\r\n" in self.buffer:
                head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
                answer = pages.answer(head.split(b" ", 2)[1])
                if latency_s:
                    asyncio.get_running_loop().call_later(latency_s, self.transport.write, answer)
                else:
                    self.transport.write(answer)

    return Http


async def serve(contacts: int, latency_s: float) -> None:
    """Serve until killed."""
    pages = Pages(contacts)
    for first in range(1, min(contacts, 100_000) + 1, PAGE):
        pages.page(first)
    server = await asyncio.get_running_loop().create_server(protocol(pages, latency_s), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0))
