"""The client of a node's API: what it sends, and how a refusal is explained."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from contract_bench.roles import node_api
from contract_bench.roles.node_api import EndlessRunError, NodeApi, NodeApiError, PumpRun
from tests.support.upstream_stub import ReceivedRequest, StubResponse, UpstreamStub

RUNTIME = {"is-running": False, "success": True, "last-original-error-message": "", "last-message": "", "last-seen": ""}


@pytest.fixture
def stub() -> Iterator[UpstreamStub]:
    """A node that answers what a test tells it to."""
    stub = UpstreamStub()
    yield stub
    stub.close()


@pytest.fixture
def node(stub: UpstreamStub) -> Iterator[NodeApi]:
    """Its client."""
    api = NodeApi(stub.url)
    yield api
    api.close()


def answers(stub: UpstreamStub, *documents: object, status: int = 200) -> None:
    """Let it answer these documents in turn, the last one forever."""
    left = list(documents)

    def respond(_request: ReceivedRequest) -> StubResponse:
        document = left.pop(0) if len(left) > 1 else left[0]
        return StubResponse(status, json.dumps(document).encode())

    stub.respond = respond


def test_a_run_waits_for_its_end_and_returns_why_it_failed(stub: UpstreamStub, node: NodeApi) -> None:
    """The original error says more than the last message."""
    failed = {
        **RUNTIME,
        "success": False,
        "last-original-error-message": "cut",
        "last-message": "failed",
        "last-seen": 7,
    }
    answers(stub, {}, {"runtime": {**RUNTIME, "is-running": True}}, {"runtime": failed})

    run = node.run("a", is_rescan=True)

    assert run == PumpRun(ok=False, why="cut", offset="7")
    assert [(one.method, one.path) for one in stub.requests] == [("POST", "/api/pipes/a/pump")] + [
        ("GET", "/api/pipes/a/pump")
    ] * 2
    assert parse_qs(stub.requests[0].body.decode()) == {"operation": ["start-rescan"]}


def test_a_run_that_does_not_end_is_an_error(
    stub: UpstreamStub, node: NodeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_api, "RUN_TIMEOUT_S", 0.02)
    answers(stub, {"runtime": {**RUNTIME, "is-running": True}})

    with pytest.raises(EndlessRunError, match=r"expected a run of a to end within .* s, got one that is still running"):
        node.result("a")


def test_a_refusal_is_an_error_with_the_request_and_the_start_of_the_response(
    stub: UpstreamStub, node: NodeApi
) -> None:
    answers(stub, "z" * 999, status=409)

    with pytest.raises(NodeApiError, match="expected the node to take POST /pipes/a/pump, got 409: ") as caught:
        node.begin("a")

    assert caught.value.status == 409
    assert str(caught.value).count("z") == 300 - 1  # the quotation mark of the JSON text is the first character


def test_a_dataset_that_does_not_exist_is_empty_and_can_be_deleted(stub: UpstreamStub, node: NodeApi) -> None:
    """Any other refusal is an error, so that a node that is down does not look empty."""
    answers(stub, {}, status=404)

    assert node.entities("a") == {}
    node.drop("a")
    answers(stub, {}, status=500)
    with pytest.raises(NodeApiError):
        node.entities("a")
    with pytest.raises(NodeApiError):
        node.drop("a")


@pytest.mark.parametrize(("status", "pid"), [({"running": True, "pid": 7}, 7), ({"running": False, "pid": 7}, None)])
def test_only_a_running_system_has_a_process(
    stub: UpstreamStub, node: NodeApi, status: dict[str, object], pid: int | None
) -> None:
    answers(stub, status)

    assert node.pid("s") == pid
