"""Full pulls over one, four and eight connections: how much less time they spend waiting."""

import json
import time
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from benchmarks.figures import Section
from benchmarks.processes import service, stub
from benchmarks.sections.full_pull import PAGE, Pulled, service_pull

SERIAL, USUAL, MOST = 1, 4, 8
# The share of pages x latency that a pull may take.
BOUNDS = {USUAL: 0.30, MOST: 0.18}
LATENCIES_MS = (50, 200)
LIMIT, WINDOW_S = 100, 10.0
LIMITED_CONTACTS = 30_000
QUOTA_SHARE, SPEED_SHARE = 0.95, 0.95


@dataclass(frozen=True, slots=True)
class Waiting:
    """Pulls that wait nearly all the time: how often each is measured, and by how many connections."""

    contacts: int
    latency_ms: int
    rounds: int
    connections: tuple[int, ...] = (SERIAL, USUAL, MOST)

    def __str__(self) -> str:
        return f"{self.contacts:,} contacts, {self.latency_ms} ms per request"


QUICK = (
    Waiting(10_000, 50, 2),
    Waiting(10_000, 200, 1, (USUAL, MOST)),
    Waiting(100_000, 50, 1, (USUAL, MOST)),
)
FULL = tuple(
    Waiting(contacts, ms, 3 if contacts < 100_000 else 1) for contacts in (10_000, 100_000) for ms in LATENCIES_MS
)
LONGEST = FULL[-1]


def run(full: bool) -> Section:
    """Measure it."""
    section = Section("connections", "Full pull over several connections", _named(USUAL))
    with ThreadPoolExecutor() as pool:
        # the longest pull of all waits beside the others and uses hardly any processor time
        slow = pool.submit(_wait, LONGEST, (SERIAL,)) if full else None
        for each in FULL if full else QUICK:
            _add(section, each, _wait(each, (USUAL, MOST) if each == LONGEST else each.connections))
        if slow is not None:
            _add(section, LONGEST, slow.result())
    _without_latency(section, contacts=100_000, rounds=6 if full else 4)
    _limited(section)
    section.notes.append(
        "Each pull sends a request to make sure that nothing follows the last page, which is full here, one to search "
        "the highest id, and reads a page twice where two ranges meet."
    )
    return section


def _named(connections: int) -> str:
    return "1 connection" if connections == 1 else f"{connections} connections"


def _wait(waiting: Waiting, connections: Iterable[int]) -> dict[int, Pulled]:
    """Return the fastest of several pulls for each number of connections."""
    best: dict[int, Pulled] = {}
    for count in connections:
        with (
            stub(waiting.contacts, waiting.latency_ms / 1000) as upstream,
            service(upstream, HUBSPOT_CONNECTIONS=str(count)) as (port, worker),
        ):
            pulls = [service_pull(port, worker, contacts=waiting.contacts) for _ in range(waiting.rounds)]
            best[count] = min(pulls, key=lambda one: one.seconds)
    return best


def _add(section: Section, waiting: Waiting, best: dict[int, Pulled]) -> None:
    ideal_s = waiting.contacts / PAGE * waiting.latency_ms / 1000
    for count, pulled in best.items():
        share = pulled.seconds / ideal_s
        section.add(str(waiting), _named(count), "time / (pages x latency)", share, "", "less")
        if count in BOUNDS:
            bound = BOUNDS[count]
            section.promise(f"{waiting}, {_named(count)}: at most {bound} x pages x latency", bound, share, "less")


def _without_latency(section: Section, *, contacts: int, rounds: int) -> None:
    """Compare with one connection where nothing is waited for, in turns."""
    work = f"{contacts:,} contacts, no latency"
    with (
        stub(contacts) as upstream,
        service(upstream, HUBSPOT_CONNECTIONS=str(SERIAL)) as serial,
        service(upstream, HUBSPOT_CONNECTIONS=str(USUAL)) as usual,
    ):
        pulls: dict[int, Callable[[], Pulled]] = {
            SERIAL: partial(service_pull, *serial, contacts=contacts),
            USUAL: partial(service_pull, *usual, contacts=contacts),
        }
        rows = [{count: pull() for count, pull in pulls.items()} for _ in range(rounds)]
    speeds = {count: max(contacts / row[count].seconds for row in rows) for count in pulls}
    for count, speed in speeds.items():
        section.add(work, _named(count), "speed", speed, "entities/s")
    section.promise(
        f"{work}: at least {SPEED_SHARE} x the speed of one connection", SPEED_SHARE, speeds[USUAL] / speeds[SERIAL]
    )


def _limited(section: Section) -> None:
    """Pull as fast as the limit of the smallest subscription allows, and look how often it was exceeded.

    At first the window is empty. What counts is the pace afterwards.
    """
    work = f"{LIMITED_CONTACTS:,} contacts, {LIMIT} requests in ten seconds"
    with (
        stub(LIMITED_CONTACTS, LATENCIES_MS[0] / 1000, limit=LIMIT) as upstream,
        service(upstream) as (port, worker),
        ThreadPoolExecutor() as pool,
    ):
        pull = pool.submit(service_pull, port, worker, contacts=LIMITED_CONTACTS)
        time.sleep(WINDOW_S)
        first, begun = _counted(upstream), time.perf_counter()
        time.sleep(WINDOW_S)
        second, seconds = _counted(upstream), time.perf_counter() - begun
        pull.result()
        refused = sum(each["refused"] for each in (first, second, _counted(upstream)))
    share = second["requests"] / (LIMIT * seconds / WINDOW_S)
    section.add(work, _named(USUAL), "share of the allowed requests", share, "")
    section.promise(f"{work}: at least {QUOTA_SHARE} of what the limit allows", QUOTA_SHARE, share)
    section.promise(f"{work}: no request above the limit", 0.0, float(refused), "less")


def _counted(upstream: str) -> dict[str, int]:
    """Return what the stub counted since the last call."""
    with urllib.request.urlopen(f"{upstream}/counted") as response:
        counted: dict[str, int] = json.load(response)
    return counted
