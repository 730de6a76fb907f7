"""A circuit breaker protects those who read the dataset: they see nothing of a tripped run until it is committed."""

from collections.abc import Callable
from typing import Any

import pytest

from fake_sesam import Node
from fake_sesam.dataset import NodeStore
from fake_sesam.errors import ReadError
from fake_sesam.evaluation import evaluate
from fake_sesam.operations import settle_circuit_breaker
from fake_sesam.pump import NodeDatasets
from tests.unit.fake_sesam.conftest import Connector, NodeDir
from tests.unit.fake_sesam.pump.memory_pump import MemoryPump

BREAKER = {"type": "dataset", "circuit_breaker_threshold_count": 1}
FOLLOWER = {"_id": "follower", "type": "pipe", "source": {"type": "dataset", "dataset": "things-collect"}}
PUBLISHER = {**FOLLOWER, "_id": "publisher", "sink": {"type": "http_endpoint"}}


def follow(node: Node) -> list[str]:
    assert node.run_pipe("follower").ok
    return [entity["_id"] for entity in node.dataset("follower").entities()]


def publish(node: Node) -> list[str]:
    found = evaluate(node, node.pipe("publisher"), "after-transforms")
    return [entity["_id"] for entity in found if not entity["_deleted"]]


def look_up(node: Node) -> list[str]:
    datasets = NodeDatasets(node.dataset)
    return [each for each in "abc" if datasets.entity("things-collect", each) is not None]


def read(node: Node) -> list[str]:
    return [entity["_id"] for entity in node.dataset("things-collect").entities()]


@pytest.mark.parametrize("reader", [follow, publish, look_up, read])
@pytest.mark.parametrize(("is_committed", "expected"), [(True, []), (False, ["a", "b", "c"])])
def test_no_reader_sees_a_tripped_run_until_it_is_committed(
    node_dir: NodeDir,
    connector: Connector,
    reader: Callable[[Node], list[str]],
    is_committed: bool,
    expected: list[str],
) -> None:
    node_dir.pipe(sink=BREAKER)
    node_dir.add(FOLLOWER)
    node_dir.add(PUBLISHER)
    connector.gives([{"id": each} for each in "abc"])
    with node_dir.open(connector.url) as node:
        node.run_pipe("things-collect")
        assert reader(node) == ["a", "b", "c"]
        connector.gives([])
        assert not node.run_pipe("things-collect").ok

        assert reader(node) == ["a", "b", "c"]

        settle_circuit_breaker(node, "things-collect", is_committed=is_committed)
        assert reader(node) == expected


def test_a_run_that_can_trip_is_hidden_while_it_runs_and_shown_when_it_ends(store: NodeStore) -> None:
    pump = MemoryPump(store, sink={"type": "dataset", "circuit_breaker_threshold_count": 10}, batch_size=1)
    pump.run({"_id": "a"})
    seen: list[list[str]] = []

    pump.run({"_id": "a"}, {"_id": "b"}, on_progress=lambda _count: seen.append(pump.ids))

    assert (seen, pump.ids) == ([["a"], ["a"]], ["a", "b"])


def test_a_run_that_fails_otherwise_shows_what_it_has_written(store: NodeStore) -> None:
    """Batches before a failure stay, as without a circuit breaker."""
    pump = MemoryPump(store, sink={"type": "dataset", "circuit_breaker_threshold_count": 10}, batch_size=1)
    pump.run({"_id": "a"})
    pump.attempts = [([{"_id": "a"}, {"_id": "b"}], True)]

    assert not pump.run().ok

    assert pump.ids == ["a", "b"]


@pytest.mark.parametrize("sink", [{"type": "dataset", "circuit_breaker_threshold_count": 10}, {"type": "dataset"}])
def test_what_an_interrupted_run_has_hidden_is_shown_by_the_next(store: NodeStore, sink: dict[str, Any]) -> None:
    """Whether the circuit breaker is still configured or not."""
    pump = MemoryPump(store, sink={"type": "dataset", "circuit_breaker_threshold_count": 10})
    pump.run({"_id": "a"})
    pump.dataset("p").hold(1)
    pump.dataset("p").write([{"_id": "b"}])
    pump.use(sink=sink)

    pump.run({"_id": "a"}, {"_id": "b"})

    assert pump.ids == ["a", "b"]


def test_a_read_error_before_anything_was_written_leaves_the_dataset_visible(store: NodeStore) -> None:
    pump = MemoryPump(store, sink={"type": "dataset", "circuit_breaker_threshold_count": 10})
    pump.run({"_id": "a"})
    pump.attempts = [([], True)]

    result = pump.run()

    assert result.error == str(ReadError("the source broke off"))
    assert (pump.ids, pump.dataset("p").held_from) == (["a"], None)
