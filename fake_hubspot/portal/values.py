"""What may be written to a property, and in which format it is stored. Pure."""

import re
from collections.abc import Callable, Mapping

from fake_hubspot.portal.clock import format_time, parse_time
from fake_hubspot.portal.definitions import PropertyDefinition
from fake_hubspot.portal.durations import DAY_MS
from fake_hubspot.portal.errors import InvalidValue

__all__ = ["WireValue", "to_stored", "to_text"]

WireValue = str | int | float | bool | None
EMAIL = re.compile(r"[^@\s,;<>()\[\]\\\"]+@[^@\s.,;<>()\[\]\\\"]+(\.[^@\s.,;<>()\[\]\\\"]+)+")
OLDEST_MS, NEWEST_MS = -62_135_596_800_000, 253_402_300_799_999


def to_text(value: WireValue) -> str:
    """Return a JSON value as the text that HubSpot stores.

    Source: recording (a number comes back as text, 2022-08).
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def to_stored(definition: PropertyDefinition, value: WireValue, *, place: str) -> str | InvalidValue:
    """Return the value as it is stored, or why it is refused. Empty text clears a property of any type.

    Args:
        definition: The property.
        value: The value in the request.
        place: The portal and object type as HubSpot's messages name them.
    """
    text = to_text(value)
    if text == "":
        return text
    if definition.name == "email" and not EMAIL.fullmatch(text):
        return InvalidValue(definition.name, "INVALID_EMAIL", f"Email address {text} is invalid")
    parse = PARSERS.get(definition.type)
    return parse(definition, text, place) if parse else text


def _number(definition: PropertyDefinition, text: str, _: str) -> str | InvalidValue:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    # Python also reads `1_000` and the digits of other scripts.
    if number - number != 0 or "_" in text or not text.strip().isascii():
        return InvalidValue(definition.name, "INVALID_INTEGER", f"{text} was not a valid number.")
    return text.strip()


def _bool(definition: PropertyDefinition, text: str, _: str) -> str | InvalidValue:
    if text.lower() in ("true", "false"):
        return text.lower()
    return InvalidValue(definition.name, "INVALID_OPTION", f"{text} was not one of the allowed options: [true, false]")


def _option(definition: PropertyDefinition, text: str, _: str) -> str | InvalidValue:
    allowed = {option.value for option in definition.options}
    wrong = [part for part in text.strip(";").split(";") if part not in allowed]
    if not allowed or not wrong:
        return text
    listed = ", ".join(option.value for option in definition.options)
    return InvalidValue(definition.name, "INVALID_OPTION", f"{wrong[0]} was not one of the allowed options: [{listed}]")


def _moment(text: str) -> int | None:
    try:
        moment = parse_time(text)
    except ValueError:
        return None
    return moment if OLDEST_MS <= moment <= NEWEST_MS else None


def _datetime(definition: PropertyDefinition, text: str, place: str) -> str | InvalidValue:
    """Parse a time.

    Source: recording (hubspot-api-ruby meetings, 2022-08) for the message and its short form.
    """
    moment = _moment(text)
    if moment is None:
        return InvalidValue(definition.name, "INVALID_LONG", f"{text} was not a valid long. {place}", terse=True)
    return format_time(moment)


def _date(definition: PropertyDefinition, text: str, _: str) -> str | InvalidValue:
    moment = _moment(text)
    if moment is None or moment % DAY_MS:
        return InvalidValue(definition.name, "INVALID_DATE", f"{text} was not a valid date. Dates are at midnight UTC.")
    return format_time(moment)[:10]


PARSERS: Mapping[str, Callable[[PropertyDefinition, str, str], str | InvalidValue]] = {
    "number": _number,
    "bool": _bool,
    "enumeration": _option,
    "datetime": _datetime,
    "date": _date,
}
