"""Serves a node with uvicorn: in the foreground, or in a thread for tests and demos."""

import asyncio
import socket
import threading
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from fake_sesam.api.tokens import Tokens
from fake_sesam.app import create_app
from fake_sesam.node import Node
from fake_sesam.scheduler import Scheduler

__all__ = ["NodeServer", "serve_forever"]

_BACKLOG = 128


def serve_forever(
    node: Node, *, host: str, port: int, announce: Callable[[str], None], requires_token: bool = False
) -> None:
    """Serve and follow the pipes' schedules until a signal ends it.

    Arguments:
        node: The node.
        host: Where to listen.
        port: 0 takes a free one.
        announce: Given the address once the port is taken, and the token where one is needed.
        requires_token: Whether requests to the API need a token.
    """
    tokens = Tokens()
    listener = _listen(host, port)
    address = f"http://{host}:{listener.getsockname()[1]}"
    announce(f"Sesam node API at {address}/api (try: curl {address}/api/pipes)")
    if requires_token:
        announce(f"Token: {tokens.mint()}")
    with Scheduler(node):
        _server(create_app(node, tokens=tokens, requires_token=requires_token)).run(sockets=[listener])


class NodeServer:
    """A node's API in a thread on a free port; a context manager. The node is not closed by it."""

    def __init__(self, node: Node, *, port: int = 0, tokens: Tokens | None = None) -> None:
        """Prepare to serve `node`; with `tokens` every request to the API needs one that they minted."""
        self._listener = _listen("127.0.0.1", port)
        self._server = _server(create_app(node, tokens=tokens, requires_token=tokens is not None))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "NodeServer":
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._listener.close()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listener]))


def _server(app: Starlette) -> uvicorn.Server:
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=2)
    return uvicorn.Server(config)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches off Nagle only on sockets that name their protocol; with it on each answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    listener.setblocking(False)
    return listener
