"""The options of a pull, against the fake HubSpot."""

from collections.abc import Iterator

import pytest

from fake_hubspot import Server
from fake_hubspot import Settings as HubSpotSettings
from tests.contract.hubspot_account import Account, Connector, connector_of


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """A portal with a few contacts, companies and deals, and with so many properties that their names are long."""
    with Server(HubSpotSettings(contacts=12)) as server:
        account = Account(server)
        extra = {"groupName": "contactinformation", "type": "string", "fieldType": "text", "label": "Extra"}
        inputs = [{**extra, "name": f"extra_{number:02d}_{'x' * 50}"} for number in range(30)]
        account.call("POST", "/crm/v3/properties/contacts/batch/create", {"inputs": inputs})
        account.create_many("companies", [{"name": f"Company {number}"} for number in range(5)])
        account.create("deals", dealname="A deal")
        yield account


@pytest.fixture
def connector(account: Account) -> Connector:
    """The connector with five records per page."""
    account.forget_requests()
    return connector_of(account.server, page_size=5)


@pytest.mark.parametrize(
    ("route", "count"), [("companies", 5), ("company", 5), ("0-2", 5), ("deals", 1), ("tickets", 0)]
)
def test_every_object_type_has_its_route(connector: Connector, route: str, count: int) -> None:
    """The route takes the plural, the singular and the id."""
    assert len(connector.pull(f"/get_{route}")) == count


def test_a_custom_object_type_has_its_route(account: Account, connector: Connector) -> None:
    """The route takes the fully qualified name, the name and the id."""
    schema = {
        "name": "car",
        "labels": {"singular": "Car", "plural": "Cars"},
        "primaryDisplayProperty": "plate",
        "requiredProperties": ["plate"],
        "properties": [{"name": "plate", "label": "Plate", "type": "string", "fieldType": "text"}],
        "associatedObjects": [],
    }
    made = account.call("POST", "/crm/v3/schemas", schema)
    account.create(made["objectTypeId"], plate="AB 12345")

    names = (made["fullyQualifiedName"], "car", made["objectTypeId"])
    pulls = [connector.pull(f"/get_{name}?properties=plate") for name in names]

    assert [pull[0]["properties"]["plate"] for pull in pulls] == ["AB 12345"] * 3


def test_the_error_for_an_unknown_object_type_lists_the_known_ones(connector: Connector) -> None:
    """A misspelled route must not lead to an empty dataset."""
    message = connector.error_message("/get_kontakts")

    assert "'kontakts'" in message
    assert "contacts, companies, deals" in message
    assert "owners" in message


def test_owners_have_their_route(account: Account, connector: Connector) -> None:
    """They are not CRM records."""
    owners = account.call("GET", "/crm/v3/owners")["results"]

    entities = connector.pull("/get_owners")

    assert {entity["_id"] for entity in entities} == {owner["id"] for owner in owners}
    assert all(entity["_updated"].startswith("~t") for entity in entities)


def test_owners_since_a_time_are_only_those_that_changed(connector: Connector) -> None:
    """Owners have no search, so the connector reads the list and filters it."""
    assert connector.pull("/get_owners?since=2999-01-01T00:00:00Z") == []


def test_requested_properties_arrive(connector: Connector) -> None:
    """Those that HubSpot always sends arrive too."""
    [first, *_] = connector.pull("/get_contacts?properties=jobtitle,city")

    assert {"jobtitle", "city", "hs_object_id"} <= first["properties"].keys()
    assert "email" not in first["properties"]


def test_the_error_for_an_unknown_property_suggests_similar_names(connector: Connector) -> None:
    """HubSpot itself would omit it silently."""
    message = connector.error_message("/get_contacts?properties=email,fristname")

    assert "'fristname'" in message
    assert "firstname" in message


@pytest.mark.parametrize(("max_url_length", "parts"), [(14_000, 1), (7_000, 2), (5_000, 3)])
def test_a_star_is_every_property_in_several_requests_merged_by_id(
    account: Account, monkeypatch: pytest.MonkeyPatch, max_url_length: int, parts: int
) -> None:
    """The length of a URL is limited; the test lowers the limit. A page takes as many requests as it has parts."""
    monkeypatch.setattr("service.fetching.list_fetcher._MAX_URL_LENGTH", max_url_length)
    names = {row["name"] for row in account.call("GET", "/crm/v3/properties/contacts")["results"]}
    account.forget_requests()

    entities = connector_of(account.server, page_size=5, connections=1).pull("/get_contacts?properties=*")

    assert account.routes_called == ["properties.list", *["objects.list"] * 3 * parts]
    assert len(entities) == 12
    for entity in entities:
        expected = account.call("GET", f"/crm/v3/objects/contacts/{entity['_id']}", properties=",".join(sorted(names)))
        assert entity["properties"] == expected["properties"]
        assert list(entity["properties"]) == sorted(entity["properties"])


@pytest.mark.parametrize(
    ("since", "requests"),
    [
        ("", ["properties.list", *["objects.list"] * 3]),
        (
            "&since=2020-01-01",
            ["properties.list", "objects.search", *["objects.batch.read"] * 3, "objects.list", "objects.list"],
        ),
    ],
    ids=["full", "since"],
)
def test_former_values_are_read_fifty_records_at_a_time(since: str, requests: list[str]) -> None:
    """HubSpot allows no more with history. The values of every batch arrive."""
    with Server(HubSpotSettings(contacts=120)) as server:
        account = Account(server)
        first, *_, last = [row["_id"] for row in connector_of(server).pull("/get_contacts")]
        for record_id in (first, last):
            account.update("contacts", record_id, firstname="Before")
            account.update("contacts", record_id, firstname="After")
        server.portal.clock.advance(60_000)
        account.forget_requests()

        entities = connector_of(server, connections=1).pull(f"/get_contacts?propertiesWithHistory=firstname{since}")

        assert account.routes_called == requests
        found = {entity["_id"]: entity["propertiesWithHistory"]["firstname"] for entity in entities}
        assert len(entities) == len(found) == 120
        for record_id in (first, last):
            assert [row["value"] for row in found[record_id]][:2] == ["After", "Before"]


@pytest.mark.parametrize("since", ["", "&since=2020-01-01T00:00:00Z"], ids=["full", "since"])
def test_all_associations_of_a_record_arrive(account: Account, connector: Connector, since: str) -> None:
    """HubSpot sends the first hundred and a cursor."""
    contact = account.create("contacts", email=f"associated{len(since)}@example.com")
    companies = account.create_many("companies", [{"name": f"Associated {number}"} for number in range(230)])
    account.associate("contacts", contact, "companies", companies)

    entities = connector_of(account.server).pull(f"/get_contacts?associations=companies{since}")

    [entity] = [entity for entity in entities if entity["_id"] == contact]
    assert {row["id"] for row in entity["associations"]["companies"]["results"]} == set(companies)
    assert "paging" not in entity["associations"]["companies"]
    assert all("associations" not in other for other in entities if other["_id"] != contact)
    account.archive("contacts", contact)
    account.archive_many("companies", companies)


def test_archived_records_arrive_if_requested(account: Account, connector: Connector) -> None:
    """They are records, not deletions, because the pipe requested them."""
    gone = account.create("contacts", email="gone@example.com")
    account.archive("contacts", gone)

    entities = connector.pull("/get_contacts?archived=true")

    [entity] = [entity for entity in entities if entity["_id"] == gone]
    assert entity["archived"] is True
    assert "_deleted" not in entity
    assert gone not in {entity["_id"] for entity in connector.pull("/get_contacts")}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/get_contacts?offset=1", "Known parameters: since, limit"),
        ("/get_owners?properties=email", "Known parameters: since, subset, archived"),
        ("/get_contacts?since=yesterday", "since: expected a time"),
        ("/get_contacts?limit=5&archived=true", "limit cannot be combined"),
    ],
)
def test_impossible_options_are_rejected(connector: Connector, path: str, words: str) -> None:
    """The error comes before anything is read."""
    assert words in connector.error_message(path)


def test_strings_with_a_tilde_are_escaped_or_kept(account: Account) -> None:
    """Sesam would take some of them for typed values."""
    record_id = account.create("contacts", email="tilde@example.com", firstname="~t2026-03-09", lastname="~100")

    sent = {}
    for mode in ("escape", "keep"):
        entities = connector_of(account.server, tilde_strings=mode).pull("/get_contacts")
        [entity] = [entity for entity in entities if entity["_id"] == record_id]
        sent[mode] = (entity["properties"]["firstname"], entity["properties"]["lastname"])

    assert sent == {"escape": ("~~t2026-03-09", "~100"), "keep": ("~t2026-03-09", "~100")}
    account.archive("contacts", record_id)
