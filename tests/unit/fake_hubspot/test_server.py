"""A server in a thread."""

import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from fake_hubspot.server import Server
from fake_hubspot.settings import Settings


def test_two_servers_live_in_one_process() -> None:
    """Each with its own port and portal."""
    with Server(Settings(contacts=1)) as one, Server(Settings(contacts=3)) as other:
        counts = [
            len(
                requests.get(
                    f"{server.url}/crm/v3/objects/contacts",
                    headers={"Authorization": f"Bearer {server.token}"},
                    timeout=9,
                ).json()["results"]
            )
            for server in (one, other)
        ]

    assert counts == [1, 3]


def test_a_server_leaves_nothing_behind() -> None:
    """Neither a thread nor an open port."""
    before = set(threading.enumerate())
    with Server() as server:
        address = urlsplit(server.url)

    assert set(threading.enumerate()) <= before
    assert address.hostname is not None
    with pytest.raises(ConnectionRefusedError), socket.create_connection((address.hostname, address.port or 0), 1):
        pass


def test_a_taken_port_is_an_error_at_start() -> None:
    """Rather than a server that cannot be reached."""
    with Server() as first, pytest.raises(OSError, match="in use"):
        Server(Settings(port=urlsplit(first.url).port or 0)).__enter__()


def test_work_in_the_loop_has_its_result_and_its_error() -> None:
    """It runs between two requests, in the server's thread."""
    with Server() as server:
        name = server.in_loop(lambda: threading.current_thread().name)
        count = server.in_loop(lambda: server.portal.store.count("0-1"))
        with pytest.raises(ZeroDivisionError):
            server.in_loop(lambda: 1 // 0)

    assert (name, count) == ("fake-hubspot", 2)


def test_a_server_that_cannot_listen_closes_its_portals(tmp_path: Path) -> None:
    with Server() as first:
        second = Server(Settings(port=urlsplit(first.url).port or 0, db=tmp_path / "portal.sqlite3"))
        with pytest.raises(OSError, match="in use"):
            second.__enter__()

    with Server(Settings(db=tmp_path / "portal.sqlite3")) as third:
        assert requests.get(f"{third.url}/health", timeout=9).ok
