"""`hubspot3`, a client of HubSpot's older APIs."""

from pathlib import Path

import pytest

from tests.clients.account import ACTIVITIES, Account
from tests.clients.driver import PROGRAMS, Driver
from tests.clients.environments import python_of
from tests.clients.library import ReadsRecords, Writes, now_ms


@pytest.fixture(scope="module")
def command() -> list[str | Path]:
    """The client's program."""
    return [python_of("hubspot3"), PROGRAMS / "hubspot3_client.py"]


class TestHubspot3(ReadsRecords, Writes):
    """It tries again after 5xx and not after 429."""

    kinds = ("contacts", "companies", "deals", "tickets", "products", "line_items")
    complete = frozenset({"500", "empty page with a cursor"})

    def test_what_is_no_record_is_read(self, client: Driver, account: Account) -> None:
        """Owners, pipelines, properties, activities, workflows, campaigns, forms and lists are those of the account."""
        found = {name: sorted(values) for name, values in client.call("others").items()}

        assert found == {
            "owners": sorted(each["email"] for each in account.call("GET", "/crm/v3/owners")["results"]),
            "pipelines": sorted(account.ids("pipelines")),
            "properties": sorted(each["name"] for each in account.call("GET", "/crm/v3/properties/deals")["results"]),
            "engagements": sorted(each for kind in ACTIVITIES for each in account.ids(kind)),
            "workflows": sorted(each["name"] for each in account.records["workflows"].values()),
            "campaigns": sorted(account.records["campaigns"]),
            "forms": sorted(account.records["forms"]),
            "lists": sorted(account.records["lists"]),
        }

    def test_a_contact_is_found_and_changed_by_its_address(self, client: Driver, account: Account) -> None:
        """An unknown address makes a contact."""
        known = account.ids("contacts")[8]
        email = account.records["contacts"][known]["email"]

        found, changed = client.call("contact_of", email=email), client.call("put_contact", email=email, lastname="New")
        made = client.call("put_contact", email="made@example.com", lastname="Made")

        assert (found, changed) == (known, known)
        assert account.call("GET", f"/crm/v3/objects/contacts/{known}")["properties"]["lastname"] == "New"
        assert account.call("GET", f"/crm/v3/objects/contacts/{made}")["properties"]["lastname"] == "Made"
        account.records["contacts"][known]["lastname"] = "New"
        account.records["contacts"][made] = {"email": "made@example.com", "lastname": "Made"}

    def test_companies_that_have_changed_since_are_read(self, client: Driver, account: Account) -> None:
        """And no others."""
        account.portal.advance_clock(60_000)
        since, changed = now_ms(account) - 1000, account.ids("companies")[3]
        account.change("companies", changed, name="Changed")

        assert client.call("companies_since", since=str(since)) == [changed]
