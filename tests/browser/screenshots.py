"""Makes the pictures in docs/images: `python -m tests.browser.screenshots [NAME...]`, or `make screenshots`.

It runs the workbench on its usual ports with the connector and the configuration of this repository: two pulls that
succeed, and one that a fault lets fail. Look at each picture before you commit it. The names of contacts need
fonts of other scripts (Debian: fonts-droid-fallback, fonts-lohit-deva, fonts-tlwg-loma-ttf).
"""

import base64
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import sync_playwright

from bench_core.listener import BackgroundServer
from contract_bench.matrix.bench import BenchSettings
from contract_bench.matrix.cells import Selection
from contract_bench.matrix.run import run_matrix
from contract_bench.matrix.serving import MatrixPages
from contract_bench.roles.connector import ConnectorUnderTest
from contract_bench.roles.node_api import NodeApi, NodeApiError
from contract_bench.roles.workbench import Workbench, WorkbenchSettings
from tests.browser.conftest import chromium_program

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "images"
PIPE = "hubspot-contacts-collect"
WIDE, NARROW = (1280, 800), (400, 800)
MATRIX_FAULTS = (
    "server-error",
    "close-in-body",
    "empty-results",
    "missing-id",
    "short-page",
    "latency",
    "rate-limit-secondly",
)
FAULT = {
    "fault": "server-error",
    "where": {"route": "objects.list", "objectType": "contacts", "page": 2},
    "times": "forever",
}


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture.

    Attributes:
        name: The name of its file, without the ending.
        url: The page; `{hubspot}` and `{node}` stand for the addresses.
        act: What is done on the page first.
        scheme: light or dark.
        size: The window.
    """

    name: str
    url: str
    act: Callable[[Any], None] | None = None
    scheme: str = "light"
    size: tuple[int, int] = WIDE


def open_failed_request(page: Any) -> None:
    """Open the latest request that failed."""
    page.locator("tr", has=page.locator("text=500")).first.locator("a").click()
    page.get_by_role("heading", name="500").wait_for()


def fill_in_fault(page: Any) -> None:
    """Fill in the form of a fault."""
    page.get_by_label("Which requests").select_option("objects.list")
    page.get_by_label("Object type").fill("contacts")
    page.get_by_label("Page", exact=True).fill("2")
    page.locator("#sentence", has_text="Page 2 of lists of contacts").wait_for()
    page.locator("h1").click()


def take_first_entity(page: Any) -> None:
    """Preview the first entity of the source."""
    page.get_by_role("button", name="Take the first entity").click()
    page.get_by_role("heading", name="comes out").wait_for()


def open_defect(page: Any) -> None:
    """Open a cell of the matrix with a defect, and play it."""
    page.locator("table.map a.bad").first.click()
    page.get_by_role("button", name="Play again here").click()
    page.get_by_text("Played again").wait_for()


SHOTS = [
    Shot("hubspot-overview", "{hubspot}/_fake/"),
    Shot("hubspot-requests", "{hubspot}/_fake/ui/requests", open_failed_request),
    Shot("hubspot-faults", "{hubspot}/_fake/ui/faults"),
    Shot("hubspot-fault", "{hubspot}/_fake/ui/faults/server-error", fill_in_fault),
    Shot("hubspot-records", "{hubspot}/_fake/ui/records"),
    Shot("hubspot-record", "{hubspot}/_fake/ui/records/contacts/{contact}"),
    Shot("hubspot-settings", "{hubspot}/_fake/ui/settings"),
    Shot("hubspot-requests-dark", "{hubspot}/_fake/ui/requests", open_failed_request, scheme="dark"),
    Shot("hubspot-requests-narrow", "{hubspot}/_fake/ui/requests", size=NARROW),
    Shot("node-overview", "{node}/"),
    Shot("node-pipe", f"{{node}}/ui/pipes/{PIPE}"),
    Shot("node-system", "{node}/ui/systems/hubspot"),
    Shot("node-configuration", f"{{node}}/ui/pipes/{PIPE}/configuration"),
    Shot("node-preview", f"{{node}}/ui/pipes/{PIPE}/preview", take_first_entity),
    Shot("node-dataset", f"{{node}}/ui/datasets/{PIPE}/entities"),
    Shot("node-entity", f"{{node}}/ui/datasets/{PIPE}/entity?id={{contact}}"),
    Shot("node-overview-dark", "{node}/", scheme="dark"),
    Shot("node-pipe-narrow", f"{{node}}/ui/pipes/{PIPE}", size=NARROW),
    Shot("matrix", "{matrix}/", open_defect, size=(1600, 900)),
]
# Two pages beside each other, as one has them on a screen.
LOOP = ("loop", "hubspot-requests", "node-pipe")
LOOP_PAGE = """<style>
body {{ margin: 0; padding: 24px; background: {back}; display: flex; gap: 24px; }}
img {{ width: 800px; border: 1px solid {line}; border-radius: 10px; box-shadow: 0 10px 30px rgb(0 0 0 / .16); }}
</style><img src="{left}"><img src="{right}">"""


def main() -> None:
    """Make the pictures that are named, or all."""
    wanted = set(sys.argv[1:]) or {shot.name for shot in SHOTS} | {LOOP[0]}
    unknown = wanted - {shot.name for shot in SHOTS} - {LOOP[0]}
    if unknown:
        sys.exit(
            f"there is no picture {', '.join(sorted(unknown))}; there are: {', '.join(shot.name for shot in SHOTS)}"
        )
    FOLDER.mkdir(exist_ok=True)
    settings = WorkbenchSettings(ROOT / "node")
    with ExitStack() as stack:
        bench = stack.enter_context(Workbench(settings))
        stack.enter_context(bench.connector_starting())
        pull(bench)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=chromium_program(), args=["--no-sandbox", "--no-proxy-server"]
        )
        matrix = stack.enter_context(small_matrix()) if "matrix" in wanted else ""
        for name in take_all(browser, bench, wanted, matrix=matrix):
            sys.stdout.write(f"docs/images/{name}.png\n")
        browser.close()


def pull(bench: Workbench) -> None:
    """Pull all contacts, then some changes, then let a pull fail."""
    api, session = NodeApi(bench.node_url), requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {bench.hubspot.token}"
    contacts = f"{bench.hubspot.url}/crm/v3/objects/contacts"
    api.run(PIPE)
    for row in session.get(f"{contacts}?limit=3", timeout=20).json()["results"]:
        session.patch(f"{contacts}/{row['id']}", json={"properties": {"jobtitle": "Changed"}}, timeout=20)
    api.run(PIPE)
    session.post(f"{bench.hubspot.url}/_fake/faults", json=FAULT, timeout=20)
    try:
        api.run(PIPE)
    except NodeApiError as error:
        sys.stderr.write(f"{error}\n")
    session.close()
    api.close()


@contextmanager
def small_matrix() -> Iterator[str]:
    """Play some faults against a connector that is broken on purpose; serve the result, and give its address."""
    settings = BenchSettings(ConnectorUnderTest("python -m tests.broken_connectors.returns_what_it_has"))
    result = run_matrix(settings, Selection(faults=MATRIX_FAULTS))
    with MatrixPages(result, settings) as pages, BackgroundServer(pages.app()) as server:
        yield server.url


def take_all(browser: Any, bench: Workbench, wanted: set[str], *, matrix: str) -> Iterator[str]:
    """Make the pictures and yield the names of their files."""
    first = bench.hubspot.in_loop(
        lambda: bench.hubspot.portal.store.page("0-1", from_id=0, limit=1, archived=False)[0].id
    )
    names = {"hubspot": bench.hubspot.url, "node": bench.node_url, "contact": str(first), "matrix": matrix}
    for shot in SHOTS:
        if shot.name in wanted or (LOOP[0] in wanted and shot.name in LOOP):
            take(browser, shot, names)
            yield shot.name
    if LOOP[0] in wanted:
        take_loop(browser)
        yield LOOP[0]


def take(browser: Any, shot: Shot, names: dict[str, str]) -> None:
    """Make one picture."""
    width, height = shot.size
    context = browser.new_context(color_scheme=shot.scheme, viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(shot.url.format(**names))
    if shot.act is not None:
        shot.act(page)
    page.mouse.move(0, 0)
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=FOLDER / f"{shot.name}.png", animations="disabled")
    context.close()


def take_loop(browser: Any) -> None:
    """Put two pictures beside each other."""
    name, left, right = LOOP
    pictures = {side: data_url(FOLDER / f"{of}.png") for side, of in (("left", left), ("right", right))}
    page = browser.new_page(viewport={"width": 2 * 800 + 3 * 24 + 4, "height": 552})
    page.set_content(LOOP_PAGE.format(back="#eef1f3", line="#d5dbe0", **pictures))
    page.screenshot(path=FOLDER / f"{name}.png")
    page.close()


def data_url(path: Path) -> str:
    """Return a picture as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"


if __name__ == "__main__":
    main()
