"""What every client library for HubSpot must be able to do. A module per client starts it and inherits these tests."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from tests.clients.account import Account, Values
from tests.clients.conftest import BEYOND_THE_SEARCH
from tests.clients.driver import ClientError, Driver, driven
from tests.clients.faults import FAULTS, struck
from tests.support.waiting import wait_until

__all__ = ["KINDS", "Reads", "ReadsAndWrites", "ReadsRecords", "Writes", "names_of", "now_ms", "only_given"]

KINDS: tuple[str, ...] = ("contacts", "companies", "deals", "tickets", "products", "line_items", "p_car")
KINDS += ("calls", "emails", "meetings", "notes", "tasks")


HANGS_AFTER_S = 2.0


def only_given(read: dict[str, Values], given: dict[str, Values]) -> dict[str, Values]:
    """Return what was read without the properties that nobody gave; HubSpot adds some to every answer."""
    names = {record_id: values.keys() for record_id, values in given.items()}
    return {
        record_id: {name: value for name, value in values.items() if name in names.get(record_id, values)}
        for record_id, values in read.items()
    }


def names_of(given: dict[str, Values]) -> list[str]:
    """Return the names of the properties that were given."""
    return sorted({name for values in given.values() for name in values})


class ReadsRecords:
    """Tests of one client, which the fixture `client` provides.

    Attributes:
        kinds: The object types that it reads.
        complete: The faults after which it has everything.
        loses: The faults after which it has less without saying so, which is a defect of the client.
        hangs: The faults after which it fails or waits forever, which is another. After each other one it must fail.
    """

    kinds: tuple[str, ...] = ()
    complete: frozenset[str] = frozenset()
    loses: frozenset[str] = frozenset()
    hangs: frozenset[str] = frozenset()

    def test_every_record_of_every_type_is_read_with_its_values(self, client: Driver, account: Account) -> None:
        """Neither a record nor a value is missing, and none is invented."""
        assert self.kinds

        for kind in self.kinds:
            given = account.records[kind]
            read = client.call("read", kind=kind, properties=names_of(given))
            assert only_given(read, given) == given, kind

    @pytest.mark.parametrize("fault", FAULTS)
    def test_after_a_fault_everything_is_there_or_the_client_says_so(
        self, client: Driver, command: Sequence[str | Path], account: Account, fault: str
    ) -> None:
        """The second page of contacts fails once."""
        given = account.records["contacts"]
        if fault in self.hangs:
            assert not _returns_after(fault, command, account, names_of(given))
            return

        with struck(account.portal, fault):
            if fault in self.complete:
                read = client.call("read", kind="contacts", properties=names_of(given))
                assert only_given(read, given) == given
            elif fault in self.loses:
                assert client.call("read", kind="contacts", properties=names_of(given)).keys() < given.keys()
            else:
                with pytest.raises(ClientError):
                    client.call("read", kind="contacts", properties=names_of(given))


def _returns_after(fault: str, command: Sequence[str | Path], account: Account, properties: list[str]) -> bool:
    """Whether a client in a process of its own returns contacts after a fault, instead of failing or waiting."""
    with driven(command, account.portal.url, account.portal.token) as own, struck(account.portal, fault):
        own.start("read", kind="contacts", properties=properties)
        wait_until(lambda: account.portal.faults.active()[0]["fired"] == 1, f"{fault} to strike")
        return own.has_returned(within_s=HANGS_AFTER_S)


class Reads(ReadsRecords):
    """Tests of a client that also searches, and reads what is no record."""

    def test_a_later_pull_reads_what_has_changed_since(self, client: Driver, account: Account) -> None:
        """A search by modification date returns the changed and the new record and nothing else."""
        account.portal.advance_clock(60_000)
        since = str(now_ms(account) - 30_000)
        changed = account.ids("contacts")[7]
        account.change("contacts", changed, lastname="Changed")
        created = account.create("contacts", [{"email": f"new{len(account.ids('contacts'))}@example.com"}])

        found = client.call("search", kind="contacts", since=since, properties=["email", "lastname"])

        assert set(found) == {changed, *created}
        assert found[changed]["lastname"] == "Changed"

    def test_a_search_fails_past_its_ten_thousandth_result(self, large_client: Driver) -> None:
        """A client that took the refusal for the end would lose the rest. A list has no such limit."""
        with pytest.raises(ClientError, match=r"(?s)400|10,?000|Bad Request"):
            large_client.call("search", kind="contacts", since="0", properties=["email"])

        assert len(large_client.call("read", kind="contacts", properties=["email"])) == BEYOND_THE_SEARCH

    def test_owners_pipelines_properties_and_schemas_are_read(self, client: Driver, account: Account) -> None:
        """They are those of the account."""
        owners = {each["email"] for each in account.call("GET", "/crm/v3/owners")["results"]}
        stored = {each["name"] for each in account.call("GET", "/crm/v3/properties/deals")["results"]}

        assert set(client.call("owners")) == owners
        assert owners
        assert client.call("pipelines", kind="deals") == account.ids("pipelines")
        assert set(client.call("properties", kind="deals")) == stored
        assert client.call("schemas") == ["car"]


class Writes:
    """Tests of a client that writes companies, and reads associations."""

    def test_a_record_is_created_changed_and_archived(self, client: Driver, account: Account) -> None:
        """What the client writes is in the account."""
        made = client.call("create", kind="companies", properties={"name": "Made", "domain": "made.example"})
        client.call("update", kind="companies", record_id=made, properties={"name": "Renamed"})
        read = account.call("GET", f"/crm/v3/objects/companies/{made}")["properties"]
        client.call("archive", kind="companies", record_id=made)

        assert (read["name"], read["domain"]) == ("Renamed", "made.example")
        assert account.call("GET", f"/crm/v3/objects/companies/{made}?archived=true")["archived"] is True

    def test_associated_records_are_read(self, client: Driver, account: Account) -> None:
        """They are those of the account."""
        contacts, company = account.ids("contacts"), account.ids("companies")[0]

        assert set(client.call("linked", kind="companies", record_id=company, to_kind="contacts")) == set(contacts[:3])


class ReadsAndWrites(Reads, Writes):
    """Tests of a client that does both."""


def now_ms(account: Account) -> int:
    """Return the time of the account's clock.

    Units: milliseconds since 1970.
    """
    at: str = account.portal.call("GET", "/_fake/clock")["now"]
    return int(datetime.fromisoformat(at).timestamp() * 1000)
