"""When a scheduled pump runs next. Pure: the time is a parameter.

Source: docs (configuration-pump.rst): a cron expression wins over an interval; only pumps in mode `scheduled`
follow them.
"""

from fake_sesam.config import PumpConfig
from fake_sesam.config.cron import next_cron

__all__ = ["next_run"]


def next_run(pump: PumpConfig, *, last: float) -> float | None:
    """Return when a pump that ran at `last` runs next; None if it is not scheduled."""
    if pump.mode != "scheduled":
        return None
    if pump.cron_expression:
        return next_cron(pump.cron_expression, last)
    return last + pump.schedule_interval_s
