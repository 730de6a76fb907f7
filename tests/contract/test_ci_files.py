"""`action.yml` and `templates/`: their scripts run here as a CI machine runs them, without installing anything."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.processes import run_command

ROOT = Path(__file__).resolve().parents[2]
CONNECTOR = f"{sys.executable} -m tests.broken_connectors._sound"
MATRIX = "--faults server-error --places list:first --times once --mode full"
TEST = """
def test_a_pull(sesam_node):
    assert sesam_node.pull().ok
"""
EXPRESSION = re.compile(r"\$\[\[ inputs\.(\w+) \]\]")


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """The variables of a CI machine; the current folder is a connector's repository."""
    (tmp_path / "test_it.py").write_text(TEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\ncontract_bench_contacts = 3\n")
    own = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": own, "PYTHONPATH": str(ROOT), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}


# What the scripts are given, and the reports that they have to ask for, without playing anything.
PROGRAM = """#!/bin/bash
echo "$@" >> "${0%/*}/../asked.txt"
while [ $# -gt 0 ]; do
    case $1 in --junit|--junit-xml|--html|--json|--markdown) echo matrix > "$2" ;; esac
    shift
done
"""


@pytest.fixture(params=["scripts", pytest.param("programs", marks=pytest.mark.proof)])
def programs(request: pytest.FixtureRequest, tmp_path: Path, machine: dict[str, str]) -> None:
    """The real programs, or scripts in their place."""
    if request.param == "programs":
        return
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("python", "contract-bench"):
        (folder / name).write_text(PROGRAM)
        (folder / name).chmod(0o755)
    machine["PATH"] = f"{folder}{os.pathsep}{machine['PATH']}"


def run(script: str, folder: Path, environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run a script as GitHub and GitLab do: in bash, which ends with the first command that fails."""
    return run_command(["bash", "-e", "-o", "pipefail", "-c", script], cwd=folder, env=environment, timeout_s=120)


@pytest.mark.usefixtures("programs")
def test_the_action_runs_tests_and_the_matrix(tmp_path: Path, machine: dict[str, str]) -> None:
    """With the inputs in variables, so that none is taken for a command; the reports are where they are uploaded."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    inputs = {name: str(each["default"]) for name, each in action["inputs"].items()}
    given = inputs | {"connector": CONNECTOR, "matrix": MATRIX, "tests": "-p no:cacheprovider"}
    steps = {step["name"]: step for step in action["runs"]["steps"] if "run" in step}

    for name in ("Tests", "Fault matrix"):
        step = steps[name]
        assert "${{" not in step["run"]
        names = {key: re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", text) for key, text in step["env"].items()}
        variables = {key: given[found[1]] for key, found in names.items() if found}
        assert variables.keys() == step["env"].keys()
        done = run(step["run"], tmp_path, machine | variables)
        assert done.returncode == 0, done.stdout

    reports = {path.name for path in (tmp_path / given["reports"]).iterdir()}
    assert reports == {"tests.xml", "matrix.xml", "matrix.html", "matrix.json"}
    assert "matrix" in (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text())) == set(inputs)


@pytest.mark.usefixtures("programs")
def test_the_gitlab_template_runs_the_matrix(tmp_path: Path, machine: dict[str, str]) -> None:
    """Its inputs are all used, its jobs have what GitLab needs, and a part of several machines is a shard."""
    header, jobs = yaml.safe_load_all((ROOT / "templates" / "contract-bench.yml").read_text(encoding="utf-8"))
    inputs: dict[str, Any] = {name: each.get("default") for name, each in header["spec"]["inputs"].items()}
    inputs |= {"matrix": MATRIX}
    job = jobs["contract-bench-matrix"]

    def filled(text: str) -> str:
        return EXPRESSION.sub(lambda found: str(inputs[found[1]]), text)

    (tmp_path / "contract-bench-reports").mkdir()
    done = run("\n".join(map(filled, job["script"])), tmp_path, machine | {"CONNECTOR": CONNECTOR})

    assert done.returncode == 0, done.stdout
    assert (tmp_path / job["artifacts"]["reports"]["junit"]).is_file()
    assert set(EXPRESSION.findall((ROOT / "templates" / "contract-bench.yml").read_text())) == set(inputs)
    assert {job["extends"] for name, job in jobs.items() if not name.startswith(".")} == {".contract-bench"}
