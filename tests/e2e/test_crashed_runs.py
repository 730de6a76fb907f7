"""Runs of these very tests that fail or are killed: what they print, and what they leave behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract_bench.roles.leftovers import OWNER_LABEL, Owner
from tests.e2e import cleaning, engine
from tests.e2e.conftest import OUTER_TAG
from tests.e2e.loop import DEADLINE_S
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

ENDS = "import pytest\n\n\ndef pytest_runtest_call(item):\n    pytest.fail('on purpose')\n"
WAITS = "import signal\n\n\ndef pytest_runtest_call(item):\n    signal.pause()\n"


@contextmanager
def run_of_a_test(folder: Path, tag: str, meddling: str) -> Iterator["subprocess.Popen[str]"]:
    """A test with the whole loop in containers, and a plugin that meddles with it once everything is set up."""
    (folder / "meddling.py").write_text(meddling)
    options = ("-m", "e2e", "-p", "meddling", "-p", "no:cacheprovider", "-k", "killed_in_mid_stream")
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, "tests/e2e/test_law.py"],
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


def belongings(owner: Owner) -> list[str]:
    """The containers and networks that a process started."""
    mark = ("--quiet", "--filter", f"label={OWNER_LABEL}={owner}")
    return [*engine.docker("ps", "--all", *mark).split(), *engine.docker("network", "ls", *mark).split()]


def test_a_failed_test_shows_the_journal_and_the_logs(images: dict[str, str], image_tag: str, tmp_path: Path) -> None:
    """What HubSpot was asked, what each pump came to, and nothing left running."""
    with run_of_a_test(tmp_path, image_tag, ENDS) as run:
        owner = Owner.of_process(run.pid)
        output, _ = run.communicate(timeout=120)

    assert run.returncode == 1
    assert "on purpose" in output
    for shown in ("journal of", "GET /crm/v3/objects/contacts", "execution log of hasty-full"):
        assert shown in output, output
    assert belongings(owner) == []


def test_what_a_killed_run_left_behind_is_removed_by_the_next(
    images: dict[str, str], image_tag: str, tmp_path: Path
) -> None:
    """SIGKILL in the middle of a test: no fixture of that run can clean up."""
    with run_of_a_test(tmp_path, image_tag, WAITS) as run:
        owner = Owner.of_process(run.pid)
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
