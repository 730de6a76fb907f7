"""Where an upstream is, and how it is reached: directly or through an HTTP proxy, with TLS or without."""

import ipaddress
import os
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from contract_bench.proxy.errors import UpstreamSpecError

__all__ = ["Address", "HttpProxy"]

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class HttpProxy:
    """An HTTP proxy between us and the upstream. `authorization` is the value of its header, empty without one."""

    host: str
    port: int
    authorization: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Address:
    """A base URL, taken apart.

    Attributes:
        host: Without brackets.
        path: The path below which the API is, without a slash at the end.
        proxy: The HTTP proxy on the way, if there is one.
        tls: How the connection is encrypted; None for plain HTTP.
    """

    scheme: str
    host: str
    port: int
    path: str = ""
    proxy: HttpProxy | None = None
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    @classmethod
    def of(cls, url: str, *, ca_file: Path | None = None, environ: Mapping[str, str] = os.environ) -> Self:
        """Read a URL.

        Args:
            url: The base URL.
            ca_file: Certificates to trust, instead of those of the system or of the usual variables.
            environ: Where `REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE` and `SSL_CERT_FILE` are looked up. The proxies are
                those of the process: `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`.

        Raises:
            UpstreamSpecError: It is not a base URL, or the certificates cannot be read.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS.get(parts.scheme, 0)
        except ValueError as error:
            raise UpstreamSpecError(url, str(error)) from error
        if parts.scheme not in PORTS or not parts.hostname:
            raise UpstreamSpecError(url, "it begins with neither http:// nor https://, or has no host")
        if parts.query or parts.fragment or parts.username is not None:
            raise UpstreamSpecError(url, "a base URL has no query, no fragment and no user name")
        tls = _tls(url, ca_file, environ) if parts.scheme == "https" else None
        path = parts.path.rstrip("/")
        return cls(parts.scheme, parts.hostname, port, path, _proxy_for(parts.scheme, parts.hostname), tls)

    @property
    def authority(self) -> str:
        """Host and port as in a `Host` header: without the port if it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The base URL."""
        return f"{self.origin}{self.path}"


def _tls(url: str, ca_file: Path | None, environ: Mapping[str, str]) -> ssl.SSLContext:
    named = ca_file or next((Path(environ[name]) for name in CA_VARIABLES if environ.get(name)), None)
    try:
        if named is not None and named.is_dir():
            return ssl.create_default_context(capath=str(named))
        return ssl.create_default_context(cafile=None if named is None else str(named))
    except OSError as error:
        raise UpstreamSpecError(url, f"the certificates in {named} cannot be read: {error}") from error


def _proxy_for(scheme: str, host: str) -> HttpProxy | None:
    """Return the proxy that the environment names for a host. This machine is always reached directly."""
    if _is_this_machine(host) or proxy_bypass(host):
        return None
    proxies = getproxies()
    text = proxies.get(scheme) or proxies.get("all")
    if not text:
        return None
    try:
        parts = urlsplit(text if "//" in text else f"http://{text}")
        port = parts.port or 80
    except ValueError:
        raise UpstreamSpecError(text, "this proxy of the environment is not a URL") from None
    if not parts.hostname:
        raise UpstreamSpecError(text, "this proxy of the environment has no host")
    credentials = b""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        credentials = b"Basic " + b64encode(pair.encode())
    return HttpProxy(parts.hostname, port, credentials)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
