"""Contacts as HubSpot's list sends them: recorded rows, made-up rows of the same shape, and the rows of a portal.

The fake HubSpot seeds the recorded contacts as well. Tests have a copy of their own, so that they compare the fake with
the recording and not with itself.
"""

from collections.abc import Iterator
from typing import Any

import requests

__all__ = ["BRIAN", "BRIAN_EMAIL", "BRIAN_ID", "MARIA", "MARIA_ID", "listed_contact", "read_contacts"]

Row = dict[str, Any]
"""Shape: `{"id", "properties", "createdAt", "updatedAt", "archived", "url"}`."""

PORTAL_ID = 62515
TIMEOUT_S = 30


def listed_contact(contact_id: int | str, *, created: str, updated: str, **properties: str | None) -> Row:
    """A row of a list: the keys in HubSpot's order, the properties sorted by name."""
    named = {"createdate": created, "hs_object_id": str(contact_id), "lastmodifieddate": updated, **properties}
    return {
        "id": str(contact_id),
        "properties": dict(sorted(named.items())),
        "createdAt": created,
        "updatedAt": updated,
        "archived": False,
        "url": f"https://app.hubspot.com/contacts/{PORTAL_ID}/record/0-1/{contact_id}",
    }


# The two sample contacts of a new account.
# Source: recording (Nango 2026-03 for Brian's row and both ids, hubspot-api-ruby 2021 for the properties).
BRIAN_ID, MARIA_ID = "713802347732", "713903210728"
BRIAN_EMAIL = "bh@hubspot.com"
BRIAN = listed_contact(
    BRIAN_ID,
    created="2026-02-25T15:16:50.045Z",
    updated="2026-02-28T15:18:25.872Z",
    email=BRIAN_EMAIL,
    firstname="Brian",
    lastname="Halligan (Sample Contact)",
)
MARIA = listed_contact(
    MARIA_ID,
    created="2026-02-25T15:16:49.716Z",
    updated="2026-02-28T15:18:25.543Z",
    email="emailmaria@hubspot.com",
    firstname="Maria",
    lastname="Johnson (Sample Contact)",
)


def read_contacts(hubspot_url: str, token: str) -> Iterator[Row]:
    """Yield every contact of a portal, page by page with HubSpot's default properties, without a connector."""
    query = {"limit": "100"}
    while True:
        response = requests.get(
            f"{hubspot_url}/crm/v3/objects/contacts",
            params=query,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_S,
        )
        response.raise_for_status()
        page = response.json()
        yield from page["results"]
        if "paging" not in page:
            return
        query["after"] = page["paging"]["next"]["after"]
