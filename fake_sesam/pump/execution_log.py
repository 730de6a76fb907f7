"""A pump's execution log: events with fixed ids in a dataset, in the documented shape.

Source: docs (operations/pump-execution.rst), and a real node's log for the keys that the documents leave out. The ids
are fixed, so the dataset has the latest event of each type and its history has all of them.
"""

import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from fake_sesam.config import Pipe
from fake_sesam.dataset import Dataset
from fake_sesam.dataset.hashing import entity_hash
from fake_sesam.errors import ReadError, TransformError, WriteError

__all__ = ["NODE_BUILD_INFO", "Event", "ExecutionLog", "entity_key", "log_dataset_id", "timestamp"]

NODE_BUILD_INFO = {"version": "fake-sesam", "release": "fake-sesam", "dirty": False}
Event = dict[str, Any]
MAX_PROPERTY_BYTES = 10 * 1024 * 1024


def log_dataset_id(pipe_id: str) -> str:
    """Return the id of the dataset that holds a pipe's execution log."""
    return f"system:pump:{pipe_id}"


def timestamp(seconds: float) -> str:
    """Return a time as events write it, for example `2026-05-21T08:15:30.123456Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def entity_key(entity: dict[str, Any]) -> str:
    """Return what identifies a source entity that failed: its `_id` or its `id`, or its content if it has neither."""
    for name in ("_id", "id"):
        if isinstance(entity.get(name), (str, int)):
            return str(entity[name])
    return entity_hash(entity)


class ExecutionLog:
    """Writes the events of one pipe; `redact` masks secrets in every text."""

    def __init__(
        self,
        pipe: Pipe,
        dataset: Dataset,
        *,
        redact: Callable[[str], str],
        new_id: Callable[[], str],
        now: Callable[[], float],
    ) -> None:
        self._pipe = pipe
        self._dataset = dataset
        self._redact = redact
        self._new_id = new_id
        self._now = now

    def started(self, *, start: float, sync_type: str) -> Event:
        """Return a `pump-started` event."""
        return {
            "_id": "pump-started",
            "event_type": "pump-started",
            "start_time": timestamp(start),
            "sync_type": sync_type,
            "pump_definition": self._pipe.pump_id,
            "pipe": self._pipe.id,
        }

    def completed(self, summary: dict[str, Any]) -> Event:
        """Return a `pump-completed` event."""
        return {"_id": "pump-completed", "event_type": "pump-completed", **self._common(), **summary}

    def failed(self, summary: dict[str, Any], error: BaseException) -> Event:
        """Return a `pump-failed` event that says why."""
        return {
            "_id": "pump-failed",
            "event_type": "pump-failed",
            **self._common(),
            **summary,
            "reason_why_stopped": self._redact(str(error)),
            **self._error(error),
            "exception_entity": getattr(error, "entity", None),
            "node_build_info": NODE_BUILD_INFO,
        }

    def read_error(self, error: ReadError, *, at: float, metrics: dict[str, Any]) -> Event:
        """Return a `read-error` event."""
        return {
            "_id": f"read-error:{self._new_id()}",
            "event_type": "read-error",
            "pipe": self._pipe.id,
            "error_code": error.error_code,
            "event_time": timestamp(at),
            **self._error(error),
            "metrics": metrics,
        }

    def write_error(
        self, error: TransformError | WriteError, entity: dict[str, Any], *, retry_attempts: int, is_dead: bool
    ) -> Event:
        """Return a `write-error` event; it is dead if the entity is not retried."""
        return {
            "_id": self.write_error_id(entity),
            "event_type": "write-error",
            "pipe": self._pipe.id,
            "error_code": 1,
            "event_time": timestamp(self._now()),
            "retry_attempts": retry_attempts,
            "retryable": not is_dead,
            "resolved": False,
            "dead": is_dead,
            "entity": entity,
            **self._error(error),
        }

    def resolved(self, event: Event, *, retry_attempts: int) -> Event:
        """Return a `write-error` event whose entity was written by a retry."""
        kept = {name: value for name, value in event.items() if not name.startswith("_") or name == "_id"}
        return {**kept, "retry_attempts": retry_attempts, "resolved": True, "retryable": False}

    def pending_write_errors(self) -> Iterator[Event]:
        """Yield the latest `write-error` events whose entities will be retried."""
        for event in self._dataset.entities():
            if event.get("event_type") == "write-error" and event["retryable"] and not event["resolved"]:
                yield event

    def write_error_id(self, entity: dict[str, Any]) -> str:
        """Return the id of a source entity's `write-error` event."""
        return f"write-error:{entity_key(entity)}"

    def write_error_of(self, entity: dict[str, Any]) -> Event | None:
        """Return the latest `write-error` event of a source entity, None if it never failed."""
        return self._dataset.entity(self.write_error_id(entity))

    def discard_retries(self) -> Event:
        """Discard the entities that wait for a retry; return the `pump-discard-retries` event."""
        self.forget_retries()
        return self.notice("pump-discard-retries")

    def forget_retries(self) -> None:
        """Mark the entities that wait for a retry as dead."""
        for event in list(self.pending_write_errors()):
            self.write({**self.resolved(event, retry_attempts=event["retry_attempts"]), "dead": True})

    def notice(self, event_type: str, *, comment: str = "") -> Event:
        """Return an event that only records a user's action, such as `pump-enabled` or `pump-disabled`."""
        return {
            "_id": event_type,
            "event_type": event_type,
            "event_time": timestamp(self._now()),
            "pipe": self._pipe.id,
            "user": {},
            **({"comment": comment} if comment else {}),
        }

    def offset_set(self, *, at: float, before: Any, after: Any) -> Event:
        """Return a `pump-offset-set` event; an empty offset is a reset."""
        return {
            "_id": "pump-offset-set",
            "event_type": "pump-offset-set",
            "event_time": timestamp(at),
            "is_reset": after in (None, ""),
            "original_pipe_offset": "" if before is None else before,
            "pipe_offset": "" if after is None else after,
            "pipe": self._pipe.id,
            "user": {},
        }

    def write(self, event: dict[str, Any]) -> int:
        """Append an event; return its offset in the log."""
        location = self._dataset.next_offset
        self._dataset.write([event])
        return location

    def _common(self) -> dict[str, Any]:
        return {"pump_definition": self._pipe.pump_id, "pipe": self._pipe.id}

    def _error(self, error: BaseException) -> dict[str, str]:
        cause = error.__cause__
        original = getattr(error, "original_message", None) or str(cause or error)
        return {
            "traceback": self._redact("".join(traceback.format_exception(error, chain=False))),
            "original_traceback": self._redact("".join(traceback.format_exception(cause))) if cause else "",
            "original_error_message": self._redact(original)[:MAX_PROPERTY_BYTES],
        }
