"""`hubspot3`, a client of HubSpot's older APIs; `api_base` is the address."""

import sys
from typing import Any

from hubspot3 import Hubspot3  # type: ignore[import-not-found]
from hubspot3.crm_associations import CRMAssociationsClient  # type: ignore[import-not-found]
from hubspot3.crm_pipelines import PipelinesClient  # type: ignore[import-not-found]
from hubspot3.email_events import EmailEventsClient  # type: ignore[import-not-found]
from hubspot3.engagements import EngagementsClient  # type: ignore[import-not-found]
from hubspot3.forms import FormsClient  # type: ignore[import-not-found]
from hubspot3.lines import LinesClient  # type: ignore[import-not-found]
from hubspot3.owners import OwnersClient  # type: ignore[import-not-found]
from hubspot3.properties import PropertiesClient  # type: ignore[import-not-found]
from hubspot3.workflows import WorkflowsClient  # type: ignore[import-not-found]
from serving import serve  # type: ignore[import-not-found]

WHERE = {"access_token": sys.argv[2], "api_base": sys.argv[1]}
client = Hubspot3(**WHERE)
Records = dict[str, dict[str, Any]]


def by_id(records: Any) -> Records:
    """Return records by id; they are their properties and their id."""
    return {str(each["id"]): each for each in records}


def read(kind: str, properties: list[str]) -> Records:
    """Return all records of a type; the client follows the pages."""
    if kind == "tickets":
        found = client.tickets.get_all(properties=properties)
        return {
            str(each["objectId"]): {name: one["value"] for name, one in each["properties"].items()} for each in found
        }
    if kind == "products":
        return by_id(client.products.get_all_products(properties=properties))
    if kind == "line_items":
        return by_id(LinesClient(**WHERE).get_all(extra_properties=properties))
    return by_id(getattr(client, kind).get_all(extra_properties=properties))


def create(kind: str, properties: dict[str, str]) -> str:
    """Create a company and return its id."""
    if kind != "companies":
        raise NotImplementedError(kind)
    data = {"properties": [{"name": name, "value": value} for name, value in properties.items()]}
    return str(client.companies.create(data=data)["companyId"])


def update(kind: str, record_id: str, properties: dict[str, str]) -> None:
    """Change a company."""
    if kind != "companies":
        raise NotImplementedError(kind)
    data = {"properties": [{"name": name, "value": value} for name, value in properties.items()]}
    client.companies.update(record_id, data=data)


def archive(kind: str, record_id: str) -> None:
    """Move a company to the recycle bin."""
    if kind != "companies":
        raise NotImplementedError(kind)
    client.companies.delete(record_id)


def linked(kind: str, record_id: str, to_kind: str) -> list[str]:
    """Return the ids of the contacts of a company."""
    if (kind, to_kind) != ("companies", "contacts"):
        raise NotImplementedError(kind, to_kind)
    return [str(each) for each in CRMAssociationsClient(**WHERE).get_company_to_contacts(record_id)]


def contact_of(email: str) -> str:
    """Return the id of the contact with an address."""
    return str(client.contacts.get_by_email(email)["vid"])


def put_contact(email: str, lastname: str) -> str:
    """Create the contact with an address or change it, and return its id."""
    data = {"properties": [{"property": "lastname", "value": lastname}]}
    return str(client.contacts.create_or_update_by_email(email, data=data)["vid"])


def companies_since(since: str) -> list[str]:
    """Return the ids of the companies that have changed since a time."""
    return [str(each["id"]) for each in client.companies.get_recently_modified(since=int(since))]


def others() -> dict[str, list[str]]:
    """Return what is no record."""
    return {
        "owners": [each["email"] for each in OwnersClient(**WHERE).get_owners()],
        "pipelines": [each["pipelineId"] for each in PipelinesClient(**WHERE).get_all("deals")],
        "properties": [each["name"] for each in PropertiesClient(**WHERE).get_all("deals")],
        "engagements": [str(each["engagement"]["id"]) for each in EngagementsClient(**WHERE).get_all()],
        "workflows": [each["name"] for each in WorkflowsClient(**WHERE).get_all_workflow_ids()["workflows"]],
        "campaigns": [str(each["id"]) for each in EmailEventsClient(**WHERE).get_all_campaigns_ids()["campaigns"]],
        "forms": [each["guid"] for each in FormsClient(**WHERE).get_all()],
        "lists": [str(each["listId"]) for each in client.contact_lists.get_contact_lists()["lists"]],
    }


if __name__ == "__main__":
    serve(
        {
            each.__name__: each
            for each in (read, create, update, archive, linked, contact_of, put_contact, companies_since, others)
        }
    )
