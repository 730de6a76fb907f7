"""A small project is mutated by real workers, each of which runs pytest many times."""

from pathlib import Path

import pytest

from tests.mutation.__main__ import main
from tests.mutation.targets import Target

CODE = '''\
"""Code to mutate."""

LIMIT = 3


COLOURS = ["red", "blue"]  # try


def is_full(size):
    return size >= LIMIT  # try


def _table():
    return dict(a="")  # try


TABLE = _table()


def opened():
    return dict(b="")  # try


def untested(size):
    return size.strip()  # try soon


def endless(size):
    while True:
        if is_full(size):
            break  # try
        size += 1
    return size
'''
FAR = "def answer(number):\n    return number * 2  # try soon\n"
TESTS = """\
import subprocess
import sys

import pytest

from project.code import COLOURS, TABLE, endless, is_full, opened


@pytest.mark.parametrize("colour", COLOURS)
def test_colour(colour):
    assert colour in ("red", "blue")


def test_full():
    assert is_full(3)
    assert not is_full(2)


def test_table():
    assert TABLE == {"a": ""}


@pytest.fixture(scope="module")
def shared():
    return opened()


def test_shared(shared):
    assert shared is not None


def test_shared_as_well(shared):
    assert shared == {"b": ""}


def test_endless():
    assert endless(0) == 3


def test_in_a_process():
    script = "from project.far import answer; print(answer(1))"
    assert subprocess.check_output([sys.executable, "-c", script], text=True) == "2\\n"
"""
NEAR = "from project.code import is_full\n\n\ndef test_near():\n    is_full(5)\n"
TARGET = Target("project", ("project",), ("checks",))

pytestmark = pytest.mark.proof


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:contract-bench")  # it is not needed, and imports the fakes
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    files = {"project/code.py": CODE, "project/far.py": FAR, "checks/test_code.py": TESTS}
    files |= {"checks/project/test_near.py": NEAR, "survivors.toml": ""}
    root = tmp_path / "a project"
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def run(project: Path, *arguments: str) -> int:
    return main(
        [*arguments, "--workers", "1"], root=project, targets=(TARGET,), survivors_file=project / "survivors.toml"
    )


def test_killed_and_survived_mutants_are_told_apart(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status = run(project, "--sample", "2", "--seed", "7", "--only", "# try soon", "--verbose")

    printed = capfd.readouterr().out
    assert status == 1
    assert "+ return number // 2 # try soon\n  killed by checks/test_code.py::test_in_a_process" in printed
    assert "+ return (size) # try soon\n  survived" in printed


@pytest.mark.timeout(600)  # it runs pytest two dozen times
def test_killed_survived_and_endless_mutants_are_told_apart(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tests.mutation.campaign.TEST_PATIENCE_S", 2.0)
    monkeypatch.setattr("tests.mutation.campaign.TEST_PATIENCE_FACTOR", 0.0)

    status = run(project, "--sample", "all", "--only", "# try", "--verbose")

    printed = capfd.readouterr().out
    assert status == 1
    assert "+ return size > LIMIT # try\n  killed by checks/test_code.py::test_" in printed
    assert "+ COLOURS = ['XXred', \"blue\"] # try\n  killed by checks/test_code.py::test_colour[XXred]" in printed
    assert '- return dict(a="") # try\n  + return dict() # try\n  killed by checks/test_code.py::test_table' in printed
    assert (
        '- return dict(b="") # try\n  + return dict() # try\n  killed by checks/test_code.py::test_shared_as' in printed
    )
    assert "+ return number // 2 # try soon\n  killed by checks/test_code.py::test_in_a_process" in printed
    assert "+ pass # try\n  killed: the tests did not end" in printed
    assert (
        "in untested (removed call)\n  - return size.strip() # try soon\n  + return (size) # try soon\n  survived"
        in printed
    )
    assert "Below 95 %: project. For each survivor above, write a test" in printed
    assert {path.name for path in project.parent.iterdir()} == {project.name}
    assert (project / "project" / "code.py").read_text(encoding="utf-8") == CODE
    assert list(project.rglob("*.pyc")) == []


def test_tests_that_fail_without_a_mutant_are_refused(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "checks" / "test_more.py").write_text("def test_more():\n    assert False\n", encoding="utf-8")

    status = run(project)

    assert status == 2
    assert "fail without any mutant" in capfd.readouterr().err
