"""`make coverage`: the floor for each package, and that processes are measured."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.meta.branch_coverage import ROOT, main, measured_packages, read_packages, table

PRAGMA = re.compile(r"#\s*pragma:?\s*no\s*(?:cover|branch)(?P<reason>.*)", re.IGNORECASE)
PROGRAM = """
import signal, sys

def answer(value):
    if value:
        print("ready", flush=True)
    signal.pause()

answer(len(sys.argv))
"""
PARENT = """
import subprocess, sys

with subprocess.Popen([sys.executable, "child.py"], stdout=subprocess.PIPE) as child:
    child.stdout.readline()
    child.terminate()
"""


def measured(*, branches: int, missing: list[list[int]]) -> dict[str, Any]:
    """What a JSON report says about a file."""
    summary = {"num_branches": branches, "covered_branches": branches - len(missing), "excluded_lines": 1}
    return {"summary": summary, "missing_branches": missing}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with two packages."""
    for name in ("one/__init__.py", "one/deep/file.py", "two/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_each_package_is_judged_by_its_own_branches(root: Path) -> None:
    """95 of 100 branches are enough, 94 are not, and a second package makes up for nothing."""
    files = {
        "one/__init__.py": measured(branches=50, missing=[[3, 5], [7, -6]]),
        "one/deep/file.py": measured(branches=50, missing=[[1, 2], [1, 3], [2, 4], [9, 1]]),
        "two/__init__.py": measured(branches=100, missing=[[n, 1] for n in range(5)]),
    }

    one, two = read_packages({"files": files}, ["one", "two"], root=root)

    assert one.problems() == [
        "one: expected at least 95 % of the branches, got 94.0 % (94 of 100). "
        "Files with the most branches that no test takes:",
        "  one/deep/file.py: 1->2, 1->3, 2->4, 9->1",
        "  one/__init__.py: 3->5, 7->exit",
    ]
    assert two.problems() == []
    assert table([one, two]).splitlines() == [
        "package  branches  taken  percent  lines left out",
        "one           100     94   94.0 %               2",
        "two           100     95   95.0 %               1",
    ]


def test_a_file_that_no_report_mentions_is_a_problem(root: Path) -> None:
    files = {"one/__init__.py": measured(branches=2, missing=[])}

    (package,) = read_packages({"files": files}, ["one"], root=root)

    assert package.problems() == ["one/deep/file.py: not in the report; expected every Python file of the package"]


def test_a_package_without_any_branch_does_not_pass(root: Path) -> None:
    files = {"two/__init__.py": measured(branches=0, missing=[])}

    (package,) = read_packages({"files": files}, ["two"], root=root)

    assert "got 0.0 % (0 of 0)" in package.problems()[0]


def test_the_exit_status_is_1_when_a_package_is_below_the_floor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty report mentions no file of any package."""
    report = tmp_path / "report.json"
    report.write_text(json.dumps({"files": {}}))

    assert main([str(report)]) == 1
    printed = capsys.readouterr().out
    assert "service/__main__.py: not in the report" in printed
    assert all(f"{package}: expected at least 95 %" in printed for package in measured_packages())


def test_every_package_of_the_import_contracts_is_measured() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert sorted(measured_packages()) == sorted(settings["tool"]["importlinter"]["root_packages"])


def test_every_line_that_is_left_out_says_why() -> None:
    """`# pragma: no cover - REASON`; a reason has at least three words."""
    without = [
        f"{path.relative_to(ROOT)}:{number}"
        for package in measured_packages()
        for path in sorted((ROOT / package).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (found := PRAGMA.search(line)) and len(found["reason"].removeprefix(" - ").split()) < 3
    ]

    assert without == []


def test_a_process_that_sigterm_ends_is_measured(tmp_path: Path) -> None:
    """With the project's own settings: most roles that tests start end like this."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["coverage"]["run"]
    lines = [
        "[run]",
        "source = .",
        f"data_file = {tmp_path / 'data'}",
        *(f"{name} = {str(settings[name]).lower()}" for name in ("branch", "parallel", "sigterm")),
        f"patch = {', '.join(settings['patch'])}",
    ]
    (tmp_path / "settings").write_text("\n".join(lines) + "\n")
    (tmp_path / "child.py").write_text(PROGRAM)
    (tmp_path / "parent.py").write_text(PARENT)

    def coverage(*arguments: str) -> None:
        command = [sys.executable, "-m", "coverage", arguments[0], "--rcfile", "settings", *arguments[1:]]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=40, capture_output=True)

    coverage("run", "parent.py")
    coverage("combine")
    coverage("json", "-o", "report.json")

    child = json.loads((tmp_path / "report.json").read_text())["files"]["child.py"]
    assert child["executed_branches"] == [[5, 6]]
    assert child["missing_branches"] == [[5, 7]]
