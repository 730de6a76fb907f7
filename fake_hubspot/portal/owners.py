"""The users who own records."""

import msgspec

from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.portal_context import PortalContext

__all__ = ["ACTING_USER_ID", "Owner", "Owners"]


class Owner(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A person who can own records.

    Units: `_ms` milliseconds since 1970.
    """

    id: int
    email: str
    first_name: str
    last_name: str
    user_id: int
    created_ms: int
    updated_ms: int
    archived_ms: int | None = None


# An invented person in a domain reserved for examples; the owner of a new account is the user who created it.
FIRST_OWNER = Owner(
    id=32900489,
    email="owner@example.com",
    first_name="Portal",
    last_name="Owner",
    user_id=32900490,
    created_ms=1_772_032_600_000,
    updated_ms=1_772_032_600_000,
)
# The user in whose name apps and tokens define properties, types and lists: the one who created the account.
ACTING_USER_ID = str(FIRST_OWNER.user_id)


class Owners:
    """The owners of a portal."""

    def __init__(self, context: PortalContext) -> None:
        self.stored = KeyValueStore(context.db, "owners", Owner, on_change=context.changes.bump)

    def seed(self) -> None:
        """Add the first owner."""
        self.put(FIRST_OWNER)

    def put(self, owner: Owner) -> None:
        """Store a new or changed owner."""
        self.stored.put(str(owner.id), owner)

    def page(self, *, from_id: int, limit: int, archived: bool, email: str | None) -> tuple[list[Owner], int | None]:
        """Return owners in ascending order of id, and the lowest id of the next page."""
        found = sorted(
            (one for one in self.stored if (one.archived_ms is not None) == archived and one.id >= from_id),
            key=lambda one: one.id,
        )
        if email is not None:
            found = [one for one in found if one.email.lower() == email.lower()]
        return found[:limit], found[limit].id if len(found) > limit else None

    def find(self, owner_id: int | None, *, by_user: bool, archived: bool) -> Owner | None:
        """Return the owner with that id or, with `by_user`, with that user id."""
        for one in self.stored:
            if (one.user_id if by_user else one.id) == owner_id and (one.archived_ms is not None) == archived:
                return one
        return None
