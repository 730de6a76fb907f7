"""The runner of all pipes: until nothing changes, within limits."""

import itertools
import json
import threading
from typing import Any

import pytest

from fake_sesam import Node
from fake_sesam.run_all import RunAll, RunAllSettings
from tests.unit.fake_sesam.conftest import Connector, Handler, NodeDir


def test_it_runs_until_nothing_changes_and_then_the_extra_rounds(node: Node, connector: Connector) -> None:
    """One round that changes, one that does not, two more."""
    connector.gives([{"id": "a"}])
    run = RunAll(node, RunAllSettings(extra_zero_runs=2))

    run.execute()

    assert (run.status, len(connector.paths)) == ("success", 4)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (RunAllSettings(max_runs=3), "still changing after max_runs (3)"),
        (RunAllSettings(max_run_time_s=0), "still changing after max_run_time (0 s)"),
    ],
)
def test_a_source_that_never_stops_changing_fails_at_a_limit(
    node: Node, connector: Connector, settings: RunAllSettings, reason: str
) -> None:
    """A source that changes with every pull."""
    counter = itertools.count()
    connector.replies(lambda handler: handler.send(json.dumps([{"id": "a", "n": next(counter)}]).encode()))
    run = RunAll(node, settings)

    run.execute()

    assert (run.status, run.additional_info) == ("failed", reason)


def test_pipes_that_read_from_outside_run_before_those_that_follow_them(
    node_dir: NodeDir, connector: Connector
) -> None:
    """So one round is enough for both; what has no pump is left out."""
    node_dir.add({"_id": "a-follower", "type": "pipe", "source": {"type": "dataset", "dataset": "things-collect"}})
    node_dir.add({"_id": "inbox", "type": "pipe", "source": {"type": "http_endpoint"}})
    connector.gives([{"id": "a"}])
    with node_dir.open(connector.url) as node:
        run = RunAll(node, RunAllSettings(is_reset=True))
        run.execute()

        assert [line["logdata"].partition(":")[0] for line in run.lines[:2]] == ["things-collect", "a-follower"]
        assert node.dataset("a-follower").count == 1


def enrich(pipe_id: str, joined: str) -> dict[str, Any]:
    """Return a pipe that takes a value from another dataset."""
    spec = {"datasets": [f"{joined} z"], "where": ["eq", "_S.k", "z.k"]}
    rules = {"default": [["copy", "_id"], ["add", "found", ["map", "_.n", ["hops", spec]]]]}
    return {
        "_id": pipe_id,
        "type": "pipe",
        "source": {"type": "dataset", "dataset": "src"},
        "transform": {"type": "dtl", "rules": rules},
    }


SRC: dict[str, Any] = {
    "_id": "src",
    "type": "pipe",
    "source": {"type": "embedded", "entities": [{"_id": "1", "k": "x"}]},
}
LOOKED_UP: dict[str, Any] = {
    "type": "pipe",
    "source": {"type": "dataset", "dataset": "src"},
    "transform": {"type": "dtl", "rules": {"default": [["copy", ["list", "_id", "k"]], ["add", "n", "joined"]]}},
}


@pytest.mark.parametrize("joined", ["z-lookup", "a-a-lookup"])
def test_pipes_run_after_those_that_they_join_with(node_dir: NodeDir, connector: Connector, joined: str) -> None:
    """Whatever they are called."""
    for pipe in (SRC, {"_id": joined, **LOOKED_UP}, enrich("a-enrich", joined)):
        node_dir.add(pipe)
    with node_dir.open(connector.url) as node:
        run = RunAll(node, RunAllSettings())
        run.execute()

        assert (run.status, run.additional_info) == ("success", None)
        assert [entity["found"] for entity in node.dataset("a-enrich").entities()] == [["joined"]]
        assert not any("waits" in line["logdata"] for line in run.lines)


def test_a_pipe_reads_everything_again_when_what_it_joins_with_has_changed(
    node_dir: NodeDir, connector: Connector
) -> None:
    """`a-first` joins with a dataset that is filled from its own output."""
    node_dir.add(SRC)
    node_dir.add(enrich("a-first", "inbox"))
    node_dir.add({"_id": "inbox", "type": "pipe", "source": {"type": "http_endpoint"}})
    rules = {"default": [["copy", "_id"], ["add", "k", "x"], ["add", "n", "late"]]}
    filler = {"_id": "filler", "type": "pipe", "source": {"type": "dataset", "dataset": "a-first"}}
    node_dir.add({**filler, "transform": {"type": "dtl", "rules": rules}, "sink": {"dataset": "inbox"}})
    with node_dir.open(connector.url) as node:
        run = RunAll(node, RunAllSettings())
        run.execute()

        assert run.status == "success"
        assert [entity["found"] for entity in node.dataset("a-first").entities()] == [["late"]]


def test_a_pipe_that_waits_for_ever_fails_the_run_and_holds_up_no_other(
    node_dir: NodeDir, connector: Connector
) -> None:
    """The dataset has no pipe."""
    node_dir.add(SRC)
    node_dir.add(enrich("a-enrich", "nobody"))
    with node_dir.open(connector.url) as node:
        run = RunAll(node, RunAllSettings())
        run.execute()

        assert run.status == "failed"
        assert run.additional_info == "pipe 'a-enrich' waits for dataset 'nobody', which is not populated"
        assert node.dataset("src").count == 1


def test_an_unexpected_error_ends_the_run_as_failed(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client in asynchronous mode would otherwise ask for ever."""

    def broken(*_arguments: object, **_options: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Node, "run_pipe", broken)
    run = RunAll(node, RunAllSettings())

    run.execute()

    assert (run.status, run.additional_info) == ("failed", "OSError: no space left on device")


def test_every_failing_pipe_is_named_and_the_others_run(node_dir: NodeDir, connector: Connector) -> None:
    """One round is completed, so that a developer sees all of them at once."""
    failing = {"type": "dtl", "rules": {"default": [["copy", "_id"], ["fail!", "no"]]}}
    source = {"type": "dataset", "dataset": "src"}
    for pipe in (
        SRC,
        {"_id": "a-bad", "type": "pipe", "source": source, "transform": failing},
        {"_id": "b-bad", "type": "pipe", "source": source, "transform": failing},
        {"_id": "c-good", "type": "pipe", "source": source},
    ):
        node_dir.add(pipe)
    with node_dir.open(connector.url) as node:
        run = RunAll(node, RunAllSettings())
        run.execute()

        assert run.status == "failed"
        assert [line.partition(" failed")[0] for line in str(run.additional_info).splitlines()] == [
            "pipe 'a-bad'",
            "pipe 'b-bad'",
        ]
        assert node.dataset("c-good").count == 1


def test_a_pump_that_does_not_stop_fails_the_run_instead_of_writing_old_data(
    node: Node, connector: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connector hangs, so it would write into the dataset that was deleted."""
    hangs, goes_on = threading.Event(), threading.Event()

    def hang(handler: Handler) -> None:
        hangs.set()
        goes_on.wait(10)
        handler.send(b"[]")

    connector.replies(hang)
    monkeypatch.setattr("fake_sesam.resetting.STOP_TIMEOUT_S", 0.05)
    node.pumps.start(node.pump("things-collect"))
    assert hangs.wait(10)
    run = RunAll(node, RunAllSettings())

    run.execute()

    goes_on.set()
    assert node.pumps.wait_for_all(10)
    assert run.status == "failed"
    assert "'things-collect' runs and did not stop within" in str(run.additional_info)


def test_a_stopped_run_has_failed(node: Node) -> None:
    run = RunAll(node, RunAllSettings())
    run.stop()

    run.execute()

    assert (run.status, run.additional_info) == ("failed", "stopped")


def test_pipes_that_read_from_outside_do_not_wait_for_each_other(node_dir: NodeDir, connector: Connector) -> None:
    """Each answer comes only when all have asked; results are noted in the order of the pipes, then the others run."""
    names = [f"input-{number}" for number in range(4)]
    for name in names:
        node_dir.add({"_id": name, "type": "pipe", "source": {"type": "json", "system": "things", "url": name}})
    node_dir.add({"_id": "a-follower", "type": "pipe", "source": {"type": "dataset", "dataset": names[0]}})
    everybody = threading.Barrier(1 + len(names))

    def reply(handler: Handler) -> None:
        everybody.wait(30)
        handler.send(b'[{"id": "a", "_id": "a"}]')

    connector.replies(reply)
    with node_dir.open(connector.url) as node:
        run = RunAll(node, RunAllSettings())
        run.execute()

        assert (run.status, run.additional_info) == ("success", None)
        first = [line["logdata"].partition(":")[0] for line in run.lines[:6]]
        assert first == [*names, "things-collect", "a-follower"]
        assert node.dataset("a-follower").count == 1
