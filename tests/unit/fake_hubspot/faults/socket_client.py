"""A client that shows what really arrived: every byte, and whether FIN or RST ended the connection."""

import gzip
import json
import socket
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal
from urllib.parse import urlsplit

SILENCE_S = 0.3
PATIENCE_S = 10.0
Ending = Literal["FIN", "RST", "open"]


@dataclass(frozen=True)
class Seen:
    """What arrived: the bytes, the times of their arrival, and how the connection ended, if it did."""

    content: bytes
    ending: Ending
    arrivals: list[float] = field(default_factory=list, compare=False)

    @property
    def status_line(self) -> bytes:
        """The first line."""
        return self.content.partition(b"\r\n")[0]

    @property
    def status(self) -> int:
        """The status, 0 if there is none."""
        parts = self.status_line.split()
        return int(parts[1]) if len(parts) > 1 and parts[0] == b"HTTP/1.1" else 0

    @property
    def headers(self) -> dict[bytes, bytes]:
        """The headers."""
        lines = self.content.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
        return {name.lower(): value for name, value in (line.split(b": ", 1) for line in lines)}

    @property
    def body(self) -> bytes:
        """The body as it arrived."""
        return self.content.partition(b"\r\n\r\n")[2]

    @property
    def declared(self) -> int:
        """The Content-Length."""
        return int(self.headers[b"content-length"])

    @property
    def is_gzip(self) -> bool:
        """Whether the body is labelled gzip."""
        return self.headers.get(b"content-encoding") == b"gzip"

    @property
    def plain(self) -> bytes:
        """The body after decompression."""
        return gzip.decompress(self.body) if self.is_gzip else self.body

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.plain)


class SocketClient:
    """One connection."""

    def __init__(self, url: str, *, token: str, encoding: str = "identity") -> None:
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE_S)
        self._host = parts.netloc
        self._token = token
        self._encoding = encoding

    def __enter__(self) -> "SocketClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def send(self, path: str, *, method: str = "GET", body: bytes = b"", keep: bool = False) -> None:
        """Send a request. Without `keep` the client asks the server to close the connection after the response."""
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self._host}",
            f"Authorization: Bearer {self._token}",
            f"Accept-Encoding: {self._encoding}",
        ]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        if not keep:
            lines.append("Connection: close")
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)

    def receive(self, *, silence_s: float = PATIENCE_S, at_least: int = 0) -> Seen:
        """Read until the connection ends, or until it is silent for a while after `at_least` bytes."""
        content = b""
        arrivals: list[float] = []
        while True:
            self.socket.settimeout(silence_s if len(content) >= at_least else PATIENCE_S)
            try:
                piece = self.socket.recv(1_000_000)
            except ConnectionResetError:
                return Seen(content, "RST", arrivals)
            except TimeoutError:
                return Seen(content, "open", arrivals)
            if not piece:
                return Seen(content, "FIN", arrivals)
            content += piece
            arrivals.append(time.monotonic())

    def receive_answer(self) -> Seen:
        """Read one complete response with a Content-Length; the connection stays open."""
        content = b""
        self.socket.settimeout(PATIENCE_S)
        while b"\r\n\r\n" not in content:
            content += self.socket.recv(1)
        seen = Seen(content, "open")
        while len(seen.body) < seen.declared:
            seen = Seen(seen.content + self.socket.recv(seen.declared - len(seen.body)), "open")
        return seen
