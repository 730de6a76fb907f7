"""Points in time, calendar periods and spans in the filters of lists. Pure.

Source: docs (list filter definitions) and reader (the models of HubSpot's clients) for names and parameters. Assumed: a
week begins on Monday, the fiscal year of references in January, and a day that a month lacks is its last one.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from fake_hubspot.portal.durations import DAY_MS
from fake_hubspot.portal.time_zone import TIME_ZONE

__all__ = [
    "CALENDAR_OPERATORS",
    "day_of_date",
    "local_midnight",
    "period",
    "this_year",
    "time_point",
    "unbuilt_period",
    "unbuilt_point",
    "unbuilt_window",
    "window",
]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What lies outside counts as the bound, so that no filter fails at a time that it moves.
EARLIEST, LATEST = datetime(2, 1, 1), datetime(9998, 12, 31)  # noqa: DTZ001
EARLIEST_MS, LATEST_MS = (
    (bound.replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1) for bound in (EARLIEST, LATEST)
)
# Older names, which a small time zone database lacks.
RENAMED = {
    "US/Eastern": "America/New_York",
    "US/Central": "America/Chicago",
    "US/Mountain": "America/Denver",
    "US/Pacific": "America/Los_Angeles",
}
MONTHS = (
    *("JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER"),
    "DECEMBER",
)
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
# What the database raises for a name that it lacks.
UNKNOWN_ZONE = (ValueError, KeyError, OSError)
TIME_OF_DAY = ("hour", "minute", "second", "millisecond")
MONTHS_IN = {"YEAR": 12, "QUARTER": 3, "MONTH": 1}
SPANS = {
    "WEEK": timedelta(weeks=1),
    "DAY": timedelta(days=1),
    "HOUR": timedelta(hours=1),
    "MINUTE": timedelta(minutes=1),
    "SECOND": timedelta(seconds=1),
    "MILLISECOND": timedelta(milliseconds=1),
}
# Returns the time that a property of the same record refers to: `(property, reference type, zone)`.
Referenced = Callable[[str, str, str], float | None]
Point = Mapping[str, Any]


@lru_cache(maxsize=64)
def _zone(name: str) -> tzinfo:
    """Return a time zone. The account's own is known without a time zone database, in winter time.

    Raises:
        ValueError: There is no such time zone.
    """
    if name in ("UTC", "Etc/UTC", "GMT", "Z"):
        return UTC
    for spelled in filter(None, (name, RENAMED.get(name))):
        with suppress(*UNKNOWN_ZONE):
            return ZoneInfo(spelled)
    if name == TIME_ZONE:
        return timezone(timedelta(hours=-5))
    raise ValueError(f"no time zone {name[:64]!r}")


def _local(at_ms: float, zone: str) -> datetime:
    """Return the time on a clock in a zone."""
    within = min(max(at_ms, EARLIEST_MS), LATEST_MS)
    return (EPOCH + timedelta(milliseconds=within)).astimezone(_zone(zone))


def _to_ms(local: datetime, zone: str) -> int:
    return (local.replace(tzinfo=_zone(zone)) - EPOCH) // timedelta(milliseconds=1)


def _moved(local: datetime, unit: str, amount: int) -> datetime:
    """Return a time moved by units of the calendar or of the clock."""
    try:
        if unit not in MONTHS_IN:
            return local + amount * SPANS[unit]
        years, month = divmod(local.month - 1 + amount * MONTHS_IN[unit], 12)
        if EARLIEST.year <= local.year + years <= LATEST.year:
            return _on(local, local.year + years, month + 1, local.day)
    except OverflowError:
        pass
    return LATEST if amount > 0 else EARLIEST


def _on(local: datetime, year: int, month: int, day: int) -> datetime:
    """Return a time on another day; a month that is too short gives its last one."""
    _, days = monthrange(year, month)
    return local.replace(year=year, month=month, day=min(day, days))


def _start(local: datetime, unit: str, first_month: int = 1) -> datetime:
    """Return when the unit of the calendar that a time is in began."""
    midnight = _at_time(local, {})
    if unit == "DAY":
        return midnight
    if unit == "WEEK":
        return midnight - timedelta(days=midnight.weekday())
    into = (local.month - first_month) % MONTHS_IN[unit]
    return _moved(midnight.replace(day=1), "MONTH", -into)


def local_midnight(text: str, zone: str) -> int | None:
    """Return when a day begins in a zone, None for a text that is no day.

    A date has no time zone of its own: the filter's counts. Source: assumed.
    """
    if len(text) != len("2026-01-31"):
        return None
    try:
        return _to_ms(datetime.fromisoformat(text), zone)
    except ValueError:
        return None


def this_year(at_ms: float, now_ms: int, zone: str) -> int:
    """Return the anniversary of a time in the present year."""
    local = _local(at_ms, zone)
    return _to_ms(_on(local, _local(now_ms, zone).year, local.month, local.day), zone)


def _month(given: Any) -> int:
    if isinstance(given, str) and not given.isdecimal():
        return MONTHS.index(given.upper()) + 1
    return int(given)


def _day(given: Point) -> datetime:
    """Return the midnight with which a day begins, without a zone."""
    return datetime(int(given["year"]), _month(given["month"]), int(given["day"]))  # noqa: DTZ001


def day_of_date(operation: Point) -> tuple[int, int]:
    """Return the first and the last millisecond of the day that an operation of type DATE names.

    Source: assumed (the account's time zone).

    Units: milliseconds since 1970.
    """
    start = _day(operation)
    return _to_ms(start, TIME_ZONE), _to_ms(_moved(start, "DAY", 1), TIME_ZONE) - 1


CALENDAR_OPERATORS = ("IN_THIS_TIME_UNIT", "IN_THIS_TIME_UNIT_SO_FAR", "IN_NEXT_TIME_UNIT", "IN_LAST_TIME_UNIT")


def period(operation: Point, now_ms: int) -> tuple[int, int]:
    """Return the first and the last millisecond of the period of an operation of type CALENDAR_DATE.

    Raises:
        KeyError, TypeError, ValueError: Something of it is missing, or the fake cannot evaluate it.

    Source: reader (models of hubspot-sdk 0.1.0a9) for the operators and units; that the days are those of the account's
    time zone, and that the present unit is no part of the last and the next ones, is assumed.

    Units: milliseconds since 1970.
    """
    unit, count = operation["timeUnit"].upper(), int(operation.get("timeUnitCount") or 1)
    first_month = _month(operation.get("fiscalYearStart") or 1) if operation.get("useFiscalYear") else 1
    this = _start(_local(now_ms, TIME_ZONE), unit, first_month)
    following = _moved(this, unit, 1)
    low, high = {
        "IN_THIS_TIME_UNIT": (this, following),
        "IN_THIS_TIME_UNIT_SO_FAR": (this, _local(now_ms + 1, TIME_ZONE)),
        "IN_NEXT_TIME_UNIT": (following, _moved(following, unit, count)),
        "IN_LAST_TIME_UNIT": (_moved(this, unit, -count), this),
    }[operation["operator"]]
    return _to_ms(low, TIME_ZONE), _to_ms(high, TIME_ZONE) - 1


def unbuilt_period(operation: Point) -> str:
    """Return what of a calendar period cannot be evaluated, empty if everything can."""
    return _unbuilt("the period", operation, lambda: period(operation, DAY_MS))


def _unbuilt(noun: str, given: Any, evaluate: Callable[[], object]) -> str:
    try:
        evaluate()
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        shown = dict(given) if isinstance(given, Mapping) else given
        return f"{noun} {shown!r:.200} of list filters"
    return ""


def unbuilt_point(point: Any) -> str:
    """Return what of a point in time cannot be evaluated, empty if everything can."""
    return _unbuilt("the point in time", point, lambda: time_point(point, DAY_MS, lambda *_: None))


def time_point(point: Point, now_ms: int, referenced: Referenced) -> float | None:
    """Return a point in time, None if it is that of a property without a value.

    Raises:
        KeyError, TypeError, ValueError: Something of it is missing, or the fake cannot evaluate it.

    Source: docs (list filter definitions).

    Units: milliseconds since 1970.
    """
    kind, zone = point["timeType"], str(point.get("zoneId") or TIME_ZONE)
    if kind == "PROPERTY_REFERENCED":
        return referenced(str(point["property"]), str(point.get("referenceType") or "VALUE"), zone)
    if kind == "DATE":
        return _to_ms(_at_time(_day(point), point), zone)
    if kind != "INDEXED":
        raise ValueError(f"no point in time is {kind!r}")
    local = _referred(point["indexReference"], _local(now_ms, zone))
    for name, amount in (point.get("offset") or {}).items():
        local = _moved(local, _unit(name), int(amount or 0))
    return _to_ms(local, zone)


def _unit(name: str) -> str:
    """Return a unit of time without its plural."""
    return name.upper().removesuffix("S")


def _at_time(local: datetime, given: Point) -> datetime:
    """Return a time with the hours, minutes and so on that are given."""
    hour, minute, second, millisecond = (int(given.get(name) or 0) for name in TIME_OF_DAY)
    return local.replace(hour=hour, minute=minute, second=second, microsecond=millisecond * 1000)


def _referred(reference: Point, now: datetime) -> datetime:
    """Return the time that an index refers to: now, or a day of the present week, month, quarter or year."""
    kind = str(reference["referenceType"]).removeprefix("FISCAL_")
    if kind == "NOW":
        return _at_time(now, reference) if any(reference.get(name) for name in TIME_OF_DAY) else now
    start = _start(now, "DAY" if kind == "TODAY" else kind)
    if kind == "WEEK":
        start += timedelta(days=WEEKDAYS.index(reference["dayOfWeek"].upper()))
    elif kind in MONTHS_IN:
        within = (_month(reference.get("month") or 1) - 1) % MONTHS_IN[kind]
        start = _moved(start, "MONTH", within)
        start = _on(start, start.year, start.month, int(reference.get("day") or 1))
    return _at_time(start, reference)


# Whether a time must lie before the bound, by what the refinements call it.
COMPARISONS = {"BEFORE": True, "AFTER": False}
AGAINST_A_POINT = {f"IS_{name}": is_before for name, is_before in COMPARISONS.items()}


def window(refining: Point, now_ms: int, referenced: Referenced) -> Callable[[float], bool]:
    """Return which times a refinement lets through.

    Raises:
        KeyError, TypeError, ValueError: Something of it is missing, or the fake cannot evaluate it.

    Source: docs (list filters guide, refine by operations).
    """
    kind = refining["type"]
    if kind == "ALL_HISTORY":
        return lambda _: True
    if kind == "ABSOLUTE_COMPARATIVE":
        return _on_one_side(float(refining["timestamp"]), is_before=COMPARISONS[refining["comparison"]])
    if kind == "RELATIVE_COMPARATIVE":
        return _on_one_side(_offset(refining["timeOffset"], now_ms), is_before=COMPARISONS[refining["comparison"]])
    if kind == "TIME_POINT":
        bound = time_point(refining["timePoint"], now_ms, referenced)
        return _on_one_side(bound, is_before=AGAINST_A_POINT[refining["operator"]])
    low, high = _bounds(refining, now_ms, referenced)
    is_outside = {"BETWEEN": False, "IS_BETWEEN": False, "NOT_BETWEEN": True, "IS_NOT_BETWEEN": True}[
        refining["operator"] if kind == "TIME_RANGED" else refining["rangeType"]
    ]
    if low is None or high is None:
        return lambda _: False
    return lambda at: (low <= at <= high) != is_outside


def _on_one_side(bound: float | None, *, is_before: bool) -> Callable[[float], bool]:
    """Return which times are before or after a bound; none if there is no bound."""
    if bound is None:
        return lambda _: False
    return lambda at: at < bound if is_before else at > bound


def _bounds(refining: Point, now_ms: int, referenced: Referenced) -> tuple[float | None, float | None]:
    if refining["type"] == "ABSOLUTE_RANGED":
        return float(refining["lowerTimestamp"]), float(refining["upperTimestamp"])
    if refining["type"] == "RELATIVE_RANGED":
        return _offset(refining["lowerBoundOffset"], now_ms), _offset(refining["upperBoundOffset"], now_ms)
    if refining["type"] != "TIME_RANGED":
        raise ValueError(f"no span of time is {refining['type']!r}")
    names = ("lowerBoundTimePoint", "upperBoundTimePoint")
    low, high = (time_point(refining[name], now_ms, referenced) for name in names)
    return low, high


def _offset(offset: Point, now_ms: int) -> int:
    """Return a time before or after the present."""
    sign = {"PAST": -1, "FUTURE": 1}[offset["offsetDirection"].upper()]
    unit = _unit(offset["timeUnit"])
    return _to_ms(_moved(_local(now_ms, TIME_ZONE), unit, sign * int(offset["amount"])), TIME_ZONE)


def unbuilt_window(refining: Any) -> str:
    """Return what of a refinement by time cannot be evaluated, empty if everything can."""
    if not _unbuilt("", refining, lambda: window(refining, DAY_MS, lambda *_: None)):
        return ""
    kind = refining.get("type") if isinstance(refining, Mapping) else refining
    return f"the refinement {kind!s:.50} of list filters"
