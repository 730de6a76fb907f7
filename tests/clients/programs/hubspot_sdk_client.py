"""HubSpot's new client for Python, `hubspot-sdk`; `HUBSPOT_BASE_URL` or `base_url` is the address."""

import sys
from typing import Any

from hubspot_sdk import HubSpot  # type: ignore[import-not-found]
from serving import serve  # type: ignore[import-not-found]

client = HubSpot(access_token=sys.argv[2], base_url=sys.argv[1], max_retries=3)
Records = dict[str, dict[str, Any]]
NAMED = ("contacts", "companies", "deals", "tickets", "products", "line_items", "calls", "emails", "meetings", "notes")


def of(kind: str) -> Any:
    """Return the part of the client for a type."""
    return getattr(client.crm.objects, kind)


def by_id(records: Any) -> Records:
    """Return the properties of records by id."""
    return {each.id: each.properties for each in records}


def read(kind: str, properties: list[str]) -> Records:
    """Return all records of a type; the client follows the pages."""
    if kind in (*NAMED, "tasks"):
        return by_id(of(kind).list(limit=100, properties=properties))
    return by_id(client.crm.objects.custom.list(kind, limit=100, properties=properties))


def search(kind: str, since: str, properties: list[str]) -> Records:
    """Return the records that have changed since a time."""
    found: Records = {}
    after = ""
    name = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"
    condition = {"property_name": name, "operator": "GTE", "value": since}
    while True:
        page = of(kind).search(
            after=after, filter_groups=[{"filters": [condition]}], limit=200, properties=properties, sorts=[name]
        )
        found |= by_id(page.results)
        if not page.paging:
            return found
        after = page.paging.next.after


def create(kind: str, properties: dict[str, str]) -> str:
    """Create a record and return its id."""
    return str(of(kind).create(associations=[], properties=properties).id)


def update(kind: str, record_id: str, properties: dict[str, str]) -> None:
    """Change a record."""
    of(kind).update(record_id, properties=properties)


def archive(kind: str, record_id: str) -> None:
    """Move a record to the recycle bin."""
    of(kind).delete(record_id)


def linked(kind: str, record_id: str, to_kind: str) -> list[str]:
    """Return the ids of the associated records."""
    page = client.crm.associations.list(to_kind, object_type=kind, object_id=record_id)
    return [str(each.to_object_id) for each in page]


def owners() -> list[str]:
    """Return the addresses of all owners."""
    return [each.email for each in client.crm.owners.list()]


def pipelines(kind: str) -> list[str]:
    """Return the ids of the pipelines of a type."""
    return [each.id for each in client.crm.pipelines.list(kind).results]


def properties(kind: str) -> list[str]:
    """Return the names of the properties of a type."""
    return [each.name for each in client.crm.properties.list(kind).results]


def schemas() -> list[str]:
    """Return the names of the custom types."""
    return [each.name for each in client.crm.object_schemas.list().results]


if __name__ == "__main__":
    serve(
        {
            each.__name__: each
            for each in (read, search, create, update, archive, linked, owners, pipelines, properties, schemas)
        }
    )
