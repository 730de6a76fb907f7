"""How a server in a thread ends."""

import pytest
import requests
import uvicorn

from fake_hubspot import stopping
from fake_hubspot.server import Server


def test_a_server_does_not_wait_for_its_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is woken; a look that comes once an hour would let this test run into its time-out."""
    monkeypatch.setattr(stopping, "LOOK_S", 3600)

    with Server() as server:
        assert requests.get(f"{server.url}/health", timeout=9).ok


def test_an_idle_connection_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that keeps its connection, as all do, holds nobody up: uvicorn's shutdown, which sleeps, is spared."""
    slept = []
    monkeypatch.setattr(uvicorn.Server, "shutdown", lambda *_arguments: slept.append("shutdown"))
    with requests.Session() as session:
        with Server() as server:
            session.get(f"{server.url}/health", timeout=9)

        with pytest.raises(requests.ConnectionError):
            session.get(f"{server.url}/health", timeout=9)

    assert slept == []
