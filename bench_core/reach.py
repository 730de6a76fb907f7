"""Says in one sentence why a server could not be reached, whatever library tried it."""

import errno
import socket
from collections.abc import Iterator

from bench_core.urls import split_url

__all__ = ["unreachable"]

DEEPEST = 12


def unreachable(error: BaseException, url: str) -> str | None:
    """Return why no connection could be made, None if the error has another cause.

    Args:
        error: What was raised; its causes are looked at.
        url: Where the connection was to go.
    """
    parts = split_url(url)
    if parts is None:  # nobody was asked
        return None
    where = parts.netloc.rpartition("@")[2] or url
    for cause in _causes(error):
        if isinstance(cause, ConnectionRefusedError):
            return f"nobody listens on {where}; start the server there, or correct the address"
        if isinstance(cause, socket.gaierror):
            return f"no host is known under the name in {where}; correct the address"
        if isinstance(cause, OSError) and cause.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
            return f"there is no way to {where}: {cause.strerror}; check the address and the network"
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what led to it. requests and urllib3 keep it in `args`, `reason` or as the cause."""
    left, seen = [error], set[int]()
    while left and len(seen) < DEEPEST:
        one = left.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        found = (*one.args, getattr(one, "reason", None), one.__cause__, one.__context__)
        left += [each for each in found if isinstance(each, BaseException)]
