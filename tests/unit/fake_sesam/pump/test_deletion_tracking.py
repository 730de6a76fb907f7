"""What a full run deletes: entities that the source no longer has, and none that it has, whatever became of them."""

from typing import Any

import pytest

from fake_sesam.dataset import NodeStore
from tests.support.cases import Cases
from tests.unit.fake_sesam.pump.memory_pump import MemoryPump

Entity = dict[str, Any]
LENIENT = {"max_consecutive_write_errors": 5, "max_write_errors_in_retry_dataset": 10}
A, B = {"_id": "a", "n": 1}, {"_id": "b", "n": 1}


def dtl(*steps: Any) -> Entity:
    return {"type": "dtl", "rules": {"default": [["copy", "*"], *steps]}}


def sink(**options: Any) -> Entity:
    return {"type": "dataset", **options}


@pytest.mark.parametrize("batch_size", [1, 2, 100])
def test_entities_that_the_sink_ignores_are_not_deleted(store: NodeStore, batch_size: int) -> None:
    """`prevent_multiple_versions: "ignore"` in three full runs: unchanged, changed, and one that the source dropped."""
    pump = MemoryPump(store, sink=sink(prevent_multiple_versions="ignore"), batch_size=batch_size)
    pump.run(A, B)

    unchanged, changed = pump.run(A, B), pump.run({**A, "n": 2}, B)
    dropped = pump.run(A)

    assert [(each.ok, each.changed, each.deleted) for each in (unchanged, changed)] == [(True, 0, 0)] * 2
    assert (dropped.changed, dropped.deleted) == (1, 1)
    assert pump.stored == [A]


def test_an_entity_that_comes_back_is_not_ignored(store: NodeStore) -> None:
    """Deletion tracking deleted it, so it does not exist."""
    pump = MemoryPump(store, sink=sink(prevent_multiple_versions="ignore"))
    pump.run(A, B)
    pump.run(A)

    result = pump.run(A, B)

    assert (result.changed, pump.ids) == (1, ["a", "b"])
    assert (pump.run(A, B).changed, pump.ids) == (0, ["a", "b"])


@pytest.mark.parametrize("batch_size", [1, 2, 3])
def test_only_the_first_version_of_an_id_is_written_if_others_are_ignored(store: NodeStore, batch_size: int) -> None:
    """Whether or not both are in the same batch."""
    pump = MemoryPump(store, sink=sink(prevent_multiple_versions="ignore"), batch_size=batch_size)

    results = [pump.run(A, {**A, "n": 2}, B) for _ in range(2)]

    assert [(each.changed, each.deleted) for each in results] == [(2, 0), (0, 0)]
    assert pump.stored == [A, B]


@pytest.mark.parametrize("batch_size", [1, 2])
def test_a_second_version_in_the_same_run_is_refused(store: NodeStore, batch_size: int) -> None:
    """`prevent_multiple_versions: true`, whether or not both are in the same batch."""
    pump = MemoryPump(store, sink=sink(prevent_multiple_versions=True), batch_size=batch_size)

    result = pump.run(A, {**A, "n": 2})

    assert result.error == "entity 'a' already exists and prevent_multiple_versions is true"
    assert pump.stored == [A]


@pytest.mark.parametrize("prevents", [True, "ignore"])
def test_a_deletion_is_a_version_like_any_other(store: NodeStore, prevents: Any) -> None:
    """One from the source, and one that a filter causes; neither deletes what may not change."""
    is_kept = ["filter", ["eq", "_S.n", 1]]
    pump = MemoryPump(store, sink=sink(prevent_multiple_versions=prevents), transform=dtl(is_kept))
    pump.run(A, B)

    results = [pump.run({**A, "_deleted": True}, B), pump.run({**A, "n": 2}, B)]

    assert [each.ok for each in results] == [prevents == "ignore"] * 2
    assert [each.deleted for each in results] == [0, 0]
    assert pump.stored == [A, B]


@pytest.mark.parametrize("batch_size", [1, 2, 3])
def test_an_entity_that_the_sink_refuses_keeps_its_latest_version(store: NodeStore, batch_size: int) -> None:
    """The run goes on without the update; the entity is still in the source. What the source dropped is deleted."""
    pump = MemoryPump(store, sink=sink(max_entity_bytes_size=40), pump=LENIENT, batch_size=batch_size)
    pump.run(A, B, {"_id": "c"})

    result = pump.run({**A, "text": "x" * 40}, B)

    assert (result.ok, result.changed, result.deleted) == (True, 1, 1)
    assert pump.stored == [A, B]


def test_a_refused_version_of_an_entity_that_may_not_change_deletes_nothing(store: NodeStore) -> None:
    """`prevent_multiple_versions: true` with write errors below the limit, twice."""
    pump = MemoryPump(store, sink=sink(prevent_multiple_versions=True), pump=LENIENT)
    pump.run(A, B)

    results = [pump.run({**A, "n": 2}, B) for _ in range(2)]

    assert [(each.ok, each.deleted) for each in results] == [(True, 0)] * 2
    assert pump.stored == [A, B]


@pytest.mark.parametrize("batch_size", [1, 2, 3])
def test_a_full_run_in_which_a_transform_fails_deletes_nothing(store: NodeStore, batch_size: int) -> None:
    """Nobody knows which ids the failed entity would have had. The next run that is complete deletes."""
    fails = ["if", ["eq", "_S.n", 2], ["fail!", "two"]]
    rename = ["add", "_id", ["concat", "thing-", "_S._id"]]
    pump = MemoryPump(store, transform=dtl(rename, fails), pump=LENIENT, batch_size=batch_size)
    pump.run(A, B, {"_id": "c", "n": 1})

    failed = pump.run({**A, "n": 2}, B)
    kept = pump.ids
    complete = pump.run(A, B)

    assert (failed.ok, failed.deleted, kept) == (True, 0, ["thing-a", "thing-b", "thing-c"])
    assert (complete.deleted, pump.ids) == (1, ["thing-a", "thing-b"])


def test_a_retry_of_the_read_tracks_deletions_after_a_transform_failed_in_the_first_attempt(store: NodeStore) -> None:
    """Each attempt decides for itself."""
    fails = ["if", ["eq", "_S.n", 2], ["fail!", "two"]]
    pump = MemoryPump(store, transform=dtl(fails), pump={**LENIENT, "max_read_retries": 1}, batch_size=1)
    pump.run(A, B)
    pump.attempts = [([{**A, "n": 2}], True), ([A], False)]

    result = pump.run()

    assert (result.ok, result.deleted, pump.ids) == (True, 1, ["a"])


@pytest.mark.parametrize("batch_size", [1, 2, 3])
def test_a_filter_deletes_what_the_same_run_wrote_before(store: NodeStore, batch_size: int) -> None:
    """The later version counts, whether or not both are in the same batch."""
    pump = MemoryPump(store, transform=dtl(["filter", ["eq", "_S.n", 1]]), batch_size=batch_size)

    results = [pump.run(A, {**A, "n": 2}, B) for _ in range(2)]

    assert [each.ok for each in results] == [True, True]
    assert pump.ids == ["b"]


def test_a_filtered_entity_that_comes_back_in_the_same_batch_is_written(store: NodeStore) -> None:
    """First filtered, then kept."""
    pump = MemoryPump(store, transform=dtl(["filter", ["eq", "_S.n", 1]]))
    pump.run(A)

    result = pump.run({**A, "n": 2}, A)

    assert (result.changed, result.deleted, pump.stored) == (2, 1, [A])


def test_only_true_marks_an_entity_as_filtered_or_deleted(store: NodeStore, cases: Cases) -> None:
    """Not what is merely true in Python. An entity that is marked otherwise exists, also within a batch."""
    for number, value in enumerate((False, None, 1, "true", [True])):
        name = f"e{number}"
        with cases.case(value):
            pump = MemoryPump(store, sink=sink(prevent_multiple_versions=True))
            first, again = ({"_id": name, "n": n, "_deleted": value, "_filtered": value} for n in (1, 2))

            result = pump.run(first, again)

            assert result.error == f"entity '{name}' already exists and prevent_multiple_versions is true"
            pump.use()
            assert (pump.run(again).deleted, pump.stored[0]["_id"]) == (number > 0, name)


@pytest.mark.parametrize("step", ["filter", "discard"])
@pytest.mark.parametrize("is_tracked", [True, False])
@pytest.mark.parametrize("suppresses", [True, False])
def test_what_a_transform_drops(store: NodeStore, step: str, is_tracked: bool, suppresses: bool) -> None:
    """`filter` deletes; `discard` and suppressed entities have not reached the sink, so only deletion tracking does."""
    options = sink(deletion_tracking=is_tracked, suppress_filtered=suppresses)
    pump = MemoryPump(store, sink=options, transform=dtl([step, ["eq", "_S.n", 1]]))
    pump.run(A, B)

    results = [pump.run({**A, "n": 2}, B) for _ in range(2)]

    is_deleted = is_tracked or (step == "filter" and not suppresses)
    assert [each.deleted for each in results] == [int(is_deleted), 0]
    assert pump.ids == (["b"] if is_deleted else ["a", "b"])


@pytest.mark.parametrize("batch_size", [1, 2, 100])
def test_duplicates_of_an_entity_are_all_seen(store: NodeStore, batch_size: int) -> None:
    """Equal ones, and versions that alternate, twice."""
    pump = MemoryPump(store, batch_size=batch_size)

    results = [pump.run(A, A, {**A, "n": 2}, A, B, B) for _ in range(3)]

    assert [each.deleted for each in results] == [0, 0, 0]
    assert pump.ids == ["a", "b"]


def test_entities_that_create_emits_are_seen(store: NodeStore) -> None:
    """All results of a source entity count, and are deleted with it."""
    child = ["create", ["apply", "child", "_S."]]
    rules = {"default": [child, ["copy", "*"]], "child": [["add", "_id", ["concat", "_S._id", "-child"]]]}
    pump = MemoryPump(store, transform={"type": "dtl", "rules": rules})
    pump.run(A, B)

    same, dropped = pump.run(A, B), pump.run(A)

    assert (same.deleted, dropped.deleted, pump.ids) == (0, 2, ["a", "a-child"])


def test_an_entity_of_an_earlier_run_that_a_retry_writes_is_deleted_if_the_source_no_longer_has_it(
    store: NodeStore,
) -> None:
    """A retry is not the source."""
    pump = MemoryPump(store, sink=sink(max_entity_bytes_size=40), pump=LENIENT)
    pump.run({**A, "text": "x" * 40}, B)
    pump.use(pump=LENIENT)

    result = pump.run(B)

    assert (result.changed, result.deleted, pump.ids) == (2, 1, ["b"])


def test_a_read_that_resumes_deletes_nothing_and_is_not_empty(store: NodeStore) -> None:
    """It broke off after the last entity: the second attempt returns nothing, and `if_source_empty` does not apply."""
    source = {"supports_since": True, "is_chronological": True, "if_source_empty": "fail"}
    pump = MemoryPump(store, source=source, pump={"max_read_retries": 1}, batch_size=1)
    pump.attempts = [([{**A, "_updated": 1}, {**B, "_updated": 2}], True), ([], False)]

    result = pump.run()

    assert (result.ok, result.deleted, result.offset, pump.since) == (True, 0, 2, [None, 2])


def test_a_second_attempt_that_starts_over_and_is_empty_fails(store: NodeStore) -> None:
    """What the first one saw does not count."""
    pump = MemoryPump(store, source={"if_source_empty": "fail"}, pump={"max_read_retries": 1}, batch_size=1)
    pump.run(A)
    pump.attempts = [([A], True), ([], False)]

    result = pump.run()

    assert (result.ok, result.deleted, pump.ids) == (False, 0, ["a"])
