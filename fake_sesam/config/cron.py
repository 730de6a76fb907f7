"""Cron expressions in UTC. Pure; the time is given.

Source: docs (configuration-pump.rst). Assumed: a sixth field is the year, as in the expressions the documents take
theirs from.
"""

from datetime import UTC, datetime

from croniter import croniter  # type: ignore[import-untyped]  # its stubs are a package of their own

__all__ = ["is_due", "is_valid_cron", "next_cron"]


def is_valid_cron(expression: str) -> bool:
    """Whether an expression of five or six fields can be read."""
    return len(expression.split()) in (5, 6) and bool(croniter.is_valid(_with_year(expression)))


def next_cron(expression: str, after: float) -> float:
    """Return the next time after `after` that the expression names, in seconds since 1970."""
    start = datetime.fromtimestamp(after, UTC)
    return float(croniter(_with_year(expression), start).get_next(float))


def is_due(expression: str, *, last: float, now: float) -> bool:
    """Whether a time that the expression names lies after `last` and not after `now`."""
    return next_cron(expression, last) <= now


def _with_year(expression: str) -> str:
    """Give croniter its seconds before the year."""
    fields = expression.split()
    return " ".join([*fields[:5], "0", fields[5]]) if len(fields) == 6 else expression
