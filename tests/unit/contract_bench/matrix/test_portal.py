"""The walk of a connector, as it is read from the journal of a worker's portal."""

import pytest
import requests

from contract_bench.matrix.fixture import make_fixture
from contract_bench.matrix.portal import WorkerPortal
from fake_hubspot import Server, Settings

PAGES = 12


@pytest.mark.parametrize("chooses", [False, True])
def test_only_a_cursor_that_no_response_had_is_chosen(*, chooses: bool) -> None:
    """Also if the pages together are larger than what a journal keeps otherwise: 100 records with all properties."""
    with Server(Settings(contacts=0)) as server:
        portal, total = WorkerPortal(server), 0
        portal.fill(make_fixture(PAGES * 100).before)
        headers = {"Authorization": f"Bearer {server.token}"}
        listed = requests.get(f"{server.url}/crm/v3/properties/contacts", headers=headers, timeout=20).json()
        query = {"limit": "100", "properties": ",".join(one["name"] for one in listed["results"])}
        for page in range(PAGES):
            got = requests.get(f"{server.url}/crm/v3/objects/contacts", query, headers=headers, timeout=20)
            total += len(got.content)
            query["after"] = got.json()["paging"]["next"]["after"] if page < PAGES - 1 else ""
            if chooses and page == 5:
                query["after"] = str(int(query["after"]) + 50)
        walk = [step for step in portal.steps() if step.pass_name == "list"]

    assert total > 10_000_000
    assert [step.is_chosen for step in walk] == [chooses and page == 6 for page in range(PAGES)]
