import json
import logging
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import pytest

from service.downstream import PatientDownstreamClient
from service.errors import AbortResponse, BadRequestError, UpstreamError
from service.metrics import NoMetrics
from service.options import PullOptions
from service.pull import Pull
from service.schema_cache import SchemaCache
from service.settings import Settings
from service.upstream.account import HubSpotAccount
from tests.support.upstream_stub import (
    CORRELATION_ID,
    TOKEN,
    ReceivedRequest,
    Responder,
    StubResponse,
    UpstreamStub,
    error_response,
    json_response,
    list_responder,
    record,
)
from tests.support.waiting import wait_until

FULL = PullOptions()


class Events(NoMetrics):
    """The events of a pull in the order in which they were reported."""

    def __init__(self) -> None:
        self.seen: list[tuple[object, ...]] = []

    def pull_started(self) -> None:
        """Note the event."""
        self.seen.append(("started",))

    def page_sent(self, object_type: str, entity_count: int) -> None:
        """Note the event."""
        self.seen.append(("page", object_type, entity_count))

    def pull_ended(self, object_type: str, outcome: str, seconds: float) -> None:
        """Note the event."""
        self.seen.append(("ended", object_type, outcome, seconds))


def broken(page: object, *, escape: bool) -> None:
    """Fail as only a bug can."""
    raise ZeroDivisionError((page, escape))


class Clock:
    """A clock that advances by a second and a quarter at each reading."""

    now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        self.now += 1.25
        return self.now


@pytest.fixture
def events() -> Events:
    """What the pull reports."""
    return Events()


@pytest.fixture
def pull(upstream: UpstreamStub, events: Events) -> Iterator[Pull]:
    """A pull of three records per page."""
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url, page_size=3, retries=0)
    pull = Pull(HubSpotAccount(settings), SchemaCache(), events, request_id="r1", clock=Clock())
    yield pull
    pull.close()


def figures_of(caplog: pytest.LogCaptureFixture) -> dict[str, object]:
    """Return the figures of the only log line."""
    [line] = [one for one in caplog.records if one.name == "service.pull"]
    figures: dict[str, object] = vars(line)["figures"]
    return figures


def test_a_complete_pull_is_counted_and_logged_once(
    pull: Pull, upstream: UpstreamStub, events: Events, caplog: pytest.LogCaptureFixture
) -> None:
    """With the time that it took."""
    caplog.set_level(logging.INFO, logger="service")
    upstream.respond = list_responder([record(number) for number in range(1, 6)])

    body = b"".join(pull.start("contact", FULL))
    pull.close()

    assert len(json.loads(body)) == 5
    assert events.seen == [
        ("started",),
        ("page", "contacts", 3),
        ("page", "contacts", 2),
        ("ended", "contacts", "complete", 1.25),
    ]
    assert figures_of(caplog) == {"entities": 5, "pages": 2, "retries": 0, "seconds": 1.25, "request": "r1"}
    assert caplog.records[0].levelname == "INFO"


def test_a_failure_before_the_first_byte_is_raised_and_logged_once(
    pull: Pull, upstream: UpstreamStub, events: Events, caplog: pytest.LogCaptureFixture
) -> None:
    upstream.respond = lambda _request: error_response(500)

    with pytest.raises(UpstreamError):
        pull.start("contacts", FULL)
    pull.close()

    assert events.seen == [("started",), ("ended", "contacts", "upstream-status", 1.25)]
    assert figures_of(caplog)["correlation_id"] == CORRELATION_ID
    assert figures_of(caplog)["kind"] == "upstream-status"
    assert caplog.records[0].levelname == "ERROR"


@pytest.mark.parametrize("is_bug", [False, True])
def test_a_failure_after_the_first_byte_aborts_the_response(
    pull: Pull,
    upstream: UpstreamStub,
    events: Events,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    is_bug: bool,
) -> None:
    """A bug in the connector too, with a traceback in the log."""
    good = list_responder([record(number) for number in range(1, 6)])
    upstream.respond = lambda request: error_response(500) if "after" in request.query and not is_bug else good(request)
    body = pull.start("contacts", FULL)
    first = next(body)
    if is_bug:
        monkeypatch.setattr("service.pull.to_entities", broken)

    with pytest.raises(AbortResponse):
        list(body)

    assert not first.endswith(b"]")
    assert events.seen[-1][:3] == ("ended", "contacts", "internal-error" if is_bug else "upstream-status")
    assert ("Unexpected ZeroDivisionError during a pull" in caplog.text) is is_bug


def test_a_bug_before_the_first_byte_is_raised(pull: Pull, events: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.pull.to_entities", broken)

    with pytest.raises(ZeroDivisionError):
        pull.start("contacts", FULL)

    assert events.seen[-1][:3] == ("ended", "contacts", "internal-error")


def test_a_pull_that_is_closed_early_was_abandoned(
    pull: Pull, upstream: UpstreamStub, events: Events, caplog: pytest.LogCaptureFixture
) -> None:
    upstream.respond = list_responder([record(number) for number in range(1, 9)])
    body = pull.start("contacts", FULL)
    next(body)

    pull.close()
    pull.close()

    assert [event[:3] for event in events.seen if event[0] == "ended"] == [("ended", "contacts", "caller-gone")]
    assert figures_of(caplog)["kind"] == "caller-gone"
    assert "correlation_id" not in figures_of(caplog)
    assert caplog.records[0].levelname == "WARNING"


def test_an_unknown_type_is_counted_without_its_name(
    pull: Pull, events: Events, caplog: pytest.LogCaptureFixture
) -> None:
    """Otherwise a client could create any number of metrics."""
    with pytest.raises(BadRequestError):
        pull.start("kontakts", FULL)

    assert events.seen == [("started",), ("ended", "records", "bad-request", 1.25)]
    assert caplog.records[0].levelname == "WARNING"


@pytest.mark.parametrize(("since_ms", "first"), [(None, []), (1_000_000, [880_000] * 2)])
def test_a_pull_starts_before_its_since_by_the_overlap(
    pull: Pull, upstream: UpstreamStub, since_ms: int | None, first: list[int]
) -> None:
    """120 seconds by default."""
    upstream.respond = lambda _request: json_response({"results": [], "total": 0})

    b"".join(pull.start("contacts", PullOptions(since_ms=since_ms)))

    searches = [request.document for request in upstream.requests if request.method == "POST"]
    assert [int(one["filterGroups"][0]["filters"][0]["value"]) for one in searches] == first


def test_owners_are_read_page_by_page_without_a_schema(pull: Pull, upstream: UpstreamStub, events: Events) -> None:
    owner = {"id": "61", "updatedAt": "2026-03-12T07:34:24.559Z"}
    upstream.respond = lambda _request: json_response({"results": [owner]})

    assert [one["_id"] for one in json.loads(b"".join(pull.start("owners", FULL)))] == ["61"]

    # A request that an earlier test began ahead may still arrive.
    asked = [(one.path, one.query) for one in upstream.requests if one.path != "/crm/v3/objects/contacts"]
    assert asked == [("/crm/v3/owners", {"limit": ["3"]})]
    assert events.seen[1:] == [("page", "owners", 1), ("ended", "owners", "complete", 1.25)]


class Stops:
    """A clock that shows these times in turn."""

    def __init__(self, *times: float) -> None:
        self._times = list(times)

    def __call__(self) -> float:
        """Return the next time, and the last one for ever."""
        return self._times.pop(0) if len(self._times) > 1 else self._times[0]


def test_seconds_are_logged_to_the_millisecond(
    upstream: UpstreamStub, events: Events, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="service")
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url)
    pull = Pull(HubSpotAccount(settings), SchemaCache(), events, request_id="r1", clock=Stops(10.0, 11.2345678))

    list(pull.start("contacts", FULL))

    assert figures_of(caplog)["seconds"] == 1.235
    assert events.seen[-1][-1] == pytest.approx(1.2345678)


def test_retries_are_logged(upstream: UpstreamStub, events: Events, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="service")
    answers = [error_response(503), json_response({"results": [record(1)]})]
    upstream.respond = lambda _request: answers.pop(0)
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url)
    pull = Pull(
        HubSpotAccount(settings, default_downstream=lambda: PatientDownstreamClient(sleep=lambda _seconds: None)),
        SchemaCache(),
        events,
        request_id="r1",
    )

    list(pull.start("contacts", FULL))

    assert figures_of(caplog)["retries"] == 1


@pytest.mark.parametrize(("tilde_strings", "sent"), [("escape", "~~t2026"), ("keep", "~t2026")])
def test_the_setting_decides_about_tildes(
    upstream: UpstreamStub, events: Events, tilde_strings: str, sent: str
) -> None:
    one = record(1)
    one["properties"]["firstname"] = "~t2026"
    upstream.respond = lambda _request: json_response({"results": [one]})
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url, tilde_strings=tilde_strings)

    body = b"".join(Pull(HubSpotAccount(settings), SchemaCache(), events, request_id="r").start("contacts", FULL))

    assert json.loads(body)[0]["properties"]["firstname"] == sent


def test_after_the_first_byte_a_request_has_all_its_retries(upstream: UpstreamStub, events: Events) -> None:
    """Before it, two at most."""
    good = list_responder([record(number) for number in range(1, 6)])
    failures = {"": 2, "after": 4}

    def respond(request: ReceivedRequest) -> StubResponse:
        name = "after" if "after" in request.query else ""
        failures[name] -= 1
        return error_response(503) if failures[name] >= 0 else good(request)

    upstream.respond = respond
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url, page_size=3, retries=4, connections=1)
    account = HubSpotAccount(settings, default_downstream=lambda: PatientDownstreamClient(sleep=lambda _seconds: None))
    pull = Pull(account, SchemaCache(), events, request_id="r")

    assert len(json.loads(b"".join(pull.start("contacts", FULL)))) == 5
    assert len(upstream.requests) == 2 + 4 + 2


@pytest.mark.parametrize("ending", ["complete", "broken", "closed"])
def test_the_connections_are_closed_at_every_end(upstream: UpstreamStub, events: Events, ending: str) -> None:
    """By the body itself, because its server may not do it. The pull is still closed once more."""
    good = list_responder([record(number) for number in range(1, 6)])
    fails = ending == "broken"
    upstream.respond = lambda request: error_response(500) if "after" in request.query and fails else good(request)
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url, page_size=3, retries=0)
    pull = Pull(HubSpotAccount(settings), SchemaCache(), events, request_id="r")
    connections = [client._connection for client in (pull._clients.primary, pull._clients.secondary)]
    body = pull.start("contacts", FULL)
    assert any(one._http.sock for one in connections)

    if ending == "closed":
        pull.close()
    else:
        with suppress(AbortResponse):
            list(body)

    assert [one._http.sock for one in connections] == [None, None]


# --- several ranges at the same time ---

MANY = 120


def divided(upstream: UpstreamStub) -> Responder:
    """Answer as an account that is worth dividing: in pages of three, and with its highest id.

    Only the first page comes before the highest id, however slow the search is.
    """
    answer = list_responder([record(number) for number in range(1, MANY + 1)])

    def respond(request: ReceivedRequest) -> StubResponse:
        if "after" in request.query:
            wait_until(lambda: any(one.method == "POST" for one in upstream.answered), "the search")
        return answer(request)

    return respond


@pytest.mark.parametrize("ending", ["complete", "broken", "closed"])
def test_every_connection_of_a_divided_pull_is_closed_at_every_end(
    upstream: UpstreamStub, events: Events, ending: str
) -> None:
    """Also in the middle, while a page is under way on each."""
    fails, good = ending == "broken", divided(upstream)
    upstream.respond = lambda request: (
        error_response(500) if fails and len(upstream.requests) > MANY // 6 else good(request)
    )
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url, page_size=3, retries=0, connections=4)
    pull = Pull(HubSpotAccount(settings), SchemaCache(), events, request_id="r")
    connections = [client._connection for client in pull._clients.side_by_side(4)]
    body, under_way = pull.start("contacts", FULL), 0

    with suppress(AbortResponse):
        for _piece in body:
            under_way = max(under_way, sum(one._http.sock is not None for one in connections))
            if ending == "closed" and under_way == len(connections):
                pull.close()
                break

    assert under_way == len(connections)
    assert [one._http.sock for one in connections] == [None] * 4
    assert [event[2] for event in events.seen if event[0] == "ended"] == [
        {"complete": "complete", "broken": "upstream-status", "closed": "caller-gone"}[ending]
    ]


class Standstill(PatientDownstreamClient):
    """Lets time pass only if nothing is under way."""

    def __init__(self) -> None:
        super().__init__(sleep=self._pass)
        self.now = 0.0

    def _pass(self, seconds: float) -> None:
        self.now += seconds

    def wait_any(self, socks: Sequence[socket.socket], *, seconds: float) -> list[socket.socket]:
        """Wait as long as it takes for a response."""
        return super().wait_any(socks, seconds=60 if socks else seconds)


def test_a_429_on_one_connection_holds_up_all_of_them(upstream: UpstreamStub, events: Events) -> None:
    """For half the window. Then one of them finds out whether there is room."""
    downstream = Standstill()
    seen: list[float] = []
    limits = {"X-HubSpot-RateLimit-Max": "100", "X-HubSpot-RateLimit-Interval-Milliseconds": "10000"}
    answer = divided(upstream)

    def respond(request: ReceivedRequest) -> StubResponse:
        seen.append(downstream.now)
        good = error_response(429) if len(seen) == 20 else answer(request)
        left = "0" if len(seen) >= 20 and downstream.now < seen[19] + 5.0 else "90"
        return replace(good, headers={**good.headers, **limits, "X-HubSpot-RateLimit-Remaining": left})

    upstream.respond = respond
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url, page_size=3, connections=4)
    account = HubSpotAccount(settings, clock=lambda: downstream.now, default_downstream=lambda: downstream)
    pull = Pull(account, SchemaCache(), events, request_id="r")

    entities = json.loads(b"".join(pull.start("contacts", FULL)))

    assert sorted(int(entity["_id"]) for entity in entities) == list(range(1, MANY + 1))
    after = seen[20:]
    assert sum(at == seen[19] for at in after) <= 3, "besides those that were under way"
    assert all(at == seen[19] or at >= seen[19] + 5.0 for at in after)
