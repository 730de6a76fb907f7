"""Seeding very many contacts: other portals are answered meanwhile, and nobody sees half of it."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import requests

from fake_hubspot import Server, Settings
from fake_hubspot.control import portals, state
from fake_hubspot.portal.store import Record
from fake_hubspot.seeds import people

LIST = "/crm/v3/objects/contacts?limit=100"
OTHER = {"portalId": 77, "token": "pat-other", "contacts": 2}


class Gate:
    """Stops a seed in the middle until it is opened."""

    def __init__(self) -> None:
        self.reached, self._opened = threading.Event(), threading.Event()

    def open(self) -> None:
        """Let the seed go on."""
        self._opened.set()

    def pass_through(self, records: Iterator[Record]) -> Iterator[Record]:
        """Yield one record, wait, and yield the others."""
        yield next(records)
        self.reached.set()
        assert self._opened.wait(30)
        yield from records


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """Runs the requests that wait."""
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture
def gate(threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Three contacts are very many here. It opens before the end of the threads that wait at it."""
    del threads
    monkeypatch.setattr(state, "BULK_FROM", 3)
    monkeypatch.setattr(portals, "BULK_FROM", 3)
    made, endless = Gate(), people._endless
    monkeypatch.setattr(people, "_endless", lambda random: made.pass_through(endless(random)))
    yield made
    made.open()


@pytest.fixture
def server() -> Iterator[Server]:
    """Two portals: the default one, and another one with two contacts."""
    with Server(Settings()) as running:
        assert requests.post(f"{running.url}/_fake/portals", json=OTHER, timeout=30).status_code == 201
        yield running


def ask(server: Server, method: str, target: str, body: Any = None, *, token: str | None = None) -> requests.Response:
    headers = {"Authorization": f"Bearer {token or server.token}"}
    return requests.request(method, f"{server.url}{target}", json=body, headers=headers, timeout=30)


def count(answered: Future[requests.Response]) -> int:
    return len(answered.result(30).json()["results"])


def test_a_portal_is_seeded_while_the_others_are_answered(
    server: Server, gate: Gate, threads: ThreadPoolExecutor
) -> None:
    """Requests for the seeded portal, by token and by number, wait, and so does the list of all portals."""
    seeded = threads.submit(ask, server, "POST", "/_fake/seed?portal=77", {"contacts": 9})
    assert gate.reached.wait(30)
    waiting = [
        threads.submit(ask, server, "GET", target, token="pat-other")
        for target in (LIST, "/_fake/portals/77", "/_fake/portals")
    ]

    meanwhile = ask(server, "GET", LIST)
    changed = ask(server, "POST", "/crm/v3/objects/contacts", {"properties": {"lastname": "Between"}})
    created = ask(server, "POST", "/_fake/portals", {"portalId": 78, "token": "pat-third"})

    assert (meanwhile.status_code, changed.status_code, created.status_code) == (200, 201, 201)
    assert not any(answered.done() for answered in [seeded, *waiting])
    gate.open()
    assert seeded.result(30).json() == {"contacts": 9}
    assert count(waiting[0]) == 9
    assert waiting[1].result(30).json()["contacts"] == 9
    assert {one["portalId"]: one["contacts"] for one in waiting[2].result(30).json()["portals"]}[77] == 9


def test_a_portal_is_created_while_the_others_are_answered(
    server: Server, gate: Gate, threads: ThreadPoolExecutor
) -> None:
    """Until it is complete it does not exist, but its number and its token are taken."""
    wanted = {"portalId": 900_000, "token": "pat-large", "contacts": 9}
    created = threads.submit(ask, server, "POST", "/_fake/portals", wanted)
    assert gate.reached.wait(30)

    unknown = ask(server, "GET", LIST, token="pat-large")
    same_number = ask(server, "POST", "/_fake/portals", {"portalId": 900_000, "token": "pat-else"})
    same_token = ask(server, "POST", "/_fake/portals", {"portalId": 80, "token": "pat-large"})
    next_one = ask(server, "POST", "/_fake/portals", {})

    assert unknown.status_code == 401
    assert (same_number.status_code, same_token.status_code) == (400, 400)
    assert next_one.json()["portalId"] == 900_001
    gate.open()
    assert created.result(30).json()["contacts"] == 9
    assert len(ask(server, "GET", LIST, token="pat-large").json()["results"]) == 9


def test_a_reset_waits_for_a_seed_of_its_portal(server: Server, gate: Gate, threads: ThreadPoolExecutor) -> None:
    """One after the other."""
    seeded = threads.submit(ask, server, "POST", "/_fake/seed?portal=77", {"contacts": 9})
    assert gate.reached.wait(30)
    reset = threads.submit(ask, server, "POST", "/_fake/reset?portal=77")

    assert ask(server, "GET", LIST).status_code == 200
    gate.open()

    assert (seeded.result(30).json(), reset.result(30).json()) == ({"contacts": 9}, {"contacts": 2})


def test_an_error_of_long_work_is_answered_like_any_other(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal is free afterwards."""
    monkeypatch.setattr(state, "BULK_FROM", 1)

    refused = ask(server, "POST", "/_fake/seed?portal=77", {"contacts": 9, "objectType": "unicorns"})
    reset = ask(server, "POST", "/_fake/reset?portal=77")

    assert (refused.status_code, "unicorns" in refused.text) == (400, True)
    assert reset.json() == {"contacts": 2}
