"""A developer's inner loop: the time from a saved file to a test result, and the cost of a portal per test."""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Section
from benchmarks.processes import BYTECODE, ROOT, seconds

OURS = "contract-bench"
FIXTURE_MS, THOUSAND_S, MATRIX_S, SUITE_S = 30, 60, 180, 90
FEW = 100
WITHOUT = "import pytest\n\n@pytest.mark.parametrize('number', range({count}))\ndef test_nothing(number):\n    pass\n"
WITH = WITHOUT.replace("nothing(number)", "portal(number, hubspot_portal)")
PULL = """
def test_failure_deletes_nothing(hubspot_faults, sesam_node):
    assert sesam_node.pull().ok
    hubspot_faults.add("server-error", page=2, times="forever")
    assert not sesam_node.pull().ok
"""
SETTINGS = f"""[pytest]
contract_bench_connector = {shlex.quote(sys.executable)} -m service
contract_bench_environment =
    HUBSPOT_RETRIES=1
    PYTHONPATH={ROOT}
"""


def run(full: bool) -> Section:
    """Measure it."""
    section = Section("inner-loop", "A developer's inner loop", OURS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pytest.ini").write_text(SETTINGS)
        _fixture(section, folder)
        _parallel(section, folder, 1000 if full else 200)
        _verdict(section, folder)
        _unused(section, folder)
    _start(section)
    if full:
        _whole(section, "fault matrix in full", MATRIX_S, "-m", "contract_bench", "matrix")
        _whole(section, "tests without containers", SUITE_S, "-m", "pytest", *SUITE, "-p", "no:cacheprovider")
    return section


SUITE = ("-q", "-n", "4", "--dist", "loadfile", "--no-loadscope-reorder", "-m", "not e2e")


def python_seconds(folder: Path, *arguments: str) -> tuple[float, str]:
    """Run a Python command, and return how long it took and its output.

    Raises:
        RuntimeError: It failed. The message ends with its output.
    """
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done: list[subprocess.CompletedProcess[str]] = []
    command, env = [sys.executable, *arguments], {**environ, "PYTHONPYCACHEPREFIX": str(BYTECODE)}
    took = seconds(
        lambda: done.append(
            subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=900, check=False)
        )
    )
    if done[0].returncode != 0:
        raise RuntimeError(f"{command!r} failed: {(done[0].stdout + done[0].stderr)[-2000:]}")
    return took, done[0].stdout


def _pytest(folder: Path, text: str, *options: str) -> float:
    """Time the whole command, as a developer types it."""
    (folder / "test_measured.py").write_text(text)
    return python_seconds(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "test_measured.py")[0]


def _fixture(section: Section, folder: Path) -> None:
    """Compare N tests with a portal and N without, both minus one test, because the server starts once per session."""
    work = "a new portal for each test"
    _pytest(folder, WITH.format(count=1))
    texts = {(kind, n): kind.format(count=n) for kind in (WITH, WITHOUT) for n in (1, FEW + 1)}
    rounds = [{key: _pytest(folder, text, "-p", "no:xdist") for key, text in texts.items()} for _ in range(2)]
    least = {key: min(run[key] for run in rounds) for key in texts}
    each = (
        fixture_s(least[WITH, 1], least[WITH, FEW + 1]) - fixture_s(least[WITHOUT, 1], least[WITHOUT, FEW + 1])
    ) * 1000
    section.add(work, OURS, "time per test", each, "ms", "less")
    section.promise(f"{work}: ms, under {FIXTURE_MS}", FIXTURE_MS, each, "less")


def fixture_s(one: float, many: float) -> float:
    """Return the seconds per additional test, from runs of 1 and FEW + 1 tests."""
    return (many - one) / FEW


def _parallel(section: Section, folder: Path, tests: int) -> None:
    work = f"{tests:,} tests with a portal each, two workers"
    took = _pytest(folder, WITH.format(count=tests), "-n", "2")
    section.add(work, OURS, "time", took, "s", "less")
    if tests >= 1000:
        section.promise(f"{work}: seconds, under {THOUSAND_S}", THOUSAND_S, took, "less")


def _verdict(section: Section, folder: Path) -> None:
    """Time a pytest run with a connector as a process, a node, a successful pull and a failed one."""
    took = min(_pytest(folder, PULL, "-p", "no:xdist") for _ in range(2))
    section.add("from a saved file to the result of one test", OURS, "time", took, "s", "less")


def _unused(section: Section, folder: Path) -> None:
    work, text = "start of pytest, one empty test", WITHOUT.format(count=1)
    ways = {OURS: (), "pytest without the plugin": ("-p", "no:contract-bench")}
    bare = ("--override-ini", "addopts=", "-c", os.devnull)  # settings of a plugin that is not loaded would be an error
    rounds = [{subject: _pytest(folder, text, *bare, *options) for subject, options in ways.items()} for _ in range(3)]
    for subject in ways:
        section.add(work, subject, "time", min(run[subject] for run in rounds), "s", "less")


def _start(section: Section) -> None:
    """Time starting the three roles, a pull of 250 contacts, and stopping everything."""
    took = min(python_seconds(ROOT, "-m", "contract_bench", "demo", "--scenario", "success")[0] for _ in range(2))
    section.add("start the three roles, pull, stop", OURS, "time", took, "s", "less")


def _whole(section: Section, work: str, within_s: int, *arguments: str) -> None:
    """Time a command. If it fails, note that in the section and continue."""
    try:
        took, said = python_seconds(ROOT, *arguments)
    except (RuntimeError, subprocess.TimeoutExpired) as problem:
        section.notes.append(f"{work}: not measured, {str(problem)[-300:]}")
        return
    section.add(work, OURS, "time", took, "s", "less")
    section.promise(f"{work}: seconds, under {within_s}", within_s, took, "less")
    if found := re.search(r"(\d+ (?:passed|cells)\b.*)", said):
        section.notes.append(f"{work}: {found[1]}")
