"""Waiting until a microservice answers HTTP.

Assumed: any HTTP answer to `GET /health` counts, a 404 too; Sesam documents no readiness rule.
"""

import http.client
import time
from collections.abc import Callable

__all__ = ["answers", "wait_until"]


def answers(host: str, port: int, *, path: str = "/health") -> bool:
    """Whether something speaks HTTP at `host` and `port` now."""
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
    """Ask until `condition` is true or the time is over; return what it was last."""
    deadline = clock() + timeout_s
    while not condition():
        if clock() >= deadline:
            return False
        sleep(0.02)
    return True
