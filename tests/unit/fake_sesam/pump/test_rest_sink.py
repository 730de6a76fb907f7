"""Whole runs of a pipe with a `rest` sink: what is sent, what is counted, and that nothing else is deleted."""

from typing import Any

import pytest

from tests.unit.fake_sesam.conftest import Connector, NodeDir

PIPE = "things-share"
ENTITIES: list[dict[str, Any]] = [{"_id": "a"}, {"_id": "b", "_deleted": True}, {"_id": "c"}]


def write(node_dir: NodeDir, entities: list[dict[str, Any]], **options: Any) -> None:
    """Write a pipe that sends a request for each of these entities."""
    operations = {"send": {"url": "things/{{ _id }}", "method": "GET"}}
    node_dir.add(
        {"_id": "target", "type": "system:rest", "url_pattern": "$ENV(things-url)/%s", "operations": operations}
    )
    node_dir.add(
        {
            "_id": PIPE,
            "type": "pipe",
            "source": {"type": "embedded", "entities": entities},
            "sink": {"type": "rest", "system": "target", "operation": "send"},
            **options,
        }
    )


def test_each_full_run_sends_each_entity_once_and_ends_well(node_dir: NodeDir, connector: Connector) -> None:
    write(node_dir, ENTITIES)
    with node_dir.open(connector.url) as node:
        for run in (1, 2):
            result = node.run_pipe(PIPE)

            assert (result.error, result.processed, result.changed, result.deleted) == (None, 3, 3, 1)
            assert connector.paths == ["/things/a", "/things/b", "/things/c"] * run
            assert not node.dataset(PIPE).is_populated


def test_an_entity_that_is_no_longer_there_is_not_deleted_at_the_target(
    node_dir: NodeDir, connector: Connector
) -> None:
    write(node_dir, ENTITIES)
    with node_dir.open(connector.url) as node:
        assert node.run_pipe(PIPE).ok
    write(node_dir, ENTITIES[:1])
    with node_dir.open(connector.url) as node:
        assert node.run_pipe(PIPE).ok

    assert connector.paths[3:] == ["/things/a"]


@pytest.mark.parametrize(("batch_size", "sent"), [(1, "abc"), (2, "abc"), (3, "abcabc")])
def test_a_request_that_fails_fails_the_run(
    node_dir: NodeDir, connector: Connector, batch_size: int, sent: str
) -> None:
    """The entities of its batch are sent once more, one by one, unless it is the only one."""
    write(node_dir, ENTITIES, batch_size=batch_size)
    connector.replies(lambda handler: handler.send(b"{}", status=500 if handler.path.endswith("c") else 200))
    with node_dir.open(connector.url) as node:
        result = node.run_pipe(PIPE)

    assert not result.ok
    assert "expected a 2xx status, got 500" in str(result.error)
    assert connector.paths == [f"/things/{each}" for each in sent]
