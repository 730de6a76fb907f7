"""Which proxy leads to HubSpot, by the same environment variables as for requests and curl."""

import base64
import ipaddress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

__all__ = ["Proxy", "find_proxy"]

_DEFAULT_PORT = 80
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy.

    Attributes:
        authorization: The header `Proxy-Authorization`, empty without credentials.
    """

    host: str
    port: int
    authorization: str = ""

    @classmethod
    def from_url(cls, url: str) -> "Proxy":
        """Read a URL that `proxy_url` in `addresses` has checked."""
        parts = urlsplit(url)
        authorization = ""
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return cls(parts.hostname or "", parts.port or _DEFAULT_PORT, authorization)

    @property
    def label(self) -> str:
        """Where it is, for messages. Credentials are masked."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{'***@' if self.authorization else ''}{host}:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """The headers that the proxy itself needs."""
        return {"Proxy-Authorization": self.authorization} if self.authorization else {}


def find_proxy(url: str, *, http_proxy: str, https_proxy: str, all_proxy: str, no_proxy: str) -> Proxy | None:
    """Find the proxy for a URL. Returns None if it is reached directly.

    Args:
        url: Where HubSpot is.
        http_proxy: For `http` URLs.
        https_proxy: For `https` URLs.
        all_proxy: If there is none for the scheme.
        no_proxy: Hosts that are reached directly, see `_is_exempt`.
    """
    parts = urlsplit(url)
    proxy = (https_proxy if parts.scheme == "https" else http_proxy) or all_proxy
    if not proxy or _is_exempt(parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0), no_proxy):
        return None
    return Proxy.from_url(proxy)


def _is_exempt(host: str, port: int, no_proxy: str) -> bool:
    """Whether a host, in lower case, is in `NO_PROXY`.

    Its entries are separated by commas: `*`, a host, the end of a host's name (`example.com` or `.example.com`), each
    with or without a port, an IP address, or a network such as `10.0.0.0/8`.
    """
    entries = [entry.strip().lower() for entry in no_proxy.split(",") if entry.strip()]
    return any(_matches(entry, host.rstrip("."), port) for entry in entries)


def _matches(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    address = _address(host)
    if address is not None and "/" in entry:
        try:
            return address in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return False
    name, entry_port = _split_port(entry)
    if entry_port is not None and entry_port != port:
        return False
    if address is not None:
        return address == _address(name)
    name = name.removeprefix("*").lstrip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _split_port(entry: str) -> tuple[str, int | None]:
    """Split `host:port`, `[::1]:port`, and an IPv6 address without brackets, which has no port."""
    if entry.startswith("["):
        name, _, rest = entry[1:].partition("]")
        port = rest.removeprefix(":")
    elif entry.count(":") == 1:
        name, _, port = entry.partition(":")
    else:
        return entry, None
    return name, int(port) if port.isascii() and port.isdigit() and len(port) <= 5 else None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
