"""Scenarios: how a portal behaves, switched while it runs."""

import pytest

from fake_hubspot.errors import UnknownScenarioError
from fake_hubspot.server import build_app
from fake_hubspot.settings import Settings
from tests.unit.fake_hubspot.conftest import Start

CONTACTS = "/crm/v3/objects/contacts?limit=100"


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
    """From failing to success over the control API; the records stay."""
    client = start(Settings(scenario="server-error"))

    switched = client.request("PUT", "/_fake/scenario", json={"name": "success"})

    assert switched.json()["name"] == "success"
    assert client.get("/_fake/scenario").json()["name"] == "success"
    assert len(client.get(CONTACTS).json()["results"]) == 2


def test_paging_holds_several_pages(start: Start) -> None:
    """Contacts are added where there are too few."""
    client = start(Settings(scenario="paging"))

    assert "paging" in client.get(CONTACTS).json()


@pytest.mark.parametrize("body", ['{"name":"nonsense"}', '{"nome":"success"}', "[]", "{", '{"name":3}'])
def test_a_wrong_switch_is_refused_with_a_reason(start: Start, body: str) -> None:
    """400, and the scenario stays."""
    client = start(Settings())

    answer = client.request("PUT", "/_fake/scenario", data=body)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert client.get("/_fake/scenario").json()["name"] == "success"


def test_an_unknown_scenario_names_the_known_ones() -> None:
    """At start as well."""
    with pytest.raises(UnknownScenarioError, match=r"endless-cursor, error-on-page-2, .*, server-error, .*, success"):
        build_app(Settings(scenario="nonsense"))
