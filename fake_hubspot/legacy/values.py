"""The values of properties as the older APIs show them: times as milliseconds, each with its past values."""

from collections.abc import Iterable, Sequence
from typing import Any

from fake_hubspot.portal.clock import parse_time
from fake_hubspot.portal.history import PastValue
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["asked_names", "known_names", "old_text", "past_values", "to_ms", "with_versions"]

SOURCE_ID = "23237921"
TIMES = frozenset({"date", "datetime"})


def asked_names(values: Iterable[str]) -> list[str]:
    """Return the names in a parameter that may be repeated and may hold several names."""
    return list(dict.fromkeys(name.strip() for value in values for name in value.split(",") if name.strip()))


def known_names(portal: Portal, kind: ObjectType, record: Record, asked: Iterable[str] | None) -> list[str]:
    """Return which of the names, or of all without `asked`, are defined and have a value in the record.

    Source: recording (hubspot-api-ruby 2022-08: properties without a value are absent).
    """
    defined = portal.definitions.names(kind.type_id)
    values = record.properties
    names = values if asked is None else dict.fromkeys(asked)
    return [name for name in names if name in defined and values.get(name, "") != ""]


def old_text(portal: Portal, kind: ObjectType, name: str, value: str) -> str:
    """Return a value as the older APIs have it: a date or a time is a number of milliseconds.

    Source: recording (hubspot-api-ruby 2022-08).
    """
    definition = portal.definitions.get(kind.type_id, name)
    if definition is None or definition.type not in TIMES:
        return value
    moment = to_ms(value)
    return value if moment is None else str(moment)


def to_ms(value: str | None) -> int | None:
    """Return a stored time as milliseconds since 1970, None for one that is not set."""
    if not value:
        return None
    try:
        return parse_time(value)
    except ValueError:
        return None


def past_values(portal: Portal, kind: ObjectType, record: Record, name: str, *, whole: bool) -> list[PastValue]:
    """Return the values of a property, newest first; only the present one unless the `whole` history is wanted."""
    found = portal.records.history.of(kind.type_id, record, name)
    return found if whole else found[:1]


def with_versions(
    portal: Portal, kind: ObjectType, record: Record, names: Sequence[str], *, histories: Iterable[str] = ()
) -> dict[str, Any]:
    """Render properties of companies, deals and CRM objects, each with its versions.

    Args:
        portal: The portal.
        kind: The type of the record.
        record: The record.
        names: The properties, which have a value.
        histories: Those of them whose past values are wanted as well.

    Source: recording (hubspot-api-ruby 2022-08).
    """
    wanted = set(histories)
    return {name: _value(portal, kind, record, name, whole=name in wanted) for name in names}


def _value(portal: Portal, kind: ObjectType, record: Record, name: str, *, whole: bool) -> dict[str, Any]:
    past = past_values(portal, kind, record, name, whole=whole)
    versions = [_version(portal, kind, name, one) for one in past]
    newest = past[0]
    return {
        "value": versions[0]["value"],
        "timestamp": newest.at_ms,
        "source": newest.source,
        "sourceId": _source_id(newest),
        "updatedByUserId": None,
        "versions": versions,
    }


def _version(portal: Portal, kind: ObjectType, name: str, past: PastValue) -> dict[str, Any]:
    return {
        "name": name,
        "value": old_text(portal, kind, name, past.value),
        "timestamp": past.at_ms,
        "sourceId": _source_id(past),
        "source": past.source,
        "sourceVid": [],
    }


def _source_id(past: PastValue) -> str | None:
    return SOURCE_ID if past.source == "INTEGRATION" else None
