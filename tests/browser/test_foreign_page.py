"""A page of another site tries to act on the fakes and to read from them, in a real browser."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from fake_hubspot import Server, Settings
from fake_sesam import Node, NodeOptions, NodeServer

SYSTEM = '{"_id": "evil", "type": "system:url", "url_pattern": "http://127.0.0.1:9/%s"}'
# What a page of another origin can do without the server's consent, as JavaScript with `url` and `body`.
SENDING = {
    "fetch": "([url, body]) => fetch(url, {method: 'POST', mode: 'no-cors', body})",
    "fetch of a blob": "([url, body]) => fetch(url, {method: 'POST', mode: 'no-cors', body: new Blob([body])})",
    "fetch with credentials": """([url, body]) => fetch(url, {method: 'POST', mode: 'no-cors',
        credentials: 'include', body})""",
    "fetch of JSON": """([url, body]) => fetch(url, {method: 'POST', body,
        headers: {'Content-Type': 'application/json'}}).catch(() => null)""",
    "beacon": "([url, body]) => navigator.sendBeacon(url, body)",
    "XMLHttpRequest": """([url, body]) => new Promise(resolve => {
        const request = new XMLHttpRequest(); request.onloadend = resolve;
        request.open('POST', url); request.send(body) })""",
}
ENCTYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
READING = {
    "fetch": "url => fetch(url).then(answer => answer.text(), () => '')",
    "no-cors": "url => fetch(url, {mode: 'no-cors'}).then(answer => answer.text(), () => '')",
    "XMLHttpRequest": """url => new Promise(resolve => {
        const request = new XMLHttpRequest(); request.onloadend = () => resolve(request.responseText);
        request.open('GET', url); request.send() })""",
}


class ForeignSite(BaseHTTPRequestHandler):
    """An empty page."""

    def do_GET(self) -> None:
        """Answer with it."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Write nothing."""


@pytest.fixture(scope="module")
def foreign_port() -> Iterator[int]:
    """The port of another site."""
    with ThreadingHTTPServer(("127.0.0.1", 0), ForeignSite) as site:
        thread = threading.Thread(target=site.serve_forever, daemon=True)
        thread.start()
        yield site.server_address[1]
        site.shutdown()
        thread.join()


@pytest.fixture(params=["127.0.0.1", "localhost", "evil.example"])
def foreign_page(page: Any, foreign_port: int, request: pytest.FixtureRequest) -> Any:
    """A page on another port of this machine, or of a site of the network."""
    page.goto(f"http://{request.param}:{foreign_port}/")
    return page


@pytest.fixture
def hubspot() -> Iterator[Server]:
    """A fake HubSpot with three contacts."""
    with Server(Settings(contacts=3)) as server:
        yield server


@pytest.fixture
def sesam(tmp_path: Path) -> Iterator[str]:
    """The URL of a fake node without pipes."""
    (tmp_path / "node-metadata.conf.json").write_text('{"_id": "node", "type": "metadata"}')
    with Node(tmp_path, NodeOptions(data_dir=tmp_path / "data")) as node, NodeServer(node) as server:
        yield server.url


def portals(hubspot: Server) -> int:
    """How many portals there are."""
    return len(requests.get(f"{hubspot.url}/_fake/portals", timeout=10).json()["portals"])


def systems(sesam: str) -> list[str]:
    """The systems of the node."""
    return [system["_id"] for system in requests.get(f"{sesam}/api/systems", timeout=10).json()]


@pytest.mark.parametrize("way", SENDING)
def test_a_foreign_page_changes_nothing_with_a_script(foreign_page: Any, hubspot: Server, sesam: str, way: str) -> None:
    before = (portals(hubspot), systems(sesam))

    foreign_page.evaluate(SENDING[way], [f"{hubspot.url}/_fake/portals", "{}"])
    foreign_page.evaluate(SENDING[way], [f"{hubspot.url}/_fake/reset", ""])
    foreign_page.evaluate(SENDING[way], [f"{sesam}/api/systems", SYSTEM])

    assert (portals(hubspot), systems(sesam)) == before


@pytest.mark.parametrize("enctype", ENCTYPES)
def test_a_foreign_page_changes_nothing_with_a_form(
    foreign_page: Any, hubspot: Server, sesam: str, enctype: str
) -> None:
    """A form needs no script, and the answer is shown as a page."""
    before = (portals(hubspot), systems(sesam))
    home = foreign_page.url

    for url in (f"{hubspot.url}/_fake/portals", f"{sesam}/api/systems", f"{sesam}/api/admin"):
        foreign_page.goto(home)
        foreign_page.set_content(
            f"<form method=post action='{url}' enctype='{enctype}'><input name='{{\"a\": \"' value='\"}}'>"
            "<input name=operation value=reset><button>go</button></form>"
        )
        with foreign_page.expect_navigation() as navigation:
            foreign_page.click("button")
        assert navigation.value.status == 403, url

    assert (portals(hubspot), systems(sesam)) == before


@pytest.mark.parametrize("way", READING)
def test_a_foreign_page_reads_nothing(foreign_page: Any, hubspot: Server, sesam: str, way: str) -> None:
    for url in (f"{hubspot.url}/_fake/portals", f"{hubspot.url}/_fake/journal/har", f"{sesam}/api/config"):
        assert foreign_page.evaluate(READING[way], url) == "", url


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.example"])
def test_dns_rebinding_gives_nothing(page: Any, hubspot: Server, sesam: str, name: str) -> None:
    """The name of a foreign site leads to the fake now, so that its page has the fake's origin."""
    for url, path in ((hubspot.url, "/_fake/portals"), (sesam, "/api/systems")):
        base = f"http://{name}:{url.rpartition(':')[2]}"
        page.goto(base + path)
        read = page.evaluate("path => fetch(path).then(answer => answer.status)", path)
        sent = page.evaluate(
            """([path, body]) => fetch(path, {method: 'POST', body,
                headers: {'Content-Type': 'application/json'}}).then(answer => answer.status)""",
            [path, SYSTEM],
        )

        assert (read, sent) == (403, 403)
    assert (portals(hubspot), systems(sesam)) == (1, [])


def test_a_page_of_the_fake_itself_has_access(page: Any, hubspot: Server, sesam: str) -> None:
    """So the refusals above have a reason."""
    for url, path in ((hubspot.url, "/_fake/portals"), (sesam, "/api/systems")):
        page.goto(f"{url}/health")

        assert page.evaluate("path => fetch(path).then(answer => answer.status)", path) == 200
