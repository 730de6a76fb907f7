"""Recorded requests to the real HubSpot, sent to a portal in the same state: the fake must respond the same way.

Status, content type, header names, JSON keys with their order, types and nulls are compared, and every value that the
state determines. Known differences are listed below with their reasons; one that no longer exists fails the test too.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from tests.fidelity.conftest import MakePortal, Portal
from tests.support.recorded import RECORDED, TICKET_LINKS

# Sent by Cloudflare about itself, or by old versions of HubSpot.
NOT_SENT = {
    "x-trace": "until about 2024 only",
    "expect-ct": "an edge header that browsers dropped; 2022 only",
    "alt-svc": "offers HTTP/3, which the fake does not speak",
    "x-content-type-options": "sent by some services only",
}
# What the fake adds to the response to a new meeting: the path in the JSON, and why.
EXPLAINED = {
    "+properties.hs_object_source": "on records since 2023, the recording is of 2022",
    "+properties.hs_object_source_id": "the same",
    "+properties.hs_object_source_label": "the same",
}


def interactions(name: str) -> list[dict[str, Any]]:
    """Return the interactions of one recording."""
    return RECORDED[name]


def replay(portal: Portal, interaction: dict[str, Any]) -> requests.Response:
    """Send a recorded request to the fake."""
    request = interaction["request"]
    parts = urlsplit(request["uri"])
    headers = {name: values[0] for name, values in request["headers"].items()}
    url = f"{portal.url}{parts.path}{'?' + parts.query if parts.query else ''}"
    headers |= {"Authorization": f"Bearer {portal.token}", "Accept-Encoding": "identity"}
    return requests.request(request["method"], url, data=request["body"], headers=headers, timeout=20)


def shape(value: Any) -> Any:
    """Return keys in their order, types and nulls, without values."""
    if isinstance(value, dict):
        return [(key, shape(each)) for key, each in value.items()]
    if isinstance(value, list):
        return [shape(each) for each in value]
    return type(value).__name__


def paths(value: Any, prefix: str = "") -> list[str]:
    """Return every path in a JSON object with the type of its value."""
    if isinstance(value, dict) and value:
        return [path for key, each in value.items() for path in paths(each, f"{prefix}.{key}".lstrip("."))]
    if isinstance(value, list):
        return [path for index, each in enumerate(value) for path in paths(each, f"{prefix}[{index}]")]
    return [prefix]


def assert_same_frame(response: requests.Response, interaction: dict[str, Any]) -> None:
    """Compare status, content type and header names."""
    recorded = interaction["response"]
    names = {name.lower() for name in recorded["headers"]}

    assert response.status_code == recorded["status"]["code"]
    assert response.headers["Content-Type"] == recorded["headers"]["Content-Type"][0]
    assert sorted(names - {name.lower() for name in response.headers}) == sorted(names & NOT_SENT.keys())
    assert {name.lower() for name in response.headers} - names <= {"content-length", "cache-control"}


def as_recorded(portal: Portal, response: requests.Response) -> str:
    """Return the text of the response with HubSpot's origin and portal id instead of the fake's."""
    text = response.text.replace(portal.url, "https://api.hubapi.com")
    return text.replace(f"/contacts/{portal.portal_id}/", "/contacts/62515/")


@pytest.mark.parametrize("number", [0, 1])
def test_the_contacts_list_is_the_recorded_one_to_the_last_byte(
    make_portal: MakePortal, recordings: Path, number: int
) -> None:
    """Both pages, requested with the unknown parameters of the recording."""
    portal = make_portal(contacts=0)
    portal.control("POST", "seed", {"cassette": str(recordings / "contacts-list.yaml")})
    portal.control("POST", "seed", {"records": [{"id": "900000", "properties": {"email": "beyond@example.com"}}]})
    interaction = interactions("contacts-list")[number]

    response = replay(portal, interaction)

    assert_same_frame(response, interaction)
    assert as_recorded(portal, response) == interaction["response"]["body"]["string"]


def prepared_for_tickets(make_portal: MakePortal) -> Portal:
    """A portal of 2024 with the records that the recorded ticket is associated with: no `url`, fewer properties."""
    portal = make_portal(tier="enterprise")
    portal.control("PATCH", "assumptions", {"record-url": "absent", "ticket-properties": "2024"})
    for kind, record_id in zip(("contacts", "companies", "deals"), TICKET_LINKS, strict=True):
        portal.control("POST", "seed", {"objectType": kind, "records": [{"id": str(record_id)}]})
    return portal


def test_a_ticket_is_created_as_recorded(make_portal: MakePortal) -> None:
    """201, `Location`, the same properties in the same order, and the associations."""
    portal = prepared_for_tickets(make_portal)
    interaction = interactions("tickets")[0]

    response = replay(portal, interaction)

    assert_same_frame(response, interaction)
    assert shape(response.json()) == shape(json.loads(interaction["response"]["body"]["string"]))
    assert response.headers["Location"] == f"{portal.url}/crm/v3/objects/tickets/{response.json()['id']}"
    assert response.headers["X-HubSpot-RateLimit-Secondly"] == "19"


def test_a_ticket_is_read_as_recorded(make_portal: MakePortal) -> None:
    """The requested properties, null if there is no value; equal to the last byte."""
    portal = prepared_for_tickets(make_portal)
    interaction = interactions("tickets")[1]
    recorded = interaction["response"]["body"]["string"]
    ticket = json.loads(recorded)
    seed = {"id": ticket["id"], "properties": ticket["properties"]}
    portal.control("POST", "seed", {"objectType": "tickets", "records": [seed]})

    response = replay(portal, interaction)

    assert_same_frame(response, interaction)
    assert response.text == recorded


def test_a_missing_ticket_is_the_recorded_page(make_portal: MakePortal) -> None:
    """The HTML is equal byte for byte."""
    portal = make_portal(tier="enterprise")
    interaction = interactions("tickets")[2]

    response = replay(portal, interaction)

    assert_same_frame(response, interaction)
    assert response.text == interaction["response"]["body"]["string"]


def with_owner(portal: Portal) -> Portal:
    """A portal with the owner of the recorded meetings."""
    portal.control("POST", "seed", {"owners": [{"id": 156_644_386, "email": "o@example.com", "userId": 11_000_694}]})
    return portal


def test_a_meeting_is_created_as_recorded_except_for_listed_differences(make_portal: MakePortal) -> None:
    """Values that the request determines are equal; the rest has the same keys, except for the listed ones."""
    portal = with_owner(make_portal())
    portal.control("PATCH", "assumptions", {"record-url": "absent"})
    interaction = interactions("meetings")[0]
    recorded = json.loads(interaction["response"]["body"]["string"])

    response = replay(portal, interaction)

    assert_same_frame(response, interaction)
    ours, theirs = paths(response.json()), paths(recorded)
    found = {f"-{path}" for path in theirs if path not in ours} | {f"+{path}" for path in ours if path not in theirs}
    assert found == EXPLAINED.keys()
    same = [path for path in theirs if path in ours]
    assert [path for path in ours if path in theirs] == same
    for name in ("hs_meeting_start_time", "hs_meeting_end_time", "hs_timestamp", "hs_body_preview_html"):
        assert response.json()["properties"][name] == recorded["properties"][name]
    for name in ("hubspot_owner_id", "hs_all_owner_ids", "hs_user_ids_of_all_owners"):
        assert response.json()["properties"][name] == recorded["properties"][name]


def test_the_meetings_list_is_the_recorded_one_to_the_last_byte(make_portal: MakePortal, recordings: Path) -> None:
    """It is from 2022: the link repeats the path, records have no `url`."""
    portal = make_portal(contacts=0)
    portal.control("PATCH", "assumptions", {"record-url": "absent", "list-link-path": "v3"})
    portal.control("POST", "seed", {"cassette": str(recordings / "meetings.yaml")})
    interaction = interactions("meetings")[1]

    response = replay(portal, interaction)

    assert_same_frame(response, interaction)
    assert as_recorded(portal, response) == interaction["response"]["body"]["string"]


def test_a_wrong_meeting_is_rejected_in_the_recorded_words(make_portal: MakePortal) -> None:
    """Everything except the correlation id, which the header repeats."""
    portal = with_owner(make_portal())
    interaction = interactions("meetings")[2]
    recorded = json.loads(interaction["response"]["body"]["string"])

    response = replay(portal, interaction)

    assert_same_frame(response, interaction)
    message = recorded["message"].replace("Portal 62515", f"Portal {portal.portal_id}")
    assert list(response.json()) == list(recorded)
    assert response.json() == recorded | {
        "correlationId": response.headers["X-HubSpot-Correlation-Id"],
        "message": message,
    }


def test_the_owners_are_the_recorded_ones(make_portal: MakePortal) -> None:
    """Key order and types are equal; ids of users are numbers. A new portal has one more owner, its own."""
    portal = make_portal()
    interaction = interactions("owners")[0]
    recorded = json.loads(interaction["response"]["body"]["string"])
    owners = [
        {name: owner[name] for name in ("email", "firstName", "lastName")}
        | {"id": int(owner["id"]), "userId": int(owner["userId"])}
        for owner in recorded["results"]
    ]
    portal.control("POST", "seed", {"owners": owners})

    response = replay(portal, interaction)

    results = [row for row in response.json()["results"] if row["email"] != "owner@example.com"]
    times = {"createdAt": "", "updatedAt": ""}
    assert_same_frame(response, interaction)
    assert [list(row) for row in results] == [list(row) for row in recorded["results"]]
    assert all(isinstance(row["userId"], int) and isinstance(row["id"], str) for row in results)
    assert [row | times for row in results] == [row | times for row in recorded["results"]]
