"""Seeding from a vcrpy cassette."""

import gzip
from pathlib import Path
from typing import Any

import pytest
import yaml

from fake_hubspot.errors import SeedError
from fake_hubspot.portal import Portal
from fake_hubspot.seeds.cassette import seed_from_cassette
from fake_hubspot.settings import Settings
from tests.support.recorded import RECORDED
from tests.unit.fake_hubspot.conftest import Start


def cassette(path: Path, body: str | bytes, uri: str = "https://api.hubapi.com/crm/v3/objects/contacts") -> Path:
    """Write a cassette with one response."""
    interaction: dict[str, Any] = {
        "request": {"method": "GET", "uri": uri},
        "response": {"status": {"code": 200}, "body": {"string": body}},
    }
    path.write_text(yaml.safe_dump({"version": 1, "interactions": [interaction]}), encoding="utf-8")
    return path


def test_recorded_contacts_are_served_as_they_were_recorded(start: Start, recordings: Path) -> None:
    """The same rows, to the last character."""
    body = RECORDED["contacts-list"][1]["response"]["body"]["string"]
    recorded = body.partition('"results":')[2].rpartition(',"paging"')[0]
    client = start(Settings(seed_cassette=recordings / "contacts-list.yaml"))

    served = client.get("/crm/v3/objects/contacts?limit=12").content.decode()

    assert recorded in served


def test_a_record_keeps_its_values_and_undefined_properties(tmp_path: Path) -> None:
    """Everything in the recording is served, even properties that the fake does not define."""
    row = (
        '{"id":"7","properties":{"odd_one":"~ \\"x\\" 👩‍🚀","email":null,"firstname":""},'
        '"createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-02T00:00:00Z","archived":false}'
    )
    portal = Portal()

    seed_from_cassette(portal, cassette(tmp_path / "one.yaml", f'{{"results":[{row}]}}'))

    record = portal.store.get("0-1", 7)
    assert record is not None
    assert record.properties["odd_one"] == '~ "x" 👩‍🚀'
    assert record.properties["firstname"] == ""
    assert "email" not in record.properties
    assert "odd_one" in portal.definitions.names("0-1")
    portal.close()


def test_a_body_that_was_recorded_compressed_is_read(tmp_path: Path) -> None:
    """As vcrpy stores it without `decode_compressed_response`; a damaged one contains no record."""
    row = (
        '{"id":"7","properties":{"city":"Oslo"},"createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-02T00:00:00Z"}'
    )
    packed = gzip.compress(f'{{"results":[{row}]}}'.encode())
    portal = Portal()

    seed_from_cassette(portal, cassette(tmp_path / "packed.yaml", packed))

    assert portal.store.get("0-1", 7) is not None
    with pytest.raises(SeedError, match="no CRM record"):
        seed_from_cassette(portal, cassette(tmp_path / "damaged.yaml", packed[:20]))
    portal.close()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("just text", "not a vcrpy cassette"),
        ("interactions: []", "no CRM record"),
        ("interactions: [1]", "not a vcrpy cassette"),
        ("{unclosed", "not YAML"),
        ("\x00\x01", "not YAML"),
    ],
)
def test_a_file_that_is_no_cassette_is_refused_with_a_reason(tmp_path: Path, content: str, problem: str) -> None:
    """The message says what was found and what to do."""
    path = tmp_path / "wrong.yaml"
    path.write_text(content, encoding="utf-8")
    portal = Portal()

    with pytest.raises(SeedError, match=problem) as raised:
        seed_from_cassette(portal, path)

    assert raised.value.remedy
    portal.close()


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    """The path is in the message."""
    portal = Portal()

    with pytest.raises(SeedError, match=r"nowhere\.yaml.*No such file"):
        seed_from_cassette(portal, tmp_path / "nowhere.yaml")

    portal.close()


def test_the_links_inside_recorded_records_are_seeded(start: Start, tmp_path: Path) -> None:
    """With the types that the recording shows; what the fake cannot name is left out."""
    times = '"createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-02T00:00:00Z"'
    links = (
        '"contacts":{"results":[{"id":"8","type":"deal_to_contact"},{"id":"9","type":"no_such_type"}]},'
        '"line items":{"results":[{"id":"5","type":"deal_to_line_item"}]},"boats":{"results":[{"id":"1","type":"x"}]},'
        '"companies":null'
    )
    row = f'{{"id":"7","properties":{{}},{times},"associations":{{{links}}}}}'
    path = cassette(tmp_path / "deals.yaml", f'{{"results":[{row}]}}', "https://api.hubapi.com/crm/v3/objects/deals")
    client = start(Settings(seed_cassette=path))

    served = client.get("/crm/v3/objects/deals?associations=contacts,line_items").json()["results"][0]["associations"]

    assert served == {
        "contacts": {"results": [{"id": "8", "type": "deal_to_contact"}]},
        "line items": {"results": [{"id": "5", "type": "deal_to_line_item"}]},
    }


def test_a_request_whose_uri_is_none_has_no_records(tmp_path: Path) -> None:
    row = '{"id":"7","properties":{},"createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-02T00:00:00Z"}'
    path = cassette(tmp_path / "odd.yaml", f'{{"results":[{row}]}}', "https://[api.hubapi.com/crm/v3/objects/contacts")
    portal = Portal()

    with pytest.raises(SeedError, match="no CRM record"):
        seed_from_cassette(portal, path)
    portal.close()
