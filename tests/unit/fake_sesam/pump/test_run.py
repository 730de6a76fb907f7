"""One run in detail: times, rescans, limits at their bounds, warnings, and the state between runs."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from fake_sesam.config import SinkConfig, SourceConfig
from fake_sesam.dataset import NodeStore
from fake_sesam.errors import CircuitBreakerError, WriteError
from fake_sesam.pump import Clock, PumpResult, load_state, reset_state, run_pump, save_state
from fake_sesam.pump.run_plan import RunPlan, plan_run
from fake_sesam.pump.schedule import next_run
from fake_sesam.pump.sink import DatasetSink
from fake_sesam.pump.sources import DatasetReader, EmbeddedReader
from fake_sesam.pump.state import PumpState
from fake_sesam.pump.totals import Totals
from tests.support.cases import for_each
from tests.unit.fake_sesam.pump.memory_pump import PIPE_ID, MemoryPump, pipe_of

Entity = dict[str, Any]
A, B, C = ({"_id": each, "_updated": number} for number, each in enumerate("abc", 1))


def with_ticks(pump: MemoryPump, *, tick: float = 1.0) -> Any:
    """Return the pump with a clock that goes on at each look, by a second unless the test says otherwise."""
    ticks = count(7)
    clock = Clock(now=lambda: pump.clock_s, elapsed=lambda: tick * next(ticks), sleep=pump.slept.append)
    return replace(pump.pump(), clock=clock)


def test_each_part_of_a_run_has_its_time(store: NodeStore) -> None:
    """Two batches and the end of the source: a second for each read, transform and write."""
    pump = MemoryPump(store, batch_size=1)
    pump._entities = [A, B]

    result = run_pump(with_ticks(pump))

    completed = result.events[-1]
    times = completed["metrics"]["entities"]
    assert {name: value for name, value in completed.items() if name != "metrics"} == {
        "_id": "pump-completed",
        "event_type": "pump-completed",
        "pump_definition": "pump:p",
        "pipe": "p",
        "start_time": "1970-01-12T13:46:40.000000Z",
        "end_time": "1970-01-12T13:46:40.000000Z",
        "total_time": 13.0,
        "sync_type": "full",
        "pump_started_location": 0,
        "pipe_offset": "",
        "retry_entities_exist": False,
        "entities_succeeded": 2,
        "entities_failed": 0,
        "next_interval": 900,
    }
    assert (times["source_time"], times["transform_time"], times["sink_time"]) == (3.0, 2.0, 2.0)
    # Each batch looks five times at the clock, the end of the source twice.
    assert (completed["total_time"], result.seconds) == (13.0, 15.0)
    assert times["entities_per_second"] == round(2 / 14, 3)


def test_children_that_are_no_entities_are_lost_without_a_trace(store: NodeStore) -> None:
    """With `track_children`, those that were entities are deleted."""
    pump = MemoryPump(store, sink={"type": "dataset", "track_children": True})
    pump.run({"_id": "a", "$children": [{"_id": "x"}, "text", 5, None]})

    result = pump.run({"_id": "a", "$children": [{"_id": "y"}, "new"]})

    assert result.ok
    assert pump.stored == [{"_id": "a", "$children": [{"_id": "y"}, "new", {"_id": "x", "_deleted": True}]}]


@pytest.mark.parametrize("other", [None, "text", 5, {"_id": "x"}])
def test_children_that_are_no_list_are_left_as_they_are(store: NodeStore, other: Any) -> None:
    """Before and after."""
    children = [{"_id": "x"}]
    pump = MemoryPump(store, sink={"type": "dataset", "track_children": True})
    for each in (children, other, children):
        assert pump.run({"_id": "a", "$children": each}).ok

        assert pump.stored == [{"_id": "a", "$children": each}]


@pytest.mark.parametrize("batch_size", [1, 2])
def test_an_entity_that_the_run_itself_has_written_exists(store: NodeStore, batch_size: int) -> None:
    """Also while nobody can read it yet, because a circuit breaker may trip."""
    sink = {"type": "dataset", "prevent_multiple_versions": "ignore", "circuit_breaker_threshold_count": 5}
    pump = MemoryPump(store, sink=sink, batch_size=batch_size)
    pump.run({"_id": "z"})
    assert pump.dataset(PIPE_ID).is_populated

    result = pump.run({"_id": "z"}, {"_id": "a", "n": 1}, {"_id": "a", "n": 2})

    assert (result.error, pump.stored) == (None, [{"_id": "z"}, {"_id": "a", "n": 1}])


def test_times_have_microseconds(store: NodeStore) -> None:
    pump = MemoryPump(store)
    pump._entities = [A]

    completed = run_pump(with_ticks(pump, tick=0.1234567)).events[-1]

    times = completed["metrics"]["entities"]
    assert (completed["total_time"], times["source_time"], times["sink_time"]) == (0.987654, 0.246913, 0.123457)


def test_what_a_user_has_said_of_a_pump_outlasts_a_reset(store: NodeStore) -> None:
    """That it is disabled, and why; nothing else does."""
    save_state(store, PIPE_ID, is_disabled=True, comment="holiday", offset=5, runs=3, last_rescan=1.0)

    reset_state(store, PIPE_ID)

    assert load_state(store, PIPE_ID) == PumpState(is_disabled=True, comment="holiday")


def test_the_metrics_of_a_read_error_have_its_time(store: NodeStore) -> None:
    pump = MemoryPump(store)
    pump.attempts = [([A], True)]

    result = run_pump(with_ticks(pump))

    error = next(each for each in result.events if each["event_type"] == "read-error")
    assert error["metrics"]["entities"]["read_errors_last_run"] == 1
    assert error["metrics"]["entities"]["entities_per_second"] == 0


def test_a_result_is_of_a_logged_run_unless_told_otherwise() -> None:
    result = PumpResult("p", ok=True, sync_type="full", processed=1, changed=2, deleted=3, seconds=4)

    assert (result.events, result.error, result.offset, result.was_logged) == ((), None, None, True)


def test_totals_begin_at_zero() -> None:
    totals = Totals()

    assert totals.metrics(1.0)["entities"] == {
        "changes_last_run": 0,
        "entities_last_run": 0,
        "entities_per_second": 0,
        "read_errors_last_run": 0,
        "write_errors_last_run": 0,
        "source_time": 0,
        "transform_time": 0,
        "sink_time": 0,
        "ttl_deletes_entities_last_run": 0,
    }
    assert (totals.deleted, totals.batches, totals.has_retries) == (0, 0, False)
    assert Totals(processed=1).metrics(0.5)["entities"]["entities_per_second"] == 2


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "fiiiiiii"),
        ({"rescan_run_count": 1}, "ffffffff"),
        ({"rescan_run_count": 3}, "fifiifii"),
        ({"partial_rescan_delta": 1}, "fiiiiiii"),
        ({"partial_rescan_run_count": 1, "partial_rescan_delta": 1}, "fppppppp"),
        ({"partial_rescan_run_count": 2, "partial_rescan_delta": 1}, "fipipipi"),
        ({"partial_rescan_run_count": 3, "partial_rescan_delta": 1}, "fiipiipi"),
        ({"rescan_run_count": 4, "partial_rescan_run_count": 2, "partial_rescan_delta": 1}, "fipfipif"),
    ],
)
def test_rescans_come_in_their_turn(store: NodeStore, options: Entity, expected: str) -> None:
    """Full, incremental and partial runs; a full one begins the count of partial ones again."""
    pump = MemoryPump(store, source={"supports_since": True}, pump=options)

    assert "".join(pump.run(A).sync_type[0] for _ in range(8)) == expected


def test_a_rescan_by_hand_begins_the_count_of_partial_ones_again(store: NodeStore) -> None:
    """As any full run does."""
    options = {"partial_rescan_run_count": 3, "partial_rescan_delta": 1}
    pump = MemoryPump(store, source={"supports_since": True}, pump=options)
    kinds = [pump.run(A, is_rescan=number == 2).sync_type[0] for number in range(6)]

    assert "".join(kinds) == "fifiip"


def test_a_run_remembers_when_everything_was_read(store: NodeStore) -> None:
    """An incremental run leaves that time; the next full one sets it."""
    pump = MemoryPump(store, source={"supports_since": True})
    seen = []
    for is_rescan in (False, False, True):
        pump.clock_s += 10
        pump.run(A, is_rescan=is_rescan)
        state = load_state(store, "p")
        seen.append((state.last_rescan, state.last_run, state.runs, state.partial_runs))

    assert seen == [
        (1_000_010.0, 1_000_010.0, 1, 0),
        (1_000_010.0, 1_000_020.0, 2, 1),
        (1_000_030.0, 1_000_030.0, 3, 0),
    ]


MINUTE = "* * * * *"


@for_each(
    ("pump", "state", "now", "kind"),
    [
        ({"rescan_cron_expression": MINUTE}, {"last_rescan": 0.0}, 59, "incremental"),
        ({"rescan_cron_expression": MINUTE}, {"last_rescan": 0.0}, 60, "full"),
        ({"rescan_cron_expression": MINUTE}, {}, 600, "incremental"),
        ({}, {"last_rescan": 0.0}, 600, "incremental"),
        ({}, {"offset": None}, 0, "full"),
        ({}, {"offset": ""}, 0, "full"),
        ({}, {"offset": 0}, 0, "incremental"),
    ],
)
def test_a_rescan_is_due_at_its_time(pump: Entity, state: Entity, now: float, kind: str) -> None:
    """Without an offset every run is a full one; zero is an offset."""
    pipe = pipe_of(source={"supports_since": True}, pump=pump)

    plan = plan_run(pipe, PumpState(**{"offset": 5, **state}), now=now)

    assert plan.sync_type == kind


@for_each(
    ("source", "is_rescan", "expected"),
    [
        ({}, False, RunPlan("full", "none", None, tracks_deletions=True)),
        ({"supports_since": True}, False, RunPlan("incremental", "max", 5, tracks_deletions=False)),
        ({"supports_since": True}, True, RunPlan("full", "max", None, tracks_deletions=True)),
        (
            {"supports_since": True, "initial_since_value": 3},
            True,
            RunPlan("full", "max", 3, tracks_deletions=False),
        ),
        (
            {"supports_since": True, "initial_since_value": ""},
            True,
            RunPlan("full", "max", "", tracks_deletions=True),
        ),
        (
            {"supports_since": True, "is_chronological": True, "initial_since_value": 0},
            True,
            RunPlan("full", "chronological", 0, tracks_deletions=False),
        ),
    ],
)
def test_only_a_run_that_reads_everything_tracks_deletions(source: Entity, is_rescan: bool, expected: RunPlan) -> None:
    """And none without deletion tracking."""
    state = PumpState(offset=5)
    pipe, untracked = (
        pipe_of(source=source, sink={"type": "dataset", "deletion_tracking": each}) for each in (True, False)
    )

    assert plan_run(pipe, state, now=0, is_rescan=is_rescan) == expected
    assert plan_run(untracked, state, now=0, is_rescan=is_rescan) == replace(expected, tracks_deletions=False)


def test_an_empty_run_is_warned_of_only_if_it_deletes(store: NodeStore, caplog: pytest.LogCaptureFixture) -> None:
    """Not without deletion tracking, not if something was read."""
    pump = MemoryPump(store)
    pump.run(A, B)
    pump.run(A)
    pump.use(sink={"type": "dataset", "deletion_tracking": False})

    pump.run()

    assert (caplog.messages, pump.ids) == ([], ["a"])


@pytest.mark.parametrize("disables", [True, False])
def test_the_offset_is_not_moved_if_that_is_disabled(store: NodeStore, disables: bool) -> None:
    """`disable_set_last_seen`: neither at the end nor at a checkpoint."""
    source = {"supports_since": True, "is_chronological": True}
    pump = MemoryPump(store, source=source, disable_set_last_seen=disables, batch_size=1, checkpoint_interval=1)
    pump.attempts = [([A], True)]

    offsets = [pump.run(A).offset, pump.run(A, B).offset]

    assert offsets == ([None, None] if disables else [1, 2])


@for_each("mode", ["if-source-populated", "never", "always", "initially", "onload"])
def test_a_dataset_counts_as_populated_before_the_first_read(mode: str) -> None:
    """As the sink says; otherwise only after a run that has completed."""
    with NodeStore() as store:
        pump = MemoryPump(store, sink={"type": "dataset", "set_initial_offset": mode})
        pump.attempts = [([A], True)]

        result = pump.run()

        assert (result.ok, pump.dataset(PIPE_ID).is_populated) == (False, mode in ("initially", "onload"))


def test_a_source_that_no_longer_has_offsets_leaves_the_one_that_is_stored(store: NodeStore) -> None:
    """Its runs are full ones. Configured as before, it goes on from there."""
    pump = MemoryPump(store, source={"supports_since": True})
    pump.run(A, B)
    pump.use()
    without = pump.run(A, B)
    pump.use(source={"supports_since": True})
    pump.run()

    assert (without.sync_type, without.offset, pump.since) == ("full", 2, [None, None, 2])


@pytest.mark.parametrize("entity_id", [None, 5, True, ["a"], "none"])
def test_an_entity_needs_a_text_as_its_id(store: NodeStore, entity_id: Any) -> None:
    """Otherwise the run ends before it reaches the sink. The event has the entity; those before it are written."""
    pump = MemoryPump(store)
    entity = {"n": 1} if entity_id == "none" else {"_id": entity_id, "n": 1}

    result = pump.run(A, entity)

    got = repr(None if entity_id == "none" else entity_id)
    assert result.error == f"an entity needs an _id that is a string, got {got}; give it one with a transform"
    assert result.events[-1]["exception_entity"] == entity
    assert pump.ids == ["a"]


def sink_of(store: NodeStore, **options: Any) -> DatasetSink:
    return DatasetSink(SinkConfig(**options), MemoryPump(store).dataset("p"))


@pytest.mark.parametrize(
    ("factor", "limit", "allowed"),
    [(None, None, 99), (None, 2, 2), (0.5, None, 2), (0.5, 3, 3), (0.75, 2, 3), (0, None, 0), (0, 0, 0), (2, 1, 8)],
)
def test_the_larger_limit_of_a_circuit_breaker_applies(
    store: NodeStore, factor: float | None, limit: int | None, allowed: int
) -> None:
    """The factor is of the entities that are there, deleted ones not counted. What reaches the limit is allowed."""
    dataset = MemoryPump(store).dataset("p")
    dataset.write([*({"_id": f"{number}"} for number in range(4)), {"_id": "gone", "_deleted": True}])
    dataset.set_populated()
    sink = sink_of(store, circuit_breaker_factor=factor, circuit_breaker_count=limit)

    for number in range(min(allowed, 20)):
        sink.write([{"_id": "0", "n": number}])

    if allowed < 20:
        with pytest.raises(CircuitBreakerError, match=f"the run wrote {allowed + 1} entities, the limit is {allowed}$"):
            sink.write([{"_id": "0", "n": "last"}])


def test_a_circuit_breaker_waits_until_a_dataset_is_populated(store: NodeStore) -> None:
    """The first run may write anything; deletions count in the others."""
    options = {"type": "dataset", "circuit_breaker_threshold_count": 1}
    pump = MemoryPump(store, sink=options)

    assert pump.run(A, B, C).ok
    assert pump.run(A, B).ok
    tripped = pump.run()
    assert (tripped.ok, tripped.error) == (
        False,
        "the circuit breaker tripped: the run wrote 2 entities, the limit is 1",
    )


@pytest.mark.parametrize(("limit", "is_refused"), [(17, True), (18, False), (19, False)])
def test_an_entity_of_just_the_limit_fits(store: NodeStore, limit: int, is_refused: bool) -> None:
    """Reserved properties do not count."""
    sink, entity = sink_of(store, max_entity_bytes=limit), {"_id": "a", "n": 12, "_updated": 1, "_x": "y" * 50}

    if is_refused:
        with pytest.raises(WriteError, match=r"entity 'a' is larger than max_entity_bytes_size \(17\)") as caught:
            sink.write([{"_id": "b"}, entity])
        assert caught.value.entity == entity
    else:
        assert sink.write([entity]).changed == 1


def test_the_state_of_a_pump_begins_empty(store: NodeStore) -> None:
    """Fields of another version are passed over; a change leaves the others."""
    assert load_state(store, "p") == PumpState()
    assert PumpState() == PumpState(
        offset=None,
        runs=0,
        partial_runs=0,
        last_rescan=None,
        is_disabled=False,
        comment="",
        uncommitted_from=None,
        last_run=None,
        last_ok=None,
        last_message="",
        last_original="",
        last_processed=0,
    )
    store.save_pump_state("p", {"offset": 7, "future": True, "runs": 2})
    assert load_state(store, "p") == PumpState(offset=7, runs=2)
    assert save_state(store, "p", comment="c") == PumpState(offset=7, runs=2, comment="c")
    assert load_state(store, "p") == PumpState(offset=7, runs=2, comment="c")
    assert load_state(store, "q") == PumpState()
    assert [PumpState(offset=each).has_offset for each in (None, "", 0, "0", 5)] == [False, False, True, True, True]


def test_an_embedded_source_gives_its_entities_in_every_run() -> None:
    """A transform may change them; `since` is ignored."""
    source = EmbeddedReader(SourceConfig(type="embedded", entities=(dict(A), dict(B))))

    for entity in source.read(99):
        entity["_id"] = "changed"

    assert [entity["_id"] for entity in source.read(None)] == ["a", "b"]


@pytest.mark.parametrize("has_history", [False, True])
@pytest.mark.parametrize(("since", "first"), [(None, 0), ("", 0), ("0", 1), (0, 1), ("2", 3), (3, 4)])
def test_a_dataset_source_gives_what_came_after_its_offset(
    store: NodeStore, since: Any, first: int, has_history: bool
) -> None:
    """Deleted entities too; earlier versions on demand."""
    dataset = MemoryPump(store).dataset("other")
    dataset.write([{"_id": "a"}, {"_id": "b"}, {"_id": "a", "n": 1}, {"_id": "b", "_deleted": True}])
    config = SourceConfig(type="dataset", include_previous_versions=has_history)

    found = [entity["_updated"] for entity in DatasetReader(config, dataset).read(since)]

    assert found == [number for number in range(first, 4) if has_history or number >= 2]


@for_each(
    ("pump", "expected"),
    [
        ({"schedule_interval": 60}, 1060.0),
        ({}, 1900.0),
        ({"cron_expression": "* * * * *", "schedule_interval": 5}, 1020.0),
        ({"mode": "manual"}, None),
        ({"mode": "off"}, None),
    ],
)
def test_a_pump_runs_again_after_its_interval_or_at_its_time(pump: Entity, expected: float | None) -> None:
    """Only if it is scheduled."""
    assert next_run(pipe_of(pump=pump).pump, last=1000.0) == expected


class Breaking(MemoryPump):
    """A pump whose source raises an error of the node itself."""

    def read(self, since: str | int | None) -> Iterator[Entity]:
        """Yield one entity, then fail."""
        del since
        yield dict(A)
        raise ZeroDivisionError("a bug")


def test_progress_is_told_after_each_batch(store: NodeStore) -> None:
    """With the number of entities so far; also in a run that fails."""
    told: list[int] = []
    MemoryPump(store, batch_size=2).run(A, B, C, on_progress=told.append)
    result = Breaking(store, batch_size=1).run(on_progress=told.append)

    assert told == [2, 3, 1]
    assert (result.ok, result.processed, result.sync_type) == (False, 1, "full")


class Deep(MemoryPump):
    """A pump whose source cannot go deeper."""

    def read(self, since: str | int | None) -> Iterator[Entity]:
        """Fail at once."""
        del since
        yield from ()
        raise RecursionError("maximum recursion depth exceeded")


def test_what_is_nested_too_deeply_is_no_bug(store: NodeStore, caplog: pytest.LogCaptureFixture) -> None:
    """The event says so, with its cause."""
    pump = Deep(store)

    result = pump.run()

    assert (result.ok, result.error, caplog.messages) == (False, "an entity or a transform is nested too deeply", [])
    assert [each["event_type"] for each in pump.events] == ["pump-started", "pump-failed"]
    assert "maximum recursion depth exceeded" in result.events[-1]["original_traceback"]


@pytest.mark.parametrize("is_tracked", [True, False])
def test_a_failed_transform_is_warned_of_where_something_could_be_deleted(
    store: NodeStore, caplog: pytest.LogCaptureFixture, is_tracked: bool
) -> None:
    """Only in a full run that tracks deletions."""
    pump = MemoryPump(
        store,
        transform={"type": "dtl", "rules": {"default": [["fail!", "no"]]}},
        sink={"type": "dataset", "deletion_tracking": is_tracked},
        pump={"max_consecutive_write_errors": 5, "max_write_errors_in_retry_dataset": 5},
    )

    pump.run(A)

    assert caplog.messages == ["pipe p: a transform failed, so this full run deletes nothing"] * is_tracked
