"""Nested runs of these tests that fail or are killed: what they print and what they leave behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench_core.owner import OwnerProcess
from contract_bench.roles.leftovers import OWNER_LABEL
from tests.e2e import cleaning, engine
from tests.e2e.conftest import OUTER_TAG
from tests.e2e.loop import DEADLINE_S
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

ENDS = "import pytest\n\n\ndef pytest_runtest_call(item):\n    pytest.fail('on purpose')\n"
WAITS = "import signal\n\n\ndef pytest_runtest_call(item):\n    signal.pause()\n"


@contextmanager
def run_of_a_test(folder: Path, tag: str, plugin: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a test with the loop in containers and a plugin that interferes once everything is set up."""
    (folder / "interfering.py").write_text(plugin)
    options = ("-m", "e2e", "-p", "interfering", "-p", "no:cacheprovider")
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, "tests/e2e/test_law.py::test_connector_killed_during_a_pull"],
        cwd=engine.ROOT,
        env={**os.environ, "PYTHONPATH": str(folder), OUTER_TAG: tag},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def belongings(owner: OwnerProcess) -> list[str]:
    """Return the containers and networks that a process started."""
    mark = ("--quiet", "--filter", f"label={OWNER_LABEL}={owner}")
    return [*engine.docker("ps", "--all", *mark).split(), *engine.docker("network", "ls", *mark).split()]


def test_failed_test_prints_the_journal_and_the_logs(images: dict[str, str], image_tag: str, tmp_path: Path) -> None:
    """And leaves nothing running."""
    with run_of_a_test(tmp_path, image_tag, ENDS) as run:
        owner = OwnerProcess.of_process(run.pid)
        output, _ = run.communicate(timeout=120)

    assert run.returncode == 1
    assert "on purpose" in output
    for shown in ("journal of", "GET /crm/v3/objects/contacts", "execution log of hasty-full"):
        assert shown in output, output
    assert belongings(owner) == []


def test_leftovers_of_a_killed_run_are_removed_by_the_next_run(
    images: dict[str, str], image_tag: str, tmp_path: Path
) -> None:
    """No fixture can clean up after SIGKILL."""
    with run_of_a_test(tmp_path, image_tag, WAITS) as run:
        owner = OwnerProcess.of_process(run.pid)
        wait_until(
            lambda: belongings(owner),
            "four containers and two networks",
            is_met=lambda found: len(found) >= 6,
            timeout_s=DEADLINE_S,
        )
        os.kill(run.pid, signal.SIGKILL)
        run.wait(timeout=20)
    assert belongings(owner) != []

    cleaning.clean()

    assert belongings(owner) == []
