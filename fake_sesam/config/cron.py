"""Cron expressions in UTC. Pure: the time is a parameter.

Source: docs (configuration-pump.rst). Assumed: a sixth field is the year, as in the cron dialect that the documents
refer to.
"""

from datetime import UTC, datetime
from functools import cache
from typing import Any

__all__ = ["is_due", "is_valid_cron", "next_cron"]


def is_valid_cron(expression: str) -> bool:
    """Whether an expression is valid and has five or six fields."""
    return len(expression.split()) in (5, 6) and bool(_croniter().is_valid(_with_year(expression)))


def next_cron(expression: str, after: float) -> float:
    """Return the next time after `after` that matches the expression, in seconds since 1970."""
    start = datetime.fromtimestamp(after, UTC)
    return float(_croniter()(_with_year(expression), start).get_next(float))


def is_due(expression: str, *, last: float, now: float) -> bool:
    """Whether a time after `last`, and not after `now`, matches the expression."""
    return next_cron(expression, last) <= now


@cache
def _croniter() -> Any:
    """Import the library when there is a cron expression: that takes a twentieth of the time in which a node starts."""
    from croniter import croniter  # type: ignore[import-untyped]  # its stubs are a package of their own

    return croniter


def _with_year(expression: str) -> str:
    """Insert the seconds that croniter expects before the year."""
    fields = expression.split()
    return " ".join([*fields[:5], "0", fields[5]]) if len(fields) == 6 else expression
