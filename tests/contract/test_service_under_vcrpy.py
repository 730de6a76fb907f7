"""The connector with vcrpy: its requests are recorded and replayed; a cassette that ends early fails the pull."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
import vcr  # type: ignore[import-untyped]  # it has no type hints
import yaml

from fake_hubspot import Server
from fake_hubspot import Settings as HubSpotSettings
from service import Settings, create_app
from tests.support.recorded import RECORDED


def pull(settings: Settings, cassette: Path, *, record_mode: str) -> bytes:
    """Pull through a cassette."""
    mode = vcr.record_mode.RecordMode(record_mode)
    with vcr.use_cassette(str(cassette), record_mode=mode, filter_headers=["authorization"]):
        response = create_app(settings).test_client().get("/get_contacts")
        assert response.status_code == 200
        body: bytes = response.data
    return body


def test_a_recorded_pull_replays_byte_for_byte(tmp_path: Path) -> None:
    """The replay needs neither HubSpot nor the token."""
    cassette = tmp_path / "contacts.yaml"
    with Server(HubSpotSettings(contacts=25)) as server:
        settings = Settings(hubspot_api_key=server.token, hubspot_base_url=server.url, page_size=10, retries=0)
        recorded = pull(settings, cassette, record_mode="once")

    replayed = pull(settings, cassette, record_mode="none")

    assert replayed == recorded
    assert len(json.loads(replayed)) == 25
    assert settings.hubspot_api_key not in cassette.read_text(encoding="utf-8")


def test_a_pull_that_was_not_recorded_to_its_end_fails(tmp_path: Path) -> None:
    """HubSpot's own response names a next page that was not recorded."""
    cassette = tmp_path / "contacts.yaml"
    page = deepcopy(RECORDED["contacts-list"][1])
    page["request"]["uri"] = "https://api.hubapi.com/crm/v3/objects/contacts?limit=12"
    cassette.write_text(yaml.safe_dump({"version": 1, "interactions": [page]}), encoding="utf-8")
    settings = Settings(hubspot_api_key="pat-x", hubspot_base_url="https://api.hubapi.com", page_size=12, retries=0)

    with vcr.use_cassette(str(cassette), record_mode=vcr.record_mode.RecordMode.NONE):
        pieces = create_app(settings).test_client().get("/get_contacts").iter_encoded()
        first = next(pieces)
        with pytest.raises(ConnectionResetError):
            next(pieces)

    entities = json.loads(first + b"]")
    recorded = json.loads(page["response"]["body"]["string"])["results"]
    assert [entity["properties"] for entity in entities] == [contact["properties"] for contact in recorded]
