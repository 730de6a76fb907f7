"""The connector against the fake HubSpot. They share no code, so they cannot share a misreading of the docs."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from fake_hubspot import Server
from fake_hubspot import Settings as HubSpotSettings
from service import Settings, create_app
from tests.contract.hubspot_account import without_a_quota
from tests.support.contacts import read_contacts
from tests.support.recorded import recorded_contacts


def client_of(server: Server, *, page_size: int = 100, connections: int = 4, token: str | None = None) -> FlaskClient:
    """Return the connector's application, connected to this fake."""
    return create_app(
        Settings(
            hubspot_api_key=token or server.token,
            hubspot_base_url=server.url,
            page_size=page_size,
            connections=connections,
            retries=0,
            tilde_strings="keep",
        )
    ).test_client()


@pytest.fixture(scope="module")
def hubspot() -> Iterator[Server]:
    """A portal of 250 contacts."""
    with Server(HubSpotSettings(contacts=250)) as server:
        yield without_a_quota(server)


@pytest.mark.parametrize("connections", [1, 4, 8])
@pytest.mark.parametrize("page_size", [2, 7, 99, 100])
def test_every_contact_arrives_once_and_unchanged(hubspot: Server, page_size: int, connections: int) -> None:
    """The page size and the number of connections make no difference, but with one connection there is an order."""
    client = client_of(hubspot, page_size=page_size, connections=connections)
    entities = json.loads(client.get("/get_contacts").data)

    assert len(entities) == 250
    if connections > 1:
        entities.sort(key=lambda entity: int(entity["id"]))
    for entity, contact in zip(entities, read_contacts(hubspot.url, hubspot.token), strict=True):
        assert entity.pop("_id") == contact["id"]
        assert entity.pop("_updated").startswith("~t")
        assert entity == contact


def test_a_new_portal_gives_hubspots_two_sample_contacts() -> None:
    """They are the first thing a developer sees."""
    with Server(HubSpotSettings()) as server:
        entities = json.loads(client_of(server).get("/get_contacts").data)

    assert len(entities) == 2
    assert all("(Sample Contact)" in entity["properties"]["lastname"] for entity in entities)


def test_a_wrong_token_is_reported_in_hubspots_words(hubspot: Server) -> None:
    """The message does not repeat the token."""
    token = "pat-na1-00000000-0000-4000-8000-00000000beef"

    response = client_of(hubspot, token=token).get("/get_contacts")

    assert response.status_code == 502
    assert response.get_json()["hubspot"]["status"] == 401
    assert response.get_json()["hubspot"]["message"].startswith("Authentication credentials not found.")
    assert token not in response.text


def test_the_scenario_server_error_fails_the_pull() -> None:
    """Every request gets 500."""
    with Server(HubSpotSettings(scenario="server-error")) as server:
        response = client_of(server).get("/get_contacts")

    assert response.status_code == 502
    assert response.get_json()["hubspot"]["status"] == 500


def test_the_scenario_error_on_page_2_cuts_the_array_off() -> None:
    """It began with 200 and must not look complete."""
    with Server(HubSpotSettings(scenario="error-on-page-2")) as server:
        response = client_of(server).get("/get_contacts", buffered=False)
        pieces = response.iter_encoded()
        first = next(pieces)
        with pytest.raises(ConnectionResetError):
            next(pieces)

    assert response.status_code == 200
    assert len(json.loads(first + b"]")) == 100


def test_recorded_contacts_arrive_unchanged_to_the_last_character(recordings: Path) -> None:
    """They are real records on several pages."""
    with Server(HubSpotSettings(seed_cassette=recordings / "contacts-list.yaml")) as server:
        entities = json.loads(client_of(server, page_size=5).get("/get_contacts").data)

    recorded = recorded_contacts()
    assert len(entities) == len(recorded) > 5
    assert {entity["_id"]: entity["properties"] for entity in entities} == {
        record_id: contact["properties"] for record_id, contact in recorded.items()
    }
