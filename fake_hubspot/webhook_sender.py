"""Sends the events of webhooks, in the server's event loop: a receiver that is slow or gone delays no request.

A request goes to an address that somebody set, so everything about it is bounded: where it may go
(`bench_core.targets`), how long it may take, how much of the answer is read. Redirects are not followed.
"""

import asyncio
import contextlib
import logging
import ssl
import time
from collections.abc import Iterable
from functools import cache

import httptools
import msgspec

from bench_core.journal import JournalEntry
from bench_core.masking import Masking
from bench_core.reach import unreachable
from bench_core.targets import Target, TargetError
from fake_hubspot.context import Tenant
from fake_hubspot.portal.clock import real_now_ms
from fake_hubspot.portal.deliveries import Attempt
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.signatures import LIFE_MS, sign_request
from fake_hubspot.portal.subscriptions import WebhookApp

__all__ = ["WebhookSender"]

logger = logging.getLogger(__name__)

MAX_HEAD_BYTES = 16 * 1024
MAX_BODY_BYTES = 64 * 1024
READ_BYTES = 16 * 1024
LONGEST_TIMER_S = 3600.0


class WebhookSender:
    """Sends what is due, whenever a portal says that something may be."""

    def __init__(self) -> None:
        self._scheduled: set[int] = set()
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._has_stopped = False

    def wake(self, tenant: Tenant) -> None:
        """Look soon, after the current request, for what a portal has to send. Outside of the loop nothing is sent."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        key = id(tenant)
        if not self._has_stopped and key not in self._scheduled:
            self._scheduled.add(key)
            loop.call_soon(self._look, tenant)

    def wake_all(self, tenants: Iterable[Tenant]) -> None:
        """Look soon for what these portals have to send."""
        for tenant in tenants:
            self.wake(tenant)

    def stop(self) -> None:
        """Give up every request under way and send nothing more."""
        self._has_stopped = True
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for task in self._tasks:
            task.cancel()

    def _look(self, tenant: Tenant) -> None:
        self._scheduled.discard(id(tenant))
        if self._has_stopped or not tenant.portal.db.is_open:
            return
        loop, webhooks = asyncio.get_running_loop(), tenant.portal.webhooks
        for app, attempt in webhooks.take_due():
            task = loop.create_task(self._send(tenant, app, attempt))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._set_timer(tenant, loop)

    def _set_timer(self, tenant: Tenant, loop: asyncio.AbstractEventLoop) -> None:
        if (timer := self._timers.pop(id(tenant), None)) is not None:
            timer.cancel()
        due_in_ms = tenant.portal.webhooks.next_due_in_ms()
        # What is due now waits for a request under way, whose end wakes this sender.
        if due_in_ms:
            delay_s = min(due_in_ms / 1000, LONGEST_TIMER_S)
            self._timers[id(tenant)] = loop.call_later(delay_s, self.wake, tenant)

    async def _send(self, tenant: Tenant, app: WebhookApp, attempt: Attempt) -> None:
        webhooks = tenant.portal.webhooks
        started, status, answer, problem = time.perf_counter_ns(), 0, b"", ""
        body = msgspec.json.encode(attempt.events)
        entry = _open_entry(tenant.portal, app, attempt)
        headers: dict[str, str] = {}
        try:
            target = tenant.targets.check(app.target_url or "")
            headers = _headers(app, target.uri, body)
            async with asyncio.timeout(app.timeout_ms / 1000):
                status, answer = await _exchange(target, headers, body)
            if not 200 <= status < 300:
                problem = f"the receiver answered {status}"
        except TimeoutError:
            problem = f"the receiver did not answer within {app.timeout_ms:,} ms"
        except TargetError as error:
            problem = str(error)
        except (OSError, EOFError, ValueError, httptools.HttpParserError) as error:
            problem = (
                unreachable(error, app.target_url or "") or f"the exchange failed: {type(error).__name__}: {error}"
            )
        entry.status, entry.note = status, problem
        entry.took_us = max((time.perf_counter_ns() - started) // 1000, 1)
        sent_headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        tenant.portal.journal.keep_headers(entry, request=sent_headers, response=[])
        tenant.portal.journal.keep_bodies(entry, request=body, response=answer)
        if tenant.portal.webhooks is not webhooks or not tenant.portal.db.is_open:
            return  # the account was reset meanwhile
        masking = Masking(tenant.portal.access.secrets())
        webhooks.settle(
            attempt,
            status=status,
            problem=masking(problem),
            answer=masking(answer.decode("utf-8", "replace")),
            took_us=entry.took_us,
            size=len(body),
        )
        if problem:
            logger.info("a webhook request of app %d failed: %s", app.app_id, problem.splitlines()[0][:200])


def _open_entry(portal: Portal, app: WebhookApp, attempt: Attempt) -> JournalEntry:
    """Put the request into the portal's journal, with the receiver's whole address as its path."""
    path, _, query = (app.target_url or "").partition("?")
    entry = portal.journal.open(at_ms=attempt.at_ms, method="POST", path=path, query=query, is_sent=True)
    entry.route = "webhooks.delivery"
    return entry


def _headers(app: WebhookApp, uri: str, body: bytes) -> dict[str, str]:
    """Return the headers that depend on the app: the signatures.

    The time is the machine's, because the receiver compares it with its own.
    """
    disturbance = app.disturbance
    secret = f"not-{app.secret}" if disturbance.wrong_signature else app.secret
    stamp = real_now_ms() - (2 * LIFE_MS if disturbance.stale_timestamp else 0)
    found: dict[str, str] = {}
    for version in app.signatures:
        found |= sign_request(version, secret=secret, method="POST", uri=uri, body=body, timestamp_ms=stamp)
    return found


async def _exchange(target: Target, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """Send one request on a connection of its own, and return the status and the beginning of the body.

    Raises:
        OSError: No connection, or it broke.
        EOFError: It was closed before the answer was complete.
        ValueError: The answer is too large.
        httptools.HttpParserError: The answer is not HTTP.
    """
    reader, writer = await _connect(target)
    try:
        fields = {
            "Host": target.host,
            "User-Agent": "HubSpot Connect 2.0 (fake-hubspot)",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
            # Tells a fake that is the receiver, whatever else the request carries.
            "X-HubSpot-Webhook": "1",
            **headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        writer.write(f"POST {target.path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        # A receiver may answer before it has read everything; `drain` would then fail in place of the answer.
        answer = _Answer()
        while not answer.is_complete:
            answer.feed(await reader.read(READ_BYTES))
        return answer.status, bytes(answer.body)
    finally:
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            writer.transport.abort()


async def _connect(target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    context = _tls() if target.is_encrypted else None
    name = target.name if target.is_encrypted else None
    failed: OSError = ConnectionError("no address")
    for address in target.connect_to:
        try:
            return await asyncio.open_connection(
                address, target.port, ssl=context, server_hostname=name, limit=MAX_HEAD_BYTES
            )
        except OSError as error:
            failed = error
    raise failed


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Answer:
    """A bounded answer, as it arrives."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._head_bytes = 0
        self._has_head = False
        self.body = bytearray()
        self.status = 0
        self.is_complete = False

    def feed(self, content: bytes) -> None:
        if not content:
            self._end()
            return
        self._head_bytes += 0 if self._has_head else len(content)
        if self._head_bytes > MAX_HEAD_BYTES + READ_BYTES:
            raise ValueError(f"the head of the answer has more than {MAX_HEAD_BYTES:,} bytes")
        self._parser.feed_data(content)

    def _end(self) -> None:
        if not self._has_head:
            raise EOFError("the receiver closed the connection without an answer")
        self.is_complete = True  # a body without a length ends with the connection; of a short one the status counts

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status >= 200:
            self.status, self._has_head = status, True

    def on_body(self, content: bytes) -> None:
        self.body += content[: MAX_BODY_BYTES - len(self.body)]
        # The status decides, so more of the body than is kept is not waited for.
        self.is_complete = self.is_complete or len(self.body) >= MAX_BODY_BYTES

    def on_message_complete(self) -> None:
        self.is_complete = self.is_complete or self._has_head
