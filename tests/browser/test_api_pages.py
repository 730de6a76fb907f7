"""The API pages of both fakes in a real browser: Swagger UI within the policy of the pages, without a foreign file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_hubspot import Server, Settings
from fake_sesam import Node, NodeOptions, NodeServer
from tests.browser.looks import watched

ROOT = Path(__file__).resolve().parents[2]
READY_MS = 60_000  # on a machine that may be busy
pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def hubspot(chromium: Any) -> Iterator[str]:
    """The address of a fake HubSpot."""
    del chromium  # without a browser nothing is started
    with Server(Settings(contacts=3)) as server:
        yield server.url


@pytest.fixture(scope="module")
def node(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a node without anything."""
    del chromium
    folder = tmp_path_factory.mktemp("node")
    options = NodeOptions(data_dir=folder)
    with Node(ROOT / "examples" / "rest_link_headers" / "node", options) as opened, NodeServer(opened) as server:
        yield server.url


def test_hubspots_api_can_be_read_and_tried(page: Any, hubspot: str) -> None:
    """A request from the page carries the access token, and is answered."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with watched(page) as wrong:
        page.goto(f"{hubspot}/_fake/ui/api")
        page.wait_for_selector(".opblock-tag", timeout=READY_MS)
        page.locator("#operations-tag-objects").click()
        page.locator(".opblock-get").first.click()
        page.locator("input[placeholder=objectType]").first.fill("contacts")
        page.locator("button.execute").first.click()
        page.wait_for_selector(".live-responses-table", timeout=READY_MS)

        statuses = page.locator(".live-responses-table .response-col_status").all_inner_texts()
        assert "200" in {status.strip() for status in statuses}
        # As 3.1 the document would be resolved as a whole for each request, which takes a minute on a busy machine.
        assert "OAS 3.0" in page.locator(".version-stamp").first.text_content()
    assert wrong == []
    assert [url for url in asked if not url.startswith((hubspot, "data:"))] == []


def test_the_api_of_a_node_can_be_read(page: Any, node: str) -> None:
    """Every group of requests is there."""
    with watched(page) as wrong:
        page.goto(f"{node}/ui/api")
        page.wait_for_selector(".opblock-tag", timeout=READY_MS)

        groups = page.locator(".opblock-tag").all_inner_texts()
    assert {"pipes", "datasets", "systems"} <= {group.strip() for group in groups}
    assert wrong == []
