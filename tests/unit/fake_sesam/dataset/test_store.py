"""The store and its datasets: what is counted, what one dataset has to do with another, and what a failure leaves."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fake_sesam.dataset import Dataset, NodeStore, SeenOffsets, WriteCounts
from fake_sesam.dataset.hashing import encode, entity_hash
from tests.support.cases import for_each

EMPTY = {"populated": False, "next_offset": 0, "entities": 0, "deleted": 0, "versions": 0, "last_modified": None}


@pytest.fixture
def store() -> Iterator[NodeStore]:
    """A store in memory."""
    with NodeStore() as store:
        yield store


def dataset_in(store: NodeStore, name: str = "things", *, ts: int = 1) -> Dataset:
    """Return a dataset at a time."""
    return Dataset(store, name, now_us=lambda: ts)


def numbered(count: int, **properties: Any) -> list[dict[str, Any]]:
    return [{"_id": f"{number:05}", **properties} for number in range(count)]


def history(dataset: Dataset) -> list[tuple[str, int, int | None, bool]]:
    """Return id, offset, previous offset and whether it is deleted, of every version."""
    return [(v["_id"], v["_updated"], v["_previous"], v["_deleted"]) for v in dataset.entities(history=True)]


def test_a_dataset_that_does_not_exist_has_nothing(store: NodeStore) -> None:
    """Reading does not create it."""
    dataset = dataset_in(store)

    assert dataset.info() == EMPTY
    assert (dataset.exists, dataset.is_populated, dataset.next_offset, dataset.count) == (False, False, 0, 0)
    assert (list(dataset.entities()), dataset.entity("a")) == ([], None)
    assert store.dataset_names() == []


def test_a_created_dataset_exists_and_is_empty(store: NodeStore) -> None:
    """Creating it again changes nothing."""
    dataset = dataset_in(store)
    dataset.create()
    dataset.create()

    assert (dataset.exists, dataset.is_populated, dataset.info()) == (True, False, EMPTY)
    dataset.set_populated()
    assert (dataset.is_populated, dataset.info()) == (True, {**EMPTY, "populated": True})


def test_counts_are_those_of_one_dataset(store: NodeStore) -> None:
    """Of its latest versions, of all versions, and the time of the latest."""
    one, other = dataset_in(store, "one", ts=5), dataset_in(store, "other")
    other.write(numbered(7))
    one.write(numbered(3))
    dataset_in(store, "one", ts=9).write([{"_id": "00000", "_deleted": True}, {"_id": "00001", "n": 1}])

    assert one.info() == {
        "populated": False,
        "next_offset": 5,
        "entities": 2,
        "deleted": 1,
        "versions": 5,
        "last_modified": 9,
    }
    assert (one.count, one.next_offset, other.count) == (2, 5, 7)
    assert [each["_ts"] for each in one.entities(history=True)] == [5, 5, 5, 9, 9]


def test_the_latest_version_of_an_entity_is_that_of_its_own_dataset(store: NodeStore) -> None:
    """With every reserved property; deleted or not."""
    one, other = dataset_in(store, "one"), dataset_in(store, "other")
    other.write([{"_id": "a", "n": 9}])
    one.write([{"_id": "b"}, {"_id": "a", "n": 1}])
    one.write([{"_id": "a", "n": 2}])

    found = one.entity("a")

    assert found is not None
    digest = found.pop("_hash")
    assert found == {"_id": "a", "_updated": 2, "_previous": 1, "_deleted": False, "_ts": 1, "n": 2}
    assert len(digest) == 32
    assert list(found) == ["_id", "_updated", "_previous", "_deleted", "_ts", "n"]
    one.write([{"_id": "a", "_deleted": True, "n": 2}])
    assert (one.entity("a") or {})["_deleted"] is True
    assert one.entity("c") is None


@pytest.mark.parametrize("count", [1, 499, 500, 501, 1000, 1001, 2100])
def test_a_batch_of_any_size_is_compared_with_what_is_known(store: NodeStore, count: int) -> None:
    """The same again is unchanged, all of it is seen; then all of it changes."""
    dataset, seen = dataset_in(store), SeenOffsets()
    first, again = dataset.write(numbered(count)), dataset.write(numbered(count), seen=seen)
    kept = list(dataset.delete_unseen(seen))
    changed = dataset.write(numbered(count, n=1))

    assert (first, again, changed) == (WriteCounts(count), WriteCounts(), WriteCounts(count))
    assert sum(each.changed for each in kept) == 0
    assert [(v["_updated"], v["_previous"]) for v in dataset.entities()] == [(count + n, n) for n in range(count)]


@pytest.mark.parametrize("count", [1, 999, 1000, 1001, 2000, 2001])
def test_every_unseen_entity_is_deleted_once(store: NodeStore, count: int) -> None:
    """Over any number of pages, and none of another dataset; a version counts as changed and as deleted."""
    dataset, other = dataset_in(store), dataset_in(store, "other")
    other.write(numbered(3))
    dataset.write(numbered(count, n=1))
    seen = SeenOffsets()
    dataset.write([{"_id": "00000", "n": 1}], seen=seen)

    written = list(dataset.delete_unseen(seen))
    again = list(dataset.delete_unseen(seen))

    assert sum(each.changed for each in written) == sum(each.deleted for each in written) == count - 1
    assert sum(each.changed for each in again) == 0
    assert (dataset.count, other.count) == (1, 3)
    assert all(v["n"] == 1 and "$deletion_tracked" not in v for v in dataset.entities(deleted=True))


def test_what_a_full_run_wrote_has_been_seen(store: NodeStore) -> None:
    """New, changed, unchanged, and an entity that comes twice."""
    dataset, seen = dataset_in(store), SeenOffsets()
    dataset.write(numbered(2))
    twice = [{"_id": "twice", "n": 1}, {"_id": "twice", "n": 2}]
    dataset.write([{"_id": "00000", "n": 1}, {"_id": "00001"}, {"_id": "new"}, *twice], seen=seen)

    assert list(dataset.delete_unseen(seen)) == [WriteCounts()]
    assert dataset.count == 4


def test_deletion_tracking_looks_at_each_page_once(store: NodeStore) -> None:
    """One count for each thousand entities."""
    dataset, seen = dataset_in(store), SeenOffsets()
    dataset.write(numbered(1999), seen=seen)

    assert list(dataset.delete_unseen(seen)) == [WriteCounts(), WriteCounts()]


def test_deletions_are_marked_only_on_demand(store: NodeStore) -> None:
    """`$deletion_tracked`."""
    dataset = dataset_in(store)
    dataset.write([{"_id": "a", "n": 1}])

    written = list(dataset.delete_unseen(SeenOffsets(), mark=True))

    gone = dataset.entity("a") or {}
    assert written == [WriteCounts(1, 1)]
    assert (gone["$deletion_tracked"], gone["_deleted"], gone["n"]) == (True, True, 1)


@pytest.mark.parametrize("limit", [0, 1, 999, 1000, 1001, 1500, 5000, None])
@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_query_yields_at_most_its_limit(store: NodeStore, limit: int | None, is_reversed: bool) -> None:
    """In both directions, over pages."""
    dataset = dataset_in(store)
    dataset.write(numbered(1500))
    expected = list(range(1500))[:: -1 if is_reversed else 1][:limit]

    assert [v["_updated"] for v in dataset.entities(limit=limit, reverse=is_reversed)] == expected


@pytest.mark.parametrize(
    ("since", "expected"), [(None, [2, 3, 4]), (-1, [2, 3, 4]), (0, [2, 3, 4]), (2, [3, 4]), (4, [])]
)
def test_since_is_exclusive_in_both_directions(store: NodeStore, since: int | None, expected: list[int]) -> None:
    """Of the latest versions; with history, of all; deleted ones only on demand."""
    dataset = dataset_in(store)
    dataset.write(numbered(2))
    dataset.write([*numbered(2, n=1), {"_id": "c", "_deleted": True}])
    live = [each for each in expected if each != 4]

    assert [v["_updated"] for v in dataset.entities(since=since, deleted=True)] == expected
    assert [v["_updated"] for v in dataset.entities(since=since)] == live
    assert [v["_updated"] for v in dataset.entities(since=since, deleted=True, reverse=True)] == expected[::-1]
    assert [v["_updated"] for v in dataset.entities(since=since, reverse=True)] == live[::-1]
    every = [n for n in range(5) if since is None or n > since]
    assert [v["_updated"] for v in dataset.entities(since=since, history=True)] == every


def test_a_rollback_concerns_one_dataset_and_everything_from_its_offset(store: NodeStore) -> None:
    """The versions before are the latest again, deleted ones included; the log goes on at the offset."""
    one, other = dataset_in(store, "one"), dataset_in(store, "other")
    for dataset in (one, other):
        dataset.write([{"_id": "a"}, {"_id": "b"}, {"_id": "b", "_deleted": True}])
        dataset.write([{"_id": "a", "n": 1}, {"_id": "a", "n": 2}, {"_id": "b"}, {"_id": "c"}])
    before = history(other)

    one.rollback(3)

    assert history(one) == [("a", 0, None, False), ("b", 1, None, False), ("b", 2, 1, True)]
    assert (one.info()["entities"], one.info()["deleted"], one.next_offset) == (1, 1, 3)
    assert (one.entity("a") or {}).get("n") is None
    assert one.entity("c") is None
    assert history(other) == before
    assert one.write([{"_id": "a"}, {"_id": "b"}]) == WriteCounts(1)
    assert history(one)[-1] == ("b", 3, 2, False)


def test_a_rollback_leaves_other_datasets_whatever_their_offsets_are(store: NodeStore) -> None:
    """Theirs are higher as well as lower than the one that is rolled back to."""
    dataset, other = dataset_in(store), dataset_in(store, "others")
    dataset.write(numbered(3))
    other.write(numbered(5))
    other.write(numbered(5, value=2))
    before = list(other.entities()), other.info(), history(other)

    dataset.rollback(1)

    assert (list(other.entities()), other.info(), history(other)) == before
    assert history(dataset) == [("00000", 0, None, False)]
    assert dataset.write(numbered(3)) == WriteCounts(2, 0)


def test_what_the_source_has_deleted_is_not_deleted_again(store: NodeStore) -> None:
    """Not even to mark it as deleted by a full run."""
    dataset = dataset_in(store)
    dataset.write([{"_id": "a"}, {"_id": "b", "_deleted": True}])

    counts = list(dataset.delete_unseen(SeenOffsets(), mark=True))

    assert counts == [WriteCounts(1, 1)]
    assert history(dataset)[2:] == [("a", 2, 0, True)]


def test_a_rollback_to_the_end_changes_nothing(store: NodeStore) -> None:
    dataset = dataset_in(store)
    dataset.write(numbered(2))
    dataset.rollback(2)

    assert (dataset.count, dataset.next_offset, dataset.info()["versions"]) == (2, 2, 2)


def test_dropping_a_dataset_leaves_the_others(store: NodeStore) -> None:
    """It is not populated any more; dropping what is not there does nothing."""
    one, other = dataset_in(store, "one"), dataset_in(store, "other")
    for dataset in (one, other):
        dataset.write(numbered(2))
        dataset.set_populated()

    one.drop()
    one.drop()

    assert (one.exists, one.is_populated, one.info(), one.entity("00000")) == (False, False, EMPTY, None)
    assert (other.is_populated, other.count, store.dataset_names()) == (True, 2, ["other"])
    one.write(numbered(1))
    assert (history(one), other.count) == ([("00000", 0, None, False)], 2)


def test_a_new_dataset_has_nothing_of_a_dropped_one(store: NodeStore) -> None:
    """Not even the newest, whose number SQLite gives again."""
    dataset_in(store, "older").write(numbered(1))
    one, other = dataset_in(store, "one"), dataset_in(store, "other")
    one.write(numbered(3))
    one.drop()

    assert other.write(numbered(1)) == WriteCounts(1)

    assert history(other) == [("00000", 0, None, False)]
    assert other.info() == {**EMPTY, "next_offset": 1, "entities": 1, "versions": 1, "last_modified": 1}
    assert other.entity("00001") is None


def test_a_file_survives_a_killed_process(tmp_path: Path) -> None:
    """Writes go to a log that SQLite checks; each is handed over before the next one."""
    with NodeStore(tmp_path / "node.sqlite3") as store:
        assert store.rows("PRAGMA journal_mode") == [("wal",)]
        assert store.rows("PRAGMA synchronous") == [(1,)]


def test_an_entity_without_an_id_leaves_nothing_of_its_batch(store: NodeStore) -> None:
    dataset = dataset_in(store)

    with pytest.raises(KeyError):
        dataset.write([{"_id": "a"}, {"n": 1}])

    assert not dataset.exists


def test_a_failed_transaction_leaves_nothing_and_the_store_goes_on(store: NodeStore) -> None:
    """An interrupt as well."""
    dataset = dataset_in(store)
    dataset.write(numbered(1))

    def interrupted() -> None:
        with store.transaction() as connection:
            connection.execute("DELETE FROM versions")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert dataset.count == 1
    assert len(history(dataset)) == 1
    assert dataset.write([{"_id": "b"}]) == WriteCounts(1)


def test_the_state_of_a_pump_is_replaced_and_cleared(store: NodeStore) -> None:
    """With everything else."""
    assert store.pump_state("p") == {}
    store.save_pump_state("p", {"a": 1, "b": 2})
    store.save_pump_state("p", {"a": 3})
    store.save_pump_state("q", {"a": 4})
    dataset_in(store).write(numbered(1))
    assert (store.pump_state("p"), store.pump_state("q")) == ({"a": 3}, {"a": 4})

    store.clear()

    assert (store.pump_state("p"), store.pump_state("q"), store.dataset_names()) == ({}, {}, [])
    assert dataset_in(store).info() == EMPTY
    assert store.rows("SELECT * FROM versions UNION ALL SELECT *, 1, 1, 1 FROM latest") == []


def test_the_state_of_one_pump_is_forgotten(store: NodeStore) -> None:
    """The others keep theirs; there may be none."""
    store.save_pump_state("p", {"a": 1})
    store.save_pump_state("q", {"a": 2})

    store.forget_pump("p")
    store.forget_pump("r")

    assert (store.pump_state("p"), store.pump_state("q")) == ({}, {"a": 2})


def test_a_new_file_has_room_for_dozens_of_entities_in_a_page_and_survives_a_kill(tmp_path: Path) -> None:
    """SQLite ignores a size that it does not like, and an unknown mode."""
    with NodeStore(tmp_path / "node.db") as store:
        chosen = {
            name: store.rows(f"PRAGMA {name}")[0][0]
            for name in ("page_size", "journal_mode", "synchronous", "wal_autocheckpoint")
        }

    assert chosen == {"page_size": 8192, "journal_mode": "wal", "synchronous": 1, "wal_autocheckpoint": 2000}


def test_names_are_in_alphabetical_order(store: NodeStore) -> None:
    for name in ("b", "system:x", "a"):
        dataset_in(store, name).create()

    assert store.dataset_names() == ["a", "b", "system:x"]


def test_a_store_is_used_from_several_threads(tmp_path: Path) -> None:
    """Each write is a transaction of its own; nothing is lost."""
    with NodeStore(tmp_path / "node.sqlite3") as store:
        dataset = dataset_in(store)
        start = threading.Barrier(4)

        def write(name: str) -> None:
            start.wait(10)
            for number in range(25):
                dataset.write([{"_id": f"{name}{number}"}])

        threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

        assert (dataset.count, dataset.next_offset) == (100, 100)
        assert [v["_updated"] for v in dataset.entities()] == list(range(100))


def test_unchanged_entities_give_no_version_in_whatever_order_their_keys_are(store: NodeStore) -> None:
    """A deletion is a version, once; coming back is another."""
    dataset = dataset_in(store)
    counts = [
        dataset.write([entity])
        for entity in (
            {"_id": "a", "x": 1, "y": 2},
            {"y": 2, "x": 1, "_id": "a", "_other": 5},
            {"_id": "a", "x": 1, "y": 2, "_deleted": True},
            {"_id": "a", "x": 1, "y": 2, "_deleted": True},
            {"_id": "a", "x": 1, "y": 2, "_deleted": False},
        )
    ]

    assert counts == [WriteCounts(1), WriteCounts(), WriteCounts(1, 1), WriteCounts(), WriteCounts(1)]


def test_a_closed_store_cannot_be_used(tmp_path: Path) -> None:
    """Leaving the context closes its file, also after an error."""
    with NodeStore(tmp_path / "node.sqlite3") as store:
        dataset_in(store).write(numbered(1))

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        store.rows("SELECT 1")


@for_each("offset", [0, 7, 8, 8191, 8192, 8199, 8200, 100_000, 100_007])
def test_any_offset_can_be_the_first_that_is_seen(offset: int) -> None:
    """And none beside it is seen then."""
    seen = SeenOffsets()
    seen.add(offset)

    assert [each for each in range(max(0, offset - 20), offset + 20) if each in seen] == [offset]
    assert 10_000_000 not in seen
    seen.add(offset + 9000)
    assert offset in seen
    assert offset + 9000 in seen


def test_an_entity_that_comes_twice_in_a_batch_of_new_ones_has_two_versions(store: NodeStore) -> None:
    """The last one is the latest, and only its offset is seen for good."""
    dataset, seen = dataset_in(store), SeenOffsets()

    written = dataset.write([{"_id": "a", "n": 1}, {"_id": "b"}, {"_id": "a", "n": 2}], seen=seen)

    assert written == WriteCounts(changed=3)
    assert history(dataset) == [("a", 0, None, False), ("b", 1, None, False), ("a", 2, 0, False)]
    assert [(one["_id"], one.get("n")) for one in dataset.entities()] == [("b", None), ("a", 2)]
    assert list(dataset.delete_unseen(seen)) == [WriteCounts()]


def test_a_batch_that_only_begins_and_ends_with_new_entities_is_compared_as_any_other(store: NodeStore) -> None:
    """Nothing is left of the attempt to write it as a batch of new ones; an empty batch is nothing."""
    dataset, other, seen = dataset_in(store), dataset_in(store, "other"), SeenOffsets()
    other.write(numbered(4))
    dataset.write([{"_id": "same", "n": 1}, {"_id": "changed", "n": 1}, {"_id": "unseen"}])
    middle = [{"_id": "same", "n": 1}, {"_id": "changed", "n": 2}, {"_id": "gone", "_deleted": True}]

    written = dataset.write([{"_id": "new"}, *middle, {"_id": "last"}], seen=seen)

    assert written == WriteCounts(changed=4, deleted=1)
    assert history(dataset)[3:] == [
        ("new", 3, None, False),
        ("changed", 4, 1, False),
        ("gone", 5, None, True),
        ("last", 6, None, False),
    ]
    assert (dataset.info()["entities"], dataset.info()["deleted"], dataset.next_offset, other.count) == (5, 1, 7, 4)
    assert dataset.write([], seen=seen) == WriteCounts()
    assert sum(counts.deleted for counts in dataset.delete_unseen(seen)) == 1
    assert (dataset.entity("unseen") or {})["_deleted"] is True


def test_a_file_of_a_version_that_stored_hashes_is_converted_once(tmp_path: Path) -> None:
    """Its entities keep their hashes, which are computed now, and the same entity again is unchanged."""
    path, body = tmp_path / "node.sqlite3", {"_id": "a", "y": 2, "x": Decimal("1.50")}
    with closing(sqlite3.connect(path)) as old:
        old.executescript(_WITH_HASHES)
        old.execute("INSERT INTO versions VALUES (1, 0, 'a', NULL, 'h', 0, 7, ?)", (encode(body),))
        old.execute("INSERT INTO latest VALUES (1, 'a', 0, 'h', 0)")
        old.commit()

    for _ in range(2):
        with NodeStore(path) as store:
            dataset = dataset_in(store)
            assert dataset.write([dict(reversed(body.items()))]) == WriteCounts()
            found = {"_updated": 0, "_previous": None, "_deleted": False, "_ts": 7, "_hash": entity_hash(body)}
            assert list(dataset.entities(history=True)) == [{**found, **body}]


def test_a_file_that_another_process_converts_meanwhile_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two nodes that are started at the same moment with the same old file."""
    path, begin, others = tmp_path / "node.sqlite3", NodeStore.transaction, list[Path]()
    with closing(sqlite3.connect(path)) as old:
        old.executescript(_WITH_HASHES)

    def after_another(store: NodeStore) -> AbstractContextManager[sqlite3.Connection]:
        if not others:
            others.append(path)
            NodeStore(path).close()
        return begin(store)

    monkeypatch.setattr(NodeStore, "transaction", after_another)
    with NodeStore(path) as store:
        assert store.dataset_names() == ["things"]

    assert others


_WITH_HASHES = """
CREATE TABLE datasets (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, next_offset INTEGER NOT NULL DEFAULT 0,
    populated INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE versions (
    dataset INTEGER NOT NULL, offset INTEGER NOT NULL, entity_id TEXT NOT NULL, previous INTEGER, hash TEXT NOT NULL,
    deleted INTEGER NOT NULL, ts INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (dataset, offset)
) WITHOUT ROWID;
CREATE TABLE latest (
    dataset INTEGER NOT NULL, entity_id TEXT NOT NULL, offset INTEGER NOT NULL, hash TEXT NOT NULL,
    deleted INTEGER NOT NULL, PRIMARY KEY (dataset, entity_id)
) WITHOUT ROWID;
INSERT INTO datasets VALUES (1, 'things', 1, 1);
"""


def test_offsets_can_be_seen_in_any_order() -> None:
    """There is room for the highest of them."""
    for offsets in ([5, 100_007], [100_007, 5], [7, 8, 65_536, 9], []):
        seen = SeenOffsets()
        seen.add_all(offsets)

        assert seen.missing([5, 7, 8, 9, 65_536, 100_007, 10**6]) == [
            each for each in (5, 7, 8, 9, 65_536, 100_007, 10**6) if each not in offsets
        ]
