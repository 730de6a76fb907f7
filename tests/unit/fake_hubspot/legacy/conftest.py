"""An account with records of every type that the older APIs show; its tests only read it."""

from collections.abc import Iterator
from typing import Any

import pytest

from fake_hubspot.settings import Settings
from tests.unit.fake_hubspot.inprocess import Fake

ACTIVITIES = {
    "notes": {"hs_note_body": "said"},
    "tasks": {"hs_task_subject": "do", "hs_task_body": "it"},
    "meetings": {"hs_meeting_title": "meet", "hs_meeting_start_time": "2026-11-28T10:00:00Z"},
    "calls": {"hs_call_title": "ring", "hs_call_duration": "1500"},
    "emails": {"hs_email_subject": "letter", "hs_email_direction": "INCOMING_EMAIL"},
}
MOMENT = "2026-11-28T10:00:00Z"


@pytest.fixture(scope="module")
def account() -> Iterator[Fake]:
    """Seven of each: contacts, companies, deals, tickets; two of each activity; contact 1 is linked to company 1."""
    fake = Fake(Settings(contacts=0))
    fake.request("PUT", "/_fake/clock", {"freeze": True, "at": MOMENT})
    for name, title in (("contacts", "email"), ("companies", "name"), ("deals", "dealname"), ("tickets", "subject")):
        for number in range(1, 8):
            value = f"n{number}@example.com" if title == "email" else f"n{number}"
            created(fake, name, {title: value} | NEEDED.get(name, {}))
    first = {name: ids(fake, name)[0] for name in ("contacts", "companies", "deals", "tickets")}
    for name, properties in ACTIVITIES.items():
        for _ in range(2):
            made = created(fake, name, {"hs_timestamp": MOMENT, **properties})
            fake.request("PUT", f"/crm/v4/objects/{name}/{made}/associations/default/contacts/{first['contacts']}")
    fake.request(
        "PUT", f"/crm/v4/objects/contacts/{first['contacts']}/associations/default/companies/{first['companies']}"
    )
    fake.request("PUT", f"/crm/v4/objects/deals/{first['deals']}/associations/default/contacts/{first['contacts']}")
    yield fake
    fake.app.portals.close()


NEEDED: dict[str, dict[str, str]] = {
    "deals": {"pipeline": "default", "dealstage": "closedwon", "amount": "5"},
    "tickets": {"hs_pipeline": "0", "hs_pipeline_stage": "1"},
}


def created(fake: Fake, name: str, properties: dict[str, str]) -> str:
    """Create a record with the CRM API, and return its id."""
    answer = fake.post(f"/crm/v3/objects/{name}", {"properties": properties})
    assert answer.status == 201, answer.content
    return str(answer.json()["id"])


def ids(fake: Fake, name: str) -> list[int]:
    """Return the ids of a type as the CRM API lists them."""
    rows = fake.get(f"/crm/v3/objects/{name}?limit=100").json()["results"]
    return [int(row["id"]) for row in rows]


def walk(fake: Fake, path: str, *, rows: str, more: str, cursors: dict[str, str]) -> list[dict[str, Any]]:
    """Return the rows of every page: `cursors` names the parameter for each member of the page."""
    found: list[dict[str, Any]] = []
    query = ""
    for _ in range(40):
        page = fake.get(path + query).json()
        found += page[rows]
        if not page[more]:
            return found
        query = "".join(f"&{name}={page[member]}" for member, name in cursors.items())
    raise AssertionError(f"{path} has no end")
