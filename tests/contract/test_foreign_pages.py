"""What a page of another site can make a browser send: nothing of it acts on a fake or reads from it."""

from collections.abc import Iterator

import pytest
import requests

from fake_hubspot import Server, Settings
from fake_sesam import Node, NodeOptions, NodeServer
from tests.support.cases import for_each

FOREIGN = [
    {"Origin": "http://evil.example"},
    {"Origin": "http://127.0.0.1:3000"},
    {"Origin": "null"},
    {"Host": "evil.example"},
    {"Host": "evil.example", "Origin": "http://evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Sec-Fetch-Site": "same-site"},
]
HUBSPOT = [
    ("POST", "/_fake/reset"),
    ("POST", "/_fake/seed"),
    ("POST", "/_fake/portals"),
    ("POST", "/_fake/faults"),
    ("DELETE", "/_fake/journal"),
    ("GET", "/_fake/portals"),
    ("GET", "/_fake/journal"),
    ("GET", "/_fake/journal/har"),
]
SESAM = [
    ("POST", "/api/systems"),
    ("POST", "/api/admin"),
    ("POST", "/api/pipes/things/pump"),
    ("PUT", "/api/config"),
    ("PUT", "/api/env"),
    ("POST", "/api/jwt"),
    ("GET", "/api/env"),
    ("GET", "/api/systems/hubspot/proxy/x"),
    ("GET", "/api/config"),
    ("GET", "/api/logs"),
]


@pytest.fixture(scope="module")
def hubspot() -> Iterator[str]:
    """The URL of a fake HubSpot."""
    with Server(Settings(contacts=3)) as server:
        yield server.url


@pytest.fixture(scope="module")
def sesam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a fake node without any configuration."""
    folder = tmp_path_factory.mktemp("node")
    (folder / "node-metadata.conf.json").write_text('{"_id": "node", "type": "metadata"}')
    with Node(folder, NodeOptions(data_dir=folder / "data")) as node, NodeServer(node) as server:
        yield server.url


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_foreign_page_neither_acts_nor_reads(hubspot: str, sesam: str, headers: dict[str, str]) -> None:
    """Each is refused before anything is looked at."""
    for url, targets in ((hubspot, HUBSPOT), (sesam, SESAM)):
        for method, path in targets:
            answer = requests.request(method, url + path, headers=headers, json={}, timeout=10)

            assert answer.status_code == 403, (method, path)
            assert "pages of other sites have no access" in answer.text or "not known as evil.example" in answer.text


@for_each("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
def test_a_body_that_a_form_can_send_changes_nothing(hubspot: str, sesam: str, content_type: str | None) -> None:
    """The message says what to write with curl, which sends such a type by default."""
    headers = {"Content-Type": content_type} if content_type else {}
    for url in (f"{hubspot}/_fake/faults", f"{sesam}/api/systems", f"{sesam}/api/run-all-pipes"):
        answer = requests.post(url, data=b'{"name": "error-on-page-2"}', headers=headers, timeout=10)

        assert answer.status_code == 415
        assert "with curl: --json" in answer.text


def test_health_is_told_to_everybody(hubspot: str, sesam: str) -> None:
    """A health check may come by any name."""
    for url in (f"{hubspot}/health", f"{sesam}/health", f"{sesam}/api/health"):
        assert requests.get(url, headers={"Host": "any.example"}, timeout=10).status_code == 200


def test_the_crm_is_known_by_hubspots_names_and_by_no_foreign_one(hubspot: str) -> None:
    """Some programs send HubSpot's own name although they are led to another address."""
    path, token = "/crm/v3/objects/contacts", Settings().token

    def status(host: str, method: str = "GET") -> int:
        headers = {"Host": host, "Authorization": f"Bearer {token}"}
        return requests.request(method, hubspot + path, headers=headers, json={}, timeout=10).status_code

    assert [status("api.hubapi.com"), status("api.hubspot.com:443"), status("localhost")] == [200, 200, 200]
    assert [status("evil.example"), status("evil.example", "POST"), status("xhubapi.com")] == [403, 403, 403]


def test_programs_go_on_working(hubspot: str, sesam: str) -> None:
    """No `Origin`, and a `Host` of this machine."""
    assert requests.post(f"{hubspot}/_fake/reset", timeout=10).status_code == 200
    assert requests.get(f"{hubspot}/_fake/journal", headers={"Host": "localhost:1"}, timeout=10).status_code == 200
    assert requests.get(f"{sesam}/api/config", headers={"Host": "[::1]"}, timeout=10).status_code == 200
    own = {"Origin": hubspot, "Sec-Fetch-Site": "same-origin"}
    assert requests.post(f"{hubspot}/_fake/reset", headers=own, timeout=10).status_code == 200


def test_more_names_can_be_allowed() -> None:
    """And only those."""
    with Server(Settings(allow_host=("hub.example",))) as server:
        statuses = [
            requests.get(f"{server.url}/_fake/portals", headers={"Host": host}, timeout=10).status_code
            for host in ("hub.example", "other.example")
        ]

    assert statuses == [200, 403]
