"""What a fault is: a frozen dataclass of parameters, and one of the places where it steps in.

Fault
├── Delay          before the request is answered: waits, then lets it go on
├── Replacement    gives another answer in place of the honest one
├── Alteration     changes the honest answer
│   ├── BodyChange     its bytes, before they are compressed
│   └── PageChange     the JSON of a page of records
├── PortalChange   answers honestly, then changes the account behind the reader's back
└── WireFault      writes to the raw connection in the server's place, from the bytes as they were to go out

A request can meet one delay or more, every portal change that is due, but one changed answer and one wire fault.
"""

import asyncio
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from fake_hubspot.context import Body, Headers, Message, RequestContext, Response
from fake_hubspot.errors import FakeHubSpotError
from fake_hubspot.protocol import Wire, head_of

__all__ = [
    "Alteration",
    "BodyChange",
    "Delay",
    "Fault",
    "Moment",
    "PageChange",
    "PortalChange",
    "Replacement",
    "WireFault",
]

SAFE_METHODS = frozenset({"GET", "HEAD"})


class Moment(msgspec.Struct, frozen=True):
    """One strike of a fault: at which exchange, for the how manieth time, and with which source of chance."""

    context: RequestContext
    random: Random
    fired: int

    async def pause(self, seconds: float) -> None:
        """Wait, but not longer than the connection lives.

        Raises: ConnectionGoneError.
        """
        if self.context.wire is None:
            await asyncio.sleep(seconds)
        else:
            await self.context.wire.pause(seconds)


class Fault:
    """One way to go wrong. Subclasses are frozen dataclasses whose fields are the parameters.

    `aliases` are the names that WireMock and Toxiproxy use. `examples` are further sets of parameters worth a test.
    `needs_page` faults strike only at requests for a page of records or owners; `changes_portal` marks those after
    which the account is not what it was, they strike at pages of records alone.
    """

    __slots__ = ()

    name: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = ()
    needs_page: ClassVar[bool] = False
    changes_portal: ClassVar[bool] = False


class Delay(Fault):
    """Waits before the request is answered."""

    __slots__ = ()

    async def precede(self, moment: Moment) -> None:
        """Wait.

        Raises: ConnectionGoneError.
        """
        raise NotImplementedError


class ResponseFault(Fault):
    """Gives an answer that is not the honest one."""

    __slots__ = ()

    def response(self, moment: Moment, answer: Callable[[], Response]) -> Response:
        """The answer to send; `answer` gives the honest one."""
        raise NotImplementedError


class Replacement(ResponseFault):
    """Another answer in place of the honest one, which is not carried out where it would change the account.

    A reading request is carried out all the same and counts as any other, so what comes after is as without the fault.
    """

    __slots__ = ()

    def response(self, moment: Moment, answer: Callable[[], Response]) -> Response:
        """The fault's own answer."""
        if moment.context.request.method in SAFE_METHODS:
            answer()
        return self.instead(moment)

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        raise NotImplementedError


class Alteration(ResponseFault):
    """The honest answer, changed."""

    __slots__ = ()

    def response(self, moment: Moment, answer: Callable[[], Response]) -> Response:
        """The changed answer."""
        return self.alter(moment, answer())

    def alter(self, moment: Moment, honest: Response) -> Response:
        """The honest answer, changed."""
        raise NotImplementedError


class BodyChange(Alteration):
    """The honest answer with other bytes in its body, which are then compressed as always."""

    __slots__ = ()

    def alter(self, moment: Moment, honest: Response) -> Response:
        """The same status and headers, other bytes."""
        return replace(honest, body=Body(self.change(moment, honest.body.raw)))

    def change(self, moment: Moment, raw: bytes) -> bytes:
        """The body to send."""
        raise NotImplementedError


class PageChange(Alteration):
    """The honest page of records with other JSON in it. An answer that is no page of records is left as it is."""

    __slots__ = ()

    needs_page = True

    def alter(self, moment: Moment, honest: Response) -> Response:
        """The same answer with the page changed."""
        page = read_page(honest)
        if page is None:
            return honest
        return replace(honest, body=Response.of(self.change(moment, page)).body)

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The page to send; `page` is the fault's own copy."""
        raise NotImplementedError


class PortalChange(Fault):
    """An honest answer, after which the account changes."""

    __slots__ = ()

    needs_page = True
    changes_portal = True

    def follow(self, moment: Moment, honest: Response) -> None:
        """Change the account, where the answer was a page of records."""
        page = read_page(honest)
        if page is not None:
            self.change(moment, page)

    def change(self, moment: Moment, page: dict[str, Any]) -> None:
        """Change the account; `page` is what was answered."""
        raise NotImplementedError


class WireFault(Fault):
    """Writes to the raw connection. The request has been carried out by then: the answer is lost, not the deed.

    `sends_status` is False where no status line goes out.
    """

    __slots__ = ()

    sends_status: ClassVar[bool] = True

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write, and end with one of the wire's endings.

        Raises: ConnectionGoneError.
        """
        raise NotImplementedError


def read_page(response: Response) -> dict[str, Any] | None:
    """The page of records in an answer, None when there is none."""
    if (
        response.status != 200
        or response.content_type is None
        or not response.content_type.startswith(b"application/json")
    ):
        return None
    page = msgspec.json.decode(response.body.raw)
    return page if isinstance(page, dict) and isinstance(page.get("results"), list) else None


def wire_of(context: RequestContext) -> Wire:
    """The raw connection.

    Raises: FakeHubSpotError when the application runs under another server than its own.
    """
    if context.wire is None:
        raise FakeHubSpotError("a fault on the wire needs fake_hubspot.server; this application runs under another one")
    return context.wire


def head(wire: Wire, message: Message, *, without: tuple[bytes, ...] = (), extra: Headers | None = None) -> bytes:
    """The head of the answer as it was to go out, less some headers, with others at its end."""
    headers = [(name, value) for name, value in message.headers if name not in without] + (extra or [])
    says_close = (b"connection", b"close") in headers
    return head_of(message.status, headers, keeps_alive=wire.keeps_alive or says_close)
