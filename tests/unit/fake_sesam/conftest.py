"""A scripted connector and a node's directory, for every test of the fake node."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from fake_sesam.node import Node
from fake_sesam.options import NodeOptions

Reply = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers as the connector's script says."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are sent one after the other
    server: "_Server"

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the request."""
        return dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))

    def do_GET(self) -> None:
        """Note the request and answer."""
        self.server.paths.append(self.path)
        self.server.received.append(dict(self.headers))
        self.server.reply(self)

    def do_DELETE(self) -> None:
        """Respond with the status that the test has set."""
        self.send(b"", status=self.server.delete_status)

    def send(self, body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """Send a whole response."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    reply: Reply
    delete_status = 405
    paths: list[str]
    received: list[dict[str, str]]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are part of the tests."""


class Connector:
    """A small web server; `reply` may be changed between requests."""

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.paths, self._server.received = [], []
        self.gives([])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.002}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def paths(self) -> list[str]:
        """The request targets so far."""
        return self._server.paths

    @property
    def received(self) -> list[dict[str, str]]:
        """The request headers so far."""
        return self._server.received

    def replies(self, reply: Reply) -> None:
        """Answer every request with `reply`."""
        self._server.reply = reply

    def gives(self, entities: list[Any]) -> None:
        """Answer with a complete array."""
        self.sends(json.dumps(entities).encode())

    def use_tls(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def takes_delete(self, status: int) -> None:
        """Answer DELETE with this status."""
        self._server.delete_status = status

    def sends(self, body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """Answer with a body."""
        self.replies(lambda handler: handler.send(body, status=status, headers=headers))

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def connector() -> Iterator[Connector]:
    """A connector that gives an empty array until it is told otherwise."""
    connector = Connector()
    yield connector
    connector.close()


PIPE: dict[str, Any] = {
    "_id": "things-collect",
    "type": "pipe",
    "source": {"type": "json", "system": "things", "url": "get_things"},
    "transform": {"type": "dtl", "rules": {"default": [["copy", "*"], ["add", "_id", "_S.id"]]}},
}
SYSTEM: dict[str, Any] = {"_id": "things", "type": "system:url", "url_pattern": "$ENV(things-url)"}


class NodeDir:
    """A node's directory that tests fill."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.add(SYSTEM)
        self.add(PIPE)
        (path / "test-env.json").write_text('{"things-url": "http://127.0.0.1:1"}', "utf-8-sig")

    def add(self, config: dict[str, Any]) -> None:
        """Write one configuration file."""
        folder = self.path / ("systems" if str(config["type"]).startswith("system:") else "pipes")
        folder.mkdir(exist_ok=True)
        (folder / f"{config['_id']}.conf.json").write_text(json.dumps(config), "utf-8")

    def pipe(self, *, source: dict[str, Any] | None = None, **changes: Any) -> None:
        """Write the pipe with changes."""
        self.add({**PIPE, **changes, "source": {**PIPE["source"], **(source or {})}})

    def system(self, **changes: Any) -> None:
        """Write the system with changes."""
        self.add({**SYSTEM, **changes})

    def open(self, url: str, **options: Any) -> Node:
        """Open a node on this directory; its system is at `url`."""
        return Node(self.path, NodeOptions(environment={"things-url": url}, environ={}, **options))


@pytest.fixture
def node_dir(tmp_path: Path) -> NodeDir:
    """A directory with one system and one pipe."""
    return NodeDir(tmp_path)


@pytest.fixture
def node(node_dir: NodeDir, connector: Connector) -> Iterator[Node]:
    """A node on that directory whose system is the connector."""
    with node_dir.open(connector.url) as node:
        yield node
