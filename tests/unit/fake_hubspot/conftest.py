"""A server and a client for the tests of the fake."""

from collections.abc import Callable, Iterator

import pytest
import requests

from fake_hubspot.server import Server
from fake_hubspot.settings import Settings
from tests.unit.fake_hubspot.inprocess import empty, fake

__all__ = ["empty", "fake"]


class Client:
    """Sends requests to one server with its token."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {server.token}"

    def request(self, method: str, path: str, **options: object) -> requests.Response:
        """One request; `path` may be a whole URL."""
        url = path if path.startswith("http") else self.server.url + path
        return self.session.request(method, url, timeout=20, **options)  # type: ignore[arg-type]

    def get(self, path: str, **options: object) -> requests.Response:
        """GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, json: object) -> requests.Response:
        """POST a JSON body."""
        return self.request("POST", path, json=json)

    def close(self) -> None:
        """Close the connection."""
        self.session.close()


Start = Callable[[Settings], Client]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts servers that end with the test."""
    running: list[Client] = []

    def start_server(settings: Settings) -> Client:
        client = Client(Server(settings).__enter__())
        running.append(client)
        return client

    yield start_server
    for client in running:
        client.close()
        client.server.__exit__(None, None, None)


@pytest.fixture(scope="module")
def samples() -> Iterator[Client]:
    """A server with the two sample contacts; for tests that change nothing."""
    with Server() as server:
        client = Client(server)
        yield client
        client.close()


@pytest.fixture(scope="module")
def many() -> Iterator[Client]:
    """A server with 250 contacts; for tests that change nothing."""
    with Server(Settings(contacts=250)) as server:
        client = Client(server)
        yield client
        client.close()
