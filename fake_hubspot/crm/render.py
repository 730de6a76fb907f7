"""Records in HubSpot's format."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from fake_hubspot.crm.cursors import encode_cursor
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.history import PastValue
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["Selection", "render", "render_created", "render_written", "select"]

MAX_ASSOCIATIONS = 100
STAGE_TIMES = re.compile(
    r"hs_v2_(date_entered|date_exited|latest_time_in|cumulative_time_in)_(?!current_stage$).+", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Selection:
    """What a response contains of a record: property names in their order, histories, and links to which types."""

    object_type: ObjectType
    names: tuple[str, ...]
    with_history: tuple[str, ...] = ()
    associations: tuple[ObjectType, ...] = ()
    origin: str = field(default="", compare=False)


def select(
    portal: Portal,
    object_type: ObjectType,
    asked: Iterable[str],
    *,
    with_history: Iterable[str] = (),
    associations: Iterable[ObjectType] = (),
    origin: str = "",
) -> Selection:
    """Select the requested properties that are defined and those that always come, sorted; or the defaults.

    Source: recording (contacts 2026-03 and 2026-04); unknown names are left out silently: docs (using object APIs).
    """
    wanted = set(asked)
    defined = portal.definitions.names(object_type.type_id)
    names = sorted(wanted & defined | set(object_type.always)) if wanted else object_type.default_properties
    histories = tuple(sorted(set(with_history) & defined))
    return Selection(object_type, tuple(names), histories, tuple(dict.fromkeys(associations)), origin)


def render(portal: Portal, selection: Selection, record: Record) -> dict[str, Any]:
    """Render one record.

    Shape: `{id, properties, [propertiesWithHistory], createdAt, updatedAt, archived, [archivedAt], url,
    [associations]}`; a property without a value is null; `associations` only if there are any.

    Source: recording (contacts 2026-04, tasks 2026-03); the positions of `archivedAt` and the history are assumed.
    """
    values = record.properties
    properties = {name: values.get(name) for name in selection.names}
    wire = _frame(portal, selection.object_type, record, properties)
    if selection.with_history:
        wire = _with_history(portal, selection, record, wire)
    if selection.associations:
        found = _associations(portal, selection, record)
        if found:
            wire["associations"] = found
    return wire


def render_written(portal: Portal, object_type: ObjectType, record: Record, names: Iterable[str]) -> dict[str, Any]:
    """Render a record as the response to a write shows it: properties with a value, and cleared ones that are named.

    Source: recording (grouparoo 2022: a cleared property comes back as an empty text).
    """
    wanted = sorted(set(names))
    values = record.properties
    return _frame(portal, object_type, record, {name: values[name] for name in wanted if name in values})


def render_created(portal: Portal, object_type: ObjectType, record: Record) -> dict[str, Any]:
    """Render a record as the response to its creation shows it: every property with a value.

    Source: recording (2026-03); the times of the single stages are left out.
    """
    shown = {
        name: value
        for name, value in record.properties.items()
        if value and not (name.startswith("hs_v2_") and STAGE_TIMES.fullmatch(name))
    }
    return _frame(portal, object_type, record, shown)


def _frame(portal: Portal, object_type: ObjectType, record: Record, properties: dict[str, Any]) -> dict[str, Any]:
    values = record.properties
    wire: dict[str, Any] = {
        "id": str(record.id),
        "properties": properties,
        "createdAt": values.get(object_type.created_property) or format_time(record.created_ms),
        "updatedAt": values.get(object_type.modified_property) or format_time(record.updated_ms),
        "archived": record.archived_ms is not None,
    }
    if record.archived_ms is not None:
        wire["archivedAt"] = format_time(record.archived_ms)
    if portal.assumptions["record-url"] == "present":
        wire["url"] = portal.record_url(object_type, record.id)
    return wire


def _with_history(portal: Portal, selection: Selection, record: Record, wire: dict[str, Any]) -> dict[str, Any]:
    type_id = selection.object_type.type_id
    histories = {
        name: [_past(value) for value in portal.records.history.of(type_id, record, name)]
        for name in selection.with_history
    }
    head = {"id": wire["id"], "properties": wire["properties"], "propertiesWithHistory": histories}
    return head | wire


def _past(past: PastValue) -> dict[str, Any]:
    """Render the history of a property.

    Source: docs and recording (the keys and their order).
    """
    return {
        "value": past.value,
        "timestamp": format_time(past.at_ms),
        "sourceType": past.source,
        "sourceId": "23237921" if past.source == "INTEGRATION" else None,
        "sourceLabel": None,
        "updatedByUserId": None,
    }


def _associations(portal: Portal, selection: Selection, record: Record) -> dict[str, Any]:
    """Render the links inside a record.

    Source: recording (tasks 2026-03, deals; python #135 for the page beyond a hundred).
    """
    found = {}
    for target in selection.associations:
        names = {
            (kind.category, kind.type_id): kind.name
            for kind in portal.associations.types(selection.object_type, target)
        }
        links = portal.associations.of(selection.object_type, record.id, target)
        rows = [
            {"id": str(link.to_id), "type": names.get((link.category, link.type_id), str(link.type_id))}
            for link in links
        ]
        if rows:
            found[_key_of(target)] = _link_page(portal, selection, record, target, rows)
    return found


def _key_of(target: ObjectType) -> str:
    """Return the key of a type's links inside a record.

    Source: recording (`line items` has a blank); for custom types assumed.
    """
    return target.wire_name if target.is_custom else target.plural.replace("_", " ")


def _link_page(
    portal: Portal, selection: Selection, record: Record, target: ObjectType, rows: list[dict[str, str]]
) -> dict[str, Any]:
    page: dict[str, Any] = {"results": rows[:MAX_ASSOCIATIONS]}
    if len(rows) > MAX_ASSOCIATIONS:
        after = encode_cursor(int(rows[MAX_ASSOCIATIONS]["id"]), type_id=target.type_id)
        source = selection.object_type.type_id
        path = f"/crm/v3/objects/{source}/{record.id}/associations/{target.type_id}"
        link = f"{selection.origin}{path}?portalId={portal.id}&after={after}"
        page["paging"] = {"next": {"after": after, "link": link}}
    return page
