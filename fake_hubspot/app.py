"""The application: turns a request into a response in the steps that `fake_hubspot.context` describes.

Handlers are synchronous and work on state in this process. There is one event loop and there are no threads, so no
request sees half a write. A response without a fault is therefore computed at once and written in one piece
(`fast_path`). Requests that meet a fault, and servers other than the fake's own, use the ASGI interface.
"""

import gzip
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from email.utils import formatdate
from functools import lru_cache
from typing import Any

import msgspec

from bench_core.access import AccessPolicy, may_control
from bench_core.journal import JournalEntry
from bench_core.masking import Masking
from bench_core.wire import EXTENSION, HEADERS, Spelling, head_of, read_body
from fake_hubspot.authentication import AuthContext, Authenticator, bearer_token
from fake_hubspot.console import ConsoleOptions, start_page
from fake_hubspot.context import (
    Access,
    FaultHook,
    Handler,
    Headers,
    Message,
    Pending,
    RateClass,
    Request,
    RequestContext,
    Response,
    Route,
    Tenant,
    error_response,
)
from fake_hubspot.crm.domain_errors import as_hubspot_error
from fake_hubspot.errors import CoreError, NotFoundError, UnknownPortalError, UsageError
from fake_hubspot.http_errors import (
    HubSpotError,
    NotBuiltError,
    RateLimitError,
    credentials_not_found,
    method_not_allowed,
    not_found_page,
    uri_too_long,
)
from fake_hubspot.long_work import Held, LongWork
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.errors import PortalError
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal_registry import PortalRegistry
from fake_hubspot.routing import Later, Match, Router
from fake_hubspot.scopes import needed_scope
from fake_hubspot.webhook_sender import WebhookSender

__all__ = ["SPELLING", "App", "RequestListener"]

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

RequestListener = Callable[[RequestContext], None]

GZIP_FROM_BYTES = 1024
# Source: reader (PostHog #31617: about 16,300 characters).
MAX_QUERY_LENGTH = 16_250
# Looked up here once, because the attributes of an enum are slow and these are needed for every request.
TOKEN, CONTROL, PAGE = Access.TOKEN, Access.CONTROL, Access.PAGE
GENERAL, SEARCH, NO_RATE = RateClass.GENERAL, RateClass.SEARCH, RateClass.NONE
BODY_HEADERS = frozenset({b"content-length", b"transfer-encoding"})
HUBSPOT_NAMES = (b".hubapi.com", b".hubspot.com")
HEALTH = "/health"
# Source: recording (hubspot-api-ruby 2026-04; that version keeps the case), reader (hubspot3 3.2.56 looks for
# `Content-Encoding` only).
SPELLING = Spelling({b"cf": b"CF", b"hubspot": b"HubSpot", b"ratelimit": b"RateLimit", b"notfound": b"NotFound"})
# Who may set the target of a webhook must not control a fake by that.
SIGNATURE_HEADERS = frozenset({b"x-hubspot-signature", b"x-hubspot-signature-v3", b"x-hubspot-webhook"})
HINT_HEADER = b"x-fake-hubspot-unmatched"
# These are about every portal.
ABOUT_ALL = frozenset({"control.portals.list"})
# The key in the ASGI scope under which `fast_path` leaves a request that meets a fault.
OPENED = "fake_hubspot.opened"
# Source: recording (hubspot-api-ruby 2026-04).
EDGE_HEADERS: Headers = [
    (b"cf-cache-status", b"DYNAMIC"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains; preload"),
    (b"vary", b"origin, accept-encoding"),
    (b"access-control-allow-credentials", b"false"),
    (b"server", b"cloudflare"),
]


class _Opened(msgspec.Struct, frozen=True):
    """A request that is in the journal, with the fault that it meets or the work that it asks for."""

    context: RequestContext
    hook: FaultHook | None
    started: int
    pending: Pending | None = None


class UnknownHostError(HubSpotError):
    """The request names a host under which this server is not known."""


class App:
    """The fake as an application.

    Args:
        portals: The portals of this server.
        routes: The routes of HubSpot's API and of the control API.
        base: A router whose routes are served as well.
        later: Routes that are made when they are needed.
        control_token: Opens the control API to clients on other machines.
        policy: Refuses what pages of other sites make a browser send. Default: that of a server on loopback.
        console: What the browser pages need. With pages a browser is led to them from `/`; other clients get HubSpot's
            answer there.

    Attributes:
        listeners: Called for every request as soon as its response is known, before it is sent. They must not wait.
    """

    def __init__(
        self,
        portals: PortalRegistry,
        routes: Iterable[Route],
        *,
        base: Router | None = None,
        later: Iterable[Later] = (),
        control_token: str | None = None,
        policy: AccessPolicy | None = None,
        console: ConsoleOptions | None = None,
    ) -> None:
        self.portals = portals
        self._policy = policy or AccessPolicy()
        self._authenticator = Authenticator(portals)
        self.router = Router(routes, base=base, later=later)
        self.control_token = control_token
        self.listeners: list[RequestListener] = []
        self.long_work = LongWork()
        self.sender = WebhookSender()
        self.console = console or ConsoleOptions(portals, tuple)
        self._start_page = start_page() if console else None

    def fast_path(self, scope: Scope, body: bytes, *, keeps_alive: bool) -> bytes | None:
        """Return the whole response as bytes, or None if a fault steps in and the ASGI application must be called.

        The request is counted and recorded in the journal either way.

        Args:
            scope: The ASGI scope.
            body: The request's body.
            keeps_alive: Whether the connection stays open.
        """
        if self.long_work:
            return None
        opened = self._open(_request(scope, body))
        route = opened.context.route
        if opened.hook is not None or (route is not None and route.streams):
            scope[OPENED] = opened
            return None
        response = self._respond(opened.context)
        if isinstance(response, Pending):
            scope[OPENED] = msgspec.structs.replace(opened, pending=response)
            return None
        message = self._finish(opened, response)
        self._tell(opened.context)
        return head_of(message.status, message.headers, keeps_alive=keeps_alive, spelling=SPELLING) + message.body

    def close(self) -> None:
        """Wait for work that is going on, and close every portal."""
        self.long_work.join()
        self.portals.close()

    def _tell(self, context: RequestContext) -> None:
        for listener in self.listeners:
            listener(context)

    def wants_body(self, scope: Scope) -> bool:
        """Return whether the body of a request is looked at: not if its sender is refused anyway."""
        request = _request(scope, b"")
        route = self.router.match(request.method, request.path).route
        if route is None or route.access is TOKEN:
            return self._identified(request).error is None
        if route.access is CONTROL:
            try:
                self._check_control(request)
            except HubSpotError:
                return False
        return route.access is not PAGE or self._policy.page_refusal(request.method, request.headers) is None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request through the ASGI interface."""
        if scope["type"] != "http":
            return
        opened: _Opened | None = scope.pop(OPENED, None)
        if opened is None:
            body = await _body(scope, receive)
            if body is None:
                return
            request = _request(scope, body)
            while held := self._held_for(request):
                await held.done.wait()
            opened = self._open(request)
        context = opened.context
        context.wire = (scope.get("extensions") or {}).get(EXTENSION)
        response = opened.pending or await self._run_faults(opened)
        if isinstance(response, Pending):
            response = await self._work(context, response)
        if response is None:
            self._tell(context)
            return
        message = self._finish(opened, response)
        self._tell(context)
        if response.sending is not None:
            await response.sending(message)
            return
        if context.wire is not None:
            await context.wire.respond(message.status, message.headers, message.body)
            return
        await send({"type": "http.response.start", "status": message.status, "headers": message.headers})
        await send({"type": "http.response.body", "body": message.body})

    async def _work(self, context: RequestContext, pending: Pending) -> Response:
        tenant = context.tenant if pending.holds_portal else None
        return await self.long_work.run(lambda: self._answered(context, lambda _: pending.work()), tenant)

    def _held_for(self, request: Request) -> Held | None:
        """Return the portal that a request is about if it is being worked on, or any for a request about every one."""
        if not self.long_work:
            return None
        match = self.router.match(request.method, request.path)
        route = match.route
        if request.path.startswith("/oauth/") or (route and (route.access is PAGE or route.name in ABOUT_ALL)):
            return self.long_work.any()
        if route is not None and route.access is CONTROL:
            named = parse_id(match.params.get("portalId", ""))
            portal_id = self._controlled(request).portal.id if named is None else named
            return self.long_work.on(portal_id)
        by_token = self.long_work.by_token(bearer_token(request) or request.first("hapikey") or "")
        return by_token or self.long_work.on(self._identified(request).tenant.portal.id)

    async def _run_faults(self, opened: _Opened) -> Response | None:
        if opened.hook is None:
            return self._respond(opened.context)
        try:
            return await opened.hook.run(opened.context, self._respond)
        except CoreError as error:
            return self._refuse(opened.context, error)

    def _open(self, request: Request) -> _Opened:
        started = time.perf_counter_ns()
        context = self._context_of(request)
        meets_faults = context.route is None or not context.route.is_own
        is_known = context.auth_error is None
        hook = context.tenant.fault_hooks.match(context) if meets_faults and is_known else None
        if hook is not None:
            context.entry.fault = hook.name
        return _Opened(context, hook, started)

    def _context_of(self, request: Request) -> RequestContext:
        match = self.router.match(request.method, request.path)
        if match.route is None and self._start_page is not None and _is_browser_at_root(request):
            match = Match(self._start_page, {})
        access = None if match.route is None else match.route.access
        if access is CONTROL or access is PAGE:
            auth = AuthContext(self._controlled(request))
        else:
            auth = self._identified(request)
        portal = auth.tenant.portal
        entry = self._entry(request, portal, match.route is not None and match.route.is_own)
        context = RequestContext(
            request,
            match.route,
            match.params,
            auth.tenant,
            entry,
            # Looking at a page must not change which ids the portal draws next.
            "" if access is PAGE else portal.new_correlation_id(),
            token=auth.token,
            auth_error=auth.error,
            allowed=match.allowed,
        )
        entry.correlation_id = context.correlation_id
        if match.route is None:
            self._note_unmatched(context, match)
        else:
            entry.route = match.route.name
            if match.route.page_of:
                context.page = entry.page = match.route.page_of(context)
        return context

    def _identified(self, request: Request) -> AuthContext:
        """Return who sent a request for HubSpot. Clients may address the fake by HubSpot's own names too."""
        host = request.headers.get(b"host", b"")
        if self._policy.takes_host(host) or host.partition(b":")[0].lower().endswith(HUBSPOT_NAMES):
            return self._authenticator.identify(request)
        return AuthContext(
            self.portals.default, error=UnknownHostError(403, self._policy.refusal(request.headers) or "")
        )

    def _controlled(self, request: Request) -> Tenant:
        """Return the portal that a control request is about: the one that `?portal=` names, or the default one."""
        text = request.first("portal")
        return self.portals.get(parse_id(text or "")) or self.portals.default

    @staticmethod
    def _entry(request: Request, portal: Portal, is_private: bool) -> JournalEntry:
        """Return a journal entry. Requests to the fake's own paths are not recorded."""
        query = request.raw_query.decode("latin-1")
        if is_private:
            return JournalEntry(0, portal.clock.now_ms(), request.method, request.path, query)
        return portal.journal.open(at_ms=portal.clock.now_ms(), method=request.method, path=request.path, query=query)

    def _note_unmatched(self, context: RequestContext, match: Match) -> None:
        request = context.request
        if match.allowed:
            context.entry.hint = f"{request.path} answers {', '.join(match.allowed)}"
        else:
            context.entry.hint = f"nearest known route: {self.router.nearest(request.method, request.path)}"

    def _respond(self, context: RequestContext) -> Response:
        if self.long_work and (held := self.long_work.on(context.portal.id)):
            held.wait_in_thread()  # a fault has delayed the request until after the work has begun
        return self._answered(context, self._dispatch)

    def _answered(self, context: RequestContext, work: Handler) -> Response:
        """Return the response that some work computes, or the one to its error."""
        try:
            return work(context)
        except CoreError as error:
            return self._refuse(context, error)
        except Exception:
            masking = Masking(context.portal.access.secrets())
            logger.exception("%s %s failed", context.request.method, masking(context.request.path))
            return error_response(HubSpotError(500, "internal error"), context.correlation_id)

    @staticmethod
    def _refuse(context: RequestContext, error: CoreError) -> Response:
        """Return the response to an error. One that is no answer to a request is raised again."""
        if isinstance(error, HubSpotError):
            if isinstance(error, NotBuiltError):
                context.entry.hint = error.hint
            return error_response(error, context.correlation_id)
        if isinstance(error, PortalError):
            return error_response(as_hubspot_error(error, portal_id=context.portal.id), context.correlation_id)
        if isinstance(error, UsageError):
            return Response.of({"error": str(error)}, status=404 if isinstance(error, NotFoundError) else 400)
        raise error

    def _dispatch(self, context: RequestContext) -> Response:
        route = context.route
        if route is not None and route.access is CONTROL:
            self._check_control(context.request)
            self._check_portal(context)
        elif route is not None and route.access is PAGE:
            self._check_page(context.request)
        elif route is None or route.access is TOKEN:
            self._check_token(context)
        elif isinstance(context.auth_error, UnknownHostError) and context.request.path != HEALTH:
            raise context.auth_error
        if len(context.request.raw_query) > MAX_QUERY_LENGTH:
            raise uri_too_long()
        if route is None:
            raise method_not_allowed(context.allowed) if context.allowed else not_found_page()
        return route.handler(context)

    @staticmethod
    def _check_token(context: RequestContext) -> None:
        portal = context.portal
        if context.auth_error is not None or context.token is None:
            raise context.auth_error or credentials_not_found()
        portal.access.check(context.token, needs=None)
        is_search = context.route is not None and context.route.rate_class is SEARCH
        policy = portal.limits.admit(portal.clock.now_ms(), is_search=is_search)
        if policy is not None:
            wait = portal.assumptions["retry-after"]
            raise RateLimitError(policy, portal_id=portal.id, retry_after=None if wait == "absent" else wait)
        if context.token.scopes is not None:
            portal.access.check(context.token, needs=needed_scope(context))

    def _check_control(self, request: Request) -> None:
        if reason := self._policy.refusal(request.headers):
            raise HubSpotError(403, reason)
        if request.headers.keys() & SIGNATURE_HEADERS:
            raise HubSpotError(403, "the request is a webhook; webhooks do not control this server")
        if reason := self._policy.form_refusal(request.method, request.headers, has_body=bool(request.body)):
            raise HubSpotError(415, reason)
        if not may_control(request.headers, request.client_host, self.control_token):
            text = "the control API answers clients on this machine, or those with the control token"
            raise HubSpotError(403, text)

    def _check_page(self, request: Request) -> None:
        if request.headers.keys() & SIGNATURE_HEADERS:
            raise HubSpotError(403, "the request is a webhook; webhooks do not use pages")
        if reason := self._policy.page_refusal(request.method, request.headers):
            raise HubSpotError(403, reason)

    @staticmethod
    def _check_portal(context: RequestContext) -> None:
        wanted = context.request.first("portal")
        if wanted is not None and wanted != str(context.portal.id):
            raise UnknownPortalError(wanted)

    def _finish(self, opened: _Opened, response: Response) -> Message:
        """Build the message to send and complete the journal entry."""
        context = opened.context
        headers = self._headers(context, response)
        body = _encoded(context.request, response, headers)
        entry = context.entry
        entry.status = response.status if response.sends_status else 0
        if entry.ordinal:
            journal, is_short = context.portal.journal, not (response.headers or entry.hint)
            journal.keep_headers(entry, request=context.request.headers, response=headers, is_short=is_short)
            journal.keep_bodies(entry, request=context.request.body, response=response.body.raw)
        entry.took_us = (time.perf_counter_ns() - opened.started) // 1000
        return Message(response.status, headers, b"" if context.request.method == "HEAD" else body)

    def _headers(self, context: RequestContext, response: Response) -> Headers:
        portal = context.portal
        answered_ms = portal.clock.now_ms() if context.answered_ms is None else context.answered_ms
        headers: Headers = [(b"date", _date(answered_ms // 1000))]
        if response.content_type is not None:
            headers.append((b"content-type", response.content_type))
        headers += EDGE_HEADERS
        headers.append((b"x-hubspot-correlation-id", context.correlation_id.encode()))
        rate_class = GENERAL if context.route is None else context.route.rate_class
        if response.status != 401 and rate_class is not NO_RATE:
            is_oauth = context.token is not None and context.token.kind == "oauth"
            limits = portal.limits
            headers += (limits.headers if rate_class is GENERAL else limits.daily_headers)(is_oauth=is_oauth)
        if context.entry.hint:
            headers.append((HINT_HEADER, _header_safe(context.entry.hint)))
        if response.without:
            headers = [(name, value) for name, value in headers if not name.startswith(response.without)]
        return headers + response.headers


@lru_cache(maxsize=64)
def _date(seconds: int) -> bytes:
    return formatdate(seconds, usegmt=True).encode()


def _header_safe(text: str) -> bytes:
    """Return the text as a header value; line breaks and characters beyond ASCII become `?`."""
    return "".join(char if " " <= char <= "~" else "?" for char in text).encode()


def _is_browser_at_root(request: Request) -> bool:
    """Return whether a person opens the address of the server; programs send a token or do not ask for HTML."""
    if request.path != "/" or request.method not in ("GET", "HEAD") or b"authorization" in request.headers:
        return False
    return b"text/html" in request.headers.get(b"accept", b"")


def _encoded(request: Request, response: Response, headers: Headers) -> bytes:
    """Return the body to send, compressed if the client accepts it and it is worthwhile, and add its headers."""
    body = response.body
    content = body.raw
    if len(content) >= GZIP_FROM_BYTES and b"gzip" in request.headers.get(b"accept-encoding", b""):
        if body.compressed is None:
            body.compressed = gzip.compress(content, compresslevel=1, mtime=0)
        content = body.compressed
        headers.append((b"content-encoding", b"gzip"))
    if response.status != 204:
        headers.append((b"content-length", b"%d" % len(content)))
    return content


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    return await read_body(receive) if any(name in BODY_HEADERS for name, _ in scope["headers"]) else b""


def _request(scope: Scope, body: bytes) -> Request:
    client = scope.get("client") or ("", 0)
    headers = scope.get(HEADERS)
    if headers is None:
        headers = dict(scope["headers"])
    return Request(
        scope["method"], scope["path"], scope.get("query_string", b""), headers, body, scope["scheme"], *client
    )
