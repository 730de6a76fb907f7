"""The whole node: pull, transform, store, log."""

from typing import Any

import pytest

from fake_sesam.errors import NotFoundError
from fake_sesam.node import Node
from tests.unit.fake_sesam.conftest import Connector, NodeDir


def things(*ids: str, **properties: Any) -> list[dict[str, Any]]:
    """Return entities as a connector sends them."""
    return [{"id": each, **properties} for each in ids]


def ids(node: Node, *, deleted: bool = False) -> list[str]:
    return [entity["_id"] for entity in node.dataset("things-collect").entities(deleted=deleted)]


def test_a_full_run_stores_every_entity(node: Node, connector: Connector) -> None:
    """What the array holds is what the dataset holds."""
    connector.gives(things("a", "b", name="x"))

    result = node.run_pipe("things-collect")

    assert (result.ok, result.processed, result.changed, result.sync_type) == (True, 2, 2, "full")
    first, second = node.dataset("things-collect").entities()
    assert (first["_id"], first["name"], first["_updated"], first["_previous"]) == ("a", "x", 0, None)
    assert (second["_updated"], second["_deleted"]) == (1, False)


def test_a_second_run_writes_only_what_changed(node: Node, connector: Connector) -> None:
    """Unchanged entities give no new version."""
    connector.gives(things("a", "b", name="x"))
    node.run_pipe("things-collect")
    connector.gives([{"id": "a", "name": "x"}, {"id": "b", "name": "y"}])

    result = node.run_pipe("things-collect")

    assert (result.processed, result.changed, result.deleted) == (2, 1, 0)
    assert node.dataset("things-collect").entity("b") == {
        **(node.dataset("things-collect").entity("b") or {}),
        "name": "y",
        "_updated": 2,
        "_previous": 1,
    }


def test_a_complete_full_run_deletes_what_is_missing_and_keeps_its_data(node: Node, connector: Connector) -> None:
    """Deletion tracking writes a deleted version."""
    connector.gives(things("a", "b", name="x"))
    node.run_pipe("things-collect")
    connector.gives(things("a", name="x"))

    result = node.run_pipe("things-collect")

    assert (result.deleted, ids(node)) == (1, ["a"])
    gone = node.dataset("things-collect").entity("b")
    assert gone is not None
    assert (gone["_deleted"], gone["name"]) == (True, "x")


@pytest.mark.parametrize(
    "body",
    [
        b'[{"id": "a"}',
        b'[{"id": "a"},',
        b'[{"id": "a"}] trailing',
        b'[{"id": "a"}, 1]',
        b'[{"id": "a"}, {"id": NaN}]',
        b'{"results": [{"id": "a"}]}',
        b"",
        b"  \n ",
        b"<html>oops</html>",
        b"null",
    ],
)
def test_a_body_that_is_not_one_array_of_objects_deletes_nothing(node: Node, connector: Connector, body: bytes) -> None:
    """The one law: what is broken fails the pump and leaves the dataset."""
    connector.gives(things("a", "b"))
    node.run_pipe("things-collect")
    connector.sends(body)

    result = node.run_pipe("things-collect")

    assert not result.ok
    assert ids(node) == ["a", "b"]
    assert [event["event_type"] for event in node.execution_log("things-collect")][-3:] == [
        "pump-started",
        "read-error",
        "pump-failed",
    ]


def test_the_message_of_a_failing_connector_reaches_the_log(node: Node, connector: Connector) -> None:
    connector.sends(b'{"status": "error", "message": "HubSpot answered 500"}', status=500)

    result = node.run_pipe("things-collect")

    assert result.error == "expected a 2xx status, got 500 Internal Server Error: HubSpot answered 500"
    failed = node.execution_log("things-collect")[-1]
    assert (failed["event_type"], failed["original_error_message"]) == ("pump-failed", "HubSpot answered 500")


def test_batches_before_a_failure_stay_and_a_rerun_completes_them(node: Node, connector: Connector) -> None:
    """As in a real node: a dataset is a log."""
    whole = things(*(f"t{number:03}" for number in range(250)))
    connector.gives(whole)
    complete: Any = None

    def broken(handler: Any) -> None:
        import json

        handler.send(json.dumps(whole)[:-1].encode())

    connector.replies(broken)
    failed = node.run_pipe("things-collect")
    connector.gives(whole)
    complete = node.run_pipe("things-collect")

    assert (failed.ok, failed.changed) == (False, 200)
    assert (complete.ok, complete.changed, len(ids(node))) == (True, 50, 250)


def test_progress_counts_processed_entities(node: Node, connector: Connector) -> None:
    connector.gives(things(*(str(number) for number in range(250))))
    counts: list[int] = []

    node.run_pipe("things-collect", on_progress=counts.append)

    assert counts == [100, 200, 250]


def test_a_noop_run_is_not_logged(node: Node, connector: Connector) -> None:
    """With the documented defaults a run without changes leaves no event."""
    connector.gives(things("a"))
    node.run_pipe("things-collect")

    result = node.run_pipe("things-collect")

    assert (result.ok, result.was_logged, len(node.execution_log("things-collect"))) == (True, False, 2)


def test_an_entity_without_a_string_id_fails_with_the_message_of_a_real_node(node: Node, connector: Connector) -> None:
    """The entity is in the event."""
    connector.gives([{"id": 7}])

    result = node.run_pipe("things-collect")

    assert result.error == "DTL transform failed with error: Target entity _id missing or is of invalid type: 7"
    assert node.execution_log("things-collect")[-1]["exception_entity"] == {"id": 7, "_id": 7}


def test_datasets_survive_the_node(node_dir: NodeDir, connector: Connector) -> None:
    connector.gives(things("a"))
    with node_dir.open(connector.url) as node:
        node.run_pipe("things-collect")

    with node_dir.open(connector.url) as again:
        assert ids(again) == ["a"]


def test_an_unknown_pipe_names_the_known_ones(node: Node) -> None:
    with pytest.raises(NotFoundError, match="Known: things-collect"):
        node.run_pipe("thing-collect")
