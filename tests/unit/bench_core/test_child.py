"""A child ends with its parent, also if the parent is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bench_core.child import MARK, Child, end_orphans
from bench_core.owner import OwnerProcess
from tests.support.cases import for_each
from tests.support.processes import is_alive, started
from tests.support.waiting import wait_until

ENV = {"PATH": os.environ["PATH"]}
# A program that starts another one, ignores SIGTERM, and writes both ids.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), other.pid, flush=True)
time.sleep(60)
"""
PARENT = f"""
import sys
from bench_core import child as module
from bench_core.child import Child
module.MARK = sys.argv[1]
child = Child([sys.executable, "-c", {STUBBORN!r}], env={ENV!r}, stdout=sys.stdout)
print("watched", flush=True)
child.wait()
"""


# A program that gets a signal between the start of its child and that of the watcher.
INTERRUPTED = f"""
import signal, sys, time
from bench_core.child import Child
from bench_core.signals import end_at_signals
end_at_signals()
watch = Child._watch
def interrupted(child):
    signal.raise_signal(getattr(signal, sys.argv[1]))
    print(child.pid, flush=True)
    watch(child)
Child._watch = interrupted
try:
    Child([sys.executable, "-c", "import time; time.sleep(60)"], env={ENV!r})
except KeyboardInterrupt as error:
    print(repr(error), flush=True)
"""


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch) -> str:
    """A mark that only this test looks for: what has the usual one is ended by every run on the machine."""
    mark = f"{MARK}_{os.getpid()}"
    monkeypatch.setattr("bench_core.child.MARK", mark)
    return mark


@pytest.fixture
def parent(mark: str) -> Iterator["subprocess.Popen[str]"]:
    """A process with a child."""
    root = Path(__file__).parents[3]
    with started(
        [sys.executable, "-c", PARENT, mark], stdout=subprocess.PIPE, env={**ENV, "PYTHONPATH": str(root)}
    ) as process:
        yield process


def family_of(parent: "subprocess.Popen[str]") -> list[int]:
    """The ids of the child and of the process that it started, once the child is watched."""
    assert parent.stdout is not None
    lines = [parent.stdout.readline().split() for _ in range(2)]
    lines.remove(["watched"])
    return [int(each) for each in lines[0]]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_what_a_child_started_ends_with_the_parent(parent: "subprocess.Popen[str]", number: signal.Signals) -> None:
    """However the parent ends."""
    family = family_of(parent)
    assert all(map(is_alive, family))

    parent.send_signal(number)

    wait_until(lambda: not any(map(is_alive, family)), "the end of the child and of its child")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_waits_until_a_child_is_watched(number: signal.Signals) -> None:
    """Otherwise the child would not end with the program."""
    root = Path(__file__).parents[3]
    with started(
        [sys.executable, "-c", INTERRUPTED, number.name], stdout=subprocess.PIPE, env={**ENV, "PYTHONPATH": str(root)}
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())

        assert process.stdout.readline() == f"Interrupted('{number.name}')\n"
        wait_until(lambda: not is_alive(child), "the end of the child")


def test_what_is_left_is_ended_by_the_next_run(parent: "subprocess.Popen[str]") -> None:
    """If the watcher was killed as well."""
    child, other = family_of(parent)
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"watch\0{child}\0" in (entry / "cmdline").read_text():
                os.kill(int(entry.name), signal.SIGKILL)
    assert child not in end_orphans()
    parent.kill()
    parent.wait()
    assert is_alive(child)

    assert child in end_orphans()
    wait_until(lambda: not is_alive(child) and not is_alive(other), "the end of what was left")


def test_a_child_runs_as_if_it_was_started_directly(tmp_path: Path) -> None:
    """Its arguments, its environment, its folder, its exit status and its empty standard input."""
    program = "import os, sys; print(sys.argv[1:], sys.stdin.read(), os.getcwd(), os.environ['x-y']); sys.exit(7)"
    arguments = ["a b", "*", "$X", "", "'\"", "-c"]
    child = Child(
        [sys.executable, "-c", program, *arguments], env={**ENV, "x-y": "é"}, cwd=tmp_path, stdout=subprocess.PIPE
    )

    output, _ = child.communicate()
    child.release()

    assert output.decode() == f"{arguments}  {tmp_path} é\n"
    assert child.returncode == 7


def test_release_ends_what_is_left_of_the_group() -> None:
    program = (
        "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid)"
    )
    child = Child([sys.executable, "-c", program], env=ENV, stdout=subprocess.PIPE)
    assert child.stdout is not None
    with child.stdout as output:
        left = int(output.readline())
    child.wait()
    assert is_alive(left)

    child.release()

    wait_until(lambda: not is_alive(left), "the end of the group")


@for_each(
    ("name", "error"),
    [("no-such-program", FileNotFoundError), ("/no/such/program", FileNotFoundError), ("/etc", PermissionError)],
)
def test_a_program_that_cannot_be_run_is_an_error_here(name: str, error: type[OSError]) -> None:
    """Not a message of the shell."""
    with pytest.raises(error, match=name):
        Child([name], env=ENV)


def test_a_relative_program_starts_in_the_folder_of_the_child(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(PermissionError):
        Child(["./run"], env=ENV, cwd=tmp_path)
    (tmp_path / "run").chmod(0o700)
    child = Child(["./run"], env=ENV, cwd=tmp_path)

    assert child.wait() == 3
    child.release()


def test_a_child_carries_the_mark_of_its_parent() -> None:
    child = Child(["sh", "-c", f"echo ${MARK}"], env=ENV, stdout=subprocess.PIPE)

    output, _ = child.communicate()
    child.release()

    assert output.decode().strip() == str(OwnerProcess.of_process())


def test_without_a_shell_a_child_is_not_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs all the same, and can be let go, more than once."""
    monkeypatch.setattr("bench_core.child.SHELL", "/nowhere/sh")
    child = Child([sys.executable, "-c", "print('here')"], env=ENV, stdout=subprocess.PIPE)

    output = child.communicate()[0]
    child.release()
    child.release()

    assert output == b"here\n"
    assert child._watcher is None


def test_a_watch_that_cannot_begin_leaves_no_pipe_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell may be there and not start. Letting the child go closes what is left."""
    with monkeypatch.context() as patched:
        patched.setattr("bench_core.child.SHELL", "/dev/null")  # it exists, and cannot be run
        child = Child.__new__(Child)
        with pytest.raises(PermissionError):
            child.__init__([sys.executable, "-c", ""], env=ENV)  # type: ignore[misc]
    life = child._life
    assert life is not None

    child.wait()
    child.release()

    assert child._life is None
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(life)
