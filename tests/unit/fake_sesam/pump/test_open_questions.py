"""What Sesam's documents leave open: the default, and the other choice where there is one."""

from typing import Any

import pytest

from fake_sesam.assumptions import Assumptions, assume
from fake_sesam.dataset import NodeStore
from tests.unit.fake_sesam.conftest import Connector, NodeDir
from tests.unit.fake_sesam.pump.memory_pump import MemoryPump


def dtl(*steps: Any) -> dict[str, Any]:
    return {"type": "dtl", "rules": {"default": list(steps)}}


COPY_ID = ["copy", "_id"]


@pytest.mark.parametrize("trigger", [{}, {"trigger_on": {"key": "_id", "value": "*"}}], ids=["always", "triggered"])
@pytest.mark.parametrize(
    ("assumptions", "steps", "is_deleted"),
    [
        (Assumptions(), [COPY_ID, ["add", "x", 1]], True),
        (Assumptions(), [["add", "_id", ["concat", "y", "_S._id"]]], True),
        (Assumptions(), [COPY_ID, ["add", "_deleted", False]], False),
        (Assumptions(carries_deletion=False), [COPY_ID, ["add", "x", 1]], False),
        (Assumptions(carries_deletion=False), [["copy", "*"]], True),
    ],
)
def test_a_deletion_is_carried_through_a_transform(
    node_dir: NodeDir,
    connector: Connector,
    assumptions: Assumptions,
    steps: list[Any],
    is_deleted: bool,
    trigger: dict[str, Any],
) -> None:
    """Otherwise an entity that its source has deleted would come alive in the next dataset."""
    source = {"type": "dataset", "dataset": "things-collect"}
    node_dir.add({"_id": "next", "type": "pipe", "source": source, "transform": dtl(*steps) | trigger})
    with node_dir.open(connector.url, assumptions=assumptions) as node:
        node.dataset("things-collect").write([{"_id": "a", "_deleted": True}])

        assert node.run_pipe("next").ok

        (entity,) = node.dataset("next").entities(deleted=True)
        assert entity["_deleted"] is is_deleted


def test_an_empty_partial_rescan_does_not_lower_the_offset(store: NodeStore) -> None:
    """Otherwise each one would begin earlier than the last."""
    pump = MemoryPump(
        store,
        source={"supports_since": True},
        pump={"partial_rescan_run_count": 1, "partial_rescan_delta": 10},
    )
    pump.run({"_id": "a", "_updated": 100})

    offsets = [pump.run().offset for _ in range(3)]
    offsets.append(pump.run({"_id": "b", "_updated": 95}).offset)
    offsets.append(pump.run({"_id": "c", "_updated": 101}).offset)

    assert offsets == [100, 100, 100, 100, 101]
    assert pump.since == [None, 90, 90, 90, 90, 90]


@pytest.mark.parametrize(
    ("pairs", "expected"), [([], [True, False]), ([("fails-empty-increments", "true")], [False, False])]
)
def test_an_empty_incremental_run_deletes_nothing_and_so_does_not_fail(
    node_dir: NodeDir, connector: Connector, pairs: list[tuple[str, str]], expected: list[bool]
) -> None:
    """`if_source_empty` protects what a full run would delete; a quiet hour is no error."""
    node_dir.pipe(source={"supports_since": True, "if_source_empty": "fail"})
    connector.gives([{"id": "a", "_updated": 1}])
    with node_dir.open(connector.url, assumptions=assume(pairs)) as node:
        assert node.run_pipe("things-collect").ok
        connector.gives([])

        assert [node.run_pipe("things-collect", is_rescan=rescan).ok for rescan in (False, True)] == expected
        assert node.dataset("things-collect").count == 1
