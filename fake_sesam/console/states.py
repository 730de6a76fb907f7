"""Pipes and their runs in words: what a list shows in one line, and what a run's events tell."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bench_core.pages.words import Moment, counted
from fake_sesam.api.representations import invalid_pipe_json, pipe_json
from fake_sesam.console.call import PageCall
from fake_sesam.errors import NotFoundError

__all__ = ["PipeState", "Run", "events_of", "pipe_ids", "runs_of", "seconds_of", "state_of", "states_of"]

EVENTS_READ = 400
TONES = {
    "running": "calm",
    "completed": "good",
    "failed": "bad",
    "never ran": "none",
    "disabled": "note",
    "cannot run": "warn",
    "receives": "none",
}


@dataclass(frozen=True, slots=True)
class PipeState:
    """A pipe as lists show it.

    Attributes:
        word: Its state, a name of `TONES`.
        last: The last run in words, or why the pipe cannot run.
        config: The configuration with defaults.
        runtime: As the node API shows it.
    """

    id: str
    word: str
    last: str
    when: Moment | None
    offset: str
    next_run: Moment | None
    config: Mapping[str, Any]
    runtime: Mapping[str, Any]
    is_valid: bool
    systems: Collection[str]

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return TONES[self.word]

    @property
    def is_running(self) -> bool:
        """Whether it runs now."""
        return self.word == "running"

    @property
    def can_run(self) -> bool:
        """Whether its pump can be started now."""
        return self.word in ("completed", "failed", "never ran")

    @property
    def system(self) -> str:
        """The system that it reads from; empty if it reads something else, or from one that does not exist."""
        found = str(self._part("source").get("system") or "")
        return found if found in self.systems else ""

    @property
    def source(self) -> str:
        """What it reads, in words."""
        source = self._part("source")
        what = source.get("url") or source.get("dataset") or source.get("operation") or ""
        if source.get("datasets"):
            what = ", ".join(map(str, source["datasets"]))
        return " ".join(part for part in (str(source.get("type", "")), str(what)) if part)

    @property
    def sink(self) -> str:
        """The dataset that it writes; empty if it writes none."""
        return str(self._part("sink").get("dataset") or "")

    def _part(self, name: str) -> Mapping[str, Any]:
        part = self.config.get(name)
        return part if isinstance(part, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Run:
    """One run, or one other event, of a pipe's execution log.

    Attributes:
        word: `completed`, `failed`, `running`, or what else happened.
        what: The counts in words, or what the event says.
        reason: Why it failed.
        began: Seconds since 1970; `ended` is None while it is not known.
        event: The last event of the run in full.
    """

    pipe: str
    word: str
    tone: str
    what: str
    reason: str
    sync_type: str
    began: float
    ended: float | None
    event: Mapping[str, Any]
    number: int = 0


def pipe_ids(call: PageCall) -> list[str]:
    """Return the ids of all pipes, those that cannot run too."""
    return sorted({*call.node.pipes, *call.node.configuration.current.invalid_pipes})


def states_of(call: PageCall) -> list[PipeState]:
    """Return every pipe."""
    return [state_of(call, pipe_id) for pipe_id in pipe_ids(call)]


def state_of(call: PageCall, pipe_id: str) -> PipeState:
    """Return a pipe.

    Raises:
        NotFoundError: There is none.
    """
    node = call.node
    is_valid = pipe_id in node.pipes
    if not is_valid and pipe_id not in node.configuration.current.invalid_pipes:
        raise NotFoundError(f"there is no pipe {pipe_id!r}")
    shown = pipe_json(node, node.pipe(pipe_id)) if is_valid else invalid_pipe_json(node, pipe_id)
    runtime = shown["runtime"]
    word = _word(call, pipe_id, runtime, is_valid=is_valid)
    return PipeState(
        id=pipe_id,
        word=word,
        last=call.redact(_last(call, pipe_id, word, runtime)),
        when=_moment(call, runtime["last-run"]),
        offset=runtime["last-seen"],
        next_run=_moment(call, runtime["next-run"]),
        config=shown["config"]["effective"],
        runtime=runtime,
        is_valid=is_valid,
        systems=node.systems,
    )


def _word(call: PageCall, pipe_id: str, runtime: Mapping[str, Any], *, is_valid: bool) -> str:
    if not is_valid:
        return "cannot run"
    if runtime["is-running"]:
        return "running"
    if not call.node.pipe(pipe_id).is_pumped:
        return "receives"
    if runtime["is-disabled"]:
        return "disabled"
    if runtime["success"] is None:
        return "never ran"
    return "completed" if runtime["success"] else "failed"


def _last(call: PageCall, pipe_id: str, word: str, runtime: Mapping[str, Any]) -> str:
    if word == "running":
        progress = call.node.pumps.progress().get(pipe_id)
        return f"{counted(progress.processed, 'entity', 'entities')} so far" if progress else ""
    if word == "cannot run":
        errors = [error["msg"] for error in runtime["config-errors"] if error["level"] == "error"]
        return errors[0] if errors else ""
    if word == "failed":
        return str(runtime["last-message"] or runtime["last-original-error-message"])
    if word == "receives":
        return "entities are posted to it or read from it over HTTP"
    return counted(runtime["progress"]["processed"], "entity", "entities") if runtime["last-run"] else ""


def _moment(call: PageCall, text: str | None) -> Moment | None:
    return call.moment(seconds_of(text)) if text else None


def seconds_of(text: str) -> float:
    """Return a time of an event in seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()


def events_of(call: PageCall, pipe_id: str) -> list[dict[str, Any]]:
    """Return the latest events of a pipe's execution log, newest first."""
    log = call.node.dataset(f"system:pump:{pipe_id}")
    return list(log.entities(history=True, reverse=True, limit=EVENTS_READ))


def runs_of(events: Iterable[Mapping[str, Any]], *, pipe_id: str) -> Iterator[Run]:
    """Yield the runs in an execution log, newest first; other events stand between them."""
    has_end = False
    for event in events:
        kind = str(event.get("event_type", ""))
        if kind in ("pump-completed", "pump-failed"):
            has_end = True
            yield _run(event, pipe_id)
        elif kind == "pump-started":
            if not has_end:
                yield Run(
                    pipe_id, "running", "calm", "began", "", str(event.get("sync_type", "")),
                    seconds_of(event["start_time"]), None, event, event["_updated"],
                )  # fmt: skip
            has_end = False
        else:
            yield _other(event, pipe_id)


def _run(event: Mapping[str, Any], pipe_id: str) -> Run:
    counts = (event.get("metrics") or {}).get("entities") or {}
    succeeded, failed = event.get("entities_succeeded") or 0, event.get("entities_failed") or 0
    what = f"{counted(succeeded, 'entity', 'entities')}, {counts.get('changes_last_run', 0):,} changed"
    if failed:
        what += f", {failed:,} could not be written"
    is_ok = event["event_type"] == "pump-completed"
    return Run(
        pipe_id,
        "completed" if is_ok else "failed",
        "good" if is_ok else "bad",
        what,
        str(event.get("reason_why_stopped") or ""),
        str(event.get("sync_type") or ""),
        seconds_of(event["start_time"]),
        seconds_of(event["end_time"]),
        event,
        event["_updated"],
    )


def _other(event: Mapping[str, Any], pipe_id: str) -> Run:
    kind = str(event.get("event_type", ""))
    at = seconds_of(str(event.get("event_time") or event.get("start_time") or "1970-01-01T00:00:00Z"))
    if not event.get("event_time") and event.get("_ts"):
        at = event["_ts"] / 1_000_000
    is_error = kind.endswith("-error")
    what = str(event.get("comment") or "")
    if kind == "pump-offset-set":
        what = "the offset was emptied" if event.get("is_reset") else f"the offset is now {event.get('pipe_offset')}"
    reason = str(event.get("original_error_message") or event.get("reason") or "") if is_error else ""
    return Run(
        pipe_id, kind.removeprefix("pump-").replace("-", " "), "warn" if is_error else "note",
        what, reason, "", at, None, event, event["_updated"],
    )  # fmt: skip
