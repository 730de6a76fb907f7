"""Entities that cannot be written: which limits end the run, what is retried, and what is given up."""

from typing import Any

import pytest

from fake_sesam.dataset import NodeStore
from tests.unit.fake_sesam.pump.memory_pump import MemoryPump

Entity = dict[str, Any]
STEPS = [["copy", "*"], ["if", "_S.bad", ["fail!", "no good"]]]
BAD = {"type": "dtl", "rules": {"default": STEPS}}
LENIENT = {"max_consecutive_write_errors": 100, "max_write_errors_in_retry_dataset": 100}


def good(number: int, **properties: Any) -> Entity:
    return {"_id": f"g{number}", **properties}


def bad(number: int) -> Entity:
    return {"_id": f"b{number}", "bad": True}


def pump_of(store: NodeStore, *, batch_size: int = 100, **options: Any) -> MemoryPump:
    """Return a pump whose transform refuses every entity that is bad."""
    return MemoryPump(store, transform=BAD, pump={**LENIENT, **options}, batch_size=batch_size)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
@pytest.mark.parametrize(("limit", "written"), [(0, ["g0"]), (1, ["g0"]), (2, ["g0", "g1"]), (3, ["g0", "g1", "g2"])])
def test_consecutive_write_errors_end_the_run_at_the_limit(
    store: NodeStore, limit: int, written: list[str], batch_size: int
) -> None:
    """One error, then two in a row; an entity that is written in between starts the count again."""
    pump = pump_of(store, max_consecutive_write_errors=limit, batch_size=batch_size)

    result = pump.run(good(0), bad(0), good(1), bad(1), bad(2), good(2))

    assert (result.ok, pump.ids) == (limit == 3, written)
    assert pump.events[-1]["event_type"] == ("pump-completed" if limit == 3 else "pump-failed")
    assert pump.events[-1]["entities_failed"] == {0: 1, 1: 1, 2: 3, 3: 3}[limit]


@pytest.mark.parametrize("batch_size", [1, 2, 100])
def test_write_errors_at_the_beginning_of_a_run_count_like_any_others(store: NodeStore, batch_size: int) -> None:
    for limit, failed, is_ok in ((1, 1, False), (2, 2, False), (3, 2, True)):
        pump = pump_of(store, max_consecutive_write_errors=limit, batch_size=batch_size)

        result = pump.run(bad(0), bad(1), good(0))

        assert (result.ok, pump.events[-1]["entities_failed"]) == (is_ok, failed), limit


@pytest.mark.parametrize("batch_size", [1, 2, 100])
@pytest.mark.parametrize("limit", [0, 1, 2, 3])
def test_a_run_ends_when_too_many_entities_wait_for_a_retry(store: NodeStore, limit: int, batch_size: int) -> None:
    """`max_write_errors_in_retry_dataset`; zero allows none."""
    pump = pump_of(store, max_write_errors_in_retry_dataset=limit, batch_size=batch_size)

    result = pump.run(bad(0), bad(1), good(0))

    assert (result.ok, pump.ids) == (limit >= 2, ["g0"] if limit >= 2 else [])
    assert len(list(pump.log().pending_write_errors())) == min(limit, 2)


def test_the_same_entity_does_not_count_twice_against_the_limit(store: NodeStore) -> None:
    """A full run reads it again while it waits for its retry."""
    pump = pump_of(store, max_write_errors_in_retry_dataset=1)

    results = [pump.run(bad(0), good(0)) for _ in range(3)]

    assert [each.ok for each in results] == [True, True, True]


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_an_entity_is_given_up_after_its_retries_although_every_full_run_reads_it_again(
    store: NodeStore, retries: int
) -> None:
    """`max_retries_per_entity`: a version that comes again does not begin at zero."""
    pump = pump_of(store, max_retries_per_entity=retries, dead_letter_dataset="dead")
    attempts, dead = [], []
    for _ in range(4):
        pump.run(bad(0), good(0))
        event = pump.write_error("b0")
        attempts.append(event["retry_attempts"])
        dead.append((event["dead"], pump.dataset("dead").count))

    assert attempts == [min(run, retries) for run in range(4)]
    assert dead == [(run >= retries, int(run >= retries)) for run in range(4)]
    assert [each["entities_failed"] for each in pump.events if each["event_type"] == "pump-completed"] == [1] * 4


def test_a_new_version_of_an_entity_that_was_given_up_begins_at_zero(store: NodeStore) -> None:
    """It may be good for another reason to fail."""
    pump = pump_of(store, max_retries_per_entity=1)
    for _ in range(2):
        pump.run(bad(0))
    assert pump.write_error("b0")["dead"]

    pump.run({**bad(0), "n": 2})

    event = pump.write_error("b0")
    assert (event["dead"], event["retryable"], event["retry_attempts"]) == (False, True, 0)


@pytest.mark.parametrize("batch_size", [1, 100])
def test_a_retry_never_overwrites_a_newer_version(store: NodeStore, batch_size: int) -> None:
    """Once the newer one is written, the failed one is resolved, even if a later configuration would accept it."""
    pump = pump_of(store, batch_size=batch_size)
    pump.run(bad(0))
    newer = {"_id": "b0", "n": 2}
    written = pump.run(newer)

    event = pump.write_error("b0")
    pump.use(pump=LENIENT, source={"supports_since": True})
    pump.run()

    assert (event["resolved"], event["retryable"], event["retry_attempts"]) == (True, False, 1)
    assert written.events[-1]["retry_entities_exist"] is False
    assert pump.dataset("p").info()["versions"] == 2, "one version of the entity, and its deletion by the last run"
    assert [each.get("n") for each in pump.dataset("p").entities(history=True)] == [2, 2]


def test_a_newer_version_in_the_same_run_resolves_the_one_that_failed(store: NodeStore) -> None:
    """In the same batch."""
    pump = pump_of(store)

    result = pump.run(bad(0), {"_id": "b0", "n": 2})

    assert pump.write_error("b0")["resolved"] is True
    assert result.events[-1]["retry_entities_exist"] is False


def test_a_retry_that_succeeds_is_logged_and_counted(store: NodeStore) -> None:
    """The configuration has been mended in between; the source sends nothing new."""
    pump = pump_of(store)
    pump.run(bad(0))
    pump.use(pump=LENIENT, sink={"type": "dataset", "deletion_tracking": False})

    result = pump.run()

    event = pump.write_error("b0")
    assert (result.changed, pump.ids) == (1, ["b0"])
    assert (event["resolved"], event["retryable"], event["dead"], event["retry_attempts"]) == (True, False, False, 1)
    assert pump.run().was_logged is False, "nothing waits any more"


def test_nothing_is_retried_if_the_retry_dataset_may_hold_nothing(store: NodeStore) -> None:
    """`max_write_errors_in_retry_dataset` was lowered to zero; what waits is still reported."""
    pump = pump_of(store)
    pump.run(bad(0))
    pump.use(pump={}, sink={"type": "dataset", "deletion_tracking": False})

    result = pump.run()

    assert (result.ok, pump.ids, pump.write_error("b0")["retry_attempts"]) == (True, [], 0)
    assert result.was_logged, "a run is no noop while something waits"
    assert result.events[-1]["retry_entities_exist"] is True


def test_the_delay_after_a_write_error_is_slept_once_for_each(store: NodeStore) -> None:
    """`write_retry_delay`."""
    pump = pump_of(store, write_retry_delay=2.5)

    pump.run(bad(0), good(0), bad(1))

    assert pump.slept == [2.5, 2.5]


def test_failed_entities_without_an_id_are_kept_apart(store: NodeStore) -> None:
    """Each has an event of its own, by its content."""
    pump = MemoryPump(store, transform=BAD, pump={**LENIENT, "max_retries_per_entity": 0, "dead_letter_dataset": "d"})

    pump.run({"n": 1, "bad": True}, {"n": 2, "bad": True}, {"id": 7, "bad": True}, {"_id": None, "n": 3, "bad": True})

    failed = [each for each in pump.events if each["event_type"] == "write-error"]
    assert len({each["_id"] for each in failed}) == 4
    assert "write-error:7" in {each["_id"] for each in failed}
    assert pump.dataset("d").count == 4


@pytest.mark.parametrize("is_tracked", [True, False])
@pytest.mark.parametrize("batch_size", [1, 100])
def test_dead_letters_are_tracked_by_the_id_of_the_source(store: NodeStore, is_tracked: bool, batch_size: int) -> None:
    """`track_dead_letters`: the transform gives the entity another id."""
    transform = {
        "type": "dtl",
        "rules": {"default": [*STEPS, ["add", "_id", ["concat", "x", "_S._id"]]]},
    }
    options = {
        **LENIENT,
        "max_retries_per_entity": 0,
        "use_dead_letter_dataset": True,
        "track_dead_letters": is_tracked,
    }
    pump = MemoryPump(store, transform=transform, pump=options, batch_size=batch_size)
    pump.run(bad(0), bad(1))
    dead = pump.dataset("system:dead-letter:p")
    assert dead.count == 2

    results = [pump.run({"_id": "b0"}, bad(1)) for _ in range(2)]

    assert [each.ok for each in results] == [True, True]
    assert [each["_id"] for each in dead.entities()] == (["b1"] if is_tracked else ["b0", "b1"])


@pytest.mark.parametrize("falls_back", [True, False])
@pytest.mark.parametrize("batch_size", [1, 2])
def test_a_batch_that_fails_is_processed_singly_only_if_configured(
    store: NodeStore, falls_back: bool, batch_size: int
) -> None:
    """`fallback_to_single_entities_on_batch_fail`; the result does not depend on the size of the batch, twice."""
    pump = pump_of(store, fallback_to_single_entities_on_batch_fail=falls_back, batch_size=batch_size)

    results = [pump.run(bad(0), good(0)) for _ in range(2)]

    assert [each.ok for each in results] == [falls_back] * 2
    assert [each.processed for each in results] == [2 if falls_back else 0] * 2
    assert pump.ids == (["g0"] if falls_back else [])


def test_the_entity_of_a_failed_run_is_in_its_event(store: NodeStore) -> None:
    """And nothing waits for a retry."""
    pump = pump_of(store, max_consecutive_write_errors=1)

    result = pump.run(bad(0))

    assert result.error == "DTL transform failed with error: no good"
    assert result.events[-1]["exception_entity"] == bad(0)
    assert result.events[-1]["retry_entities_exist"] is False


def test_an_entity_that_its_retry_gives_up_waits_no_more(store: NodeStore) -> None:
    """It does not count against the limit either."""
    options = {"max_retries_per_entity": 1, "max_write_errors_in_retry_dataset": 1}
    pump = pump_of(store, **options)
    pump.run(bad(0))

    result = pump.run(bad(1))

    assert pump.write_error("b0")["dead"]
    assert (result.ok, pump.write_error("b1")["retryable"]) == (True, True)
    pump.use(transform=BAD, pump={**LENIENT, **options}, sink={"type": "dataset", "deletion_tracking": False})
    assert pump.run().events[-1]["retry_entities_exist"] is False
