"""Processes that a test starts. Each has a process group of its own, which is killed whatever happens to the test."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

__all__ = ["is_alive", "kill_group", "patient", "run_command", "started"]

STOP_TIMEOUT_S = 5.0


def patient(package: str) -> list[str]:
    """Return the command of a program that has time for its end after a signal.

    On a busy machine, the limit that programs have otherwise would cut the end short, and with it the exit status.
    """
    code = f"from bench_core import signals; signals.LIMIT_S = 3600; from {package}.cli import main; main()"
    return [sys.executable, "-c", code]


def is_alive(pid: int) -> bool:
    """Whether a process exists and is not a zombie."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@contextmanager
def started(command: Sequence[str], **options: Any) -> Iterator["subprocess.Popen[str]"]:
    """Start a process, and end it with everything that it started when the context ends: with SIGTERM, then SIGKILL.

    Args:
        command: The program and its arguments.
        options: Options of `subprocess.Popen`. Pipes are text.
    """
    process = subprocess.Popen(command, text=True, start_new_session=True, **options)
    try:
        yield process
    finally:
        _signal_group(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_TIMEOUT_S)
        kill_group(process.pid)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


def read_until(process: "subprocess.Popen[str]", wanted: str) -> str:
    """Return the output up to the line that contains this text."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if wanted in line:
            return said
    raise AssertionError(f"expected {wanted!r}, got: {said}")


def kill_group(pid: int) -> None:
    """Kill a process group, if it still exists."""
    _signal_group(pid, signal.SIGKILL)


def _signal_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def run_command(
    command: Sequence[str], *, timeout_s: float, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end, with its errors in its output.

    Unlike with `subprocess.run`, nothing that the command started is left running, not even after a timeout.

    Raises:
        AssertionError: It did not end in time. The message ends with its output.
    """
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with started(command, cwd=cwd, env=env, **streams) as process:
        try:
            output, _ = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            kill_group(process.pid)
            output, _ = process.communicate()
            raise AssertionError(f"expected {list(command)} to end within {timeout_s:g} s, got:\n{output}") from None
        return subprocess.CompletedProcess(command, process.returncode, output, "")
