"""Learns what a connector does in front of an API of which nothing is known.

A pull without a fault is the truth. Its entities, some left out, some changed and one added, are what a node has before
each cell: so a pull that brings too little deletes something or leaves something out of date. A second pull shows
whether the API stays as it is while the matrix runs.
"""

import json
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from contract_bench.errors import BenchError
from contract_bench.matrix.bench import Bench, HealthyPullError, Learned, NeverAskedError, Reference
from contract_bench.matrix.fixture import make_fixture
from contract_bench.matrix.judge import Pulled, live, some
from contract_bench.matrix.requests import SentRequest, places_of_requests, sent_requests

__all__ = ["NothingToLoseError", "UpstreamChangesError", "difference", "learn_upstream"]

GONE = {"_id": "contract-bench:gone"}
CHANGED = "contract-bench:changed"
LEAST_ENTITIES = 2


class UpstreamChangesError(BenchError):
    """Two pulls without a fault differ, so there is nothing to compare with."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"expected two pulls without a fault to bring the same, got {problem}. Either the upstream changes while "
            f"it is read (record a cassette with `contract-bench proxy --record` and use that), or the connector adds "
            "something that differs in each pull, such as the time of the pull, or it does not send a second time "
            "what it has sent"
        )


class NothingToLoseError(BenchError):
    """A pull without a fault brings so little that a lost entity would not be noticed."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"expected a pull without a fault to bring at least {LEAST_ENTITIES} entities, got {count}: a fault could "
            f"lose nothing. Use an upstream with more records"
        )


def learn_upstream(bench: Bench, modes: Sequence[str]) -> Reference:
    """Learn from pulls without a fault which requests the connector sends and which entities it makes.

    Raises:
        HealthyPullError: such a pull failed.
        NeverAskedError: the connector does not ask the upstream.
        UpstreamChangesError: two such pulls differ.
        NothingToLoseError: they bring too little.
    """
    truth = _clean_pull(bench, "full")
    if not bench.portal.entries():
        raise NeverAskedError(bench.settings, bench.portal.url)
    # A connector that runs already cannot be started again.
    at_start = () if bench.settings.connector.is_running else sent_requests(bench.portal.entries())
    entities = [entity for each in truth.responses for entity in each.entities]
    if len(live(truth.dataset)) < LEAST_ENTITIES:
        raise NothingToLoseError(len(live(truth.dataset)))
    problem = difference(truth, _clean_pull(bench, "full"))
    if problem:
        raise UpstreamChangesError(problem)
    learned = {mode: _learn_mode(bench, mode, truth, _before(mode, entities), at_start) for mode in modes}
    known = {mode: each for mode, each in learned.items() if mode == "full" or each.first.offset not in (None, "")}
    return Reference(make_fixture(0), 0, known)


def difference(one: Pulled, other: Pulled) -> str:
    """Return how the entities of two pulls differ; empty if they do not."""
    first, second = live(one.dataset), live(other.dataset)
    missing, more = first.keys() - second.keys(), second.keys() - first.keys()
    changed = {key for key in first.keys() & second.keys() if first[key] != second[key]}
    parts = [(missing, "only in the first one"), (more, "only in the second one"), (changed, "with other content")]
    return "; ".join(f"{some(keys)} {what}" for keys, what in parts if keys)


def _clean_pull(bench: Bench, mode: str) -> Pulled:
    bench.portal.fill(())
    with bench.node() as node:
        return _healthy(bench, bench.pull(node, mode))


def _before(mode: str, entities: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return what a node has before the pull of a cell: older than the truth in every way."""
    if mode == "incremental":
        dated = sorted(entities, key=lambda entity: str(entity.get("_updated", "")).encode())
        return dated[: max(len(dated) // 2, 1)]
    # every third one is missing, and every third one is out of date
    kept = [
        {**entity, CHANGED: True} if number % 3 == 1 else entity
        for number, entity in enumerate(entities)
        if number % 3 != 2
    ]
    return [*kept, GONE]


def _learn_mode(
    bench: Bench,
    mode: str,
    truth: Pulled,
    before: Sequence[Mapping[str, Any]],
    at_start: Sequence[SentRequest],
) -> Learned:
    data_dir = bench.new_folder(f"learned-{mode}")
    with _served(before) as url, bench.node(reads=url) as node:
        first = _healthy(bench, bench.pull(node, mode))
        source = node.options.data_dir
        assert source is not None  # noqa: S101 - bench.node gives one
        node.store.close()
        shutil.copytree(source, data_dir)
    pulls = []
    for _ in range(2):
        bench.portal.fill(())
        with bench.node(data_dir) as node:
            pulls.append((_healthy(bench, bench.pull(node, mode)), sent_requests(bench.portal.entries())))
    (second, requests), (_, again) = pulls
    problem = difference(truth, second)
    if problem:
        raise UpstreamChangesError(f"in the {mode} mode {problem}")
    places = places_of_requests(requests, again, at_start=at_start)
    return Learned(make_fixture(0), data_dir, (), first, second, places)


@contextmanager
def _served(entities: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Serve entities as a connector would."""
    content = json.dumps(list(entities)).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _healthy(bench: Bench, pulled: Pulled) -> Pulled:
    if not pulled.ok:
        raise HealthyPullError(pulled, bench.connector.output())
    return pulled
