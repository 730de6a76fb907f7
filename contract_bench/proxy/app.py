"""The proxy as an application: requests to the upstream, the faults in front of it, and the control API."""

import asyncio
import gzip
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

import msgspec

from bench_core.access import AccessPolicy, may_control
from bench_core.control.faults import fault_operations
from bench_core.control.journal import journal_operations
from bench_core.control.operations import CONTROL_PREFIX
from bench_core.errors import NotFoundError, UsageError
from bench_core.exchange import JSON, Body, Headers, Message, Request, Response
from bench_core.faults.fault_set import FiredFaults
from bench_core.journal import JournalEntry
from bench_core.wire import EXTENSION, Wire, read_body
from contract_bench.proxy.address import Address
from contract_bench.proxy.connection import NO_BODY
from contract_bench.proxy.context import ProxyContext, ProxyState, route_of
from contract_bench.proxy.errors import UpstreamError
from contract_bench.proxy.links import LinkRewriter, without_gzip
from contract_bench.proxy.pass_through import HOP_BY_HOP, Passed, PassThrough, Upload, error_message
from contract_bench.proxy.pool import UpstreamPool
from contract_bench.proxy.protocol import ProxyProtocol

if TYPE_CHECKING:
    from contract_bench.proxy.console import ProxyConsole

__all__ = ["Altered", "Exchanged", "ProxyApp", "ProxyOptions"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
CONTROL = CONTROL_PREFIX
HEALTH = f"{CONTROL}health"
FAULTS = tuple(f"{CONTROL}faults".split("/"))
RESET = f"{CONTROL}reset"
PAGES = f"{CONTROL}ui"
OPENED = "contract_bench.proxy.opened"
# A fault acts on a whole response. A longer one cannot be altered, which is an error and not silently no fault.
MOST_ALTERED_BYTES = 64 * 1024 * 1024
MOST_HELD_UPLOAD_BYTES = 64 * 1024 * 1024
GZIP_FROM_BYTES = 1024
NOT_FORWARDED = HOP_BY_HOP | {b"host", b"expect"}


class Exchanged(msgspec.Struct, frozen=True):
    """A request and the response of the upstream itself, for a recording. Bodies are not compressed."""

    request: Request
    status: int
    headers: Headers
    body: bytes
    at_ms: int


class Altered(msgspec.Struct, frozen=True):
    """What faults made of a response.

    Attributes:
        fault_ids: The faults that fired.
        is_same: Whether they left it as it was, because they do not apply to it.
    """

    fault_ids: tuple[str, ...]
    original: Response
    sent: Response
    is_same: bool


class ProxyOptions(msgspec.Struct, frozen=True):
    """How the proxy works.

    Attributes:
        rewrites_links: Whether links to the upstream in its responses are made to lead to the proxy.
        timeout_s: How long the upstream may be silent.
        control_token: Opens the control API to other machines.
        on_request: Called for each request when its response is known.
        on_exchange: Takes what the upstream itself answered, for a recording.
        on_altered: Called for each response of the upstream that met a fault.
        journal_capacity: How many requests are kept.
        max_body_bytes: The bound on a request's body if it must be held, for a fault or a recording.
    """

    rewrites_links: bool = True
    timeout_s: float = 120.0
    control_token: str | None = None
    on_request: Callable[[ProxyContext], None] | None = None
    on_exchange: Callable[[Exchanged], None] | None = None
    on_altered: Callable[[Altered], None] | None = None
    journal_capacity: int = 1000
    max_body_bytes: int = MOST_HELD_UPLOAD_BYTES


class _Opened(msgspec.Struct, frozen=True):
    context: ProxyContext
    hook: FiredFaults | None
    started: int
    target: bytes


class ProxyApp:
    """The application of one proxy.

    Attributes:
        state: Journal and faults.
        unchanged: How many fired faults left the upstream's response as it was, because they do not apply to it.
    """

    def __init__(
        self, address: Address, options: ProxyOptions | None = None, *, policy: AccessPolicy | None = None
    ) -> None:
        self.address = address
        self.options = options or ProxyOptions()
        self.state = ProxyState(journal_capacity=self.options.journal_capacity)
        self.pool = UpstreamPool(address)
        self.unchanged = 0
        self._policy = policy or AccessPolicy()
        through_proxy = address.proxy is not None and address.tls is None
        self._target_prefix = (address.url if through_proxy else address.path).encode()
        login = address.proxy.authorization if through_proxy and address.proxy else b""
        self._fixed = b"Host: %b\r\n" % address.authority.encode()
        self._fixed += b"Proxy-Authorization: %b\r\n" % login if login else b""
        self._rewriters: dict[str, LinkRewriter] = {}
        self._page: ProxyConsole | None = None
        self._control = {
            (each.method, tuple(each.path.split("/"))): each.handler
            for each in (*fault_operations(lambda _: self.state.faults), *journal_operations("contract-bench proxy"))
        }

    def fast_path(self, scope: Scope, body: bytes, *, keeps_alive: bool) -> bytes | None:
        """Leave every request to the application; `start` has opened it."""
        del scope, body, keeps_alive
        return None

    @property
    def max_body_bytes(self) -> int:
        """The bound on a request's body that is held in memory."""
        return self.options.max_body_bytes

    def start_upload(
        self, scope: Scope, client: ProxyProtocol, upload: Upload, *, keeps_alive: bool, speaks_1_1: bool
    ) -> PassThrough | None:
        """Return a response that is passed through while the body of the request is still coming.

        None if the body has to be held: for the control API, a recording, a fault, or rules that compare bodies.
        """
        counts_bodies = any(armed.rule.where.per == "page" for armed in self.state.faults)
        if scope["path"].startswith(CONTROL) or self.options.on_exchange is not None or counts_bodies:
            return None
        opened = self._open(scope, b"")
        if opened.hook is not None:
            scope[OPENED] = opened
            return None
        return self._pass_through(opened, client, keeps_alive=keeps_alive, speaks_1_1=speaks_1_1, upload=upload)

    def start(
        self, scope: Scope, body: bytes, client: ProxyProtocol, *, keeps_alive: bool, speaks_1_1: bool
    ) -> PassThrough | None:
        """Return a response that is passed through; None for the control API and for requests that meet a fault."""
        if scope["path"].startswith(CONTROL):
            return None
        if OPENED in scope:  # it met a fault before its body came
            return None
        opened = self._open(scope, body)
        if opened.hook is not None:
            scope[OPENED] = opened
            return None
        return self._pass_through(opened, client, keeps_alive=keeps_alive, speaks_1_1=speaks_1_1)

    def give_up(self, scope: Scope, *, is_refused: bool) -> None:
        """Complete the journal entry of a request that met a fault, and ended before its body was complete."""
        opened: _Opened | None = scope.pop(OPENED, None)
        if opened is not None:
            self._give_up(opened, is_refused=is_refused)

    def _give_up(self, opened: _Opened, *, is_refused: bool) -> None:
        if opened.hook is not None:  # it has not acted, and must not look as if it had
            opened.hook.take_back()
            opened.context.entry.fault, opened.context.entry.injected = "", ()
        if is_refused:
            problem = f"expected a body of at most {self.max_body_bytes} bytes; a fault would have to hold it"
            self._note(opened, 413, [], b"", problem)
        else:
            self._note(opened, 0, [], b"", "the client disconnected")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        del send
        if scope["type"] != "http":
            return
        wire: Wire = scope["extensions"][EXTENSION]
        opened: _Opened | None = scope.pop(OPENED, None)
        body = await read_body(receive)
        if body is None:
            if opened is not None:
                self._give_up(opened, is_refused=wire.protocol.is_refused)
            return
        if opened is None and scope["path"].startswith(CONTROL):
            request = _request(scope, body)
            response = self._controlled(request, wire)
            message = _message(request, response)
            if response.sending is not None:
                await response.sending(message)
            else:
                await wire.respond(message.status, message.headers, message.body)
            return
        opened = opened or self._open(scope, body)
        opened.context.request.body = body
        opened.context.wire = wire
        if opened.hook is not None:
            await self._run_faults(opened, opened.hook, wire)
        else:
            await self._pass_on(opened, wire, speaks_1_1=scope.get("http_version") != "1.0")

    def _open(self, scope: Scope, body: bytes) -> _Opened:
        started = time.perf_counter_ns()
        request = _request(scope, body)
        query = request.raw_query.decode("latin-1")
        now_ms = time.time_ns() // 1_000_000
        entry = self.state.journal.open(at_ms=now_ms, method=request.method, path=request.path, query=query)
        entry.route = route_of(request.method, request.path)
        self.state.note_secrets(request.headers)
        context = ProxyContext(request, entry, self.state)
        hook = self.state.faults.match(context)
        if hook is not None:
            entry.fault = hook.name
        return _Opened(context, hook, started, scope.get("raw_path") or request.path.encode())

    def _pass_through(
        self,
        opened: _Opened,
        client: ProxyProtocol,
        *,
        keeps_alive: bool,
        speaks_1_1: bool,
        upload: Upload | None = None,
    ) -> PassThrough:
        request = opened.context.request
        return PassThrough(
            self.pool,
            client,
            self._request_bytes(opened, request.headers, has_upload=upload is not None),
            request.method,
            upload=upload,
            rewriter=self._rewriter(request),
            timeout_s=self.options.timeout_s,
            keeps_all=self.options.on_exchange is not None,
            speaks_1_1=speaks_1_1,
            keeps_alive=keeps_alive,
            on_end=lambda passed: self._passed(opened, passed),
        )

    async def _pass_on(self, opened: _Opened, wire: Wire, *, speaks_1_1: bool) -> None:
        """Pass a response through for a request that had to wait for its turn."""
        client = wire.protocol
        assert isinstance(client, ProxyProtocol)  # noqa: S101 - the server uses no other protocol
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        wire.take()
        client.on_passed = done.set_result
        keeps_alive = wire.keeps_alive
        client.passing = self._pass_through(opened, client, keeps_alive=keeps_alive, speaks_1_1=speaks_1_1)
        client.passing.start()
        if await done:
            wire.keep()
        else:
            wire.close()

    def _request_bytes(self, opened: _Opened, headers: Any, *, has_upload: bool = False) -> bytes:
        """Return the request as the upstream gets it; with an upload, without its body."""
        request = opened.context.request
        query = b"?" + request.raw_query if request.raw_query else b""
        fields = [b"%b: %b\r\n" % (name, value) for name, value in headers.items() if name not in NOT_FORWARDED]
        if has_upload and b"transfer-encoding" in headers:
            fields.append(b"transfer-encoding: chunked\r\n")
        elif has_upload:
            fields.append(b"content-length: %b\r\n" % headers[b"content-length"])
        elif request.body or request.method in ("POST", "PUT", "PATCH"):
            fields.append(b"content-length: %d\r\n" % len(request.body))
        return b"%b %b%b%b HTTP/1.1\r\n%b%b\r\n%b" % (
            request.method.encode(),
            self._target_prefix,
            opened.target,
            query,
            self._fixed,
            b"".join(fields),
            request.body,
        )

    def _rewriter(self, request: Request) -> LinkRewriter | None:
        if not self.options.rewrites_links:
            return None
        origin = request.origin
        if origin not in self._rewriters:
            if len(self._rewriters) > 100:  # a client may send any `Host`
                self._rewriters.clear()
            self._rewriters[origin] = LinkRewriter(self.address.url, origin)
        return self._rewriters[origin]

    def _passed(self, opened: _Opened, passed: Passed) -> None:
        """Complete the journal entry of a response that was passed through."""
        context = opened.context
        context.request.body = context.request.body or passed.uploaded
        headers = [(name.lower(), value) for name, value in passed.headers]
        self._note(opened, passed.status, headers, passed.body, passed.error)
        if not passed.error:
            self._record(context.request, passed, context.entry.at_ms)

    def _record(self, request: Request, passed: Passed, at_ms: int) -> None:
        if self.options.on_exchange is not None:
            headers = [(name.lower(), value) for name, value in passed.own_headers]
            body = _plain(passed.body if passed.own_body is None else passed.own_body, headers)
            self.options.on_exchange(Exchanged(request, passed.status, headers, body, at_ms))

    def _note(self, opened: _Opened, status: int, headers: Headers, body: bytes, hint: str = "") -> None:
        context, journal = opened.context, self.state.journal
        entry = context.entry
        entry.status, entry.hint = status, hint
        journal.keep_headers(entry, request=list(context.request.headers.items()), response=headers)
        journal.keep_bodies(entry, request=context.request.body, response=body)
        entry.took_us = (time.perf_counter_ns() - opened.started) // 1000
        if self.options.on_request is not None:
            self.options.on_request(context)

    async def _run_faults(self, opened: _Opened, hook: FiredFaults, wire: Wire) -> None:
        context = opened.context
        if not await hook.delay(context):
            return
        original: Response | None = None
        if hook.handles(context):
            try:
                original = await self._fetch(opened)
            except UpstreamError as error:
                status, headers, content = error_message(error)
                original = Response(status, Body(content), JSON, [(name.lower(), value) for name, value in headers[1:]])
                context.entry.hint = str(error)
        response = hook.answer(context, lambda _: original or Response.empty())
        if original is not None:
            is_same = not hook.has_delay and _is_same(original, response)
            self.unchanged += is_same
            if self.options.on_altered is not None:
                ids = tuple(armed.id for armed, _ in hook.fired)
                self.options.on_altered(Altered(ids, original, response, is_same))
        message = _message(context.request, response)
        status = response.status if response.sends_status else 0
        self._note(opened, status, message.headers, response.body.raw, context.entry.hint)
        if response.sending is not None:
            await response.sending(message)
        else:
            await wire.respond(message.status, message.headers, message.body)

    async def _fetch(self, opened: _Opened) -> Response:
        """Fetch a whole response from the upstream.

        Raises:
            UpstreamError: There is none, or it is too long to be altered.
        """
        request = opened.context.request
        headers = dict(request.headers)
        if b"accept-encoding" in headers:  # a fault acts on the plain body
            headers[b"accept-encoding"] = b"gzip" if b"gzip" in headers[b"accept-encoding"] else b"identity"
        collected = _Collected(asyncio.get_running_loop())
        passing = PassThrough(
            self.pool,
            collected,
            self._request_bytes(opened, headers),
            request.method,
            rewriter=None,
            timeout_s=self.options.timeout_s,
            keeps_all=True,
            speaks_1_1=True,
            keeps_alive=True,
            on_end=collected.end,
        )
        collected.passing = passing
        passing.start()
        try:
            passed = await collected.ended
        except asyncio.CancelledError:
            passing.cancel()
            raise
        if passed.error:
            raise UpstreamError(passed.error, status=passed.status if passed.status in (502, 504) else 502)
        return self._as_response(request, passed, opened.context.entry.at_ms)

    def _as_response(self, request: Request, passed: Passed, at_ms: int) -> Response:
        headers = [(name.lower(), value) for name, value in passed.headers]
        body = _plain(passed.body, headers)
        self._record(request, passed, at_ms)
        rewriter = self._rewriter(request)
        if rewriter is not None:
            headers = [(name, rewriter.header(name, value)) for name, value in headers]
            body = rewriter.body(body)
        content_type = next((value for name, value in headers if name == b"content-type"), None)
        kept = [(name, value) for name, value in headers if name not in (b"content-type", b"content-encoding")]
        if body is passed.body:  # not compressed, or in a way that we do not read
            kept += [(name, value) for name, value in headers if name == b"content-encoding"]
        return Response(passed.status, Body(body), content_type, kept)

    def _controlled(self, request: Request, wire: Wire) -> Response:
        """Answer a request to the control API."""
        if request.path == HEALTH:
            return Response.of({"status": "ok", "upstream": self.address.url})
        is_page = request.path.rstrip("/") == CONTROL.rstrip("/") or request.path.startswith(PAGES)
        refused = self._refusal(request, is_page=is_page)
        if refused is not None:
            status, reason = refused
            return Response.of({"error": reason}, status=status)
        if is_page:
            entry = JournalEntry(0, 0, request.method, request.path, "")
            return self._console().answer(ProxyContext(request, entry, self.state, wire=wire))
        try:
            return self._handled(request)
        except UsageError as error:
            return Response.of({"error": str(error)}, status=404 if isinstance(error, NotFoundError) else 400)

    def _console(self) -> "ProxyConsole":
        """Return the pages, which are imported when one is first asked for."""
        if self._page is None:
            from contract_bench.proxy.console import ProxyConsole

            self._page = ProxyConsole(self.address.url, self.options.control_token)
        return self._page

    def _refusal(self, request: Request, *, is_page: bool) -> tuple[int, str] | None:
        if is_page:  # its forms carry a token of the page, and the pages have a form for the control token
            reason = self._policy.page_refusal(request.method, request.headers)
            return (403, reason) if reason else None
        if reason := self._policy.refusal(request.headers):
            return 403, reason
        if reason := self._policy.form_refusal(request.method, request.headers, has_body=bool(request.body)):
            return 415, reason
        if may_control(request.headers, request.client_host, self.options.control_token):
            return None
        return 403, "the control API answers clients on this machine, or those with the control token"

    def _handled(self, request: Request) -> Response:
        segments = tuple(request.path.rstrip("/").split("/"))
        handler = self._control.get((request.method, segments))
        params: dict[str, str] = {}
        if handler is None and segments[:-1] == FAULTS:
            params["faultId"] = segments[-1]
            handler = self._control.get((request.method, (*FAULTS, "{faultId}")))
        if handler is None and request.method == "POST" and request.path == RESET:
            self.state.faults.clear()
            self.state.journal.clear()
            return Response.empty()
        if handler is None:
            known = ", ".join(f"{method} {'/'.join(path)}" for method, path in self._control)
            raise NotFoundError(f"the proxy has no {request.method} {request.path}; it has {known}, POST {RESET}")
        entry = JournalEntry(0, 0, request.method, request.path, request.raw_query.decode("latin-1"))
        return handler(ProxyContext(request, entry, self.state, params))


class _Collected:
    """A client that keeps the response instead of sending it on."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.ended: asyncio.Future[Passed] = loop.create_future()
        self.passing: PassThrough | None = None

    def write(self, content: bytes) -> None:
        """Give up if it is too long; the bytes themselves are kept by the sender."""
        del content
        if self.passing is not None and self.passing.passed.length > MOST_ALTERED_BYTES:
            self.passing.passed.error = f"a fault can alter responses of at most {MOST_ALTERED_BYTES} bytes"
            self.passing.cancel()

    def finish(self, *, closes: bool) -> None:
        """Do nothing: there is no connection."""

    def break_off(self, *, with_reset: bool) -> None:
        """Do nothing: there is no connection."""

    def upload_full(self, is_full: bool) -> None:
        """Do nothing: the request was sent as a whole."""

    def end(self, passed: Passed) -> None:
        """Take the response."""
        if not self.ended.done():
            self.ended.set_result(passed)


def _request(scope: Scope, body: bytes) -> Request:
    client = scope.get("client") or ("", 0)
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        between = b"; " if name == b"cookie" else b", "
        headers[name] = headers[name] + between + value if name in headers else value
    return Request(scope["method"], scope["path"], scope["query_string"], headers, body, scope["scheme"], *client)


def _plain(body: bytes, headers: Headers) -> bytes:
    """Return a body without gzip; one in another encoding is returned as it is."""
    if (b"content-encoding", b"gzip") not in headers:
        return body
    plain = without_gzip(body)
    return body if plain is None else plain


def _is_same(original: Response, sent: Response) -> bool:
    """Whether a fault has left a response as it was."""
    return (
        sent.sending is None
        and (sent.status, sent.content_type, sent.headers) == (original.status, original.content_type, original.headers)
        and sent.body.raw == original.body.raw
    )


def _message(request: Request, response: Response) -> Message:
    """Build the message to send: compressed if the client accepts it and it is worthwhile."""
    headers: Headers = [] if response.content_type is None else [(b"content-type", response.content_type)]
    headers += [
        header for header in response.headers if not (response.without and header[0].startswith(response.without))
    ]
    body = response.body.raw
    is_encoded = any(name == b"content-encoding" for name, _ in headers)
    accepts = b"gzip" in request.headers.get(b"accept-encoding", b"")
    if accepts and not is_encoded and len(body) >= GZIP_FROM_BYTES:
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers.append((b"content-encoding", b"gzip"))
    if response.status not in NO_BODY:
        headers.append((b"content-length", b"%d" % len(body)))
    return Message(response.status, headers, b"" if request.method == "HEAD" else body)
