"""The health check of the images, in this process; `tests/contract` runs it as the images do."""

import socket
from typing import Any

from bench_core.health_check import main
from bench_core.listener import BackgroundServer


async def app(scope: Any, _receive: Any, send: Any) -> None:
    """A server that is healthy below one path only."""
    status = 200 if scope["path"] in ("/health", "/alive") else 503
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def test_only_a_server_that_answers_with_200_is_healthy() -> None:
    """Not one with another status, one that speaks no HTTP, or none at all."""
    with BackgroundServer(app) as server:
        port = server.url.rpartition(":")[2]
        healthy = [main([port]), main([port, "/alive"])]
        ill = main([port, "/other"])
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = str(free.getsockname()[1])

    assert healthy == [0, 0]
    assert ill == 1
    assert main([nobody]) == 1
