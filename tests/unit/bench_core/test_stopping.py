"""A server in a thread stops at once."""

import pytest
import requests
import uvicorn

from bench_core import listener
from fake_hubspot import Server


def test_a_server_stops_without_waiting_for_its_next_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is woken. With one poll an hour, this test would time out otherwise."""
    monkeypatch.setattr(listener, "POLL_S", 3600)

    with Server() as server:
        assert requests.get(f"{server.url}/health", timeout=9).ok


def test_a_server_stops_without_waiting_for_idle_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """All clients keep their connections. uvicorn's own shutdown sleeps, so it must not be reached."""
    slept = []
    monkeypatch.setattr(uvicorn.Server, "shutdown", lambda *_arguments: slept.append("shutdown"))
    with requests.Session() as session:
        with Server() as server:
            session.get(f"{server.url}/health", timeout=9)

        with pytest.raises(requests.ConnectionError):
            session.get(f"{server.url}/health", timeout=9)

    assert slept == []
