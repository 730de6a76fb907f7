"""An account with records of every kind that the clients read, and what was put into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

from contract_bench.roles.hubspot import HubSpotPortal
from tests.support.own_type import CAR

__all__ = ["Account", "Values", "filled"]

Values = dict[str, str]
BATCH = 100
LONGER_THAN_A_PAGE, SHORT = 105, 3
TIME = "2026-02-01T08:00:00Z"
ACTIVITIES = {"calls": "hs_call_title", "emails": "hs_email_subject", "meetings": "hs_meeting_title"}
ACTIVITIES |= {"notes": "hs_note_body", "tasks": "hs_task_subject"}
PIPELINE = {
    "label": "Own",
    "displayOrder": 1,
    "stages": [{"label": "First", "displayOrder": 0, "metadata": {"probability": "0.5"}}],
}
# What is no record: its name here, the path that creates one, and the member of the answer that is its id.
FAMILIES = (
    ("forms", "/marketing/v3/forms", "id"),
    ("workflows", "/automation/v4/flows", "id"),
    ("marketing_emails", "/marketing/v3/emails", "id"),
)


@dataclass
class Account:
    """A portal and what was put into it.

    Attributes:
        records: The properties that were given to each record, by object type and id.
    """

    portal: HubSpotPortal
    records: dict[str, dict[str, Values]] = field(default_factory=dict)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Send an API request as a person who prepares a test does, and return the response."""
        headers = {"Authorization": f"Bearer {self.portal.token}"}
        response = requests.request(method, self.portal.url + path, json=body, headers=headers, timeout=30)
        assert response.ok, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    def create(self, kind: str, given: Sequence[Values]) -> list[str]:
        """Create records, remember them and return their ids in the order given."""
        ids: list[str] = []
        for start in range(0, len(given), BATCH):
            inputs = [{"properties": values} for values in given[start : start + BATCH]]
            created = self.call("POST", f"/crm/v3/objects/{kind}/batch/create", {"inputs": inputs})["results"]
            ids += _in_order(inputs, created)
        self.records.setdefault(kind, {}).update(zip(ids, given, strict=True))
        return ids

    def change(self, kind: str, record_id: str, **values: str) -> None:
        """Change a record and remember it."""
        self.call("PATCH", f"/crm/v3/objects/{kind}/{record_id}", {"properties": values})
        self.records[kind][record_id] = {**self.records[kind][record_id], **values}

    def ids(self, kind: str) -> list[str]:
        """Return the ids of the records of a type, in the order of their creation."""
        return list(self.records[kind])

    def link(self, from_kind: str, from_id: str, to_kind: str, to_id: str) -> None:
        """Associate two records."""
        self.call("PUT", f"/crm/v4/objects/{from_kind}/{from_id}/associations/default/{to_kind}/{to_id}")


def _in_order(inputs: Sequence[Mapping[str, Values]], created: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the ids of created records in the order of the inputs; a batch answers in any order."""
    ids = {_given(record["properties"], inputs[0]["properties"]): record["id"] for record in created}
    return [ids[_given(each["properties"], inputs[0]["properties"])] for each in inputs]


def _given(values: Values, names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(values[name] for name in names)


def filled(portal: HubSpotPortal) -> Account:
    """Put records of every type into an empty portal: more than a page of contacts, companies, deals and tickets."""
    account = Account(portal)
    for kind, given in _records().items():
        account.create(kind, given)
    account.call("POST", "/crm/v3/schemas", CAR)
    account.create("p_car", [{"model": f"Model {number}"} for number in range(LONGER_THAN_A_PAGE)])
    contacts, companies = account.ids("contacts"), account.ids("companies")
    for number in range(SHORT):
        account.link("contacts", contacts[number], "companies", companies[0])
    account.link("deals", account.ids("deals")[0], "contacts", contacts[0])
    account.link("tickets", account.ids("tickets")[0], "contacts", contacts[0])
    for kind in ACTIVITIES:
        account.link(kind, account.ids(kind)[0], "contacts", contacts[0])
    _add_what_is_no_record(account)
    return account


def _add_what_is_no_record(account: Account) -> None:
    """Add forms, workflows, marketing e-mails, a list and a pipeline; they are remembered by id with their names."""
    for family, path, id_name in FAMILIES:
        made = [account.call("POST", path, {"name": f"{family} {number}"}) for number in range(SHORT)]
        account.records[family] = {str(each[id_name]): {"name": each["name"]} for each in made}
    wanted = {"name": "Friends", "objectTypeId": "0-1", "processingType": "MANUAL"}
    made_list = account.call("POST", "/crm/v3/lists", wanted)["list"]
    account.records["lists"] = {str(made_list["listId"]): {"name": "Friends"}}
    account.call("PUT", f"/crm/v3/lists/{made_list['listId']}/memberships/add", account.ids("contacts")[:SHORT])
    made = account.call("POST", "/crm/v3/pipelines/deals", PIPELINE)
    account.records["pipelines"] = {"default": {}, made["id"]: {"label": made["label"]}}
    _add_mail(account)
    _add_submissions(account)


def _add_mail(account: Account) -> None:
    """Add campaigns, events of their e-mails, and a changed subscription, which is an event too."""
    leaver, events = "person0@example.com", "/email/public/v1/events?eventType=STATUSCHANGE"
    account.records["campaigns"] = {f"{700 + number}": {"name": f"Campaign {number} ✓"} for number in range(SHORT)}
    account.records["email_events"] = {
        f"event-{number}": {"type": "OPEN", "recipient": f"person{number}@example.com"} for number in range(SHORT)
    }
    resources = {"email-campaigns": account.records["campaigns"], "email-events": account.records["email_events"]}
    account.portal.seed(
        resources={name: [{"id": one, **values} for one, values in given.items()] for name, given in resources.items()}
    )
    account.call("PUT", f"/email/public/v1/subscriptions/{leaver}", {"unsubscribeFromAll": True})
    (left,) = account.call("GET", events)["events"]
    account.records["email_events"][left["id"]] = {"type": "STATUSCHANGE", "recipient": leaver}
    account.records["subscription_changes"] = {left["id"]: {"recipient": leaver}}


def _add_submissions(account: Account) -> None:
    """Submit each form once; they are remembered by the id of the form."""
    given = {one: f"person{number}@example.com" for number, one in enumerate(account.ids("forms"))}
    for form, email in given.items():
        path = f"/submissions/v3/integration/submit/{account.portal.id}/{form}"
        account.call("POST", path, {"fields": [{"objectTypeId": "0-1", "name": "email", "value": email}]})
    account.records["submissions"] = {form: {"email": email} for form, email in given.items()}


def _records() -> dict[str, list[Values]]:
    many, few = range(LONGER_THAN_A_PAGE), range(SHORT)
    activities = {
        kind: [{name: f"{kind} {number} ✓", "hs_timestamp": TIME} for number in few]
        for kind, name in ACTIVITIES.items()
    }
    return {
        "contacts": [
            {"email": f"person{number}@example.com", "firstname": "Åse 🙂", "lastname": f"Nr. {number}"}
            for number in many
        ],
        "companies": [{"name": f"Company {number} & sons", "domain": f"company{number}.example"} for number in many],
        "deals": [{"dealname": f"Deal {number}", "amount": f"{number}.5", "dealstage": "closedwon"} for number in many],
        "tickets": [{"subject": f"Ticket {number}", "hs_pipeline_stage": "1"} for number in many],
        "products": [{"name": f"Product {number}", "price": f"{number}.25"} for number in few],
        "line_items": [{"name": f"Item {number}", "quantity": f"{number + 1}"} for number in few],
        **activities,
    }
