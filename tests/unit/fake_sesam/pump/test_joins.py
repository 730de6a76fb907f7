"""Joins against the datasets of a node."""

from operator import itemgetter
from typing import Any

import pytest

from fake_sesam import Node, NodeOptions
from fake_sesam.commands.validate import problems_of
from fake_sesam.dataset import Dataset, NodeStore
from fake_sesam.dtl import JoinPath
from fake_sesam.errors import TransformError
from fake_sesam.pump import NodeDatasets
from tests.unit.fake_sesam.conftest import Connector, NodeDir
from tests.unit.fake_sesam.pump.memory_pump import MemoryPump

SPEC: dict[str, Any] = {"datasets": ["colours c"], "where": ["eq", "_S.colour", "c.code"], "return": "c.name"}
HOPS = ["hops", SPEC]
LOOKUP = ["lookup-entity", "colours", "_S.colour-id"]


def open_node(node_dir: NodeDir, connector: Connector) -> Node:
    """Open a node whose pipe joins a dataset of the same node."""
    rules = [["add", "_id", "_S.id"], ["add", "names", HOPS], ["add", "colour", ["path", "name", LOOKUP]]]
    node_dir.pipe(transform={"type": "dtl", "rules": {"default": rules}})
    node_dir.add({"_id": "colours", "type": "pipe", "source": {"type": "json", "system": "things", "url": "colours"}})
    return node_dir.open(connector.url)


def test_a_pipe_joins_what_another_pipe_wrote(node_dir: NodeDir, connector: Connector) -> None:
    """By a property and by the id; an entity that was deleted or changed is seen so by the next run."""
    things = [{"id": "t", "colour": ["r", "g"], "colour-id": "1"}]
    with open_node(node_dir, connector) as node:
        seen = []
        for colours in (
            [{"_id": "1", "code": "r", "name": "red"}, {"_id": "2", "code": "g", "name": "green"}],
            [{"_id": "2", "code": "g", "name": "lime"}],
        ):
            connector.gives(colours)
            assert node.run_pipe("colours").ok
            connector.gives(things)
            assert node.run_pipe("things-collect").ok
            stored = node.sink_dataset("things-collect").entity("t")
            assert stored is not None
            seen.append((stored["names"], stored["colour"]))

    assert seen == [(["red", "green"], "red"), (["lime"], None)]


def test_a_join_sees_changes_within_the_same_run(node_dir: NodeDir, connector: Connector) -> None:
    """The index is built again."""
    with open_node(node_dir, connector) as node:
        connector.gives([{"_id": "1", "code": "r", "name": "red"}])
        node.run_pipe("colours")
        datasets = NodeDatasets(node.dataset)
        path = JoinPath(("code",), itemgetter("code"))
        before = [each["name"] for each in datasets.matching("colours", path, "r")]

        node.dataset("colours").write([{"_id": "3", "code": "r", "name": "rose"}])

        assert before == ["red"]
        assert [each["name"] for each in datasets.matching("colours", path, "r")] == ["red", "rose"]


def test_a_dataset_that_is_not_populated_fails_the_run(node_dir: NodeDir, connector: Connector) -> None:
    """A join with what is not there yet would store something that is wrong and looks right."""
    connector.gives([{"id": "t", "colour": "r", "colour-id": "1"}])
    with open_node(node_dir, connector) as node:
        result = node.run_pipe("things-collect")

        assert not result.ok
        assert "dataset 'colours' is not populated yet; run the pipe that writes it first" in str(result.events)
        assert node.sink_dataset("things-collect").count == 0


def test_validate_names_the_place_of_an_invalid_join(node_dir: NodeDir, connector: Connector) -> None:
    """With the file and the JSON path."""
    recursive = ["hops", {**SPEC, "recurse": True}]
    node_dir.pipe(transform={"type": "dtl", "rules": {"default": [["add", "v", recursive]]}})

    (problem,) = (each for each in problems_of(node_dir.path, NodeOptions(environ={})) if each.level == "error")

    assert (problem.file, problem.path) == ("pipes/things-collect.conf.json", "transform.rules.default[0][2]")
    assert "'recurse'" in problem.message


def test_each_dataset_and_each_path_has_an_index_of_its_own(node_dir: NodeDir, connector: Connector) -> None:
    """The same path in two datasets, and two paths in one."""
    with open_node(node_dir, connector) as node:
        for name, letter in (("one", "r"), ("two", "g")):
            node.dataset(name).write([{"_id": name, "code": letter, "other": "x"}])
            node.dataset(name).set_populated()
        datasets = NodeDatasets(node.dataset)
        code, other = JoinPath(("code",), itemgetter("code")), JoinPath(("other",), itemgetter("other"))

        found = [
            [each["_id"] for each in datasets.matching(name, path, value)]
            for name, path, value in (("one", code, "r"), ("two", code, "r"), ("two", code, "g"), ("one", other, "x"))
        ]

        assert found == [["one"], [], ["two"], ["one"]]
        assert (datasets.entity("one", "one") or {})["code"] == "r"
        assert datasets.entity("one", "two") is None
        node.dataset("one").write([{"_id": "one", "_deleted": True}])
        assert (datasets.entity("one", "one"), datasets.matching("one", code, "r")) == (None, [])


def test_a_dataset_that_is_open_is_joined_before_it_is_populated(store: NodeStore) -> None:
    """Only that one."""
    datasets = NodeDatasets(lambda name: Dataset(store, name, now_us=lambda: 1), is_open=lambda name: name == "open")

    assert datasets.entity("open", "a") is None
    assert datasets.matching("open", JoinPath(("_id",), itemgetter("_id")), "a") == []
    with pytest.raises(TransformError, match="dataset 'other' is not populated yet"):
        datasets.entity("other", "a")


def test_unless_told_otherwise_a_dataset_is_read_when_it_is_populated_and_has_no_completeness(store: NodeStore) -> None:
    pump = MemoryPump(store)
    pump.dataset("d").write([{"_id": "1", "k": 1}])
    datasets = NodeDatasets(pump.dataset)
    by_k = JoinPath(("k",), itemgetter("k"))

    with pytest.raises(TransformError, match="dataset 'd' is not populated yet"):
        datasets.entity("d", "1")
    with pytest.raises(TransformError, match="dataset 'd' is not populated yet"):
        datasets.matching("d", by_k, [1])
    pump.dataset("d").set_populated()

    assert [entity["_id"] for entity in datasets.matching("d", by_k, [1])] == ["1"]
    assert (datasets.entity("d", "1") or {})["k"] == 1
    assert datasets.completeness("d", "d") is None


def test_the_version_before_is_that_of_the_source(store: NodeStore) -> None:
    """None for a new entity, and where the source is no dataset."""
    pump = MemoryPump(store)
    for number in range(3):
        pump.dataset("d").write([{"_id": "1", "n": number}, {"_id": "other", "n": number}])
    pump.dataset("d").write([{"_id": "1", "n": 3, "_deleted": True}])
    pump.dataset("d").write([{"_id": "1", "n": 4}])
    versions = list(pump.dataset("d").entities(history=True))

    def before(source: str | None, entity: dict[str, object]) -> list[object]:
        found = NodeDatasets(pump.dataset, source=source).previous(entity)
        return [] if found is None else [found["_id"], found["n"]]

    assert [before("d", version) for version in versions if version["_id"] == "1"] == [
        *([], ["1", 0], ["1", 1], ["1", 2], ["1", 3]),
    ]
    assert [before("d", version) for version in versions if version["_id"] == "other"] == [
        *([], ["other", 0], ["other", 1]),
    ]
    assert [before(None, version) for version in versions] == [[]] * len(versions)
    assert [before("d", {"_previous": value}) for value in (None, "0", True, 99)] == [[]] * 4


def test_only_texts_are_ids(store: NodeStore) -> None:
    """A number is not the `_id` that is written like it."""
    pump = MemoryPump(store)
    pump.fill("d", [{"_id": "1"}, {"_id": "2"}, {"_id": "3"}])
    by_id = JoinPath(("_id",), itemgetter("_id"))

    found = NodeDatasets(pump.dataset).matching("d", by_id, ["3", 2, None, True, "1", "x", "~r1"])

    assert [entity["_id"] for entity in found] == ["1", "3"]


def test_completeness_is_what_one_dataset_knows_of_another(store: NodeStore) -> None:
    known = {"one": {"other": 5}, "two": {"other": 7}}
    datasets = NodeDatasets(MemoryPump(store).dataset, completeness=lambda via: known.get(via, {}))

    found = [datasets.completeness(via, name) for via in ("one", "two", "three") for name in ("other", "one")]

    assert found == [5, None, 7, None, None, None]
