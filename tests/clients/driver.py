"""A client in a process of its own, with the packages that are its own. See `programs/serving.py`."""

import json
import select
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.processes import started

__all__ = ["PROGRAMS", "ClientError", "Driver", "driven"]

PROGRAMS = Path(__file__).parent / "programs"
ANSWERS = ('{"result":', '{"error":')


class ClientError(Exception):
    """What the client raised."""


class Driver:
    """Calls the operations of one client."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def call(self, operation: str, **arguments: Any) -> Any:
        """Return what an operation returns.

        Raises:
            ClientError: the client raised something.
        """
        self.start(operation, **arguments)
        assert self._process.stdout is not None
        # A client may log on its standard output.
        line = next((line for line in self._process.stdout if line.startswith(ANSWERS)), None)
        assert line, f"the client's process ended during {operation}; its output is above"
        answer = json.loads(line)
        if "error" in answer:
            raise ClientError(answer["error"])
        return answer["result"]

    def start(self, operation: str, **arguments: Any) -> None:
        """Start an operation without waiting for its end."""
        writer = self._process.stdin
        assert writer is not None
        writer.write(json.dumps({"operation": operation, "arguments": arguments}) + "\n")
        writer.flush()

    def has_returned(self, *, within_s: float) -> bool:
        """Whether the operation that was started returns something in time. An error is nothing."""
        reader = self._process.stdout
        assert reader is not None
        ready, _, _ = select.select([reader], [], [], within_s)
        return bool(ready) and reader.readline().startswith(ANSWERS[0])


@contextmanager
def driven(command: Sequence[str | Path], url: str, token: str) -> Iterator[Driver]:
    """Start a client's program for an account. What it logs goes to this process's standard error."""
    with started(
        [*map(str, command), url, token], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROGRAMS
    ) as process:
        yield Driver(process)
