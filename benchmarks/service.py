"""How fast the service pulls, against the loops that bound it, in one run on one machine.

Started as `python benchmarks/service.py [CONTACTS ...]`.
Prints ratios. Absolute figures mean nothing on another machine.
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
import urllib3

ROOT = Path(__file__).resolve().parents[1]
HEADERS = {"Authorization": "Bearer pat-na1-00000000-0000-4000-8000-000000000000"}
LIST = "/crm/v3/objects/contacts?limit=100"


@contextmanager
def process(*command: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """A process that ends with the block."""
    running = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environ}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield running
    finally:
        running.terminate()
        running.wait(timeout=30)


@contextmanager
def stub(contacts: int, latency_s: float = 0.0) -> Iterator[str]:
    """The upstream's URL."""
    with process(sys.executable, "benchmarks/stub.py", str(contacts), str(latency_s)) as running:
        assert running.stdout is not None
        yield f"http://127.0.0.1:{running.stdout.readline().strip()}"


@contextmanager
def service(upstream: str) -> Iterator[tuple[int, int]]:
    """The service's port and the process id of its worker."""
    environ = {"HUBSPOT_API_KEY": "x", "HUBSPOT_BASE_URL": upstream, "HOST": "127.0.0.1", "PORT": "0"}
    with process(sys.executable, "-m", "service", PYTHONUNBUFFERED="1", **environ) as running:
        assert running.stdout is not None
        lines = iter(running.stdout.readline, "")
        port = next(int(line.split("127.0.0.1:")[1].split()[0]) for line in lines if "Listening at" in line)
        worker = next(int(line.rsplit(" ", 1)[1]) for line in lines if "Booting worker" in line)
        yield port, worker


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


def resident_mb(pid: int) -> float:
    """The most memory a process ever had."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def best(function: Callable[[], object], times: int) -> float:
    """The least seconds of several runs."""
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def measure(contacts: int, rounds: int) -> dict[str, float]:
    """Everything at no latency, interleaved so that a busy moment hits all alike."""
    with stub(contacts) as upstream, service(upstream) as (port, worker):
        runs: dict[str, list[float]] = {"service": [], "urllib3 loop": [], "requests loop": []}
        for number in range(rounds):
            runs["urllib3 loop"].append(best(lambda: urllib3_loop(upstream), 1))
            runs["service"].append(best(lambda: service_pull(port), 1))
            if number < 2:
                runs["requests loop"].append(best(lambda: requests_loop(upstream), 1))
        least = {name: min(seconds) for name, seconds in runs.items()}
        return {
            "contacts": contacts,
            "service, thousand entities/s": contacts / least["service"] / 1000,
            "service / urllib3 loop": least["urllib3 loop"] / least["service"],
            "service / requests loop": least["requests loop"] / least["service"],
            "most resident memory, MB": resident_mb(worker),
        }


def measure_latency(contacts: int, latency_s: float) -> dict[str, float]:
    """How much longer than pages x latency a pull takes, and how long its first byte after the first page.

    The bare loop is measured too: what the stub's timer and the sockets add is not the service's.
    """
    with stub(contacts, latency_s) as upstream, service(upstream) as (port, _):
        service_pull(port)
        floor_s = best(lambda: urllib3_loop(upstream), 1)
        begun = time.perf_counter()
        _, first_s = service_pull(port)
        seconds = time.perf_counter() - begun
    ideal_s = contacts / 100 * latency_s
    return {
        "service / (pages x latency)": seconds / ideal_s,
        "urllib3 loop / (pages x latency)": floor_s / ideal_s,
        "first byte after first page, ms": (first_s - latency_s) * 1000,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="How fast the service pulls, against the loops that bound it.")
    parser.add_argument("contacts", nargs="*", type=int, default=[10_000, 100_000], help="how many, for each run")
    sizes = parser.parse_args().contacts
    results = [measure(contacts, rounds=5 if contacts <= 100_000 else 1) for contacts in sizes]
    print(json.dumps([*results, measure_latency(10_000, 0.05)], indent=2))
