"""What a portal has besides records: files, forms, e-mails, campaigns and so on, by the family that they belong to."""

from collections.abc import Mapping
from typing import Any

import msgspec

from fake_hubspot.portal.identity import random_uuid
from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.portal_context import PortalContext

__all__ = ["Resource", "Resources"]

STORE = "resources."


class Resource(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One thing of a family, with fields as a request gave them.

    Attributes:
        number: Counts the things of the family in the order in which they were made, from 1.

    Units: `_ms` milliseconds since 1970.
    """

    id: str
    number: int
    created_ms: int
    updated_ms: int
    fields: dict[str, Any] = {}
    archived_ms: int | None = None

    @property
    def is_archived(self) -> bool:
        """Whether it was archived."""
        return self.archived_ms is not None


class Resources:
    """The things of a portal by family; a family exists as soon as something is put into it."""

    def __init__(self, context: PortalContext) -> None:
        self._context = context
        self._stores: dict[str, KeyValueStore[Resource]] = {}

    def _of(self, family: str) -> KeyValueStore[Resource]:
        store = self._stores.get(family)
        if store is None:
            db, bump = self._context.db, self._context.changes.bump
            store = self._stores[family] = KeyValueStore(db, STORE + family, Resource, on_change=bump)
        return store

    def all(self, family: str) -> list[Resource]:
        """Return everything of a family in the order in which it was made, archived or not."""
        return sorted(self._of(family), key=lambda one: one.number)

    def living(self, family: str) -> list[Resource]:
        """Return what is not archived of a family in the order in which it was made."""
        return [one for one in self.all(family) if not one.is_archived]

    def find(self, family: str, resource_id: str) -> Resource | None:
        """Return one thing, archived or not."""
        return self._of(family).get(resource_id)

    def add(self, family: str, fields: Mapping[str, Any], *, resource_id: str | None = None) -> Resource:
        """Store a new thing; without an id it gets a number of eleven digits.

        An id that is taken is replaced, and keeps its place and the time when it was made.
        """
        store, now = self._of(family), self._context.clock.now_ms()
        number = max((one.number for one in store), default=0) + 1
        name = resource_id or self.new_number(family)
        known = store.get(name)
        made = Resource(
            id=name,
            number=known.number if known else number,
            created_ms=known.created_ms if known else now,
            updated_ms=now,
            fields=dict(fields),
        )
        return store.put(name, made)

    def change(self, family: str, known: Resource, fields: Mapping[str, Any]) -> Resource:
        """Replace the fields of a thing."""
        now = self._context.clock.now_ms()
        return self._of(family).put(known.id, msgspec.structs.replace(known, fields=dict(fields), updated_ms=now))

    def archive(self, family: str, known: Resource) -> Resource:
        """Archive a thing; it can still be found."""
        now = self._context.clock.now_ms()
        return self._of(family).put(known.id, msgspec.structs.replace(known, archived_ms=now, updated_ms=now))

    def drop(self, family: str, resource_id: str) -> None:
        """Delete a thing for good."""
        self._of(family).drop(resource_id)

    def new_number(self, family: str) -> str:
        """Return a free id of eleven digits."""
        store = self._of(family)
        while (drawn := str(10_000_000_000 + self._context.random.randrange(89_999_999_999))) in store:
            pass
        return drawn

    def new_uuid(self) -> str:
        """Return a random UUID."""
        return random_uuid(self._context.random)
