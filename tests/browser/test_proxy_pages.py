"""The pages of the proxy in a real browser: those of requests and faults are the same as the fake HubSpot's."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from contract_bench.proxy.address import Address
from contract_bench.proxy.server import ProxyServer
from tests.browser.looks import problems_of
from tests.browser.looks import watched as watching
from tests.unit.contract_bench.proxy.upstream import Upstream

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
UI = "/_fake/ui"
LIGHT = {"color_scheme": "light", "viewport": {"width": 1600, "height": 1000}}
DARK = {"color_scheme": "dark", "viewport": {"width": 400, "height": 800}}
PAGES = (
    "/_fake/",
    f"{UI}/requests",
    f"{UI}/requests?failed=true&path=nothing",
    f"{UI}/faults",
    f"{UI}/faults?q=nothing",
    f"{UI}/faults/status",
    f"{UI}/nothing",
)


@pytest.fixture(scope="module")
def server() -> Iterator[ProxyServer]:
    with Upstream() as upstream, ProxyServer(Address.of(upstream.origin)) as running:
        yield running


class Client:
    """Sends requests through the proxy and to its control API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str) -> requests.Response:
        """Read through the proxy."""
        return self.session.get(self.url + path, timeout=20)

    def control(self, path: str, body: Any = None) -> None:
        """Call the control API."""
        self.session.post(f"{self.url}/_fake/{path}", json=body or {}, timeout=20)

    def opened(self) -> str:
        """Return the path of the last request in full."""
        [last] = self.get("/_fake/journal?limit=1").json()["entries"]
        return f"{UI}/requests?open={last['ordinal']}"


@pytest.fixture
def client(server: ProxyServer) -> Iterator[Client]:
    made = Client(server.url)
    made.control("reset")
    yield made
    made.session.close()


@pytest.fixture
def watched(page: Any) -> Iterator[Any]:
    """A page whose script must not fail."""
    with watching(page) as wrong:
        yield page
    assert wrong == []


def filled(client: Client) -> list[str]:
    """Send what pages can show, hostile values among it, and return the paths of the pages."""
    client.control("faults", {"fault": "status", "params": {"message": HOSTILE}, "where": {"query": {"page": "2"}}})
    client.control("faults", {"fault": "latency", "where": {"path": HOSTILE}})
    client.session.post(f"{client.url}/{HOSTILE}?q={HOSTILE}", json={HOSTILE: HOSTILE}, timeout=20)
    hostile = client.opened()
    client.get("/things/1?page=2")
    client.get("/no-answer")
    return [*PAGES, hostile, client.opened()]


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light and wide", "dark and narrow"])
def test_every_page_fits_is_accessible_and_runs_no_foreign_script(
    chromium: Any, client: Client, look: dict[str, Any]
) -> None:
    page = chromium.new_context(**look).new_page()

    with watching(page) as wrong:
        for path in filled(client):
            page.goto(client.url + path)
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            assert problems_of(page) == [], path
    page.context.close()

    # One of the pages is about what does not exist.
    assert [one for one in wrong if "404" not in one] == []


def test_everything_works_without_javascript(chromium: Any, client: Client) -> None:
    page = chromium.new_context(java_script_enabled=False).new_page()
    for path in filled(client):
        page.goto(client.url + path)
        assert page.locator("h1").count() == 1, path
        assert page.locator("main").inner_text()

    page.goto(client.url + f"{UI}/faults/server-error")
    page.get_by_label("Path").fill("/things/*")
    page.get_by_role("button", name="Set the fault").click()
    assert "Set server-error. Every request at /things/* gets 500" in page.locator(".said").inner_text()
    assert [client.get("/things/1").status_code for _ in range(2)] == [500, 200]
    page.get_by_text("Switch all off").first.click()
    assert "everything works" in page.locator(".said").inner_text()
    page.goto(client.url + f"{UI}/requests")
    page.get_by_text("Clear").first.click()
    page.get_by_role("button", name="Clear").click()
    assert "from the journal" in page.locator(".said").inner_text()
    page.context.close()


def test_the_overview_is_live(watched: Any, client: Client) -> None:
    watched.goto(f"{client.url}/_fake/")
    watched.get_by_text("Live", exact=True).wait_for()
    client.control("faults", {"fault": "server-error"})

    client.get("/things/1")

    watched.get_by_role("heading", name="was answered with 500; the fault server-error struck").wait_for()
    watched.get_by_text("It struck 1 time and will not strike again.").wait_for()
    watched.get_by_role("link", name="/things/1").wait_for()


def test_requests_appear_and_open_beside_the_list(watched: Any, client: Client) -> None:
    client.control("faults", {"fault": "server-error", "where": {"query": {"page": "2"}}})
    watched.goto(f"{client.url}{UI}/requests")
    watched.get_by_text("Live", exact=True).wait_for()

    client.get("/page?page=1")
    client.get("/page?page=2")

    watched.get_by_role("heading", name="2 requests: 1 failed").wait_for()
    watched.get_by_role("link", name="/page?page=2").click()
    watched.get_by_role("heading", name=re.compile(r"Request \d+: GET 500")).wait_for()
    watched.get_by_text("The fault server-error struck for the 1st time.").wait_for()
    watched.get_by_role("link", name="/page?page=1").click()
    watched.get_by_role("heading", name=re.compile(r"Request \d+: GET 200")).wait_for()
    assert '"items"' in watched.locator("#response-body").inner_text()
    watched.keyboard.press("Escape")
    watched.locator("#response-body").wait_for(state="detached")


def test_a_fault_is_set_for_a_route_and_its_state_is_live(watched: Any, client: Client) -> None:
    client.get("/things/1")
    watched.goto(f"{client.url}{UI}/faults/server-error")

    watched.get_by_label("Which requests").select_option("GET /things/*")
    watched.get_by_label("How often").select_option("forever")
    watched.get_by_text("Every GET /things/* gets 500 with the API's own error body, every time.").wait_for()
    watched.get_by_role("button", name="Set the fault").click()
    watched.get_by_text("Set server-error.").wait_for()
    with watched.expect_response(re.compile("faults/stream")):
        watched.reload()
    assert [client.get(f"/things/{number}").status_code for number in (2, 3)] == [500, 500]

    watched.get_by_text("struck 2 times").wait_for()
    watched.get_by_role("button", name="Switch off server-error").click()
    watched.get_by_text("Switched off server-error.").wait_for()
    assert client.get("/things/4").status_code == 200
