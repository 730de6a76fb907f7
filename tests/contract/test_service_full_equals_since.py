"""The same record is the same bytes in a full pull and in a `since` pull."""

from collections.abc import Iterator
from itertools import pairwise, product

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_hubspot import Server
from fake_hubspot import Settings as HubSpotSettings
from service.object_types import STANDARD_TYPES
from tests.contract.hubspot_account import Account, Connector, connector_of
from tests.support.own_type import CAR

pytestmark = pytest.mark.xdist_group("full equals since")  # the account takes long to make

STANDARD = {
    "contacts": ("contacts", "contact", "0-1", "CONTACT"),
    "companies": ("companies", "company", "0-2"),
    "deals": ("deals", "deal", "0-3"),
    "tickets": ("tickets", "ticket", "0-5"),
    "products": ("products", "product", "0-7"),
    "line_items": ("line_items", "line_item", "0-8", "LINE_ITEM"),
    "tasks": ("tasks", "task", "0-27"),
    "notes": ("notes", "note", "0-46"),
    "meetings": ("meetings", "meeting", "0-47"),
    "calls": ("calls", "call", "0-48"),
    "emails": ("emails", "email", "0-49"),
}
CONNECTED = {**STANDARD, "car": ("car", "p_car", "TYPE_ID", "QUALIFIED")}
"""Each is associated with each other one."""
OTHERS = {known.name: (known.name, *known.other_names) for known in STANDARD_TYPES if known.name not in STANDARD}
"""The other types that the service offers. Each is associated with the next one and with contacts."""
SPELLINGS = {**CONNECTED, **OTHERS}
TYPES = tuple(SPELLINGS)
LINKED = {
    *((source, target) for source, target in product(CONNECTED, CONNECTED) if source != target),
    *((each, "contacts") for each in OTHERS),
    *pairwise(OTHERS),
}
WHEN = {"hs_timestamp": "2026-01-01T00:00:00Z"}
VALUES = {
    "contacts": {"lastname": "Ø"},
    "companies": {"name": "~t"},
    "deals": {"dealname": "D"},
    "tickets": {"subject": "T", "hs_pipeline": "0", "hs_pipeline_stage": "1"},
    "products": {"name": "P"},
    "line_items": {"quantity": "1"},
    "car": {"model": "\u2028"},
    "projects": {"hs_name": "P"},
    "quotes": {"hs_title": "Q", "hs_expiration_date": "2026-12-31"},
    "leads": {"hs_lead_name": "L"},
    "invoices": {"hs_currency": "EUR"},
    "commerce_payments": {"hs_initial_amount": "1", "hs_initiated_date": "2026-01-01"},
    **dict.fromkeys(("tasks", "notes", "meetings", "calls", "emails", "communications", "postal_mail"), WHEN),
}
"""Enough for HubSpot to accept a record."""


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """Two records of every type, the first associated with those of every other type; all changed long ago."""
    with Server(HubSpotSettings(contacts=2)) as server:
        account = Account(server)
        account.call("POST", "/crm/v3/schemas", CAR)
        path_of = {name: _spelling(account, "car", "TYPE_ID") if name == "car" else name for name in TYPES}
        ids: dict[str, list[str]] = {}
        for name, path in path_of.items():
            account.create_many(path, [VALUES.get(name, {})] * 2)
            ids[name] = [row["id"] for row in account.call("GET", f"/crm/v3/objects/{path}")["results"]]
        for source, target in sorted(LINKED):
            account.associate(path_of[source], ids[source][0], path_of[target], ids[target])
        server.portal.clock.advance(3_600_000)
        yield account


@pytest.fixture(scope="module")
def connector(account: Account) -> Connector:
    """A connector that keeps what it learns about the account."""
    return connector_of(account.server)


def _spelling(account: Account, name: str, spelling: str) -> str:
    """Return a spelling of a type. The id and the qualified name of the custom one are only known to the account."""
    if name != "car" or spelling not in ("TYPE_ID", "QUALIFIED"):
        return spelling
    [schema] = [each for each in account.call("GET", "/crm/v3/schemas")["results"] if each["name"] == name]
    return str(schema["objectTypeId" if spelling == "TYPE_ID" else "fullyQualifiedName"])


def entities(connector: Connector, url: str) -> list[bytes]:
    """Return the bytes of every entity of a pull, in order of id."""
    response = connector.client.get(url)
    assert response.status_code == 200, response.text
    found = msgspec.json.decode(response.data, type=list[msgspec.Raw])
    return sorted(map(bytes, found), key=lambda one: int(msgspec.json.decode(one)["_id"]))


def names_of(account: Account, type_name: str) -> list[str]:
    """Return the names of a type's properties."""
    return sorted(account.server.portal.definitions.names(account.server.portal.types[type_name].type_id))


@settings(max_examples=40)
@given(data=st.data())
def test_a_record_is_the_same_bytes_in_full_and_since(
    account: Account, connector: Connector, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(TYPES))
    spelling = _spelling(account, name, data.draw(st.sampled_from(SPELLINGS[name])))
    some_names = st.lists(
        st.sampled_from(names_of(account, _spelling(account, name, "TYPE_ID") if name == "car" else name)),
        unique=True,
        max_size=4,
    ).map(",".join)
    properties = data.draw(st.just("*") | some_names)
    history = data.draw(st.just("") | some_names)
    others = st.sampled_from([(other, each) for other in TYPES if (name, other) in LINKED for each in SPELLINGS[other]])
    associations = ",".join(_spelling(account, *each) for each in data.draw(st.lists(others, max_size=3)))
    url = f"/get_{spelling}?properties={properties}&propertiesWithHistory={history}&associations={associations}"

    full, since = entities(connector, url), entities(connector, f"{url}&since=2020-01-01")

    assert since == full
    assert len(full) >= 2
    if associations:
        assert b'"associations":{' in full[0] + full[1]


@pytest.mark.parametrize("name", TYPES)
def test_every_type_and_spelling_gives_the_same_bytes(account: Account, connector: Connector, name: str) -> None:
    """With associations to every other type, also named twice."""
    linked = [other for other in TYPES if (name, other) in LINKED]
    others = [_spelling(account, other, each) for other in linked for each in SPELLINGS[other]]
    urls = [
        f"/get_{_spelling(account, name, spelling)}?properties=*&associations={','.join(others)}{since}"
        for number, spelling in enumerate(SPELLINGS[name])
        for since in ("", "&since=2020-01-01", *(["&limit=1000"] if number == 0 else []))
    ]

    found = {tuple(entities(connector, url)) for url in urls}

    assert len(found) == 1
    [[first, *_]] = found
    listed = msgspec.json.decode(first)["associations"]
    assert len(listed) == len(linked)
    assert ("line items" in listed) is ("line_items" in linked)
