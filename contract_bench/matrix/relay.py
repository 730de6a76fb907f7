"""A recording relay between the node and the connector: passes bytes on as they arrive and keeps the responses.

It works on TCP and does not parse HTTP, so the node sees exactly what the connector sent: a closed connection (FIN)
stays closed, a reset one (RST) stays reset, and nothing is added or removed.
"""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Self
from urllib.parse import urlsplit

from contract_bench.errors import BenchError

__all__ = ["Relay", "Tapped"]

CHUNK_BYTES = 65536
KEPT_BYTES = 32 * 1024 * 1024
CONNECT_TIMEOUT_S = 10.0
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Tapped:
    """The recorded bytes of one connection in both directions, up to a limit."""

    def __init__(self, on_first_byte: Callable[[], None]) -> None:
        self.request = bytearray()
        self.response = bytearray()
        self.was_reset = False
        self.is_over = threading.Event()
        self._on_first_byte = on_first_byte

    def keep_response(self, piece: bytes) -> None:
        """Record a piece of the response."""
        if not self.response:
            self._on_first_byte()
        if len(self.response) < KEPT_BYTES:
            self.response += piece


class Relay:
    """Listens on a free port and passes every connection on to `target()`, the connector's current address."""

    def __init__(self, target: Callable[[], str]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._thread = threading.Thread(target=self._accept, name="relay", daemon=True)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.tapped: list[Tapped] = []
        self.on_first_byte: Callable[[], None] = lambda: None
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        self._thread.join(5)

    def forget(self) -> None:
        """Start a new recording."""
        self.tapped = []

    def cut(self) -> None:
        """Shut down every open connection."""
        with self._lock:
            for each in self._open:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def settle(self, timeout_s: float = 2.0) -> None:
        """Wait until the recorded connections have ended, so that the recording is complete."""
        deadline = time.monotonic() + timeout_s
        for tapped in list(self.tapped):
            tapped.is_over.wait(max(deadline - time.monotonic(), 0))

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            tapped = Tapped(self.on_first_byte)
            self.tapped.append(tapped)
            threading.Thread(target=self._serve, args=(caller, tapped), name="relay-call", daemon=True).start()

    def _serve(self, caller: socket.socket, tapped: Tapped) -> None:
        try:
            parts = urlsplit(self._target())
            address = (parts.hostname or "127.0.0.1", parts.port or 80)
            connector = socket.create_connection(address, timeout=CONNECT_TIMEOUT_S)
        except (OSError, BenchError):
            caller.close()
            tapped.is_over.set()
            return
        connector.settimeout(None)
        with self._lock:
            self._open |= {caller, connector}
        up = threading.Thread(target=_pump, args=(caller, connector, tapped.request.extend), daemon=True)
        up.start()
        tapped.was_reset = _pump(connector, caller, tapped.keep_response)
        self._end(caller, connector, tapped, up)

    def _end(self, caller: socket.socket, connector: socket.socket, tapped: Tapped, up: threading.Thread) -> None:
        if tapped.was_reset:
            with contextlib.suppress(OSError):
                caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        for each in (connector, caller):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RD)
        up.join(5)
        with self._lock:
            self._open -= {caller, connector}
        caller.close()
        connector.close()
        tapped.is_over.set()


def _pump(source: socket.socket, sink: socket.socket, keep: Callable[[bytes], None]) -> bool:
    """Pass bytes on until the source ends; return whether it was reset."""
    try:
        while piece := source.recv(CHUNK_BYTES):
            keep(piece)
            sink.sendall(piece)
    except OSError:
        return True
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
    return False
