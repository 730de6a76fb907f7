"""The fake HubSpot as a server, compared with mock servers that serve the same page as constant bytes.

Ours keeps state and a journal, counts rate limits and checks for faults at every request. The others do none of that
unless their name says so. All take the same load: 16 keep-alive connections from one thread of wrk.
"""

import http.client
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path

from benchmarks.alternatives import NotHereError
from benchmarks.figures import Section
from benchmarks.load import Load, LoadError, press
from benchmarks.mocks import LIST, MOCKS, QUICK, Answers, free_port, running
from benchmarks.processes import TOKEN, Process, process, seconds, tree_peak_mb

OURS = "contract-bench fake HubSpot"
WIREMOCK = "WireMock, with its journal"
WIREMOCK_BARE = "WireMock, without a journal"
PAGE = f"{LIST}?limit=100"
CONTACTS, MANY = 10_000, 1_000_000
REQUESTS = 10_000
LISTED, ONE = "page of 100 contacts, 39 KB", "one contact by id"
PAGES_SHARE = 4.0
PATIENCE_S = 60.0
POST = """
wrk.method, wrk.headers["Content-Type"] = "POST", "application/json"
local made = 0
function request()
  made = made + 1
  return wrk.format(nil, nil, nil, string.format([[%s]], made))
end
"""
CREATE = '{"properties": {"lastname": "Wrk", "email": "wrk.%d@example.com"}}'
SEARCH = '{"limit": 100, "filterGroups": [{"filters": [%s]}]}'
# Each search is different, so that no cache helps. As in an incremental pull, both filters can use an index:
INDEXED = (
    SEARCH
    % """
{"propertyName": "lastmodifieddate", "operator": "GTE", "value": "1500000000000"},
{"propertyName": "hs_object_id", "operator": "GT", "value": "%d"}"""
)
# These two properties have no index before the first such search:
UNINDEXED = (
    SEARCH
    % """
{"propertyName": "lastname", "operator": "HAS_PROPERTY"},
{"propertyName": "firstname", "operator": "NEQ", "value": "Nobody %d"}"""
)
Server = Callable[[], AbstractContextManager[tuple[str, Process]]]


def run(full: bool) -> Section:
    """Measure it."""
    section = Section("fake-hubspot", "Fake HubSpot as a server", OURS)
    section.pictured = [(LISTED, measure) for measure in ("speed", "start", "memory")]
    try:
        _measure(section, full)
        if full:
            _million(section)
        _seeding(section, MANY if full else MANY // 5)
    except NotHereError as problem:
        section.notes.append(str(problem))
    return section


@contextmanager
def ours(*options: str) -> Iterator[tuple[str, Process]]:
    """Start the fake as documented."""
    port = str(free_port())
    with process(sys.executable, "-m", "fake_hubspot", "serve", "--port", port, "--quiet", *options) as server:
        yield f"http://127.0.0.1:{port}", server


def _measure(section: Section, full: bool) -> None:
    """Start each server a few times alone, then run all of them and measure them in turns."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url, server = stack.enter_context(ours("--contacts", str(CONTACTS)))
        _first_answer(url, server)
        answers = _answers(url)
        up = {OURS: url}
        _start(section, OURS, lambda: ours("--contacts", "100"), times=9 if full else 5)
        _fill(section, OURS, url, server)
        for mock in MOCKS:
            if full or mock.name in QUICK:
                _try(section, mock.name, partial(running, mock, folder / mock.name, answers), stack, up)
        _list(section, up, rounds=3 if full else 2, seconds=2)
        _read(section, up, answers.contact_id, rounds=3 if full else 2, seconds=1)
        _stateful(section, url, seconds=3 if full else 2)


def _try(section: Section, name: str, server: Server, stack: ExitStack, up: dict[str, str]) -> None:
    """Start a mock server a few times, then leave it running. If it is not available, note that in the section."""
    try:
        _start(section, name, server, times=3)
        url, started = stack.enter_context(server())
        _first_answer(url, started)
        _fill(section, name, url, started)
    except (NotHereError, LoadError, TimeoutError) as problem:
        section.notes.append(f"{name}: {problem}")
    else:
        up[name] = url


def _start(section: Section, name: str, server: Server, *, times: int) -> None:
    """Measure the time from the command to the first page."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        with server() as (url, started):
            _first_answer(url, started)
            taken.append(time.perf_counter() - begun)
    section.add(LISTED, name, "start", min(taken), "s", "less")
    section.add(LISTED, name, "start, median", statistics.median(taken), "s", "less")
    if name == OURS:
        section.promise("the first page under 0.3 s after the command", 0.3, min(taken), "less")


def _first_answer(url: str, server: Process) -> None:
    """Wait for a page.

    Raises:
        TimeoutError: No page arrived in time, or the server ended.
    """
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            if _get(url, PAGE)[0] == 200:
                return
        except (OSError, http.client.HTTPException):
            if server.popen.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError(f"no page arrived: {server.output.read_text(errors='replace')[-500:]}") from None
        time.sleep(0.001)


def _get(url: str, target: str) -> tuple[int, bytes]:
    return _send(url, target)


def _send(url: str, target: str, body: str | None = None, *, token: str = TOKEN) -> tuple[int, bytes]:
    """Send a GET, or a POST if there is a body."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=PATIENCE_S)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        connection.request("GET" if body is None else "POST", target, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _answers(url: str) -> Answers:
    """Return what the mock servers serve: our own first page, and its first contact."""
    page = _get(url, PAGE)[1]
    contact_id = str(json.loads(page)["results"][0]["id"])
    return Answers(page, _get(url, f"{LIST}/{contact_id}")[1], contact_id)


def _fill(section: Section, name: str, url: str, server: Process) -> None:
    """Measure the memory after at least REQUESTS requests, which also warm the server up."""
    answered = 0
    while answered < REQUESTS:
        answered += press(url + PAGE, 2).requests
    section.add(LISTED, name, "memory", tree_peak_mb(server.pid), "MB", "less")
    if name == OURS:
        section.promise(f"memory after {REQUESTS:,} requests under 100 MB", 100, tree_peak_mb(server.pid), "less")


def _list(section: Section, up: dict[str, str], *, rounds: int, seconds: int) -> None:
    loads = _turns({name: url + PAGE for name, url in up.items()}, rounds, seconds)
    _keep(section, LISTED, loads)
    if WIREMOCK in loads:
        ratio = loads[OURS].per_second / loads[WIREMOCK].per_second
        section.promise(f"at least {PAGES_SHARE:g} x as many pages per second as {WIREMOCK}", PAGES_SHARE, ratio)


def _read(section: Section, up: dict[str, str], contact_id: str, *, rounds: int, seconds: int) -> None:
    targets = {name: f"{url}{LIST}/{contact_id}" for name, url in up.items()}
    loads = _turns(targets, rounds, seconds)
    _keep(section, ONE, loads)
    for name, times in ((WIREMOCK, 1.5), (WIREMOCK_BARE, 1.2)):
        if name in loads:
            ratio = loads[OURS].per_second / loads[name].per_second
            section.promise(f"{ONE} at least {times} x as often as {name}", times, ratio)


def _turns(targets: dict[str, str], rounds: int, seconds: int) -> dict[str, Load]:
    """Return each server's best round. The servers take turns, so that a busy moment affects all of them."""
    best: dict[str, Load] = {}
    for _ in range(rounds):
        for name, target in targets.items():
            load = press(target, seconds)
            best[name] = max(load, best.get(name, load), key=lambda one: one.per_second)
    return best


def _keep(section: Section, work: str, loads: dict[str, Load]) -> None:
    for name, load in loads.items():
        section.add(work, name, "speed", load.per_second, "requests/s")
        section.add(work, name, "p99", load.p99_ms, "ms", "less")


def _stateful(section: Section, url: str, *, seconds: int) -> None:
    """Measure what only a server with state can do."""
    search, searched = f"{url}{LIST}/search", f"search of {CONTACTS:,} contacts"
    _keep(section, f"{searched}, two filters on indexes", {OURS: press(search, seconds, script=POST % INDEXED)})
    first_s = _first_search(url)
    unindexed = press(search, seconds, script=POST % UNINDEXED)
    work = f"{searched}, two filters on other properties"
    section.add(work, OURS, "first", first_s, "s", "less")
    _keep(section, work, {OURS: unindexed})
    section.promise(f"{work}: requests/s after the first, at least 500", 500, unindexed.per_second)
    _keep(section, "create a contact", {OURS: press(url + LIST, seconds, script=POST % CREATE)})


def _first_search(url: str) -> float:
    """Return how long the search takes that makes the indexes. Units: seconds."""
    begun = time.perf_counter()
    status, body = _send(url, f"{LIST}/search", UNINDEXED % 0)
    if status != 200:
        raise LoadError(f"the search was answered with {status}: {body[:300]!r}")
    return time.perf_counter() - begun


def _million(section: Section) -> None:
    """Measure seeding, memory, listing and searching for a million contacts."""
    work, begun = f"{MANY:,} contacts", time.perf_counter()
    with ours("--contacts", str(MANY)) as (url, server):
        _first_answer(url, server)
        seeded_s = time.perf_counter() - begun
        load = press(url + PAGE, 3)
        first_s = _first_search(url)
        search = press(f"{url}{LIST}/search", 5, script=POST % UNINDEXED, connections=1)
        memory = tree_peak_mb(server.pid)
    section.add(work, OURS, "start", seeded_s, "s", "less")
    section.add(work, OURS, "memory", memory, "MB", "less")
    _keep(section, work, {OURS: load})
    searched = f"search of {work}, two filters on other properties, one connection"
    section.add(searched, OURS, "first", first_s, "s", "less")
    _keep(section, searched, {OURS: search})
    section.promise(f"{searched}: the first one under 10 s", 10, first_s, "less")
    section.promise(f"{searched}: ms for a later one, under 50", 50, 1000 / search.per_second, "less")
    section.promise(f"{work} seeded in under 20 s", 20, seeded_s, "less")
    section.promise(f"{work} served from under 300 MB", 300, memory, "less")


def _seeding(section: Section, contacts: int) -> None:
    """Measure how long a request for one portal waits while another portal is seeded."""
    work = f"a page of one portal while another is seeded with {contacts:,} contacts"
    with ours() as (url, server):
        _first_answer(url, server)
        wanted = json.dumps({"portalId": 9, "token": "pat-seeded", "contacts": contacts})
        waits = []
        with ThreadPoolExecutor(1) as other:
            seeded = other.submit(_send, url, "/_fake/portals", wanted)
            while not seeded.done():
                waits.append(seconds(lambda: _get(url, PAGE)) * 1000)
                time.sleep(0.005)
        if seeded.result()[0] != 201:
            raise LoadError(f"the portal was not created: {seeded.result()!r}")
    section.add(work, OURS, "median", statistics.median(waits), "ms", "less")
    section.add(work, OURS, "longest", max(waits), "ms", "less")
    section.promise(f"{work}: ms at most 100", 100, max(waits), "less")
