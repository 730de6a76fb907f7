"""What kind of run is next: full, incremental or partial. Pure.

Source: docs (configuration-pump.rst, configuration-sources.rst): with `rescan_run_count` 2 every second run is a
rescan; complete rescans take precedence over partial ones; `partial_rescan_delta` is subtracted from an integer, or as
seconds from a `~t` datetime. Assumed: a run that sends `initial_since_value` has not seen everything and deletes
nothing; a rescan is a run like any other, with and without `enable_background_rescan`.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from fake_sesam.config import Pipe
from fake_sesam.config.cron import is_due
from fake_sesam.errors import FakeSesamError
from fake_sesam.pump.since_tracker import Offset, strategy_of
from fake_sesam.pump.state import PumpState

__all__ = ["RunPlan", "plan_run", "shift_back"]

_DATETIME = re.compile(r"~t(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z")


@dataclass(frozen=True, slots=True)
class RunPlan:
    """How one run will read.

    Attributes:
        sync_type: `full`, `incremental` or `partial`, as the execution log has it.
        since: The value that is sent; None to send none.
        tracks_deletions: Whether the run deletes, at its end, what it has not seen.
    """

    sync_type: str
    strategy: str
    since: Offset | None
    tracks_deletions: bool


def plan_run(pipe: Pipe, state: PumpState, *, now: float, is_rescan: bool = False) -> RunPlan:
    """Plan the next run from the pump's state."""
    strategy = strategy_of(pipe.source)
    if strategy == "none":
        return _full(pipe, strategy, None)
    if not state.has_offset or is_rescan or _is_rescan_due(pipe, state, now):
        return _full(pipe, strategy, pipe.source.initial_since_value)
    offset, delta = state.offset, pipe.pump.partial_rescan_delta
    if offset is not None and delta is not None and _is_partial_due(pipe, state):
        return RunPlan("partial", strategy, shift_back(offset, delta), tracks_deletions=False)
    return RunPlan("incremental", strategy, offset, tracks_deletions=False)


def shift_back(offset: Offset, delta: int) -> Offset:
    """Return an offset `delta` earlier.

    Raises:
        FakeSesamError: The offset is neither an integer nor a `~t` datetime.
    """
    if isinstance(offset, int):
        return offset - delta
    match = _DATETIME.fullmatch(offset)
    moment = _moment(match[1]) if match else None
    if match is None or moment is None:
        message = (
            f"partial_rescan_delta needs an offset that is an integer or like ~t2018-04-27T15:46:40Z, got {offset!r}"
        )
        raise FakeSesamError(message)
    shifted = moment - timedelta(seconds=delta)
    return f"~t{shifted.isoformat()}{match[2] or ''}Z"


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _full(pipe: Pipe, strategy: str, since: Offset | None) -> RunPlan:
    is_complete = since in (None, "")
    return RunPlan("full", strategy, since, tracks_deletions=is_complete and pipe.sink.deletion_tracking)


def _is_rescan_due(pipe: Pipe, state: PumpState, now: float) -> bool:
    pump = pipe.pump
    if pump.rescan_run_count is not None:
        return (state.runs + 1) % pump.rescan_run_count == 0
    if pump.rescan_cron_expression is None or state.last_rescan is None:
        return False
    return is_due(pump.rescan_cron_expression, last=state.last_rescan, now=now)


def _is_partial_due(pipe: Pipe, state: PumpState) -> bool:
    count = pipe.pump.partial_rescan_run_count
    return count is not None and (state.partial_runs + 1) % count == 0
