"""Hosts, ports and proxies in settings, checked as far as possible without a network."""

import ipaddress
import re
from urllib.parse import SplitResult, unquote, urlsplit

__all__ = ["host_name", "is_ip_address", "proxy_url", "split_url"]

_LABELS = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\.?")
_NUMBERS = re.compile(r"[0-9.]+")
_EXPECTED_HOST = "expected a host name or an IP address"


def is_ip_address(host: str) -> bool:
    """Whether the host is an IPv4 or IPv6 address, without brackets."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def host_name(text: str) -> str:
    """Return a host without the brackets of an IPv6 address.

    Raises:
        ValueError: No host can have this name.
    """
    host = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    is_bracketed = host != text
    if is_ip_address(host):
        if is_bracketed and ":" not in host:
            raise ValueError(f"{_EXPECTED_HOST}, got brackets around an IPv4 address")
        return host
    if is_bracketed or not _LABELS.fullmatch(host) or _NUMBERS.fullmatch(host):
        raise ValueError(f"{_EXPECTED_HOST}, got {text[:60]!r}")
    return host


def split_url(text: str, example: str) -> SplitResult:
    """Split a URL and check its host and port. Messages do not repeat the text, because it may have a password.

    Raises:
        ValueError: It has no scheme, host or port that can work.
    """
    if not text.isprintable() or " " in text or "\\" in text:
        raise ValueError(f"expected a URL such as {example}, got blanks, backslashes or control characters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"expected a URL such as {example}, got a port that is not a number from 1 to 65535") from None
    if not parts.scheme or not parts.hostname:
        raise ValueError(f"expected a URL such as {example}")
    if port == 0 or parts.netloc.endswith(":"):
        raise ValueError(f"expected a URL such as {example}, got a port that is not a number from 1 to 65535")
    host_name(parts.hostname)
    return parts


def proxy_url(text: str) -> str:
    """Check the URL of a proxy. Without a scheme it is `http`, as for curl and requests.

    Raises:
        ValueError: It cannot be used.
    """
    url = text if "://" in text else f"http://{text}"
    parts = split_url(url, "http://proxy.example.com:3128")
    if parts.scheme.lower() != "http":
        raise ValueError(
            f"expected a proxy of the form http://host:port, got the scheme {parts.scheme[:20]!r}. The connection to "
            "the proxy is plain HTTP; through it, the connection to HubSpot is encrypted all the same"
        )
    if not (unquote(parts.username or "") + unquote(parts.password or "")).isprintable():
        raise ValueError("expected credentials without control characters")
    return url
