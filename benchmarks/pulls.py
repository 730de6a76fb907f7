"""Pulls one array of entities into SQLite, in a process of its own, and prints the time and memory it took.

`python -m benchmarks.pulls node URL FOLDER` pulls with a fake Sesam node: the repository's own configuration (`copy`,
`add`), change and deletion tracking. `python -m benchmarks.pulls by-hand URL FOLDER` is the fastest hand-written
alternative: ijson over the same stream, the ids copied, rows of id and JSON in batches of a thousand.

Shape: `{"seconds": 3.1, "processor_s": 3.0, "peak_mb": 61.2, "entities": 200000}`.
"""

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import ijson  # type: ignore[import-untyped]  # it has no stubs
import msgspec
import requests

from benchmarks.processes import ROOT, TOKEN, peak_mb, seconds
from fake_sesam import Node, NodeOptions

PIPE = "hubspot-contacts-collect"
ROUTE = "get_contacts"
BATCH = 1000


def with_node(url: str, folder: Path) -> dict[str, Any]:
    """Pull with a fake Sesam node."""
    options = NodeOptions(data_dir=folder, system_urls={"hubspot": url}, secrets={"hubspot-api-key": TOKEN})
    with Node(ROOT / "node", options) as node:
        measured = _measured(lambda: _run(node))
        return {**measured, "entities": node.dataset(PIPE).count}


def _run(node: Node) -> None:
    result = node.run_pipe(PIPE)
    if not result.ok:
        raise RuntimeError(result.error)


def by_hand(url: str, folder: Path) -> dict[str, Any]:
    """Pull with hand-written code."""
    database = sqlite3.connect(folder / "by-hand.sqlite3")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute("CREATE TABLE entities (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID")
    measured = _measured(lambda: _insert(database, f"{url}/{ROUTE}"))
    (count,) = database.execute("SELECT count(*) FROM entities").fetchone()
    database.close()
    return {**measured, "entities": count}


def _insert(database: sqlite3.Connection, url: str) -> None:
    encode = msgspec.json.Encoder(decimal_format="number").encode
    with requests.get(url, stream=True, timeout=60) as response:
        response.raise_for_status()
        found = ijson.items(response.raw, "item")
        while batch := [(each["id"], encode({**each, "_id": each["id"]})) for each in islice(found, BATCH)]:
            with database:
                database.executemany("INSERT INTO entities VALUES (?, ?)", batch)


def _measured(pull: Callable[[], object]) -> dict[str, float]:
    begun = time.process_time()
    took = seconds(pull)
    return {"seconds": took, "processor_s": time.process_time() - begun}


WAYS = {"node": with_node, "by-hand": by_hand}


if __name__ == "__main__":
    way, address, place = sys.argv[1:]
    print(json.dumps({**WAYS[way](address, Path(place)), "peak_mb": peak_mb(os.getpid())}))
