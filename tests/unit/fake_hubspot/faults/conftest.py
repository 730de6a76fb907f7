"""A portal whose list has five pages, with responses that can be compared byte for byte, and faults on it."""

import logging
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from bench_core.journal import JournalEntry
from fake_hubspot.faults import ArmedFault, FaultRule, FaultSet, faults_of
from fake_hubspot.portal.portal import Portal
from fake_hubspot.server import Server
from fake_hubspot.settings import Settings
from tests.support.waiting import wait_until
from tests.unit.fake_hubspot.faults.socket_client import SILENCE_S, Seen, SocketClient

ROWS = 10
PAGES = 5
NOW_MS = 1_790_000_000_000


class Bench:
    """One server. `fresh` restores its first state, so that the same requests get the same bytes."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.paths = self._walk()

    @property
    def portal(self) -> Portal:
        """The default portal."""
        return self.server.portal

    @property
    def faults(self) -> FaultSet:
        """The faults that are set."""
        return faults_of(self.server.app.portals.default)

    @property
    def last_entry(self) -> JournalEntry:
        """The newest entry of the journal."""
        return list(self.portal.journal)[-1]

    def _walk(self) -> list[str]:
        path = f"/crm/v3/objects/contacts?limit={ROWS}"
        paths = [path]
        while following := self.ask(paths[-1]).json.get("paging"):
            paths.append(f"{path}&after={following['next']['after']}")
        return paths

    def fresh(self) -> None:
        """Remove the faults and restore the first state."""
        self.faults.clear()
        self.portal.random.seed(1)
        self.portal.limits.reset()
        self.portal.clock.freeze(NOW_MS)
        # A fault of the test before may have handed out other cursors.
        self.portal.walks.clear()
        self._walk()

    def arm(self, fault: str, *, page: int | None = None, times: int | str = "once", **params: Any) -> ArmedFault:
        """Set a fault on a page of the list, once."""
        rule = {"fault": fault, "params": params, "times": times, "where": {"page": page} if page else {}}
        return self.arm_rule(rule)

    def arm_rule(self, rule: dict[str, Any]) -> ArmedFault:
        """Set a fault from the JSON of a rule, as the control API does."""
        return self.faults.arm(msgspec.convert(rule, FaultRule))

    def ask(self, path: str, *, encoding: str = "identity", method: str = "GET") -> Seen:
        """Send one request on its own connection."""
        with SocketClient(self.server.url, token=self.server.token, encoding=encoding) as client:
            client.send(path, method=method)
            return client.receive()

    def page(self, number: int, *, encoding: str = "identity") -> Seen:
        """Request a page of the list, counted from 1."""
        return self.ask(self.paths[number - 1], encoding=encoding)

    def endless_page(self, number: int, *, encoding: str, at_least: int = 0) -> Seen:
        """Request a page that never ends. Returns what arrived before the connection went silent."""
        before = self.portal.journal.count
        with SocketClient(self.server.url, token=self.server.token, encoding=encoding) as client:
            client.send(self.paths[number - 1])
            wait_until(lambda: self.portal.journal.count > before, "the request in the journal", interval_s=0.001)
            return client.receive(silence_s=SILENCE_S, at_least=at_least)


@pytest.fixture(scope="module")
def shared_bench() -> Iterator[Bench]:
    """One server for a module."""
    with Server(Settings(contacts=ROWS * PAGES)) as server:
        yield Bench(server)


@pytest.fixture
def bench(shared_bench: Bench) -> Bench:
    """The module's server in its first state."""
    shared_bench.fresh()
    return shared_bench


@pytest.fixture(autouse=True)
def _quiet_server(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The server logs no warning: no fault leaves a half-written response or a task behind."""
    yield
    complaints = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert complaints == []
