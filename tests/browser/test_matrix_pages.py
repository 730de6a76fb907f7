"""The matrix in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest

from bench_core.listener import BackgroundServer
from contract_bench.matrix.bench import BenchSettings
from contract_bench.matrix.serving import MatrixPages
from contract_bench.roles.connector import ConnectorUnderTest
from tests.browser.looks import problems_of, watched
from tests.unit.contract_bench.matrix.test_serving import BROKEN_PAGE, RESULT, play

PAGES = ("/", "/?q=zzz", "/?verdict=silent", BROKEN_PAGE, "/probes", "/nothing")


@pytest.fixture
def url(chromium: Any) -> Iterator[str]:
    """The address of a small matrix."""
    del chromium  # without a browser nothing is started
    settings = BenchSettings(ConnectorUnderTest("python -m service"))
    with MatrixPages(RESULT, settings, play=play) as pages, BackgroundServer(pages.app()) as server:
        yield server.url


@pytest.mark.parametrize(("width", "scheme"), [(400, "dark"), (1600, "light")])
def test_every_page_is_sound(url: str, chromium: Any, width: int, scheme: str) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    found = {}
    with watched(page) as wrong:
        for path in PAGES:
            page.goto(url + path)
            found[path] = problems_of(page)
    context.close()

    assert {path: problems for path, problems in found.items() if problems} == {}
    assert len(found) == len(PAGES)
    assert [text for text in wrong if "404" not in text] == []


def test_a_mark_opens_its_cell_beside_the_map_and_plays_it_again(url: str, page: Any) -> None:
    page.goto(url)
    page.get_by_role("link", name="always: SILENT").click()
    page.get_by_text("created but missing").wait_for()
    map_is_there = page.locator("table.map").count()
    page.get_by_role("button", name="Play again here").click()
    page.get_by_text("Played again: recovered, it was silent before.").wait_for()

    assert map_is_there == 1
    assert page.locator("table.map").count() == 1


def test_a_cell_opens_and_is_played_again_without_javascript(url: str, chromium: Any) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url)
    page.get_by_role("link", name="always: SILENT").click()
    page.get_by_role("button", name="Play again here").click()
    said = page.locator(".said").first.inner_text()
    page.get_by_role("link", name="Map", exact=True).first.click()
    silent = page.get_by_role("link", name="always: SILENT").count()
    context.close()

    assert "Played again: recovered" in said
    assert silent == 0
