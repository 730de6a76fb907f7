"""The matrix in a browser, without one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bench_core.listener import BackgroundServer
from contract_bench.errors import BenchError
from contract_bench.matrix.bench import BenchSettings, CellResult
from contract_bench.matrix.cells import Cell
from contract_bench.matrix.judge import Verdict, Violation
from contract_bench.matrix.probes import ProbeResult
from contract_bench.matrix.reports import to_html
from contract_bench.matrix.result import MatrixResult
from contract_bench.matrix.serving import MatrixPages
from contract_bench.roles.connector import ConnectorUnderTest
from tests.support.cases import for_each
from tests.support.pages import Browser, text_of

EVIL = "<script>alert(1)</script>"
SOUND = CellResult(Cell("full", "list:first", "once", "latency", {}), Verdict.RECOVERED, (), 0.1, 1, 3)
BROKEN = CellResult(
    Cell("full", "list:middle", "always", "server-error", {}),
    Verdict.SILENT,
    (Violation("no-lost-update", f"created but missing: {EVIL}"),),
    0.2,
    2,
    5,
    log=f"stopped early {EVIL}",
    trace=("GET /crm/v3/objects/contacts?limit=5  500  fault server-error",),
)
BROKEN_PAGE = "/cell?id=full/list:middle/always/server-error"
RESULT = MatrixResult(
    5, ("full",), (ProbeResult("streams", "It streams.", Verdict.RECOVERED, (), 0.1, ""),), (SOUND, BROKEN), 1.5, 2
)


def play(result: CellResult) -> CellResult:
    """Play a cell again: the defect is gone, and the other cell cannot be played."""
    if result is SOUND:
        raise BenchError("the connector does not start")
    return replace(result, verdict=Verdict.RECOVERED, violations=())


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser at the pages of a small matrix."""
    with (
        MatrixPages(RESULT, BenchSettings(ConnectorUnderTest("python -m service")), play=play) as pages,
        BackgroundServer(pages.app()) as server,
    ):
        browser = Browser(server.url)
        yield browser
        browser.session.close()


@for_each(
    ("path", "expected"),
    [
        ("/probes", "recovered streams It streams."),
        ("/?q=latency", "latency once: R"),
        ("/?q=zzz", "No cell matches"),
        (BROKEN_PAGE, "server-error, always, at list:middle"),
        (BROKEN_PAGE, "GET /crm/v3/objects/contacts?limit=5 500 fault server-error"),
        (BROKEN_PAGE, "contract-bench matrix --cell full/list:middle/always/server-error"),
    ],
)
def test_a_page_says_what_was_played_and_what_came(browser: Browser, path: str, expected: str) -> None:
    html = browser.get(path)

    assert expected in text_of(html)
    assert EVIL not in html


@for_each("path", ["/nothing", "/cell?id=nothing", "/cell"])
def test_what_was_not_played_is_said(browser: Browser, path: str) -> None:
    assert "The address is wrong" in text_of(browser.get(path, 404))


def test_a_cell_that_is_played_again_changes_the_map_and_one_that_cannot_be_played_says_why() -> None:
    settings = BenchSettings(ConnectorUnderTest("python -m service"))
    with MatrixPages(RESULT, settings, play=play) as pages, BackgroundServer(pages.app()) as server:
        browser = Browser(server.url)
        before = text_of(browser.get("/"))
        again = text_of(browser.send("/probes", BROKEN_PAGE))
        after = text_of(browser.get("/"))
        refused = text_of(browser.send("/probes", "/cell?id=full/list:first/once/latency", 500))
        stale = text_of(browser.send("/probes", BROKEN_PAGE, 400, _token="stale"))
        browser.session.close()

    assert "The connector breaks a law under 1 fault: server-error" in before
    assert "1 silent" in before
    assert "Played again: recovered, it was silent before." in again
    assert "None of 2 cells shows a defect" in after
    assert "the connector does not start" in refused
    assert "Nothing was changed" in stale


def test_the_report_in_one_file_has_the_requests_of_a_defect() -> None:
    """And of no other cell: it stays small enough to be sent."""
    page = to_html(RESULT, BenchSettings(ConnectorUnderTest("python -m service")))

    assert BROKEN.trace[0] in page
    assert EVIL not in page


def test_a_page_of_another_site_cannot_play_a_cell(browser: Browser) -> None:
    answer = browser.session.post(browser.url + BROKEN_PAGE, headers={"Origin": "http://evil.example"}, timeout=20)

    assert answer.status_code == 403
