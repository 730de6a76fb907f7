"""Records as HubSpot writes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["Selection", "render", "select"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which properties an answer carries, in the order it carries them."""

    object_type: ObjectType
    names: tuple[str, ...]


def select(portal: Portal, object_type: ObjectType, asked: Iterable[str]) -> Selection:
    """The asked-for properties that are defined plus those that always come, sorted; without any asked, the defaults.

    Source: recording (contacts 2026-03 and 2026-04); unknown names are left out silently: docs (using object APIs).
    """
    wanted = set(asked)
    if not wanted:
        return Selection(object_type, object_type.default_properties)
    defined = portal.definitions.names(object_type.type_id)
    return Selection(object_type, tuple(sorted(wanted & defined | set(object_type.always))))


def render(portal: Portal, selection: Selection, record: Record) -> dict[str, Any]:
    """One record.

    Shape: `{id, properties, createdAt, updatedAt, archived, [archivedAt], url}`; a property without a value is null.
    Source: recording (contacts 2026-04); the place of `archivedAt` is assumed.
    """
    values = record.properties
    wire: dict[str, Any] = {
        "id": str(record.id),
        "properties": {name: values.get(name) for name in selection.names},
        "createdAt": values.get(selection.object_type.created_property) or format_time(record.created_ms),
        "updatedAt": values.get(selection.object_type.modified_property) or format_time(record.updated_ms),
        "archived": record.archived_ms is not None,
    }
    if record.archived_ms is not None:
        wire["archivedAt"] = format_time(record.archived_ms)
    wire["url"] = portal.record_url(selection.object_type, record.id)
    return wire
