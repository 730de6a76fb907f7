"""Servers for the tests that compare the fake with HubSpot."""

import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from hubspot import HubSpot  # type: ignore[import-untyped]

from fake_hubspot import Server, Settings


@dataclass(frozen=True)
class Portal:
    """One portal of the shared server, with HubSpot's official client for it."""

    url: str
    portal_id: int
    token: str

    def client(self, **options: Any) -> Any:
        """Return HubSpot's official client; only the host differs from production."""
        return HubSpot(access_token=self.token, host=self.url, **options)

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Call the control API for this portal."""
        url = f"{self.url}/_fake/{path}?portal={self.portal_id}"
        response = requests.request(method, url, json=body, timeout=20)
        assert response.ok, response.text
        return response.json() if response.content else None


MakePortal = Callable[..., Portal]


@pytest.fixture(autouse=True)
def _level_of_urllib3() -> Iterator[None]:
    """HubSpot's official client sets the level of urllib3's logger for the whole process."""
    logger = logging.getLogger("urllib3")
    level = logger.level
    yield
    logger.setLevel(level)


@pytest.fixture(scope="session")
def server(recordings: Path) -> Iterator[Server]:
    """One server for the session; every test makes its own portals."""
    with Server(Settings(seed_folders=(recordings,))) as running:
        yield running


@pytest.fixture
def make_portal(server: Server) -> Iterator[MakePortal]:
    """Make portals that are removed after the test."""
    made: list[Portal] = []

    def make(**plan: Any) -> Portal:
        token = f"pat-na1-{uuid.uuid4()}"
        response = requests.post(f"{server.url}/_fake/portals", json={"token": token, **plan}, timeout=20)
        assert response.status_code == 201, response.text
        portal = Portal(server.url, response.json()["portalId"], token)
        made.append(portal)
        return portal

    yield make
    for portal in made:
        requests.delete(f"{server.url}/_fake/portals/{portal.portal_id}", timeout=20)
