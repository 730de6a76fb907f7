"""The cost of a hundred changes in portals of different sizes: requests to HubSpot, bytes from HubSpot, time."""

import json
import tempfile
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.alternatives import NotHereError
from benchmarks.figures import Section
from benchmarks.processes import TOKEN, fake_hubspot, seconds, service, stub
from benchmarks.sections.full_pull import script, service_pull
from benchmarks.stub import BETWEEN, CHANGES

OURS = "contract-bench service"
STATEFUL = "contract-bench service, on the fake HubSpot"
FULL_PULL = "contract-bench service, full pull"
SINGER = "Singer tap-hubspot with state"
ROUNDS = 5
QUICK, FULL = (10_000, 100_000), (10_000, 100_000, 1_000_000)
MOST_FOR_SINGER = {False: 10_000, True: 100_000}
HOUR_MS = 3_600_000
PAUSE_S = 0.3


def run(full: bool) -> Section:
    """Measure it."""
    section = Section("incremental", "Incremental pull", OURS)
    sizes = FULL if full else QUICK
    for contacts in sizes:
        _on_stub(section, contacts, with_singer=contacts <= MOST_FOR_SINGER[full])
        _on_fake(section, contacts)
    section.pictured = [(_work(sizes[0]), "time"), (_work(sizes[-1]), "time")]
    _promise(section, _work(sizes[0]), _work(sizes[-1]))
    section.notes.append(
        f"Singer's tap reads all contacts and filters them itself. It was not measured above {MOST_FOR_SINGER[full]:,}."
    )
    section.notes.append(
        "On the fake HubSpot, every request queries a database of that size. On the stub, requests cost almost "
        "nothing. One request searches for changed contacts, two look for archived ones."
    )
    return section


def _work(contacts: int) -> str:
    return f"{CHANGES} changes in {contacts:,} contacts"


def changed_ids(port: int, since: str) -> list[str]:
    """Pull the changes and return their ids."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/get_contacts?since={since}") as response:
        return [entity["_id"] for entity in json.load(response)]


def _least_ms(pull: Callable[[], object]) -> float:
    """Return the time of the fastest pull, with pauses so that no pull waits for the limit of HubSpot's search API."""
    took = []
    for _ in range(ROUNDS):
        time.sleep(PAUSE_S)
        took.append(seconds(pull) * 1000)
    return min(took)


# --- on the stub, which counts requests ---


def _on_stub(section: Section, contacts: int, *, with_singer: bool) -> None:
    with stub(contacts) as upstream, service(upstream) as (port, worker), tempfile.TemporaryDirectory() as home:
        incremental = partial(_expect_changes, port, BETWEEN)
        _counted(section, contacts, OURS, upstream, incremental)
        section.add(_work(contacts), OURS, "time", _least_ms(incremental), "ms", "less")
        pull = partial(service_pull, port, worker, contacts=contacts)
        _counted(section, contacts, FULL_PULL, upstream, pull)
        section.add(_work(contacts), FULL_PULL, "time", pull().seconds * 1000, "ms", "less")
        if with_singer:
            _singer(section, contacts, upstream, Path(home))


def _singer(section: Section, contacts: int, upstream: str, home: Path) -> None:
    """Pull with the state that a run before the changes would leave."""
    state = {"bookmarks": {"contacts": {"updatedAt": BETWEEN}}}
    (home / "state.json").write_text(json.dumps(state))
    _ask(f"{upstream}/counted")
    try:
        pulled = script("singer", "singer_tap", upstream, str(home))
    except NotHereError as problem:
        section.notes.append(f"{SINGER} could not be measured: {problem}")
        return
    if pulled.contacts != CHANGES:
        raise RuntimeError(f"the tap returned {pulled.contacts} of {CHANGES} changes")
    section.add(_work(contacts), SINGER, "time", pulled.seconds * 1000, "ms", "less")
    _add_counts(section, contacts, SINGER, upstream)


def _counted(section: Section, contacts: int, subject: str, upstream: str, pull: Callable[[], object]) -> None:
    _ask(f"{upstream}/counted")
    pull()
    _add_counts(section, contacts, subject, upstream)


def _add_counts(section: Section, contacts: int, subject: str, upstream: str) -> None:
    counted = _ask(f"{upstream}/counted")
    section.add(_work(contacts), subject, "requests", counted["requests"], "", "less")
    section.add(_work(contacts), subject, "bytes from HubSpot", counted["bytes"] / 1000, "kB", "less")


def _expect_changes(port: int, since: str) -> None:
    found = len(set(changed_ids(port, since)))
    if found != CHANGES:
        raise RuntimeError(f"received {found} of {CHANGES} changes")


# --- on the fake HubSpot, which has state and a journal ---


def _on_fake(section: Section, contacts: int) -> None:
    with (
        fake_hubspot("--contacts", str(contacts)) as (upstream, _),
        service(upstream, HUBSPOT_API_KEY=TOKEN) as (port, _),
    ):
        since = _change_a_hundred(upstream)
        before = _requests_so_far(upstream)
        _expect_changes(port, since)
        section.add(_work(contacts), STATEFUL, "requests", _requests_so_far(upstream) - before, "", "less")
        took_ms = _least_ms(partial(_expect_changes, port, since))
        section.add(_work(contacts), STATEFUL, "time", took_ms, "ms", "less")


def _change_a_hundred(upstream: str) -> str:
    """Change a hundred contacts an hour after seeding, and return the time before that as a pipe's offset."""
    clock = _ask(f"{upstream}/_fake/clock", "PUT", {"advanceMs": HOUR_MS})
    page = _ask(f"{upstream}/crm/v3/objects/contacts?limit={CHANGES}")
    inputs = [{"id": contact["id"], "properties": {"firstname": "Changed"}} for contact in page["results"]]
    _ask(f"{upstream}/crm/v3/objects/contacts/batch/update", "POST", {"inputs": inputs})
    _ask(f"{upstream}/_fake/clock", "PUT", {"advanceMs": HOUR_MS})
    return str(clock["nowMs"])


def _requests_so_far(upstream: str) -> int:
    """Return the number of the journal's last entry."""
    return int(_ask(f"{upstream}/_fake/journal")["entries"][-1]["ordinal"])


def _ask(url: str, method: str = "GET", document: object = None) -> Any:
    body = None if document is None else json.dumps(document).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method)) as response:
        return json.load(response)


# --- goals ---


def _promise(section: Section, small: str, large: str) -> None:
    for measure, bound in (("requests", 1.0), ("bytes from HubSpot", 1.05), ("time", 1.5)):
        least, most = (section.value(work, OURS, measure) or 0.0 for work in (small, large))
        promise = f"{measure} for {large}: at most {bound:g} x that for {small}"
        section.promise(promise, bound, most / least, "less")
