import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest

from service.errors import MismatchError, PullAbandoned, UpstreamError
from service.prometheus import PrometheusMetrics
from service.settings import Settings
from service.upstream import endpoints
from service.upstream.account import HubSpotAccount, PullClients
from service.upstream.client import Client
from service.upstream.messages import Request, Response
from tests.support.upstream_stub import (
    CORRELATION_ID,
    TOKEN,
    ReceivedRequest,
    Responder,
    StubResponse,
    UpstreamStub,
    error_response,
    json_response,
)
from tests.support.waiting import wait_until

PAGE = endpoints.list_page("contacts", limit=100)


class Clock:
    """A clock that moves only when its downstream client waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []
        self.patience_s = float("inf")

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def wait(self, seconds: float) -> None:
        """Let time pass without waiting."""
        self.waits.append(round(seconds, 3))
        self.now += seconds
        if sum(self.waits) > self.patience_s:
            raise PullAbandoned("The client disconnected.", kind="caller-gone")

    def wait_readable(self, sock: object, *, deadline: float) -> None:
        """Return at once, because reading waits."""

    def wait_any(self, socks: Sequence[socket.socket], *, seconds: float) -> list[socket.socket]:
        """Return every socket, or let time pass."""
        if not socks:
            self.wait(seconds)
        return list(socks)


Connect = Callable[..., Client]
ConnectPull = Callable[..., PullClients]


@pytest.fixture
def clock() -> Clock:
    """Time under the test's control."""
    return Clock()


@pytest.fixture
def connect_pull(upstream: UpstreamStub, clock: Clock) -> Iterator[ConnectPull]:
    """Creates the clients of a pull in front of the scripted HubSpot, without jitter."""
    with ExitStack() as open_clients:

        def connect(**settings: object) -> PullClients:
            merged: dict[str, object] = {"hubspot_api_key": TOKEN, "hubspot_base_url": upstream.url, **settings}
            account = HubSpotAccount(Settings(**merged), clock=clock, jitter=lambda: 1.0)  # type: ignore[arg-type]
            clients = account.pull_clients(clock)
            open_clients.callback(clients.close)
            return clients

        yield connect


@pytest.fixture
def connect(connect_pull: ConnectPull) -> Connect:
    """Creates a client of a pull whose response has started."""

    def connect(**settings: object) -> Client:
        clients = connect_pull(**settings)
        clients.response_started()
        return clients.primary

    return connect


def scripted(*responses: StubResponse) -> Responder:
    """Send these responses in turn, and repeat the last one."""
    rest = list(responses)
    return lambda _request: rest.pop(0) if len(rest) > 1 else rest[0]


def failure(client: Client, request: Request = PAGE) -> UpstreamError:
    """Return the error that a request ends with."""
    with pytest.raises(UpstreamError) as caught:
        client.request(request)
    return caught.value


def test_a_page_is_requested_as_hubspot_documents(connect: Connect, upstream: UpstreamStub) -> None:
    client = connect()

    client.request(PAGE)
    client.request(endpoints.list_page("contacts", limit=50, after="52"))

    first, second = upstream.requests
    assert (first.path, first.query) == ("/crm/v3/objects/contacts", {"limit": ["100"]})
    assert second.query == {"limit": ["50"], "after": ["52"]}
    assert first.headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("prefix", ["", "/hubspot"])
def test_a_path_in_the_base_url_is_kept(connect: Connect, upstream: UpstreamStub, prefix: str) -> None:
    """HubSpot may be behind a gateway."""
    connect(hubspot_base_url=upstream.url + prefix).request(PAGE)

    assert upstream.requests[0].path == f"{prefix}/crm/v3/objects/contacts"


def test_a_compressed_response_is_decompressed(connect: Connect, upstream: UpstreamStub) -> None:
    upstream.respond = scripted(StubResponse(200, gzip.compress(b'{"results":[]}'), {"Content-Encoding": "gzip"}))

    assert connect().request(PAGE).body == b'{"results":[]}'


def test_a_body_not_compressed_as_its_header_says_is_not_retried(connect: Connect, upstream: UpstreamStub) -> None:
    upstream.respond = scripted(StubResponse(200, b'{"results":[]}', {"Content-Encoding": "gzip"}))

    assert isinstance(failure(connect()), MismatchError)
    assert len(upstream.requests) == 1


def test_hubspots_error_is_reported_with_its_correlation_id(connect: Connect, upstream: UpstreamStub) -> None:
    upstream.respond = scripted(error_response(403, "no scope"))

    error = failure(connect())

    assert (error.status, error.hubspot_message, error.correlation_id) == (403, "no scope", CORRELATION_ID)
    assert error.message == "HubSpot answered 403 to GET /crm/v3/objects/contacts: no scope"


def test_the_correlation_id_may_be_in_the_header_only(connect: Connect, upstream: UpstreamStub) -> None:
    """HTML responses have it there."""
    headers = {"Content-Type": "text/html", "X-HubSpot-Correlation-Id": CORRELATION_ID}
    upstream.respond = scripted(StubResponse(404, b"<html>", headers))

    error = failure(connect())

    assert error.correlation_id == CORRELATION_ID
    assert error.message.endswith("404 to GET /crm/v3/objects/contacts with a body of type text/html.")


@pytest.mark.parametrize("body", [b"", b"<html>530</html>", b"[]", b'"text"', b'{"message":{"a":1},"correlationId":5}'])
def test_an_error_body_may_have_any_shape(connect: Connect, upstream: UpstreamStub, body: bytes) -> None:
    """Every field of HubSpot's error body is optional."""
    upstream.respond = scripted(StubResponse(400, body))

    error = failure(connect())

    assert (error.status, error.hubspot_message, error.correlation_id) == (400, None, None)


def test_hubspots_message_is_cleaned(connect: Connect, upstream: UpstreamStub) -> None:
    """It has no token, no e-mail address, and is one short line."""
    said = f"Email address maria@example.com is invalid for {TOKEN}\nnext line " + "x" * 1000
    upstream.respond = scripted(json_response({"message": said}, status=400))

    message = failure(connect()).hubspot_message

    assert message is not None
    assert message.startswith("Email address <e-mail> is invalid for *** next line x")
    assert len(message) <= 300


@pytest.mark.parametrize("status", [204, 301, 302, 400, 401, 403, 404, 405, 409, 414, 415, 477])
def test_errors_that_a_retry_cannot_fix_are_not_retried(connect: Connect, upstream: UpstreamStub, status: int) -> None:
    """A redirect is not followed either: it would send the token elsewhere."""
    body = b"" if status == 204 else b"{}"
    upstream.respond = scripted(StubResponse(status, body, {"Location": "http://127.0.0.1:1/"}))

    error = failure(connect())

    assert error.status == status
    assert 500 <= error.response_status <= 599
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("status", [408, 423, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 530])
def test_temporary_errors_are_retried(
    connect_pull: ConnectPull, upstream: UpstreamStub, status: int, clock: Clock
) -> None:
    upstream.respond = scripted(StubResponse(status, b"<html>"), json_response({"results": []}))
    clients = connect_pull()

    assert clients.primary.request(PAGE).status == 200
    assert (clients.retry_count, len(clock.waits)) == (1, 1)


def test_a_truncated_body_is_retried(connect: Connect, upstream: UpstreamStub) -> None:
    """Even if what arrived is valid JSON."""
    upstream.respond = scripted(
        StubResponse(200, b'{"results":[]}', declared_length=20), json_response({"results": [1]})
    )

    assert connect().request(PAGE).body == b'{"results":[1]}'


def test_a_body_that_stays_truncated_is_an_error(connect: Connect, upstream: UpstreamStub) -> None:
    upstream.respond = scripted(StubResponse(200, b'{"results":[]}', declared_length=20))

    error = failure(connect(retries=1))

    assert (error.kind, error.status, len(upstream.requests)) == ("upstream-connection", None, 2)


def test_a_refused_connection_says_what_to_check(connect: Connect) -> None:
    error = failure(connect(hubspot_base_url="http://127.0.0.1:9"))

    assert error.kind == "upstream-connection"
    assert "Check the base URL" in error.message


def test_delays_between_retries_grow(connect: Connect, upstream: UpstreamStub, clock: Clock) -> None:
    upstream.respond = scripted(error_response(500))

    failure(connect())

    assert clock.waits == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_before_the_first_byte_a_request_is_retried_twice(
    connect_pull: ConnectPull, upstream: UpstreamStub, clock: Clock
) -> None:
    """The client can still be told with a status, and has a retry strategy of its own."""
    upstream.respond = scripted(error_response(500))

    failure(connect_pull().primary)

    assert clock.waits == [0.5, 1.0]


@pytest.mark.parametrize(
    ("headers", "document", "wait"),
    [
        ({"Retry-After": "3"}, {}, 4.0),
        ({"X-HubSpot-RateLimit-Interval-Milliseconds": "5000"}, {}, 6.0),
        (
            {},
            {"policyName": "TEN_SECONDLY_ROLLING", "message": "You have reached your ten_secondly_rolling limit."},
            11.0,
        ),
        ({}, {"policyName": "SECONDLY", "message": "You have reached your secondly limit."}, 2.0),
        ({}, {"category": "RATE_LIMITS", "message": "You have reached your secondly limit."}, 2.0),
        ({}, {}, 11.0),
        ({"Retry-After": "soon"}, {}, 11.0),
    ],
)
def test_a_rate_limit_is_waited_for(
    connect: Connect,
    upstream: UpstreamStub,
    clock: Clock,
    headers: dict[str, str],
    document: dict[str, str],
    wait: float,
) -> None:
    """By Retry-After, the window in the headers, the policy, or the usual ten seconds. One second is jitter."""
    upstream.respond = scripted(json_response(document, status=429, headers=headers), json_response({"results": []}))

    connect().request(PAGE)

    assert clock.waits == [wait]


def test_the_daily_limit_is_not_waited_for(connect: Connect, upstream: UpstreamStub) -> None:
    upstream.respond = scripted(
        json_response({"policyName": "DAILY", "message": "You have reached your daily limit."}, status=429)
    )

    error = failure(connect())

    assert (error.response_status, len(upstream.requests)) == (503, 1)


@pytest.mark.parametrize("retries", [0, 1, 2, 5])
def test_a_rate_limit_does_not_count_as_a_retry(
    connect: Connect, upstream: UpstreamStub, clock: Clock, retries: int
) -> None:
    """Neither before nor between the errors that do, whose delays grow as if it had not been there."""
    limited, failed = json_response({}, status=429), error_response(500)
    upstream.respond = scripted(limited, limited, *[failed, limited] * retries, json_response({"results": []}))

    assert connect(retries=retries).request(PAGE).status == 200

    assert len(upstream.requests) == 2 + 2 * retries + 1
    assert clock.waits == [11.0, 11.0, *(wait for attempt in range(retries) for wait in (0.5 * 2**attempt, 11.0))]


@pytest.mark.parametrize("retries", [0, 1, 2, 5])
@pytest.mark.parametrize("has_started", [False, True])
def test_a_request_that_keeps_failing_is_sent_once_more_than_it_is_retried(
    connect_pull: ConnectPull, upstream: UpstreamStub, has_started: bool, retries: int
) -> None:
    """Rate limits in between are on top of it."""
    limited = [json_response({}, status=429)] * 3
    upstream.respond = scripted(*limited, error_response(500))
    clients = connect_pull(retries=retries)
    if has_started:
        clients.response_started()

    assert failure(clients.primary).status == 500

    allowed = retries if has_started else min(retries, 2)
    assert len(upstream.requests) == 3 + 1 + allowed
    assert clients.retry_count == 3 + allowed


@pytest.mark.parametrize("refused", [1, 2, 3])
def test_a_retry_after_beyond_the_budget_is_not_waited_for(
    connect: Connect, upstream: UpstreamStub, clock: Clock, refused: int
) -> None:
    """The time that was waited before counts."""
    soon, late = (json_response({}, status=429, headers={"Retry-After": text}) for text in ("9", "31"))
    upstream.respond = scripted(*[soon] * refused, late)

    assert failure(connect(retry_budget_s=41)).status == 429

    assert clock.waits == [10.0] * refused
    assert len(upstream.requests) == refused + 1


def test_the_retry_budget_is_respected(connect: Connect, upstream: UpstreamStub, clock: Clock) -> None:
    upstream.respond = scripted(json_response({}, status=429))

    failure(connect(retry_budget_s=40))

    assert clock.waits == [11.0, 11.0, 11.0]


def test_a_disconnect_ends_the_wait_for_a_retry(connect: Connect, upstream: UpstreamStub, clock: Clock) -> None:
    upstream.respond = scripted(error_response(500))
    clock.patience_s = 1.0

    with pytest.raises(PullAbandoned):
        connect().request(PAGE)

    assert len(upstream.requests) == 2


def test_requests_slow_down_before_the_quota_is_used_up(connect: Connect, upstream: UpstreamStub, clock: Clock) -> None:
    """With little left, requests are spaced evenly. With nothing left, an own one has to leave the window."""

    def quota(left: int) -> StubResponse:
        headers = {
            "X-HubSpot-RateLimit-Max": "100",
            "X-HubSpot-RateLimit-Remaining": str(left),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        }
        return json_response({"results": []}, headers=headers)

    upstream.respond = scripted(quota(50), quota(10), quota(10), quota(10), quota(0), quota(90))
    client = connect()

    for _ in range(6):
        client.request(PAGE)

    assert clock.waits == [0.102, 9.898]


def test_searches_are_spaced(connect: Connect, clock: Clock) -> None:
    """HubSpot limits them to five per second and does not report this in headers."""
    client = connect()

    for _ in range(3):
        client.request(endpoints.search_page("contacts", filters=[], sort="hs_object_id", names=[]))

    assert clock.waits == [0.25, 0.25]


def test_begin_sends_the_request(connect: Connect, upstream: UpstreamStub) -> None:
    client = connect()

    pending = client.begin(PAGE)

    wait_until(lambda: len(upstream.requests), "the request has arrived")
    assert pending.result().status == 200
    assert len(upstream.requests) == 1
    client.close()


def test_a_request_says_who_sends_it_and_what_it_accepts(connect: Connect, upstream: UpstreamStub) -> None:
    """Only one with a body has a type of content."""
    client = connect()

    client.request(PAGE)
    client.request(BATCHES[0])

    for request in upstream.requests:
        assert request.headers["Accept"] == "application/json"
        assert request.headers["Accept-Encoding"] == "gzip"
        assert request.headers["User-Agent"] == "contract-bench-service"
    assert [request.headers.get("Content-Type") for request in upstream.requests] == [None, "application/json"]


def test_a_legacy_key_changes_nothing_else_about_a_request(connect: Connect, upstream: UpstreamStub) -> None:
    client = connect(auth="hapikey")

    client.request(BATCHES[0])

    (request,) = upstream.requests
    assert (request.method, request.path) == ("POST", "/crm/v3/objects/contacts/batch/read")
    assert (request.query, request.body) == ({"hapikey": [TOKEN]}, BATCHES[0].body)
    assert request.headers["Content-Type"] == "application/json"


def test_a_partial_success_of_any_request_is_looked_at(connect: Connect, upstream: UpstreamStub) -> None:
    """HubSpot reports with its status that a part failed, whatever was asked for."""
    upstream.respond = scripted(batch_response({"category": "INTERNAL_ERROR", "message": f"for {TOKEN}"}))

    error = failure(connect(retries=0))

    assert (error.kind, error.status, error.hubspot_message) == ("upstream-partial", 500, "for ***")


def test_errors_in_a_success_that_is_no_batch_are_none_of_ours(connect: Connect, upstream: UpstreamStub) -> None:
    upstream.respond = scripted(batch_response({"category": "INTERNAL_ERROR"}, status=200))

    assert connect().request(PAGE).status == 200


class Figures:
    """Metrics that remember what they were told."""

    def __init__(self) -> None:
        self.responses: list[tuple[int, float]] = []
        self.retries: list[str] = []

    def response_received(self, status: int, seconds: float) -> None:
        """Note it."""
        self.responses.append((status, round(seconds, 3)))

    def request_retried(self, kind: str) -> None:
        """Note it."""
        self.retries.append(kind)


def test_the_time_of_each_response_is_measured_without_the_waits(upstream: UpstreamStub, clock: Clock) -> None:
    def respond(_request: ReceivedRequest) -> StubResponse:
        clock.now += 0.5
        return answers.pop(0)

    answers = [error_response(500), json_response({"results": []})]
    figures: Any = Figures()
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url)
    clients = HubSpotAccount(settings, metrics=figures, clock=clock, jitter=lambda: 1.0).pull_clients(clock)
    upstream.respond = respond

    clients.primary.request(PAGE)
    clients.close()

    assert figures.responses == [(500, 0.5), (200, 0.5)]
    assert figures.retries == ["upstream-status"]


def test_a_pause_that_is_too_long_says_so_before_a_request_is_sent(connect: Connect, upstream: UpstreamStub) -> None:
    """At once for a request that is begun, and again for the next."""
    headers = {
        "X-HubSpot-RateLimit-Max": "100",
        "X-HubSpot-RateLimit-Remaining": "0",
        "X-HubSpot-RateLimit-Interval-Milliseconds": "50000",
    }
    upstream.respond = scripted(json_response({"results": []}, headers=headers))
    client = connect(retry_budget_s=20)
    client.request(PAGE)

    for _ in range(2):
        error = failure(client)
        assert (error.kind, error.status, error.response_status) == ("rate-limit-pause", None, 503)
        assert "ask for a pause of 25 seconds before GET /crm/v3/objects/contacts, which" in error.message
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(("budget_s", "waits"), [(25, [25.0]), (600, [50.0])])
def test_a_pause_within_the_budget_is_waited_for(
    connect: Connect, upstream: UpstreamStub, clock: Clock, budget_s: int, waits: list[float]
) -> None:
    headers = {
        "X-HubSpot-RateLimit-Max": "100",
        "X-HubSpot-RateLimit-Remaining": "0",
        "X-HubSpot-RateLimit-Interval-Milliseconds": "50000",
    }
    upstream.respond = scripted(json_response({"results": []}, headers=headers), json_response({"results": []}))
    client = connect(retry_budget_s=budget_s)

    client.request(PAGE)
    client.request(PAGE)

    assert clock.waits == waits


@pytest.mark.parametrize(("per_s", "waits"), [(4, [0.25]), (0.5, [2.0])])
def test_searches_are_spaced_as_the_settings_say(
    connect: Connect, clock: Clock, per_s: float, waits: list[float]
) -> None:
    client = connect(searches_per_s=per_s)

    for _ in range(2):
        client.request(endpoints.search_page("contacts", filters=[], sort="hs_object_id", names=[]))

    assert clock.waits == waits


def test_a_body_may_have_as_many_megabytes_as_the_settings_say(connect: Connect, upstream: UpstreamStub) -> None:
    client = connect(max_body_mb=1)
    upstream.respond = scripted(StubResponse(200, b"x" * 2**20), StubResponse(200, b"x" * (2**20 + 1)))

    assert len(client.request(PAGE).body) == 2**20
    assert "longer than 1,048,576 bytes" in failure(client).message


@pytest.mark.parametrize(
    ("response", "waits"),
    [
        (error_response(500), []),
        (json_response({}, status=429, headers={"Retry-After": "3"}), [4.0, 4.0]),
        (json_response({}, status=429, headers={"Retry-After": "10"}), []),
    ],
    ids=["500", "429", "429 beyond the limit"],
)
def test_a_hasty_client_retries_nothing_and_waits_for_a_rate_limit_within_its_limit(
    upstream: UpstreamStub, clock: Clock, response: StubResponse, waits: list[float]
) -> None:
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url, retries=1)
    account = HubSpotAccount(settings, clock=clock, jitter=lambda: 1.0, default_downstream=lambda: clock)
    upstream.respond = lambda _request: response
    client = account.hasty_client(limit_s=10)

    assert failure(client).status == response.status
    client.close()

    assert (len(upstream.requests), clock.waits) == (len(waits) + 1, waits)


def test_a_hasty_client_does_not_wait_longer_than_its_limit(upstream: UpstreamStub) -> None:
    is_over = threading.Event()
    upstream.respond = lambda _request: json_response({"late": is_over.wait(20)})
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url)
    client = HubSpotAccount(settings).hasty_client(limit_s=0.1)

    error = failure(client)
    is_over.set()
    client.close()

    assert error.kind == "upstream-timeout"


def issuing_tokens(*tokens: str, expires_in: int = 1800) -> Responder:
    """A HubSpot that issues these tokens in turn and accepts only the latest."""
    rest, valid = list(tokens), [""]

    def respond(request: ReceivedRequest) -> StubResponse:
        if request.path == "/oauth/v1/token":
            valid[0] = rest.pop(0)
            return json_response({"access_token": valid[0], "expires_in": expires_in, "token_type": "bearer"})
        if request.headers.get("Authorization") != f"Bearer {valid[0]}":
            return json_response({"category": "EXPIRED_AUTHENTICATION", "message": "expired"}, status=401)
        return json_response({"results": []})

    return respond


OAUTH = {"auth": "oauth", "hubspot_api_key": "", "client_id": "id", "client_secret": "sec ret", "refresh_token": "ref"}


def test_a_refresh_token_is_exchanged_once(connect: Connect, upstream: UpstreamStub) -> None:
    upstream.respond = issuing_tokens("one")
    client = connect(**OAUTH)

    client.request(PAGE)
    client.request(PAGE)

    exchange, *pages = upstream.requests
    assert exchange.body == b"grant_type=refresh_token&client_id=id&client_secret=sec+ret&refresh_token=ref"
    assert exchange.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert [request.headers["Authorization"] for request in pages] == ["Bearer one"] * 2


def test_a_token_is_renewed_before_it_expires(connect_pull: ConnectPull, upstream: UpstreamStub, clock: Clock) -> None:
    upstream.respond = issuing_tokens("one", "two")
    clients = connect_pull(**OAUTH)
    client = clients.primary

    client.request(PAGE)
    clock.now += 1741
    client.request(PAGE)

    assert upstream.requests[-1].headers["Authorization"] == "Bearer two"
    assert clients.retry_count == 0


def requests_to(upstream: UpstreamStub) -> tuple[int, int]:
    """Count the requests for tokens and for everything else."""
    tokens = sum(request.path == "/oauth/v1/token" for request in upstream.requests)
    return tokens, len(upstream.requests) - tokens


def test_a_token_that_hubspot_rejects_is_renewed(
    connect_pull: ConnectPull, upstream: UpstreamStub, clock: Clock
) -> None:
    """At once, and it does not count as a retry."""
    upstream.respond = issuing_tokens("one")
    clients = connect_pull(**OAUTH, retries=0)
    clients.primary.request(PAGE)
    upstream.respond = issuing_tokens("two")

    assert clients.primary.request(PAGE).status == 200
    assert requests_to(upstream) == (2, 3)
    assert (clients.retry_count, sum(clock.waits)) == (0, 0.0)


def test_errors_after_a_renewal_are_retried_as_often_as_without_one(
    connect_pull: ConnectPull, upstream: UpstreamStub, clock: Clock
) -> None:
    pages = scripted(error_response(401), error_response(500))
    tokens = scripted(json_response({"access_token": "x", "expires_in": 1800}))
    upstream.respond = lambda request: (tokens if request.path == "/oauth/v1/token" else pages)(request)

    assert failure(connect_pull(**OAUTH).primary).status == 500

    assert requests_to(upstream) == (2, 4)
    assert [wait for wait in clock.waits if wait] == [0.5, 1.0]


def test_a_token_is_renewed_only_once_per_request(connect: Connect, upstream: UpstreamStub) -> None:
    def respond(request: ReceivedRequest) -> StubResponse:
        if request.path == "/oauth/v1/token":
            return json_response({"access_token": "x", "expires_in": 1800})
        return error_response(401, "nope")

    upstream.respond = respond

    assert failure(connect(**OAUTH)).status == 401
    assert requests_to(upstream) == (2, 2)


@pytest.mark.parametrize("retries", [0, 1, 4])
@pytest.mark.parametrize("has_started", [False, True])
def test_a_token_is_requested_as_often_as_any_other_request(
    connect_pull: ConnectPull, upstream: UpstreamStub, clock: Clock, has_started: bool, retries: int
) -> None:
    """The retries of the token and those of the page that needs it do not multiply."""
    upstream.respond = scripted(error_response(500))
    clients = connect_pull(**OAUTH, retries=retries)
    if has_started:
        clients.response_started()

    assert failure(clients.primary).status == 500

    allowed = retries if has_started else min(retries, 2)
    assert requests_to(upstream) == (1 + allowed, 0)
    assert clock.waits == [0.5 * 2**attempt for attempt in range(allowed)]


def test_a_token_endpoint_that_recovers_costs_one_retry(connect_pull: ConnectPull, upstream: UpstreamStub) -> None:
    """When the first token is fetched, and when a rejected one is replaced."""
    issued = json_response({"access_token": "x", "expires_in": 1800})
    tokens = scripted(error_response(503), issued, error_response(503), issued)
    pages = scripted(json_response({"results": []}), error_response(401), json_response({"results": []}))
    upstream.respond = lambda request: (tokens if request.path == "/oauth/v1/token" else pages)(request)
    clients = connect_pull(**OAUTH, retries=1)

    assert [clients.primary.request(PAGE).status for _ in range(2)] == [200, 200]
    assert requests_to(upstream) == (4, 3)
    assert clients.retry_count == 2


@pytest.mark.parametrize("document", [{}, {"access_token": "a"}, {"access_token": 1, "expires_in": 2}, []])
def test_a_token_response_without_a_token_is_an_error(
    connect: Connect, upstream: UpstreamStub, document: object
) -> None:
    upstream.respond = scripted(json_response(document))

    assert isinstance(failure(connect(**OAUTH)), MismatchError)


def test_a_refused_refresh_token_is_reported_without_the_token(connect: Connect, upstream: UpstreamStub) -> None:
    body = {"status": "BAD_REFRESH_TOKEN", "message": "ref and sec ret are invalid"}
    upstream.respond = scripted(json_response(body, status=400))

    assert failure(connect(**OAUTH)).hubspot_message == "*** and *** are invalid"


def test_a_legacy_key_is_sent_in_the_url_only(connect: Connect, upstream: UpstreamStub) -> None:
    upstream.respond = scripted(error_response(401, f"The API key {TOKEN} is invalid"))

    error = failure(connect(auth="hapikey"))

    assert upstream.requests[0].query == {"limit": ["100"], "hapikey": [TOKEN]}
    assert "Authorization" not in upstream.requests[0].headers
    assert TOKEN not in error.message


def test_a_legacy_key_is_the_only_parameter_of_a_request_without_others(
    connect: Connect, upstream: UpstreamStub
) -> None:
    connect(auth="hapikey").request(endpoints.schemas())

    assert (upstream.requests[0].path, upstream.requests[0].query) == ("/crm/v3/schemas", {"hapikey": [TOKEN]})


def test_a_batch_with_missing_records_is_a_success(connect: Connect, upstream: UpstreamStub) -> None:
    """HubSpot answers 207."""
    upstream.respond = scripted(json_response({"results": [], "errors": []}, status=207))

    response = connect().request(endpoints.read_batch("contacts", ["1"], names=["email"], history=[]))

    assert isinstance(response, Response)
    assert json.loads(upstream.requests[0].body) == {
        "inputs": [{"id": "1"}],
        "properties": ["email"],
        "propertiesWithHistory": [],
    }


def test_responses_and_retries_of_both_clients_are_counted(upstream: UpstreamStub, clock: Clock) -> None:
    settings, metrics = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url), PrometheusMetrics()
    clients = HubSpotAccount(settings, metrics=metrics, clock=clock, jitter=lambda: 1.0).pull_clients(clock)
    ok = json_response({"results": []})
    upstream.respond = scripted(error_response(500), ok, error_response(500), ok)

    clients.primary.request(PAGE)
    clients.secondary.request(PAGE)
    clients.close()

    text = metrics.text().decode()
    assert clients.retry_count == 2
    assert 'hubspot_service_upstream_retries_total{kind="upstream-status"} 2.0' in text
    assert 'hubspot_service_upstream_answers_total{status="200"} 2.0' in text


BATCHES = (
    endpoints.read_batch("contacts", ["1", "2"], names=(), history=()),
    endpoints.associations_batch("contacts", "companies", ["1", "2"]),
)
GONE = {"category": "OBJECT_NOT_FOUND", "message": "Could not get some CONTACT objects.", "context": {"ids": ["2"]}}
UNRELATED = {"category": "OBJECT_NOT_FOUND", "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND"}


def batch_response(*errors: object, status: int = 207) -> StubResponse:
    """A batch of which some parts failed."""
    return StubResponse(status, json.dumps({"results": [], "errors": list(errors)}).encode())


@pytest.mark.parametrize("request_", BATCHES)
@pytest.mark.parametrize(
    "errors", [(), (GONE,), (UNRELATED,), (GONE, UNRELATED), ({"category": "NO_ASSOCIATIONS_FOUND"},)]
)
@pytest.mark.parametrize("status", [200, 207])
def test_a_batch_without_some_records_or_associations_is_a_success(
    connect: Connect, upstream: UpstreamStub, request_: Request, errors: tuple[object, ...], status: int
) -> None:
    upstream.respond = scripted(batch_response(*errors, status=status))

    connect().request(request_)

    assert len(upstream.requests) == 1


@pytest.mark.parametrize("request_", BATCHES)
@pytest.mark.parametrize(
    "error",
    [
        {"category": "RATE_LIMITS", "message": "You have reached your secondly limit."},
        {"category": "INTERNAL_ERROR"},
        {"category": "VALIDATION_ERROR", "subCategory": "crm.associations.INVALID_IDENTIFIER"},
        {"category": None, "message": "?"},
        {},
    ],
)
@pytest.mark.parametrize("status", [200, 207])
def test_every_other_error_in_a_batch_is_retried(
    connect: Connect, upstream: UpstreamStub, request_: Request, error: object, status: int
) -> None:
    """Also if another part of the batch really does not exist."""
    upstream.respond = scripted(batch_response(GONE, error, status=status), batch_response(GONE))

    connect().request(request_)

    assert len(upstream.requests) == 2


@pytest.mark.parametrize(
    ("category", "response_status", "requests"), [("INTERNAL_ERROR", 502, 4), ("RATE_LIMITS", 503, 3)]
)
def test_a_batch_that_keeps_failing_in_part_fails_within_the_budget(
    connect: Connect, upstream: UpstreamStub, category: str, response_status: int, requests: int
) -> None:
    """A rate limit as long as the budget allows, everything else as often as the retries do."""
    upstream.respond = scripted(batch_response(GONE, {"category": category, "message": "for a@example.com"}))

    error = failure(connect(retries=3, retry_budget_s=25), BATCHES[0])

    assert (error.kind, error.response_status, error.category) == ("upstream-partial", response_status, category)
    assert "a@example.com" not in error.message
    assert len(upstream.requests) == requests


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"errors":{}}', b'{"errors":[1]}', b'{"errors":[{"category":5}]}'])
def test_malformed_errors_in_a_batch_are_not_retried(connect: Connect, upstream: UpstreamStub, body: bytes) -> None:
    upstream.respond = scripted(StubResponse(207, body))

    assert isinstance(failure(connect(), BATCHES[0]), MismatchError)
    assert len(upstream.requests) == 1
