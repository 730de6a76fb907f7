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
`object_type`, `page` (for a list: the page of a walk, from 1; a retry keeps its number), `entry.ordinal` (the
number of the request in the portal's journal), and the request itself. Requests that select no portal (no token or an
unknown one) meet no fault.
"""

from collections.abc import Callable, Hashable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from bench_core.exchange import (
    JSON,
    Body,
    Headers,
    Message,
    Operation,
    Param,
    Request,
    Response,
    parse_query,
)
from bench_core.journal import Journal, JournalEntry
from bench_core.masking import Masking
from bench_core.targets import TargetPolicy
from fake_hubspot.http_errors import HtmlError, HubSpotError, credentials_not_found, not_found_page
from fake_hubspot.page_cache import PageCache
from fake_hubspot.portal.access import Token
from fake_hubspot.portal.portal import Portal

if TYPE_CHECKING:
    from bench_core.wire import Wire

__all__ = [
    "ANY_SCOPE",
    "JSON",
    "Access",
    "Body",
    "FaultHook",
    "FaultHooks",
    "Handler",
    "Headers",
    "Message",
    "Operation",
    "Param",
    "Pending",
    "RateClass",
    "Request",
    "RequestContext",
    "Response",
    "Route",
    "Tenant",
    "control_route",
    "error_response",
    "open_route",
    "page_route",
    "parse_query",
]

# The errors that HubSpot answers in a form of its own, by the names that faults give them.
ERRORS_BY_KIND: Mapping[str, Callable[[], HubSpotError]] = {
    "unauthorized": credentials_not_found,
    "not-found-page": not_found_page,
}


def error_response(error: HubSpotError, correlation_id: str) -> Response:
    """Return HubSpot's response for an error: HTML where HubSpot sends HTML, otherwise its JSON envelope."""
    if isinstance(error, HtmlError):
        return Response(error.status, Body(error.page()), error.content_type, list(error.headers))
    response = Response.of(error.body(correlation_id), status=error.status, headers=error.headers)
    response.content_type = error.content_type
    return response


class RequestContext(msgspec.Struct):
    """One request on its way through the fake.

    Attributes:
        token: The access token of the request.
        auth_error: The error that a route for token holders answers if there is no usable token.
        answered_ms: When the response was ready, for its `Date`, if the portal's clock moved after that.
        place: The names of the walk that the request belongs to and its cursor, once somebody asked for them.

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
    place: tuple[tuple[Hashable, ...], str | None] | None = None

    @property
    def portal(self) -> Portal:
        """The portal that the access token selected."""
        return self.tenant.portal

    @property
    def route_name(self) -> str:
        """The name of the route, empty if there is none."""
        return self.route.name if self.route else ""

    @property
    def object_type(self) -> str:
        """The type of the records that the request is about, as the path spells it; empty if it is about none."""
        named = self.route.object_type if self.route else ""
        return named or self.params.get("objectType", "")

    @property
    def journal(self) -> Journal:
        """The requests of the portal."""
        return self.portal.journal

    def masking(self) -> Masking:
        """Return what masks the secrets of the portal."""
        return Masking(self.portal.access.secrets())

    def now_ms(self) -> int:
        """Return the time of the portal's clock."""
        return self.portal.clock.now_ms()

    def error(
        self,
        status: int,
        message: str,
        *,
        category: str | None = None,
        kind: str = "",
        headers: Headers | None = None,
    ) -> Response:
        """Return an error response as HubSpot words it."""
        known = ERRORS_BY_KIND.get(kind)
        error = HubSpotError(status, message, category=category, headers=headers or ()) if known is None else known()
        return error_response(error, self.correlation_id)

    def is_of_type(self, object_type: str) -> bool:
        """Whether the request is for objects of this type, however the two are spelled."""
        types, spelled = self.portal.types, self.object_type
        wanted, given = types.find_leniently(object_type), types.find(spelled)
        return spelled == object_type if wanted is None or given is None else wanted is given

    def takes(self, name: str) -> bool:
        """Whether the route has a query parameter."""
        return self.route is not None and any(param.name == name for param in self.route.operation.query)


Handler = Callable[[RequestContext], Response]


class Pending(Response, kw_only=True):
    """A response that takes long to compute. The application does that in a thread, where other portals do not wait.

    Attributes:
        work: Returns the response. It may raise what a handler may raise.
        holds_portal: Whether requests for the portal wait until then.
    """

    work: Callable[[], Response]
    holds_portal: bool = True

    @classmethod
    def on(cls, work: Callable[[], Response], *, holds_portal: bool = True) -> "Pending":
        """Return the response to some work."""
        return cls(202, Body(b""), work=work, holds_portal=holds_portal)


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
        is_shallow: Whether the route keeps and returns what it is given, without HubSpot's rules behind it.
        object_type: The type of its records if the path does not name it, as in the lists of older APIs.
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
    is_shallow: bool = False
    object_type: str = ""


def control_route(
    name: str,
    method: str,
    template: str,
    handler: Handler,
    *,
    summary: str = "",
    operation: Operation = PLAIN,
    streams: bool = False,
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
        streams=streams,
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
    """A portal with what belongs to it on this server: faults, scenario, cached pages, and where it may send."""

    portal: Portal
    fault_hooks: FaultHooks = msgspec.field(default_factory=NoFaultHooks)
    scenario: str = "success"
    pages: PageCache[Any] = msgspec.field(default_factory=PageCache)
    targets: TargetPolicy = TargetPolicy(option="--webhook-host")

    @property
    def token(self) -> str:
        """The access token that the portal was made with."""
        return self.portal.config.token
