"""The proxy compared with nginx as a reverse proxy: the same page of 39 KB from the same upstream, one process each.

The upstream is another nginx that sends a file. nginx is measured twice: as it is configured by default, with a
connection to the upstream for each request, and with connections that it keeps open, as the proxy does. The proxy
journals each request and looks for faults and for links to the upstream in the page; nginx does none of that.
"""

import hashlib
import http.client
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.alternatives import NotHereError
from benchmarks.balancer import nginx
from benchmarks.figures import Section
from benchmarks.load import Load, press
from benchmarks.mocks import free_port
from benchmarks.processes import Process, process, tree_cpu_s

OURS = "contract-bench proxy"
NGINX = "nginx as a reverse proxy"
TUNED = f"{NGINX}, keeping connections to the upstream"
KEEPING = "keepalive 64;"
WORK = "page of 39 KB through a proxy, one process"
PAGE = "/page.json"
PAGE_BYTES = 39_000
SHARE, START_S = 0.5, 0.3
CPU = "processor time"
PATIENCE_S = 60.0
UPSTREAM = """
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests 1000000000;
        root {folder};
        types {{ application/json json; }}
    }}
"""
REVERSE = """
    upstream api {{ server 127.0.0.1:{upstream}; {keeping} }}
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests 1000000000;
        location / {{
            proxy_pass http://api;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffers 16 8k;            # the page is held in memory, as the proxy holds it
        }}
    }}
"""


def run(full: bool) -> Section:
    """Measure it."""
    section = Section("proxy", "The proxy in front of an API", OURS)
    try:
        with tempfile.TemporaryDirectory() as name:
            _measure(section, Path(name), rounds=5 if full else 3, seconds=3 if full else 1)
    except NotHereError as problem:
        section.notes.append(f"not measured, so no goal is met: {problem}")
    return section


def _measure(section: Section, folder: Path, *, rounds: int, seconds: int) -> None:
    folder.chmod(0o755)  # if nginx is started as root, its worker runs as another user
    (folder / PAGE[1:]).write_bytes(page())
    upstream, ports = free_port(), {NGINX: free_port(), TUNED: free_port()}
    api = UPSTREAM.format(port=upstream, folder=folder)
    default = REVERSE.format(port=ports[NGINX], upstream=upstream, keeping="")
    tuned = REVERSE.format(port=ports[TUNED], upstream=upstream, keeping=KEEPING)
    with nginx(api), nginx(default) as first, nginx(tuned) as second:
        _start(section, upstream, times=9 if rounds > 3 else 5)
        with ours(upstream) as (port, proxy):
            _check_bytes(section, upstream, {OURS: port, **ports})
            others = {NGINX: (ports[NGINX], first), TUNED: (ports[TUNED], second)}
            _compare(section, {OURS: (port, proxy), **others}, rounds, seconds)


def page() -> bytes:
    """Return a page of records as JSON, of about PAGE_BYTES."""
    record = {"id": "10001", "name": "Pål Ødegård", "email": "pal@example.org", "updated": "2026-01-01T00:00:00.000Z"}
    count = PAGE_BYTES // (len(json.dumps(record)) + 2)
    return json.dumps({"results": [record] * count, "total": count}).encode()


@contextmanager
def ours(upstream: int) -> Iterator[tuple[int, Process]]:
    """Start the proxy as documented, and yield its port."""
    command = (sys.executable, "-m", "contract_bench", "proxy", "--quiet", "--port", "0")
    with process(*command, "--upstream", f"http://127.0.0.1:{upstream}") as running:
        yield int(running.said(r"listens on http://127\.0\.0\.1:(\d+)")), running


def _start(section: Section, upstream: int, *, times: int) -> None:
    """Measure the time from the command to the first page."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        with ours(upstream) as (port, _):
            fetch(port)
            taken.append(time.perf_counter() - begun)
    section.add(WORK, OURS, "start", min(taken), "s", "less")
    section.add(WORK, OURS, "start, median", statistics.median(taken), "s", "less")
    section.promise(f"the first page under {START_S} s after the command", START_S, min(taken), "less")


def fetch(port: int) -> bytes:
    """Return the page from a server on this machine.

    Raises:
        RuntimeError: The status is not 200.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("GET", PAGE)
        response = connection.getresponse()
        if response.status != 200:
            raise RuntimeError(f"expected the page with status 200, got {response.status}")
        return response.read()
    finally:
        connection.close()


def _check_bytes(section: Section, upstream: int, ports: dict[str, int]) -> None:
    wanted = hashlib.sha256(fetch(upstream)).hexdigest()
    unchanged = sum(hashlib.sha256(fetch(port)).hexdigest() == wanted for port in ports.values())
    section.promise("proxies, of three, that pass the page on with the same SHA-256", len(ports), unchanged)


def _compare(section: Section, up: dict[str, tuple[int, Process]], rounds: int, seconds: int) -> None:
    """Press each in turns, so that a busy moment affects all; take the best round and the least processor time."""
    loads: dict[str, list[Load]] = {name: [] for name in up}
    costs: dict[str, list[float]] = {name: [] for name in up}
    for _ in range(rounds):
        for name, (port, running) in up.items():
            before = tree_cpu_s(running.pid)
            load = press(f"http://127.0.0.1:{port}{PAGE}", seconds)
            costs[name].append((tree_cpu_s(running.pid) - before) / load.requests * 1e6)
            loads[name].append(load)
    best = {name: max(found, key=lambda one: one.per_second) for name, found in loads.items()}
    for name, load in best.items():
        section.add(WORK, name, "speed", load.per_second, "requests/s")
        section.add(WORK, name, "p99", load.p99_ms, "ms", "less")
        section.add(WORK, name, CPU, min(costs[name]), "µs/request", "less")
    share = best[OURS].per_second / best[NGINX].per_second
    section.promise(f"at least {SHARE} of the requests per second of {NGINX}", SHARE, share)
