"""The base classes of faults. A fault is a frozen dataclass of parameters; its base class says where it acts.

Fault
├── Delay              waits before the request is handled
├── ResponseFault
│   ├── Replacement    responds instead of HubSpot
│   └── Alteration     changes the original response
│       ├── BodyChange     its bytes, before they are compressed
│       └── PageChange     the JSON of a page of records
├── PortalChange       sends the original response, then changes the records that the client is reading
└── WireFault          writes to the raw connection instead of the server

One request gets every delay and every portal change that is due, but at most one response fault and one wire fault.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from fake_hubspot.context import Body, Headers, Message, RequestContext, Response
from fake_hubspot.errors import FakeHubSpotError
from fake_hubspot.faults.firing import Firing
from fake_hubspot.protocol import Wire, head_of

__all__ = [
    "Alteration",
    "BodyChange",
    "Delay",
    "Fault",
    "PageChange",
    "PortalChange",
    "Replacement",
    "ResponseFault",
    "WireFault",
    "read_page",
    "response_head",
    "wire_of",
]

SAFE_METHODS = frozenset({"GET", "HEAD"})


class Fault:
    """One way to go wrong. Subclasses are frozen dataclasses; their fields are the parameters.

    Attributes:
        name: What rules, the journal and the reference call it: lower case, words joined by `-`.
        group: The section of the reference: one of `fake_hubspot.faults.definition.GROUPS`.
        aliases: Names that WireMock and Toxiproxy use for the same fault.
        examples: More sets of parameters that are worth a test.
        needs_page: It fires only at requests for a page of records or owners.
        needs_body: It changes a body, and does nothing to a response without one.
        changes_portal: It changes the records of the portal, and fires only at pages of records.
    """

    __slots__ = ()

    name: ClassVar[str]
    group: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = ()
    needs_page: ClassVar[bool] = False
    needs_body: ClassVar[bool] = False
    changes_portal: ClassVar[bool] = False


class Delay(Fault):
    """A wait before the request is handled."""

    __slots__ = ()

    async def wait(self, firing: Firing) -> None:
        """Wait.

        Raises:
            ConnectionGoneError: The client disconnected, or the server stops.
        """
        raise NotImplementedError


class ResponseFault(Fault):
    """A response that differs from the original one."""

    __slots__ = ()

    def apply(self, firing: Firing, handle: Callable[[], Response]) -> Response:
        """Return the response to send. `handle` handles the request and returns the original response."""
        raise NotImplementedError


class Replacement(ResponseFault):
    """A response instead of the original one.

    A request that only reads is handled all the same and counts towards the limits, so later requests are not
    affected by the fault. A request that would change the portal is not handled.
    """

    __slots__ = ()

    def apply(self, firing: Firing, handle: Callable[[], Response]) -> Response:
        """Handle a request that only reads, then respond with `respond`."""
        if firing.context.request.method in SAFE_METHODS:
            handle()
        return self.respond(firing)

    def respond(self, firing: Firing) -> Response:
        """Return the response to send."""
        raise NotImplementedError


class Alteration(ResponseFault):
    """The original response with a change."""

    __slots__ = ()

    def apply(self, firing: Firing, handle: Callable[[], Response]) -> Response:
        """Handle the request, then change the response with `alter`."""
        return self.alter(firing, handle())

    def alter(self, firing: Firing, response: Response) -> Response:
        """Return the response to send; `response` is the original one."""
        raise NotImplementedError


class BodyChange(Alteration):
    """The original response with other bytes in its body, which are then compressed as usual."""

    __slots__ = ()

    needs_body = True

    def alter(self, firing: Firing, response: Response) -> Response:
        """Keep status and headers, change the body with `change`; a response without a body stays as it is."""
        if not response.body.raw:
            return response
        return replace(response, body=Body(self.change(firing, response.body.raw)))

    def change(self, firing: Firing, body: bytes) -> bytes:
        """Return the body to send; `body` is the original one before compression."""
        raise NotImplementedError


class PageChange(Alteration):
    """The original page of records with other JSON in it. A response that is not a page of records does not change."""

    __slots__ = ()

    needs_page = True

    def alter(self, firing: Firing, response: Response) -> Response:
        """Keep status and headers, change the page with `change`."""
        page = read_page(response)
        if page is None:
            return response
        return replace(response, body=Response.of(self.change(firing, page)).body)

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        """Return the JSON to send; `page` is a copy of the original page that may be changed in place."""
        raise NotImplementedError


class PortalChange(Fault):
    """The original response, after which the records of the portal change."""

    __slots__ = ()

    needs_page = True
    changes_portal = True

    def after_response(self, firing: Firing, response: Response) -> None:
        """Change the portal with `change` if the response was a page of records."""
        page = read_page(response)
        if page is not None:
            self.change(firing, page)

    def change(self, firing: Firing, page: dict[str, Any]) -> None:
        """Change the portal; `page` is the page that the client gets."""
        raise NotImplementedError


class WireFault(Fault):
    """Bytes that the fault itself writes to the connection.

    The request has been handled by then: a write is carried out, only its response is lost.

    Attributes:
        sends_status: False if no status line is sent; the journal then says status 0.
    """

    __slots__ = ()

    sends_status: ClassVar[bool] = True

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        """Write to the wire and finish with `wire.keep`, `wire.close` (FIN) or `wire.reset` (RST).

        `message` has the status, headers and body as the server would have sent them.

        Raises:
            ConnectionGoneError: The client disconnected, or the server stops.
        """
        raise NotImplementedError


def read_page(response: Response) -> dict[str, Any] | None:
    """Return the page of records in a response, None if it is not one."""
    content_type = response.content_type or b""
    if response.status != 200 or not content_type.startswith(b"application/json"):
        return None
    page = msgspec.json.decode(response.body.raw)
    return page if isinstance(page, dict) and isinstance(page.get("results"), list) else None


def wire_of(context: RequestContext) -> Wire:
    """Return the raw connection.

    Raises:
        FakeHubSpotError: The application does not run under `fake_hubspot.server`.
    """
    if context.wire is None:
        raise FakeHubSpotError("a wire fault needs fake_hubspot.server; this application runs under another server")
    return context.wire


def response_head(
    wire: Wire, message: Message, *, without: tuple[bytes, ...] = (), extra: Headers | None = None
) -> bytes:
    """Return the original status line and headers as bytes, without some headers and with `extra` ones at the end."""
    headers = [(name, value) for name, value in message.headers if name not in without] + (extra or [])
    says_close = (b"connection", b"close") in headers
    return head_of(message.status, headers, keeps_alive=wire.keeps_alive or says_close)
