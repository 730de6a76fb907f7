"""The faults of a portal as the application uses them, without a server."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from bench_core.errors import CoreError
from bench_core.faults import fault_set
from bench_core.faults.fault_set import UnknownArmedFaultError
from fake_hubspot.app import App
from fake_hubspot.faults import FaultRule, FaultSet, Selector, faults_of
from fake_hubspot.server import build_app
from fake_hubspot.settings import Settings
from tests.unit.fake_hubspot.faults.test_rule import context


@pytest.fixture
def app() -> Iterator[App]:
    """The application of a fake with one portal, which is closed after the test."""
    app = build_app(Settings())
    yield app
    app.portals.close()


def ask(app: App) -> list[dict[str, Any]]:
    """Send one request to the application, as a server without a wire would."""
    sent: list[dict[str, Any]] = []
    token = app.portals.default.token
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/crm/v3/objects/contacts",
        "scheme": "http",
        "headers": [(b"authorization", f"Bearer {token}".encode())],
    }

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    asyncio.run(app(scope, receive, send))
    return sent


def test_a_delay_works_under_any_server(app: App) -> None:
    """A delay needs no wire."""
    faults_of(app.portals.default).arm(FaultRule("latency", {"delay_ms": 1}))

    sent = ask(app)

    assert [message.get("status") for message in sent] == [200, None]


def test_a_wire_fault_under_another_server_is_an_error(app: App) -> None:
    """Without an error the fault would not fire and nobody would notice."""
    faults_of(app.portals.default).arm(FaultRule("stall"))

    with pytest.raises(CoreError, match="needs its own server"):
        ask(app)


def test_the_number_of_counted_pages_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The count of the oldest page is dropped, so the fault can fire there again."""
    monkeypatch.setattr(fault_set, "PAGES_COUNTED", 2)
    faults = FaultSet()
    faults.arm(FaultRule("server-error", where=Selector(per="page")))

    fired = [faults.match(context(page)) is not None for page in (1, 2, 3, 3, 1)]

    assert fired == [True, True, True, False, True]


def test_a_portal_gets_its_fault_set_on_first_use(app: App) -> None:
    """The portal keeps it."""
    tenant = app.portals.default

    faults_of(tenant).arm(FaultRule("latency"))

    assert [armed.fault.name for armed in faults_of(tenant)] == ["latency"]


def test_the_error_for_an_unknown_id_lists_the_known_ones() -> None:
    """The message says that none are set."""
    with pytest.raises(UnknownArmedFaultError, match="no fault '1' is set here; set are: none"):
        FaultSet().disarm("1")
