"""Serves a node with uvicorn: in the foreground, or in a thread for tests and demos."""

import asyncio
import socket
import threading
from collections.abc import Callable

import uvicorn

from fake_sesam.app import create_app
from fake_sesam.node import Node

__all__ = ["Server", "serve_forever"]


def serve_forever(node: Node, *, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve until a signal ends it; `announce` is given the address once the port is taken."""
    listener = _listen(host, port)
    address = f"http://{host}:{listener.getsockname()[1]}"
    announce(f"Sesam node API at {address}/api (try: curl {address}/api/pipes)")
    _server(node).run(sockets=[listener])


class Server:
    """A node's API in a thread on a free port; a context manager. The node is not closed by it."""

    def __init__(self, node: Node, *, port: int = 0) -> None:
        self._listener = _listen("127.0.0.1", port)
        self._server = _server(node)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "Server":
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._listener.close()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listener]))


def _server(node: Node) -> uvicorn.Server:
    config = uvicorn.Config(
        create_app(node), log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=2
    )
    return uvicorn.Server(config)


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.create_server((host, port), backlog=128)
    listener.setblocking(False)
    return listener
