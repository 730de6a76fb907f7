"""`init`: everything that it makes runs as it is. `entities` and `--watch`: what an author of a connector uses then."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fake_sesam.cli import cli
from fake_sesam.commands.watching import snapshot, watched
from tests.support.cases import for_each
from tests.support.nested_pytest import LIGHT

PIPE_ID = "my-crm-things-collect"


def fake_sesam(*arguments: Any) -> Result:
    return CliRunner().invoke(cli, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `init` makes."""
    folder = tmp_path_factory.mktemp("init") / "my-crm"
    result = fake_sesam("init", folder)
    assert result.exit_code == 0, result.output
    assert 'fake-sesam test --system-command my-crm="python connector.py"' in result.stdout
    return folder


def command(folder: Path) -> list[str]:
    return ["--system-command", f"my-crm=python {shlex.quote(str(folder / 'connector.py'))}"]


def test_the_test_of_the_connector_passes(made: Path) -> None:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    options = ["-q", *LIGHT, "-p", "no:randomly", "-p", "no:xdist", "--rootdir", str(made)]
    arguments = [sys.executable, "-m", "pytest", *options]

    done = subprocess.run(arguments, cwd=made, env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, "4 passed" in done.stdout) == (0, True), done.stdout


def test_the_node_gets_what_is_expected(made: Path) -> None:
    """Validated without a word, tested, run, and shown."""
    validated, tested = fake_sesam("validate", made), fake_sesam("test", made, *command(made))
    ran = fake_sesam("run", made, *command(made))
    shown = fake_sesam("entities", made, PIPE_ID, "--limit", 1)

    assert (validated.exit_code, validated.stdout) == (0, "1 pipe and 1 system: 0 errors, 0 warnings, 0 notes\n")
    assert (tested.exit_code, tested.stdout) == (0, f"{PIPE_ID}: as expected\n1 of 1 as expected\n")
    assert ran.exit_code == 0
    assert [entity["name"] for entity in json.loads(shown.stdout)] == ["Ada"]


@pytest.mark.parametrize("name", ["My-CRM", "a", "-x", "x" * 60, "x_y"])
def test_a_name_that_is_no_id_of_a_system_is_refused(tmp_path: Path, name: str) -> None:
    result = fake_sesam("init", "--", tmp_path / name)

    assert (result.exit_code, "lower-case letters" in result.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(made: Path) -> None:
    before = (made / "connector.py").read_bytes()
    (made.parent / "file").touch()

    assert fake_sesam("init", made).exit_code == 2
    assert fake_sesam("init", made.parent / "file" / "below").exit_code == 2

    assert (made / "connector.py").read_bytes() == before


def test_entities_are_those_of_the_nodes_directory(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named, or the current one; whatever is not there is said."""
    monkeypatch.chdir(made)
    fake_sesam("run", ".", *command(made))

    found = fake_sesam("entities", PIPE_ID)

    assert [entity["_id"] for entity in json.loads(found.stdout)] == ["1", "2"]
    log = fake_sesam("entities", f"system:pump:{PIPE_ID}", "--history")
    assert json.loads(log.stdout)[0]["event_type"] == "pump-started"
    unknown, elsewhere = fake_sesam("entities", "nobody"), fake_sesam("entities", made.parent, PIPE_ID)
    assert (unknown.exit_code, "Known: " + PIPE_ID in unknown.stderr) == (2, True)
    assert (elsewhere.exit_code, "run the pipe first" in elsewhere.stderr) == (2, True)
    assert fake_sesam("entities", "a", "b", "c").exit_code == 2


class Watched:
    """A folder that changes while it is watched; the user interrupts after the last change."""

    def __init__(self, folder: Path, changes: list[Callable[[], object]]) -> None:
        self.options = {"node_dir": folder, "system_commands": ()}
        self.changes = changes
        self.done = 0

    def do(self) -> int:
        """Count."""
        self.done += 1
        return self.done

    def sleep(self, _seconds: float) -> None:
        """Change something."""
        if not self.changes:
            raise KeyboardInterrupt
        self.changes.pop(0)()


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")


def test_a_change_of_the_node_or_its_connector_is_followed_by_another_run(tmp_path: Path) -> None:
    """A new file, a change and a removal; not what the node itself writes, or a file of another kind."""
    pipe = tmp_path / "pipes" / "p.conf.json"
    changes: list[Callable[[], object]] = [
        lambda: write(pipe, "{}"),
        lambda: pipe.write_text('{"a": 1}', "utf-8"),
        lambda: write(tmp_path / ".fake-sesam" / "x.json", "{}"),
        lambda: write(tmp_path / "notes.txt", "x"),
        pipe.unlink,
    ]
    watch = Watched(tmp_path, changes)

    status = watched(watch.do, watch.options, is_watching=True, sleep=watch.sleep)

    assert (status, watch.done, watch.changes) == (4, 4, [])


def test_without_watching_it_is_done_once(tmp_path: Path) -> None:
    watch = Watched(tmp_path, [])

    assert (watched(watch.do, watch.options, is_watching=False), watch.done) == (1, 1)


def test_the_files_beside_a_connector_are_watched(tmp_path: Path, made: Path) -> None:
    options = {
        "node_dir": tmp_path,
        "system_commands": (("my-crm", f"python {shlex.quote(str(made / 'connector.py'))}"),),
    }

    assert {path.name for path in snapshot(options)} >= {"connector.py", "test_connector.py"}


def test_a_run_that_is_watched_starts_the_connector_again(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its code has changed, so the second run brings the new name."""
    connector, original = made / "connector.py", (made / "connector.py").read_text("utf-8")
    changes = [lambda: connector.write_text(original.replace('"Ben"', '"Eva"'), "utf-8")]
    watch = Watched(made, changes)  # type: ignore[arg-type]
    monkeypatch.setattr("fake_sesam.commands.watching.watched.__kwdefaults__", {"sleep": watch.sleep})

    result = fake_sesam("run", made, *command(made), "--watch")
    connector.write_text(original, "utf-8")

    assert result.stdout.count("completed") == 2
    assert [entity["name"] for entity in json.loads(fake_sesam("entities", made, PIPE_ID).stdout)] == ["Ada", "Eva"]


@for_each("arguments", [["-h"], ["run", "-h"], ["entities", "--help"]])
def test_help_has_a_short_option(arguments: list[str]) -> None:
    result = fake_sesam(*arguments)

    assert (result.exit_code, "Usage:" in result.stdout) == (0, True)


def test_the_version_is_that_of_the_package() -> None:
    result = fake_sesam("--version")

    assert result.exit_code == 0
    assert result.stdout.startswith("fake-sesam, version ")
