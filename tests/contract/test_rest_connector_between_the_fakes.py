"""A connector that is configuration only: REST operations of the fake node read the fake HubSpot."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from fake_hubspot import Server, Settings
from fake_sesam import Node, NodeOptions

PAGE_LINK = "{{ body.paging.next.link.split('?')[0]~'?after='~body.paging.next.after }}"
SYSTEM = {
    "_id": "hubspot",
    "type": "system:rest",
    "url_pattern": "$ENV(hubspot-url)/%s",
    "oauth2": {
        "access_token": "$SECRET(token)",
        "client_id": "c",
        "client_secret": "s",
        "refresh_token": "r",
        "token_url": "$ENV(hubspot-url)/oauth/v1/token",
    },
    "operations": {
        "contact-list": {
            "url": "crm/v3/objects/contacts",
            "method": "GET",
            "params": {"limit": "100", "properties": "email,firstname", "associations": "companies"},
            "payload_property": "results",
            "id_expression": "{{ id }}",
            "next_page_link": PAGE_LINK,
        },
        "link-list": {
            "url": "crm/v4/objects/contact/{{ entity.id }}/associations/company",
            "method": "GET",
            "payload_property": "results",
            "next_page_link": "{{ body.paging.next.link }}",
        },
    },
}
LINK = [["add", "_id", ["concat", "_P._S.id", "-", ["string", "_S.toObjectId"]]], ["add", "to", "_S.toObjectId"]]
PIPES: list[dict[str, Any]] = [
    {"_id": "contact-all", "source": {"type": "rest", "system": "hubspot", "operation": "contact-list"}},
    {"_id": "contact-collect", "source": {"type": "merge_datasets", "datasets": ["contact-all"]}},
    {
        "_id": "link-children",
        "source": {"type": "dataset", "dataset": "contact-collect"},
        "transform": [
            {
                "type": "dtl",
                "rules": {"default": [["if", ["is-empty", "_S.associations"], ["filter"]], ["copy", "id"]]},
            },
            {"type": "rest", "system": "hubspot", "operation": "link-list", "side_effects": False},
            {"type": "dtl", "rules": {"default": [["create-child", ["apply", "link", "_S.response"]]], "link": LINK}},
        ],
    },
    {
        "_id": "link-collect",
        "source": {"type": "dataset", "dataset": "link-children"},
        "transform": {"type": "emit_children"},
    },
]


class Account:
    """A fake HubSpot, and a node that reads it."""

    def __init__(self, server: Server, node: Node) -> None:
        self.server = server
        self.node = node

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request to HubSpot's API."""
        headers = {"Authorization": f"Bearer {self.server.token}"}
        response = requests.request(method, self.server.url + path, json=body, headers=headers, timeout=10)
        assert response.ok, response.text
        return response.json() if response.content else None

    def run(self) -> list[tuple[bool, int, int]]:
        """Run every pipe; return whether it succeeded, what it changed and what it deleted."""
        found = [self.node.run_pipe(pipe["_id"]) for pipe in PIPES]
        return [(each.ok, each.changed, each.deleted) for each in found]

    def ids(self, pipe: str) -> set[str]:
        """Return the ids that a dataset has."""
        return {each["_id"] for each in self.node.dataset(pipe).entities()}


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    """An account with 230 contacts on three pages."""
    for folder, configs in (("systems", [SYSTEM]), ("pipes", [{"type": "pipe", **each} for each in PIPES])):
        (tmp_path / folder).mkdir()
        for config in configs:
            (tmp_path / folder / f"{config['_id']}.conf.json").write_text(json.dumps(config))
    with Server(Settings(contacts=230)) as server:
        options = NodeOptions(environment={"hubspot-url": server.url}, secrets={"token": server.token}, environ={})
        with Node(tmp_path, options) as node:
            yield Account(server, node)


def test_contacts_and_their_links_come_and_go(account: Account) -> None:
    contacts = [each["id"] for each in account.request("GET", "/crm/v3/objects/contacts?limit=3")["results"]]
    company = account.request("POST", "/crm/v3/objects/companies", {"properties": {"name": "C"}})["id"]
    links = [f"/crm/v4/objects/contact/{each}/associations/company/{company}" for each in contacts[:2]]
    for link in links:
        account.request("PUT", link.replace("associations/", "associations/default/"))

    first = account.run()
    account.request("DELETE", links[0])
    account.request("DELETE", f"/crm/v3/objects/contacts/{contacts[2]}")
    second = account.run()

    assert first == [(True, 230, 0), (True, 230, 0), (True, 230, 0), (True, 2, 0)]
    assert [ok for ok, _, _ in second] == [True] * 4
    assert len(account.ids("contact-all")) == len(account.ids("contact-collect")) == 229
    assert account.ids("link-collect") == {f"{contacts[1]}-{company}"}


def test_a_page_that_fails_deletes_nothing(account: Account) -> None:
    """Whichever page it is."""
    account.run()
    before = account.ids("contact-all")

    for page in (1, 2, 3):
        fault = {"fault": "server-error", "where": {"route": "objects.list", "page": page}, "times": 1}
        requests.post(f"{account.server.url}/_fake/faults", json=fault, timeout=10).raise_for_status()
        result = account.node.run_pipe("contact-all")
        requests.delete(f"{account.server.url}/_fake/faults", timeout=10).raise_for_status()

        assert (result.ok, result.deleted) == (False, 0)
        assert account.ids("contact-all") == before
    assert account.node.run_pipe("contact-all").ok
