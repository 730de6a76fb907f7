"""The owners API of version 2."""

from typing import Any

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.legacy.errors import LegacyError
from fake_hubspot.legacy.row import Row
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.owners import Owner
from fake_hubspot.portal.portal import Portal
from fake_hubspot.scopes import OWNERS_READ

__all__ = ["ROWS"]

PREFIX = "/owners/v2/owners"
EVERY = 2**31


def _wire(portal: Portal, owner: Owner) -> dict[str, Any]:
    """Render one owner.

    Source: docs; which remote users there are is assumed.
    """
    is_active = owner.archived_ms is None
    remote = {
        "id": owner.id,
        "portalId": portal.id,
        "ownerId": owner.id,
        "remoteId": str(owner.user_id),
        "remoteType": "HUBSPOT",
        "active": is_active,
    }
    return {
        "portalId": portal.id,
        "ownerId": owner.id,
        "type": "PERSON",
        "firstName": owner.first_name,
        "lastName": owner.last_name,
        "email": owner.email,
        "createdAt": owner.created_ms,
        "updatedAt": owner.updated_ms,
        "remoteList": [remote],
        "hasContactsAccess": is_active,
        "activeUserId": owner.user_id if is_active else None,
        "userIdIncludingInactive": owner.user_id,
        "isActive": is_active,
    }


def list_owners(context: RequestContext) -> Response:
    """Return every owner, with `includeInactive` the former ones too. Source: docs."""
    request, owners = context.request, context.portal.owners
    email = request.first("email")
    found, _ = owners.page(from_id=0, limit=EVERY, archived=False, email=email)
    if (request.first("includeInactive") or "").lower() == "true":
        found += owners.page(from_id=0, limit=EVERY, archived=True, email=email)[0]
    return Response.of([_wire(context.portal, one) for one in found])


def read_owner(context: RequestContext) -> Response:
    """Return one owner. Source: docs; the text for a missing one is assumed."""
    text, owners = context.params["ownerId"], context.portal.owners
    for archived in (False, True):
        owner = owners.find(parse_id(text), by_user=False, archived=archived)
        if owner is not None:
            return Response.of(_wire(context.portal, owner))
    raise LegacyError(404, f"No owner found with ownerId={text}")


ROWS = (
    Row("owners.list", "GET", PREFIX, list_owners, ("email", "includeInactive"), scope=OWNERS_READ),
    Row("owners.read", "GET", f"{PREFIX}/{{ownerId}}", read_owner, scope=OWNERS_READ),
)
