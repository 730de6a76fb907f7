"""`python -m service.health_check`: the health check of the image. Exits with 0 if the service answers, otherwise 1.

It connects to the address on which the service listens, and never through a proxy: `HTTP_PROXY` is for HubSpot.
"""

import http.client
import os
import sys
from collections.abc import Mapping

from service.settings import SETTINGS

__all__ = ["main", "targets"]

_LIMIT_S = 2.0
_LOOPBACKS = ("127.0.0.1", "::1")
_ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


def targets(environ: Mapping[str, str]) -> list[tuple[str, int]]:
    """Return the addresses to try, in order, for a service with these settings.

    Raises:
        ValueError: The host or the port cannot be used.
    """
    host, port = str(SETTINGS["host"].read(environ)), int(str(SETTINGS["port"].read(environ)))
    return [(each, port) for each in (_LOOPBACKS if host in _ANY_ADDRESS else (host,))]


def main(environ: Mapping[str, str] = os.environ) -> int:
    """Query the service. Returns the exit status, and prints what is wrong."""
    try:
        found = [_problem(host, port) for host, port in targets(environ)]
    except ValueError as error:
        found = [str(error)]
    if "" in found:
        return 0
    sys.stderr.write("; ".join(found) + "\n")
    return 1


def _problem(host: str, port: int) -> str:
    """Return what is wrong with a service, nothing if it is healthy."""
    connection = http.client.HTTPConnection(host, port, timeout=_LIMIT_S)
    try:
        connection.request("GET", "/health")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"no answer from {host}, port {port}: {type(error).__name__}"
    finally:
        connection.close()
    return "" if status == 200 else f"status {status} from {host}, port {port}"


if __name__ == "__main__":
    sys.exit(main())
