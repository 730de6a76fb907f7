import json
import logging
import re
from base64 import b64encode

import jsonschema_rs
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from service.app import create_app
from service.logs import JsonFormatter
from service.options import PARAMETERS
from service.settings import Settings
from tests.support.upstream_stub import (
    TOKEN,
    ReceivedRequest,
    StubResponse,
    UpstreamStub,
    error_response,
    json_response,
    list_responder,
    record,
)


@pytest.fixture
def client(upstream: UpstreamStub) -> FlaskClient:
    """A client of the application without a password."""
    return create_app(
        Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url, page_size=3, retries=0)
    ).test_client()


@pytest.fixture
def guarded(upstream: UpstreamStub) -> FlaskClient:
    """A client of the application with a password."""
    settings = Settings(
        hubspot_api_key=TOKEN, hubspot_base_url=upstream.url, retries=0, username="sesam", password="pass:wörd"
    )
    return create_app(settings).test_client()


def basic(name: str, password: str) -> dict[str, str]:
    """Build a basic authentication header."""
    return {"Authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


def test_frequent_readiness_probes_query_hubspot_once(client: FlaskClient, upstream: UpstreamStub) -> None:
    """Probes must not use up the quota."""
    statuses = [client.get("/ready").status_code for _ in range(3)]

    assert statuses == [200, 200, 200]
    assert len(upstream.requests) == 1


def test_a_readiness_check_retries_nothing(upstream: UpstreamStub) -> None:
    """A probe comes again soon, and Kubernetes counts failures itself."""
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url)
    upstream.respond = lambda _request: error_response(503)

    response = create_app(settings).test_client().get("/ready")

    assert (response.status_code, len(upstream.requests)) == (503, 1)


def test_ready_is_503_with_hubspots_error(client: FlaskClient, upstream: UpstreamStub) -> None:
    upstream.respond = lambda _request: error_response(401, "Authentication credentials not found.")

    response = client.get("/ready")

    assert response.status_code == 503
    assert response.get_json()["hubspot"]["status"] == 401


def test_metrics_count_pulls_entities_pages_responses_and_failures(upstream: UpstreamStub) -> None:
    """Over one connection: with several, a pull also searches the highest id, and may end before the answer."""
    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url, page_size=3, retries=0, connections=1)
    client = create_app(settings).test_client()
    upstream.respond = list_responder([record(number) for number in range(1, 5)])
    client.get("/get_contacts", buffered=True)
    upstream.respond = lambda _request: error_response(500, f"{TOKEN} c1@example.com")
    client.get("/get_companies", buffered=True)

    text = client.get("/metrics").text

    for line in (
        'hubspot_service_pulls_total{object_type="contacts",outcome="complete"} 1.0',
        'hubspot_service_pulls_total{object_type="companies",outcome="upstream-status"} 1.0',
        'hubspot_service_entities_total{object_type="contacts"} 4.0',
        'hubspot_service_pages_total{object_type="contacts"} 2.0',
        'hubspot_service_upstream_answers_total{status="500"} 1.0',
        "hubspot_service_upstream_seconds_count 3.0",
        "hubspot_service_pulls_running 0.0",
    ):
        assert line in text
    assert TOKEN not in text
    assert "example.com" not in text


def test_the_root_lists_the_routes(client: FlaskClient) -> None:
    assert "/get_contacts" in client.get("/").get_json()["routes"]


@pytest.mark.proof
def test_the_openapi_document_is_valid(client: FlaskClient) -> None:
    """By every rule of OpenAPI. The next test does without schemathesis and checks what clients use."""
    import schemathesis.openapi  # here, because it takes a second

    schemathesis.openapi.from_dict(client.get("/openapi.json").get_json()).validate()


def test_the_openapi_document_is_complete(client: FlaskClient) -> None:
    """Its schemas are valid, and every reference leads somewhere."""
    document = client.get("/openapi.json").get_json()

    assert document["openapi"].startswith("3.")
    for name, shape in document["components"]["schemas"].items():
        jsonschema_rs.validator_for({**shape, "components": document["components"]})
        assert jsonschema_rs.meta.is_valid(shape), name
    for reference in re.findall(r'"\$ref": ?"#/([^"]+)"', json.dumps(document)):
        found = document
        for part in reference.split("/"):
            found = found[part]
    routes = {rule.rule for rule in client.application.url_map.iter_rules()} - {"/get_<type_name>"}
    assert routes <= set(document["paths"])
    named = {one["name"] for one in document["paths"]["/get_contacts"]["get"]["parameters"]}
    assert named == set(PARAMETERS)


@pytest.mark.parametrize("path", ["/get_contacts", "/ready", "/metrics", "/", "/openapi.json", "/nowhere"])
@pytest.mark.parametrize(
    "headers", [{}, basic("sesam", "wrong"), basic("wrong", "pass:wörd"), {"Authorization": "Bearer pass:word"}]
)
def test_requests_without_the_password_are_refused(
    guarded: FlaskClient, upstream: UpstreamStub, path: str, headers: dict[str, str]
) -> None:
    response = guarded.get(path, headers=headers)

    assert (response.status_code, response.get_json()["kind"]) == (401, "unauthorized")
    assert response.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_client_with_the_password_is_served(guarded: FlaskClient) -> None:
    """As a node with `authentication: basic` sends it."""
    assert guarded.get("/get_contacts", headers=basic("sesam", "pass:wörd")).data == b"[]"


def test_health_requires_no_password(guarded: FlaskClient) -> None:
    """A container engine has none."""
    assert guarded.get("/health").status_code == 200


def test_a_json_log_line_contains_the_figures(
    client: FlaskClient, upstream: UpstreamStub, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="service")
    upstream.respond = list_responder([record(1)])
    client.get("/get_contacts", buffered=True)

    line = json.loads(JsonFormatter().format(caplog.records[0]))

    assert line["message"] == "Importing 1 contacts to Sesam"
    assert {"time", "level", "logger", "entities", "pages", "retries", "seconds", "request"} <= line.keys()


def test_a_failed_pull_is_logged_with_hubspots_correlation_id(
    client: FlaskClient, upstream: UpstreamStub, caplog: pytest.LogCaptureFixture
) -> None:
    upstream.respond = lambda _request: error_response(500)
    client.get("/get_contacts", buffered=True)

    line = json.loads(JsonFormatter().format(caplog.records[0]))

    assert line["correlation_id"] == "019dab0b-6a7c-7027-be99-1b61f6cd4513"
    assert line["kind"] == "upstream-status"


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*PARAMETERS, "offset", ""]),
            st.text(max_size=12) | st.sampled_from(["1", "0", "*", "true", "~t2026-03-09", "2026-03-09", "email", ","]),
        ),
        max_size=4,
    ),
    st.sampled_from(["contacts", "owners", "deals", "x", "../etc", "%00", "2-1"]),
)
@hypothesis_settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_query_is_answered_with_an_array_or_an_error_message(
    client: FlaskClient, upstream: UpstreamStub, query: list[tuple[str, str]], type_name: str
) -> None:
    properties = [{"name": "email"}, {"name": "a"}]

    def respond(request: ReceivedRequest) -> StubResponse:
        if "/properties/" in request.path:
            return json_response({"results": properties})
        has_owners = request.path == "/crm/v3/owners" and request.query.get("archived") != ["true"]
        return json_response({"results": [record(1)] if has_owners else []})

    upstream.respond = respond

    response = client.get(f"/get_{type_name}", query_string=query, buffered=True)

    if response.status_code == 200:
        assert [one["_id"] for one in json.loads(response.data)] in ([], ["1"] if type_name == "owners" else [])
    else:
        assert response.status_code in (400, 404)
        assert response.get_json()["message"]
