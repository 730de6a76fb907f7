"""Lists (segments) with their members, and the folders that they are in."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import msgspec

from fake_hubspot.portal import list_filters
from fake_hubspot.portal.clock import parse_time
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.list_events import RecordEvent
from fake_hubspot.portal.list_filters import Subject
from fake_hubspot.portal.portal_context import PortalContext
from fake_hubspot.portal.store import Candidates, Record, Store

__all__ = ["ROOT", "Folder", "Lists", "RecordList"]

# The folder that holds everything. Source: docs.
ROOT = 0
PastValues = Callable[[str, Record, str], Iterable[tuple[str, int]]]
Ends = Callable[[str, int, str, int], Iterable[tuple[str, int]]]


class Happenings(Protocol):
    """What happened to records; filters ask for it."""

    def of(self, subject: Subject) -> Sequence[RecordEvent]:
        """Return what happened to a record."""

    def opt_state(self, subject: Subject, subscription_id: str) -> str:
        """Return whether the record's address gets a kind of e-mail, or any of them."""

    def is_from(self, kind: str, source_id: str, subject: Subject) -> bool:
        """Return whether an import wrote a record, or whether it is or was enrolled in a workflow."""


class RecordList(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A list of records of one type. `members` maps each record id to the time when it was added.

    Attributes:
        filter_branch: Which records are members; a dynamic list has no members of its own.
        version: Counts the changes of the filters, from 1.
        conversion: When a dynamic list is to become a static one, as it was asked for.
        settings: `listPermissions`, `membershipSettings` and `customProperties`, as far as they were given.

    Units: `_ms` milliseconds since 1970.
    """

    list_id: int
    name: str
    object_type_id: str
    processing_type: str
    created_ms: int
    updated_ms: int
    members: dict[str, int] = {}
    archived_ms: int | None = None
    filter_branch: dict[str, Any] | None = None
    filters_updated_ms: int | None = None
    version: int = 1
    folder_id: int = ROOT
    conversion: dict[str, Any] | None = None
    settings: dict[str, Any] = {}

    @property
    def is_dynamic(self) -> bool:
        """Whether its filters decide at any time which records are members."""
        return self.processing_type == "DYNAMIC"


class Folder(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A folder of lists.

    Units: `_ms` milliseconds since 1970.
    """

    folder_id: int
    name: str
    parent_id: int
    created_ms: int
    updated_ms: int


class Lists:
    """The lists of a portal.

    Args:
        context: The portal's parts.
        store: The records.
        past_values: Returns the values of a property of a record, newest first, each with its time.
        ends: Returns the types and ids of the records with which a record has a type of link.
        happenings: Returns what happened to records.
    """

    def __init__(
        self,
        context: PortalContext,
        store: Store,
        *,
        past_values: PastValues,
        ends: Ends,
        happenings: Callable[[], Happenings],
    ) -> None:
        self._context = context
        self._store = store
        self._past_values = past_values
        self._ends = ends
        self._happenings = happenings
        self._asked: set[str] = set()
        self.stored = KeyValueStore(context.db, "lists", RecordList, on_change=context.changes.bump)
        self.folders = KeyValueStore(context.db, "list_folders", Folder, on_change=context.changes.bump)

    @property
    def now_ms(self) -> int:
        """The present, for filters."""
        return self._context.clock.now_ms()

    def past_values(self, subject: Subject, name: str) -> list[tuple[str, int]]:
        """Return the values that a property has had, newest first."""
        return list(self._past_values(subject.type_id, subject.record, name))

    def linked(self, subject: Subject, category: str, type_id: int) -> list[Subject]:
        """Return the living records that are linked with a record by a type of link."""
        found = []
        for other_type, other_id in self._ends(subject.type_id, subject.record.id, category, type_id):
            other = self._store.get(other_type, other_id)
            if other is not None:
                found.append(Subject(other_type, other))
        return found

    def record_of(self, type_id: str, record_id: str) -> Subject | None:
        """Return the living record of an id."""
        number = parse_id(record_id)
        found = None if number is None else self._store.get(type_id, number)
        return None if found is None or found.archived_ms is not None else Subject(type_id, found)

    def events(self, subject: Subject) -> Sequence[RecordEvent]:
        """Return what happened to a record."""
        return self._happenings().of(subject)

    def opt_state(self, subject: Subject, subscription_id: str) -> str:
        """Return whether the record's address gets a kind of e-mail, or any of them."""
        return self._happenings().opt_state(subject, subscription_id)

    def is_from(self, kind: str, source_id: str, subject: Subject) -> bool:
        """Return whether an import wrote a record, or whether it is or was enrolled in a workflow."""
        return self._happenings().is_from(kind, source_id, subject)

    def is_member(self, list_id: str, subject: Subject) -> bool:
        """Return whether a record is in a list; a list that asks about itself does not contain it.

        Source: assumed.
        """
        known = self.get(list_id)
        if known is None or known.object_type_id != subject.type_id:
            return False
        if not known.is_dynamic:
            return str(subject.record.id) in known.members
        if known.filter_branch is None or list_id in self._asked:
            return False
        self._asked.add(list_id)
        try:
            return list_filters.matches(known.filter_branch, subject, self)
        finally:
            self._asked.discard(list_id)

    def create(
        self,
        name: str,
        object_type_id: str,
        processing_type: str,
        filter_branch: dict[str, Any] | None = None,
        *,
        folder_id: int = ROOT,
        settings: dict[str, Any] | None = None,
    ) -> RecordList:
        """Create a list: one by hand is empty, a snapshot keeps the records that its filters select now."""
        now = self._context.clock.now_ms()
        number = 1 + max((one.list_id for one in self.stored), default=0)
        made = RecordList(
            list_id=number,
            name=name,
            object_type_id=object_type_id,
            processing_type=processing_type,
            created_ms=now,
            updated_ms=now,
            filter_branch=None if filter_branch is None else list_filters.complete(filter_branch),
            folder_id=folder_id,
            settings=settings or {},
        )
        if not made.is_dynamic:
            made = msgspec.structs.replace(made, members=self._selected(made))
        return self.stored.put(str(number), made)

    def refilter(self, known: RecordList, filter_branch: dict[str, Any]) -> RecordList:
        """Give a list other filters; the members of a snapshot are selected again."""
        now = self._context.clock.now_ms()
        changed = msgspec.structs.replace(
            known,
            filter_branch=list_filters.complete(filter_branch),
            filters_updated_ms=now,
            updated_ms=now,
            version=known.version + 1,
        )
        if not changed.is_dynamic:
            changed = msgspec.structs.replace(changed, members=self._selected(changed))
        return self.put(changed)

    def members(self, known: RecordList) -> dict[str, int]:
        """Return the ids of the members, with the times when they were added.

        A member of a dynamic list is there since its last change. Source: assumed.
        """
        return self._selected(known) if known.is_dynamic else known.members

    def _selected(self, known: RecordList) -> dict[str, int]:
        branch = known.filter_branch
        if branch is None:
            return {}
        records = self._store.candidates(known.object_type_id, Candidates())
        subjects = (Subject(known.object_type_id, one) for one in list(records))
        self._asked.add(str(known.list_id))
        try:
            found = [one.record for one in subjects if list_filters.matches(branch, one, self)]
        finally:
            self._asked.discard(str(known.list_id))
        return {str(one.id): one.updated_ms for one in found}

    def of_record(self, type_id: str, record_id: int) -> list[tuple[RecordList, int]]:
        """Return the lists that a record is in, each with the time when it was added."""
        record = self._store.get(type_id, record_id)
        if record is None:
            return []
        subject = Subject(type_id, record)
        found = [one for one in self.current() if self.is_member(str(one.list_id), subject)]
        return [(one, one.members.get(str(record_id), record.updated_ms)) for one in found]

    def named(self, name: str, object_type_id: str) -> RecordList | None:
        """Return the list of that name, in any case, for that type of record."""
        wanted = (name.casefold(), object_type_id)
        return next((one for one in self.current() if (one.name.casefold(), one.object_type_id) == wanted), None)

    def rename(self, known: RecordList, name: str) -> RecordList:
        """Give a list another name; the time of its last change stays.

        Source: recording (hubspot-api-ruby 2026-04).
        """
        return self.put(msgspec.structs.replace(known, name=name))

    def put(self, known: RecordList) -> RecordList:
        """Store a changed list."""
        return self.stored.put(str(known.list_id), known)

    def get(self, list_id: str) -> RecordList | None:
        """Return a list that is not deleted."""
        found = self.stored.get(list_id)
        return None if found is None or found.archived_ms is not None else self._converted(found)

    def current(self) -> list[RecordList]:
        """Return every list that is not deleted, in the order of their ids."""
        living = (self._converted(one) for one in self.stored if one.archived_ms is None)
        return sorted(living, key=lambda one: one.list_id)

    def _converted(self, known: RecordList) -> RecordList:
        """Return a dynamic list as the static one that it becomes on the day that was asked for.

        Source: docs; that a conversion for lack of changes never comes is assumed.
        """
        day = known.conversion or {}
        if not known.is_dynamic or day.get("conversionType") != "CONVERSION_DATE":
            return known
        if parse_time(f"{day['year']:04}-{day['month']:02}-{day['day']:02}T00:00:00Z") > self.now_ms:
            return known
        return self.put(msgspec.structs.replace(known, processing_type="SNAPSHOT", members=self._selected(known)))

    def delete(self, known: RecordList) -> None:
        """Delete a list; it can be restored."""
        self.put(msgspec.structs.replace(known, archived_ms=self._context.clock.now_ms()))

    def restore(self, list_id: str) -> RecordList | None:
        """Restore a deleted list, and return it; None if there is no list of that id."""
        found = self.stored.get(list_id)
        return None if found is None else self.put(msgspec.structs.replace(found, archived_ms=None))

    def set_members(self, known: RecordList, members: dict[str, int]) -> None:
        """Replace the members of a list."""
        self.put(msgspec.structs.replace(known, members=members, updated_ms=self._context.clock.now_ms()))

    def make_folder(self, name: str, parent_id: int) -> Folder:
        """Create a folder."""
        now = self._context.clock.now_ms()
        number = 1 + max((one.folder_id for one in self.folders), default=ROOT)
        made = Folder(folder_id=number, name=name, parent_id=parent_id, created_ms=now, updated_ms=now)
        return self.folders.put(str(number), made)

    def change_folder(self, known: Folder, **changes: Any) -> Folder:
        """Rename or move a folder."""
        changed = msgspec.structs.replace(known, updated_ms=self._context.clock.now_ms(), **changes)
        return self.folders.put(str(known.folder_id), changed)

    def is_inside(self, folder_id: int, outer_id: int) -> bool:
        """Return whether a folder is another one or lies in it, at any depth."""
        seen = folder_id
        while seen not in (outer_id, ROOT):
            known = self.folders.get(str(seen))
            seen = ROOT if known is None else known.parent_id
        return seen == outer_id
