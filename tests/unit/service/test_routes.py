"""The routes of pulls: their options, their ids, and that every pull is closed."""

import re
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service import routes
from service.downstream import SocketDownstreamClient
from service.errors import BadRequestError
from service.metrics import NoMetrics
from service.options import PullOptions
from service.routes import new_request_id, pull_routes
from service.settings import Settings
from service.upstream.account import HubSpotAccount


class Pulls:
    """Replaces `Pull`, and notes what happens to each."""

    def __init__(self) -> None:
        self.started: list[tuple[str, PullOptions]] = []
        self.given: list[dict[str, Any]] = []
        self.closed = 0
        self.error: BaseException | None = None

    def __call__(self, account: object, schemas: object, metrics: object, **given: Any) -> "Pulls":
        """Create a pull."""
        self.given.append({"account": account, "schemas": schemas, "metrics": metrics, **given})
        return self

    def start(self, type_name: str, options: PullOptions) -> Iterator[bytes]:
        """Start it."""
        self.started.append((type_name, options))
        if self.error is not None:
            raise self.error
        return iter([b"[", b"]"])

    def close(self) -> None:
        """Close it."""
        self.closed += 1


@pytest.fixture
def pulls(monkeypatch: pytest.MonkeyPatch) -> Pulls:
    replaced = Pulls()
    monkeypatch.setattr(routes, "Pull", replaced)
    return replaced


ACCOUNT = HubSpotAccount(Settings(hubspot_api_key="pat-x", hubspot_base_url="http://127.0.0.1:9"))
METRICS = NoMetrics()


def client_of(stopping: threading.Event | None = None) -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(pull_routes(ACCOUNT, METRICS, stopping or threading.Event(), new_id=lambda: "the-id"))
    app.testing = True
    return app.test_client()


def test_a_pull_is_sent_as_json_with_its_id_and_closed(pulls: Pulls) -> None:
    response = client_of().get("/get_contacts?limit=5", buffered=True)

    assert (response.status_code, response.data) == (200, b"[]")
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["X-Request-Id"] == "the-id"
    assert pulls.started == [("contacts", PullOptions(limit=5))]
    assert pulls.closed == 1
    (given,) = pulls.given
    assert (given["account"], given["metrics"], given["request_id"]) == (ACCOUNT, METRICS, "the-id")
    assert given["downstream"] is None


def test_pulls_share_what_is_known_of_the_account(pulls: Pulls) -> None:
    client = client_of()

    for name in ("contacts", "deals"):
        client.get(f"/get_{name}", buffered=True)

    first, second = pulls.given
    assert first["schemas"] is second["schemas"]


def test_a_pull_whose_body_nobody_reads_is_closed(pulls: Pulls) -> None:
    client_of().head("/get_contacts", buffered=True)

    assert pulls.closed == 1


@pytest.mark.parametrize("error", [BadRequestError("no"), RuntimeError("a bug"), KeyboardInterrupt()])
def test_a_pull_that_does_not_start_is_closed(pulls: Pulls, error: BaseException) -> None:
    pulls.error = error

    with pytest.raises(type(error)):
        client_of().get("/get_contacts")

    assert pulls.closed == 1


@pytest.mark.parametrize(
    ("query", "is_known"),
    [("since=1", True), ("subset=x", True), ("archived=true", True), ("limit=1", False), ("properties=a", False)],
)
def test_owners_have_fewer_options(pulls: Pulls, query: str, is_known: bool) -> None:
    client = client_of()
    assert client.get(f"/get_contacts?{query}", buffered=True).status_code == 200

    if is_known:
        assert client.get(f"/get_owners?{query}", buffered=True).status_code == 200
    else:
        with pytest.raises(BadRequestError, match=r"Unknown parameter .* Known parameters: since, subset, archived"):
            client.get(f"/get_owners?{query}")


def test_every_value_of_a_parameter_is_read(pulls: Pulls) -> None:
    client_of().get("/get_contacts?properties=a&properties=b", buffered=True)

    assert pulls.started[0][1].properties == ("a", "b")


def test_the_client_is_watched_if_the_server_offers_its_socket(pulls: Pulls) -> None:
    near, far = socket.socketpair()
    stopping = threading.Event()
    with near, far:
        client_of(stopping).get("/get_contacts", environ_overrides={"gunicorn.socket": near}, buffered=True)

        downstream = pulls.given[0]["downstream"]
        assert isinstance(downstream, SocketDownstreamClient)
        assert (downstream._socket, downstream._stopping) == (near, stopping)


def test_ids_of_requests_are_short_and_all_different() -> None:
    ids = {new_request_id() for _ in range(50)}

    assert len(ids) == 50
    assert all(re.fullmatch("[0-9a-f]{12}", one) for one in ids)
