"""Runs all pipes repeatedly until nothing changes, as sesam-py's tests tell a node to do.

Assumed: the run ends after a round that changed nothing and `extra_zero_runs` more such rounds, or at the first
failure.
"""

import threading
import uuid
from dataclasses import dataclass

from fake_sesam.errors import FakeSesamError
from fake_sesam.node import Node
from fake_sesam.pump import PumpResult
from fake_sesam.pump.execution_log import timestamp

__all__ = ["RunAll", "RunAllSettings"]


@dataclass(frozen=True, slots=True)
class RunAllSettings:
    """When a run of all pipes stops."""

    extra_zero_runs: int = 0
    max_run_time_s: float = 900
    max_runs: int = 100
    is_reset: bool = False


class RunAll:
    """One run of all pipes.

    Attributes:
        status: `running`, then `success` or `failed`.
        additional_info: Why it failed.
        lines: The log. Shape: `[{"timestamp", "loglevel", "logdata"}]`.
    """

    def __init__(self, node: Node, settings: RunAllSettings) -> None:
        self._node = node
        self._settings = settings
        self._stop = threading.Event()
        self.token = uuid.uuid4().hex
        self.status = "running"
        self.additional_info = ""
        self.lines: list[dict[str, str]] = []

    def stop(self) -> None:
        """Stop after the pipe that is running."""
        self._stop.set()

    def execute(self) -> None:
        """Run until nothing changes, a pipe fails, or a limit is reached."""
        if self._settings.is_reset:
            self._node.delete_sink_datasets()
        try:
            self.additional_info = self._rounds()
        except FakeSesamError as error:
            self.additional_info = self._node.configuration.redact(str(error))
        self.status = "failed" if self.additional_info else "success"
        self._write(
            "ERROR" if self.additional_info else "INFO", self.additional_info or "nothing changed in the last round"
        )

    def _rounds(self) -> str:
        """Return why the run failed; an empty string if it succeeded."""
        quiet, began = 0, self._node.clock.elapsed()
        for _ in range(self._settings.max_runs):
            results = []
            for pipe_id in self._pipe_ids():
                if self._stop.is_set():
                    return "stopped"
                result = self._node.run_pipe(pipe_id)
                self._note(result)
                if not result.ok:
                    return f"pipe {pipe_id!r} failed: {result.error}"
                results.append(result)
            quiet = 0 if any(result.changed for result in results) else quiet + 1
            if quiet > self._settings.extra_zero_runs:
                return ""
            if self._node.clock.elapsed() - began > self._settings.max_run_time_s:
                return f"still changing after max_run_time ({self._settings.max_run_time_s:g} s)"
        return f"still changing after max_runs ({self._settings.max_runs})"

    def _pipe_ids(self) -> list[str]:
        """Return the pipes that can run; those that read from outside the node come first."""
        pipes = [pipe for pipe in self._node.pipes.values() if pipe.is_pumped and pipe.pump.mode != "off"]
        return [pipe.id for pipe in sorted(pipes, key=lambda pipe: (pipe.source.type == "dataset", pipe.id))]

    def _note(self, result: PumpResult) -> None:
        counts = f"{result.processed} processed, {result.changed} changed"
        self._write("INFO" if result.ok else "ERROR", f"{result.pipe}: {'ok' if result.ok else 'failed'}, {counts}")

    def _write(self, level: str, text: str) -> None:
        self.lines.append({"timestamp": timestamp(self._node.clock.now()), "loglevel": level, "logdata": text})
