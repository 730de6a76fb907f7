"""The pages of a node in a real browser, beside a fake HubSpot."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from contract_bench.roles.node_api import NodeApi
from contract_bench.roles.workbench import Workbench
from tests.browser.looks import problems_of, watched
from tests.support.workbench import settings_in

PIPE = "contacts-full"
EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">'
PAGES = (
    "/",
    "/ui/pipes",
    f"/ui/pipes/{PIPE}",
    f"/ui/pipes/{PIPE}/configuration",
    f"/ui/pipes/{PIPE}/preview",
    "/ui/datasets",
    f"/ui/datasets/{PIPE}/entities",
    f"/ui/datasets/{PIPE}/entity?id=2",
    "/ui/datasets/evil/entities",
    "/ui/systems",
    "/ui/systems/connector",
    "/ui/problems",
    "/ui/nothing",
)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, chromium: Any) -> Iterator[Workbench]:
    """A workbench whose pipe has completed once and failed once; one dataset holds hostile entities."""
    del chromium  # without a browser nothing is started
    with Workbench(settings_in(tmp_path_factory.mktemp("bench"), "connector")) as bench:
        api = NodeApi(bench.node_url)
        assert api.run(PIPE).ok
        bench.node.dataset(PIPE).write([{"_id": "2", "name": "before"}])
        bench.node.dataset(PIPE).write([{"_id": "2", "name": "after"}])
        bench.node.dataset("evil").write([{"_id": EVIL, "name": EVIL}])
        bench.node.runners.line_listeners[0]("connector", f"ERROR {EVIL}")
        yield bench
        api.close()


@pytest.fixture
def page_at(bench: Workbench, chromium: Any) -> Iterator[Any]:
    """Opens a page of the node; takes the options of a browser context."""
    contexts = []

    def open_page(path: str, **options: Any) -> Any:
        contexts.append(chromium.new_context(**options))
        page = contexts[-1].new_page()
        page.goto(bench.node_url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def run(bench: Workbench) -> None:
    """Run the pipe, reading everything."""
    api = NodeApi(bench.node_url)
    api.run(PIPE, is_rescan=True)
    api.close()


@pytest.mark.parametrize(("width", "scheme"), [(400, "dark"), (1600, "light")])
def test_every_page_is_sound(page_at: Any, width: int, scheme: str) -> None:
    """For a keyboard, a screen reader, a narrow window and a dark one; what records hold is only text."""
    page = page_at("/", viewport={"width": width, "height": 900}, color_scheme=scheme)
    origin = page.url.rstrip("/")
    found = {}
    with watched(page) as wrong:
        for path in PAGES:
            page.goto(origin + path)
            found[path] = problems_of(page)

    assert {path: problems for path, problems in found.items() if problems} == {}
    assert len(found) == len(PAGES)
    assert [text for text in wrong if "404" not in text] == []


def test_a_page_changes_while_a_pipe_runs(bench: Workbench, page_at: Any) -> None:
    """Without being loaded again."""
    page = page_at(f"/ui/pipes/{PIPE}")
    page.wait_for_selector(".live.on")
    page.evaluate("() => { window.mark = 1 }")
    before = page.locator("#runs > li").count()

    bench.node.dataset(PIPE).write([{"_id": "extra"}])  # the next full run deletes it, so it is no noop
    run(bench)

    page.wait_for_function(f"() => document.querySelectorAll('#runs > li').length > {before}")
    assert page.evaluate("() => window.mark") == 1


def test_a_button_changes_the_page_in_place(page_at: Any) -> None:
    page = page_at(f"/ui/pipes/{PIPE}")
    page.evaluate("() => { window.mark = 1 }")

    page.get_by_role("button", name="Run with rescan").click()

    page.get_by_text(f"{PIPE} was started; it reads everything.").wait_for()
    assert page.evaluate("() => window.mark") == 1


def test_everything_works_without_javascript(page_at: Any) -> None:
    page = page_at("/", java_script_enabled=False)
    page.get_by_role("link", name="Pipes", exact=True).click()
    page.get_by_role("row", name=PIPE).get_by_role("button", name="Run").click()
    page.get_by_text(f"{PIPE} was started.").wait_for()
    page.get_by_role("link", name="Datasets").click()
    page.get_by_role("link", name=PIPE).first.click()
    page.get_by_label("Entity id").fill("2")
    page.get_by_label("Show").select_option("all")  # the run has deleted it
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="2", exact=True).click()

    assert page.get_by_role("heading", name="Version", exact=False).count() >= 2


def test_new_lines_of_a_microservice_arrive_on_top(bench: Workbench, page_at: Any) -> None:
    page = page_at("/ui/systems/connector")
    page.wait_for_selector(".live.on")

    bench.node.runners.line_listeners[0]("connector", "INFO a new line")

    page.get_by_text("INFO a new line").wait_for()
    assert "a new line" in page.locator("tbody tr").first.inner_text()


def test_keys_move_through_rows_and_open_the_search(page_at: Any) -> None:
    page = page_at("/ui/pipes")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.evaluate("() => document.activeElement.textContent")
    page.keyboard.press("/")
    searching = page.evaluate("() => document.activeElement.id")
    page.keyboard.press("Escape")
    page.keyboard.press("?")

    assert (second, searching) == ("contacts-incremental", "q")
    assert page.get_by_role("dialog").is_visible()


def test_the_two_sides_lead_to_each_other(bench: Workbench, page_at: Any) -> None:
    page = page_at("/")
    page.get_by_role("link", name="Fake HubSpot →").click()
    there = page.url
    page.get_by_role("link", name="Fake Sesam →").click()

    assert there == bench.hubspot_page
    assert page.url == bench.node_page


def test_a_fault_set_on_one_side_is_seen_on_the_other(bench: Workbench, page_at: Any) -> None:
    """The loop: HubSpot fails, the pipe is run in the browser, and the page says why it failed."""
    page = page_at(f"/ui/pipes/{PIPE}")
    requests.put(f"{bench.hubspot.url}/_fake/scenario", json={"name": "server-error"}, timeout=9).raise_for_status()
    try:
        page.get_by_role("button", name="Run", exact=True).click()
        page.locator("#head").get_by_text("The last run failed").wait_for()
    finally:
        requests.put(f"{bench.hubspot.url}/_fake/scenario", json={"name": "success"}, timeout=9).raise_for_status()

    assert page.locator("#runs > li.bad details[open]").count() == 1


def test_what_the_reader_has_opened_stays_open_when_the_page_changes(bench: Workbench, page_at: Any) -> None:
    """And the focus stays where it is."""
    page = page_at(f"/ui/pipes/{PIPE}")
    page.wait_for_selector(".live.on")
    oldest = page.locator("#runs > li > details").last
    number = oldest.get_attribute("id")
    oldest.locator("> summary").click()
    before = page.locator("#runs > li").count()

    bench.node.dataset(PIPE).write([{"_id": "extra"}])
    run(bench)
    page.wait_for_function(f"() => document.querySelectorAll('#runs > li').length > {before}")

    assert page.locator(f"#{number}").evaluate("each => each.open") is True
    assert page.evaluate("() => document.activeElement.parentElement.id") == number
