"""Full pulls through the service: pages in, one JSON array out to a client that reads all of it."""

import http.client
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.alternatives import NotHereError, python
from benchmarks.figures import Section
from benchmarks.processes import ROOT, peak_mb, process, service, stub

OURS = "contract-bench service"
URLLIB3, REQUESTS = "bare urllib3 loop", "bare requests loop"
LIST_TUTORIAL, STREAM_TUTORIAL = "Sesam's tutorial with paging, list", "Sesam's tutorial with paging, stream"
GET_ALL, PAGES = "hubspot-api-client, get_all", "hubspot-api-client, page loop"
DLT, SINGER = "dlt rest_api source, not loaded", "Singer tap-hubspot, no target"
LIST_REQUEST = b"GET /crm/v3/objects/contacts?limit=100 HTTP/1.1\r\nHost: stub\r\n\r\n"
RECORD = b'"archived":'
LATENCY_S = 0.05
PAGE = 100


@dataclass(frozen=True, slots=True)
class Pulled:
    """The result of a pull. `peak_mb` is the peak memory of the process that pulled."""

    contacts: int
    seconds: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Plan:
    """The number of rounds at one size: for subjects with goals, for quick subjects, and for slow subjects."""

    contacts: int
    core_rounds: int
    quick_rounds: int
    slow_rounds: int
    are_lists_kept: bool = True


Subject = Callable[[], Pulled]
Turns = tuple[Subject, int]
"""A subject and its rounds."""

QUICK = (Plan(10_000, 5, 1, 1), Plan(100_000, 5, 1, 0))
FULL = (Plan(10_000, 10, 5, 2), Plan(100_000, 8, 3, 1), Plan(1_000_000, 3, 1, 0, are_lists_kept=False))


def run(full: bool) -> Section:
    """Measure it."""
    section = Section("full-pull", "Full pull", OURS)
    for plan in FULL if full else QUICK:
        _measure(section, plan)
    section.pictured = [(_work(QUICK[0].contacts), "speed"), (_work(QUICK[-1].contacts), "memory")]
    _promise_speed(section)
    _promise_memory(section, (FULL if full else QUICK)[-1].contacts)
    _latency(section, 10_000, rounds=4 if full else 2)
    _stub_speed(section)
    section.notes.append(
        "Only the service and the tutorial's code serve the array to a client. The others read HubSpot's pages and "
        "discard them; they have no destination or target."
    )
    return section


def _work(contacts: int) -> str:
    return f"{contacts:,} contacts, no latency"


# --- the subjects ---


def service_pull(port: int, worker: int, *, contacts: int) -> Pulled:
    """Pull with a client that reads everything and checks the end of the array, but does not count the records."""
    connection, begun, length, tail = http.client.HTTPConnection("127.0.0.1", port), time.perf_counter(), 0, b""
    connection.request("GET", "/get_contacts")
    response = connection.getresponse()
    while piece := response.read1(1 << 20):
        length += len(piece)
        tail = piece[-1:]
    seconds = time.perf_counter() - begun
    connection.close()
    if response.status != 200 or tail != b"]":
        raise RuntimeError(f"the pull broke off: {response.status}, {length} bytes")
    return Pulled(contacts, seconds, peak_mb(worker))


def check(port: int, contacts: int) -> None:
    """Pull once without measuring, and count the contacts.

    Raises:
        RuntimeError: A contact is missing.
    """
    found, tail = 0, b""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/get_contacts") as response:
        while piece := response.read(1 << 20):
            found += (tail + piece).count(RECORD)
            tail = piece[1 - len(RECORD) :]  # too short to count a record twice
    if found != contacts:
        raise RuntimeError(f"received {found} of {contacts} contacts")


def script(environment: str | None, module: str, *arguments: str) -> Pulled:
    """Pull in a process of its own, which measures itself without its start-up time."""
    interpreter = python(environment) if environment else Path(sys.executable)
    command = [str(interpreter), "-m", f"benchmarks.subjects.{module}", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        raise NotHereError(f"{module} failed: {done.stderr.strip()[-300:]}")
    return Pulled(**json.loads(done.stderr.splitlines()[-1]))


@contextmanager
def _tutorials(section: Section, upstream: str, contacts: int, names: dict[str, str]) -> Iterator[dict[str, Subject]]:
    """Start servers written like the tutorial. `names` maps the name in the report to `list` or `stream`."""
    with ExitStack() as running:
        try:
            interpreter = python("tutorial")
        except NotHereError as problem:
            section.notes.append(f"Sesam's tutorial could not be measured: {problem}")
            names = {}
        subjects: dict[str, Subject] = {}
        for name, way in names.items():
            server = running.enter_context(process(interpreter, "-m", "benchmarks.subjects.tutorial", upstream, way))
            port = int(server.said(r"Running on http://127\.0\.0\.1:(\d+)"))
            subjects[name] = partial(service_pull, port, server.pid, contacts=contacts)
        yield subjects


def singer(upstream: str) -> Pulled:
    """Pull without the state of an earlier run, which would make the pull incremental."""
    with tempfile.TemporaryDirectory() as home:
        return script("singer", "singer_tap", upstream, home)


def _scripts(upstream: str, plan: Plan) -> dict[str, Turns]:
    def turns(rounds: int, environment: str | None, module: str, *arguments: str) -> Turns:
        return partial(script, environment, module, upstream, *arguments), rounds

    return {
        URLLIB3: turns(plan.core_rounds, None, "loops", "urllib3"),
        REQUESTS: turns(plan.core_rounds, None, "loops", "requests"),
        DLT: turns(plan.quick_rounds, "dlt", "dlt_source"),
        GET_ALL: turns(plan.slow_rounds, "hubspot", "official_client", "get_all"),
        PAGES: turns(plan.slow_rounds, "hubspot", "official_client", "pages"),
        SINGER: (partial(singer, upstream), plan.slow_rounds),
    }


# --- measuring ---


def _measure(section: Section, plan: Plan) -> None:
    ways = {STREAM_TUTORIAL: "stream"} | ({LIST_TUTORIAL: "list"} if plan.are_lists_kept else {})
    with (
        stub(plan.contacts) as upstream,
        service(upstream) as (port, worker),
        _tutorials(section, upstream, plan.contacts, ways) as tutorials,
    ):
        check(port, plan.contacts)
        ours: Subject = partial(service_pull, port, worker, contacts=plan.contacts)
        subjects = {OURS: (ours, plan.core_rounds), **_scripts(upstream, plan)}
        subjects |= {name: (pull, plan.quick_rounds) for name, pull in tutorials.items()}
        best = best_of(section, plan.contacts, subjects)
    for subject, pulled in best.items():
        section.add(_work(plan.contacts), subject, "speed", plan.contacts / pulled.seconds, "entities/s")
        section.add(_work(plan.contacts), subject, "memory", pulled.peak_mb, "MB", "less")


def best_of(section: Section, contacts: int, subjects: dict[str, Turns]) -> dict[str, Pulled]:
    """Return the fastest pull of each subject. The subjects take turns; one that fails is noted and left out."""
    best: dict[str, Pulled] = {}
    lost: set[str] = set()
    for turn in range(max(rounds for _, rounds in subjects.values())):
        for name in [name for name, (_, rounds) in subjects.items() if turn < rounds and name not in lost]:
            try:
                pulled = subjects[name][0]()
            except NotHereError as problem:
                section.notes.append(f"{name} could not be measured: {problem}")
                lost.add(name)
                continue
            if pulled.contacts != contacts:
                raise RuntimeError(f"{name} pulled {pulled.contacts} of {contacts} contacts")
            best[name] = min(pulled, best.get(name, pulled), key=lambda one: one.seconds)
    return best


def _promise_speed(section: Section) -> None:
    work = _work(100_000)
    ours = section.value(work, OURS, "speed") or 0.0

    def against(*subjects: str) -> float:
        return ours / max(section.value(work, subject, "speed") or 0.0 for subject in subjects)

    section.promise(f"{work}: at least 0.7 x the speed of a bare urllib3 loop", 0.7, against(URLLIB3))
    section.promise(f"{work}: faster than a bare requests loop", 1.0, against(REQUESTS))
    section.promise(f"{work}: twice the tutorial's speed", 2.0, against(LIST_TUTORIAL, STREAM_TUTORIAL))


def _promise_memory(section: Section, most: int) -> None:
    small = section.value(_work(10_000), OURS, "memory") or 0.0
    large = section.value(_work(most), OURS, "memory") or 0.0
    section.promise(f"memory for {most:,} contacts: at most 1.05 x that for 10,000", 1.05, large / small, "less")
    section.promise(f"memory for {most:,} contacts: at most 48 MB", 48.0, large, "less")


def _latency(section: Section, contacts: int, rounds: int) -> None:
    """Measure the overhead at a given latency, and that of a bare loop, because stub and sockets add some too.

    Both run at once: they wait nearly all the time, and other load on the machine affects both alike.
    """
    work = f"{contacts:,} contacts, {LATENCY_S * 1000:.0f} ms per request"
    ideal_s = contacts / PAGE * LATENCY_S
    # one connection, as the loop has: what the service itself adds shows best there
    with stub(contacts, LATENCY_S) as upstream, service(upstream, HUBSPOT_CONNECTIONS="1") as (port, worker):
        first_s = min(_first_byte_s(port) for _ in range(10))
        ours: Subject = partial(service_pull, port, worker, contacts=contacts)
        loop: Subject = partial(script, None, "loops", upstream, "urllib3")
        turns = [_at_once({URLLIB3: loop, OURS: ours}) for _ in range(rounds)]
    best = {name: min((turn[name] for turn in turns), key=lambda one: one.seconds) for name in (URLLIB3, OURS)}
    for subject, pulled in best.items():
        section.add(work, subject, "time / (pages x latency)", pulled.seconds / ideal_s, "", "less")
    late_ms = (first_s - LATENCY_S) * 1000
    section.add(work, OURS, "first byte after first page", late_ms, "ms", "less")
    section.promise(f"{work}: at most 1.03 x pages x latency", 1.03, best[OURS].seconds / ideal_s, "less")
    section.promise(f"{work}: first byte at most 5 ms after the first page", 5.0, late_ms, "less")
    section.notes.append(
        f"The last page of {contacts:,} contacts is full, so the service sends one more request to make sure that "
        "nothing follows. That request is 0.01 of its time."
    )


def _at_once(subjects: dict[str, Subject]) -> dict[str, Pulled]:
    with ThreadPoolExecutor() as pool:
        under_way = {name: pool.submit(pull) for name, pull in subjects.items()}
        return {name: pulled.result() for name, pulled in under_way.items()}


def _first_byte_s(port: int) -> float:
    """Return the seconds to the first byte of the array, and drop the rest."""
    connection, begun = http.client.HTTPConnection("127.0.0.1", port), time.perf_counter()
    connection.request("GET", "/get_contacts")
    connection.getresponse().read(1)
    first_s = time.perf_counter() - begun
    connection.close()
    return first_s


def _stub_speed(section: Section) -> None:
    """Check that the stub is not the bottleneck."""
    with stub(100) as upstream:
        pages_per_s = max(_flood(int(upstream.rpartition(":")[2]), 2_000) for _ in range(10))
    fastest = max(figure.value for figure in section.figures if figure.measure == "speed")
    section.promise("the stub is at least 5 x as fast as the fastest subject", 5.0, pages_per_s * 100 / fastest)


def _flood(port: int, pages: int, lanes: int = 4) -> float:
    """Return the pages per second over raw sockets, so that the stub never waits for its client."""
    socks = [socket.create_connection(("127.0.0.1", port)) for _ in range(lanes)]
    buffer, length = bytearray(1 << 17), 0
    socks[0].sendall(LIST_REQUEST)
    while not bytes(buffer[:length]).endswith(b"]}"):
        length += socks[0].recv_into(memoryview(buffer)[length:])
    begun = time.perf_counter()
    for sock in socks:
        sock.sendall(LIST_REQUEST)
    for turn in range(pages):
        sock, left = socks[turn % lanes], length
        while left:
            left -= sock.recv_into(buffer, left)
        if turn < pages - lanes:
            sock.sendall(LIST_REQUEST)
    seconds = time.perf_counter() - begun
    for sock in socks:
        sock.close()
    return pages / seconds
