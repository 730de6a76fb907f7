"""Lengths of time in milliseconds."""

__all__ = ["DAY_MS", "HOUR_MS"]

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
