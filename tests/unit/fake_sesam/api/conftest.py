"""A served node, and a client that knows where it is."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from fake_sesam import Node
from fake_sesam.server import NodeServer


class Client:
    """Talks to a node's API."""

    def __init__(self, url: str, *, token: str = "") -> None:
        self.url = f"{url}/api"
        self.session = requests.Session()
        self.session.trust_env = False  # reading the environment for each request takes as long as sending it
        if token:
            self.session.headers["Authorization"] = f"bearer {token}"

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request."""
        return self.session.request(method, self.url + path, timeout=10, **options)

    def get(self, path: str, **options: Any) -> Any:
        """Return the JSON of a GET that must succeed."""
        response = self.request("GET", path, **options)
        assert response.status_code == 200, response.text
        return response.json()

    def operate(self, pipe_id: str, operation: str, **fields: str) -> requests.Response:
        """Do an operation to a pump."""
        return self.request("POST", f"/pipes/{pipe_id}/pump", data={"operation": operation, **fields})


@pytest.fixture
def client(node: Node) -> Iterator[Client]:
    """A client of the served node."""
    with NodeServer(node) as server:
        client = Client(server.url)
        yield client
        client.session.close()
