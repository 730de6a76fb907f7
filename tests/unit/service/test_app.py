import json
import logging
import socket
import threading

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.downstream import PatientDownstreamClient
from service.errors import AbortResponse, PullAbandoned
from service.logs import TextFormatter
from service.settings import Settings
from service.upstream.account import HubSpotAccount
from tests.support.upstream_stub import (
    CORRELATION_ID,
    TOKEN,
    ReceivedRequest,
    StubResponse,
    UpstreamStub,
    error_response,
    json_response,
    list_responder,
    record,
)


class ImpatientDownstreamClient(PatientDownstreamClient):
    """A client for which waiting takes no time."""

    def wait(self, seconds: float) -> None:
        """Return at once."""


@pytest.fixture
def client(upstream: UpstreamStub) -> FlaskClient:
    """A client of the application in front of the scripted HubSpot, with three records per page, read in order."""
    return create_app(
        Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url, page_size=3, connections=1, retries=0)
    ).test_client()


def test_get_contacts_returns_every_contact_of_every_page(client: FlaskClient, upstream: UpstreamStub) -> None:
    upstream.respond = list_responder([record(number) for number in range(1, 9)])

    response = client.get("/get_contacts")

    assert response.status_code == 200
    assert response.mimetype == "application/json"
    assert [entity["_id"] for entity in json.loads(response.data)] == [str(number) for number in range(1, 9)]
    assert len(upstream.requests) == 3


def test_an_empty_portal_is_an_empty_array(client: FlaskClient) -> None:
    assert client.get("/get_contacts").data == b"[]"


def test_an_error_on_the_first_page_is_reported_with_hubspots_message(
    client: FlaskClient, upstream: UpstreamStub
) -> None:
    upstream.respond = lambda _request: error_response(500)

    response = client.get("/get_contacts")

    assert response.status_code == 502
    assert response.get_json() == {
        "kind": "upstream-status",
        "message": "HubSpot answered 500 to GET /crm/v3/objects/contacts: internal error",
        "hubspot": {"status": 500, "message": "internal error", "correlation_id": CORRELATION_ID},
    }


def test_a_first_page_that_is_html_is_an_error(client: FlaskClient, upstream: UpstreamStub) -> None:
    """Proxies and maintenance pages send HTML with status 200."""
    upstream.respond = lambda _request: StubResponse(
        200, b"<html>Just a moment...</html>", {"Content-Type": "text/html"}
    )

    response = client.get("/get_contacts")

    assert (response.status_code, response.get_json()["kind"]) == (502, "mismatch")


def test_the_response_starts_after_the_first_page_without_waiting_for_the_second(
    client: FlaskClient, upstream: UpstreamStub
) -> None:
    upstream.respond = list_responder([record(number) for number in range(1, 9)])

    response = client.get("/get_contacts", buffered=False)
    first = next(response.iter_encoded())

    assert len(json.loads(first + b"]")) == 3
    response.close()


def test_health_does_not_query_hubspot() -> None:
    response = (
        create_app(Settings(hubspot_api_key=TOKEN, hubspot_base_url="http://127.0.0.1:9", retries=0))
        .test_client()
        .get("/health")
    )

    assert (response.status_code, response.get_json()) == (200, {"status": "ok"})


def test_an_unknown_route_is_404_in_json(client: FlaskClient) -> None:
    response = client.get("/contacts")

    assert (response.status_code, response.get_json()["kind"]) == (404, "http-404")


def test_another_method_is_405_in_json_with_an_allow_header(client: FlaskClient) -> None:
    response = client.delete("/get_contacts")

    assert (response.status_code, response.get_json()["kind"]) == (405, "http-405")
    assert "GET" in response.headers["Allow"]


def test_a_bug_is_500_in_json_without_details(client: FlaskClient, upstream: UpstreamStub) -> None:
    """The details are in the log."""
    client.application.view_functions["operations.health"] = lambda: str(1 / 0)

    response = client.get("/health")

    assert (response.status_code, response.get_json()["kind"]) == (500, "internal-error")
    assert b"division" not in response.data


def test_a_complete_pull_logs_one_line_with_the_id_of_the_response(
    client: FlaskClient, upstream: UpstreamStub, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="service")
    upstream.respond = list_responder([record(number) for number in range(1, 5)])

    response = client.get("/get_contacts", buffered=True)

    [line] = [TextFormatter().format(row) for row in caplog.records]
    assert "Importing 4 contacts to Sesam entities=4 pages=2 retries=0 seconds=" in line
    assert line.endswith(f"request={response.headers['X-Request-Id']}")


def test_neither_secrets_nor_personal_data_are_logged(
    client: FlaskClient, upstream: UpstreamStub, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    upstream.respond = list_responder([record(1)])
    client.get("/get_contacts", buffered=True)
    upstream.respond = lambda _request: error_response(401, f"{TOKEN} of c1@example.com is unknown")
    client.get("/get_contacts", buffered=True)

    assert TOKEN not in caplog.text
    assert "@example.com" not in caplog.text


@pytest.mark.parametrize(("failing_page", "requests"), [(1, 3), (2, 6)])
def test_all_retries_are_allowed_after_the_first_byte(upstream: UpstreamStub, failing_page: int, requests: int) -> None:
    """Before it, there are two at most. The page after the failing one is never requested."""
    good, bad = list_responder([record(number) for number in range(1, 9)]), error_response(500)
    upstream.respond = lambda request: bad if len(upstream.requests) >= failing_page else good(request)
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url, page_size=3, retries=4, connections=1)
    account = HubSpotAccount(settings, jitter=lambda: 0.0, default_downstream=ImpatientDownstreamClient)

    response = create_app(settings, account=account).test_client().get("/get_contacts", buffered=False)

    if failing_page > 1:
        with pytest.raises(AbortResponse):
            list(response.iter_encoded())
    response.close()
    assert len(upstream.requests) == requests


@pytest.mark.parametrize("kind", ["caller-gone", "stopping"])
def test_a_pull_that_nobody_wants_any_more_is_503(upstream: UpstreamStub, kind: str) -> None:
    """The client may have disconnected, or the service is shutting down, before the first byte."""
    is_waiting = threading.Event()  # HubSpot does not answer before, or the pull would not wait

    class Leaving(PatientDownstreamClient):
        def wait_readable(self, *_: object, **__: object) -> None:
            is_waiting.set()
            raise PullAbandoned("Nobody waits.", kind=kind)

        def wait_any(self, *_: object, **__: object) -> list[socket.socket]:
            self.wait_readable()
            return []

    upstream.respond = lambda _request: json_response({"results": []}, status=200 if is_waiting.wait(20) else 500)
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url)
    account = HubSpotAccount(settings, default_downstream=Leaving)

    response = create_app(settings, account=account).test_client().get("/get_contacts")

    assert response.status_code == 503
    assert response.get_json() == {"kind": kind, "message": "Nobody waits."}


def test_an_invalid_parameter_is_named(client: FlaskClient, upstream: UpstreamStub) -> None:
    """Nothing is requested. Owners have parameters of their own."""
    contacts = client.get("/get_contacts?limit=0").get_json()
    owners = client.get("/get_owners?limit=1").get_json()

    assert (contacts["kind"], contacts["parameter"]) == ("bad-request", "limit")
    assert contacts["message"].startswith("limit: expected a whole number")
    assert (owners["kind"], owners["parameter"]) == ("bad-request", "limit")
    assert owners["message"].endswith("Known parameters: since, subset, archived.")
    assert upstream.requests == []


def test_hubspots_rate_limit_is_503(client: FlaskClient, upstream: UpstreamStub) -> None:
    """Sesam has a retry strategy of its own."""
    upstream.respond = lambda _request: json_response({"policyName": "DAILY", "message": "daily limit"}, status=429)

    response = client.get("/get_contacts")

    assert response.status_code == 503
    assert response.get_json()["hubspot"] == {"status": 429, "message": "daily limit", "correlation_id": None}


def test_a_hubspot_that_does_not_answer_is_504(upstream: UpstreamStub) -> None:
    over = threading.Event()

    def respond(_request: ReceivedRequest) -> StubResponse:
        over.wait(20)
        return json_response({"results": []})

    upstream.respond = respond
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url, retries=0, read_timeout_s=0.2)

    response = create_app(settings).test_client().get("/get_contacts")
    over.set()

    assert (response.status_code, response.get_json()["kind"]) == (504, "upstream-timeout")


@pytest.mark.parametrize(("mode", "value"), [("escape", "~~t2026-03-09"), ("keep", "~t2026-03-09")])
def test_strings_with_a_tilde_arrive_as_the_setting_says(upstream: UpstreamStub, mode: str, value: str) -> None:
    """In each of two pulls."""
    row = record(1)
    row["properties"]["firstname"] = "~t2026-03-09"
    upstream.respond = list_responder([row])
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url, tilde_strings=mode)
    client = create_app(settings).test_client()

    for _ in range(2):
        [entity] = json.loads(client.get("/get_contacts").data)
        assert entity["properties"]["firstname"] == value
