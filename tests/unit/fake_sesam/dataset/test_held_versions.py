"""Versions that are held back: every reader sees the dataset as it was before them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fake_sesam.dataset import Dataset, NodeStore

WRITES = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.booleans()), max_size=8)


def written(store: NodeStore, name: str, writes: list[tuple[str, int, bool]]) -> Dataset:
    dataset = Dataset(store, name, now_us=lambda: 1)
    dataset.create()
    for entity_id, value, is_deleted in writes:
        dataset.write([{"_id": entity_id, "value": value, "_deleted": is_deleted}])
    return dataset


def seen(dataset: Dataset) -> list[Any]:
    """Return everything that a reader can see."""
    views: list[dict[str, Any]] = [
        {},
        {"history": True},
        {"deleted": True},
        {"reverse": True},
        {"history": True, "reverse": True},
        {"since": 1},
        {"limit": 2, "deleted": True},
    ]
    info = {**dataset.info(), "next_offset": dataset.visible_end}
    return [info, *(dataset.entity(each) for each in "abc"), *(list(dataset.entities(**view)) for view in views)]


@given(before=WRITES, after=WRITES)
def test_readers_see_what_was_there_before_and_everything_after_the_release(
    before: list[tuple[str, int, bool]], after: list[tuple[str, int, bool]]
) -> None:
    with NodeStore() as store:
        as_before, complete = written(store, "before", before), written(store, "all", before + after)
        dataset = written(store, "held", before)
        dataset.hold(dataset.next_offset)
        for entity_id, value, is_deleted in after:
            dataset.write([{"_id": entity_id, "value": value, "_deleted": is_deleted}])

        assert seen(dataset) == seen(as_before)
        assert list(dataset.entities(history=True, uncommitted=True)) == list(complete.entities(history=True))
        assert dataset.entity("a", uncommitted=True) == complete.entity("a")
        dataset.release()
        assert seen(dataset) == seen(complete)


def test_a_dataset_that_is_removed_holds_nothing_back() -> None:
    """Neither when it is dropped nor when the store is cleared."""
    with NodeStore() as store:
        for forget in (Dataset.drop, lambda _dataset: store.clear()):
            dataset = written(store, "d", [("a", 1, False)])
            dataset.hold(0)
            forget(dataset)

            dataset = written(store, "d", [("a", 1, False)])

            assert (dataset.held_from, dataset.count) == (None, 1)
