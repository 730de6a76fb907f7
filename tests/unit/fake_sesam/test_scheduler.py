"""Schedules: intervals, cron, startup, modes; and that nothing starts after an upload that says so."""

import json
from operator import not_
from typing import Any

import pytest

from fake_sesam import Node, NodeOptions
from fake_sesam.config.cron import is_due, is_valid_cron, next_cron
from fake_sesam.operations import operate
from fake_sesam.pump import Clock
from fake_sesam.scheduler import Scheduler
from tests.support.cases import for_each
from tests.support.waiting import wait_until
from tests.unit.fake_sesam.conftest import Connector, NodeDir

PIPE_ID = "things-collect"
MIDNIGHT = 1_795_478_400.0
"""2026-11-24T00:00:00Z."""


class Time:
    """The time, set by the test."""

    def __init__(self) -> None:
        self.now = MIDNIGHT

    def clock(self) -> Clock:
        """Return it as a node takes it."""
        return Clock(now=lambda: self.now)


def open_node(node_dir: NodeDir, connector: Connector, time: Time) -> Node:
    """Open a node on a clock."""
    options = NodeOptions(environment={"things-url": connector.url}, environ={})
    return Node(node_dir.path, options, clock=time.clock())


def wait(node: Node) -> None:
    wait_until(lambda: node.pumps.is_running(PIPE_ID), "the pump to stop", is_met=not_)


@pytest.mark.parametrize(
    ("pump", "seconds", "expected"),
    [
        ({}, 899, []),
        ({}, 900, [PIPE_ID]),
        ({"schedule_interval": 60}, 61, [PIPE_ID]),
        ({"cron_expression": "30 * * * *", "schedule_interval": 1}, 1799, []),
        ({"cron_expression": "30 * * * *", "schedule_interval": 1}, 1801, [PIPE_ID]),
        ({"mode": "manual"}, 10_000, []),
        ({"mode": "off"}, 10_000, []),
    ],
)
def test_a_pump_is_started_when_it_is_due(
    node_dir: NodeDir, connector: Connector, pump: dict[str, Any], seconds: int, expected: list[str]
) -> None:
    """By default every 900 seconds; a cron expression wins."""
    node_dir.pipe(pump=pump)
    clock = Time()
    with open_node(node_dir, connector, clock) as node:
        clock.now += seconds

        started = Scheduler(node).start_due()

        wait(node)
        assert started == expected


def test_after_a_run_the_next_one_waits_again(node_dir: NodeDir, connector: Connector) -> None:
    """The interval counts from the start of the last run."""
    clock = Time()
    with open_node(node_dir, connector, clock) as node:
        clock.now += 900
        scheduler = Scheduler(node)
        assert scheduler.start_due() == [PIPE_ID]
        wait(node)

        assert scheduler.start_due() == []


@pytest.mark.parametrize(
    ("pump", "expected"),
    [
        ({}, []),
        ({"run_at_startup": True}, [PIPE_ID]),
        ({"run_at_startup_if_not_populated": True}, [PIPE_ID]),
        ({"run_at_startup": True, "mode": "manual"}, []),
    ],
)
def test_some_pumps_run_at_startup(
    node_dir: NodeDir, connector: Connector, pump: dict[str, Any], expected: list[str]
) -> None:
    """Where the configuration says so."""
    node_dir.pipe(pump=pump)
    with open_node(node_dir, connector, Time()) as node:
        started = Scheduler(node).start_due(is_startup=True)

        wait(node)
        assert started == expected


def test_a_populated_dataset_needs_no_run_at_startup(node_dir: NodeDir, connector: Connector) -> None:
    """`run_at_startup_if_not_populated`."""
    node_dir.pipe(pump={"run_at_startup_if_not_populated": True})
    with open_node(node_dir, connector, Time()) as node:
        node.run_pipe(PIPE_ID)

        assert Scheduler(node).start_due(is_startup=True) == []


def test_nothing_starts_if_user_pipes_are_disabled(node_dir: NodeDir, connector: Connector) -> None:
    """As in every upload of sesam-py; nor does a pump that somebody disabled."""
    clock = Time()
    with open_node(node_dir, connector, clock) as node:
        operate(node, PIPE_ID, "disable")
        clock.now += 10_000
        assert Scheduler(node).start_due() == []
    metadata = {"_id": "node", "type": "metadata", "task_manager": {"disable_user_pipes": True}}
    (node_dir.path / "node-metadata.conf.json").write_text(json.dumps(metadata), "utf-8")
    with open_node(node_dir, connector, clock) as node:
        operate(node, PIPE_ID, "enable")

        assert Scheduler(node).start_due(is_startup=True) == []


def test_the_thread_starts_what_is_due(node_dir: NodeDir, connector: Connector) -> None:
    """As long as the node is served."""
    connector.gives([{"id": "a"}])
    clock = Time()
    with open_node(node_dir, connector, clock) as node, Scheduler(node, interval_s=0.01):
        clock.now += 900

        wait_until(lambda: node.dataset(PIPE_ID).count, "one entity in the dataset", is_met=lambda count: count == 1)


def test_a_rescan_follows_its_cron_expression(node_dir: NodeDir, connector: Connector) -> None:
    """Daily at midnight, as in Sesam's continuation tutorial."""
    node_dir.pipe(source={"supports_since": True}, pump={"rescan_cron_expression": "0 0 ? * *"})
    connector.gives([{"id": "a", "_updated": 1}])
    clock = Time()
    with open_node(node_dir, connector, clock) as node:
        types = []
        for hours in (1, 12, 23, 24, 25):
            clock.now = MIDNIGHT + hours * 3600
            types.append(node.run_pipe(PIPE_ID).sync_type)

    assert types == ["full", "incremental", "incremental", "full", "incremental"]


@for_each(
    ("expression", "after", "expected"),
    [
        ("* * * * *", MIDNIGHT, MIDNIGHT + 60),
        ("0/5 14,18 * * ?", MIDNIGHT, MIDNIGHT + 14 * 3600),
        ("0 12 * * ? 2027", MIDNIGHT, MIDNIGHT + 38 * 86400 + 12 * 3600),
    ],
)
def test_cron_expressions_have_five_fields_or_a_year_as_sixth(expression: str, after: float, expected: float) -> None:
    assert is_valid_cron(expression)
    assert next_cron(expression, after) == expected
    assert is_due(expression, last=after, now=expected)
    assert not is_due(expression, last=after, now=expected - 1)


@for_each("expression", ["", "* * * *", "61 * * * *", "* * * * * * *", "daily"])
def test_other_cron_expressions_are_invalid(expression: str) -> None:
    assert not is_valid_cron(expression)
