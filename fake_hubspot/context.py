"""One request and its response as plain values, and the hook through which faults step in.

`fake_hubspot.app` handles every request in these steps:

1. Read the request into a `Request`, find the `Route`, and let the access token select the `Tenant` (a portal with its
   faults).
2. Open a journal entry (`context.entry`). The set of faults may read it and put its name there (`entry.fault`).
3. Call `tenant.fault_hooks.match(context)` once. None is the fast path: `respond(context)`, then send.
4. Otherwise run the `FaultHook`: `await hook.run(context, respond)`. It may
   - **precede**: `await` something (a delay) or change the portal, then call `respond(context)`;
   - **replace**: return a `Response` of its own and never call `respond`;
   - **alter**: call `respond(context)` and return a changed `Response`;
   - **send by itself**: put a `sending` into the `Response`. It gets the `Message`, which holds the exact bytes to send
     (compressed if the client accepts that), and writes what it wants to `context.wire`;
   - **give up**: return None because the connection is gone. Nothing is sent then.
   `respond` is synchronous, returns the unaltered `Response` (errors included) and may be called more than once.

Everything that a fault can select by is in the context: `route.name` (for instance `objects.list`),
`params["objectType"]`, `page` (for a list: the page of a walk, from 1; a retry keeps its number), `entry.ordinal` (the
number of the request in the portal's journal), and the request itself. Requests that select no portal (no token or an
unknown one) meet no fault.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl

import msgspec

from fake_hubspot.http_errors import HtmlError, HubSpotError
from fake_hubspot.page_cache import PageCache
from fake_hubspot.portal.access import Token
from fake_hubspot.portal.journal import JournalEntry
from fake_hubspot.portal.portal import Portal

if TYPE_CHECKING:
    from fake_hubspot.protocol import Wire

__all__ = [
    "ANY_SCOPE",
    "Access",
    "Body",
    "FaultHook",
    "FaultHooks",
    "Message",
    "Operation",
    "Param",
    "RateClass",
    "Request",
    "RequestContext",
    "Response",
    "Route",
    "Tenant",
    "control_route",
    "open_route",
    "page_route",
]

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
    def of_error(cls, error: HubSpotError, correlation_id: str) -> "Response":
        """Return HubSpot's response for an error: HTML where HubSpot sends HTML, otherwise its JSON envelope."""
        content = error.page() if isinstance(error, HtmlError) else _encode(error.body(correlation_id))
        return cls(error.status, Body(content), error.content_type, list(error.headers))

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
        error: The shape of a 400 if it is not HubSpot's common one.
    """

    query: tuple[Param, ...] = ()
    body: Any = None
    response: Any = None
    statuses: tuple[int, ...] = (200,)
    error: Any = None


class RequestContext(msgspec.Struct):
    """One request on its way through the fake.

    Attributes:
        token: The access token of the request.
        auth_error: The error that a route for token holders answers if there is no usable token.
        answered_ms: When the response was ready, for its `Date`, if the portal's clock moved after that.

    Units: `answered_ms` is in milliseconds since 1970.
    """

    request: Request
    route: "Route | None"
    params: Mapping[str, str]
    tenant: "Tenant"
    entry: JournalEntry
    correlation_id: str
    wire: "Wire | None" = None
    page: int | None = None
    token: Token | None = None
    auth_error: HubSpotError | None = None
    allowed: tuple[str, ...] = ()
    answered_ms: int | None = None

    @property
    def portal(self) -> Portal:
        """The portal that the access token selected."""
        return self.tenant.portal


Handler = Callable[[RequestContext], Response]


PLAIN = Operation()


class RateClass(Enum):
    """Which of the portal's rate limits count a request."""

    GENERAL = "general"
    SEARCH = "search"
    NONE = "none"


class Access(Enum):
    """Who may use a route: holders of an access token, everyone, or the person who runs the fake.

    That person's programs use the control API, and the browser the pages, which have forms.
    """

    TOKEN = "token"  # noqa: S105 - no secret
    OPEN = "open"
    CONTROL = "control"
    PAGE = "page"


# A route with this scope can be used with any access token.
ANY_SCOPE = ""


class Route(msgspec.Struct, frozen=True):
    """A path template and what answers it.

    Scope and rate class have no defaults, so that no route of HubSpot's API can forget them. Routes that HubSpot does
    not have are made with `control_route`; those that need no token with `open_route`.

    Attributes:
        scope: The scope that the access token needs, or `ANY_SCOPE`. `{family}` stands for the object type in the path.
        is_own: Whether the route belongs to the fake itself. HubSpot does not have it, so no fault is injected there,
            and the journal does not record its requests.
        page_of: Tells which page of a walk a request asks for, if the route pages.
        streams: Whether the handler's response has a `sending` that goes on after the handler has returned.
    """

    name: str
    method: str
    template: str
    handler: Handler
    scope: str
    rate_class: RateClass
    access: Access = Access.TOKEN
    summary: str = ""
    operation: Operation = PLAIN
    page_of: "Callable[[RequestContext], int] | None" = None
    is_own: bool = False
    streams: bool = False


def control_route(
    name: str, method: str, template: str, handler: Handler, *, summary: str = "", operation: Operation = PLAIN
) -> Route:
    """Make a route of the control API."""
    return Route(
        f"control.{name}",
        method,
        template,
        handler,
        scope=ANY_SCOPE,
        rate_class=RateClass.NONE,
        access=Access.CONTROL,
        summary=summary,
        operation=operation,
        is_own=True,
    )


def open_route(
    name: str,
    method: str,
    template: str,
    handler: Handler,
    *,
    summary: str = "",
    operation: Operation = PLAIN,
    is_own: bool = False,
) -> Route:
    """Make a route that needs no access token."""
    return Route(
        name,
        method,
        template,
        handler,
        scope=ANY_SCOPE,
        rate_class=RateClass.NONE,
        access=Access.OPEN,
        summary=summary,
        operation=operation,
        is_own=is_own,
    )


def page_route(name: str, method: str, template: str, handler: Handler, *, streams: bool = False) -> Route:
    """Make a route of the browser pages. Its handler checks who sends the request, and the token of a form."""
    return Route(
        f"page.{name}",
        method,
        template,
        handler,
        scope=ANY_SCOPE,
        rate_class=RateClass.NONE,
        access=Access.PAGE,
        is_own=True,
        streams=streams,
    )


class FaultHook(Protocol):
    """A fault that matched one request."""

    @property
    def name(self) -> str:
        """The fault's name as the journal shows it."""

    async def run(self, context: RequestContext, respond: Handler) -> Response | None:
        """Precede, replace or alter the response; return None if nothing is left to send."""


class FaultHooks(Protocol):
    """The faults that are set for one portal."""

    def match(self, context: RequestContext) -> FaultHook | None:
        """Return the fault that this request meets, if any. The request is counted here."""


class NoFaultHooks:
    """The faults of a portal that has none."""

    def match(self, context: RequestContext) -> FaultHook | None:  # noqa: ARG002 - the protocol's signature
        """Return None: nothing matches."""
        return None


class Tenant(msgspec.Struct, eq=False):
    """A portal with what belongs to it on this server: its faults, its current scenario, its cached pages."""

    portal: Portal
    fault_hooks: FaultHooks = msgspec.field(default_factory=NoFaultHooks)
    scenario: str = "success"
    pages: PageCache[Any] = msgspec.field(default_factory=PageCache)

    @property
    def token(self) -> str:
        """The access token that the portal was made with."""
        return self.portal.config.token
