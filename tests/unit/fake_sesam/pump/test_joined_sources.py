"""The sources that read several datasets: order, offsets, deletions, and which entities are the same."""

import json
from typing import Any

import pytest

from fake_sesam.dataset import Dataset, NodeStore
from fake_sesam.errors import ReadError
from fake_sesam.pump import MergeDatasetsReader, MergeReader
from fake_sesam.pump.joined_sources import merge_dataset_id
from tests.unit.fake_sesam.pump.memory_pump import bare, pipe_of

Entity = dict[str, Any]


class Datasets:
    """Datasets of one store, written at a time that a test sets."""

    def __init__(self, store: NodeStore) -> None:
        self._store = store
        self.now_us = 0

    def __call__(self, name: str) -> Dataset:
        """Return a dataset."""
        return Dataset(self._store, name, now_us=lambda: self.now_us)

    def put(self, name: str, *entities: Entity, at: int) -> None:
        """Write entities at a time."""
        self.now_us = at
        self(name).write(entities)


@pytest.fixture
def datasets(store: NodeStore) -> Datasets:
    return Datasets(store)


def joined(datasets: Datasets, *, strategy: str = "latest") -> MergeDatasetsReader:
    return MergeDatasetsReader({name: datasets(name) for name in ("one", "two")}, strategy=strategy)


def found(reader: Any, since: Any = None) -> list[Entity]:
    return list(reader.read(since))


def test_versions_come_in_the_order_in_which_they_were_written(datasets: Datasets) -> None:
    """Of equal times, those of the first dataset come first; each has the offsets of all datasets so far."""
    datasets.put("one", {"_id": "a"}, {"_id": "b"}, at=20)
    datasets.put("two", {"_id": "c"}, at=10)
    datasets.put("two", {"_id": "d"}, at=20)

    versions = found(joined(datasets))

    assert [each["_id"] for each in versions] == ["c", "a", "b", "d"]
    assert [json.loads(each["_updated"]) for each in versions] == [
        {"two": 0},
        {"one": 0, "two": 0},
        {"one": 1, "two": 0},
        {"one": 1, "two": 1},
    ]
    assert [each["_updated"] for each in versions][-1] == '{"one": 1, "two": 1}'


def test_only_what_came_after_the_offsets_is_read(datasets: Datasets) -> None:
    """Each dataset has its own; one without is read from its beginning. Deleted entities come too."""
    datasets.put("one", {"_id": "a"}, {"_id": "b"}, at=1)
    datasets.put("two", {"_id": "c"}, {"_id": "d", "_deleted": True}, at=2)

    def ids(since: Any) -> list[str]:
        return [each["_id"] for each in found(joined(datasets), since)]

    assert [ids(each) for each in (None, "", "{}")] == [["a", "b", "c", "d"]] * 3
    assert ids('{"one": 0}') == ["b", "c", "d"]
    assert ids('{"one": 1, "two": 0}') == ["d"]
    assert ids('{"one": 1, "two": 1}') == []
    assert found(joined(datasets))[-1]["_deleted"] is True


@pytest.mark.parametrize("since", ["abc", 5, "[1]", '{"one": "1"}', '{"one": 1.5}', '{"one": true}'])
def test_another_offset_is_refused(datasets: Datasets, since: Any) -> None:
    """With an example."""
    with pytest.raises(ReadError) as caught:
        found(joined(datasets), since)

    assert str(caught.value) == f'expected offsets such as {{"dataset": 12}} as since, got {since!r}'


def test_the_latest_version_of_an_entity_wins(datasets: Datasets) -> None:
    """Whichever dataset has it; of equal times the last dataset's."""
    datasets.put("one", {"_id": "a", "n": 1}, {"_id": "b", "n": 1}, {"_id": "c", "n": 1}, at=5)
    datasets.put("two", {"_id": "a", "n": 2}, at=4)
    datasets.put("two", {"_id": "b", "n": 2}, at=5)
    datasets.put("two", {"_id": "c", "n": 2}, at=6)

    assert [(each["_id"], each["n"]) for each in found(joined(datasets))] == [("a", 1), ("b", 2), ("c", 2)]


def test_all_versions_of_an_entity_are_one_entity(datasets: Datasets) -> None:
    """Once, at the place of its first change; it is deleted only if it is deleted everywhere."""
    datasets.put("one", {"_id": "a", "n": 1}, {"_id": "b", "_deleted": True}, at=1)
    datasets.put("two", {"_id": "b", "n": 2}, {"_id": "c", "_deleted": True}, {"_id": "a", "_deleted": True}, at=2)
    datasets.put("one", {"_id": "c", "_deleted": True}, at=3)

    versions = found(joined(datasets, strategy="all"))

    assert [(each["_id"], each["_deleted"]) for each in versions] == [("a", False), ("b", False), ("c", True)]
    assert (bare(versions[0]["one"]), bare(versions[0]["two"])) == ({"_id": "a", "n": 1}, {"_id": "a"})
    assert versions[0]["two"]["_deleted"] is True
    assert bare(versions[1]["two"]) == {"_id": "b", "n": 2}
    again = found(joined(datasets, strategy="all"), '{"one": 2, "two": 1}')
    assert [each["_id"] for each in again] == ["a"]
    assert set(again[0]) == {"_id", "_deleted", "_updated", "one", "two"}


def test_a_joined_source_is_populated_with_its_datasets(datasets: Datasets) -> None:
    """All of them."""
    merged = reader(datasets)
    seen = []
    for name in ("one", "two"):
        seen.append((joined(datasets).is_populated, merged.is_populated))
        datasets(name).set_populated()

    assert [*seen, (joined(datasets).is_populated, merged.is_populated)] == [
        (False, False),
        (False, False),
        (True, True),
    ]


def reader(datasets: Datasets, /, **source: Any) -> MergeReader:
    pipe = pipe_of(
        source={"type": "merge", "datasets": ["one o", "two t"], "equality": [["eq", "o.k", "t.k"]], **source}
    )
    return MergeReader(pipe, datasets)


def merged(datasets: Datasets, since: Any = None, /, **source: Any) -> list[Entity]:
    return [bare(each) for each in found(reader(datasets, **source), since)]


def test_entities_that_are_the_same_become_one(datasets: Datasets) -> None:
    """Transitively; the others stay alone, in the order of their datasets and ids."""
    datasets.put("one", {"_id": "b", "k": [1, 2]}, {"_id": "a", "k": 3}, {"_id": "c"}, at=1)
    datasets.put("two", {"_id": "y", "k": 2}, {"_id": "x", "k": 1}, {"_id": "z", "k": 9}, at=1)

    assert merged(datasets) == [
        {"_id": "0|a", "$ids": ["a"], "k": 3},
        {"_id": "0|b|1|x|1|y", "$ids": ["b", "x", "y"], "k": [1, 2, 1, 2]},
        {"_id": "0|c", "$ids": ["c"]},
        {"_id": "1|z", "$ids": ["z"], "k": 9},
    ]


def test_datasets_come_in_the_order_of_the_configuration(datasets: Datasets) -> None:
    """Whatever their aliases are."""
    datasets.put("one", {"_id": "b", "k": 1}, {"_id": "a", "k": 2}, at=1)
    datasets.put("two", {"_id": "x", "k": 1}, {"_id": "_", "k": 3}, at=1)

    found = merged(datasets, datasets=["one z", "two a"], equality=[["eq", "z.k", "a.k"]])

    assert [each["_id"] for each in found] == ["0|a", "0|b|1|x", "1|_"]


def test_groups_grow_together(datasets: Datasets) -> None:
    """Through members of either dataset."""
    datasets.put("one", {"_id": "a", "k": 1}, {"_id": "b", "k": 2}, {"_id": "c", "k": [3, 9]}, at=1)
    datasets.put("two", {"_id": "x", "k": [2, 3]}, {"_id": "y", "k": [1, 9]}, at=1)

    assert [each["_id"] for each in merged(datasets)] == ["0|a|0|b|0|c|1|x|1|y"]


def test_entities_of_one_dataset_are_not_the_same_by_themselves(datasets: Datasets) -> None:
    """An equality has two sides."""
    datasets.put("one", {"_id": "a", "k": 1}, {"_id": "b", "k": 1}, at=1)
    datasets.put("two", {"_id": "x", "k": 2}, at=1)

    assert [each["_id"] for each in merged(datasets)] == ["0|a", "0|b", "1|x"]


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("union", {"k": [1, 1], "a": 1, "b": [[], 2], "c": [1, 2, 2], "d": None}),
        ("compact", {"k": 1, "a": 1, "b": 2, "c": [1, 2], "d": None}),
    ],
)
def test_the_values_of_a_group_are_united(datasets: Datasets, strategy: str, expected: Entity) -> None:
    """A property that only one has is as it is; compact ones come once, and nothing is left out but empty lists."""
    datasets.put("one", {"_id": "a", "k": 1, "a": 1, "b": [[]] if strategy == "union" else [], "c": [1, 2]}, at=1)
    datasets.put("two", {"_id": "x", "k": 1, "b": 2, "c": 2, "d": None, "$ids": ["~:n:1", "~:n:1"]}, at=1)
    options = {} if strategy == "union" else {"strategy": strategy}

    (one,) = merged(datasets, **options)

    assert one == {"_id": "0|a|1|x", "$ids": ["a", "~:n:1"], **expected}


def test_a_compact_property_without_values_is_left_out(datasets: Datasets) -> None:
    datasets.put("one", {"_id": "a", "k": 1, "e": []}, at=1)
    datasets.put("two", {"_id": "x", "k": 1, "e": []}, at=1)

    assert merged(datasets, strategy="compact") == [{"_id": "0|a|1|x", "$ids": ["a", "x"], "k": 1}]


def test_the_members_of_a_group_can_be_listed(datasets: Datasets) -> None:
    """Without internal properties, or with them."""
    datasets.put("one", {"_id": "a", "k": 1}, at=1)
    datasets.put("two", {"_id": "x", "k": 1}, at=1)

    (plain,) = merged(datasets, strategy="list")
    (internal,) = merged(datasets, strategy="list", include_internal_properties=True)

    assert plain["$merged"] == [{"_id": "a", "k": 1}, {"_id": "x", "k": 1}]
    assert [set(each) for each in internal["$merged"]] == [
        {"_id", "k", "_updated", "_previous", "_ts", "_hash", "_deleted"}
    ] * 2


def test_a_group_has_a_largest_size(datasets: Datasets) -> None:
    datasets.put("one", {"_id": "a", "k": 1}, at=1)
    datasets.put("two", {"_id": "x", "k": 1}, {"_id": "y", "k": 1}, at=1)

    assert len(merged(datasets, max_merged=3)) == 1
    with pytest.raises(ReadError, match=r"^3 entities are the same; max_merged is 2$") as caught:
        merged(datasets, max_merged=2)
    assert caught.value.error_code == 1


def test_a_merge_returns_what_has_changed_since_the_last_one(datasets: Datasets) -> None:
    """A group that changes its members is replaced; an entity that is gone is deleted."""
    datasets.put("one", {"_id": "a", "k": 1}, {"_id": "b", "k": 2}, at=1)
    datasets.put("two", {"_id": "x", "k": 1}, at=1)
    first = found(reader(datasets))
    datasets.put("two", {"_id": "x", "k": 2}, at=2)

    second = found(reader(datasets), first[-1]["_updated"])

    assert [(each["_id"], each["_updated"]) for each in first] == [("0|a|1|x", 0), ("0|b", 1)]
    assert [(each["_id"], each["_deleted"]) for each in second] == [
        ("0|a", False),
        ("0|b|1|x", False),
        ("0|a|1|x", True),
        ("0|b", True),
    ]
    assert [each.get("$replaced") for each in second] == [None, None, True, True]
    assert found(reader(datasets), second[-1]["_updated"]) == []
    assert merge_dataset_id("p") == "system:merge:p"
    assert datasets("system:merge:p").info()["entities"] == 2
    assert len(found(reader(datasets), "")) == 4


def test_a_deleted_member_comes_as_a_deleted_entity_of_its_own(datasets: Datasets) -> None:
    """With what it had; unless a living group has its id."""
    datasets.put("one", {"_id": "a", "k": 1, "n": 1, "_deleted": True}, at=1)
    datasets.put("two", {"_id": "x", "k": 1}, {"_id": "a", "k": 3}, at=1)

    by_place = found(reader(datasets))
    by_first = found(reader(datasets, identity="first"))

    assert [(each["_id"], each["_deleted"]) for each in by_place] == [("1|a", False), ("1|x", False), ("0|a", True)]
    assert bare(by_place[-1]) == {"_id": "0|a", "$ids": ["a"], "k": 1, "n": 1}
    assert ("a", False) in [(each["_id"], each["_deleted"]) for each in by_first]
    assert [each["_deleted"] for each in by_first if each["_id"] == "a"] == [False]
    assert [each["_id"] for each in by_first if not each["_deleted"]] == ["a", "x"]
