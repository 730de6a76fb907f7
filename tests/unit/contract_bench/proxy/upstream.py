"""An upstream for tests that sends exact bytes and can break off at any of them."""

import contextlib
import gzip
import json
import socket
import struct
import threading
from io import BufferedReader
from typing import Self

RESET = struct.pack("ii", 1, 0)
CSV = b"id,name\n" + b"".join(b"%d,Person %d\n" % (number, number) for number in range(60_000))


def response(body: bytes, *headers: str, status: str = "200 OK", length: bool = True) -> bytes:
    """Return the bytes of a response."""
    fields = [*headers, *([f"Content-Length: {len(body)}"] if length else [])]
    return "".join(f"{line}\r\n" for line in [f"HTTP/1.1 {status}", *fields, ""]).encode() + body


def chunked(*pieces: bytes) -> bytes:
    """Return pieces in chunks."""
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


class Upstream:
    """Serves in threads.

    Attributes:
        requests: The heads and bodies that were received.
        connections: How many connections were made.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.origin = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[bytes] = []
        self.connections = 0
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_exception: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(client)
            thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client, client.makefile("rb") as stream:
            while head := self._read(stream):
                self.requests.append(head)
                target = head.split(b" ", 2)[1].decode()
                if not self._answer(client, target):
                    break
        self._open.discard(client)

    @staticmethod
    def _read(stream: BufferedReader) -> bytes:
        head, length = b"", 0
        while line := stream.readline():
            head += line
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
            if line == b"\r\n":
                return head + stream.read(length)
        return b""

    def _answer(self, client: socket.socket, target: str) -> bool:
        """Answer a request; return whether the connection stays open."""
        page = json.dumps({"items": [1, 2], "next": f"{self.origin}/page?after=2", "name": "Pål"}).encode()
        compressed = gzip.compress(page)
        link = f'Link: <{self.origin}/page?after=2>; rel="next"'
        match target.partition("?")[0].rpartition("/")[2]:
            case "page":
                client.sendall(response(page, "Content-Type: application/json", link, "X-Odd-CASE: kept"))
            case "gzipped":
                client.sendall(response(compressed, "Content-Type: application/json", "Content-Encoding: gzip"))
            case "csv":
                client.sendall(response(CSV, "Content-Type: text/csv"))
            case "chunks":
                client.sendall(response(b"", "Transfer-Encoding: chunked", length=False) + chunked(b"one", b"two" * 99))
            case "until-close":
                client.sendall(response(b"all of it", "Content-Type: text/plain", length=False))
                return False
            case "cut":
                client.sendall(response(b"x" * 100, "Content-Type: text/plain")[:-50])
                return False
            case "cut-json":
                client.sendall(response(page, "Content-Type: application/json")[:-5])
                return False
            case "reset":
                client.sendall(response(b"x" * 100, "Content-Type: text/plain")[:-50])
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                return False
            case "nothing":
                client.sendall(response(b"", status="204 No Content", length=False))
            case "early":
                client.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + response(b"late"))
            case "no-answer":
                return False
            case "nonsense":
                client.sendall(b"this is not HTTP\r\n\r\n")
                return False
            case "silent":
                return bool(client.recv(1))
            case "once":
                client.sendall(response(b"bye"))
                return False
            case _:
                client.sendall(response(b"hello", "Content-Type: text/plain"))
        return True
