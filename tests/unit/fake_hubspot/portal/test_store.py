"""The rows of a portal: what selects them, what a transaction leaves, and what belongs to one record alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_hubspot.errors import UsageError
from fake_hubspot.portal.database import Database
from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.store import INT64_MAX, Candidates, Record, Store

EVERYTHING = (-INT64_MAX, INT64_MAX)


@pytest.fixture
def db() -> Iterator[Database]:
    made = Database()
    yield made
    made.close()


@pytest.fixture
def store(db: Database) -> Store:
    """Four records of one type, one of them archived, and one of another type."""
    made = Store(db)
    for number, created, updated, archived in ((1, 30, 5, None), (2, 20, 6, None), (3, 10, 7, None), (4, 5, 8, 9)):
        made.put("0-1", Record(number, {"n": str(number)}, created, updated, archived))
    made.put("0-2", Record(1, {"n": "other"}, 1, 1))
    return made


def ids(records: Iterator[Record]) -> list[int]:
    return [record.id for record in records]


def test_a_record_comes_back_as_it_was_written(store: Store) -> None:
    """Archived or not; another type has ids of its own."""
    assert store.get("0-1", 2) == Record(2, {"n": "2"}, 20, 6, None)
    assert store.get("0-1", 4) == Record(4, {"n": "4"}, 5, 8, 9)
    assert store.get("0-2", 1) == Record(1, {"n": "other"}, 1, 1)
    assert (store.get("0-1", 5), store.get("0-3", 1)) == (None, None)
    assert (store.count("0-1"), store.count("0-2"), store.count("0-3")) == (3, 1, 0)


@pytest.mark.parametrize(
    ("from_id", "limit", "archived", "expected"),
    [(0, 10, False, [1, 2, 3]), (2, 10, False, [2, 3]), (0, 2, False, [1, 2]), (0, 10, True, [4]), (5, 10, True, [])],
)
def test_a_page_begins_with_its_id(store: Store, from_id: int, limit: int, archived: bool, expected: list[int]) -> None:
    assert [one.id for one in store.page("0-1", from_id=from_id, limit=limit, archived=archived)] == expected


@pytest.mark.parametrize(
    ("candidates", "where", "expected"),
    [
        (Candidates(), "archived_ms IS NULL", [1, 2, 3]),
        (Candidates(ids=(2, 3)), "archived_ms IS NULL AND id BETWEEN ? AND ?", [2, 3]),
        (Candidates(ids=(0, 1)), "archived_ms IS NULL AND id BETWEEN ? AND ?", [1]),
        (Candidates(ids=(3, INT64_MAX)), "archived_ms IS NULL AND id BETWEEN ? AND ?", [3]),
        (Candidates(created_ms=(20, 30)), "archived_ms IS NULL AND created_ms BETWEEN ? AND ?", [1, 2]),
        (Candidates(updated_ms=(-INT64_MAX, 6)), "archived_ms IS NULL AND updated_ms BETWEEN ? AND ?", [1, 2]),
        (Candidates(updated_ms=(7, INT64_MAX)), "archived_ms IS NULL AND updated_ms BETWEEN ? AND ?", [3]),
        (
            Candidates(created_ms=(20, 30), updated_ms=(6, 7)),
            "archived_ms IS NULL AND created_ms BETWEEN ? AND ? AND updated_ms BETWEEN ? AND ?",
            [2],
        ),
        (
            Candidates(ids=(1, 1), created_ms=(0, 99)),
            "archived_ms IS NULL AND created_ms BETWEEN ? AND ? AND +id BETWEEN ? AND ?",
            [1],
        ),
    ],
)
def test_only_bounds_that_restrict_anything_are_asked_for(
    store: Store, candidates: Candidates, where: str, expected: list[int]
) -> None:
    """Each is inclusive. The plus keeps SQLite on the index of a time."""
    assert candidates.where[0] == where
    assert len(candidates.where[1]) == where.count("?")
    assert ids(store.candidates("0-1", candidates)) == expected
    assert store.count_candidates("0-1", candidates) == len(expected)


def test_every_record_is_a_candidate_by_default() -> None:
    assert Candidates() == Candidates(ids=(0, INT64_MAX), created_ms=EVERYTHING, updated_ms=EVERYTHING)
    assert Candidates().where == ("archived_ms IS NULL", [])
    assert INT64_MAX == 9_223_372_036_854_775_807


@pytest.mark.parametrize("limit", [-1, 0, 1, 2, 3, 9])
@pytest.mark.parametrize("offset", [0, 1, 3])
@pytest.mark.parametrize(
    ("order", "expected"),
    [("id", [1, 2, 3]), ("id DESC", [3, 2, 1]), ("created_ms", [3, 2, 1]), ("updated_ms", [1, 2, 3])],
)
def test_candidates_come_in_the_wanted_order(
    store: Store, order: str, expected: list[int], offset: int, limit: int
) -> None:
    """A page of them has its limit; without one all of them come."""
    found = ids(store.candidates("0-1", Candidates(), order=order, limit=limit, offset=offset))

    assert found == (expected if limit < 0 else expected[offset : offset + limit])


def test_candidates_are_by_id_unless_told_otherwise(store: Store) -> None:
    """All of them."""
    assert ids(store.candidates("0-1", Candidates())) == [1, 2, 3]
    assert ids(store.candidates("0-1", Candidates(), limit=2)) == [1, 2]


def test_a_unique_value_belongs_to_one_record_whatever_its_case(store: Store) -> None:
    """It is released by its owner only; another property and another type have values of their own."""
    store.claim_unique("0-1", "email", "A@x.com", record_id=1)

    assert store.find_unique("0-1", "email", "a@X.com") == 1
    assert store.find_unique("0-1", "phone", "a@x.com") is None
    assert store.find_unique("0-2", "email", "a@x.com") is None
    store.release_unique("0-1", "email", "a@x.com", record_id=2)
    assert store.find_unique("0-1", "email", "a@x.com") == 1
    store.release_unique("0-1", "email", "a@x.COM", record_id=1)
    assert store.find_unique("0-1", "email", "a@x.com") is None


def test_a_deleted_record_takes_its_values_and_its_history_along(store: Store, db: Database) -> None:
    """Those of other records and types stay."""
    for type_id, number in (("0-1", 1), ("0-1", 2), ("0-2", 1)):
        store.claim_unique(type_id, "email", f"{number}@x.com", record_id=number)
        db.run("INSERT INTO history VALUES (?, ?, 'n', 0, 'v', 0, 's')", (type_id, number))

    store.delete("0-1", 1)

    assert (store.get("0-1", 1), store.find_unique("0-1", "email", "1@x.com")) == (None, None)
    assert db.all("SELECT type, id FROM records ORDER BY type, id") == [("0-1", 2), ("0-1", 3), ("0-1", 4), ("0-2", 1)]
    assert db.all("SELECT type, id FROM unique_values ORDER BY type, id") == [("0-1", 2), ("0-2", 1)]
    assert db.all("SELECT type, id FROM history ORDER BY type, id") == [("0-1", 2), ("0-2", 1)]


@pytest.mark.parametrize("bulk", [False, True])
def test_many_records_are_written_with_their_unique_values(db: Database, bulk: bool) -> None:
    """The first record keeps a value that comes twice; empty and archived ones have none; the indexes are there."""
    store = Store(db)
    records = [
        Record(1, {"email": "A@x.com", "code": "1"}, 0, 0),
        Record(2, {"email": "a@x.com"}, 0, 0),
        Record(3, {"email": ""}, 0, 0),
        Record(4, {"email": "b@x.com"}, 0, 0, 5),
    ]

    store.put_many("0-1", iter(records), unique=("email", "code"), bulk=bulk)
    store.put_many("0-2", [Record(1, {"email": "c@x.com"}, 0, 0)], bulk=bulk)

    assert (store.count("0-1"), store.count("0-2")) == (3, 1)
    rows = db.all("SELECT type, property, value, id FROM unique_values ORDER BY property")
    assert rows == [("0-1", "code", "1", 1), ("0-1", "email", "a@x.com", 1)]
    indexes = db.all("SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE 'living%' ORDER BY name")
    assert indexes == [("living_created",), ("living_updated",)]


@pytest.mark.parametrize("bulk", [False, True])
def test_many_records_are_written_together_or_not_at_all(db: Database, bulk: bool) -> None:
    """The indexes are there again."""
    store = Store(db)

    def broken() -> Iterator[Record]:
        yield Record(1, {}, 0, 0)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.put_many("0-1", broken(), bulk=bulk)

    assert store.count("0-1") == 0
    assert len(db.all("SELECT 1 FROM sqlite_master WHERE name LIKE 'living%'")) == 2
    store.put_many("0-1", [Record(2, {}, 0, 0)], bulk=bulk)
    assert store.count("0-1") == 1


def test_a_merged_id_leads_on_to_the_last_one(store: Store) -> None:
    """Of its type."""
    store.note_merge("0-1", old_id=1, new_id=2)
    store.note_merge("0-1", old_id=2, new_id=3)

    assert [store.follow_merge("0-1", each) for each in (1, 2, 3, 9)] == [3, 3, 3, 9]
    assert store.follow_merge("0-2", 1) == 1
    store.note_merge("0-1", old_id=1, new_id=9)
    assert store.follow_merge("0-1", 1) == 9


def test_a_nested_transaction_joins_the_outer_one(db: Database) -> None:
    """What fails inside takes everything along; afterwards the next one can begin."""

    def fail() -> None:
        with db.transaction():
            db.run("INSERT INTO merged VALUES ('0-1', 1, 2)")
            with db.transaction():
                db.run("INSERT INTO merged VALUES ('0-1', 2, 3)")
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    with db.transaction():
        with db.transaction():
            db.run("INSERT INTO merged VALUES ('0-1', 5, 6)")
        db.run("INSERT INTO merged VALUES ('0-1', 6, 7)")

    assert db.all("SELECT old_id FROM merged ORDER BY old_id") == [(5,), (6,)]


def test_a_transaction_is_committed(tmp_path: Path) -> None:
    """The outer one, not the inner one."""
    one, other = Database(tmp_path / "p.db"), Database(tmp_path / "p.db")
    with one.transaction():
        with one.transaction():
            one.run("INSERT INTO merged VALUES ('0-1', 1, 2)")
        assert other.all("SELECT * FROM merged") == []
    assert other.all("SELECT * FROM merged") == [("0-1", 1, 2)]
    one.close()
    other.close()


def test_changed_rows_are_counted(store: Store, db: Database) -> None:
    """By a statement; a query gives its first row or none."""
    assert db.run("UPDATE records SET created_ms = 0 WHERE type = ?", ("0-1",)) == 4
    assert db.run("DELETE FROM records WHERE id = 9") == 0
    assert db.one("SELECT id FROM records WHERE type = '0-1' ORDER BY id") == (1,)
    assert db.one("SELECT id FROM records WHERE type = ?", ("0-9",)) is None
    assert [row for (row,) in db.rows("SELECT id FROM records WHERE type = '0-1' ORDER BY id")] == [1, 2, 3, 4]
    assert store.count("0-1") == 3


def test_a_cleared_database_is_empty_and_a_copy_is_not(store: Store, db: Database) -> None:
    """Every table."""
    db.run("INSERT INTO unique_values VALUES ('0-1', 'p', 'v', 1)")
    db.run("INSERT INTO history VALUES ('0-1', 1, 'n', 0, 'v', 0, 's')")
    db.run("INSERT INTO associations VALUES ('0-1', 1, '0-2', 1, 'c', 1)")
    db.run("INSERT INTO merged VALUES ('0-1', 1, 2)")
    KeyValueStore(db, "s", str, on_change=lambda: None).put("k", "v")
    tables = ("records", "unique_values", "history", "associations", "merged", "key_values")
    copy = Database()
    db.copy_to(copy)

    db.clear()

    def counts(of: Database) -> list[int]:
        return [of.all(f"SELECT count(*) FROM {table}")[0][0] for table in tables]  # noqa: S608 - names from here

    assert counts(db) == [0] * 6
    assert counts(copy) == [5, 1, 1, 1, 1, 1]
    assert store.count("0-1") == 0
    copy.close()


def test_how_a_database_is_kept(tmp_path: Path, db: Database) -> None:
    """In a file each write survives a killed process; a temporary one is as fast as possible."""
    with_file = Database(tmp_path / "p.db")

    def pragmas(of: Database) -> list[object]:
        names = ("journal_mode", "synchronous", "page_size", "cache_size")
        return [of.all(f"PRAGMA {name}")[0][0] for name in names]

    assert pragmas(with_file) == ["wal", 1, 16_384, -32_768]
    assert pragmas(db)[1:] == [0, 16_384, -32_768]
    assert (with_file.path, with_file.is_open, db.path) == (tmp_path / "p.db", True, None)
    with_file.close()
    assert with_file.is_open is False


def test_another_file_is_no_database(tmp_path: Path) -> None:
    """The message says what to do."""
    (tmp_path / "p.db").write_text("no database " * 500, encoding="utf-8")

    with pytest.raises(UsageError, match=r"p\.db cannot keep a portal: .* Name a new file or one made by --db"):
        Database(tmp_path / "p.db")


def test_values_are_kept_by_key_in_the_order_in_which_they_came(db: Database) -> None:
    """In memory and in the database, apart from those of other stores; each write is told."""
    told: list[int] = []
    one = KeyValueStore(db, "one", int, on_change=lambda: told.append(1))
    other = KeyValueStore(db, "other", int, on_change=lambda: None)
    other.put("a", 9)

    assert [one.put(key, value) for key, value in (("b", 1), ("a", 2), ("b", 3))] == [1, 2, 3]
    assert (list(one), list(one.items()), len(one), len(told)) == ([3, 2], [("b", 3), ("a", 2)], 2, 3)
    assert ("a" in one, "c" in one, one.get("a"), one.get("c")) == (True, False, 2, None)
    assert (one.drop("b"), one.drop("b"), len(told)) == (3, None, 5)
    assert list(KeyValueStore(db, "one", int, on_change=lambda: None).items()) == [("a", 2)]
    assert list(other) == [9]
    db.run("UPDATE key_values SET value = ? WHERE store = 'one'", (b"7",))
    one.reload()
    assert list(one) == [7]


def test_values_may_be_changed_while_they_are_walked_through(db: Database) -> None:
    store = KeyValueStore(db, "s", int, on_change=lambda: None)
    store.put("a", 1)

    for value in store:
        store.put(f"v{value}", 2)
    for key, _ in store.items():
        store.drop(key)

    assert len(store) == 0


def test_what_a_transaction_wrote_is_taken_back_in_memory_too(db: Database) -> None:
    """New values, changed ones and dropped ones, also of an inner transaction; what is committed stays."""
    told: list[int] = []
    store = KeyValueStore(db, "s", int, on_change=lambda: told.append(1))
    for key, value in (("a", 1), ("b", 2), ("c", 3)):
        store.put(key, value)
    version = store.version

    def write() -> None:
        with db.transaction():
            store.put("a", 10)
            store.put("a", 11)
            store.drop("b")
            with db.transaction():
                store.put("d", 4)
            store.drop("d")
            store.put("e", 1 // 0)

    with pytest.raises(ZeroDivisionError):
        write()

    assert list(store.items()) == [("a", 1), ("b", 2), ("c", 3)]
    assert store.version > version
    assert len(told) > 8
    with db.transaction():
        store.put("a", 5)
    with pytest.raises(ZeroDivisionError), db.transaction():
        store.put("b", 1 // 0)
    assert list(KeyValueStore(db, "s", int, on_change=lambda: None).items()) == list(store.items())
    assert store.get("a") == 5
