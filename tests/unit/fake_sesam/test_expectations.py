"""`test` and `update`: what the pipes give, compared with `expected/` and written there."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fake_sesam.cli import cli
from tests.unit.fake_sesam.conftest import Connector, NodeDir

SOURCE = {"type": "embedded", "entities": [{"_id": "b", "n": 2, "_x": 1}, {"_id": "a", "n": 1, "when": {"at": 5}}]}
SRC: dict[str, Any] = {"_id": "src", "type": "pipe", "source": SOURCE}
OUT: dict[str, Any] = {
    "_id": "out",
    "type": "pipe",
    "source": {"type": "dataset", "dataset": "src"},
    "sink": {"type": "http_endpoint"},
}
AS_EXPECTED = [{"_id": "a", "n": 1, "when": {"at": 5}}, {"_id": "b", "n": 2}]


class Folder:
    """A node's directory with two pipes and what they are expected to give."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.add(SRC)
        self.add(OUT)

    def add(self, config: dict[str, Any]) -> None:
        """Write a pipe."""
        self.write(f"pipes/{config['_id']}.conf.json", config)

    def write(self, name: str, value: Any) -> None:
        """Write a file."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), "utf-8")

    def expect(self, entities: Any, **spec: Any) -> None:
        """Write what `out` is expected to give."""
        self.write("expected/out.test.json", spec)
        self.write("expected/out.json", entities)

    def run(self, command: str, *arguments: str) -> Result:
        """Run a command on the directory."""
        return CliRunner().invoke(cli, [command, str(self.path), *arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_what_a_pipe_gives_is_compared_with_what_is_expected(folder: Folder) -> None:
    """In any order and without properties that begin with `_`."""
    folder.expect(AS_EXPECTED[::-1])

    result = folder.run("test")

    assert (result.exit_code, result.stdout) == (0, "out: as expected\n1 of 1 as expected\n")


@pytest.mark.parametrize(
    ("expected", "difference"),
    [
        (AS_EXPECTED[:1], "b: extra"),
        ([*AS_EXPECTED, {"_id": "c"}], "c: missing"),
        ([AS_EXPECTED[0], {"_id": "b", "n": 3}], "b: n: 3 != 2"),
        ([], "a: extra"),
    ],
)
def test_a_difference_fails_with_its_place(folder: Folder, expected: list[Any], difference: str) -> None:
    folder.expect(expected)

    result = folder.run("test")

    assert result.exit_code == 1
    assert f"  {difference}\n" in result.stdout
    assert "0 of 1 as expected" in result.stdout


@pytest.mark.parametrize(
    ("spec", "expected", "status"),
    [
        ({"blacklist": ["when", "n"]}, [{"_id": "a"}, {"_id": "b"}], 0),
        ({"blacklist": ["when.at"]}, [{"_id": "a", "n": 1, "when": {}}, {"_id": "b", "n": 2}], 0),
        ({"blacklist": ["other"]}, [{"_id": "a"}, {"_id": "b"}], 1),
        ({"pipe": "src"}, AS_EXPECTED, 0),
        ({"stage": "source"}, AS_EXPECTED, 0),
        ({"pipe": "nobody"}, AS_EXPECTED, 1),
        ({"file": "elsewhere.json"}, AS_EXPECTED, 1),
        ({"ignore": True}, AS_EXPECTED, 2),
        ({"endpoint": "xml"}, AS_EXPECTED, 2),
    ],
)
def test_a_spec_says_what_is_compared(folder: Folder, spec: dict[str, Any], expected: list[Any], status: int) -> None:
    folder.expect(expected, **spec)

    assert folder.run("test").exit_code == status


def test_deleted_entities_count_only_where_they_are_expected_or_the_spec_says_so(folder: Folder) -> None:
    folder.add({**SRC, "source": {"type": "embedded", "entities": [{"_id": "a", "_deleted": True}]}})
    deleted = {"_id": "a", "_deleted": True}

    statuses = []
    for expected, spec in (([], {}), ([deleted], {}), ([], {"ignore_deletes": False}), ([deleted, {"_id": "b"}], {})):
        folder.expect(expected, **spec)
        statuses.append(folder.run("test").exit_code)

    assert statuses == [2, 0, 1, 1]  # of the first, no entity is compared


def test_nothing_of_an_earlier_run_counts(folder: Folder) -> None:
    """Every test begins with an empty node; the developer's own datasets are left alone."""
    folder.expect(AS_EXPECTED)
    assert folder.run("run", "src").exit_code == 0
    folder.add({**SRC, "source": {"type": "embedded", "entities": []}})

    result = folder.run("test")

    assert (result.exit_code, "a: missing" in result.stdout) == (1, True)
    assert json.loads(folder.run("entities", "src").stdout)[0]["_id"] == "b"


def test_a_check_that_looks_at_nothing_does_not_pass(folder: Folder) -> None:
    result = folder.run("test")

    assert (result.exit_code, "write some with fake-sesam update" in result.stderr) == (2, True)

    folder.expect(AS_EXPECTED, ignore=True)
    result = folder.run("test")
    assert (result.exit_code, "every *.test.json in" in result.stderr) == (2, True)

    for blacklist in (["*"], ["_id", "n", "when"]):
        folder.expect(AS_EXPECTED, blacklist=blacklist)
        result = folder.run("test")
        assert (result.exit_code, "leaves nothing to compare" in result.stdout) == (1, True)


def test_pipes_that_give_nothing_as_expected_do_not_pass(folder: Folder) -> None:
    """A connector that sent nothing when `update` was run would pass forever."""
    folder.add({**SRC, "source": {"type": "embedded", "entities": []}})
    updated = folder.run("update")
    result, accepted = folder.run("test"), folder.run("test", "--allow-empty")

    assert (updated.exit_code, "is empty: its pipe gave no entity" in updated.stderr) == (0, True)
    assert (result.exit_code, "no entity was compared" in result.stderr) == (2, True)
    assert accepted.exit_code == 0


def test_entities_without_ids_and_several_of_one_id_are_all_compared(folder: Folder) -> None:
    """A blacklist may name the id, and an entity must not hide another one."""
    folder.expect([{"n": 2}, {"n": 1}], blacklist=["_id", "when"])
    assert folder.run("test").exit_code == 0

    folder.expect([{"n": 2}, {"n": 3}], blacklist=["_id", "when"])
    result = folder.run("test")
    assert (result.exit_code, '{"n": 3}: missing' in result.stdout, '{"n": 1}: extra' in result.stdout) == (
        1,
        True,
        True,
    )

    folder.expect([*AS_EXPECTED, AS_EXPECTED[0]])
    result = folder.run("test")
    assert (result.exit_code, "a (no. 2): missing" in result.stdout) == (1, True)


@pytest.mark.parametrize("command", ["test", "update"])
def test_a_pump_that_fails_is_no_success(folder: Folder, connector: Connector, command: str) -> None:
    """Neither is what it leaves behind written as what is expected."""
    node = NodeDir(folder.path)
    connector.sends(b'{"message": "no token"}', status=503)
    folder.expect(AS_EXPECTED)
    node.add({**OUT, "_id": "empty", "source": {"type": "dataset", "dataset": "things-collect"}})

    result = folder.run(command, "--env", f"things-url={connector.url}")

    assert (result.exit_code, "no token" in result.stderr) == (1, True)
    assert json.loads((folder.path / "expected/out.json").read_text("utf-8")) == AS_EXPECTED


def test_update_writes_what_came_and_specs_for_what_has_none(folder: Folder) -> None:
    """Sorted, in the format of sesam-py, and `test` passes then."""
    result = folder.run("update")

    assert result.exit_code == 0
    written = (folder.path / "expected/out.json").read_text("utf-8")
    assert written == json.dumps(AS_EXPECTED, indent=2) + "\n"
    assert sorted(path.name for path in (folder.path / "expected").iterdir()) == ["out.json", "out.test.json"]
    assert folder.run("test").exit_code == 0


def test_update_writes_what_pipes_store_where_none_publishes(folder: Folder) -> None:
    (folder.path / "pipes/out.conf.json").unlink()

    assert folder.run("update").exit_code == 0

    assert json.loads((folder.path / "expected/src.json").read_text("utf-8")) == AS_EXPECTED


def test_test_data_is_posted_before_the_run(folder: Folder) -> None:
    folder.add({**SRC, "source": {"type": "http_endpoint"}})
    folder.write("testdata/src.json", AS_EXPECTED)
    folder.expect(AS_EXPECTED)
    assert folder.run("test").exit_code == 0
    folder.write("testdata/out.json", [])

    result = folder.run("test")

    assert (result.exit_code, "has no http_endpoint source" in result.stderr) == (1, True)


@pytest.mark.parametrize("content", ["[]", "{", "7"])
def test_a_spec_that_is_no_object_is_named(folder: Folder, content: str) -> None:
    folder.expect([])
    (folder.path / "expected/out.test.json").write_text(content, "utf-8")

    result = folder.run("test")

    assert (result.exit_code, "out.test.json" in result.stderr) == (2, True)
