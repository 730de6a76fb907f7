"""A full pull through the service: HTTP in, one JSON array out to a client that reads all of it."""

import http.client
import time

import requests
import urllib3

from benchmarks.figures import Section
from benchmarks.processes import TOKEN, interleaved, peak_mb, seconds, service, stub

HEADERS = {"Authorization": f"Bearer {TOKEN}"}
LIST = "/crm/v3/objects/contacts?limit=100"
OURS = "contract-bench service"


def run(full: bool) -> Section:
    """Measure it."""
    section = Section("full-pull", "Full pull", OURS)
    for contacts in (100_000, 1_000_000) if full else (100_000,):
        _throughput(section, contacts, rounds=5 if contacts <= 100_000 else 1)
    _latency(section, 10_000, 0.05)
    return section


def urllib3_loop(upstream: str) -> int:
    """Reads the bytes and finds the cursor: the limit."""
    pool, after, total = urllib3.PoolManager(), "", 0
    while True:
        body = pool.request("GET", f"{upstream}{LIST}{after}", headers=HEADERS).data
        total += len(body)
        at = body.rfind(b'"after":"')
        if at < 0:
            return total
        after = "&after=" + body[at + 9 : body.index(b'"', at + 9)].decode()


def requests_loop(upstream: str) -> int:
    """Parses each page."""
    session, after, total = requests.Session(), "", 0
    while True:
        page = session.get(f"{upstream}{LIST}{after}", headers=HEADERS, timeout=60).json()
        total += len(page["results"])
        if "paging" not in page:
            return total
        after = f"&after={page['paging']['next']['after']}"


def service_pull(port: int) -> tuple[int, float]:
    """Bytes of a pull and seconds to the first of them."""
    connection, total, begun = http.client.HTTPConnection("127.0.0.1", port), 0, time.perf_counter()
    connection.request("GET", "/get_contacts")
    response, first_s = connection.getresponse(), 0.0
    while piece := response.read1(1 << 20):
        first_s = first_s or time.perf_counter() - begun
        total += len(piece)
    connection.close()
    return total, first_s


def _throughput(section: Section, contacts: int, rounds: int) -> None:
    work = f"{contacts:,} contacts, no latency"
    with stub(contacts) as upstream, service(upstream) as (port, worker):
        least = interleaved(
            {
                "bare urllib3 loop": lambda: urllib3_loop(upstream),
                OURS: lambda: service_pull(port),
                "bare requests loop": lambda: requests_loop(upstream),
            },
            rounds,
        )
        section.add(work, OURS, "memory", peak_mb(worker), "MB", "less")
    for subject, took in least.items():
        section.add(work, subject, "speed", contacts / took, "entities/s")
    section.promise(f"{work}: at least 0.7 of a bare urllib3 loop", 0.7, least["bare urllib3 loop"] / least[OURS])


def _latency(section: Section, contacts: int, latency_s: float) -> None:
    """What the stub's timer and the sockets add is not the service's, so the bare loop is measured too."""
    work, ideal_s = f"{contacts:,} contacts, {latency_s * 1000:.0f} ms a request", contacts / 100 * latency_s
    with stub(contacts, latency_s) as upstream, service(upstream) as (port, _):
        service_pull(port)
        floor_s = seconds(lambda: urllib3_loop(upstream))
        begun = time.perf_counter()
        _, first_s = service_pull(port)
        took = time.perf_counter() - begun
    section.add(work, "bare urllib3 loop", "time / (pages x latency)", floor_s / ideal_s, "", "less")
    section.add(work, OURS, "time / (pages x latency)", took / ideal_s, "", "less")
    section.add(work, OURS, "first byte after first page", (first_s - latency_s) * 1000, "ms", "less")
    section.promise(f"{work}: at most 1.03 x pages x latency", 1.03, took / ideal_s, "less")
