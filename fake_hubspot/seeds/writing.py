"""Writes the records of seed files as HubSpot writes those of an import: checked, with its calculated properties."""

from dataclasses import replace

from fake_hubspot.portal.clock import parse_time
from fake_hubspot.portal.errors import DuplicateValueError, InvalidValue, InvalidValuesError, PortalError
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType
from fake_hubspot.portal.values import WireValue, to_stored, to_text
from fake_hubspot.seeds.tables import Row, RowReader

__all__ = ["write_row"]


def write_row(portal: Portal, kind: ObjectType, row: Row, reader: RowReader) -> Record:
    """Write one record.

    Raises:
        SeedError: HubSpot would refuse it. The message says where it is in the file.
    """
    if row.record_id is not None and portal.store.get(kind.type_id, row.record_id) is not None:
        reader.refuse(row.where, f"there is a record with the id {row.record_id} already")
    settable: dict[str, WireValue] = {}
    fixed: dict[str, WireValue] = {}
    for name, value in row.properties.items():
        definition = portal.definitions.get(kind.type_id, name)
        (fixed if definition is not None and definition.read_only_value else settable)[name] = value
    try:
        record = portal.records.create(kind, settable, record_id=row.record_id)
    except InvalidValuesError as error:
        first = error.problems[0]
        reader.refuse(row.places(first.name), first.message.rstrip("."))
    except DuplicateValueError as error:
        reader.refuse(row.where, f"record {error.existing_id} has the same value in a property with unique values")
    except PortalError as error:
        reader.refuse(row.where, str(error))
    record = _with_fixed(portal, kind, record, row, fixed, reader)
    if row.archived:
        portal.records.archive(kind, record)
    return record


def _with_fixed(
    portal: Portal,
    kind: ObjectType,
    record: Record,
    row: Row,
    fixed: dict[str, WireValue],
    reader: RowReader,
) -> Record:
    """Set what only HubSpot sets: a file may hold it, above all the times."""
    stored: dict[str, str] = {}
    for name, value in fixed.items():
        definition = portal.definitions.get(kind.type_id, name)
        checked = to_stored(definition, value, place="") if definition is not None else ""
        if isinstance(checked, InvalidValue):
            reader.refuse(row.places(name), checked.message.rstrip(". "))
        is_time = name in (kind.created_property, kind.modified_property)
        stored[name] = checked if is_time else to_text(value)  # some hold times as numbers
    if not stored:
        return record
    created = stored.get(kind.created_property)
    changed = stored.get(kind.modified_property) or created
    if changed:
        stored[kind.modified_property] = changed
    made = replace(
        record,
        properties=dict(sorted({**record.properties, **stored}.items())),
        updated_ms=parse_time(changed) if changed else record.updated_ms,
        created_ms=parse_time(created) if created else record.created_ms,
    )
    portal.store.put(kind.type_id, made)
    portal.touch()
    return made
