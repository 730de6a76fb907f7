"""The application: from a request to an answer in the steps that `fake_hubspot.exchange` describes.

Handlers are synchronous and work on state in this process: one event loop, no threads, so no request sees half a write.
So an answer that meets no fault is made at once and handed to the wire in one piece (`at_once`); where a fault steps
in, and under a server other than its own, the application is called as ASGI has it.
"""

import gzip
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from email.utils import formatdate
from functools import lru_cache
from typing import Any

import msgspec

from fake_hubspot.errors import (
    FakeHubSpotError,
    HubSpotError,
    RateLimitError,
    UnknownPortalError,
    UsageError,
    method_not_allowed,
    not_found_page,
    uri_too_long,
)
from fake_hubspot.exchange import Call, Exchange, Headers, Intervention, Message, Reply, Route, Tenant
from fake_hubspot.host import Host
from fake_hubspot.portal.journal import Entry
from fake_hubspot.portal.portal import Portal
from fake_hubspot.protocol import EXTENSION, head_of
from fake_hubspot.routing import Match, Router
from fake_hubspot.scopes import needed_scope
from fake_hubspot.tenants import Caller, credentials_not_found

__all__ = ["App"]

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

GZIP_FROM_BYTES = 1024
# Source: reader (PostHog #31617: about 16,300 characters).
LONGEST_QUERY = 16_250
# What the real HubSpot does not have; no fault strikes there.
OWN_PATHS = ("/_fake/", "/health")
SAYS_BODY = frozenset({b"content-length", b"transfer-encoding"})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost", "::ffff:127.0.0.1"})
HINT_HEADER = b"x-fake-hubspot-unmatched"
# Where a request that was begun by `at_once` and meets a fault waits for its end.
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
    """A request that is in the journal, and the fault it meets."""

    exchange: Exchange
    intervention: Intervention | None
    started: int


class App:
    """The fake as an application. `control_token` opens the control API to callers from other machines."""

    def __init__(self, host: Host, routes: Iterable[Route], *, control_token: str | None = None) -> None:
        self.host = host
        self.tenants = host.tenants
        self.router = Router(routes)
        self.control_token = control_token

    def at_once(self, scope: Scope, body: bytes, *, keeps_alive: bool) -> bytes | None:
        """The whole answer as it goes over the wire; None where a fault steps in, then the application is to be called.

        `scope` is ASGI's. The request is counted and in the journal either way.
        """
        opened = self._open(_call(scope, body))
        if opened.intervention is not None:
            scope[OPENED] = opened
            return None
        message = self._finish(opened, self._answer(opened.exchange))
        return head_of(message.status, message.headers, keeps_alive=keeps_alive) + message.body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request as ASGI has it."""
        if scope["type"] != "http":
            return
        opened: _Opened = scope.pop(OPENED, None) or self._open(_call(scope, await _body(scope, receive)))
        exchange = opened.exchange
        exchange.wire = (scope.get("extensions") or {}).get(EXTENSION)
        reply = await self._reply(opened)
        if reply is None:
            return
        message = self._finish(opened, reply)
        if reply.sending is not None:
            await reply.sending(message)
            return
        await send({"type": "http.response.start", "status": message.status, "headers": message.headers})
        await send({"type": "http.response.body", "body": message.body})

    async def _reply(self, opened: _Opened) -> Reply | None:
        if opened.intervention is None:
            return self._answer(opened.exchange)
        return await opened.intervention.run(opened.exchange, self._answer)

    def _open(self, call: Call) -> _Opened:
        started = time.perf_counter_ns()
        exchange = self._exchange(call)
        route = exchange.route
        meets_faults = route is None or not route.template.startswith(OWN_PATHS)
        is_known = exchange.refusal is None
        intervention = exchange.tenant.interventions.match(exchange) if meets_faults and is_known else None
        if intervention is not None:
            exchange.entry.fault = intervention.name
        return _Opened(exchange, intervention, started)

    def _exchange(self, call: Call) -> Exchange:
        match = self.router.match(call.method, call.path)
        is_control = match.route is not None and match.route.access == "control"
        caller = Caller(self._controlled(call)) if is_control else self.tenants.identify(call)
        portal = caller.tenant.portal
        entry = self._entry(call, portal, is_control or (match.route is not None and match.route.name == "health"))
        exchange = Exchange(
            call,
            match.route,
            match.params,
            caller.tenant,
            entry,
            portal.new_correlation_id(),
            token=caller.token,
            refusal=caller.refusal,
            allowed=match.allowed,
        )
        entry.correlation_id = exchange.correlation_id
        if match.route is None:
            self._note_unmatched(exchange, match)
        else:
            entry.route = match.route.name
            if match.route.page_of:
                exchange.page = entry.page = match.route.page_of(exchange)
        return exchange

    def _controlled(self, call: Call) -> Tenant:
        """The portal that a control request is about: `?portal=`, or the default one."""
        text = call.first("portal")
        known = self.tenants.get(int(text)) if text and text.isascii() and text.isdecimal() else None
        return known or self.tenants.default

    @staticmethod
    def _entry(call: Call, portal: Portal, is_private: bool) -> Entry:
        """A journal entry; what the person at the machine asks for is in no journal."""
        query = call.raw_query.decode("latin-1")
        if is_private:
            return Entry(0, portal.clock.now_ms(), call.method, call.path, query)
        return portal.journal.open(at_ms=portal.clock.now_ms(), method=call.method, path=call.path, query=query)

    def _note_unmatched(self, exchange: Exchange, match: Match) -> None:
        call = exchange.call
        if match.allowed:
            exchange.entry.hint = f"{call.path} answers {', '.join(match.allowed)}"
        else:
            exchange.entry.hint = f"nearest known route: {self.router.nearest(call.method, call.path)}"

    def _answer(self, exchange: Exchange) -> Reply:
        try:
            return self._dispatch(exchange)
        except HubSpotError as error:
            return Reply.of_error(error, exchange.correlation_id)
        except UsageError as error:
            return Reply.of({"error": str(error)}, status=error.status)
        except FakeHubSpotError:
            raise
        except Exception:
            logger.exception("%s %s failed", exchange.call.method, exchange.call.path)
            return Reply.of_error(HubSpotError(500, "internal error"), exchange.correlation_id)

    def _dispatch(self, exchange: Exchange) -> Reply:
        route = exchange.route
        if route is not None and route.access == "control":
            self._check_control(exchange.call)
            self._check_portal(exchange)
        elif route is None or route.access == "token":
            self._check_token(exchange)
        if len(exchange.call.raw_query) > LONGEST_QUERY:
            raise uri_too_long()
        if route is None:
            raise method_not_allowed(exchange.allowed) if exchange.allowed else not_found_page()
        return route.handler(exchange)

    @staticmethod
    def _check_token(exchange: Exchange) -> None:
        portal = exchange.portal
        if exchange.refusal is not None or exchange.token is None:
            raise exchange.refusal or credentials_not_found()
        portal.access.check(exchange.token, needs=None)
        is_search = exchange.route is not None and exchange.route.name == "objects.search"
        policy = portal.limits.admit(portal.clock.now_ms(), is_search=is_search)
        if policy is not None:
            wait = portal.core.assumptions["retry-after"]
            raise RateLimitError(policy, portal_id=portal.id, retry_after=None if wait == "absent" else wait)
        if exchange.token.scopes is not None:
            portal.access.check(exchange.token, needs=needed_scope(exchange))

    def _check_control(self, call: Call) -> None:
        if call.client_host in LOOPBACK and self.control_token is None:
            return
        given = call.headers.get(b"x-fake-hubspot-control-token", b"").decode("latin-1")
        if self.control_token is None or given != self.control_token:
            text = "the control API answers callers on this machine, or those with the control token"
            raise HubSpotError(403, text)

    @staticmethod
    def _check_portal(exchange: Exchange) -> None:
        wanted = exchange.call.first("portal")
        if wanted is not None and wanted != str(exchange.portal.id):
            raise UnknownPortalError(wanted)

    def _finish(self, opened: _Opened, reply: Reply) -> Message:
        """The answer as it goes out, noted in the journal."""
        exchange = opened.exchange
        headers = self._headers(exchange, reply)
        body = _encoded(exchange.call, reply, headers)
        entry = exchange.entry
        entry.status = reply.status
        entry.request_headers = list(exchange.call.headers.items())
        entry.response_headers = headers
        if entry.ordinal:
            exchange.portal.journal.keep_bodies(entry, request=exchange.call.body, response=reply.body.raw)
        entry.took_us = (time.perf_counter_ns() - opened.started) // 1000
        return Message(reply.status, headers, b"" if exchange.call.method == "HEAD" else body)

    def _headers(self, exchange: Exchange, reply: Reply) -> Headers:
        portal = exchange.portal
        headers: Headers = [(b"date", _date(portal.clock.now_ms() // 1000))]
        if reply.content_type is not None:
            headers.append((b"content-type", reply.content_type))
        headers += EDGE_HEADERS
        headers.append((b"x-hubspot-correlation-id", exchange.correlation_id.encode()))
        if reply.status != 401 and _tells_limits(exchange.route):
            is_oauth = exchange.token is not None and exchange.token.kind == "oauth"
            headers += portal.limits.headers(is_oauth=is_oauth)
        if exchange.entry.hint:
            headers.append((HINT_HEADER, _header_safe(exchange.entry.hint)))
        if reply.without:
            headers = [(name, value) for name, value in headers if not name.startswith(reply.without)]
        return headers + reply.headers


@lru_cache(maxsize=64)
def _date(seconds: int) -> bytes:
    return formatdate(seconds, usegmt=True).encode()


def _header_safe(text: str) -> bytes:
    """The text as a header value; what a path smuggled in (line breaks, other alphabets) becomes `?`."""
    return "".join(char if " " <= char <= "~" else "?" for char in text).encode()


def _tells_limits(route: Route | None) -> bool:
    """Whether an answer carries the rate-limit headers. Source: docs (search does not)."""
    return route is None or (route.access == "token" and route.name != "objects.search")


def _encoded(call: Call, reply: Reply, headers: Headers) -> bytes:
    """The body as it goes out, compressed where the caller accepts it and it pays; adds its headers."""
    body = reply.body
    content = body.raw
    if len(content) >= GZIP_FROM_BYTES and b"gzip" in call.headers.get(b"accept-encoding", b""):
        if body.compressed is None:
            body.compressed = gzip.compress(content, compresslevel=1, mtime=0)
        content = body.compressed
        headers.append((b"content-encoding", b"gzip"))
    if reply.status != 204:
        headers.append((b"content-length", b"%d" % len(content)))
    return content


async def _body(scope: Scope, receive: Receive) -> bytes:
    body = b""
    more = any(name in SAYS_BODY for name, _ in scope["headers"])
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _call(scope: Scope, body: bytes) -> Call:
    client = scope.get("client") or ("", 0)
    headers = dict(scope["headers"])
    return Call(
        scope["method"], scope["path"], scope.get("query_string", b""), headers, body, scope["scheme"], client[0]
    )
