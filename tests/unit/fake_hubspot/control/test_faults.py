"""Faults over the control API."""

from typing import Any

import pytest

from fake_hubspot.faults.registry import registered_faults
from tests.unit.fake_hubspot.conftest import Client

FAULTS_PATH = "/_fake/faults"
CONTACTS = "/crm/v3/objects/contacts?limit=1"


@pytest.fixture
def client(samples: Client) -> Client:
    """A server with the two sample contacts, no faults and an empty journal."""
    samples.request("PUT", "/_fake/scenario", json={"name": "success"})
    samples.request("DELETE", "/_fake/journal")
    return samples


def test_a_fault_is_set_strikes_and_is_taken_away(client: Client) -> None:
    """The response contains all parameters, and the matches and firings are counted."""
    asked = {"fault": "STATUS", "params": {"status": 503}, "where": {"route": "objects.list"}, "times": 2}

    made = client.post(FAULTS_PATH, asked)
    struck = client.get(CONTACTS)
    shown = client.get(f"{FAULTS_PATH}/{made.json()['id']}").json()
    removed = client.request("DELETE", f"{FAULTS_PATH}/{made.json()['id']}")

    assert made.status_code == 201
    assert struck.status_code == 503
    assert removed.status_code == 204
    assert client.get(CONTACTS).status_code == 200
    assert client.get(FAULTS_PATH).json() == {"faults": []}
    assert shown == {
        "id": "1",
        "fault": "status",
        "params": {"status": 503, "message": "internal error", "category": None, "retry_after_s": None},
        "where": {"route": "objects.list"},
        "times": 2,
        "probability": 1.0,
        "seed": 0,
        "matched": 1,
        "fired": 1,
        "spent": False,
    }


def test_a_fault_that_is_spent_says_so(client: Client) -> None:
    """It stays in the list, so that a test can see that it fired."""
    client.post(FAULTS_PATH, {"fault": "server-error"})

    answers = [client.get(CONTACTS).status_code for _ in range(2)]

    shown = client.get(FAULTS_PATH).json()["faults"][0]
    assert answers == [500, 200]
    assert (shown["matched"], shown["fired"], shown["spent"]) == (2, 1, True)


def test_every_fault_can_be_taken_away_at_once(client: Client) -> None:
    """Including those of a scenario."""
    client.request("PUT", "/_fake/scenario", json={"name": "server-error"})
    client.post(FAULTS_PATH, {"fault": "empty-response", "times": "forever"})

    cleared = client.request("DELETE", FAULTS_PATH)

    assert cleared.status_code == 204
    assert client.get(CONTACTS).status_code == 200


def test_the_journal_names_the_faults_and_how_often_they_struck(client: Client) -> None:
    """In the order in which they fired."""
    client.post(FAULTS_PATH, {"fault": "server-error", "times": 2})
    client.post(FAULTS_PATH, {"fault": "latency", "params": {"delay_ms": 1}, "where": {"nth": 2}})
    for _ in range(3):
        client.get(CONTACTS)

    entries = client.get("/_fake/journal").json()["entries"]

    assert [entry["fault"] for entry in entries] == ["server-error", "latency+server-error", None]
    assert [entry["faults"] for entry in entries] == [
        [{"id": "1", "name": "server-error", "fired": 1}],
        [{"id": "2", "name": "latency", "fired": 1}, {"id": "1", "name": "server-error", "fired": 2}],
        [],
    ]


def test_control_and_health_meet_no_fault(client: Client) -> None:
    """Otherwise a fault could not be removed."""
    client.post(FAULTS_PATH, {"fault": "empty-response", "times": "forever"})

    assert client.get("/health").status_code == 200
    assert client.get(FAULTS_PATH).status_code == 200


def test_the_catalogue_tells_of_every_fault(client: Client) -> None:
    """Name, aliases, parameters with defaults, evidence."""
    cards = {card["name"]: card for card in client.get(f"{FAULTS_PATH}/catalogue").json()["faults"]}

    assert set(cards) == set(registered_faults())
    assert cards["connection-reset"]["aliases"] == ["CONNECTION_RESET_BY_PEER", "reset_peer"]
    assert cards["bandwidth"]["params"]["rate"] == {
        "description": "Kilobytes per second.",
        "type": "integer",
        "minimum": 1,
        "default": 100,
    }
    assert cards["migration"]["evidence"] == ["docs", "assumed"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "missing required field `fault`"),
        ({"fault": "nonsense"}, "Known: "),
        ({"fault": "status", "params": {"stat": 1}}, "Known, with defaults: status = 500"),
        ({"fault": "status", "params": {"status": 42}}, "Expected `int` >= 200"),
        ({"fault": "status", "where": {"pages": 2}}, "unknown field `pages`"),
        ({"fault": "status", "where": {"page": 0}}, "Expected `int` >= 1"),
        ({"fault": "status", "where": {"route": "object.list"}}, "the nearest is 'objects.list'"),
        ({"fault": "status", "where": {"route": "ownres.*"}}, "the nearest is 'owners."),
        ({"fault": "status", "where": {"route": "control.*"}}, "which no route is called"),
        ({"fault": "status", "times": 0}, "Expected `int` >= 1"),
        ({"fault": "status", "times": "often"}, "often"),
        ({"fault": "status", "probability": 2}, "Expected `float` <= 1.0"),
        ([], "got `array`"),
    ],
)
def test_what_cannot_be_set_is_refused_with_what_is_known(client: Client, body: Any, message: str) -> None:
    """400, and nothing is set."""
    answer = client.post(FAULTS_PATH, body)

    assert answer.status_code == 400
    assert message in answer.json()["error"]
    assert client.get(FAULTS_PATH).json() == {"faults": []}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_fault_that_is_not_set_cannot_be_found(client: Client, method: str) -> None:
    """The response lists those that are set."""
    client.post(FAULTS_PATH, {"fault": "latency"})

    answer = client.request(method, f"{FAULTS_PATH}/7")

    assert answer.status_code == 404
    assert answer.json()["error"] == "no fault '7' is set here; set are: 1"


def test_faults_of_two_portals_do_not_mix(client: Client) -> None:
    """`?portal=` names one; each has its own faults, counts and journal."""
    other = client.post("/_fake/portals", {}).json()
    at_other = f"?portal={other['portalId']}"
    headers = {"Authorization": f"Bearer {other['token']}"}

    client.post(f"{FAULTS_PATH}{at_other}", {"fault": "server-error", "times": "forever"})

    assert client.get(CONTACTS).status_code == 200
    assert client.get(CONTACTS, headers=headers).status_code == 500
    assert client.get(FAULTS_PATH).json() == {"faults": []}
    assert client.get(f"{FAULTS_PATH}{at_other}").json()["faults"][0]["fired"] == 1
    assert client.get(f"/_fake/journal{at_other}").json()["entries"][-1]["fault"] == "server-error"
    assert client.get("/_fake/journal").json()["entries"][-1]["fault"] is None


def test_a_portal_that_is_not_there_has_no_faults(client: Client) -> None:
    """No fault is set on the default portal instead."""
    answer = client.post(f"{FAULTS_PATH}?portal=404", {"fault": "server-error"})

    assert answer.status_code == 404
    assert client.get(FAULTS_PATH).json() == {"faults": []}


@pytest.mark.parametrize("route", ["objects.*", "*", "owners.lis?", "legacy.contacts.all"])
def test_a_route_may_be_a_pattern_that_matches_one(client: Client, route: str) -> None:
    """Such a fault is set."""
    assert client.post(FAULTS_PATH, {"fault": "latency", "where": {"route": route}}).status_code == 201
