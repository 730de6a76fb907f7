"""Waits until a microservice answers HTTP.

Assumed: any HTTP response to `GET /health` counts, even a 404; Sesam documents no readiness check.
"""

import http.client
import time
from collections.abc import Callable

__all__ = ["answers", "wait_until"]


def answers(host: str, port: int, *, path: str = "/health") -> bool:
    """Whether a server answers HTTP at `host` and `port`."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def wait_until(
    condition: Callable[[], bool],
    *,
    timeout_s: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Wait until `condition` is true or the time is over; return its last value."""
    deadline = clock() + timeout_s
    while not condition():
        if clock() >= deadline:
            return False
        sleep(0.02)
    return True
