"""Lists (segments) with their members."""

import msgspec

from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.portal_context import PortalContext

__all__ = ["Lists", "RecordList"]


class RecordList(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A list of records of one type. `members` maps each record id to the time when it was added.

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


class Lists:
    """The lists of a portal."""

    def __init__(self, context: PortalContext) -> None:
        self._context = context
        self.stored = KeyValueStore(context.db, "lists", RecordList, on_change=context.changes.bump)

    def create(self, name: str, object_type_id: str, processing_type: str) -> RecordList:
        """Create an empty list."""
        now = self._context.clock.now_ms()
        number = 1 + max((one.list_id for one in self.stored), default=0)
        made = RecordList(
            list_id=number,
            name=name,
            object_type_id=object_type_id,
            processing_type=processing_type,
            created_ms=now,
            updated_ms=now,
        )
        return self.stored.put(str(number), made)

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
