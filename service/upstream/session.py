"""Requests that are retried, paced and authenticated: `Account` is shared by all pulls, `Session` is one pull's own."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Protocol

from service.caller import Caller, PatientCaller
from service.errors import UpstreamError
from service.settings import Settings
from service.upstream.auth import Credentials, credentials_for
from service.upstream.backoff import retry_delay_s
from service.upstream.quota import Quota
from service.upstream.refusal import refusal
from service.upstream.wire import Line, Reply, Request, tls_context

__all__ = ["Account", "Observer", "Session", "Waiter"]

Waiter = Callable[[], Reply]
"""Waits for the answer to a request that is under way."""

_RETRIES_BEFORE_FIRST_BYTE = 2
_SUCCESSES = (200, 207)  # 207: a batch of which some ids are gone


class Observer(Protocol):
    """Who counts what happens upstream."""

    def answered(self, seconds: float, status: int) -> None:
        """An answer came."""

    def retried(self, kind: str) -> None:
        """A request is made again."""


class _Unobserved:
    def answered(self, seconds: float, status: int) -> None:
        """Not counted."""

    def retried(self, kind: str) -> None:
        """Not counted."""


class _Anonymous:
    """No credentials, for the token endpoint. The settings' secrets are still kept out of messages."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def headers(self) -> dict[str, str]:
        return {}

    def query(self) -> str:
        return ""

    def renew(self, rejected: dict[str, str]) -> bool:  # noqa: ARG002 - nothing was sent
        return False

    def secrets(self) -> Sequence[str]:
        return self._settings.secrets


class Account:
    """A HubSpot account: its credentials and its quota, shared by all pulls."""

    def __init__(
        self,
        settings: Settings,
        *,
        observer: Observer | None = None,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        default_caller: Callable[[], Caller] = PatientCaller,
    ) -> None:
        self._default_caller = default_caller
        self.settings = settings
        self.observer = observer or _Unobserved()
        self.clock = clock
        self.jitter = jitter
        self.tls = cache(tls_context)
        self.quota = Quota(searches_per_s=settings.searches_per_s, clock=clock)
        self.credentials = credentials_for(settings, self._fetch_anonymously, clock=clock)

    def session(self, caller: Caller | None = None) -> "Session":
        """A connection for one pull. The caller decides how long waiting makes sense."""
        return Session(self, self.credentials, caller or self._default_caller())

    def _fetch_anonymously(self, request: Request) -> Reply:
        session = Session(self, _Anonymous(self.settings), self._default_caller())
        try:
            return session.begin(request)()
        finally:
            session.close()


@dataclass(slots=True)
class _Flight:
    """A request under way, or what kept it from starting."""

    headers: dict[str, str]
    started_s: float
    error: UpstreamError | None = None


class Session:
    """One pull's requests, one at a time.

    Attributes:
        retry_count: How often a request was made again.
        is_urgent: Whether an answer is expected soon, as before the first byte: then the caller can still be told with
            a status, and has a retry strategy of its own, so fewer tries are made.
    """

    def __init__(self, account: Account, credentials: Credentials, caller: Caller) -> None:
        self._account = account
        self._credentials = credentials
        self._caller = caller
        settings = account.settings
        self._line = Line(
            settings.hubspot_base_url, timeout_s=settings.read_timeout_s, tls=account.tls, clock=account.clock
        )
        self.retry_count = 0
        self.is_urgent = True

    def begin(self, request: Request) -> Waiter:
        """Send a request now if quota allows it; the waiter takes the answer, and tries again where that helps.

        The waiter raises:
            UpstreamError: HubSpot refused, or the retries are used up.
            PullAbandoned: Nobody waits for the answer.
        """
        pause = self._account.quota.claim_s(is_search=request.is_search)
        flight = self._send(request) if pause <= 0 else None
        return lambda: self._finish(request, flight, pause)

    def ask(self, request: Request) -> Reply:
        """Send a request and wait for its answer."""
        return self.begin(request)()

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _finish(self, request: Request, flight: _Flight | None, pause: float) -> Reply:
        begun_s = self._account.clock()
        is_renewed = False
        for attempt in count():
            if flight is None:
                self._caller.wait(pause)
                flight = self._send(request)
            reply, error = self._receive(request, flight)
            if error is None:
                return reply
            if reply.status == 401 and not is_renewed and self._credentials.renew(flight.headers):
                is_renewed, flight, pause = True, None, 0.0
                continue
            pause = self._pause_or_raise(error, reply.headers, attempt, begun_s)
            flight = None
        raise AssertionError("unreachable")

    def _send(self, request: Request) -> _Flight:
        started_s = self._account.clock()
        headers: dict[str, str] = {}
        try:
            headers = self._credentials.headers()
            self._line.send(_with_query(request, self._credentials.query()), _headers(request, headers))
        except UpstreamError as error:
            return _Flight(headers, started_s, error)
        return _Flight(headers, started_s)

    def _receive(self, request: Request, flight: _Flight) -> tuple[Reply, UpstreamError | None]:
        if flight.error is not None:
            return Reply(0), flight.error
        try:
            reply = self._line.receive(request, self._caller)
        except UpstreamError as error:
            return Reply(0), error
        self._account.quota.note(reply.headers)
        self._account.observer.answered(self._account.clock() - flight.started_s, reply.status)
        if reply.status in _SUCCESSES:
            return reply, None
        return reply, refusal(request, reply, secrets=self._credentials.secrets())

    def _pause_or_raise(self, error: UpstreamError, headers: Mapping[str, str], attempt: int, begun_s: float) -> float:
        settings = self._account.settings
        most = min(settings.retries, _RETRIES_BEFORE_FIRST_BYTE) if self.is_urgent else settings.retries
        pause = retry_delay_s(error, headers, attempt=attempt, jitter=self._account.jitter())
        is_used_up = attempt >= most and error.status != 429
        waited_s = self._account.clock() - begun_s
        if pause is None or is_used_up or waited_s + pause > settings.retry_budget_s:
            raise error
        self.retry_count += 1
        self._account.observer.retried(error.kind)
        return pause


def _with_query(request: Request, query: str) -> Request:
    if not query:
        return request
    mark = "&" if "?" in request.target else "?"
    return Request(f"{request.target}{mark}{query}", request.method, request.body, request.content_type)


def _headers(request: Request, credentials: dict[str, str]) -> dict[str, str]:
    headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "contract-bench-service"}
    if request.body is not None:
        headers["Content-Type"] = request.content_type
    return headers | credentials
