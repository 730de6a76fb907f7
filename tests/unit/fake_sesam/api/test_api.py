"""The wider node API: pipes, pumps, datasets, systems, secrets, receivers, tokens."""

import base64
import json
import threading
from pathlib import Path
from typing import Any

import pytest
import requests

from fake_sesam import Node, NodeOptions
from fake_sesam.api.tokens import Tokens
from fake_sesam.server import NodeServer
from tests.support.waiting import wait_until
from tests.unit.fake_sesam.api.conftest import Client
from tests.unit.fake_sesam.conftest import PIPE, Connector, Handler, NodeDir

PIPE_ID = "things-collect"
RECEIVER: dict[str, Any] = {"_id": "inbox", "type": "pipe", "source": {"type": "http_endpoint"}}


def wait_until_pump_stops(client: Client) -> dict[str, Any]:
    """Return the pump's runtime once it no longer runs."""
    return wait_until(
        lambda: client.get(f"/pipes/{PIPE_ID}/pump")["runtime"],
        "the pump to stop",
        is_met=lambda runtime: not runtime["is-running"],
    )


def run(client: Client, operation: str = "start") -> dict[str, Any]:
    """Run the pipe and return the runtime when it has ended."""
    response = client.operate(PIPE_ID, operation)
    assert response.status_code == 200, response.text
    return wait_until_pump_stops(client)


def test_a_pipe_shows_its_configuration_and_its_pump(client: Client, connector: Connector) -> None:
    """`original` as posted, `effective` with the defaults, `runtime` with the last run."""
    connector.gives([{"id": "a"}])
    runtime = run(client)

    pipe = client.get(f"/pipes/{PIPE_ID}")

    assert client.get(f"/pipes/{PIPE_ID}/metadata") == {}
    assert pipe["config"]["original"] == PIPE
    assert pipe["config"]["effective"]["sink"]["dataset"] == PIPE_ID
    assert pipe["config"]["effective"]["pump"]["schedule_interval"] == 900
    assert pipe["config"]["effective"]["source"]["if_source_empty"] == "accept"
    assert (runtime["success"], runtime["last-message"], runtime["progress"]) == (
        True,
        "pump-completed",
        {"processed": 1},
    )
    assert runtime["is-valid-config"] is True


def test_a_failed_run_shows_in_the_runtime(client: Client, connector: Connector) -> None:
    """With the connector's own message beside the node's."""
    connector.sends(b'{"message": "no token"}', status=503)

    runtime = run(client)

    assert runtime["success"] is False
    assert runtime["last-original-error-message"] == "no token"
    (event,) = client.get(f"/pipes/{PIPE_ID}/log", params={"reverse": "true", "limit": 1})
    assert event["event_type"] == "pump-failed"


def test_the_offset_is_set_and_reset_through_the_pump(client: Client) -> None:
    """The runtime shows what was sent."""
    client.operate(PIPE_ID, "update-last-seen", **{"last-seen": "42"}).raise_for_status()
    assert client.get(f"/pipes/{PIPE_ID}/pump")["runtime"]["last-seen"] == "42"

    client.operate(PIPE_ID, "update-last-seen", **{"last-seen": ""}).raise_for_status()

    assert client.get(f"/pipes/{PIPE_ID}/pump")["runtime"]["last-seen"] == ""


def test_an_unknown_operation_is_refused(client: Client) -> None:
    """400 with the words that clients look for."""
    response = client.operate(PIPE_ID, "explode")

    assert response.status_code == 400
    assert "doesn't support the operation" in response.text


def test_a_pump_that_runs_cannot_be_started_again(client: Client, connector: Connector) -> None:
    """409, until it has been stopped."""
    release = threading.Event()

    def wait(handler: Handler) -> None:
        release.wait(10)
        handler.send(b'[{"id": "a"}]')

    connector.replies(wait)
    client.operate(PIPE_ID, "start").raise_for_status()

    again = client.operate(PIPE_ID, "start")
    moved = client.operate(PIPE_ID, "update-last-seen", **{"last-seen": ""})
    client.operate(PIPE_ID, "stop").raise_for_status()
    release.set()

    assert (again.status_code, moved.status_code) == (409, 409)
    runtime = wait_until_pump_stops(client)
    assert "was stopped" in runtime["last-message"]


@pytest.mark.parametrize("operation", ["enable", "reset-tracking", "reset-rescan", "discard-retries", "start-rescan"])
def test_every_documented_operation_is_taken(client: Client, operation: str) -> None:
    """They answer the pump."""
    assert "runtime" in client.operate(PIPE_ID, operation).json()


def test_disabling_is_logged_with_its_comment(client: Client) -> None:
    """As an event of its own."""
    client.operate(PIPE_ID, "disable", comment="holiday")

    (event,) = client.get(f"/pipes/{PIPE_ID}/log")

    assert (event["event_type"], event["comment"]) == ("pump-disabled", "holiday")
    assert client.get(f"/pipes/{PIPE_ID}/pump")["runtime"]["is-disabled"] is True
    assert client.operate(PIPE_ID, "start").status_code == 409


def test_pipes_are_added_changed_and_removed(client: Client) -> None:
    """201, 409 for one that exists, 400 for a wrong one."""
    new = {**PIPE, "_id": "more"}

    assert client.request("POST", "/pipes", json=[new]).status_code == 201
    assert client.request("POST", "/pipes", json=[new]).status_code == 409
    assert client.request("POST", "/pipes", json=[{**PIPE, "_id": "bad", "source": {}}]).status_code == 400
    assert client.request("POST", "/pipes", json=[{"_id": "s", "type": "system:url"}]).status_code == 400
    changed = {**new, "batch_size": 7}
    assert client.request("PUT", "/pipes/more/config", json=changed).status_code == 200
    assert client.get("/pipes/more/config") == changed
    assert client.request("PUT", "/pipes/more/config", json=PIPE).status_code == 400
    assert client.request("DELETE", "/pipes/more").status_code == 200
    assert client.request("GET", "/pipes/more").status_code == 404


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("source", [{"id": "a", "n": 1}]),
        ("before-transforms", [{"id": "a", "n": 1}]),
        ("after-transform", [{"_id": "a", "id": "a", "n": 1}]),
    ],
)
def test_entities_are_shown_at_each_stage(
    client: Client, connector: Connector, stage: str, expected: list[dict[str, Any]]
) -> None:
    """Without running the pipe."""
    connector.gives([{"id": "a", "n": 1}])

    assert client.get(f"/pipes/{PIPE_ID}/entities", params={"stage": stage}) == expected
    assert client.request("GET", f"/pipes/{PIPE_ID}/entities", params={"stage": "middle"}).status_code == 400


def test_a_source_that_fails_while_it_is_looked_at_is_an_error(client: Client, connector: Connector) -> None:
    """Never an empty array."""
    connector.sends(b"no", status=500)

    response = client.request("GET", f"/pipes/{PIPE_ID}/entities", params={"stage": "source"})

    assert response.status_code == 502
    assert "expected a 2xx status, got 500" in response.text


def test_a_preview_puts_one_entity_through_the_transforms(client: Client) -> None:
    """With the configuration that is posted; a wrong one answers 400."""
    rules = {"default": [["add", "_id", "_S.id"], ["add", "name", ["upper", "_S.name"]]]}
    config = {**PIPE, "transform": {"type": "dtl", "rules": rules}}
    form = {"pipe-config": json.dumps(config), "source": '{"id": "a", "name": "ada"}'}

    response = client.request("POST", f"/pipes/{PIPE_ID}/preview", data=form)

    assert response.json() == [{"_id": "a", "name": "ADA"}]
    bad = {"pipe-config": '{"_id": "x", "type": "pipe"}', "source": "{}"}
    assert client.request("POST", f"/pipes/{PIPE_ID}/preview", data=bad).status_code == 400
    assert client.request("POST", f"/pipes/{PIPE_ID}/preview", data={"source": "{"}).status_code == 400


def test_datasets_answer_with_all_their_parameters(client: Client, connector: Connector) -> None:
    """History and deletions are there unless they are left out."""
    connector.gives([{"id": "a", "n": 1}, {"id": "b", "n": 1}])
    run(client)
    connector.gives([{"id": "a", "n": 2}])
    run(client)
    path = f"/datasets/{PIPE_ID}/entities"

    def offsets(**query: Any) -> list[int]:
        return [entity["_updated"] for entity in client.get(path, params=query)]

    assert offsets() == [0, 1, 2, 3]
    assert offsets(history="false") == [2, 3]
    assert offsets(history="false", deleted="false") == [2]
    assert offsets(since=1, limit=1) == [2]
    assert offsets(reverse="true", limit=2) == [3, 2]
    assert offsets(populated="true") == [0, 1, 2, 3]
    assert client.request("GET", path, params={"since": "x"}).status_code == 400
    assert client.request("GET", path, params={"history": "maybe"}).status_code == 400
    assert client.get(f"/datasets/{PIPE_ID}/entity", params={"entity_id": "a"})["n"] == 2
    assert client.get(f"/datasets/{PIPE_ID}/entity", params={"offset": 0})["n"] == 1
    assert client.request("GET", f"/datasets/{PIPE_ID}/entity").status_code == 404
    runtime = client.get(f"/datasets/{PIPE_ID}")["runtime"]
    assert (runtime["count-index-exists"], runtime["count-index-deleted"], runtime["count-log-exists"]) == (2, 1, 4)


def test_datasets_are_listed_and_removed(client: Client, connector: Connector) -> None:
    """The node's own only on request."""
    connector.gives([{"id": "a"}])
    run(client)

    names = [each["_id"] for each in client.get("/datasets")]
    everything = [each["_id"] for each in client.get("/datasets", params={"include-internal-datasets": "true"})]

    assert (names, everything) == ([PIPE_ID], ["system:pump:things-collect", PIPE_ID])
    assert client.request("DELETE", f"/datasets/{PIPE_ID}").status_code == 200
    assert client.request("GET", f"/datasets/{PIPE_ID}").status_code == 404


def test_entities_are_written_into_a_dataset(client: Client) -> None:
    """An `_id` that is no string is refused."""
    assert client.request("POST", "/datasets/own/entities", json=[{"_id": "x"}]).json() == {}
    assert client.request("POST", "/datasets/own/entities", json=[{"_id": 1}]).status_code == 400
    assert (
        client.request(
            "POST", "/datasets/own/entities", data="{", headers={"Content-Type": "application/json"}
        ).status_code
        == 400
    )
    assert [each["_id"] for each in client.get("/datasets/own/entities")] == ["x"]


def test_a_tripped_circuit_breaker_is_shown_and_rolled_back(node_dir: NodeDir, connector: Connector) -> None:
    """Through the dataset's operations."""
    node_dir.pipe(sink={"type": "dataset", "circuit_breaker_threshold_count": 1})
    connector.gives([{"id": "a"}, {"id": "b"}])
    with node_dir.open(connector.url) as node, NodeServer(node) as server:
        client = Client(server.url)
        run(client)
        connector.gives([])
        run(client)
        assert client.get(f"/datasets/{PIPE_ID}")["runtime"]["has-circuit-breaker"] is True

        path, form = f"/datasets/{PIPE_ID}", {"operation": "rollback-circuit-breaker"}
        assert client.request("POST", path, data=form).status_code == 200

        assert client.request("POST", path, data=form).status_code == 400
        assert client.get(path)["runtime"]["count-index-deleted"] == 0
        client.session.close()


def test_a_secret_that_a_url_encodes_is_masked_everywhere(node_dir: NodeDir) -> None:
    """In the execution log, the log of the pipe runner and the error of the proxy."""
    node_dir.system(url_pattern="http://127.0.0.1:1/$SECRET(key)/%s")
    secret = "s3cret/with blanks&ümlaut"
    with node_dir.open("http://127.0.0.1:1", secrets={"key": secret}) as node, NodeServer(node) as server:
        client = Client(server.url)
        run = client.request("POST", "/pipes/run-all-pipes", params={"check_input_pipes": "true"}).json()
        shown = [
            json.dumps(run),
            json.dumps(client.get(f"/pipes/{PIPE_ID}/log")),
            json.dumps(client.get("/pipes/get-run-all-pipes-log")),
            client.request("GET", "/systems/things/proxy/x").text,
        ]
        client.session.close()

    assert all("nobody listens on" in text for text in (shown[0], shown[1], shown[3]))
    assert not [text for text in shown if "s3cret" in text]


def test_systems_show_no_secret(node_dir: NodeDir, connector: Connector) -> None:
    """References stay references, names are listed, values are not; a system's own secret wins."""
    node_dir.system(username="u", password="$SECRET(pass)", authentication="basic")
    options = {"secrets": {"pass": "s3cret-value"}}
    with node_dir.open(connector.url, **options) as node, NodeServer(node) as server:
        client = Client(server.url)
        client.request("PUT", "/systems/things/secrets", json={"pass": "0wn-value"}).raise_for_status()
        client.request("POST", "/secrets", json={"other": "x"}).raise_for_status()
        run(client)

        shown = client.request("GET", "/systems").text + client.request("GET", "/systems/things/config").text

        assert "$SECRET(pass)" in shown
        assert "value" not in shown
        assert client.get("/secrets") == ["other", "pass"]
        assert client.get("/systems/things/secrets") == ["pass"]
        assert connector.received[-1]["Authorization"] == "Basic " + base64.b64encode(b"u:0wn-value").decode()
        assert client.request("DELETE", "/systems/things/secrets/pass").json() == []
        assert client.request("DELETE", "/secrets/nothing").status_code == 404
        assert client.request("PUT", "/secrets", json={"a": 1}).status_code == 400
        client.session.close()


def test_the_environment_is_read_and_changed(client: Client, connector: Connector) -> None:
    """PUT replaces, PATCH adds, DELETE removes."""
    assert client.request("PATCH", "/env", json={"more": 1}).json() == {"things-url": connector.url, "more": 1}
    assert client.request("DELETE", "/env/more").json() == {"things-url": connector.url}
    assert client.request("DELETE", "/env/more").status_code == 404
    assert client.request("PUT", "/env", json=[]).status_code == 400
    assert client.get("/env") == {"things-url": connector.url}


def test_the_proxy_passes_requests_to_the_system(client: Client, connector: Connector) -> None:
    """Path, query and status."""
    connector.sends(b'{"echo": true}', status=418)

    response = client.request("GET", "/systems/things/proxy/a/b", params={"x": "1"})

    assert (response.status_code, response.json()) == (418, {"echo": True})
    assert connector.paths == ["/a/b?x=1"]


def test_a_system_has_status_logs_and_a_reload(client: Client) -> None:
    """A reload answers 202."""
    assert client.get("/systems/things/status") == {"running": True, "pid": None}
    assert client.request("GET", "/systems/things/logs", params={"since": "2026-01-01T00:00:00Z"}).text == ""
    assert client.request("GET", "/systems/things/logs", params={"since": "today"}).status_code == 400
    assert client.request("POST", "/systems/things/reload").status_code == 202
    assert client.request("GET", "/systems/nothing").status_code == 404


def test_a_receiver_takes_entities_and_full_syncs_delete(client: Client) -> None:
    """A full sync that does not fit together is refused with 409."""
    client.request("POST", "/pipes", json=[RECEIVER]).raise_for_status()
    path = "/receivers/inbox/entities"

    def push(entities: list[dict[str, Any]], **query: str) -> int:
        return client.request("POST", path, json=entities, params=query).status_code

    assert push([{"_id": "a"}, {"_id": "b"}]) == 200
    full = {"is_full": "true", "sequence_id": "7"}
    assert push([{"_id": "a"}], **full, is_first="true", request_id="0") == 200
    assert push([{"_id": "x"}], **full, request_id="2", previous_request_id="1") == 409
    assert push([], **full, is_last="true", request_id="1", previous_request_id="0") == 200
    assert push([], **full, is_last="true") == 409
    left = client.get("/datasets/inbox/entities", params={"history": "false", "deleted": "false"})
    assert [each["_id"] for each in left] == ["a"]
    assert client.request("POST", f"/receivers/{PIPE_ID}/entities", json=[]).status_code == 404
    assert client.request("GET", "/publishers/inbox/entities").status_code == 404


def test_a_token_is_checked_where_it_is_required(node: Node) -> None:
    """401 without, 403 with a foreign one; only who has a token gets another. Tokens carry no principals."""
    tokens = Tokens()
    minted = tokens.mint()
    with NodeServer(node, tokens=tokens) as server:
        refused = requests.post(f"{server.url}/api/jwt", data={"email": "x"}, timeout=10)
        another = requests.post(
            f"{server.url}/api/jwt", data={"email": "x"}, headers={"Authorization": f"Bearer {minted}"}, timeout=10
        )

        assert (refused.status_code, refused.text) == (
            401,
            '{"detail":"expected a bearer token; the node printed one when it started"}',
        )
        assert tokens.is_valid(another.text)
        assert Client(server.url).request("GET", "/pipes").status_code == 401
        assert Client(server.url, token=Tokens().mint()).request("GET", "/pipes").status_code == 403
        assert Client(server.url, token=minted).request("GET", "/pipes").status_code == 200
        assert requests.get(f"{server.url}/health", timeout=10).status_code == 200
    payload = json.loads(base64.urlsafe_b64decode(minted.split(".")[1] + "=="))
    assert payload["principals"] == {}


def test_a_given_token_is_the_only_valid_one(node: Node) -> None:
    """The node answers with it instead of signing another."""
    tokens = Tokens(given="chosen")
    with NodeServer(node, tokens=tokens) as server:
        statuses = {
            token: Client(server.url, token=token).request("GET", "/pipes").status_code
            for token in ("chosen", "chosen2", Tokens().mint())
        }

    assert list(statuses.values()) == [200, 403, 403]
    assert tokens.mint() == "chosen"


@pytest.mark.parametrize(
    "path", ["/health", "/ping", "/status", "/stats", "/license", "/metadata", "/namespaces", "/config-all"]
)
def test_the_node_tells_about_itself(client: Client, path: str) -> None:
    """Each answers JSON."""
    assert client.get(path) is not None


def test_two_nodes_live_in_one_process(node_dir: NodeDir, tmp_path: Path, connector: Connector) -> None:
    """They share nothing."""
    connector.gives([{"id": "a"}])
    options = NodeOptions(data_dir=tmp_path / "other", environment={"things-url": connector.url}, environ={})
    with node_dir.open(connector.url) as one, Node(node_dir.path, options) as two:
        one.run_pipe(PIPE_ID)

        assert (one.dataset(PIPE_ID).count, two.dataset(PIPE_ID).count) == (1, 0)
