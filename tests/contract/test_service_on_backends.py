"""The contract of the connector, the same on three backends: the fake, a cassette, and HubSpot itself."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from contract_bench.cassettes import fixtures
from contract_bench.cassettes.backends import Backend, open_backend
from contract_bench.cassettes.dialects import read_cassette
from service import Settings, create_app
from service.timestamps import ms_to_token
from tests.support.contacts import read_contacts

ROOT = Path(__file__).resolve().parents[2]
CONTACTS = ROOT / "cassettes" / "contacts"
WRONG_TOKEN = "pat-na1-00000000-0000-4000-8000-00000000dead"

hubspot_backend = fixtures.hubspot_backend
backend_cassette = fixtures.backend_cassette
cassette = fixtures.cassette


def connector(backend: Backend, *, token: str | None = None, page_size: int = 100, overlap_s: int = 0) -> FlaskClient:
    """The connector, connected to a backend."""
    settings = Settings(
        hubspot_api_key=token or backend.token,
        hubspot_base_url=backend.url,
        page_size=page_size,
        retries=0,
        tilde_strings="keep",
        since_overlap_s=overlap_s,
    )
    return create_app(settings).test_client()


def test_every_contact_arrives_once_and_unchanged(hubspot_backend: Backend) -> None:
    """The properties are equal to the last character; Sesam's own properties are added."""
    entities = json.loads(connector(hubspot_backend).get("/get_contacts").data)

    contacts = list(read_contacts(hubspot_backend.url, hubspot_backend.token))
    assert [entity.pop("_id") for entity in entities] == [contact["id"] for contact in contacts]
    assert all(entity.pop("_updated").startswith("~t") for entity in entities)
    assert entities == contacts


def test_pulling_again_gives_the_same(hubspot_backend: Backend) -> None:
    """The connector keeps no state between pulls."""
    first, second = (json.loads(connector(hubspot_backend).get("/get_contacts").data) for _ in range(2))

    assert [entity["_id"] for entity in first] == [entity["_id"] for entity in second]


@pytest.mark.parametrize("name", ["fake", "cassette"])
def test_a_rejected_token_fails_the_pull_in_hubspots_words(name: str) -> None:
    """On the fake and on the cassette; the real account would count it as an intrusion."""
    with open_backend(name, CONTACTS / "errors.yaml") as backend:
        response = connector(backend, token=WRONG_TOKEN, page_size=1).get("/get_contacts")

    assert response.status_code == 502
    assert response.get_json()["hubspot"]["status"] == 401
    assert response.get_json()["hubspot"]["message"].startswith("Authentication credentials not found.")


@pytest.mark.parametrize("name", ["fake", "cassette"])
def test_what_changed_since_the_last_pull_arrives(name: str) -> None:
    """The recorded second pull returns the record that set the offset again, and nothing else."""
    search = read_cassette(CONTACTS / "incremental.yaml").interactions[0]
    since = ms_to_token(int(json.loads(search.request.body)["filterGroups"][0]["filters"][0]["value"]))
    (row,) = json.loads(search.response.body)["results"]

    with open_backend(name, CONTACTS / "incremental.yaml") as backend:
        entities = json.loads(connector(backend).get(f"/get_contacts?since={since}").data)

    assert [entity["_id"] for entity in entities if not entity.get("_deleted")] == [row["id"]]


def test_a_client_in_this_process_needs_no_server(cassette: fixtures.OpenCassette) -> None:
    """The fixture responds if the client uses requests, urllib3's pools or the standard library."""
    played = cassette("contacts/full-walk")

    contacts = list(read_contacts("http://fake-hubspot.test", WRONG_TOKEN))

    assert len(contacts) == 120
    assert played.all_played
