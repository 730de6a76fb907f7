"""Requests that are authenticated, paced and retried."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from service.downstream import DownstreamClient
from service.errors import UpstreamError
from service.metrics import PullMetrics
from service.pending import Pending, Readiness, Steps, Wait
from service.upstream.auth import Credentials
from service.upstream.connection import Connection
from service.upstream.error_responses import error_from_response, error_in_batch
from service.upstream.messages import Request, Response
from service.upstream.quota import Quota
from service.upstream.retry_policy import RetryPolicy

__all__ = ["Client"]

_PARTIAL_SUCCESS = 207  # a batch of which some ids do not exist any more, or could not be read
_TOO_MANY = 429
_SUCCESSES = (200, _PARTIAL_SUCCESS)


@dataclass(slots=True)
class InFlightRequest:
    """A request that was sent, or the error that prevented it."""

    credentials: dict[str, str]
    started_s: float
    error: UpstreamError | None = None


class Client:
    """Sends requests to HubSpot over one connection, one at a time.

    Args:
        connection: Used by nobody else.
        credentials: Added to each request.
        quota: Shared by all clients of an account.
        retry_policy: Shared by all clients of a pull.
        metrics: Counts responses.
        downstream: Decides how long it makes sense to wait.
        clock: A monotonic clock.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        credentials: Credentials,
        quota: Quota,
        retry_policy: RetryPolicy,
        metrics: PullMetrics,
        downstream: DownstreamClient,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._credentials = credentials
        self._quota = quota
        self._retry_policy = retry_policy
        self._metrics = metrics
        self._downstream = downstream
        self._clock = clock
        self._refused_pause_s = 0.0
        self._has_slot = False

    def begin(self, request: Request) -> Pending[Response]:
        """Send a request, now if the quota allows it, otherwise in `result()`. Retries happen there too.

        `result()` raises:
            UpstreamError: HubSpot refused, or the retries are used up.
            PullAbandoned: The downstream client disconnected, or the service is shutting down.
        """
        if self._refused_pause_s:
            error = _pause_error(request, self._refused_pause_s)
            return Pending(lambda: _raise(error))
        pause = self._quota.reserve_search_s() if request.is_search else self._acquire_s()
        in_flight = self._send(request) if pause <= 0 else None
        return Pending.of(self._finish(request, in_flight, pause))

    def request(self, request: Request) -> Response:
        """Send a request and wait for the response.

        Raises:
            UpstreamError: HubSpot refused, or the retries are used up.
            PullAbandoned: The downstream client disconnected, or the service is shutting down.
        """
        return self.begin(request).result()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
        self._give_up_slot()

    def _finish(self, request: Request, in_flight: InFlightRequest | None, pause: float) -> Steps[Response]:
        started_s = self._clock()
        is_renewed = False
        failures = 0
        while True:
            if in_flight is None:
                yield self._pause(pause)
                while not request.is_search and (pause := self._acquire_s()) > 0:
                    yield self._pause(pause)
                in_flight = self._send(request)
            readiness = Readiness.NOT_CHECKED
            if in_flight.error is None:
                readiness = yield self._connection.response_wait()
            response, error = self._receive(request, in_flight, readiness)
            if error is None:
                return response
            if response.status == 401 and not is_renewed and self._credentials.renew(in_flight.credentials):
                is_renewed, pause = True, 0.0
            else:
                pause = self._retry_policy.delay_or_raise(
                    error, response.headers, attempt=failures, elapsed_s=self._clock() - started_s
                )
                failures += error.status != 429  # a rate limit is waited for, and does not count
            in_flight = None

    def _pause(self, seconds: float) -> Wait:
        return Wait(None, seconds, partial(self._downstream.wait, seconds))

    def _acquire_s(self) -> float:
        """Take a slot of the quota if there is one, otherwise return the seconds after which to ask again."""
        wait_s = self._quota.acquire_s()
        self._has_slot = wait_s <= 0
        return wait_s

    def _give_up_slot(self) -> None:
        if self._has_slot:
            self._has_slot = False
            self._quota.give_up()

    def _send(self, request: Request) -> InFlightRequest:
        started_s = self._clock()
        credentials: dict[str, str] = {}
        try:
            credentials = self._credentials.headers()
            self._connection.send(_with_query(request, self._credentials.query()), _headers(request, credentials))
        except UpstreamError as error:
            return InFlightRequest(credentials, started_s, error)
        return InFlightRequest(credentials, started_s)

    def _receive(
        self, request: Request, in_flight: InFlightRequest, readiness: Readiness
    ) -> tuple[Response, UpstreamError | None]:
        """Return the response, and the error that it stands for. Without a response, its status is 0."""
        if in_flight.error is not None:
            self._give_up_slot()
            return Response(0), in_flight.error
        try:
            response = self._connection.receive(request, self._downstream, readiness)
        except UpstreamError as error:
            self._give_up_slot()
            return Response(0), error
        if self._has_slot:
            self._has_slot = False
            self._refused_pause_s = self._quota.answered(
                response.headers, sent_s=in_flight.started_s, is_refusal=response.status == _TOO_MANY
            )
        self._metrics.response_received(response.status, self._clock() - in_flight.started_s)
        if response.status in _SUCCESSES:
            is_batch = request.is_batch or response.status == _PARTIAL_SUCCESS
            secrets = self._credentials.secrets()
            return response, error_in_batch(request, response, secrets=secrets) if is_batch else None
        return response, error_from_response(request, response, secrets=self._credentials.secrets())


def _pause_error(request: Request, pause_s: float) -> UpstreamError:
    return UpstreamError(
        f"HubSpot's rate limit headers ask for a pause of {pause_s:,.0f} seconds before {request.name}, which is "
        "longer than the retry budget (hubspot-retry-budget-s). This pull ends; others go on.",
        kind="rate-limit-pause",
        response_status=503,
    )


def _raise(error: UpstreamError) -> Response:
    raise error


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
