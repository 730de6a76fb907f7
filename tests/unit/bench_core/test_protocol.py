"""The bounds of a request count what they are for: a large body is no head."""

import socket
from typing import Any
from urllib.parse import urlsplit

from bench_core.listener import BackgroundServer
from bench_core.protocol import MAX_HEAD_BYTES


async def count_body(_scope: Any, receive: Any, send: Any) -> None:
    """Respond with the size of the body."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    body = b"%d" % size
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


def test_a_large_last_piece_of_a_body_is_not_taken_for_a_head() -> None:
    """The head is in one piece, the body in as few as the machine makes of it; so several times on a connection."""
    size = MAX_HEAD_BYTES + 50_000
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n" % size
    with BackgroundServer(count_body) as server:
        address = urlsplit(server.url)
        with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=5) as client:
            for _ in range(10):
                client.sendall(head)
                assert client.recv(1000).startswith(b"HTTP/1.1 100 ")
                client.sendall(b"x" * size)
                response = b""
                while not response.endswith(b"\r\n\r\n%d" % size):
                    piece = client.recv(1000)
                    assert piece, "the server closed the connection"
                    response += piece
