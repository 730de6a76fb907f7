"""A role as a process: how its failure is explained, and that nothing is left of it."""

import os
import signal
import sys
from pathlib import Path

import pytest

from bench_core.child import kill_group
from contract_bench.roles import process
from contract_bench.roles.process import ModuleProcess, ProcessError, wait_until
from tests.support.cases import for_each

ANNOUNCES = "import signal\nprint('listening at http://127.0.0.1:9')\n"
IGNORES_SIGTERM = f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{ANNOUNCES}signal.pause()\n"


def module(folder: Path, source: str) -> ModuleProcess:
    """A module with this source."""
    (folder / "role_of_a_test.py").write_text(source)
    environ = {**os.environ, "PYTHONPATH": str(folder)}
    return ModuleProcess("role_of_a_test", [], folder / "log", environ=environ)


def test_a_role_that_ends_at_once_is_explained_by_its_last_lines(tmp_path: Path) -> None:
    role = module(tmp_path, "for n in range(40): print('line', n)\nraise SystemExit('no token')\n")

    with pytest.raises(ProcessError) as caught:
        role.start()

    shown = str(caught.value).splitlines()
    assert shown[
        0
    ] == "expected role_of_a_test to run, got a process that did not print the address it listens on. " + (
        "Its last lines:"
    )
    assert len(shown[1:]) == 15
    assert "no token" in shown
    assert "line 0" in caught.value.output


def test_a_role_without_any_output_is_explained_too(tmp_path: Path) -> None:
    with pytest.raises(ProcessError, match=r"Its last lines:\n\(none\)"):
        module(tmp_path, "").start()


def test_a_role_that_announces_nothing_in_time_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "START_TIMEOUT_S", 0.05)
    role = module(tmp_path, "import signal\nsignal.pause()\n")

    with pytest.raises(ProcessError):
        role.start()

    role.stop()  # there is nothing to stop
    assert role.url == ""


def test_a_role_that_ignores_sigterm_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "STOP_TIMEOUT_S", 0.05)

    with module(tmp_path, IGNORES_SIGTERM) as role:
        assert role.url == "http://127.0.0.1:9"
        pid = role._process.pid if role._process else 0

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_role_can_be_killed_twice_and_started_again(tmp_path: Path) -> None:
    with module(tmp_path, f"{ANNOUNCES}signal.pause()\n") as role:
        role.kill()
        role.kill()
        role.start()

        assert role.url == "http://127.0.0.1:9"


def test_there_is_no_output_before_the_start(tmp_path: Path) -> None:
    assert module(tmp_path, "").output == ""


def test_a_group_that_is_gone_can_be_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ended by itself in the meantime."""
    sent = []

    def killpg(pid: int, number: int) -> None:
        sent.append((pid, number))
        raise ProcessLookupError

    monkeypatch.setattr(os, "killpg", killpg)

    kill_group(12345)

    assert sent == [(12345, signal.SIGKILL)]


@for_each(("met_at", "held"), [(0, True), (3, True), (sys.maxsize, False)])
def test_waiting_ends_when_the_condition_holds_or_the_time_is_over(met_at: int, held: bool) -> None:
    asked = []

    def condition() -> bool:
        asked.append(1)
        return len(asked) > met_at

    assert wait_until(condition, 9 if held else 0.02, pause_s=0.001) is held
    assert len(asked) > min(met_at, 1)
