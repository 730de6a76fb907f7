"""Datasets: versions, change tracking, paging, rollback."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_sesam.dataset import Dataset, NodeStore, SeenOffsets
from fake_sesam.dataset.hashing import decode, encode, entity_hash, stored_form

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), children, max_size=3)
    ),
    max_leaves=10,
)


@pytest.fixture
def dataset() -> Iterator[Dataset]:
    """A dataset in memory."""
    with NodeStore() as store:
        yield Dataset(store, "things", now_us=lambda: 1_000_000)


def put(dataset: Dataset, *ids: str, n: int = 0) -> None:
    """Write an entity for each id."""
    dataset.write({"_id": each, "n": n} for each in ids)


def offsets(dataset: Dataset, **options: Any) -> list[int]:
    """Return the offsets of the versions that a query yields."""
    return [entity["_updated"] for entity in dataset.entities(**options)]


@given(entity=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), JSON, max_size=5))
@settings(max_examples=60, deadline=None)
def test_stored_numbers_keep_their_type_and_every_digit(entity: dict[str, Any]) -> None:
    """The order of keys does not change the hash."""
    stored = stored_form({**entity, "_id": "x"})

    back = decode(encode(stored))

    assert back == stored
    assert [str(value) for value in back.values()] == [str(value) for value in stored.values()]
    assert entity_hash(dict(reversed(stored.items()))) == entity_hash(stored)


def test_reserved_root_properties_are_not_stored_except_id_and_deleted() -> None:
    """In nested objects, names with an underscore are ordinary."""
    entity = {"_id": "x", "_updated": 1, "_ts": 2, "_x": 3, "_deleted": False, "a": {"_x": 1}, "$ids": []}

    assert stored_form(entity) == {"_id": "x", "a": {"_x": 1}, "$ids": []}
    assert stored_form({"_id": "x", "_deleted": True}) == {"_id": "x", "_deleted": True}
    for value in (False, None, 1, "true", "yes", [True], {"a": True}):
        assert stored_form({"_id": "x", "_deleted": value}) == {"_id": "x"}


def test_hash_has_32_hexadecimal_digits_and_changes_with_every_value() -> None:
    """1 and 1.0 are different values."""
    hashes = {entity_hash({"_id": "x", "n": value}) for value in (1, Decimal("1.0"), "1", "1.0", True, None, [1])}

    assert len(hashes) == 7
    assert {len(each) for each in hashes} == {32}


def test_id_that_occurs_twice_in_a_batch_gets_two_versions(dataset: Dataset) -> None:
    """`_previous` links them."""
    written = dataset.write([{"_id": "a", "n": 1}, {"_id": "a", "n": 2}, {"_id": "a", "n": 2}])

    versions = list(dataset.entities(history=True))

    assert written.changed == 2
    assert [(version["n"], version["_updated"], version["_previous"]) for version in versions] == [
        (1, 0, None),
        (2, 1, 0),
    ]
    assert (versions[0]["_ts"], dataset.count) == (1_000_000, 1)


def test_query_yields_more_versions_than_one_page_holds(dataset: Dataset) -> None:
    """In both directions."""
    put(dataset, *(f"{n:05}" for n in range(2500)))

    assert offsets(dataset) == list(range(2500))
    assert offsets(dataset, reverse=True) == list(reversed(range(2500)))
    assert offsets(dataset, since=1200, limit=1100) == list(range(1201, 2301))
    assert offsets(dataset, since=2000, reverse=True, history=True) == list(reversed(range(2001, 2500)))
    assert offsets(dataset, limit=0) == []


def test_deleted_entities_are_left_out_unless_requested(dataset: Dataset) -> None:
    """The history always contains them."""
    put(dataset, "a", "b")
    dataset.write([{"_id": "a", "n": 0, "_deleted": True}])

    assert offsets(dataset) == [1]
    assert offsets(dataset, deleted=True) == [1, 2]
    assert offsets(dataset, history=True) == [0, 1, 2]
    assert dataset.info() == {
        "populated": False,
        "next_offset": 3,
        "entities": 1,
        "deleted": 1,
        "versions": 3,
        "last_modified": 1_000_000,
    }


def test_only_entities_that_a_run_did_not_see_are_deleted(dataset: Dataset) -> None:
    """Over several pages; deleted entities are not deleted again."""
    put(dataset, *(f"{n:05}" for n in range(1500)))
    dataset.write([{"_id": "gone", "_deleted": True}])
    seen = SeenOffsets()
    dataset.write(({"_id": f"{n:05}", "n": 0} for n in range(0, 1500, 2)), seen=seen)

    deleted = sum(written.deleted for written in dataset.delete_unseen(seen))

    assert (deleted, dataset.count) == (750, 750)


def test_rollback_restores_the_dataset_as_it_was_before_the_write(dataset: Dataset) -> None:
    """For changed, new and deleted entities."""
    put(dataset, "a", "b")
    before = list(dataset.entities(history=True))
    put(dataset, "b", "c", n=1)
    dataset.write([{"_id": "a", "_deleted": True}])

    dataset.rollback(2)

    assert list(dataset.entities(history=True)) == before
    assert list(dataset.entities()) == before
    put(dataset, "c", n=5)
    assert offsets(dataset, since=1) == [2]


def test_dropped_dataset_starts_again_at_offset_0(dataset: Dataset) -> None:
    put(dataset, "a")
    dataset.drop()

    assert not dataset.exists
    put(dataset, "b")
    assert offsets(dataset) == [0]


def test_datasets_of_a_store_are_separate_and_survive_closing(tmp_path: Path) -> None:
    path = tmp_path / "node.sqlite3"
    with NodeStore(path) as store:
        one, two = (Dataset(store, name, now_us=lambda: 0) for name in ("one", "two"))
        put(one, "a", "b")
        put(two, "a")
    with NodeStore(path) as store:
        counts = [Dataset(store, name, now_us=lambda: 0).count for name in ("one", "two", "three")]

    assert counts == [2, 1, 0]


@given(st.sets(st.integers(0, 5000), max_size=50))
@settings(max_examples=30, deadline=None)
def test_seen_offsets_are_a_set(chosen: set[int]) -> None:
    seen = SeenOffsets()
    for offset in chosen:
        seen.add(offset)

    assert {offset for offset in range(5100) if offset in seen} == chosen
