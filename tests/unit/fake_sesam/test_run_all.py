"""The runner of all pipes: until nothing changes, within limits."""

import itertools
import json

import pytest

from fake_sesam import Node
from fake_sesam.run_all import RunAll, RunAllSettings
from tests.unit.fake_sesam.conftest import Connector, NodeDir


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


def test_a_stopped_run_has_failed(node: Node) -> None:
    run = RunAll(node, RunAllSettings())
    run.stop()

    run.execute()

    assert (run.status, run.additional_info) == ("failed", "stopped")
