"""The state that a pump keeps between its runs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from fake_sesam.dataset import NodeStore

__all__ = ["PumpState", "load_state", "reset_state", "save_state"]


@dataclass(frozen=True, slots=True)
class PumpState:
    """The state of a pump.

    Attributes:
        offset: `last-seen`, what the next run sends as `since`; None or empty makes it a full run.
        runs: Completed runs since the last complete rescan; partial_runs since the last partial one.
        last_rescan: When the last full run completed, in seconds since 1970.
        is_disabled: Whether a user has disabled the pump.
        uncommitted_from: The offset of the first version that a tripped circuit breaker holds back.
        completeness: How complete the dataset was after the last completed run, and the datasets that it is made
            from, in nanoseconds since 1970.
        last_run: When the last run began, in seconds since 1970; last_ok, last_message and last_original say how it
            ended.
    """

    offset: str | int | None = None
    runs: int = 0
    partial_runs: int = 0
    last_rescan: float | None = None
    is_disabled: bool = False
    comment: str = ""
    uncommitted_from: int | None = None
    last_run: float | None = None
    last_ok: bool | None = None
    last_message: str = ""
    last_original: str = ""
    last_processed: int = 0
    completeness: Mapping[str, int] = field(default_factory=dict)

    @property
    def has_offset(self) -> bool:
        """Whether the next run can be incremental."""
        return self.offset not in (None, "")


def load_state(store: NodeStore, pipe_id: str) -> PumpState:
    """Return the state of a pipe's pump."""
    known = {each.name for each in fields(PumpState)}
    return PumpState(**{name: value for name, value in store.pump_state(pipe_id).items() if name in known})


def save_state(store: NodeStore, pipe_id: str, **changes: Any) -> PumpState:
    """Change some fields of the state of a pipe's pump."""
    state = replace(load_state(store, pipe_id), **changes)
    store.save_pump_state(pipe_id, asdict(state))
    return state


def reset_state(store: NodeStore, pipe_id: str) -> None:
    """Forget how far a pump has come and how its runs ended; a pump that a user has disabled stays disabled."""
    state = load_state(store, pipe_id)
    store.save_pump_state(pipe_id, asdict(PumpState(is_disabled=state.is_disabled, comment=state.comment)))
