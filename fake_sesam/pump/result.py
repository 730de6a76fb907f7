"""The result of one run of a pump."""

from dataclasses import dataclass

from fake_sesam.pump.execution_log import Event

__all__ = ["PumpResult"]


@dataclass(frozen=True, slots=True)
class PumpResult:
    """The outcome of one run.

    Attributes:
        processed: Entities that went through the pipe.
        changed: Versions written, deletions included.
        deleted: Deleted versions written, by the source or by deletion tracking.
        events: The events of this run, including those that the noop rules keep out of the log.
        error: Why the pump failed; None where it completed.
        offset: The stored offset after the run.
        was_logged: False for a noop run.
        is_saved: False where the run failed and not even that could be stored.
    """

    pipe: str
    ok: bool
    sync_type: str
    processed: int
    changed: int
    deleted: int
    seconds: float
    events: tuple[Event, ...] = ()
    error: str | None = None
    offset: str | int | None = None
    was_logged: bool = True
    is_saved: bool = True
