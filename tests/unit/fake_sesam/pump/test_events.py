"""The events of a run: what they say about its kind, its offset and its totals, and when they are written."""

from typing import Any

import pytest

from fake_sesam.dataset import NodeStore
from fake_sesam.errors import PumpRefusedError, PumpStoppedError
from fake_sesam.pump import ActivePumps, load_state, run_pump
from tests.unit.fake_sesam.pump.memory_pump import MemoryPump

Entity = dict[str, Any]
A, B, C = ({"_id": each, "_updated": number} for number, each in enumerate("abc", 1))


def last(pump: MemoryPump, event_type: str) -> Entity:
    """Return the latest event of a type."""
    return [each for each in pump.events if each["event_type"] == event_type][-1]


@pytest.mark.parametrize("event_type", ["pump-started", "pump-completed"])
def test_events_have_the_type_of_the_run(store: NodeStore, event_type: str) -> None:
    """Full, incremental, partial, and a rescan by hand."""
    options = {"partial_rescan_run_count": 2, "partial_rescan_delta": 1, "log_events_noop_runs": True}
    pump = MemoryPump(store, source={"supports_since": True}, pump=options)
    found = []
    for is_rescan in (False, False, False, True):
        pump.clock_s += 10
        result = pump.run(A, is_rescan=is_rescan)
        found.append((last(pump, event_type)["sync_type"], result.sync_type))

    assert found == [(each, each) for each in ("full", "incremental", "partial", "full")]


@pytest.mark.parametrize(
    ("source", "offsets"),
    [
        ({}, ["", ""]),
        ({"supports_since": True}, [2, 3]),
        ({"supports_since": True, "is_chronological": True}, [1, 3]),
    ],
)
def test_a_completed_event_has_the_offset_after_the_run(store: NodeStore, source: Entity, offsets: list[Any]) -> None:
    """Empty where there is none."""
    pump = MemoryPump(store, source=source)
    found = []
    for entities in ([B, A], [C]):
        result = pump.run(*entities)
        found.append(last(pump, "pump-completed")["pipe_offset"])
        assert (result.offset or "") == found[-1]

    assert found == offsets


@pytest.mark.parametrize(("is_chronological", "offset"), [(False, 1), (True, 2)])
def test_a_failed_event_has_the_offset_that_the_next_run_begins_at(
    store: NodeStore, is_chronological: bool, offset: int
) -> None:
    """Where it was, or the last checkpoint."""
    source = {"supports_since": True, "is_chronological": is_chronological}
    pump = MemoryPump(store, source=source, batch_size=1, checkpoint_interval=1)
    pump.run(A)
    pump.attempts = [([B], True)]

    result = pump.run()

    event = last(pump, "pump-failed")
    assert (event["sync_type"], event["pipe_offset"], result.offset) == ("incremental", offset, offset)
    assert (event["reason_why_stopped"], event["original_error_message"]) == ("the source broke off",) * 2
    pump.run()
    assert pump.since[-1] == offset


def test_the_start_is_logged_during_the_run_as_soon_as_something_changed(store: NodeStore) -> None:
    """After the first batch that changes the dataset, not at the end; once."""
    pump = MemoryPump(store, batch_size=1)
    pump.run(A, B)
    pump.clock_s += 10
    seen = []

    def look(processed: int) -> None:
        starts = [each["start_time"] for each in pump.events if each["event_type"] == "pump-started"]
        seen.append((processed, len(starts)))

    result = pump.run(A, {**B, "n": 1}, C, on_progress=look)

    assert seen == [(1, 1), (2, 2), (3, 2)]
    started, completed = result.events
    location = next(each for each in reversed(pump.events) if each["event_type"] == "pump-started")["_updated"]
    assert completed["pump_started_location"] == location
    assert (started["start_time"], completed["start_time"]) == ("1970-01-12T13:46:50.000000Z",) * 2
    assert [each["event_type"] for each in pump.events][-2:] == ["pump-started", "pump-completed"]


def test_a_noop_run_reports_both_events_and_logs_none(store: NodeStore) -> None:
    """Their kind and totals are those of the run."""
    pump = MemoryPump(store)
    pump.run(A)

    result = pump.run(A)

    assert [each["event_type"] for each in result.events] == ["pump-started", "pump-completed"]
    assert (result.was_logged, len(pump.events)) == (False, 2)
    assert result.events[1]["pump_started_location"] is None
    assert result.events[1]["metrics"]["entities"]["entities_last_run"] == 1


def test_the_totals_of_a_run_are_in_its_events(store: NodeStore) -> None:
    """Changes, deletions, read and write errors."""
    fails = {"type": "dtl", "rules": {"default": [["copy", "*"], ["if", "_S.bad", ["fail!", "no"]]]}}
    options = {"max_consecutive_write_errors": 2, "max_write_errors_in_retry_dataset": 2, "max_read_retries": 1}
    pump = MemoryPump(store, transform=fails, pump=options, batch_size=2)
    pump.run(A, B, C)
    pump.attempts = [([{**A, "n": 1}, {"_id": "bad", "bad": True}], True), ([{**A, "n": 1}, B], False)]

    result = pump.run()

    event = last(pump, "pump-completed")
    entities = event["metrics"]["entities"]
    assert (entities["changes_last_run"], entities["entities_last_run"]) == (2, 4)
    assert (entities["read_errors_last_run"], entities["write_errors_last_run"]) == (1, 1)
    assert (event["entities_succeeded"], event["entities_failed"], event["retry_entities_exist"]) == (3, 1, True)
    assert (result.processed, result.changed, result.deleted) == (4, 2, 1)
    assert event["next_interval"] == 900
    error = last(pump, "read-error")
    assert (error["_id"], error["error_code"], error["event_time"]) == (
        "read-error:1",
        1,
        "1970-01-12T13:46:40.000000Z",
    )
    assert error["metrics"]["entities"]["read_errors_last_run"] == 1
    write_error = pump.write_error("bad")
    assert (write_error["error_code"], write_error["entity"]) == (1, {"_id": "bad", "bad": True})
    assert write_error["event_time"] == "1970-01-12T13:46:40.000000Z"


def test_a_run_with_a_write_error_is_logged_even_if_nothing_changed(store: NodeStore) -> None:
    """Errors are never noise."""
    fails = {"type": "dtl", "rules": {"default": [["fail!", "no"]]}}
    options = {"max_consecutive_write_errors": 2, "max_write_errors_in_retry_dataset": 2, "max_retries_per_entity": 0}
    pump = MemoryPump(store, transform=fails, pump=options)

    results = [pump.run(A) for _ in range(2)]

    assert [each.was_logged for each in results] == [True, True]


def test_the_state_says_how_the_last_run_ended(store: NodeStore) -> None:
    """When it began, whether it was completed, and why not."""
    pump = MemoryPump(store)
    pump.run(A, B)
    completed = load_state(store, "p")
    pump.clock_s += 10
    pump.attempts = [([], True)]
    pump.run()
    failed = load_state(store, "p")

    assert (completed.last_run, completed.last_ok, completed.last_message) == (1_000_000.0, True, "pump-completed")
    assert (completed.last_original, completed.last_processed, completed.runs) == ("", 2, 1)
    assert (failed.last_run, failed.last_ok, failed.last_message) == (1_000_010.0, False, "the source broke off")
    assert (failed.last_original, failed.last_processed, failed.runs) == ("the source broke off", 0, 1)
    assert (failed.last_rescan, failed.partial_runs) == (1_000_000.0, 0)


def test_a_stopped_run_fails_deletes_nothing_and_keeps_its_offset(store: NodeStore) -> None:
    """It ends after the batch that is being processed."""
    pump = MemoryPump(store, source={"supports_since": True}, batch_size=1)
    pump.run(A, B)
    pumps, running = ActivePumps(), pump.pump()

    def stop(processed: int) -> None:
        assert pumps.is_running("p")
        with pytest.raises(PumpRefusedError, match="already running"):
            pumps.run(pump.pump())
        pumps.stop("p")

    pump.attempts = [([A, C], False)]
    result = pumps.run(running, on_progress=stop, is_rescan=True)

    assert (result.ok, result.processed, result.deleted, result.offset) == (False, 1, 0, 2)
    assert result.error == str(PumpStoppedError("the pump of pipe 'p' was stopped"))
    assert pump.ids == ["a", "b"]
    assert not pumps.is_running("p")
    pumps.stop("p")
    pumps.stop_all()


def test_a_bug_in_the_node_fails_the_run_and_deletes_nothing(store: NodeStore) -> None:
    """An unexpected exception is in the event, and the pump may run again."""
    pump = MemoryPump(store, batch_size=1)
    pump.run(A, B)
    pumps = ActivePumps()

    def break_down(_processed: int) -> None:
        raise ZeroDivisionError("a bug")

    result = pumps.run(pump.pump(), on_progress=break_down)

    assert (result.ok, result.error, result.deleted) == (False, "a bug", 0)
    assert "ZeroDivisionError" in last(pump, "pump-failed")["traceback"]
    assert not pumps.is_running("p")


def test_a_circuit_breaker_holds_the_versions_of_its_run(store: NodeStore) -> None:
    """The limit itself is allowed; one more trips it, and what was written is known."""
    pump = MemoryPump(store, sink={"type": "dataset", "circuit_breaker_threshold_count": 2}, batch_size=1)
    pump.run(A, B, C)
    allowed = pump.run({**A, "n": 1}, {**B, "n": 1}, C)
    before = load_state(store, "p").uncommitted_from

    tripped = pump.run(*({**each, "n": 2} for each in (A, B, C)))

    assert (allowed.ok, before) == (True, None)
    assert tripped.error == "the circuit breaker tripped: the run wrote 3 entities, the limit is 2"
    assert load_state(store, "p").uncommitted_from == 5
    with pytest.raises(PumpRefusedError, match="has tripped"):
        pump.pump().refuse_unless_ready()


def test_an_empty_full_run_that_deletes_everything_is_warned_of(
    store: NodeStore, caplog: pytest.LogCaptureFixture
) -> None:
    """Only if there was something to delete."""
    pump = MemoryPump(store)
    pump.run()
    assert caplog.messages == []
    pump.run(A)

    pump.run()

    assert caplog.messages == ["pipe p: an empty full run deletes every entity of its dataset"]


def test_a_run_that_cannot_be_planned_fails_as_the_partial_run_that_it_was_to_be(store: NodeStore) -> None:
    """It reads nothing, deletes nothing and leaves the offset."""
    options = {"partial_rescan_run_count": 1, "partial_rescan_delta": 5}
    pump = MemoryPump(store, source={"supports_since": True}, pump=options)
    pump.run({**A, "_updated": "yesterday"})

    result = pump.run()

    event = last(pump, "pump-failed")
    assert (result.ok, result.sync_type, result.deleted, result.offset) == (False, "partial", 0, "yesterday")
    assert (event["sync_type"], event["pipe_offset"], len(pump.since)) == ("partial", "yesterday", 1)
    assert pump.ids == ["a"]


def test_a_run_is_incremental_unless_a_rescan_is_asked_for(store: NodeStore) -> None:
    """Without any option."""
    pump = MemoryPump(store, source={"supports_since": True})
    pump.run(A)

    assert run_pump(pump.pump()).sync_type == "incremental"


def test_the_start_of_a_run_that_failed_before_it_changed_anything_is_logged(store: NodeStore) -> None:
    """Here a transform fails at the first entity."""
    pump = MemoryPump(store, transform={"type": "dtl", "rules": {"default": [["fail!", "no"]]}})

    result = pump.run(A)

    assert [each["event_type"] for each in pump.events] == ["pump-started", "pump-failed"]
    assert result.was_logged
