"""Requests that are retried, paced and authenticated: `HubSpotAccount` is shared by all pulls, each has a `Client`."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Protocol

from service.downstream import DownstreamClient, PatientDownstreamClient
from service.errors import UpstreamError
from service.settings import Settings
from service.upstream.auth import Credentials, credentials_for
from service.upstream.connection import Connection, Request, Response, tls_context
from service.upstream.error_responses import error_from_response
from service.upstream.quota import Quota
from service.upstream.retry_policy import retry_delay_s

__all__ = ["Client", "HubSpotAccount", "Observer", "Waiter"]

Waiter = Callable[[], Response]
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


class HubSpotAccount:
    """A HubSpot account: its credentials and its quota, shared by all pulls."""

    def __init__(
        self,
        settings: Settings,
        *,
        observer: Observer | None = None,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        default_downstream: Callable[[], DownstreamClient] = PatientDownstreamClient,
    ) -> None:
        self._default_downstream = default_downstream
        self.settings = settings
        self.observer = observer or _Unobserved()
        self.clock = clock
        self.jitter = jitter
        self.tls = cache(tls_context)
        self.quota = Quota(searches_per_s=settings.searches_per_s, clock=clock)
        self.credentials = credentials_for(settings, self._fetch_anonymously, clock=clock)

    def client(self, downstream: DownstreamClient | None = None) -> "Client":
        """A connection for one pull. The caller decides how long waiting makes sense."""
        return Client(self, self.credentials, downstream or self._default_downstream())

    def _fetch_anonymously(self, request: Request) -> Response:
        client = Client(self, _Anonymous(self.settings), self._default_downstream())
        try:
            return client.begin(request)()
        finally:
            client.close()


@dataclass(slots=True)
class InFlightRequest:
    """A request under way, or what kept it from starting."""

    headers: dict[str, str]
    started_s: float
    error: UpstreamError | None = None


class Client:
    """One pull's requests, one at a time.

    Attributes:
        retry_count: How often a request was made again.
        is_urgent: Whether an answer is expected soon, as before the first byte: then the caller can still be told with
            a status, and has a retry strategy of its own, so fewer tries are made.
    """

    def __init__(self, account: HubSpotAccount, credentials: Credentials, downstream: DownstreamClient) -> None:
        self._account = account
        self._credentials = credentials
        self._downstream = downstream
        settings = account.settings
        self._connection = Connection(
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
        in_flight = self._send(request) if pause <= 0 else None
        return lambda: self._finish(request, in_flight, pause)

    def ask(self, request: Request) -> Response:
        """Send a request and wait for its answer."""
        return self.begin(request)()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _finish(self, request: Request, in_flight: InFlightRequest | None, pause: float) -> Response:
        begun_s = self._account.clock()
        is_renewed = False
        for attempt in count():
            if in_flight is None:
                self._downstream.wait(pause)
                in_flight = self._send(request)
            response, error = self._receive(request, in_flight)
            if error is None:
                return response
            if response.status == 401 and not is_renewed and self._credentials.renew(in_flight.headers):
                is_renewed, in_flight, pause = True, None, 0.0
                continue
            pause = self._pause_or_raise(error, response.headers, attempt, begun_s)
            in_flight = None
        raise AssertionError("unreachable")

    def _send(self, request: Request) -> InFlightRequest:
        started_s = self._account.clock()
        headers: dict[str, str] = {}
        try:
            headers = self._credentials.headers()
            self._connection.send(_with_query(request, self._credentials.query()), _headers(request, headers))
        except UpstreamError as error:
            return InFlightRequest(headers, started_s, error)
        return InFlightRequest(headers, started_s)

    def _receive(self, request: Request, in_flight: InFlightRequest) -> tuple[Response, UpstreamError | None]:
        if in_flight.error is not None:
            return Response(0), in_flight.error
        try:
            response = self._connection.receive(request, self._downstream)
        except UpstreamError as error:
            return Response(0), error
        self._account.quota.note(response.headers)
        self._account.observer.answered(self._account.clock() - in_flight.started_s, response.status)
        if response.status in _SUCCESSES:
            return response, None
        return response, error_from_response(request, response, secrets=self._credentials.secrets())

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
