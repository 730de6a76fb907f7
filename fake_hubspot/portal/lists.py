"""Lists (segments) with their members."""

from typing import Any

import msgspec

from fake_hubspot.portal import list_filters
from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.portal_context import PortalContext
from fake_hubspot.portal.store import Candidates, Store

__all__ = ["Lists", "RecordList"]


class RecordList(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A list of records of one type. `members` maps each record id to the time when it was added.

    Attributes:
        filter_branch: Which records are members; a dynamic list has no members of its own.

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

    @property
    def is_dynamic(self) -> bool:
        """Whether its filters decide at any time which records are members."""
        return self.processing_type == "DYNAMIC"


class Lists:
    """The lists of a portal."""

    def __init__(self, context: PortalContext, store: Store) -> None:
        self._context = context
        self._store = store
        self.stored = KeyValueStore(context.db, "lists", RecordList, on_change=context.changes.bump)

    def create(
        self, name: str, object_type_id: str, processing_type: str, filter_branch: dict[str, Any] | None = None
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
        )
        if filter_branch is not None and not made.is_dynamic:
            made = msgspec.structs.replace(made, members=self._selected(made))
        return self.stored.put(str(number), made)

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
        return {str(one.id): one.updated_ms for one in records if list_filters.matches(branch, one.properties)}

    def named(self, name: str, object_type_id: str) -> RecordList | None:
        """Return the list of that name, in any case, for that type of record."""
        wanted = (name.casefold(), object_type_id)
        return next((one for one in self.current() if (one.name.casefold(), one.object_type_id) == wanted), None)

    def rename(self, known: RecordList, name: str) -> RecordList:
        """Give a list another name; the time of its last change stays.

        Source: recording (hubspot-api-ruby 2026-04).
        """
        return self.stored.put(str(known.list_id), msgspec.structs.replace(known, name=name))

    def get(self, list_id: str) -> RecordList | None:
        """Return a list that is not deleted."""
        found = self.stored.get(list_id)
        return None if found is None or found.archived_ms is not None else found

    def current(self) -> list[RecordList]:
        """Return every list that is not deleted, in the order of their ids."""
        return sorted((one for one in self.stored if one.archived_ms is None), key=lambda one: one.list_id)

    def delete(self, known: RecordList) -> None:
        """Delete a list; it can be restored."""
        self.stored.put(str(known.list_id), msgspec.structs.replace(known, archived_ms=self._context.clock.now_ms()))

    def set_members(self, known: RecordList, members: dict[str, int]) -> None:
        """Replace the members of a list."""
        changed = msgspec.structs.replace(known, members=members, updated_ms=self._context.clock.now_ms())
        self.stored.put(str(known.list_id), changed)
