"""Creates, finds, changes, archives, merges and erases records. HubSpot's rules for writes are here."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from fake_hubspot.portal import calculated
from fake_hubspot.portal.associations import Associations
from fake_hubspot.portal.blocklist import Blocklist
from fake_hubspot.portal.change_feed import MergeChange
from fake_hubspot.portal.clock import format_time, parse_time
from fake_hubspot.portal.decimal_id import LARGEST_ID, parse_id
from fake_hubspot.portal.definitions import Definitions
from fake_hubspot.portal.errors import (
    DuplicateValueError,
    InvalidValue,
    InvalidValuesError,
    MissingPropertyError,
    NoPropertiesError,
    NotUniqueError,
    RequiredPropertiesError,
)
from fake_hubspot.portal.history import History
from fake_hubspot.portal.identity import RecordIds
from fake_hubspot.portal.index_lag import IndexLag
from fake_hubspot.portal.owners import Owners
from fake_hubspot.portal.pipelines import Pipelines
from fake_hubspot.portal.portal_context import PortalContext
from fake_hubspot.portal.stages import Place, Stages
from fake_hubspot.portal.standard_properties import LIFECYCLE_STAGES
from fake_hubspot.portal.store import Record, Store
from fake_hubspot.portal.types import ObjectType
from fake_hubspot.portal.values import WireValue, to_stored, to_text

__all__ = ["Records"]

CLOSED = "hs_is_closed"
CONTACT_NEEDS_ONE_OF = ("email", "firstname", "lastname")


class Records:
    """The records of a portal."""

    def __init__(
        self,
        context: PortalContext,
        *,
        definitions: Definitions,
        associations: Associations,
        owners: Owners,
        pipelines: Pipelines,
    ) -> None:
        self._context = context
        self._feed = context.feed
        self._owners = owners
        self._definitions = definitions
        self._associations = associations
        self._stages = Stages(pipelines)
        self.on_life: Callable[[str, int], None] = _nobody
        self._ids = RecordIds(context.random)
        self.store = Store(context.db)
        self.history = History(context)
        self.index_lag = IndexLag(context.clock)
        self.blocklist = Blocklist(context)

    def find(self, object_type: ObjectType, record_id: int | None, *, archived: bool = False) -> Record | None:
        """Return the record with that id, or the one it was merged into, if it is archived or not as `archived` says.

        Source: that an archived one needs `archived=true`: docs; that merged ids lead to the new record: assumed.
        """
        if record_id is None or not 0 <= record_id <= LARGEST_ID:
            return None
        record = self.store.get(object_type.type_id, record_id)
        if record is None and self._context.assumptions["merged-lookup"] == "follow":
            record = self.store.get(object_type.type_id, self.store.follow_merge(object_type.type_id, record_id))
        if record is None or (record.archived_ms is not None) != archived:
            return None
        return record

    def find_many(
        self, object_type: ObjectType, ids: Iterable[int | None], *, archived: bool = False
    ) -> dict[int | None, Record | None]:
        """Return the records with these ids as `find` does, in fewer steps."""
        wanted = dict.fromkeys(ids)
        possible = [one for one in wanted if one is not None and 0 <= one <= LARGEST_ID]
        stored = {one.id: one for one in self.store.get_many(object_type.type_id, possible)}
        for one in wanted:
            record = None if one is None else stored.get(one)
            if record is None:  # it may be merged into another
                wanted[one] = self.find(object_type, one, archived=archived)
            elif (record.archived_ms is not None) == archived:
                wanted[one] = record
        return wanted

    def find_by(self, object_type: ObjectType, name: str, value: str, *, archived: bool = False) -> Record | None:
        """Return the record that has a value in a property with unique values.

        Raises:
            NotUniqueError: The property's values are not unique.
        """
        if name == "hs_object_id":
            return self.find(object_type, parse_id(value), archived=archived)
        if name not in self._definitions.unique_names(object_type):
            raise NotUniqueError(name)
        record_id = self.store.find_unique(object_type.type_id, name, value)
        return None if record_id is None else self.find(object_type, record_id, archived=archived)

    def create(
        self, object_type: ObjectType, properties: Mapping[str, WireValue], *, record_id: int | None = None
    ) -> Record:
        """Create a record, under a new id or under one that is known to be free.

        Raises:
            InvalidValuesError: Properties have wrong values.
            MissingPropertyError: A contact has neither an address nor a name.
            RequiredPropertiesError: Required properties are missing.
            DuplicateValueError: A unique value is taken.
        """
        given = self._checked(object_type, properties)
        self._check_enough(object_type, given)
        self.blocklist.check(object_type, given)
        self._check_unique(object_type, given)
        now = self._context.clock.now_ms()
        record_id = record_id or self._new_id(object_type)
        place = self._place(object_type, {}, given)
        given |= place.filled
        change = self._change(place, record_id, {}, given, now)
        values = given | calculated.on_creation(object_type, change)
        values |= self._of_stage(object_type, {}, values, now) | self._of_owner(object_type, {}, given, now)
        record = self._write(object_type, None, Record(record_id, dict(sorted(values.items())), now, now))
        self._feed.add_values(object_type.type_id, record.id, {}, record.properties, is_new=True)
        return record

    def required_values(self, object_type: ObjectType) -> dict[str, WireValue]:
        """Return a value for each property that a new record of this type must have, as a person would choose one."""
        return {name: self._any_value(object_type, name) for name in object_type.required_properties}

    def _any_value(self, object_type: ObjectType, name: str) -> WireValue:
        if name == self._stages.names(object_type)[1] and (first := self._stages.first(object_type)):
            return first
        definition = self._definitions.get(object_type.type_id, name)
        if definition is not None and definition.options:
            return definition.options[0].value
        simple: dict[str, WireValue] = {"number": 1, "bool": True, "date": "2026-01-31"}
        simple["datetime"] = format_time(self._context.clock.now_ms())
        return simple.get(definition.type if definition else "", "New")

    def update(self, object_type: ObjectType, record: Record, properties: Mapping[str, WireValue]) -> Record:
        """Change a record's properties.

        Raises:
            NoPropertiesError: No property is given.
            InvalidValuesError: Properties have wrong values.
            DuplicateValueError: A unique value is taken.
        """
        if not properties:
            raise NoPropertiesError
        given = self._forward_only(record, self._checked(object_type, properties))
        self.blocklist.check(object_type, given)
        self._check_unique(object_type, given, own_id=record.id)
        now = self._context.clock.now_ms()
        place = self._place(object_type, record.properties, given)
        given |= place.filled
        change = self._change(place, record.id, record.properties, given, now, created_ms=record.created_ms)
        derived = calculated.on_update(object_type, change)
        derived |= self._of_stage(object_type, record.properties, given, now)
        derived |= self._of_owner(object_type, record.properties, given, now)
        changed = self.overwrite(object_type, record, given | derived, at_ms=now)
        if changed.properties.get(CLOSED) != record.properties.get(CLOSED):
            self.on_life(object_type.type_id, record.id)
        return changed

    def _place(self, object_type: ObjectType, before: Mapping[str, str], given: Mapping[str, str]) -> Place:
        found = self._stages.place(object_type, before, given)
        if isinstance(found, InvalidValue):
            raise InvalidValuesError([found])
        return found

    def _change(
        self,
        place: Place,
        record_id: int,
        before: Mapping[str, str],
        given: Mapping[str, str],
        now_ms: int,
        *,
        created_ms: int | None = None,
    ) -> calculated.Change:
        metadata = place.stage.metadata if place.stage else {}
        return calculated.Change(
            record_id,
            before,
            given,
            now_ms,
            now_ms if created_ms is None else created_ms,
            probability=metadata.get("probability"),
            is_closed=_is_closed(metadata) if place.stage else None,
            is_of_2024=self._context.assumptions["ticket-properties"] == "2024",
            has_marketing=self._context.assumptions["marketing-contacts"] == "present",
        )

    def _of_stage(
        self, object_type: ObjectType, before: Mapping[str, str], given: Mapping[str, str], now_ms: int
    ) -> dict[str, str]:
        if object_type.type_id == "0-5" and self._context.assumptions["ticket-properties"] == "2024":
            return {}
        name = self._stages.names(object_type)[1]
        return calculated.of_stage(before, before.get(name), given.get(name, before.get(name)), now_ms)

    def _of_owner(
        self, object_type: ObjectType, before: Mapping[str, str], given: Mapping[str, str], now_ms: int
    ) -> dict[str, str]:
        owner_id = given.get("hubspot_owner_id")
        if owner_id is None or owner_id == before.get("hubspot_owner_id", ""):
            return {}
        owner = self._owners.stored.get(owner_id)
        return calculated.of_owner(object_type, owner_id, owner.user_id if owner else None, now_ms)

    def overwrite(
        self,
        object_type: ObjectType,
        record: Record,
        values: Mapping[str, str],
        *,
        at_ms: int,
        source: str = "INTEGRATION",
    ) -> Record:
        """Set stored values without checks, as HubSpot itself does; `at_ms` becomes the time of change."""
        stamp = {object_type.modified_property: format_time(at_ms)}
        changed = replace(
            record, properties=dict(sorted({**record.properties, **values, **stamp}.items())), updated_ms=at_ms
        )
        written = self._write(object_type, record, changed, source=source)
        self._feed.add_values(object_type.type_id, record.id, record.properties, written.properties, source=source)
        return written

    def archive(self, object_type: ObjectType, record: Record) -> None:
        """Move a record to the recycle bin; its unique values become free.

        Source: docs.
        """
        now = self._context.clock.now_ms()
        with self._context.db.transaction():
            self._release(object_type, record)
            self._remember(object_type, record)
            self.store.put(object_type.type_id, replace(record, archived_ms=now))
            self._feed.add("deletion", object_type.type_id, record.id)
            self.on_life(object_type.type_id, record.id)
        self._context.changes.bump()

    def restore(self, object_type: ObjectType, record: Record) -> None:
        """Move a record out of the recycle bin."""
        with self._context.db.transaction():
            self._write(object_type, None, replace(record, archived_ms=None))
            self._feed.add("restore", object_type.type_id, record.id)
            self.on_life(object_type.type_id, record.id)

    def erase(self, object_type: ObjectType, record: Record) -> None:
        """Delete a record with its history and links; a contact's addresses are blocked from then on.

        Source: docs (changelog of `contact.privacyDeletion`: a deletion is told as well).
        """
        with self._context.db.transaction():
            self.blocklist.add_those_of(object_type, record)
            self._remember(object_type, record)
            neighbours = self._associations.neighbours(object_type.type_id, record.id)
            self.store.delete(object_type.type_id, record.id)
            self._associations.forget(object_type.type_id, record.id)
            self._feed.add("deletion", object_type.type_id, record.id)
            self._feed.add("privacyDeletion", object_type.type_id, record.id)
            for type_id, record_id in neighbours:
                self._associations.on_link(type_id, record_id)
        self._context.changes.bump()

    def merge(self, object_type: ObjectType, primary: Record, other: Record, *, new_id: int | None = None) -> Record:
        """Merge two records, under a new id or one that is known to be free; the primary's values win.

        Source: docs (the response is the merged record under a new id, unless the portal keeps the primary's).
        """
        now = self._context.clock.now_ms()
        keeps_id = self._context.assumptions["merge-id"] == "primary"
        new_id = primary.id if keeps_id else new_id or self._new_id(object_type)
        values = {name: value for name, value in other.properties.items() if value != ""}
        values |= {name: value for name, value in primary.properties.items() if value != "" or name not in values}
        merged_ids = [str(one.id) for one in (primary, other) if one.id != new_id]
        created_ms = min(primary.created_ms, other.created_ms)
        values |= {
            "hs_merged_object_ids": ";".join([*_already_merged(primary, other), *merged_ids]),
            "hs_object_id": str(new_id),
            object_type.created_property: format_time(created_ms),
            object_type.modified_property: format_time(now),
        }
        merged = Record(new_id, dict(sorted(values.items())), created_ms, now)
        with self._context.db.transaction():
            self._retire(object_type, [primary, other], new_id)
            written = self._write(object_type, None, merged)
            moved = sum(1 for name, value in other.properties.items() if value and not primary.properties.get(name))
            told = MergeChange((other.id,), new_id, moved)
            self._feed.add("merge", object_type.type_id, primary.id, merge=told)
            self._associations.on_link(object_type.type_id, new_id)
            self.on_life(object_type.type_id, new_id)
        return self.store.get(object_type.type_id, new_id) or written

    def _retire(self, object_type: ObjectType, records: Iterable[Record], new_id: int) -> None:
        type_id = object_type.type_id
        for record in records:
            self._release(object_type, record)
            self._remember(object_type, record)
            if record.id != new_id:
                self._associations.move(type_id, [record.id], new_id)
                self.store.delete(type_id, record.id)
                self.store.note_merge(type_id, old_id=record.id, new_id=new_id)

    def _write(
        self, object_type: ObjectType, before: Record | None, after: Record, *, source: str = "INTEGRATION"
    ) -> Record:
        type_id, after = object_type.type_id, _dated(object_type, before, after)
        with self._context.db.transaction():
            if before is not None:
                self.history.note(type_id, before, after, source=source)
            self._remember(object_type, before or Record(after.id, {}, 0, 0, archived_ms=0))
            for name in self._definitions.unique_names(object_type):
                old, new = before.properties.get(name) if before else None, after.properties.get(name)
                if old and old != new:
                    self.store.release_unique(type_id, name, old, record_id=after.id)
                if new:
                    self.store.claim_unique(type_id, name, new, record_id=after.id)
            self.store.put(type_id, after)
        self._context.changes.bump()
        return after

    def _remember(self, object_type: ObjectType, before: Record) -> None:
        self.index_lag.note(object_type.type_id, before)

    def _release(self, object_type: ObjectType, record: Record) -> None:
        for name in self._definitions.unique_names(object_type):
            if value := record.properties.get(name):
                self.store.release_unique(object_type.type_id, name, value, record_id=record.id)

    def _new_id(self, object_type: ObjectType) -> int:
        while True:
            candidate = self._ids.draw()
            if self.store.get(object_type.type_id, candidate) is None:
                return candidate

    def _checked(self, object_type: ObjectType, properties: Mapping[str, WireValue]) -> dict[str, str]:
        """Return the values as they are stored.

        Raises:
            InvalidValuesError: Some are wrong. It lists every problem.
        """
        place = f"Portal {self._context.portal_id}, object type {object_type.type_id}"
        found = {name: self._stored(object_type, name, value, place) for name, value in properties.items()}
        problems = [value for value in found.values() if isinstance(value, InvalidValue)]
        if problems:
            raise InvalidValuesError(problems)
        return {name: value for name, value in found.items() if isinstance(value, str)}

    def _stored(self, object_type: ObjectType, name: str, value: WireValue, place: str) -> str | InvalidValue:
        definition = self._definitions.get(object_type.type_id, name)
        if definition is None or definition.archived_ms is not None:
            return InvalidValue(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
        if definition.read_only_value:
            return InvalidValue(name, "READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.')
        if name == "hubspot_owner_id" and (refused := self._wrong_owner(name, to_text(value))):
            return refused
        return to_stored(definition, value, place=place)

    def _wrong_owner(self, name: str, owner_id: str) -> InvalidValue | None:
        """Return why an owner cannot be assigned: there is no such owner, or no longer.

        Source: docs (owners guide: the id of a user is an error) and reader (the code, in a community thread of 2025);
        the text is assumed.
        """
        if not owner_id or self._context.assumptions["unknown-owner"] == "accept":
            return None
        if self._owners.find(parse_id(owner_id), by_user=False, archived=False) is not None:
            return None
        return InvalidValue(name, "INVALID_OWNER_ID", f"{owner_id} is not the id of an owner.")

    @staticmethod
    def _check_enough(object_type: ObjectType, given: Mapping[str, str]) -> None:
        """Check that a new record has what its type requires; a contact needs an address or a name.

        Source: recording (calls, communications and projects 2026-04) and reader (notes hubspot-api-nodejs #124, tasks
        Pipedream #12366) for the required properties; docs (a contact needs one of three).
        """
        missing = [name for name in object_type.required_properties if not given.get(name)]
        if missing:
            noun = object_type.singular if object_type.is_custom else object_type.upper_name
            raise RequiredPropertiesError(missing, noun=noun)
        if object_type.type_id == "0-1" and not any(given.get(name) for name in CONTACT_NEEDS_ONE_OF):
            raise MissingPropertyError(CONTACT_NEEDS_ONE_OF)

    def _check_unique(self, object_type: ObjectType, given: Mapping[str, str], *, own_id: int | None = None) -> None:
        for name in self._definitions.unique_names(object_type):
            value = given.get(name)
            taken_by = self.store.find_unique(object_type.type_id, name, value) if value else None
            if taken_by is not None and taken_by != own_id:
                raise DuplicateValueError(object_type.singular.replace("_", " ").capitalize(), taken_by)

    @staticmethod
    def _forward_only(record: Record, given: dict[str, str]) -> dict[str, str]:
        """Drop a lifecycle stage that goes back, unless it was cleared first.

        Source: docs; that it is silent: assumed.
        """
        stages = list(LIFECYCLE_STAGES)
        now, wanted = record.properties.get("lifecyclestage"), given.get("lifecyclestage")
        if now in stages and wanted in stages and stages.index(wanted) < stages.index(now):
            return {name: value for name, value in given.items() if name != "lifecyclestage"}
        return given


def _nobody(type_id: str, record_id: int) -> None:
    """Do nothing: nobody wants to know about the lives of records."""


def _is_closed(metadata: Mapping[str, str]) -> bool:
    return metadata.get("isClosed", "false").lower() == "true" or metadata.get("ticketState") == "CLOSED"


def _dated(object_type: ObjectType, before: Record | None, record: Record) -> Record:
    """Return the record with the time of creation that its properties say: an import may set it."""
    text = record.properties.get(object_type.created_property)
    known = format_time(record.created_ms) if before is None else before.properties.get(object_type.created_property)
    if text is None or text == known:
        return record
    try:
        return replace(record, created_ms=parse_time(text))
    except ValueError:
        return record


def _already_merged(*records: Record) -> list[str]:
    known = (record.properties.get("hs_merged_object_ids", "") for record in records)
    return [one for text in known for one in text.split(";") if one]
