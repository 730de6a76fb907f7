"""What the application answers besides records, to the last field."""

import json
from threading import Event
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from service.app import create_app
from service.errors import PullAbandoned, UpstreamError
from service.object_types import STANDARD_TYPES
from service.operations import operation_routes
from service.prometheus import PrometheusMetrics
from service.settings import Settings
from service.upstream.messages import Request
from tests.support.cases import for_each
from tests.support.upstream_stub import TOKEN

NOWHERE = "http://127.0.0.1:9"


def client_of(**settings: Any) -> FlaskClient:
    """Return a client of an application that never reaches HubSpot."""
    return create_app(
        Settings(hubspot_api_key=TOKEN, hubspot_base_url=NOWHERE, retries=0, **settings), stopping=Event()
    ).test_client()


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return client_of()


def test_the_root_names_every_route_and_what_it_is_for(client: FlaskClient) -> None:
    document = client.get("/").get_json()

    assert document.keys() == {"service", "routes"}
    assert document["service"] == "HubSpot CRM records as Sesam's JSON pull protocol"
    types = {f"/get_{known.name}": f"HubSpot's {known.name} for Sesam" for known in STANDARD_TYPES}
    others = {"/get_owners", "/get_<custom type>", "/health", "/ready", "/metrics", "/openapi.json"}
    assert {path: text for path, text in document["routes"].items() if path in types} == types
    assert document["routes"].keys() == types.keys() | others
    assert all(document["routes"].values())


def test_health_and_metrics_have_their_media_types(client: FlaskClient) -> None:
    health, metrics = client.get("/health"), client.get("/metrics")

    assert (health.status_code, health.content_type, health.get_json()) == (200, "application/json", {"status": "ok"})
    assert metrics.headers["Content-Type"].startswith("text/plain; version=0.0.4")


def test_a_refused_parameter_is_named(client: FlaskClient) -> None:
    response = client.get("/get_contacts?limit=0")

    assert response.status_code == 400
    assert response.get_json() == {
        "kind": "bad-request",
        "message": "limit: expected a whole number of at least 1, got '0'.",
        "parameter": "limit",
    }


def test_an_abandoned_pull_is_503(client: FlaskClient) -> None:
    def stop() -> str:
        raise PullAbandoned("The service is shutting down.", kind="stopping")

    application = create_app(Settings(hubspot_api_key=TOKEN, hubspot_base_url=NOWHERE))
    application.add_url_rule("/stop", view_func=stop)

    response = application.test_client().get("/stop")

    assert response.status_code == 503
    assert response.get_json() == {"kind": "stopping", "message": "The service is shutting down."}


@for_each(
    ("method", "path", "status", "beginning"),
    [
        ("GET", "/contacts", 404, "GET /contacts: The requested URL was not found"),
        ("DELETE", "/get_contacts", 405, "DELETE /get_contacts: The method is not allowed"),
        ("POST", "/health", 405, "POST /health: The method is not allowed"),
    ],
)
def test_an_error_of_flask_is_json_with_the_request(
    client: FlaskClient, method: str, path: str, status: int, beginning: str
) -> None:
    response = client.open(path, method=method)

    document = response.get_json()
    assert (response.status_code, document["kind"]) == (status, f"http-{status}")
    assert document["message"].startswith(beginning)
    assert document.keys() == {"kind", "message"}
    assert response.headers.getlist("Content-Type") == ["application/json"]
    assert response.headers.getlist("Content-Length") == [str(len(response.data))]


def test_an_error_of_flask_keeps_its_headers(client: FlaskClient) -> None:
    assert set(client.delete("/get_contacts").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_an_error_of_flask_decides_about_every_header_but_those_of_the_body() -> None:
    class OddError(HTTPException):
        code = 418
        description = "odd"

        def get_headers(self, *_given: Any, **_named: Any) -> list[tuple[str, str]]:
            return [("CONTENT-TYPE", "text/html"), ("Content-Length", "999"), ("Retry-After", "7")]

    def fail() -> str:
        raise OddError

    application = create_app(Settings(hubspot_api_key=TOKEN, hubspot_base_url=NOWHERE))
    application.add_url_rule("/fail", view_func=fail)

    response = application.test_client().get("/fail")

    assert response.status_code == 418
    assert response.get_json() == {"kind": "http-418", "message": "GET /fail: odd"}
    assert response.headers.getlist("Content-Type") == ["application/json"]
    assert response.headers.getlist("Content-Length") == [str(len(response.data))]
    assert response.headers["Retry-After"] == "7"


def test_a_bug_is_reported_without_its_text() -> None:
    def fail() -> str:
        raise KeyError(TOKEN)

    application = create_app(Settings(hubspot_api_key=TOKEN, hubspot_base_url=NOWHERE))
    application.add_url_rule("/fail", view_func=fail)

    response = application.test_client().get("/fail")

    assert response.status_code == 500
    assert response.get_json() == {
        "kind": "internal-error",
        "message": "An unexpected error occurred in the connector. The log has the traceback.",
    }


def test_a_request_without_the_password_is_told_how_to_authenticate() -> None:
    response = client_of(username="sesam", password="secret").get("/")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Basic realm="hubspot-service", charset="UTF-8"'
    assert response.get_json() == {
        "kind": "unauthorized",
        "message": "This service requires basic authentication with its user name and password.",
    }


@for_each("authorization", ["Basic !!", "Basic", "Digest username=sesam", "Basic c2VzYW0=", ""])
def test_an_authorization_that_cannot_be_read_is_none(authorization: str) -> None:
    response = client_of(username="sesam", password="secret").get("/", headers={"Authorization": authorization})

    assert response.status_code == 401


@pytest.mark.parametrize("is_protected", [False, True])
def test_the_openapi_document_says_whether_a_password_is_needed(is_protected: bool) -> None:
    settings = {"username": "sesam", "password": "secret"} if is_protected else {}

    response = client_of(**settings).get("/openapi.json", auth=("sesam", "secret"))

    assert response.content_type == "application/json"
    assert ("securitySchemes" in json.dumps(response.get_json())) is is_protected


def test_no_file_is_served(client: FlaskClient) -> None:
    assert client.get("/static/app.py").status_code == 404
    assert client.application.static_folder is None


class Account:
    """An account whose clients note what is asked, and fail if the test says so."""

    settings = Settings(hubspot_api_key=TOKEN, hubspot_base_url=NOWHERE)

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.seen: list[object] = []

    def hasty_client(self, *, limit_s: float) -> "Account":
        """Return a client."""
        self.seen.append(limit_s)
        return self

    def request(self, request: Request) -> None:
        """Answer or fail."""
        self.seen.append(request)
        if self.error is not None:
            raise self.error

    def close(self) -> None:
        """Note it."""
        self.seen.append("closed")


@pytest.mark.parametrize("error", [None, UpstreamError("no", kind="upstream-status", status=401)])
def test_readiness_is_one_small_request_with_a_limit_of_ten_seconds(error: UpstreamError | None) -> None:
    account: Any = Account(error)
    app = Flask(__name__)
    app.register_blueprint(operation_routes(account, PrometheusMetrics(), clock=lambda: 100.0))
    app.register_error_handler(UpstreamError, lambda error: (error.message, error.response_status))

    responses = [app.test_client().get("/ready") for _ in range(2)]

    assert [response.status_code for response in responses] == [503 if error else 200] * 2
    assert error or responses[0].get_json() == {"status": "ready"}
    assert account.seen == [10.0, Request("/crm/v3/objects/contacts?limit=1"), "closed"]
