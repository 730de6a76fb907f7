"""The e-mail addresses that can no longer be used because their owner asked to be forgotten."""

from collections.abc import Mapping

from fake_hubspot.portal.errors import InvalidValue, InvalidValuesError
from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.portal_context import PortalContext
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["Blocklist"]

CONTACTS = "0-1"
# This text is the fake's own. It does not repeat the address.
REFUSED = InvalidValue(
    "email",
    "EMAIL_BLOCKED",
    "This email address was deleted for privacy and cannot be used (this text is the fake's own, HubSpot's is unknown)",
)


class Blocklist:
    """The blocked addresses of a portal, regardless of case.

    Source: docs (an unknown address is "added to a blocklist" and cannot be used); that those of erased contacts are
    too, and how a write is refused: assumed.
    """

    def __init__(self, context: PortalContext) -> None:
        self._context = context
        self._addresses = KeyValueStore(context.db, "blocked_emails", str, on_change=context.changes.bump)

    def __contains__(self, address: str) -> bool:
        return address.lower() in self._addresses

    def add(self, address: str) -> None:
        """Block an address."""
        self._addresses.put(address.lower(), address)

    def add_those_of(self, object_type: ObjectType, record: Record) -> None:
        """Block the addresses of a contact that is erased."""
        if object_type.type_id != CONTACTS or self._context.assumptions["erased-email"] == "free":
            return
        others = record.properties.get("hs_additional_emails", "").split(";")
        for address in (record.properties.get("email", ""), *others):
            if address:
                self.add(address)

    def check(self, object_type: ObjectType, given: Mapping[str, str]) -> None:
        """Check that a contact is not given a blocked address.

        Raises:
            InvalidValuesError: It is, and the portal's assumptions refuse that.
        """
        refuses = self._context.assumptions["blocked-email"] == "refuse"
        if refuses and object_type.type_id == CONTACTS and given.get("email", "") in self:
            raise InvalidValuesError([REFUSED])
