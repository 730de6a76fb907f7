"""`merge` and `merge_datasets`, run after run: what changed since, what was merged and what is gone."""

from typing import Any

import pytest

from fake_sesam.dataset import NodeStore
from fake_sesam.errors import ReadError
from fake_sesam.pump import MergeDatasetsReader, MergeReader
from tests.support.cases import for_each
from tests.unit.fake_sesam.pump.memory_pump import MemoryPump, bare

MERGE = {
    "type": "merge",
    "datasets": ["A a", "B b", "C c"],
    "equality": [["eq", "a.f1", "b.f1"], ["eq", "b.f2", ["lower", "c.f3"]]],
}


@pytest.fixture
def pump(store: NodeStore) -> MemoryPump:
    """The datasets of Sesam's example."""
    pump = MemoryPump(store, source=MERGE)
    pump.fill("A", [{"_id": "a1", "f1": 1}, {"_id": "a2", "f1": 2}])
    pump.fill("B", [{"_id": "b1", "f1": 1, "f2": "x"}, {"_id": "b2", "f1": 3}])
    pump.fill("C", [{"_id": "c1", "f3": "X"}, {"_id": "c2", "f3": "Y"}, {"_id": "c3", "f3": "X"}])
    pump.dataset("C").write([{"_id": "c2", "f3": "Y", "_deleted": True}, {"_id": "c3", "f3": "X", "_deleted": True}])
    return pump


def described(found: Any) -> list[dict[str, Any]]:
    """Return entities with their `_updated`, and `_deleted` if they are."""
    return [
        {**bare(each), "_updated": each["_updated"], **({"_deleted": True} if each["_deleted"] else {})}
        for each in found
    ]


def test_the_example_of_the_documents(pump: MemoryPump) -> None:
    assert described(MergeReader(pump.pipe, pump.dataset).read(None)) == [
        {"_id": "0|a1|1|b1|2|c1", "$ids": ["a1", "b1", "c1"], "_updated": 0, "f1": [1, 1], "f2": "x", "f3": "X"},
        {"_id": "0|a2", "$ids": ["a2"], "_updated": 1, "f1": 2},
        {"_id": "1|b2", "$ids": ["b2"], "_updated": 2, "f1": 3},
        {"_id": "2|c2", "$ids": ["c2"], "_updated": 3, "_deleted": True, "f3": "Y"},
        {"_id": "2|c3", "$ids": ["c3"], "_updated": 4, "_deleted": True, "f3": "X"},
    ]


def test_only_changes_are_returned_and_replaced_ids_are_deleted(pump: MemoryPump) -> None:
    reader = MergeReader(pump.pipe, pump.dataset)
    last = described(reader.read(None))[-1]["_updated"]
    nothing = described(reader.read(last))
    pump.dataset("B").write([{"_id": "b2", "f1": 2}])

    changed = described(reader.read(last))

    assert nothing == []
    assert changed == [
        {"_id": "0|a2|1|b2", "$ids": ["a2", "b2"], "_updated": 5, "f1": [2, 2]},
        {"_id": "0|a2", "$replaced": True, "_updated": 6, "_deleted": True},
        {"_id": "1|b2", "$replaced": True, "_updated": 7, "_deleted": True},
    ]


def test_ids_of_merged_entities_are_those_of_their_parts(store: NodeStore) -> None:
    """As identifiers in a pipe with namespaces."""
    source = {"type": "merge", "datasets": ["A a", "B b"], "equality_sets": [["a.k", "b.k"]], "identity": "first"}
    pump = MemoryPump(store, source=source, namespaced_identifiers=True)
    pump.fill("A", [{"_id": "x:1", "x:k": 1, "$ids": ["~:y:1", "~:x:1"]}])
    pump.fill("B", [{"_id": "z:2", "z:k": [1, 2]}, {"_id": "z:3", "z:k": None}])

    found = described(MergeReader(pump.pipe, pump.dataset).read(None))

    assert [(each["_id"], each["$ids"]) for each in found] == [
        ("x:1", ["~:y:1", "~:x:1", "~:z:2"]),
        ("z:3", ["~:z:3"]),
    ]


def test_a_chain_of_equal_entities_is_one(store: NodeStore) -> None:
    source = {"type": "merge", "datasets": ["A a", "B b"], "equality": [["eq", "a.k", "b.k"]]}
    pump = MemoryPump(store, source=source)
    pump.fill("A", [{"_id": str(number), "k": [number, number + 1]} for number in range(50)])
    pump.fill("B", [{"_id": str(number), "k": number} for number in range(51)])

    (one,) = MergeReader(pump.pipe, pump.dataset).read(None)

    assert len(one["$ids"]) == 51


def test_a_pipe_that_merges_deletes_what_no_longer_exists(pump: MemoryPump) -> None:
    """Through the pump, with deletion tracking."""
    reader = MergeReader(pump.pipe, pump.dataset)
    pump.run(*reader.read(None), is_rescan=True)
    before = pump.ids
    pump.dataset("B").write([{"_id": "b1", "_deleted": True}])

    pump.run(*reader.read(None), is_rescan=True)

    assert before == ["0|a1|1|b1|2|c1", "0|a2", "1|b2"]
    assert pump.ids == ["0|a1", "0|a2", "1|b2", "2|c1"]


def test_datasets_are_followed_from_where_each_was_left(store: NodeStore) -> None:
    pump = MemoryPump(store, source={"type": "merge_datasets", "datasets": ["A", "B"]})
    reader = MergeDatasetsReader({name: pump.dataset(name) for name in "AB"}, strategy="latest")
    pump.fill("A", [{"_id": "1", "n": 1}, {"_id": "2", "n": 1}])
    pump.clock_s += 1
    pump.fill("B", [{"_id": "2", "n": 2}])
    first = list(reader.read(None))
    since = first[-1]["_updated"]
    pump.clock_s += 1
    pump.dataset("A").write([{"_id": "2", "n": 3}, {"_id": "3", "n": 1}])
    pump.clock_s += 1
    pump.dataset("B").write([{"_id": "3", "_deleted": True}])

    second = list(reader.read(since))

    assert [(each["_id"], each["n"]) for each in first] == [("1", 1), ("2", 2)]
    assert since == '{"A": 1, "B": 0}'
    assert [(each["_id"], each["_deleted"]) for each in second] == [("2", False), ("3", True)]
    assert list(reader.read(second[-1]["_updated"])) == []


@pytest.mark.parametrize("since", ["12", "x", '{"A": "1"}', "[1]"])
def test_an_offset_of_another_source_is_a_read_error(store: NodeStore, since: str) -> None:
    pump = MemoryPump(store)

    with pytest.raises(ReadError, match="expected offsets such as"):
        list(MergeDatasetsReader({"A": pump.dataset("A")}, strategy="latest").read(since))


@for_each(
    ("source", "message"),
    [
        ({"datasets": ["A"]}, "expected datasets, each with an alias"),
        ({"datasets": ["A a", "A b"]}, "expected each dataset and each alias once"),
        ({"equality": [["gt", "a.x", "b.x"]]}, "expected a rule such as"),
        ({"equality": [["eq", "a.x", "_S.x"]]}, "expected exactly one alias of a, b"),
        ({"equality_sets": [["a.x", ["concat", "a.y", "b.y"]]]}, "expected exactly one alias of a, b"),
        ({"equality_sets": ["a.x"]}, "expected a list of expressions"),
    ],
)
def test_rules_that_cannot_be_used_are_problems(source: dict[str, Any], message: str) -> None:
    from fake_sesam.config import ConfigFile, configure

    config = {"type": "merge", "datasets": ["A a", "B b"], **source}
    found = configure([ConfigFile("p", {"_id": "p", "type": "pipe", "source": config})], env={}, secrets={})

    assert any(message in problem.message for problem in found.errors)
