"""A microservice as a process on this machine, in its own process group, which is stopped as a whole.

It ends with the node, even if the node is killed.

Source: docs (configuration-systems-microservice.rst) for the environment. Only in this node: `PORT` and
`port` name a free port, and of the node's own environment the process gets only what a program needs to start. So a
setting that is missing from the configuration is missing here too, as it would be in a container.
Assumed: `HOST` is `127.0.0.1` unless configured, so that other machines cannot reach a program that uses it.
"""

import collections
import contextlib
import os
import select
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import IO

from bench_core.child import Child, kill_group, signal_group
from bench_core.text import uncoloured
from fake_sesam.config import System
from fake_sesam.errors import MicroserviceError
from fake_sesam.microservice.readiness import answers, wait_until

__all__ = ["LocalProcess", "process_environment"]

LOG_LINES = 5000
READ_BYTES = 64 * 1024
POLL_MS = 500
_INHERITED = {
    "PATH", "HOME", "LANG", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHASHSEED",
    "PYTHONDONTWRITEBYTECODE", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "COVERAGE_PROCESS_START",
    "COVERAGE_PROCESS_CONFIG",
}  # fmt: skip


class LocalProcess:
    """A microservice started with a command.

    Args:
        system: The system that it is.
        command: The command.
        environ: The environment of this process.
        is_answering: Whether it answers on a port.
        now: The time, in seconds since 1970.
        start_timeout_s: How long it may take to answer.
        stop_timeout_s: How long it may take to end after SIGTERM.
        on_line: Called with each line of its output; it must not wait.
    """

    def __init__(
        self,
        system: System,
        command: str,
        *,
        environ: Mapping[str, str] | None = None,
        is_answering: Callable[[str, int], bool] = answers,
        now: Callable[[], float] = time.time,
        start_timeout_s: float = 30,
        stop_timeout_s: float = 5,
        on_line: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self._system = system
        self._command = command
        self._environ = os.environ if environ is None else environ
        self._is_answering = is_answering
        self._now = now
        self._start_timeout_s = start_timeout_s
        self._stop_timeout_s = stop_timeout_s
        self._on_line = on_line
        self._process: Child | None = None
        self._reader: threading.Thread | None = None
        self._lines: collections.deque[tuple[float, str]] = collections.deque(maxlen=LOG_LINES)
        self._unfinished = b""
        self._lock = threading.RLock()
        self._log_lock = threading.Lock()
        self._url = ""

    def start(self) -> str:
        """Start the process if it is not running, and wait until it answers.

        Raises:
            MicroserviceError: It cannot be started, it exited, or it did not answer in time.
        """
        with self._lock:
            if self.is_running():
                return self._url
            self.stop()
            port = _free_port()
            self._process = self._spawn(port)
            self._reader = threading.Thread(target=self._collect, args=(self._process,), daemon=True)
            self._reader.start()
            self._wait(port)
            self._url = f"http://127.0.0.1:{port}"
            return self._url

    def stop(self) -> None:
        """Stop the whole process group: with SIGTERM, and with SIGKILL after the timeout."""
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return
            signal_group(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(self._stop_timeout_s)
            kill_group(process.pid)
            process.wait()
            process.release()
            if self._reader is not None:
                self._reader.join(self._stop_timeout_s)
            with self._log_lock:
                if process.stdout is not None:
                    process.stdout.close()

    def is_running(self) -> bool:
        """Whether the process has been started and has not exited."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        return self._process.pid if self._process is not None else None

    def log_lines(self, *, since: float = 0) -> list[str]:
        """Return the last lines of its standard output and error, read after `since` (seconds since 1970).

        All that the process has written before this call is included, even if this machine is busy.
        """
        process = self._process
        if process is not None:
            self._drain(process)
        return [line for at, line in list(self._lines) if at > since]

    def _spawn(self, port: int) -> Child:
        arguments = shlex.split(self._command)
        if not arguments:
            raise MicroserviceError(f"the command of system {self._system.id!r} is empty", system_id=self._system.id)
        if arguments[0] in ("python", "python3"):
            arguments[0] = sys.executable
        try:
            process = Child(
                arguments,
                env=process_environment(self._system, self._environ, port=port),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
            )
        except OSError as error:
            message = f"cannot start system {self._system.id!r} with {self._command!r}: {error.strerror}"
            raise MicroserviceError(message, system_id=self._system.id) from error
        os.set_blocking(_output_of(process).fileno(), False)
        return process

    def _wait(self, port: int) -> None:
        wait_until(
            lambda: not self.is_running() or self._is_answering("127.0.0.1", port), timeout_s=self._start_timeout_s
        )
        if self.is_running() and self._is_answering("127.0.0.1", port):
            return
        process = self._process
        status = process.poll() if process is not None else None
        if status is None:
            seconds = f"{self._start_timeout_s:g} s"
            what = f"did not answer on port {port} within {seconds} (PORT and port tell it the port)"
        else:
            what = f"ended early with status {status}"
        self.stop()
        tail = tuple(self.log_lines())[-20:]
        message = f"system {self._system.id!r} ({self._command}) {what}. Its last lines:\n" + "\n".join(
            tail or ("(none)",)
        )
        raise MicroserviceError(message, system_id=self._system.id, log_tail=tail)

    def _collect(self, process: subprocess.Popen[bytes]) -> None:
        ready = select.poll()
        ready.register(_output_of(process), select.POLLIN)
        while self._drain(process):
            ready.poll(POLL_MS)

    def _drain(self, process: subprocess.Popen[bytes]) -> bool:
        """Read what the process has written so far. Returns whether more can follow."""
        stream = _output_of(process)
        with self._log_lock:
            if stream.closed:
                return False
            while got := stream.read(READ_BYTES):
                self._note(got)
            if got is None:  # nothing to read at the moment
                return True
            if self._unfinished:
                self._note(b"\n")
            return False

    def _note(self, got: bytes) -> None:
        *lines, self._unfinished = (self._unfinished + got).split(b"\n")
        at = self._now()
        for line in lines:
            text = uncoloured(line.decode("utf-8", "replace").removesuffix("\r"))
            self._lines.append((at, text))
            self._on_line(text)


def _output_of(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdout is None:
        raise AssertionError("expected a process whose output is a pipe")
    return process.stdout


def process_environment(system: System, environ: Mapping[str, str], *, port: int) -> dict[str, str]:
    """Return the environment of a microservice's process."""
    inherited = {name: value for name, value in environ.items() if name in _INHERITED or name.startswith("LC_")}
    configured = dict(system.docker.environment) if system.docker else {}
    return {
        **inherited,
        "PYTHONUNBUFFERED": "1",
        "HOST": "127.0.0.1",
        **configured,
        "PORT": str(port),
        "port": str(port),
    }


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
