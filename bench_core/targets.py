"""Where a server may send requests of its own, to an address that somebody gave it.

A server that sends to any address lets everybody who can set one reach what only this machine can reach. So it sends to
this machine itself, and to the hosts that the person who started it has named. Pure.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

import msgspec

from bench_core.access import is_loopback
from bench_core.errors import UsageError

__all__ = ["Target", "TargetError", "TargetPolicy"]

MAX_LENGTH = 2000
PRINTABLE = re.compile(r"[!-~]+")
ANY = "*"
PORTS = {"http": 80, "https": 443}


class TargetError(UsageError):
    """An address to which nothing is sent. The text says why and what to do."""


class Target(msgspec.Struct, frozen=True):
    """An address to send to.

    Attributes:
        uri: The whole address.
        connect_to: The addresses to connect to, tried in this order; a name of this machine is not looked up.
        path: The path with the query.
        host: The value of the `Host` header.
    """

    uri: str
    is_encrypted: bool
    name: str
    connect_to: tuple[str, ...]
    port: int
    path: str
    host: str


class TargetPolicy:
    """Tells which addresses requests may be sent to: this machine's, and those of the named hosts.

    Args:
        allowed: A name, `.example.com` for every name below it, or `*` for all, as `allowed_names` returns them.
        option: The option of the server that names hosts, for the advice.
    """

    def __init__(self, allowed: Iterable[str] = (), *, option: str) -> None:
        self._allowed = tuple(allowed)
        self._option = option

    def check(self, uri: str) -> Target:
        """Return the parts of an address to which requests may be sent.

        Raises:
            TargetError: It is no address of a server, or its host is not allowed.
        """
        if len(uri) > MAX_LENGTH or not PRINTABLE.fullmatch(uri):
            raise TargetError(f"expected a URL of at most {MAX_LENGTH} printable characters, got {uri[:80]!r}")
        try:
            parts = urlsplit(uri)
            port = parts.port
        except ValueError as error:
            raise TargetError(f"expected a URL such as http://127.0.0.1:5000/hook, got {uri[:80]!r}: {error}") from None
        name = (parts.hostname or "").rstrip(".")
        if parts.scheme not in PORTS or not name:
            raise TargetError(f"expected a URL that begins with http:// or https:// and a host, got {uri[:80]!r}")
        if parts.username is not None or parts.fragment:
            raise TargetError("expected a URL without a user, a password and a fragment")
        if not self._takes(name):
            raise TargetError(
                f"requests are sent to this machine only, not to {name}; "
                f"to allow this host, start the server with {self._option} {name}"
            )
        return Target(
            uri,
            parts.scheme == "https",
            name,
            ("127.0.0.1", "::1") if is_loopback(name) and not _is_address(name) else (name,),
            PORTS[parts.scheme] if port is None else port,
            (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            parts.netloc,
        )

    def _takes(self, name: str) -> bool:
        return is_loopback(name) or any(
            each in (ANY, name) or (each.startswith(".") and name.endswith(each)) for each in self._allowed
        )


def _is_address(name: str) -> bool:
    return ":" in name or name.replace(".", "").isdigit()
