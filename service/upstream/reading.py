"""Reading an answer with an eye on who waits for it: a body that stalls or drips must not hold a pull nobody wants."""

import io
import math
import socket
import time
from collections.abc import Callable
from http.client import HTTPResponse
from typing import TYPE_CHECKING

from service.caller import Caller

if TYPE_CHECKING:
    from typing_extensions import Buffer  # in the standard library from 3.12

__all__ = ["attentive_response"]

_SLICE_S = 0.25


class _AttentiveReader(io.RawIOBase):
    """What a socket receives. What is there is handed on as it comes; only waiting is cut into slices.

    Its file is kept for closing alone, which is what lets the socket go. It cannot be read from, as the standard
    library's refuses to go on after a time-out.
    """

    def __init__(
        self, sock: socket.socket, file: io.RawIOBase, caller: Caller, *, timeout_s: float, clock: Callable[[], float]
    ) -> None:
        self._socket = sock
        self._file = file
        self._caller = caller
        self._clock = clock
        self._slices = max(1, math.ceil(timeout_s / _SLICE_S))
        self._look_up_at_s = clock() + _SLICE_S
        sock.settimeout(timeout_s / self._slices)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: "Buffer") -> int:
        """Take what came.

        Raises:
            TimeoutError: Nothing came in time.
            PullAbandoned: Nobody waits for it any more.
        """
        if self._clock() >= self._look_up_at_s:
            self._look_up()
        for _ in range(self._slices - 1):
            try:
                return self._socket.recv_into(buffer)
            except TimeoutError:
                self._look_up()
        return self._socket.recv_into(buffer)

    def close(self) -> None:
        """Let go of the socket."""
        self._file.close()
        super().close()

    def _look_up(self) -> None:
        self._caller.wait(0)
        self._look_up_at_s = self._clock() + _SLICE_S


def attentive_response(
    sock: socket.socket,
    *,
    method: str | None = None,
    caller: Caller,
    timeout_s: float,
    clock: Callable[[], float] = time.monotonic,
) -> HTTPResponse:
    """A response to be read from a socket for as long as the caller waits. Stands in for a `response_class`.

    Args:
        sock: Plain or TLS. Its time-out is changed.
        method: Of the request.
        caller: Asked, four times a second, whether to go on.
        timeout_s: The longest time without a byte.
        clock: Monotonic.
    """
    response = HTTPResponse(sock, method=method)
    file = response.fp.detach()
    response.fp = io.BufferedReader(_AttentiveReader(sock, file, caller, timeout_s=timeout_s, clock=clock))
    return response
