"""Bodies of the older APIs: properties are a list of names and values."""

from collections.abc import Iterable
from typing import Any

import msgspec

from fake_hubspot.portal.values import WireValue

__all__ = ["NamedValue", "PropertiesBody", "as_properties"]


class NamedValue(msgspec.Struct, frozen=True):
    """One property to write; contacts say `property`, the other types `name`."""

    value: str | int | float | bool | None = None
    name: str = ""
    property: str = ""


class PropertiesBody(msgspec.Struct, frozen=True):
    """The properties of one record to write."""

    properties: list[NamedValue] = []


def as_properties(given: Iterable[NamedValue]) -> dict[str, WireValue]:
    """Return the properties by name; the last value of a name counts. Source: assumed."""
    return {one.name or one.property: one.value for one in given}


def whole_numbers(values: Iterable[Any]) -> list[int]:
    """Return the numbers in a list of ids; clients send nulls in it. Source: recording (hubspot-api-ruby 2022-08)."""
    return [int(one) for one in values if one is not None and str(one).isdecimal()]
