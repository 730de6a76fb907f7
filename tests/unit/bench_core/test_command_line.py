"""How programs end."""

import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bench_core.command_line import CommandLine
from bench_core.options import ReportPath
from bench_core.signals import ENDING_SIGNALS, Interrupted, ProgramEnd, held_signals
from tests.support.cases import for_each
from tests.support.processes import started

ROOT = Path(__file__).resolve().parents[3]


class ExplainedError(Exception):
    """An error whose text is for the user."""


class Program(CommandLine):
    """A program of the tests."""

    explained = (ExplainedError,)


@click.group(cls=Program, name="prog")
def program() -> None:
    """A program."""


@program.command()
@click.argument("what")
def fail(what: str) -> None:
    """Fail in some way."""
    wrapped = RuntimeError("Error calling __set_name__ on 'Field' instance")
    wrapped.__cause__ = Interrupted(signal.SIGTERM)
    raise {
        "explained": ExplainedError("expected x, got y"),
        "interrupt": KeyboardInterrupt(),
        "term": Interrupted(signal.SIGTERM),
        "term in an import": wrapped,
        "bug": RuntimeError("of the program"),
        "pipe": BrokenPipeError(32, "Broken pipe"),
        "file": FileNotFoundError(2, "No such file or directory", "/a/b"),
        "defect": OSError("without a file"),
    }[what]


@for_each(
    ("what", "status", "said"),
    [
        ("explained", 2, "prog: expected x, got y\n"),
        ("interrupt", 130, "prog: interrupted (SIGINT)\n"),
        ("term", 143, "prog: interrupted (SIGTERM)\n"),
        ("term in an import", 143, "prog: interrupted (SIGTERM)\n"),
        ("pipe", 141, ""),
        ("file", 2, "prog: /a/b: No such file or directory. Check the path and its permissions.\n"),
    ],
)
def test_an_end_has_its_status_and_one_sentence(what: str, status: int, said: str) -> None:
    result = CliRunner().invoke(program, ["fail", what])

    assert (result.exit_code, result.stderr.lstrip("\n")) == (status, said)


def test_a_defect_of_the_program_is_not_dressed_up() -> None:
    for what, error in (("defect", OSError), ("bug", RuntimeError)):
        assert isinstance(CliRunner().invoke(program, ["fail", what]).exception, error)


def test_help_is_also_shown_for_h() -> None:
    assert "A program." in CliRunner().invoke(program, ["-h"]).output
    assert "Fail in some way." in CliRunner().invoke(program, ["fail", "-h"]).output
    assert "Fail in some way." in CliRunner().invoke(fail, ["-h"]).output


def test_a_wrong_command_is_answered_with_the_right_one() -> None:
    result = CliRunner().invoke(program, ["fial"])

    assert result.exit_code == 2
    assert "'fail'" in result.output


def test_the_first_signal_leaves_time_and_the_second_none() -> None:
    exits: list[int] = []
    end = ProgramEnd(limit_s=3600, exit_at_once=exits.append)

    end.begin(signal.SIGTERM)
    assert exits == []
    end.begin(signal.SIGINT)

    assert exits == [130]


@pytest.mark.parametrize("is_early", [True, False])
def test_an_end_that_has_to_save_something_has_no_limit(is_early: bool) -> None:
    """Whether that is said before the signal or after it. A second signal still ends it at once."""
    exits: list[int] = []
    end = ProgramEnd(limit_s=3600, exit_at_once=exits.append)

    if is_early:
        end.lift_limit()
    end.begin(signal.SIGTERM)
    end.lift_limit()

    assert end._timer is None if is_early else end._timer is not None and end._timer.finished.is_set()
    end.begin(signal.SIGTERM)
    assert exits == [143]


def test_an_end_that_takes_too_long_is_cut_short() -> None:
    ended: queue.SimpleQueue[int] = queue.SimpleQueue()

    ProgramEnd(limit_s=0, exit_at_once=ended.put).begin(signal.SIGHUP)

    assert ended.get(timeout=60) == 129


def test_an_end_waits_for_a_child_that_another_thread_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it ends with the program."""
    monkeypatch.setattr("bench_core.signals.START_LIMIT_S", 3600)
    order: queue.SimpleQueue[object] = queue.SimpleQueue()
    starting, go_on = threading.Event(), threading.Event()

    def start() -> None:
        with held_signals():
            starting.set()
            go_on.wait(60)
            order.put("started")

    thread = threading.Thread(target=start)
    thread.start()
    starting.wait(60)
    ProgramEnd(limit_s=0, exit_at_once=order.put).begin(signal.SIGHUP)
    go_on.set()
    thread.join()

    assert order.get(timeout=60) == "started"
    assert order.get(timeout=60) == 129


# The limit is of no interest here, and a busy machine must not reach it. Many short sleeps: a signal that arrives after
# Python has last looked for one, and before the call has begun, does not end the call.
SLEEPER = """
import time
from bench_core import signals
from tests.unit.bench_core.test_command_line import program
signals.LIMIT_S = 3600
@program.command()
def wait():
    print("ready", flush=True)
    while True:
        time.sleep(0.01)
program()
"""


def test_each_signal_ends_a_program_with_its_status() -> None:
    for number in ENDING_SIGNALS:
        with started(
            [sys.executable, "-c", SLEEPER, "wait"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            process.send_signal(number)
            _, said = process.communicate()

        assert process.returncode == 128 + number
        assert f"prog: interrupted ({number.name})" in said


def test_the_folder_of_a_report_is_made_before_the_work(tmp_path: Path) -> None:
    found = ReportPath().convert(str(tmp_path / "new" / "report.xml"), None, None)

    assert found == tmp_path / "new" / "report.xml"
    assert found.parent.is_dir()
    assert ReportPath(allow_dash=True).convert("-", None, None) == Path("-")


@pytest.mark.parametrize("name", [".", "file/report.xml"])
def test_a_report_that_cannot_be_written_is_refused_before_the_work(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(click.BadParameter, match=r"is a directory|cannot be made"):
        ReportPath().convert(str(tmp_path / name), None, None)


def test_a_folder_without_permission_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere

    with pytest.raises(click.BadParameter, match="nothing can be written to the folder"):
        ReportPath().convert(str(tmp_path / "report.xml"), None, None)
