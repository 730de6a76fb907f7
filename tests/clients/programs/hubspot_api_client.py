"""HubSpot's client for Python, `hubspot-api-client`, configured as its README does, with `host` for the address."""

import sys
from typing import Any

from hubspot import HubSpot  # type: ignore[import-untyped]
from hubspot.crm.objects import PublicObjectSearchRequest  # type: ignore[import-untyped]
from serving import serve  # type: ignore[import-not-found]
from urllib3.util.retry import Retry

RETRIES = Retry(
    total=3, status_forcelist=(429, 500, 502, 503, 504), allowed_methods=None, backoff_factor=0, raise_on_status=False
)
client = HubSpot(access_token=sys.argv[2], host=sys.argv[1], retry=RETRIES)
Records = dict[str, dict[str, Any]]


def by_id(records: Any) -> Records:
    """Return the properties of records by id."""
    return {each.id: each.properties for each in records}


def read(kind: str, properties: list[str]) -> Records:
    """Return all records of a type."""
    named = {"contacts": client.crm.contacts, "companies": client.crm.companies, "deals": client.crm.deals}
    if kind in named:
        return by_id(named[kind].get_all(properties=properties))
    return by_id(client.crm.objects.get_all(kind, properties=properties))


def search(kind: str, since: str, properties: list[str]) -> Records:
    """Return the records that have changed since a time."""
    found: Records = {}
    after: str | None = None
    name = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"
    condition = {"propertyName": name, "operator": "GTE", "value": since}
    while True:
        wanted = PublicObjectSearchRequest(
            filter_groups=[{"filters": [condition]}],
            sorts=[{"propertyName": name, "direction": "ASCENDING"}],
            properties=properties,
            limit=200,
            after=after,
        )
        page = client.crm.objects.search_api.do_search(kind, public_object_search_request=wanted)
        found |= by_id(page.results)
        if not page.paging:
            return found
        after = page.paging.next.after


def create(kind: str, properties: dict[str, str]) -> str:
    """Create a record and return its id."""
    made = client.crm.objects.basic_api.create(
        kind, simple_public_object_input_for_create={"properties": properties, "associations": []}
    )
    return str(made.id)


def update(kind: str, record_id: str, properties: dict[str, str]) -> None:
    """Change a record."""
    client.crm.objects.basic_api.update(kind, record_id, simple_public_object_input={"properties": properties})


def archive(kind: str, record_id: str) -> None:
    """Move a record to the recycle bin."""
    client.crm.objects.basic_api.archive(kind, record_id)


def linked(kind: str, record_id: str, to_kind: str) -> list[str]:
    """Return the ids of the associated records."""
    page = client.crm.associations.v4.basic_api.get_page(kind, record_id, to_kind)
    return [str(each.to_object_id) for each in page.results]


def owners() -> list[str]:
    """Return the addresses of all owners."""
    return [each.email for each in client.crm.owners.get_all()]


def pipelines(kind: str) -> list[str]:
    """Return the ids of the pipelines of a type."""
    return [each.id for each in client.crm.pipelines.pipelines_api.get_all(kind).results]


def properties(kind: str) -> list[str]:
    """Return the names of the properties of a type."""
    return [each.name for each in client.crm.properties.core_api.get_all(kind).results]


def schemas() -> list[str]:
    """Return the names of the custom types."""
    return [each.name for each in client.crm.schemas.core_api.get_all().results]


if __name__ == "__main__":
    serve(
        {
            each.__name__: each
            for each in (read, search, create, update, archive, linked, owners, pipelines, properties, schemas)
        }
    )
