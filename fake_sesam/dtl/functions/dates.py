"""Dates and times: `~t...Z` strings, calculated in nanoseconds.

Source: docs (hub/dtl/dtl-functions-dates.rst). Assumed: `datetime-plus` of a month or year keeps the day of the month
or, if the new month is shorter, takes its last day.
"""

import calendar
import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from fake_sesam.dtl.builders import cast_function, check_argument_count, predicate, pure_function
from fake_sesam.dtl.compiler import Compiler, FunctionBuilder
from fake_sesam.dtl.instants import NANOS, format_instant, from_datetime, parse_instant, to_datetime
from fake_sesam.dtl.scope import Evaluator, RuleScope
from fake_sesam.dtl.values import SKIP, first, is_datetime, is_integer, is_plain_string, map_values

__all__ = ["FUNCTIONS"]

UNITS_NANOS = {
    "week": 7 * 86400 * NANOS,
    "day": 86400 * NANOS,
    "hour": 3600 * NANOS,
    "minute": 60 * NANOS,
    "second": NANOS,
    "millisecond": 1_000_000,
    "microsecond": 1000,
    "nanosecond": 1,
}
UNITS_MONTHS = {"year": 12, "month": 1}
_TOKENS = {
    "d": r"(?P<d>\d{1,2})",
    "e": r"\s?(?P<d>\d{1,2})",
    "H": r"(?P<H>\d{1,2})",
    "I": r"(?P<I>\d{1,2})",
    "m": r"(?P<m>\d{1,2})",
    "M": r"(?P<M>\d{1,2})",
    "p": r"(?P<p>[AaPp][Mm])",
    "S": r"(?P<S>\d{1,2})",
    "f": r"(?P<f>\d{1,9})",
    "y": r"(?P<y>\d{2})",
    "Y": r"(?P<Y>\d{4})",
    "z": r"(?P<z>[+-]\d{2}:?\d{2})",
    "%": "%",
}


def _to_instant_text(value: Any) -> Any:
    if is_datetime(value):
        return value
    nanos = value if is_integer(value) else parse_instant(value) if isinstance(value, str) else None
    return SKIP if nanos is None else _format_or_skip(nanos)


def _format_or_skip(nanos: int) -> Any:
    try:
        return format_instant(nanos)
    except (OverflowError, ValueError):
        return SKIP


def _compile_format(format_string: str) -> re.Pattern[str]:
    """Compile a format string of `datetime-parse` to a regular expression.

    Raises:
        ValueError: It has a token that is not supported.
    """
    pieces, position = [], 0
    for match in re.finditer(r"%(.?)", format_string):
        pieces.append(re.escape(format_string[position : match.start()]))
        if match[1] not in _TOKENS:
            raise ValueError(f"expected tokens among {_known_tokens()} in {format_string!r}, got %{match[1]}")
        pieces.append(_TOKENS[match[1]])
        position = match.end()
    return re.compile("".join([*pieces, re.escape(format_string[position:])]))


def _known_tokens() -> str:
    return ", ".join(f"%{token}" for token in _TOKENS)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"expected a timezone such as 'Europe/Oslo', got {name!r}") from None


def _instant_of(parts: dict[str, str | None], zone: tzinfo) -> int:
    """Return the instant that the parsed tokens describe.

    Raises:
        ValueError: There is no such date or time.
    """
    number = {name: int(parts.get(name) or fallback) for name, fallback in (("m", 1), ("d", 1), ("M", 0), ("S", 0))}
    moment = datetime(_year(parts), number["m"], number["d"], _hour(parts), number["M"], number["S"], tzinfo=zone)
    if parts.get("z"):
        moment = moment.replace(tzinfo=_offset(str(parts["z"])))
    return from_datetime(moment) + int((parts.get("f") or "0").ljust(9, "0"))


def _year(parts: dict[str, str | None]) -> int:
    if parts.get("Y"):
        return int(parts["Y"] or 0)
    short = parts.get("y")
    if short is None:
        return 1900
    return int(short) + (2000 if int(short) < 69 else 1900)


def _hour(parts: dict[str, str | None]) -> int:
    if parts.get("I") is None:
        return int(parts.get("H") or 0)
    is_afternoon = (parts.get("p") or "am").lower() == "pm"
    return int(parts["I"] or 0) % 12 + (12 if is_afternoon else 0)


def _offset(text: str) -> tzinfo:
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def _datetime_parse(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 2, 3, "TIMEZONE (optional), FORMAT, VALUES")
    zone, format_string, values = _compile_arguments(compiler, args)
    pattern = _compile_format(format_string)

    def parse(value: Any) -> Any:
        match = pattern.fullmatch(value) if is_plain_string(value) else None
        if match is None:
            return SKIP
        try:
            return _format_or_skip(_instant_of(match.groupdict(), zone))
        except ValueError:
            return SKIP

    return lambda scope: map_values(values(scope), parse)


def _datetime_format(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 2, 3, "TIMEZONE (optional), FORMAT, VALUES")
    zone, format_string, values = _compile_arguments(compiler, args)
    _compile_format(format_string)

    def write(value: Any) -> Any:
        if not is_datetime(value):
            return SKIP
        moment = to_datetime(parse_instant(value[2:]) or 0).astimezone(zone)
        exact = format_string.replace("%Y", f"{moment.year:04}").replace("%e", str(moment.day))
        return moment.strftime(exact)

    return lambda scope: map_values(values(scope), write)


def _compile_arguments(compiler: Compiler, args: list[Any]) -> tuple[tzinfo, str, Evaluator]:
    *names, format_string = args[:-1]
    if not isinstance(format_string, str) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"expected a constant format string, got {format_string!r}")
    (values,) = compiler.compile_arguments(args[-1:], first=len(args))
    return _zone(names[0]) if names else _zone("UTC"), format_string, values


def _datetime_plus(part: Any, amount: Any, values: Any) -> Any:
    number = first(amount)
    if not is_integer(number):
        return None
    return map_values(values, lambda value: _format_or_skip(_add(value, part, number)) if is_datetime(value) else SKIP)


def _add(value: str, part: str, number: int) -> int:
    nanos = parse_instant(value[2:]) or 0
    if part in UNITS_NANOS:
        return nanos + number * UNITS_NANOS[part]
    moment = to_datetime(nanos)
    months = moment.year * 12 + moment.month - 1 + number * UNITS_MONTHS[part]
    year, month = months // 12, months % 12 + 1
    if not 1 <= year <= 9999:
        return 2**80
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return from_datetime(moment.replace(year=year, month=month, day=day)) + nanos % 1000


def _datetime_diff(part: Any, start: Any, end: Any) -> int | None:
    """Return START minus END in whole units, rounded towards zero; the sign is that of the examples in the docs."""
    start, end = first(start), first(end)
    if not (is_datetime(start) and is_datetime(end)):
        return None
    left, right = parse_instant(start[2:]) or 0, parse_instant(end[2:]) or 0
    if part in UNITS_NANOS:
        size = abs(left - right) // UNITS_NANOS[part]
    else:
        size = _whole_months(min(left, right), max(left, right)) // UNITS_MONTHS[part]
    return size if left >= right else -size


def _whole_months(earlier: int, later: int) -> int:
    low, high = to_datetime(earlier), to_datetime(later)
    months = (high.year - low.year) * 12 + high.month - low.month
    is_short = (high.day, high.time(), later % 1000) < (low.day, low.time(), earlier % 1000)
    return months - 1 if is_short else months


def _datepart_function(function: Callable[[Any, Any, Any], Any], usage: str) -> FunctionBuilder:
    def build(compiler: Compiler, args: list[Any]) -> Evaluator:
        check_argument_count(args, 3, 3, usage)
        known = [*UNITS_MONTHS, *UNITS_NANOS]
        if args[0] not in known:
            raise ValueError(f"expected one of {', '.join(known)} as DATEPART, got {args[0]!r}")
        return pure_function(function, 3, 3, usage)(compiler, args)

    return build


def _datetime_shift(compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 3, 3, "FROM_TIMEZONE, TO_TIMEZONE, VALUES")
    source, target = _zone(str(args[0])), _zone(str(args[1]))
    (values,) = compiler.compile_arguments(args[2:], first=3)

    def shift(value: Any) -> Any:
        if not is_datetime(value):
            return SKIP
        nanos = parse_instant(value[2:]) or 0
        moment = to_datetime(nanos).replace(tzinfo=source).astimezone(target).replace(tzinfo=_zone("UTC"))
        return _format_or_skip(from_datetime(moment) + nanos % 1000)

    return lambda scope: map_values(values(scope), shift)


def _now(_compiler: Compiler, args: list[Any]) -> Evaluator:
    check_argument_count(args, 0, 0, "no arguments")
    return _now_text


def _now_text(_scope: RuleScope) -> str:
    return format_instant(time.time_ns())


FUNCTIONS: dict[str, FunctionBuilder] = {
    "now": _now,
    "datetime": cast_function(_to_instant_text),
    "datetime-parse": _datetime_parse,
    "datetime-format": _datetime_format,
    "datetime-plus": _datepart_function(_datetime_plus, "DATEPART, VALUE, VALUES"),
    "datetime-diff": _datepart_function(_datetime_diff, "DATEPART, START, END"),
    "datetime-shift": _datetime_shift,
    "is-datetime": predicate(is_datetime),
}
