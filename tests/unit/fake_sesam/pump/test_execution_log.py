"""The events of the execution log, word by word: programs that watch a node read them."""

from typing import Any

import pytest

from fake_sesam.dataset import Dataset, NodeStore
from fake_sesam.errors import ReadError, TransformError, WriteError
from fake_sesam.pump import ExecutionLog, log_dataset_id
from tests.unit.fake_sesam.pump.memory_pump import PIPE_ID, pipe_of

NOON, TEXT = 1_795_521_600.5, "2026-11-24T12:00:00.500000Z"


@pytest.fixture
def log(store: NodeStore) -> ExecutionLog:
    """A log whose time stands still and which masks one secret."""
    dataset = Dataset(store, log_dataset_id(PIPE_ID), now_us=lambda: 1)

    def masks(text: str) -> str:
        return text.replace("t0psecret", "***")

    return ExecutionLog(pipe_of(), dataset, redact=masks, new_id=lambda: "7", now=lambda: NOON)


def raised(error: Exception, cause: Exception | None = None) -> Any:
    """Return an error as it is caught, with its traceback."""
    try:
        raise error from cause
    except type(error) as caught:
        return caught


def test_the_events_of_a_run(log: ExecutionLog) -> None:
    """Started, completed."""
    assert log.started(start=NOON, sync_type="full") == {
        "_id": "pump-started",
        "event_type": "pump-started",
        "start_time": TEXT,
        "sync_type": "full",
        "pump_definition": "pump:p",
        "pipe": "p",
    }
    completed = log.completed({"total_time": 1})
    assert completed.items() >= {"_id": "pump-completed", "event_type": "pump-completed", "total_time": 1}.items()
    assert completed["pipe"] == "p"


def test_a_failed_event_says_why_and_hides_secrets(log: ExecutionLog) -> None:
    """In the reason, both tracebacks and the original message."""
    error = raised(
        ReadError("t0psecret: no", error_code=0, original_message="said t0psecret"), ValueError("t0psecret?")
    )

    event = log.failed({"total_time": 1}, error)

    assert event.items() >= {"_id": "pump-failed", "event_type": "pump-failed", "total_time": 1}.items()
    assert (event["reason_why_stopped"], event["original_error_message"]) == ("***: no", "said ***")
    assert "ReadError: ***: no" in event["traceback"]
    assert "ValueError" not in event["traceback"]
    assert "ValueError: ***?" in event["original_traceback"]
    assert event["exception_entity"] is None
    assert event["node_build_info"] == {"version": "fake-sesam", "release": "fake-sesam", "dirty": False}


def test_an_error_without_a_cause_is_its_own_original(log: ExecutionLog) -> None:
    """With a cause, the cause is, unless the connector said something."""
    alone = log.failed({}, raised(TransformError("no", entity={"_id": "a"})))
    caused = log.failed({}, raised(TransformError("no"), ValueError("why")))

    assert (alone["original_error_message"], alone["original_traceback"]) == ("no", "")
    assert alone["exception_entity"] == {"_id": "a"}
    assert caused["original_error_message"] == "why"


def test_a_long_message_is_cut_at_ten_megabytes(log: ExecutionLog) -> None:
    event = log.failed({}, ReadError("no", original_message="x" * (10 * 1024 * 1024 + 1)))

    assert len(event["original_error_message"]) == 10 * 1024 * 1024


def test_a_read_error_has_the_code_the_time_and_the_metrics(log: ExecutionLog) -> None:
    """And an id of its own."""
    event = log.read_error(raised(ReadError("no", error_code=0)), at=NOON, metrics={"m": 1})

    texts = {name: event.pop(name) for name in ("traceback", "original_traceback", "original_error_message")}
    assert event == {
        "_id": "read-error:7",
        "event_type": "read-error",
        "pipe": "p",
        "error_code": 0,
        "event_time": TEXT,
        "metrics": {"m": 1},
    }
    assert (texts["original_traceback"], texts["original_error_message"]) == ("", "no")


@pytest.mark.parametrize("is_dead", [True, False])
def test_a_write_error_has_its_entity_and_whether_it_is_retried(log: ExecutionLog, is_dead: bool) -> None:
    """A dead one is not."""
    event = log.write_error(WriteError("no"), {"_id": "a", "n": 1}, retry_attempts=3, is_dead=is_dead)

    for name in ("traceback", "original_traceback", "original_error_message"):
        event.pop(name)
    assert event == {
        "_id": "write-error:a",
        "event_type": "write-error",
        "pipe": "p",
        "error_code": 1,
        "event_time": TEXT,
        "retry_attempts": 3,
        "retryable": not is_dead,
        "resolved": False,
        "dead": is_dead,
        "entity": {"_id": "a", "n": 1},
    }


def test_discarded_retries_are_dead_and_keep_their_attempts(log: ExecutionLog) -> None:
    """Nothing waits afterwards; those that were resolved or dead stay as they were."""
    for entity_id, attempts, is_dead in (("a", 2, False), ("b", 0, False), ("c", 5, True)):
        log.write(log.write_error(WriteError("no"), {"_id": entity_id}, retry_attempts=attempts, is_dead=is_dead))
    b = log.write_error_of({"_id": "b"})
    assert b is not None
    log.write(log.resolved(b, retry_attempts=1))
    assert [each["_id"] for each in log.pending_write_errors()] == ["write-error:a"]

    event = log.discard_retries()

    assert list(log.pending_write_errors()) == []
    found = {each: log.write_error_of({"_id": each}) or {} for each in "abc"}
    assert [(each["retry_attempts"], each["resolved"], each["dead"]) for each in found.values()] == [
        (2, True, True),
        (1, True, False),
        (5, False, True),
    ]
    assert found["a"]["retryable"] is False
    assert event == {
        "_id": "pump-discard-retries",
        "event_type": "pump-discard-retries",
        "event_time": TEXT,
        "pipe": "p",
        "user": {},
    }
    assert log.write_error_of({"_id": "d"}) is None


def test_a_notice_has_a_comment_only_if_there_is_one(log: ExecutionLog) -> None:
    """Of a user's action."""
    plain, commented = log.notice("pump-enabled"), log.notice("pump-enabled", comment="why")

    assert plain == {
        "_id": "pump-enabled",
        "event_type": "pump-enabled",
        "event_time": TEXT,
        "pipe": "p",
        "user": {},
    }
    assert commented == {**plain, "comment": "why"}


@pytest.mark.parametrize(
    ("before", "after", "expected"), [(None, None, (True, "", "")), (5, "", (True, 5, "")), (None, 0, (False, "", 0))]
)
def test_an_offset_that_was_set(log: ExecutionLog, before: Any, after: Any, expected: tuple[Any, ...]) -> None:
    """An empty one is a reset."""
    event = log.offset_set(at=NOON, before=before, after=after)

    assert (event["is_reset"], event["original_pipe_offset"], event["pipe_offset"]) == expected
    assert event["_id"] == event["event_type"] == "pump-offset-set"
    assert (event["event_time"], event["pipe"]) == (TEXT, "p")


def test_an_event_is_written_at_an_offset_of_the_log(log: ExecutionLog) -> None:
    """Each call adds a version."""
    assert [log.write(log.notice("pump-enabled", comment=each)) for each in "ab"] == [0, 1]
