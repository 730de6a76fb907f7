"""The matrix in front of any API: what it learns, what it finds out, and what it cannot know."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench_core.exchange import Body, Response
from bench_core.faults.registry import GENERAL
from bench_core.journal import JournalEntry
from contract_bench.matrix.bench import Bench, BenchSettings, learn
from contract_bench.matrix.cells import Cell, Place, Selection, make_cells, parse_cell
from contract_bench.matrix.fixture import make_fixture
from contract_bench.matrix.genuine import could_be_genuine
from contract_bench.matrix.judge import Verdict
from contract_bench.matrix.learn_upstream import NothingToLoseError, UpstreamChangesError, learn_upstream
from contract_bench.matrix.mutation_score import find_mutants, run_mutant
from contract_bench.matrix.portal import WorkerPortal
from contract_bench.matrix.requests import OrderedPlace, places_of_requests, sent_requests
from contract_bench.matrix.run import run_matrix
from contract_bench.proxy.upstreams import UpstreamKind, UpstreamSpec, parse_upstream
from contract_bench.roles.connector import DEFAULT_ENVIRONMENT, ConnectorUnderTest
from contract_bench.roles.local_hubspot import open_hubspot
from fake_hubspot import Settings
from tests.support.cases import for_each

ROOT = Path(__file__).resolve().parents[4]
EXAMPLES = ROOT / "examples"
BROKEN = ROOT / "tests" / "broken_connectors"
BROKEN_API = ROOT / "tests" / "broken_api_connectors"
IS_SOAK = bool(os.environ.get("UPSTREAM_SOAK"))


def json_response(body: bytes, kind: bytes = b"application/json", status: int = 200) -> Response:
    return Response(status, Body(body), kind)


@for_each(
    ("original", "sent", "is_genuine"),
    [
        (b'{"items":[1],"total":1}', b'{"items":[],"total":0}', True),
        (b'{"items":[1],"total":1}', b'{"items":[]}', False),
        (b'{"items":[1]}', b'{"items":[1],"items":[]}', False),
        (b'{"items":[1]}', b'{"items":[NaN]}', False),
        (b'{"items":[1]}', b"[" * 200_000, False),
        (b"[1]", b"[]", True),
        (b"[1]", b"{}", False),
        (b"[1]", b"", False),
        (b"[1]", b"\xef\xbb\xbf[1]", False),
    ],
)
def test_json_that_contradicts_nothing_could_be_genuine(original: bytes, sent: bytes, is_genuine: bool) -> None:
    assert could_be_genuine(json_response(original), json_response(sent)) is is_genuine


def test_a_text_with_its_header_could_be_genuine() -> None:
    """Whatever rows it has. Another status, type, header or encoding can be detected."""
    whole = json_response(b"id,name\n1,a\n2,b\n", b"text/csv")
    sent = {
        "cut": json_response(b"id,name\n1,", b"text/csv; charset=utf-8"),
        "page": json_response(b"<html>", b"text/html"),
        "other header": json_response(b"<html>\n", b"text/csv"),
        "empty": json_response(b"", b"text/csv"),
        "bytes": json_response(b"id,name\n\xff\xfe", b"text/csv"),
        "error": json_response(b"id,name\n", b"text/csv", status=500),
    }

    assert [name for name, each in sent.items() if could_be_genuine(whole, each)] == ["cut"]


def entries(*targets: str) -> list[JournalEntry]:
    """Return journal entries of requests."""
    found = []
    for number, target in enumerate(targets, start=1):
        method, _, rest = target.partition(" ")
        path, _, query = rest.partition("?")
        route = re.sub(r"/\d+", "/*", f"{method} {path}")
        found.append(JournalEntry(number, 0, method, path, query, route=route, status=200))
    return found


def test_places_are_the_first_middle_and_last_request_of_each_route() -> None:
    requests = sent_requests(
        entries(
            "POST /token", *(f"GET /orders?page={n}" for n in range(1, 6)), *(f"GET /orders/{n}/lines" for n in (7, 8))
        )
    )

    places = places_of_requests(requests, requests)

    assert list(places) == [
        "POST-token:first",
        *(f"orders:{position}" for position in ("first", "middle", "last")),
        "orders.*.lines:first",
        "orders.*.lines:last",
    ]
    assert places["orders:middle"].where == {"method": "GET", "path": "/orders", "query": {"page": "3"}}


def test_a_request_that_is_not_the_same_in_each_pull_is_found_by_counting() -> None:
    """Its cursor is new each time; or it is sent several times, with another body."""
    first = sent_requests(entries("GET /list?cursor=a", "GET /list?cursor=b", "POST /search", "POST /search"))
    again = sent_requests(entries("GET /list?cursor=a", "GET /list?cursor=c", "POST /search", "POST /search"))

    places = places_of_requests(first, again)

    assert type(places["list:first"]) is Place
    assert isinstance(places["list:last"], OrderedPlace)
    cell = Cell("full", "list:last", "always", "server-error")
    [rule] = places["list:last"].fault_rules(cell)
    assert rule["where"] == {"route": "GET /list", "nth": 2, "every": 1}
    retried, first_failure = places["POST-search:last"].fault_rules(replace(cell, times="retry"))
    assert (retried["where"]["nth"], first_failure["where"]["nth"]) == (3, 2)


def test_a_request_that_only_a_fresh_connector_sends_is_a_place() -> None:
    """The connector is started again for each of its cells, or the fault would never fire."""
    settings = settings_of("_sound_token", "offset_and_token/contacts.yaml", "contacts")
    selection = Selection(("server-error", "error-with-200"), ("POST-token:first",), ("once",), only_general=True)

    result = run_matrix(settings, selection, modes=("full",), workers=1, probes=())

    assert [each.verdict for each in result.cells] == [Verdict.FAILED_SAFELY] * 2
    assert [each.fired for each in result.cells] == [1, 1]


def settings_of(module: str, cassette: str, route: str) -> BenchSettings:
    """Return the settings for a connector of `tests/broken_api_connectors` and a recording of an example."""
    environment = {**DEFAULT_ENVIRONMENT, "CLIENT_SECRET": "REDACTED"}
    command = f"'{sys.executable}' -m tests.broken_api_connectors.{module}"
    upstream = parse_upstream(str(EXAMPLES / cassette))
    return BenchSettings(ConnectorUnderTest(command, route, environment), patience_s=5, upstream=upstream)


def read_from(module: str) -> str:
    found = re.search(r"^Reads: (\S+)$", (BROKEN_API / f"{module}.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]


MUTANTS = find_mutants(BROKEN_API, package="tests.broken_api_connectors")


def test_there_are_broken_connectors() -> None:
    assert len(MUTANTS) >= 5


@pytest.mark.parametrize("name", [mutant.name for mutant in MUTANTS])
def test_broken_connectors_of_other_apis_are_found_out(name: str) -> None:
    """Each by the invariant that it is made to violate."""
    [mutant] = [each for each in MUTANTS if each.name == name]
    cassette = read_from(name)
    route = cassette.partition("/")[2].removesuffix(".yaml")

    result = run_mutant(mutant, settings_of(name, cassette, route))

    assert result.is_killed, result
    assert result.where == mutant.shown_by


CONNECTORS = {
    "rest_link_headers": ("orders.yaml", "orders", f"'{sys.executable}' connector.py"),
    "csv_download": ("products.yaml", "products", f"'{sys.executable}' connector.py"),
    "offset_and_token": ("contacts.yaml", "contacts", "node connector.mjs"),
}


@pytest.mark.proof
@pytest.mark.timeout(600)
@pytest.mark.parametrize("example", CONNECTORS)
def test_the_connectors_of_the_examples_have_no_defect(example: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fault at every place, from a recording of one pull: what fails is retried or reported.

    What cannot be known says so.
    """
    cassette, route, command = CONNECTORS[example]
    if shutil.which(command.partition(" ")[0].strip("'")) is None:
        pytest.skip("Node.js is not installed")
    monkeypatch.chdir(EXAMPLES / example)
    connector = ConnectorUnderTest(command, route, {**DEFAULT_ENVIRONMENT, "CLIENT_SECRET": "REDACTED"})
    # A busy machine must not turn a pull that recovers slowly into one that hangs.
    settings = BenchSettings(connector, patience_s=30, upstream=parse_upstream(cassette))
    every_fault = Selection(times=("once", "always"), only_general=True)

    result = run_matrix(settings, every_fault, modes=("full",), workers=1)

    assert [f"{each.name}: {each.violations}" for each in result.defects] == []
    assert result.upstream_changed == ""
    assert {each.cell.fault for each in result.cells} == set(GENERAL.faults())
    assert result.count(Verdict.RECOVERED) > len(GENERAL.faults()) / 3
    assert result.count(Verdict.FAILED_SAFELY) > len(GENERAL.faults()) / 3
    probes = {probe.name: probe for probe in result.probes}
    assert {"every-record", "memory"} <= {each.name for each in result.probes if each.verdict is Verdict.UNREACHED}
    assert "cannot be judged without knowledge of the API" in probes["every-record"].remark
    # it changes objects only
    is_object = example == "offset_and_token"
    repeated = {each.verdict for each in result.cells if each.cell.fault == "duplicate-keys"}
    assert (repeated == {Verdict.UNREACHED}) is not is_object


def served(code: str, folder: Path) -> UpstreamSpec:
    """Return an upstream that answers `body(number)` to the request of that number."""
    server = folder / "server.py"
    server.write_text(
        "import itertools, json, os\nfrom http.server import *\nnumbers = itertools.count(1)\n"
        f"def body(number): return {code}\n"
        "class H(BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        content = json.dumps(body(next(numbers))).encode()\n"
        "        self.send_response(200); self.send_header('Content-Type', 'application/json')\n"
        "        self.send_header('Content-Length', str(len(content))); self.end_headers(); self.wfile.write(content)\n"
        "    def log_message(self, *a): pass\n"
        "ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), H).serve_forever()\n",
        encoding="utf-8",
    )
    return UpstreamSpec(UpstreamKind.COMMAND, f"'{sys.executable}' '{server}'")


def test_an_upstream_that_changes_is_noticed(tmp_path: Path) -> None:
    """The second pull without a fault brings something else; nothing is judged."""
    settings = replace(
        settings_of("_sound_rest", "rest_link_headers/orders.yaml", "orders"),
        upstream=served('[{"id": 1}, {"id": 2, "seen": number}]', tmp_path),
    )

    with Bench(settings) as bench, pytest.raises(UpstreamChangesError, match="2 with other content"):
        learn_upstream(bench, ("full",))


def test_an_upstream_with_nothing_to_lose_is_refused(tmp_path: Path) -> None:
    settings = replace(
        settings_of("_sound_rest", "rest_link_headers/orders.yaml", "orders"), upstream=served('[{"id": 1}]', tmp_path)
    )

    with Bench(settings) as bench, pytest.raises(NothingToLoseError, match="at least 2 entities, got 1"):
        learn_upstream(bench, ("full",))


def general_cell(mutant_cell: str) -> Cell | None:
    """Return the cell of a full pull with a fault that does not know HubSpot; None for others."""
    if not mutant_cell.startswith("full/list:"):
        return None
    cell = parse_cell(mutant_cell)
    is_known = cell.fault in GENERAL.faults() and cell.place.partition(":")[2] in ("first", "middle", "last")
    return cell if is_known else None


HUBSPOT_MUTANTS = {
    mutant.name: mutant
    for mutant in find_mutants(BROKEN, package="tests.broken_connectors")
    if general_cell(mutant.shown_by) is not None
}
QUICK = ("closes_array_on_error", "salvages_cut_bodies")
EVERY_KIND = ("server-error", "close-in-body", "error-with-200", "duplicate-keys", "unauthorized", "unmarked-cut")


@pytest.fixture(scope="module")
def account() -> Iterator[WorkerPortal]:
    """A fake HubSpot with the account that the matrix uses, as an upstream of which nothing is known."""
    with open_hubspot(Settings(contacts=0)) as server:
        portal = WorkerPortal(server)
        portal.fill(make_fixture(17).after)
        yield portal


def proxied(command: str, account: WorkerPortal) -> BenchSettings:
    environment = {**DEFAULT_ENVIRONMENT, "HUBSPOT_BASE_URL": "{upstream}", "HUBSPOT_API_KEY": account.token}
    connector = ConnectorUnderTest(command, environment=environment)
    return BenchSettings(connector, patience_s=4, upstream=UpstreamSpec(UpstreamKind.URL, account.url))


COMPARED = [name for name in HUBSPOT_MUTANTS if name != "remembers_what_it_sent"]


@pytest.mark.parametrize(
    "name", COMPARED if IS_SOAK else [QUICK[0], *(pytest.param(name, marks=pytest.mark.proof) for name in QUICK[1:])]
)
def test_the_proxy_gives_the_verdicts_of_the_fake_cell_by_cell(name: str, account: WorkerPortal) -> None:
    """The same connector, once in front of the fake, and once with the proxy in between."""
    mutant = HUBSPOT_MUTANTS[name]
    own = general_cell(mutant.shown_by)
    assert own is not None
    direct = BenchSettings(ConnectorUnderTest(mutant.command), patience_s=4)
    with Bench(direct) as bench:
        reference = learn(bench, ("full",))
        selection = Selection(EVERY_KIND, ("first", "middle"), ("once", "always"), with_examples=False)
        cells = make_cells("full", reference.modes["full"].places, selection)
        if not IS_SOAK:
            cells = cells[:: max(len(cells) // 6, 1)]
        cells = [*cells, own]
        expected = {cell.id: bench.play(cell, reference).verdict for cell in cells}
    with Bench(proxied(mutant.command, account)) as bench:
        reference = learn_upstream(bench, ("full",))
        route = next(name.partition(":")[0] for name in reference.modes["full"].places)
        here = {cell.id: replace(cell, place=cell.place.replace("list", route)) for cell in cells}
        got = {cell_id: bench.play(cell, reference).verdict for cell_id, cell in here.items()}

    assert got == expected
    assert any(verdict.is_defect for verdict in expected.values())


def test_a_connector_that_sends_nothing_a_second_time_is_refused(account: WorkerPortal) -> None:
    """It has a probe in front of the fake; here, two pulls without a fault differ, and nothing is judged."""
    settings = proxied(HUBSPOT_MUTANTS["remembers_what_it_sent"].command, account)

    with Bench(settings) as bench, pytest.raises(UpstreamChangesError, match="or it does not send a second time"):
        learn_upstream(bench, ("full",))
