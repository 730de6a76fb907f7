"""The base classes of faults. A fault is a frozen dataclass of parameters; its base class says where it acts.

Fault
├── Delay              waits before the request is handled
├── ResponseFault
│   ├── Replacement    responds instead of the API
│   └── Alteration     changes the original response
│       └── BodyChange     its bytes, before they are compressed
├── AfterEffect        sends the original response, then changes something behind the server
└── WireFault          writes to the raw connection instead of the server

The fake HubSpot adds `PageChange` and `PortalChange`. One request gets every delay and every after-effect that is due,
but at most one response fault and one wire fault.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from msgspec.structs import replace

from bench_core.errors import CoreError
from bench_core.exchange import Body, Exchange, Headers, Message, Request, Response
from bench_core.faults.firing import FiringOf
from bench_core.wire import Wire

__all__ = [
    "AfterEffect",
    "Alteration",
    "BodyChange",
    "Delay",
    "Fault",
    "Replacement",
    "ResponseFault",
    "WireFault",
    "response_head",
    "wire_of",
]

SAFE_METHODS = frozenset({"GET", "HEAD"})


class Fault:
    """One way to go wrong. Subclasses are frozen dataclasses; their fields are the parameters.

    Attributes:
        name: What rules, the journal and the reference call it: lower case, words joined by `-`.
        group: The section of the reference: one of `bench_core.faults.definition.GROUPS`.
        aliases: Names that WireMock and Toxiproxy use for the same fault.
        examples: More sets of parameters that are worth a test.
        needs_page: It fires only at requests for a page of records, owners, or other things of an account.
        needs_parameter: It fires only at routes that have this query parameter.
        needs_chosen_cursor: It fires only at requests whose cursor the client chose itself.
        needs_body: It changes a body, and does nothing to a response without one.
        changes_portal: It changes the records of the portal, and fires only at pages of records.
    """

    __slots__ = ()

    name: ClassVar[str]
    group: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = ()
    needs_page: ClassVar[bool] = False
    needs_parameter: ClassVar[str] = ""
    needs_chosen_cursor: ClassVar[bool] = False
    needs_body: ClassVar[bool] = False
    changes_portal: ClassVar[bool] = False


class Delay(Fault):
    """A wait before the request is handled."""

    __slots__ = ()

    async def wait(self, firing: FiringOf[Any]) -> None:
        """Wait.

        Raises:
            ConnectionGoneError: The client disconnected, or the server stops.
        """
        raise NotImplementedError


class ResponseFault(Fault):
    """A response that differs from the original one."""

    __slots__ = ()

    def apply(self, firing: FiringOf[Any], handle: Callable[[], Response]) -> Response:
        """Return the response to send. `handle` handles the request and returns the original response."""
        raise NotImplementedError


class Replacement(ResponseFault):
    """A response instead of the original one.

    A request that only reads is handled all the same and counts towards the limits, so later requests are not
    affected by the fault. A request that would change something is not handled.
    """

    __slots__ = ()

    def apply(self, firing: FiringOf[Any], handle: Callable[[], Response]) -> Response:
        """Handle a request that only reads, then respond with `respond`."""
        if self.handles(firing.context.request):
            handle()
        return self.respond(firing)

    @staticmethod
    def handles(request: Request) -> bool:
        """Whether the request is handled all the same."""
        return request.method in SAFE_METHODS

    def respond(self, firing: FiringOf[Any]) -> Response:
        """Return the response to send."""
        raise NotImplementedError


class Alteration(ResponseFault):
    """The original response with a change."""

    __slots__ = ()

    def apply(self, firing: FiringOf[Any], handle: Callable[[], Response]) -> Response:
        """Handle the request, then change the response with `alter`."""
        return self.alter(firing, handle())

    def alter(self, firing: FiringOf[Any], response: Response) -> Response:
        """Return the response to send; `response` is the original one."""
        raise NotImplementedError


class BodyChange(Alteration):
    """The original response with other bytes in its body, which are then compressed as usual."""

    __slots__ = ()

    needs_body = True

    def alter(self, firing: FiringOf[Any], response: Response) -> Response:
        """Keep status and headers, change the body with `change`; a response without a body stays as it is."""
        if not response.body.raw:
            return response
        return replace(response, body=Body(self.change(firing, response.body.raw)))

    def change(self, firing: FiringOf[Any], body: bytes) -> bytes:
        """Return the body to send; `body` is the original one before compression."""
        raise NotImplementedError


class AfterEffect(Fault):
    """The original response, after which something behind the server changes."""

    __slots__ = ()

    def after_response(self, firing: FiringOf[Any], response: Response) -> None:
        """Change it; `response` is what the client gets."""
        raise NotImplementedError


class WireFault(Fault):
    """Bytes that the fault itself writes to the connection.

    The request has been handled by then: a write is carried out, only its response is lost.

    Attributes:
        sends_status: False if no status line is sent; the journal then says status 0.
    """

    __slots__ = ()

    sends_status: ClassVar[bool] = True

    async def send(self, firing: FiringOf[Any], wire: Wire, message: Message) -> None:
        """Write to the wire and finish with `wire.keep`, `wire.close` (FIN) or `wire.reset` (RST).

        `message` has the status, headers and body as the server would have sent them.

        Raises:
            ConnectionGoneError: The client disconnected, or the server stops.
        """
        raise NotImplementedError


def wire_of(context: Exchange) -> Wire:
    """Return the raw connection.

    Raises:
        CoreError: The application runs under another server.
    """
    if context.wire is None:
        raise CoreError("a wire fault needs its own server (`serve`); this application runs under another one")
    return context.wire


def response_head(
    wire: Wire, message: Message, *, without: tuple[bytes, ...] = (), extra: Headers | None = None
) -> bytes:
    """Return the original status line and headers as bytes, without some headers and with `extra` ones at the end."""
    headers = [(name, value) for name, value in message.headers if name not in without] + (extra or [])
    says_close = (b"connection", b"close") in headers
    return wire.head(message.status, headers, says_close=says_close)
