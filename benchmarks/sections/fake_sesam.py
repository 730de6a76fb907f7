"""A fake Sesam node that pulls and stores entities, compared with minimal code for the same stream."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.figures import Section
from benchmarks.processes import ROOT, process, seconds
from benchmarks.pulls import ROUTE

OURS = "contract-bench fake Sesam"
BY_HAND = "hand-written ijson and SQLite"
CHECKED = 100_000
CHECK_WITHIN_S = 10
SHARE_OF_LIMIT = 0.8
PIPES = 100


def run(full: bool) -> Section:
    """Measure it."""
    section = Section("fake-sesam", "Fake Sesam", OURS)
    _pull(section, 200_000, rounds=2)
    if full:
        _pull(section, 1_000_000, rounds=1)
    _pipes(section)
    _check(section)
    section.notes.append(
        "The hand-written code reads the stream with ijson and inserts rows of id and JSON in batches of 1,000. The "
        "node does that and also runs the pipe's transform, looks for changes, keeps versions and detects "
        "deletions. Its batch size is 100, like Sesam's."
    )
    return section


@contextmanager
def _source(entities: int) -> Iterator[str]:
    with process(sys.executable, "-m", "benchmarks.entities_stub", str(entities)) as running:
        yield f"http://127.0.0.1:{running.said(r'^([0-9]+)$')}"


def _pulled(way: str, url: str) -> dict[str, Any]:
    """Pull once, in a process of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        process(sys.executable, "-m", "benchmarks.pulls", way, url, folder) as running,
    ):
        measured: dict[str, Any] = json.loads(running.said(r"^(\{.*\})$", within_s=300))
        return measured


def _pull(section: Section, entities: int, *, rounds: int) -> None:
    work, ways = f"pull of {entities:,} entities, copy and add, into a dataset", {OURS: "node", BY_HAND: "by-hand"}
    section.pictured.append((work, "speed"))
    with _source(entities) as url:
        runs = [{subject: _pulled(way, url) for subject, way in ways.items()} for _ in range(rounds)]
    speeds = {subject: entities / min(run[subject]["seconds"] for run in runs) for subject in ways}
    for subject, speed in speeds.items():
        section.add(work, subject, "speed", speed, "entities/s")
        processor_us = min(run[subject]["processor_s"] for run in runs) / entities * 1e6
        section.add(work, subject, "processor time per entity", processor_us, "µs", "less")
        section.add(work, subject, "memory", max(run[subject]["peak_mb"] for run in runs), "MB", "less")
    share = speeds[OURS] / speeds[BY_HAND]
    section.promise(f"{work}: at least {SHARE_OF_LIMIT} of the speed of hand-written code", SHARE_OF_LIMIT, share)


def _check(section: Section) -> None:
    work = f"check of a route of {CHECKED:,} entities"
    with _source(CHECKED) as url:
        command = [sys.executable, "-m", "fake_sesam", "check", f"{url}/{ROUTE}"]
        took = seconds(lambda: subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120))
    section.add(work, OURS, "time", took, "s", "less")
    section.promise(f"{work}: seconds, under {CHECK_WITHIN_S}", CHECK_WITHIN_S, took, "less")


def _pipes(section: Section) -> None:
    """Measure a node with many pipes: how soon its configuration is loaded, and one run of each pipe."""
    work = f"a node with {PIPES} pipes"
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "pipes"
        place.mkdir()
        for number in range(PIPES):
            (place / f"{number:03}.conf.json").write_text(json.dumps(_pipe(number)))
        ready_s, run_s = (seconds(partial(_command, name, folder)) for name in ("validate", "run"))
    section.add(work, OURS, "start", ready_s, "s", "less")
    section.add(work, OURS, "start and one run of each pipe", run_s, "s", "less")
    section.promise(f"{work}: start under 1 s", 1, ready_s, "less")


def _command(name: str, folder: str) -> None:
    command = [sys.executable, "-m", "fake_sesam", name, folder]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)


def _pipe(number: int) -> dict[str, Any]:
    """Return a pipe: half of them have a hundred entities, the others read one of those."""
    entities = [{"_id": f"{number}-{each}", "value": each} for each in range(100)]
    inner = {"type": "dataset", "dataset": f"pipe-{number - PIPES // 2:03}"}
    source = {"type": "embedded", "entities": entities} if number < PIPES // 2 else inner
    return {"_id": f"pipe-{number:03}", "type": "pipe", "source": source}
