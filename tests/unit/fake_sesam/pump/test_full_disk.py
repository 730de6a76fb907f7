"""A disk that is full: the pump fails with that as its reason, wherever it happens, and nothing is deleted."""

import logging
import sqlite3
from collections.abc import Callable

import pytest

from fake_sesam import Node
from fake_sesam.dataset import NodeStore
from tests.unit.fake_sesam.conftest import Connector
from tests.unit.fake_sesam.pump.memory_pump import MemoryPump

BIG = "x" * 5000


def fill_disk(store: NodeStore) -> None:
    """Let the file grow no more; SQLite then reports what it reports for a full disk."""
    with store.transaction() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")


def empty_disk(store: NodeStore) -> None:
    store._connection.execute("PRAGMA max_page_count = 1000000")


def test_a_pump_says_that_the_disk_is_full_and_goes_on_when_it_is_not(
    store: NodeStore, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even the failure can be stored, so it is in the result and in the process's log."""
    pump = MemoryPump(store)
    pump.run({"_id": "a"})
    fill_disk(store)

    with caplog.at_level(logging.ERROR):
        failed = pump.run(*({"_id": f"b{number}", "text": BIG} for number in range(50)))

    reason = "nothing can be stored: database or disk is full; is there space left in the data directory?"
    assert (failed.ok, failed.is_saved, failed.error, failed.deleted) == (False, False, reason, 0)
    assert failed.events[-1]["event_type"] == "pump-failed"
    assert reason in caplog.text
    assert [entity["_id"] for entity in pump.stored] == ["a"]
    empty_disk(store)
    assert pump.run({"_id": "a"}).ok


def fails_at(store: NodeStore, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    def full(*_arguments: object, **_options: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(store, method, full)


def test_a_run_whose_end_cannot_be_stored_has_failed(store: NodeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """All entities were written, but the offset was not."""
    pump = MemoryPump(store)
    fails_at(store, monkeypatch, "save_pump_state")

    result = pump.run({"_id": "a"})

    assert (result.ok, result.is_saved) == (False, False)
    assert "disk is full" in str(result.error)


@pytest.mark.parametrize("start", [Node.run_pipe, lambda node, pipe_id: node.pumps.start(node.pump(pipe_id))])
def test_the_node_remembers_a_failure_that_it_cannot_store(
    node: Node, connector: Connector, start: Callable[[Node, str], object]
) -> None:
    """The API would show the last good run otherwise."""
    from fake_sesam.api.representations import pipe_runtime

    connector.gives([{"id": "a"}])
    node.run_pipe("things-collect")
    fill_disk(node.store)
    connector.gives([{"id": f"b{number}", "text": BIG} for number in range(50)])

    start(node, "things-collect")
    node.pumps.wait("things-collect", 10)

    runtime = pipe_runtime(node, node.pipe("things-collect"))
    assert runtime["success"] is False
    assert "disk is full" in runtime["last-message"]
    empty_disk(node.store)
    assert node.run_pipe("things-collect").ok
    assert pipe_runtime(node, node.pipe("things-collect"))["success"] is True
