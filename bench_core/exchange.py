"""A request and its response as plain values, and what a server tells faults and its control API about one request.

Nothing here depends on the API behind a server: the fake HubSpot and the proxy use the same values, so the same faults
act on both.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl

import msgspec

from bench_core.journal import JournalEntry

if TYPE_CHECKING:
    from bench_core.wire import Wire

__all__ = ["JSON", "Body", "Exchange", "Headers", "Message", "Operation", "Param", "Request", "Response", "parse_query"]

JSON = b"application/json;charset=utf-8"
Headers = list[tuple[bytes, bytes]]
_encode = msgspec.json.Encoder().encode


@lru_cache(maxsize=512)
def parse_query(raw: bytes) -> tuple[tuple[str, str], ...]:
    """Return the names and values of a query in their order, including blank values."""
    return tuple(parse_qsl(raw.decode("latin-1"), keep_blank_values=True))


class Request(msgspec.Struct):
    """A request as it was received. Header names are lower case."""

    method: str
    path: str
    raw_query: bytes = b""
    headers: Mapping[bytes, bytes] = msgspec.field(default_factory=dict)
    body: bytes = b""
    scheme: str = "http"
    client_host: str = "127.0.0.1"
    client_port: int = 0

    @property
    def query(self) -> tuple[tuple[str, str], ...]:
        """The names and values of the query in their order."""
        return parse_query(self.raw_query)

    def first(self, name: str) -> str | None:
        """Return the first value of a query parameter."""
        return next((value for key, value in self.query if key == name), None)

    def all(self, name: str) -> list[str]:
        """Return every value of a list parameter, repeated or separated by commas, without blank ones.

        Source: recording (Nango sends commas, the official Python client repeats the name).
        """
        joined = (value for key, value in self.query if key == name)
        return [part.strip() for value in joined for part in value.split(",") if part.strip()]

    @property
    def origin(self) -> str:
        """The scheme and host as the client sees them; links in responses begin with it."""
        host = self.headers.get(b"host", b"localhost").decode("latin-1")
        return f"{self.scheme}://{host}"


class Body:
    """The bytes of a response body, with a place to keep their compressed form if the response is reused."""

    __slots__ = ("compressed", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.compressed: bytes | None = None


class Message(msgspec.Struct, frozen=True):
    """A response as it is sent: with all its headers, and with its body compressed if it is sent compressed."""

    status: int
    headers: Headers
    body: bytes


Sending = Callable[[Message], Awaitable[None]]


class Response(msgspec.Struct):
    """A response before it is sent.

    Attributes:
        headers: Sent in addition to the headers that every response carries.
        without: Prefixes of the names of headers that are left out.
        sending: Writes the response to the connection in place of the server.
        sends_status: False if `sending` sends no status line; the journal then says status 0.
    """

    status: int
    body: Body
    content_type: bytes | None = JSON
    headers: Headers = msgspec.field(default_factory=list)
    without: tuple[bytes, ...] = ()
    sending: Sending | None = None
    sends_status: bool = True

    @classmethod
    def of(cls, content: Any, *, status: int = 200, headers: Iterable[tuple[bytes, bytes]] = ()) -> "Response":
        """Return a response with compact JSON: keys in their order, UTF-8 not escaped."""
        return cls(status, Body(_encode(content)), JSON, list(headers))

    @classmethod
    def empty(cls, status: int = 204) -> "Response":
        """Return a response without a body and without a content type."""
        return cls(status, Body(b""), None)


class Param(msgspec.Struct, frozen=True):
    """A query parameter in the OpenAPI document. `kind` is string, integer, boolean or array."""

    name: str
    kind: str = "string"
    summary: str = ""


class Operation(msgspec.Struct, frozen=True):
    """What the OpenAPI document says about a route.

    `body`, `response` and `error` are types that msgspec can describe.

    Attributes:
        response: None for a response without a body.
        error: The shape of a 400 if it is not the API's common one.
    """

    query: tuple[Param, ...] = ()
    body: Any = None
    response: Any = None
    statuses: tuple[int, ...] = (200,)
    error: Any = None


class Exchange(Protocol):
    """One request on its way through a server, as faults and the control API see it.

    Attributes:
        params: The values of the parameters in the path, for servers that know routes.
        entry: The request in the journal.
        wire: The raw connection; None if the application runs under a server that does not offer it.
        page: Which page of a walk the request asks for, from 1; None if the server does not know.
        answered_ms: When the response was ready, if that is not when it is sent.
    """

    request: Request
    params: Mapping[str, str]
    entry: JournalEntry
    correlation_id: str
    wire: "Wire | None"
    page: int | None
    answered_ms: int | None

    @property
    def route_name(self) -> str:
        """The name of the route, empty if there is none."""

    def now_ms(self) -> int:
        """Return the time of the server's clock in milliseconds since 1970."""

    def error(
        self,
        status: int,
        message: str,
        *,
        category: str | None = None,
        kind: str = "",
        headers: Headers | None = None,
    ) -> Response:
        """Return an error response in the words of the API behind the server.

        Args:
            status: The status, unless the API answers this kind of error with another one.
            message: What is wrong.
            category: The API's own word for this kind of error, if it has one.
            kind: The name of an error that the API may word in its own way, such as `unauthorized`.
            headers: More headers.
        """

    def is_of_type(self, object_type: str) -> bool:
        """Whether the request is about this type of object."""
