"""The faults of a portal as the application asks for them, without a server around it."""

import asyncio
from typing import Any

import pytest

from fake_hubspot.app import App
from fake_hubspot.context import Tenant
from fake_hubspot.errors import FakeHubSpotError
from fake_hubspot.faults import FaultRule, FaultSet, Selector, fault_set, faults_of
from fake_hubspot.faults.fault_set import UnknownArmedFaultError
from fake_hubspot.portal.portal import Portal
from fake_hubspot.server import build_app
from fake_hubspot.settings import Settings
from tests.unit.fake_hubspot.faults.test_rule import context


def ask(app: App) -> list[dict[str, Any]]:
    """One request to the application, as a server without a wire would bring it."""
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


def test_a_delay_works_under_any_server() -> None:
    """It needs no wire."""
    app = build_app(Settings())
    faults_of(app.portals.default).arm(FaultRule("latency", {"delay_ms": 1}))

    sent = ask(app)

    assert [message.get("status") for message in sent] == [200, None]


def test_a_fault_on_the_wire_says_that_it_needs_the_server_of_this_package() -> None:
    """Rather than not to strike."""
    app = build_app(Settings())
    faults_of(app.portals.default).arm(FaultRule("stall"))

    with pytest.raises(FakeHubSpotError, match=r"needs fake_hubspot\.server"):
        ask(app)


def test_counts_by_page_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest page is forgotten, and would be struck anew."""
    monkeypatch.setattr(fault_set, "PAGES_COUNTED", 2)
    faults = FaultSet()
    faults.arm(FaultRule("server-error", where=Selector(per="page")))

    struck = [faults.match(context(page)) is not None for page in (1, 2, 3, 3, 1)]

    assert struck == [True, True, True, False, True]


def test_a_portal_gets_a_set_of_faults_when_it_is_asked_for() -> None:
    """And keeps it."""
    tenant = Tenant(Portal())

    faults_of(tenant).arm(FaultRule("latency"))

    assert [armed.fault.name for armed in faults_of(tenant)] == ["latency"]


def test_an_unknown_id_is_told_with_the_known_ones() -> None:
    """None are set here."""
    with pytest.raises(UnknownArmedFaultError, match="no fault '1' is set here; set are: none"):
        FaultSet().disarm("1")
