"""The runs of a pipe as its page lists them, from the events of its execution log."""

from typing import Any

from fake_sesam.console.states import runs_of
from tests.support.cases import Cases

BEGAN, ENDED = "2026-01-01T00:00:00Z", "2026-01-01T00:00:09Z"


def event(kind: str, **more: Any) -> dict[str, Any]:
    """An event of an execution log."""
    return {"event_type": kind, "_updated": 1, "start_time": BEGAN, "end_time": ENDED, **more}


def test_each_run_is_listed_once(cases: Cases) -> None:
    """Events, newest first, and what is listed of them: a start counts only for a run that has no end yet."""
    started, completed, failed = event("pump-started"), event("pump-completed"), event("pump-failed")
    reset = event("pump-offset-set", is_reset=True)
    for name, events, expected in [
        ("nothing", [], []),
        ("under way", [started], ["running"]),
        ("completed", [completed, started], ["completed"]),
        ("failed", [failed, started], ["failed"]),
        ("a second one is under way", [started, completed, started], ["running", "completed"]),
        ("others between", [reset, failed, event("pump-note"), started], ["offset set", "failed", "note"]),
        ("the start is no longer kept", [completed], ["completed"]),
        ("without a kind", [{"_updated": 1}], [""]),
    ]:
        with cases.case(name):
            assert [run.word for run in runs_of(events, pipe_id="p")] == expected


def test_what_is_said_of_an_event(cases: Cases) -> None:
    """What came of a run, or what happened beside it."""
    lost = {"entities_failed": 1000, "reason_why_stopped": "no route"}
    some: dict[str, Any] = {"entities_succeeded": 3, "metrics": {"entities": {"changes_last_run": 2}}}
    for one, what, reason in [
        (event("pump-completed", **some), "3 entities, 2 changed", ""),
        (event("pump-failed", **some, **lost), "3 entities, 2 changed, 1,000 could not be written", "no route"),
        (event("pump-completed"), "0 entities, 0 changed", ""),
        (event("pump-offset-set", is_reset=True), "the offset was emptied", ""),
        (event("pump-offset-set", pipe_offset=5), "the offset is now 5", ""),
        (event("write-error", original_error_message="bad", reason="worse"), "", "bad"),
        (event("read-error", reason="worse"), "", "worse"),
        (event("pump-note", comment="by hand", reason="hidden"), "by hand", ""),
    ]:
        with cases.case(one):
            [run] = runs_of([one], pipe_id="p")
            assert (run.what, run.reason) == (what, reason)


def test_when_an_event_was(cases: Cases) -> None:
    """Its own time, else that of the entity, else that of its run."""
    moments: list[tuple[dict[str, Any], float]] = [
        ({"event_time": ENDED, "_ts": 1_000_000}, 1767225609.0),
        ({"_ts": 5_000_000}, 5.0),
        ({}, 1767225600.0),
        ({"start_time": None}, 0.0),
    ]
    for times, expected in moments:
        with cases.case(times):
            [run] = runs_of([event("pump-note", **times)], pipe_id="p")
            assert run.began == expected
