"""Runs all pipes repeatedly until nothing changes, as sesam-py's tests tell a node to do.

Source: reader (sesam-py 2.11: what its options say and when it sends them): pipes are reset and sink datasets deleted
unless the client says otherwise; a failing input pipe fails the run only if the client asks for that. Docs
(dtl-functions-hops.rst): a pipe waits until the datasets that it joins with are populated.

Assumed: an input pipe is one that reads from outside the node; input pipes that join with nothing run at the same
time, eight at most, and the others one by one, after those that write what they read; a pipe whose joined datasets have
changed since it ran reads everything again; the run ends after a round that changed nothing and `extra_zero_runs` more
such rounds, or after a round in which a pipe failed; a pipe that still waits then fails the run.
"""

import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from fake_sesam.config import Pipe
from fake_sesam.config.dependencies import lookup_datasets, source_datasets
from fake_sesam.errors import FakeSesamError
from fake_sesam.node import Node
from fake_sesam.pump import PumpResult, load_state
from fake_sesam.pump.execution_log import timestamp
from fake_sesam.resetting import reset_pipes

__all__ = ["RunAll", "RunAllSettings"]

READ_TOGETHER = 8


@dataclass(frozen=True, slots=True)
class RunAllSettings:
    """When a run of all pipes stops, what it begins with and what fails it.

    Attributes:
        is_reset: Reset the pipes and delete their datasets first.
        deletes_input_datasets: A reset deletes also what clients have posted to `http_endpoint` sources.
        checks_input_pipes: A pipe that fails to read from outside the node fails the run.
        shows_statistics: The additional information has a line for each pipe.
    """

    extra_zero_runs: int = 0
    max_run_time_s: float = 900
    max_runs: int = 100
    is_reset: bool = True
    deletes_input_datasets: bool = True
    checks_input_pipes: bool = False
    shows_statistics: bool = False


@dataclass(slots=True)
class _Statistics:
    """What the runs of one pipe have done so far."""

    runs: int = 0
    processed: int = 0
    changed: int = 0
    deleted: int = 0
    seconds: float = 0.0

    def add(self, result: PumpResult) -> None:
        """Add one run."""
        self.runs += 1
        self.processed += result.processed
        self.changed += result.changed
        self.deleted += result.deleted
        self.seconds += result.seconds

    def __str__(self) -> str:
        counts = f"{self.processed} processed, {self.changed} changed, {self.deleted} deleted"
        return f"{self.runs} runs, {counts}, {self.seconds:.3f} s"


@dataclass(slots=True)
class _Round:
    """What one round of all pipes has come to."""

    has_changed: bool = False
    failures: list[str] = field(default_factory=list)
    waiting: dict[str, str] = field(default_factory=dict)


class RunAll:
    """One run of all pipes.

    Attributes:
        status: `running`, then `success` or `failed`.
        additional_info: Why it failed, or what a client should know of a run that succeeded; None for nothing.
        lines: The log. Shape: `[{"timestamp", "loglevel", "logdata"}]`.
    """

    def __init__(self, node: Node, settings: RunAllSettings) -> None:
        self._node = node
        self._settings = settings
        self._stop = threading.Event()
        self._ended = threading.Event()
        self._failed_inputs: dict[str, str] = {}
        self._read_up_to: dict[str, Mapping[str, int]] = {}
        self._statistics: dict[str, _Statistics] = {}
        self.token = uuid.uuid4().hex
        self.status = "running"
        self.additional_info: str | None = None
        self.lines: list[dict[str, str]] = []

    def stop(self) -> None:
        """Stop after the pipe that is running."""
        self._stop.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait until the run has ended, at most so many seconds; return whether it has."""
        return self._ended.wait(timeout_s)

    def execute(self) -> None:
        """Run until nothing changes, a pipe fails, or a limit is reached."""
        try:
            if self._settings.is_reset:
                reset_pipes(self._node, includes_received=self._settings.deletes_input_datasets)
            reason = self._rounds()
        except Exception as error:  # whatever it is: a run that ended in an error has not succeeded
            reason = f"{type(error).__name__}: {error}"
        self._end(self._node.configuration.redact(reason))

    def _end(self, reason: str) -> None:
        self._write("ERROR" if reason else "INFO", reason or "nothing changed in the last round")
        notes = [reason] if reason else []
        notes += [self._node.configuration.redact(note) for note in self._notes()]
        self.additional_info = "\n".join(notes) or None
        self.status = "failed" if reason else "success"
        self._ended.set()

    def _notes(self) -> Iterator[str]:
        for pipe_id, reason in self._failed_inputs.items():
            yield f"input pipe {pipe_id!r} failed, and the client did not ask to check input pipes: {reason}"
        for pipe_id in self._node.configuration.current.invalid_pipes:
            yield f"pipe {pipe_id!r} did not run: its configuration is invalid"
        if self._settings.shows_statistics:
            yield from (f"{pipe_id}: {statistics}" for pipe_id, statistics in sorted(self._statistics.items()))

    def _rounds(self) -> str:
        """Return why the run failed; an empty string if it succeeded."""
        quiet, began = 0, self._node.clock.elapsed()
        for _ in range(self._settings.max_runs):
            done = self._round()
            if self._stop.is_set():
                return "stopped"
            if done.failures:
                return "\n".join(done.failures)
            quiet = 0 if done.has_changed else quiet + 1
            if quiet > self._settings.extra_zero_runs:
                return "\n".join(done.waiting.values())
            if self._node.clock.elapsed() - began > self._settings.max_run_time_s:
                return f"still changing after max_run_time ({self._settings.max_run_time_s:g} s)"
        return f"still changing after max_runs ({self._settings.max_runs})"

    def _round(self) -> _Round:
        done = _Round()
        pipes = [pipe for pipe in _in_order(self._runnable()) if pipe.id not in self._failed_inputs]
        from_outside = [pipe for pipe in pipes if _reads_from_outside(pipe)]
        self._run_together(from_outside, done)
        for pipe in pipes:
            if self._stop.is_set():
                break
            if pipe not in from_outside:
                self._visit(pipe, done)
        return done

    def _run_together(self, pipes: list[Pipe], done: _Round) -> None:
        """Run pipes that read nothing of this node at the same time: they wait for others most of the time."""
        if not pipes:
            return
        with ThreadPoolExecutor(min(len(pipes), READ_TOGETHER), "run-all") as threads:
            outcomes = threads.map(self._outcome, pipes)
            for pipe, outcome in zip(pipes, outcomes, strict=True):
                self._take(pipe, outcome, done)

    def _runnable(self) -> Iterator[Pipe]:
        for pipe in self._node.pipes.values():
            is_on = pipe.pump.mode != "off" and not load_state(self._node.store, pipe.id).is_disabled
            if pipe.is_pumped and is_on:
                yield pipe

    def _visit(self, pipe: Pipe, done: _Round) -> None:
        """Run a pipe, unless it has to wait for a dataset."""
        offsets = {}
        for dataset_id in lookup_datasets(pipe.effective):
            dataset = self._node.dataset(dataset_id)
            if not dataset.is_populated:
                done.waiting[pipe.id] = f"pipe {pipe.id!r} waits for dataset {dataset_id!r}, which is not populated"
                self._write("INFO", done.waiting[pipe.id])
                return
            offsets[dataset_id] = dataset.visible_end
        is_rescan = self._read_up_to.get(pipe.id, offsets) != offsets
        self._read_up_to[pipe.id] = offsets
        self._take(pipe, self._outcome(pipe, is_rescan=is_rescan), done)

    def _outcome(self, pipe: Pipe, *, is_rescan: bool = False) -> PumpResult | FakeSesamError | None:
        """Run a pipe; return its result or why it did not run, None if this run of all pipes was stopped before."""
        if self._stop.is_set():
            return None
        self._node.pumps.wait(pipe.id, self._settings.max_run_time_s)
        try:
            return self._node.run_pipe(pipe.id, is_rescan=is_rescan)
        except FakeSesamError as error:
            return error

    def _take(self, pipe: Pipe, outcome: PumpResult | FakeSesamError | None, done: _Round) -> None:
        if outcome is None:
            return
        if isinstance(outcome, FakeSesamError):
            self._failed(pipe, str(outcome), done)
            return
        self._note(outcome)
        done.has_changed = done.has_changed or outcome.changed > 0
        if not outcome.ok:
            self._failed(pipe, str(outcome.error), done)

    def _failed(self, pipe: Pipe, reason: str, done: _Round) -> None:
        if source_datasets(pipe.effective) or self._settings.checks_input_pipes:
            done.failures.append(f"pipe {pipe.id!r} failed: {reason}")
        else:
            self._failed_inputs[pipe.id] = reason

    def _note(self, result: PumpResult) -> None:
        self._statistics.setdefault(result.pipe, _Statistics()).add(result)
        counts = f"{result.processed} processed, {result.changed} changed"
        self._write("INFO" if result.ok else "ERROR", f"{result.pipe}: {'ok' if result.ok else 'failed'}, {counts}")

    def _write(self, level: str, text: str) -> None:
        self.lines.append({"timestamp": timestamp(self._node.clock.now()), "loglevel": level, "logdata": text})


def _reads_from_outside(pipe: Pipe) -> bool:
    return not source_datasets(pipe.effective) and not lookup_datasets(pipe.effective)


def _in_order(pipes: Iterable[Pipe]) -> list[Pipe]:
    """Return the pipes so that each comes after those that write what it reads, as far as they form no circle."""
    by_id = {pipe.id: pipe for pipe in sorted(pipes, key=lambda pipe: (bool(source_datasets(pipe.effective)), pipe.id))}
    writers: dict[str, list[Pipe]] = {}
    for pipe in by_id.values():
        writers.setdefault(pipe.sink.dataset, []).append(pipe)
    ordered: dict[str, Pipe] = {}
    for pipe in by_id.values():
        _add_after_inputs(pipe, writers, ordered, visited=set())
    return list(ordered.values())


def _add_after_inputs(
    pipe: Pipe, writers: Mapping[str, list[Pipe]], ordered: dict[str, Pipe], *, visited: set[str]
) -> None:
    if pipe.id in ordered or pipe.id in visited:
        return
    visited.add(pipe.id)
    for dataset_id in (*source_datasets(pipe.effective), *lookup_datasets(pipe.effective)):
        for writer in writers.get(dataset_id, ()):
            _add_after_inputs(writer, writers, ordered, visited=visited)
    ordered.setdefault(pipe.id, pipe)
