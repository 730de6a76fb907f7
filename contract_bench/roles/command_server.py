"""A server that is started by a command and told its port in the variable PORT."""

import os
import shlex
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench_core.child import Child
from contract_bench.errors import BenchError
from contract_bench.roles.process import end_process, wait_until

__all__ = ["CommandServerError", "command_server"]

START_TIMEOUT_S = 30.0
LINES_SHOWN = 15


class CommandServerError(BenchError):
    """The command did not start a server."""

    def __init__(self, command: str, problem: str, output: str) -> None:
        self.command = command
        last = "\n".join(output.splitlines()[-LINES_SHOWN:]) or "(none)"
        super().__init__(
            f"expected {command!r} to listen on 127.0.0.1 at the port in the variable PORT: {problem}. "
            f"Its last lines:\n{last}"
        )


@contextmanager
def command_server(command: str) -> Iterator[str]:
    """Start a server and stop it at the end; yields its URL.

    Raises:
        CommandServerError: It does not start, or does not listen in time.
    """
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="contract-bench-upstream-") as folder:
        log = Path(folder) / "output"
        with log.open("wb") as output:
            process = _start(command, port, output.fileno())
        try:
            wait_until(lambda: process.poll() is not None or _listens(port), START_TIMEOUT_S)
            if process.poll() is not None or not _listens(port):
                ended = process.poll()
                problem = f"it ended with status {ended}" if ended is not None else "it does not listen there"
                raise CommandServerError(command, problem, log.read_text(encoding="utf-8", errors="replace"))
            yield f"http://127.0.0.1:{port}"
        finally:
            end_process(process)


def _start(command: str, port: int, output: int) -> Child:
    words = shlex.split(command)
    try:
        environment = {**os.environ, "PORT": str(port), "HOST": "127.0.0.1"}
        return Child(words, env=environment, stdout=output, stderr=subprocess.STDOUT)
    except OSError as error:
        raise CommandServerError(command, f"it cannot be started ({error.strerror})", "") from error


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
