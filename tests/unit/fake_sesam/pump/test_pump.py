"""Runs of a pump against a scripted connector: offsets, rescans, retries, limits, failed entities."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from fake_sesam import Node
from fake_sesam.errors import FakeSesamError, PumpRefusedError
from fake_sesam.operations import operate, settle_circuit_breaker
from tests.unit.fake_sesam.conftest import Connector, Handler, NodeDir

PIPE_ID = "things-collect"
Open = Callable[..., Node]


def versions(count: int, *, start: int = 0) -> list[dict[str, Any]]:
    """Return entities whose `_updated` is their number."""
    return [{"id": f"t{n:04}", "_updated": n} for n in range(start, start + count)]


def ids(node: Node) -> list[str]:
    return [entity["_id"] for entity in node.dataset(PIPE_ID).entities()]


class Source:
    """A connector that honours `since` (exclusive) and `limit` and can break off."""

    def __init__(self, connector: Connector) -> None:
        self.entities: list[dict[str, Any]] = []
        self.break_after: int | None = None
        self.is_mended_by_one_answer = False
        self.connector = connector
        connector.replies(self.reply)

    def reply(self, handler: Handler) -> None:
        """Answer one pull."""
        since, limit = handler.query.get("since"), handler.query.get("limit")
        found = [each for each in self.entities if since is None or each["_updated"] > int(since)]
        body = json.dumps(found[: int(limit)] if limit else found)
        if self.break_after is not None:
            body = json.dumps(found[: self.break_after])[:-1]
            self.break_after = None if self.is_mended_by_one_answer else self.break_after
        handler.send(body.encode())

    def break_once(self, after: int) -> None:
        """Break off the next answer only."""
        self.break_after, self.is_mended_by_one_answer = after, True

    @property
    def queries(self) -> list[str]:
        """The query strings so far."""
        return [path.partition("?")[2] for path in self.connector.paths]


@pytest.fixture
def source(connector: Connector) -> Source:
    """A source with since support."""
    return Source(connector)


def test_a_source_without_since_support_is_read_whole_every_time(node: Node, source: Source) -> None:
    """No offset is kept and every run tracks deletions."""
    source.entities = versions(2)
    node.run_pipe(PIPE_ID)
    source.entities = versions(1)

    result = node.run_pipe(PIPE_ID)

    assert (result.sync_type, result.deleted, result.offset, source.queries) == ("full", 1, None, ["", ""])


def test_the_max_strategy_sends_the_greatest_updated(node_dir: NodeDir, source: Source) -> None:
    """The order of the entities does not matter; an incremental run deletes nothing."""
    node_dir.pipe(source={"supports_since": True})
    source.entities = list(reversed(versions(3)))
    with node_dir.open(source.connector.url) as node:
        first = node.run_pipe(PIPE_ID)
        source.entities = [{"id": "new", "_updated": 7}]

        second = node.run_pipe(PIPE_ID)

        assert (first.offset, second.offset, second.sync_type, second.deleted) == (2, 7, "incremental", 0)
        assert source.queries == ["", "since=2"]
        assert len(ids(node)) == 4


def test_a_failed_run_leaves_the_offset_where_it_was(node_dir: NodeDir, source: Source) -> None:
    """With the max strategy nothing is known before the end."""
    node_dir.pipe(source={"supports_since": True})
    source.entities = versions(150)
    source.break_after = 120
    with node_dir.open(source.connector.url) as node:
        failed = node.run_pipe(PIPE_ID)
        source.break_after = None

        completed = node.run_pipe(PIPE_ID)

        assert (failed.ok, failed.offset, failed.changed) == (False, None, 100)
        assert (completed.ok, completed.offset, completed.changed) == (True, 149, 50)
        assert source.queries == ["", ""]


def test_a_chronological_source_resumes_at_the_last_checkpoint(node_dir: NodeDir, source: Source) -> None:
    """The offset is saved in the middle of the run."""
    node_dir.pipe(source={"supports_since": True, "is_chronological": True}, batch_size=10, checkpoint_interval=2)
    source.entities = versions(100)
    source.break_after = 55
    with node_dir.open(source.connector.url) as node:
        failed = node.run_pipe(PIPE_ID)
        source.break_after = None

        completed = node.run_pipe(PIPE_ID)

        assert (failed.ok, failed.offset) == (False, 39)
        assert (completed.processed, completed.offset, len(ids(node))) == (60, 99, 100)
        assert source.queries == ["", "since=39"]


def test_a_reset_chronological_pipe_saves_no_checkpoint_while_it_could_delete(
    node_dir: NodeDir, source: Source
) -> None:
    """Otherwise what was deleted in the source would stay for ever."""
    node_dir.pipe(source={"supports_since": True, "is_chronological": True}, batch_size=10, checkpoint_interval=1)
    source.entities = versions(50)
    with node_dir.open(source.connector.url) as node:
        node.run_pipe(PIPE_ID)
        operate(node, PIPE_ID, "update-last-seen", last_seen="")
        source.entities = versions(40, start=10)
        source.break_after = 30
        failed = node.run_pipe(PIPE_ID)
        source.break_after = None

        completed = node.run_pipe(PIPE_ID)

        assert (failed.ok, failed.deleted, completed.sync_type, completed.deleted) == (False, 0, "full", 10)


def test_a_retry_of_a_chronological_read_resumes_where_it_failed(node_dir: NodeDir, source: Source) -> None:
    """The second attempt asks only for what is missing."""
    flags = {"supports_since": True, "is_chronological": True}
    node_dir.pipe(source=flags, batch_size=10, pump={"max_read_retries": 1})
    source.entities = versions(50)
    source.break_once(25)
    with node_dir.open(source.connector.url) as node:
        result = node.run_pipe(PIPE_ID)

        assert (result.ok, source.queries) == (True, ["", "since=19"])
        assert (result.deleted, len(ids(node))) == (0, 50)


def test_a_retry_of_a_reset_read_starts_over_so_that_it_can_delete(node_dir: NodeDir, source: Source) -> None:
    """Only an attempt that saw everything knows what is gone."""
    flags = {"supports_since": True, "is_chronological": True}
    node_dir.pipe(source=flags, batch_size=10, pump={"max_read_retries": 1})
    source.entities = versions(50)
    with node_dir.open(source.connector.url) as node:
        node.run_pipe(PIPE_ID)
        operate(node, PIPE_ID, "update-last-seen", last_seen="")
        source.entities = versions(49)
        source.break_once(25)

        result = node.run_pipe(PIPE_ID)

        assert (result.ok, result.deleted, source.queries[1:]) == (True, 1, ["", ""])
        assert len(ids(node)) == 49


def test_pages_are_read_until_one_is_empty(node_dir: NodeDir, source: Source) -> None:
    """`limit` and `since` walk through the source; an incremental run ends at a page that is not full."""
    flags = {"supports_since": True, "is_chronological": True, "is_since_comparable": True}
    node_dir.pipe(source={**flags, "page_size": 4})
    source.entities = versions(10)
    with node_dir.open(source.connector.url) as node:
        result = node.run_pipe(PIPE_ID)
        full = ["limit=4", "since=3&limit=4", "since=7&limit=4", "since=9&limit=4"]
        assert (result.processed, source.queries) == (10, full)
        source.entities = versions(12)

        result = node.run_pipe(PIPE_ID)

    assert (result.processed, source.queries) == (2, [*full, "since=9&limit=4"])


def test_the_page_size_has_an_effect_only_with_all_three_flags(node_dir: NodeDir, source: Source) -> None:
    """As documented; validation warns of it."""
    node_dir.pipe(source={"supports_since": True, "page_size": 4})
    source.entities = versions(10)
    with node_dir.open(source.connector.url) as node:
        result = node.run_pipe(PIPE_ID)

        assert (result.processed, source.queries) == (10, [""])
        assert any("page_size has no effect" in problem.message for problem in node.configuration.problems)


def test_a_page_that_does_not_advance_fails_instead_of_looping(node_dir: NodeDir, connector: Connector) -> None:
    """A connector that ignores `since` is caught."""
    flags = {"supports_since": True, "is_chronological": True}
    node_dir.pipe(source={**flags, "page_size": 2})
    connector.gives(versions(2))
    with node_dir.open(connector.url) as node:
        result = node.run_pipe(PIPE_ID)

    assert not result.ok
    assert "increase page_size" in str(result.error)


def test_the_initial_since_value_begins_the_first_run_and_deletes_nothing(node_dir: NodeDir, source: Source) -> None:
    """Older entities were never asked for."""
    node_dir.pipe(source={"supports_since": True, "initial_since_value": 4})
    source.entities = versions(8)
    with node_dir.open(source.connector.url) as node:
        result = node.run_pipe(PIPE_ID)

    assert (result.processed, result.sync_type, source.queries) == (3, "full", ["since=4"])


def test_a_reset_makes_the_next_run_full_and_is_logged(node_dir: NodeDir, source: Source) -> None:
    """`update-last-seen` with an empty value."""
    node_dir.pipe(source={"supports_since": True})
    source.entities = versions(3)
    with node_dir.open(source.connector.url) as node:
        node.run_pipe(PIPE_ID)
        source.entities = versions(2)

        operate(node, PIPE_ID, "update-last-seen", last_seen="")
        result = node.run_pipe(PIPE_ID)

        event = next(each for each in node.execution_log(PIPE_ID) if each["event_type"] == "pump-offset-set")
        assert (event["is_reset"], event["original_pipe_offset"], event["pipe_offset"]) == (True, 2, "")
        assert (result.sync_type, result.deleted) == ("full", 1)


def test_an_offset_set_by_hand_is_sent_and_overtaken(node_dir: NodeDir, source: Source) -> None:
    """A digit string is compared with the numbers that the source sends."""
    node_dir.pipe(source={"supports_since": True})
    source.entities = versions(12)
    with node_dir.open(source.connector.url) as node:
        operate(node, PIPE_ID, "update-last-seen", last_seen="5")

        result = node.run_pipe(PIPE_ID)

        assert (source.queries, result.processed, result.offset) == (["since=5"], 6, 11)


def test_every_second_run_is_a_rescan_if_the_count_is_two(node_dir: NodeDir, source: Source) -> None:
    """Incremental, rescan, incremental, rescan."""
    node_dir.pipe(source={"supports_since": True}, pump={"rescan_run_count": 2})
    source.entities = versions(2)
    with node_dir.open(source.connector.url) as node:
        results = [node.run_pipe(PIPE_ID) for _ in range(5)]

    assert [result.sync_type for result in results] == ["full", "full", "incremental", "full", "incremental"]


def test_a_partial_rescan_goes_back_by_the_delta_and_deletes_nothing(node_dir: NodeDir, source: Source) -> None:
    """The offset itself does not go back."""
    pump = {"partial_rescan_run_count": 2, "partial_rescan_delta": 5}
    node_dir.pipe(source={"supports_since": True}, pump=pump)
    source.entities = versions(10)
    with node_dir.open(source.connector.url) as node:
        results = [node.run_pipe(PIPE_ID) for _ in range(3)]

    assert source.queries == ["", "since=9", "since=4"]
    assert [(result.sync_type, result.offset, result.deleted) for result in results] == [
        ("full", 9, 0),
        ("incremental", 9, 0),
        ("partial", 9, 0),
    ]


def test_an_offset_that_cannot_be_shifted_fails_the_pump(node_dir: NodeDir, connector: Connector) -> None:
    """As a result and in the log, not as an exception."""
    pump = {"partial_rescan_run_count": 1, "partial_rescan_delta": 5}
    node_dir.pipe(source={"supports_since": True}, pump=pump)
    connector.gives([{"id": "a", "_updated": "yesterday"}])
    with node_dir.open(connector.url) as node:
        assert node.run_pipe(PIPE_ID).ok

        result = node.run_pipe(PIPE_ID)

        assert "partial_rescan_delta needs" in str(result.error)
        assert node.execution_log(PIPE_ID)[-1]["event_type"] == "pump-failed"


def test_a_rescan_by_hand_reads_everything_and_tracks_deletions(node_dir: NodeDir, source: Source) -> None:
    """The offset stays where it was."""
    node_dir.pipe(source={"supports_since": True})
    source.entities = versions(3)
    with node_dir.open(source.connector.url) as node:
        node.run_pipe(PIPE_ID)
        source.entities = versions(2, start=1)

        result = node.run_pipe(PIPE_ID, is_rescan=True)

        assert (result.sync_type, result.deleted, result.offset, source.queries[-1]) == ("full", 1, 2, "")


@pytest.mark.parametrize(
    ("pump", "system"),
    [
        ({"max_read_retries": 2}, {}),
        ({}, {"retry_strategy": {"500-502": {"max_read_retries": 2}}}),
        ({}, {"retry_strategy": {"429": {}, "default": {"max_read_retries": 2}}}),
    ],
)
def test_reads_are_retried_as_configured(
    node_dir: NodeDir, connector: Connector, pump: dict[str, Any], system: dict[str, Any]
) -> None:
    """Each failure is a `read-error`; the run completes in the end."""
    node_dir.pipe(pump=pump)
    node_dir.system(**system)
    answers = iter([(500, b"one"), (502, b"two"), (200, b'[{"id": "a"}]')])
    connector.replies(lambda handler: handler.send(body=(reply := next(answers))[1], status=reply[0]))
    with node_dir.open(connector.url) as node:
        result = node.run_pipe(PIPE_ID)

        types = [event["event_type"] for event in node.execution_log(PIPE_ID)]
        assert (result.ok, types) == (True, ["pump-started", "read-error", "read-error", "pump-completed"])


def test_the_pump_value_wins_over_the_retry_strategy(node_dir: NodeDir, connector: Connector) -> None:
    """Zero retries on the pump are zero retries."""
    node_dir.pipe(pump={"max_read_retries": 0})
    node_dir.system(retry_strategy={"default": {"max_read_retries": 5}})
    connector.sends(b"no", status=500)
    with node_dir.open(connector.url) as node:
        result = node.run_pipe(PIPE_ID)

    assert (result.ok, len(connector.paths)) == (False, 1)


def test_an_entity_seen_only_in_a_failed_attempt_is_deleted_by_the_retry_that_completes(
    node_dir: NodeDir, source: Source
) -> None:
    """What counts is the attempt that saw everything."""
    node_dir.pipe(pump={"max_read_retries": 1}, batch_size=1)
    attempts = iter([b'[{"id": "gone"}', b'[{"id": "kept"}]'])
    source.connector.replies(lambda handler: handler.send(next(attempts)))
    with node_dir.open(source.connector.url) as node:
        result = node.run_pipe(PIPE_ID)

        assert (result.ok, result.deleted, ids(node)) == (True, 1, ["kept"])


def test_an_empty_source_deletes_everything_by_default(node: Node, connector: Connector) -> None:
    """As documented: an empty array is believed."""
    connector.gives(versions(2))
    node.run_pipe(PIPE_ID)
    connector.gives([])

    result = node.run_pipe(PIPE_ID)

    assert (result.ok, result.deleted) == (True, 2)


@pytest.mark.parametrize("where", ["source", "global_defaults"])
def test_an_empty_source_can_be_made_a_failure(node_dir: NodeDir, connector: Connector, where: str) -> None:
    """By the source, or for the whole node."""
    if where == "source":
        node_dir.pipe(source={"if_source_empty": "fail"})
    else:
        metadata = {"_id": "node", "type": "metadata", "global_defaults": {"if_source_empty": "fail"}}
        (node_dir.path / "node-metadata.conf.json").write_text(json.dumps(metadata), "utf-8")
    connector.gives(versions(2))
    with node_dir.open(connector.url) as node:
        node.run_pipe(PIPE_ID)
        connector.gives([])

        result = node.run_pipe(PIPE_ID)

        assert (result.ok, ids(node)) == (False, ["t0000", "t0001"])
        assert result.error == "the source returned no entities and if_source_empty is 'fail'"


def test_a_circuit_breaker_holds_the_dataset_until_it_is_rolled_back(node_dir: NodeDir, connector: Connector) -> None:
    """A mass deletion trips it; after the rollback the dataset is as it was."""
    node_dir.pipe(sink={"type": "dataset", "circuit_breaker_threshold_factor": 0.5})
    connector.gives(versions(10))
    with node_dir.open(connector.url) as node:
        assert node.run_pipe(PIPE_ID).ok
        connector.gives([])

        tripped = node.run_pipe(PIPE_ID)

        assert "circuit breaker tripped" in str(tripped.error)
        with pytest.raises(PumpRefusedError, match="rollback-circuit-breaker"):
            node.run_pipe(PIPE_ID)
        settle_circuit_breaker(node, PIPE_ID, is_committed=False)
        connector.gives(versions(10))
        assert (len(ids(node)), node.run_pipe(PIPE_ID).changed) == (10, 0)


def test_a_committed_circuit_breaker_keeps_what_was_written(node_dir: NodeDir, connector: Connector) -> None:
    """The larger limit counts; the first run of a dataset never trips."""
    sink = {"type": "dataset", "circuit_breaker_threshold_factor": 0.1, "circuit_breaker_threshold_count": 2}
    node_dir.pipe(sink=sink)
    connector.gives(versions(10))
    with node_dir.open(connector.url) as node:
        node.run_pipe(PIPE_ID)
        connector.gives(versions(12))
        assert node.run_pipe(PIPE_ID).ok
        connector.gives(versions(15))
        assert not node.run_pipe(PIPE_ID).ok

        settle_circuit_breaker(node, PIPE_ID, is_committed=True)

        assert len(ids(node)) == 15
        with pytest.raises(FakeSesamError, match="has tripped"):
            settle_circuit_breaker(node, PIPE_ID, is_committed=True)


def test_deletion_tracking_can_be_switched_off_or_marked(node_dir: NodeDir, connector: Connector) -> None:
    """`deletion_tracking` and `mark_deletion_tracked`."""
    node_dir.pipe(sink={"type": "dataset", "deletion_tracking": False})
    connector.gives(versions(2))
    with node_dir.open(connector.url) as node:
        node.run_pipe(PIPE_ID)
        connector.gives(versions(1))
        assert node.run_pipe(PIPE_ID).deleted == 0
    node_dir.pipe(sink={"type": "dataset", "mark_deletion_tracked": True})
    with node_dir.open(connector.url) as node:
        assert node.run_pipe(PIPE_ID).deleted == 1

        gone = node.dataset(PIPE_ID).entity("t0001")

        assert gone is not None
        assert (gone["_deleted"], gone["$deletion_tracked"]) == (True, True)


def test_a_deleted_entity_from_the_source_is_stored_as_deleted_and_can_come_back(
    node: Node, connector: Connector
) -> None:
    """Each change of `_deleted` is a version; other values than true do not count."""
    connector.gives([{"id": "a", "_deleted": "yes"}])
    node.run_pipe(PIPE_ID)
    assert ids(node) == ["a"]
    connector.gives([{"id": "a", "_deleted": True}])
    deleted = node.run_pipe(PIPE_ID)
    connector.gives([{"id": "a"}])

    back = node.run_pipe(PIPE_ID)

    assert (deleted.deleted, back.changed, ids(node)) == (1, 1, ["a"])


def test_a_filtered_entity_is_deleted_only_if_it_exists(node_dir: NodeDir, connector: Connector) -> None:
    """Even on an incremental run."""
    rules = {"default": [["copy", "*"], ["add", "_id", "_S.id"], ["filter", ["eq", "_S.keep", True]]]}
    node_dir.pipe(source={"supports_since": True}, transform={"type": "dtl", "rules": rules})
    connector.gives([{"id": "a", "keep": True, "_updated": 1}, {"id": "b", "keep": False, "_updated": 1}])
    with node_dir.open(connector.url) as node:
        first = node.run_pipe(PIPE_ID)
        connector.gives([{"id": "a", "keep": False, "_updated": 2}])

        second = node.run_pipe(PIPE_ID)

        assert (first.changed, second.deleted, second.sync_type, ids(node)) == (1, 1, "incremental", [])
        assert node.dataset(PIPE_ID).entity("b") is None


def test_filtered_entities_can_be_suppressed(node_dir: NodeDir, connector: Connector) -> None:
    """Then an incremental run deletes nothing; a full run has not seen them."""
    rules = {"default": [["add", "_id", "_S.id"], ["filter", ["eq", "_S.keep", True]]]}
    transform = {"type": "dtl", "rules": rules}
    sink = {"type": "dataset", "suppress_filtered": True}
    node_dir.pipe(source={"supports_since": True}, transform=transform, sink=sink)
    connector.gives([{"id": "a", "keep": True, "_updated": 1}])
    with node_dir.open(connector.url) as node:
        node.run_pipe(PIPE_ID)
        connector.gives([{"id": "a", "keep": False, "_updated": 2}])

        assert node.run_pipe(PIPE_ID).deleted == 0
        assert node.run_pipe(PIPE_ID, is_rescan=True).deleted == 1


def test_the_offset_can_be_kept_from_moving(node_dir: NodeDir, source: Source) -> None:
    """`disable_set_last_seen`."""
    node_dir.pipe(source={"supports_since": True}, disable_set_last_seen=True)
    source.entities = versions(2)
    with node_dir.open(source.connector.url) as node:
        results = [node.run_pipe(PIPE_ID) for _ in range(2)]

    assert [result.sync_type for result in results] == ["full", "full"]
    assert source.queries == ["", ""]


def test_a_dead_letter_is_deleted_when_its_entity_is_written_later(node_dir: NodeDir, connector: Connector) -> None:
    """`track_dead_letters`."""
    pump = {
        "max_consecutive_write_errors": 5,
        "max_write_errors_in_retry_dataset": 10,
        "max_retries_per_entity": 0,
        "dead_letter_dataset": "dead",
        "track_dead_letters": True,
    }
    rules = {"default": [["copy", "*"], ["if", "_S.bad", ["fail!", "no good"]]]}
    node_dir.pipe(pump=pump, transform={"type": "dtl", "rules": rules})
    connector.gives([{"_id": "a", "bad": True}, {"_id": "b"}])
    with node_dir.open(connector.url) as node:
        node.run_pipe(PIPE_ID)
        dead = [entity["_id"] for entity in node.dataset("dead").entities()]
        connector.gives([{"_id": "a"}, {"_id": "b"}])

        node.run_pipe(PIPE_ID)

        assert (dead, list(node.dataset("dead").entities())) == (["a"], [])


def test_one_bad_entity_ends_the_run_after_the_good_ones_before_it(node: Node, connector: Connector) -> None:
    """The batch fails as a whole, then goes one by one; by default the first failure ends the run."""
    connector.gives([{"id": "a"}, {"id": None}, {"id": "c"}])

    result = node.run_pipe(PIPE_ID)

    assert (result.ok, ids(node)) == (False, ["a"])


def test_without_the_fallback_nothing_of_the_batch_is_written(node_dir: NodeDir, connector: Connector) -> None:
    """`fallback_to_single_entities_on_batch_fail`."""
    node_dir.pipe(pump={"fallback_to_single_entities_on_batch_fail": False})
    connector.gives([{"id": "a"}, {"id": None}])
    with node_dir.open(connector.url) as node:
        assert not node.run_pipe(PIPE_ID).ok
        assert ids(node) == []


def test_failed_entities_are_retried_and_end_as_dead_letters(node_dir: NodeDir, connector: Connector) -> None:
    """With retries on, the run goes on; after the last attempt the entity is dead."""
    pump = {
        "max_consecutive_write_errors": 5,
        "max_write_errors_in_retry_dataset": 10,
        "max_retries_per_entity": 1,
        "dead_letter_dataset": "dead",
    }
    rules = {"default": [["copy", "*"], ["add", "_id", "_S.id"], ["if", "_S.bad", ["fail!", "no good"]]]}
    node_dir.pipe(pump=pump, transform={"type": "dtl", "rules": rules})
    connector.gives([{"id": "a", "_id": "a", "bad": True}, {"id": "b", "_id": "b"}])
    with node_dir.open(connector.url) as node:
        first = node.run_pipe(PIPE_ID)
        connector.gives([{"id": "b", "_id": "b"}])
        second = node.run_pipe(PIPE_ID)

        error = node.dataset(f"system:pump:{PIPE_ID}").entity("write-error:a")

        assert (first.ok, first.events[-1]["entities_failed"], first.events[-1]["retry_entities_exist"]) == (
            True,
            1,
            True,
        )
        assert second.ok
        assert error is not None
        assert (error["dead"], error["retryable"], error["retry_attempts"]) == (True, False, 1)
        assert "no good" in error["original_error_message"]
        assert [entity["_id"] for entity in node.dataset("dead").entities()] == ["a"]


def test_an_entity_that_is_too_large_or_would_be_a_second_version_is_refused(
    node_dir: NodeDir, connector: Connector
) -> None:
    """`max_entity_bytes_size` and `prevent_multiple_versions`."""
    node_dir.pipe(sink={"type": "dataset", "max_entity_bytes_size": 60, "prevent_multiple_versions": True})
    connector.gives([{"id": "a", "name": "x" * 60}])
    with node_dir.open(connector.url) as node:
        assert "max_entity_bytes_size" in str(node.run_pipe(PIPE_ID).error)
        connector.gives([{"id": "a"}])
        assert node.run_pipe(PIPE_ID).ok
        assert "prevent_multiple_versions" in str(node.run_pipe(PIPE_ID).error)


@pytest.mark.parametrize(
    ("pump", "logged"),
    [
        ({}, 0),
        ({"log_events_noop_runs": True}, 2),
        ({"log_events_noop_runs_changes_only": False}, 2),
    ],
)
def test_the_noop_rules_decide_what_is_logged(
    node_dir: NodeDir, connector: Connector, pump: dict[str, Any], logged: int
) -> None:
    """A second run that reads the same entities."""
    node_dir.pipe(pump=pump)
    connector.gives(versions(1))
    with node_dir.open(connector.url) as node:
        node.run_pipe(PIPE_ID)
        before = len(node.execution_log(PIPE_ID))

        result = node.run_pipe(PIPE_ID)

        assert len(node.execution_log(PIPE_ID)) - before == logged
        assert len(result.events) == 2


def test_a_pump_that_is_off_or_disabled_is_refused(node_dir: NodeDir, connector: Connector) -> None:
    """`mode` off, and the disable operation."""
    node_dir.pipe(pump={"mode": "off"})
    with node_dir.open(connector.url) as node, pytest.raises(PumpRefusedError, match="is off"):
        node.run_pipe(PIPE_ID)
    node_dir.pipe()
    with node_dir.open(connector.url) as node:
        operate(node, PIPE_ID, "disable", comment="holiday")
        with pytest.raises(PumpRefusedError, match="disabled"):
            node.run_pipe(PIPE_ID)
        operate(node, PIPE_ID, "enable")
        assert node.run_pipe(PIPE_ID).ok


def test_namespaces_are_added_before_and_removed_after_the_transforms(node_dir: NodeDir, connector: Connector) -> None:
    """With `namespaced_identifiers` an inbound pipe adds them by default."""
    rules = {"default": [["copy", "*"], ["add", "_id", "_S.id"]]}
    node_dir.pipe(
        namespaced_identifiers=True,
        namespaces={"identity": "thing", "property": "th"},
        transform={"type": "dtl", "rules": rules},
    )
    connector.gives([{"id": "a", "p": {"q": 1}}])
    with node_dir.open(connector.url) as node:
        node.run_pipe(PIPE_ID)

        (entity,) = node.dataset(PIPE_ID).entities()

        assert {k: v for k, v in entity.items() if k in ("_id", "th:id", "th:p")} == {
            "_id": "thing:a",
            "th:id": "a",
            "th:p": {"th:q": 1},
        }


def test_a_dataset_pipe_follows_another_pipe(node_dir: NodeDir, connector: Connector) -> None:
    """Its offset is the dataset's; deletions travel along."""
    rules = {"default": [["copy", "*"], ["add", "seen", True]]}
    follower = {"_id": "follow", "type": "pipe", "source": {"type": "dataset", "dataset": PIPE_ID}}
    node_dir.add({**follower, "transform": {"type": "dtl", "rules": rules}})
    connector.gives(versions(2))
    with node_dir.open(connector.url) as node:
        node.run_pipe(PIPE_ID)
        assert node.run_pipe("follow").offset == 1
        connector.gives(versions(1))
        node.run_pipe(PIPE_ID)

        result = node.run_pipe("follow")

        assert (result.sync_type, result.processed, result.deleted) == ("incremental", 1, 1)


def test_an_embedded_source_needs_no_system(node_dir: NodeDir, connector: Connector) -> None:
    """What conditional sources have as their test alternative."""
    source = {"type": "embedded", "entities": [{"_id": "x", "n": 1}]}
    node_dir.add({"_id": "fixed", "type": "pipe", "source": source})
    with node_dir.open(connector.url) as node:
        assert node.run_pipe("fixed").changed == 1
