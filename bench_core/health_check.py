"""`python -m bench_core.health_check PORT [PATH]`: the health check of the images.

Exits with 0 if a server answers the path (`/health`) on the loopback, IPv4 or IPv6, otherwise with 1. It uses no
proxy, even if the environment names one.
"""

import http.client
import sys
from collections.abc import Sequence

__all__ = ["main"]

LIMIT_S = 2.0
LOOPBACKS = ("127.0.0.1", "::1")


def main(arguments: Sequence[str]) -> int:
    """Query the port and the path in `arguments`. Returns the exit status."""
    port, path = [*arguments, "/health"][:2]
    return 0 if any(_is_healthy(host, int(port), path) for host in LOOPBACKS) else 1


def _is_healthy(host: str, port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=LIMIT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
