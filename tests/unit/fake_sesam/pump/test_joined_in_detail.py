"""What `merge_datasets` and `merge` return: the order, what is one entity, and how its properties are put together."""

from typing import Any

import pytest

from fake_sesam.dataset import NodeStore
from fake_sesam.errors import ReadError
from fake_sesam.pump import MergeDatasetsReader, MergeReader
from tests.unit.fake_sesam.pump.memory_pump import MemoryPump

Entity = dict[str, Any]


class Datasets:
    """Datasets whose versions have the time that the test says."""

    def __init__(self, store: NodeStore) -> None:
        self._pump = MemoryPump(store)

    def write(self, at: float, name: str, *entities: Entity) -> None:
        """Write to a dataset at a time."""
        self._pump.clock_s = at
        self._pump.dataset(name).write(list(entities))

    def follow(self, names: str, strategy: str = "latest") -> MergeDatasetsReader:
        """Return a source that follows datasets."""
        return MergeDatasetsReader({name: self._pump.dataset(name) for name in names}, strategy=strategy)


@pytest.fixture
def datasets(store: NodeStore) -> Datasets:
    return Datasets(store)


def test_versions_come_by_their_time_then_by_their_dataset_then_by_their_place(datasets: Datasets) -> None:
    datasets.write(3, "B", {"_id": "b0"})
    datasets.write(5, "A", {"_id": "a0"})
    datasets.write(9, "B", {"_id": "b1"})
    datasets.write(12, "A", {"_id": "a1"}, {"_id": "a2"}, {"_id": "a3"})
    datasets.write(12, "B", {"_id": "b2"})
    datasets.write(13, "A", {"_id": "a4"})

    found = [each["_id"] for each in datasets.follow("AB").read("")]

    assert found == ["b0", "a0", "b1", "a1", "a2", "a3", "b2", "a4"]


def test_the_latest_version_of_an_entity_is_returned_wherever_it_is(datasets: Datasets) -> None:
    """Of two with the same time, that of the later dataset. A deletion is a version."""
    datasets.write(5, "A", {"_id": "1", "n": "A"}, {"_id": "2", "n": "A"}, {"_id": "3", "n": "A"})
    datasets.write(7, "B", {"_id": "1", "n": "B"})
    datasets.write(9, "B", {"_id": "3", "n": "B", "_deleted": True})
    datasets.write(11, "A", {"_id": "1", "n": "A2"})
    datasets.write(20, "A", {"_id": "4", "n": "A"})
    datasets.write(20, "B", {"_id": "4", "n": "B"})

    found = [(each["_id"], each["n"], each["_deleted"]) for each in datasets.follow("AB").read(None)]

    assert found == [("2", "A", False), ("3", "B", True), ("1", "A2", False), ("4", "B", False)]


def test_versions_at_the_same_place_of_two_datasets_are_told_apart(datasets: Datasets) -> None:
    datasets.write(5, "A", {"_id": "1", "n": "A"})
    datasets.write(7, "B", {"_id": "1", "n": "B"})

    assert [each["n"] for each in datasets.follow("AB").read(None)] == ["B"]
    assert [each["n"] for each in datasets.follow("BA").read(None)] == ["B"]


def test_all_versions_of_an_entity_are_one_entity_once(datasets: Datasets) -> None:
    """It is deleted if it is deleted everywhere."""
    datasets.write(1, "A", {"_id": "1", "n": "A"}, {"_id": "2", "n": "A"}, {"_id": "3", "_deleted": True})
    datasets.write(2, "B", {"_id": "1", "n": "B"}, {"_id": "2", "_deleted": True}, {"_id": "3", "_deleted": True})

    found = list(datasets.follow("AB", "all").read(None))

    assert [(each["_id"], each["_deleted"]) for each in found] == [("1", False), ("2", False), ("3", True)]
    assert [sorted(set(each) & {"A", "B"}) for each in found] == [["A", "B"]] * 3
    assert (found[0]["A"]["n"], found[0]["B"]["n"]) == ("A", "B")
    assert found[-1]["_updated"] == '{"A": 2}'


def test_the_offset_of_an_entity_names_the_datasets_in_one_order(datasets: Datasets) -> None:
    """Whichever was read first: the same place is the same text, also after it was read back."""
    datasets.write(1, "B", {"_id": "1"})
    datasets.write(2, "A", {"_id": "2"})
    reader = datasets.follow("AB")
    assert [each["_updated"] for each in reader.read(None)] == ['{"B": 0}', '{"A": 0, "B": 0}']

    datasets.write(3, "B", {"_id": "3"})

    assert [each["_updated"] for each in reader.read('{"B": 0, "A": 0}')] == ['{"A": 0, "B": 1}']


@pytest.mark.parametrize("since", ['{"A": 1, "B": "x"}', '{"A": 1, "B": null}', '{"A": true}', "{"])
def test_each_offset_is_a_number(datasets: Datasets, since: str) -> None:
    with pytest.raises(ReadError, match="expected offsets such as"):
        list(datasets.follow("AB").read(since))


def test_a_source_is_populated_if_each_of_its_datasets_is(store: NodeStore) -> None:
    pump = MemoryPump(store, source={"type": "merge", "datasets": ["A a", "B b"], "equality": []})
    for written, is_populated in (("", False), ("A", False), ("B", True)):
        for name in written:
            pump.fill(name, [{"_id": "1"}])

        follower = MergeDatasetsReader({name: pump.dataset(name) for name in "AB"}, strategy="latest")

        assert follower.is_populated is is_populated, written
        assert MergeReader(pump.pipe, pump.dataset).is_populated is is_populated, written


def merged(store: NodeStore, entities: dict[str, list[Entity]], **source: Any) -> list[Entity]:
    """Return what a `merge` source makes of entities of the datasets A, B and C."""
    rules = [["eq", "a.k", "b.k"], ["eq", "b.m", "c.m"]]
    config = {"type": "merge", "datasets": ["A a", "B b", "C c"], "equality": rules, **source}
    pump = MemoryPump(store, source=config)
    for name in "ABC":
        pump.fill(name, entities.get(name, []))
    return list(MergeReader(pump.pipe, pump.dataset).read(None))


def test_groups_are_in_the_order_of_datasets_and_ids(store: NodeStore) -> None:
    """Not in that in which they were written."""
    entities: dict[str, list[Entity]] = {
        "A": [{"_id": "z"}, {"_id": "a"}, {"_id": "m", "k": 1}],
        "B": [{"_id": "y"}, {"_id": "b", "k": 1}, {"_id": "c", "_deleted": True}],
        "C": [{"_id": "a"}],
    }

    found = [each["_id"] for each in merged(store, entities)]

    assert found == ["0|a", "0|m|1|b", "0|z", "1|y", "2|a", "1|c"]


def test_only_the_two_sides_of_a_rule_make_entities_the_same(store: NodeStore) -> None:
    """Two entities of one side alone stay apart, as do those of datasets that the rule does not name."""
    entities: dict[str, list[Entity]] = {
        "A": [{"_id": "a1", "k": 1}, {"_id": "a2", "k": 1}, {"_id": "a3", "k": 2, "m": 9}],
        "B": [{"_id": "b1", "k": 2}, {"_id": "b2", "k": 2}, {"_id": "b3", "m": 9}],
        "C": [{"_id": "c1", "k": 1}, {"_id": "c2", "k": 2, "m": 8}, {"_id": "c3", "m": 9}],
    }

    found = [each["_id"] for each in merged(store, entities)]

    assert found == ["0|a1", "0|a2", "0|a3|1|b1|1|b2", "1|b3|2|c3", "2|c1", "2|c2"]


def test_groups_that_a_later_rule_joins_keep_the_place_of_their_first_member(store: NodeStore) -> None:
    entities: dict[str, list[Entity]] = {
        "A": [{"_id": "a1", "k": 1}, {"_id": "a2", "k": 2}],
        "B": [{"_id": "b1", "k": 2, "m": 5}, {"_id": "b2", "k": 1, "m": 5}],
        "C": [{"_id": "c1", "m": 5}],
    }

    assert [each["_id"] for each in merged(store, entities)] == ["0|a1|0|a2|1|b1|1|b2|2|c1"]


def test_a_deleted_entity_is_returned_unless_a_living_one_has_its_id(store: NodeStore) -> None:
    """Each id once: with the identity `first`, those of several datasets may be the same."""
    entities: dict[str, list[Entity]] = {
        "A": [{"_id": "1", "k": 1}, {"_id": "2", "_deleted": True}],
        "B": [{"_id": "1", "_deleted": True}, {"_id": "2", "_deleted": True}],
    }

    found = merged(store, entities, identity="first")

    assert [(each["_id"], each["_deleted"], each["_updated"]) for each in found] == [("1", False, 0), ("2", True, 1)]


def test_gone_ids_are_deleted_in_their_order(store: NodeStore) -> None:
    pump = MemoryPump(store, source={"type": "merge", "datasets": ["A a"], "equality": []})
    pump.fill("A", [{"_id": f"{number:02}"} for number in range(40)])
    reader = MergeReader(pump.pipe, pump.dataset)
    list(reader.read(None))
    pump.dataset("A").rollback(0)

    gone = list(reader.read(39))

    assert [each["_id"] for each in gone] == [f"0|{number:02}" for number in range(40)]
    assert all(each["_deleted"] and each["$replaced"] for each in gone)


@pytest.mark.parametrize(("most", "is_refused"), [(2, True), (3, False), (4, False)])
def test_no_more_entities_are_merged_than_allowed(store: NodeStore, most: int, is_refused: bool) -> None:
    entities: dict[str, list[Entity]] = {
        "A": [{"_id": "a", "k": 1}],
        "B": [{"_id": "b", "k": 1, "m": 2}],
        "C": [{"_id": "c", "m": 2}],
    }
    if is_refused:
        with pytest.raises(ReadError, match="3 entities are the same; max_merged is 2"):
            merged(store, entities, max_merged=most)
    else:
        assert len(merged(store, entities, max_merged=most)) == 1


PARTS = {
    "A": [{"_id": "a", "k": 1, "one": 1, "list": [1, 2], "same": "x", "none": [], "$ids": ["i"]}],
    "B": [{"_id": "b", "k": 1, "two": [2], "list": [2, 3], "same": "x", "none": [], "$ids": ["i", "j"]}],
}
INTERNAL = {"_updated", "_previous", "_ts", "_hash", "_deleted"}


def test_the_default_strategy_unites_lists_and_keeps_what_only_one_has(store: NodeStore) -> None:
    (found,) = merged(store, PARTS)

    properties = {name: value for name, value in found.items() if name not in INTERNAL}
    assert properties == {
        **{"_id": "0|a|1|b", "$ids": ["i", "j"], "k": [1, 1], "one": 1, "list": [1, 2, 2, 3]},
        **{"same": ["x", "x"], "none": [], "two": [2]},
    }


def test_the_compact_strategy_has_each_value_once_and_no_empty_list(store: NodeStore) -> None:
    (found,) = merged(store, PARTS, strategy="compact")

    properties = {name: value for name, value in found.items() if name not in INTERNAL}
    assert properties == {
        **{"_id": "0|a|1|b", "$ids": ["i", "j"], "k": 1, "one": 1, "list": [1, 2, 3], "same": "x", "two": 2},
    }


@pytest.mark.parametrize("includes", [True, False])
def test_the_list_strategy_keeps_the_entities_with_their_internal_properties_on_demand(
    store: NodeStore, includes: bool
) -> None:
    (found,) = merged(store, PARTS, strategy="list", include_internal_properties=includes)

    first, second = found["$merged"]
    assert set(first) - INTERNAL == set(PARTS["A"][0])
    assert set(second) - INTERNAL == set(PARTS["B"][0])
    assert (set(first) & INTERNAL, set(second) & INTERNAL) == ((INTERNAL, INTERNAL) if includes else (set(), set()))
    assert set(found) - INTERNAL == {"_id", "$ids", "$merged"}
