"""Scenarios: how a portal behaves, switched while it runs."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from fake_hubspot.errors import UnknownScenarioError
from fake_hubspot.faults.registry import find_fault, make_fault
from fake_hubspot.scenarios import SCENARIOS
from fake_hubspot.server import build_app
from fake_hubspot.settings import Settings
from tests.support.cases import for_each
from tests.unit.fake_hubspot.conftest import Client, Start

CONTACTS = "/crm/v3/objects/contacts?limit=100"
# What a walk meets that asks again for what failed: a status, the number of records, or how it broke.
WALKS: dict[str, list[object]] = {
    "success": [2, 2],
    "server-error": [500, 500],
    "paging": [100, 100, 50, 100],
    "error-on-page-2": [100, 500, 500, 500],
    "recovering-page-2": [100, "no JSON", 100, 50],
    "flaky": ["no JSON", 100, "no JSON", 100, "no JSON", 50, "no JSON", 100, "no JSON", 100],
    "rate-limited": [100, 429, 429, 100, 50],
    "rate-limited-with-retry-after": [100, 429, 100, 50],
    "daily-limit": [429, 429],
    "token-expires-mid-walk": [100, 401, 401],
    "missing-scopes": [403, 403],
    "cut-mid-body": [100, "broken", "broken"],
    "reset-mid-body": [100, "broken", "broken"],
    "endless-cursor": [100, 100, 100, 100, 100],
    "backward-cursor": [100, 100, 50, 100, 50, 100],
    "empty-page-with-cursor": [100, 0, 100, 50],
    "short-page": [100, 1, 100, 49],
    "duplicated-page": [100, 100, 50],
    "html-with-200": [100, "no JSON", "no JSON"],
    "error-with-200": [100, 0],
    "truncated-json": [100, "no JSON", "no JSON"],
    "merged-during-walk": [100, 100, 51],
    "changes-during-walk": [100, 100, 50],
    "cloudflare": ["no JSON"],
}
# Not waited for: which fault stands on page 2.
SLOW: dict[str, tuple[str, dict[str, object]]] = {
    "slow-page": ("latency", {"delay_ms": 3000, "jitter_ms": 0}),
    "slow-body": ("dribble", {"duration_ms": 3000, "pieces": 30}),
    "stall": ("stall", {"after_bytes": None}),
}


def test_server_error_answers_500_to_every_call(start: Start) -> None:
    """With HubSpot's body."""
    client = start(Settings(scenario="server-error"))

    answer = client.get(CONTACTS)

    assert answer.status_code == 500
    assert answer.json() | {"correlationId": ""} == {
        "status": "error",
        "message": "internal error",
        "correlationId": "",
    }


def test_error_on_page_2_serves_page_1_and_fails_page_2_each_time(start: Start) -> None:
    """A retry of page 2 is still page 2."""
    client = start(Settings(scenario="error-on-page-2"))

    first = client.get(CONTACTS)
    link = first.json()["paging"]["next"]["link"]
    retries = [client.get(link).status_code for _ in range(3)]

    assert first.status_code == 200
    assert retries == [500, 500, 500]


def test_the_scenario_is_switched_while_the_fake_runs(start: Start) -> None:
    """From failure to success over the control API; the records stay."""
    client = start(Settings(scenario="server-error"))

    switched = client.request("PUT", "/_fake/scenario", json={"name": "success"})

    assert switched.json()["name"] == "success"
    assert client.get("/_fake/scenario").json()["name"] == "success"
    assert len(client.get(CONTACTS).json()["results"]) == 2


def test_paging_holds_several_pages(start: Start) -> None:
    """Contacts are added if there are too few."""
    client = start(Settings(scenario="paging"))

    assert "paging" in client.get(CONTACTS).json()


@pytest.mark.parametrize("body", ['{"name":"nonsense"}', '{"nome":"success"}', "[]", "{", '{"name":3}'])
def test_a_wrong_switch_is_refused_with_a_reason(start: Start, body: str) -> None:
    """400, and the scenario stays."""
    client = start(Settings())

    answer = client.request("PUT", "/_fake/scenario", data=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert client.get("/_fake/scenario").json()["name"] == "success"


def test_an_unknown_scenario_names_the_known_ones() -> None:
    """Also at the start."""
    with pytest.raises(UnknownScenarioError, match=r"Known: backward-cursor, .*; `fake-hubspot scenarios` lists all"):
        build_app(Settings(scenario="nonsense"))


@contextmanager
def portal_of(samples: Client, scenario: str) -> Iterator[Client]:
    """Create a portal with this scenario."""
    made = samples.post("/_fake/portals", {"scenario": scenario}).json()
    client = Client(samples.server)
    client.session.headers["Authorization"] = f"Bearer {made['token']}"
    yield client
    client.close()
    samples.request("DELETE", f"/_fake/portals/{made['portalId']}")


def outcomes(client: Client, calls: int) -> list[object]:
    """Return what a client meets that follows `after`, retries what failed, and reads each page completely."""
    after = ""
    found: list[object] = []
    for _ in range(calls):
        try:
            answer = client.get(f"{CONTACTS}&after={after}" if after else CONTACTS)
            page = answer.json()
        except requests.exceptions.JSONDecodeError:
            found.append("no JSON")
            continue
        except requests.exceptions.RequestException as error:
            found.append("broken" if "Connection" in str(error) or "Incomplete" in str(error) else str(error))
            continue
        if answer.status_code != 200:
            found.append(answer.status_code)
            continue
        found.append(len(page.get("results", [])))
        after = page.get("paging", {}).get("next", {}).get("after", "")
    return found


@pytest.mark.parametrize(("scenario", "expected"), WALKS.items())
def test_a_scenario_does_what_its_summary_says(samples: Client, scenario: str, expected: list[object]) -> None:
    """As a client that keeps retrying sees it."""
    with portal_of(samples, scenario) as client:
        assert outcomes(client, len(expected)) == expected


@for_each("scenario", SLOW)
def test_a_slow_scenario_sets_its_fault_on_page_2(scenario: str) -> None:
    """The test does not wait for it."""
    fault, params = SLOW[scenario]

    (rule,) = SCENARIOS[scenario].rules()

    assert find_fault(rule.fault).name == fault
    assert make_fault(rule.fault, rule.params) == make_fault(fault, params)
    assert rule.where.page == 2


def test_every_scenario_is_tried_here() -> None:
    """Add a new one above."""
    assert set(WALKS) | set(SLOW) == set(SCENARIOS)


def test_a_switch_takes_the_faults_of_the_scenario_before_away(start: Start) -> None:
    """And those that were set by hand."""
    client = start(Settings(scenario="error-on-page-2"))
    client.post("/_fake/faults", {"fault": "latency"})

    client.request("PUT", "/_fake/scenario", json={"name": "success"})

    assert client.get("/_fake/faults").json() == {"faults": []}
