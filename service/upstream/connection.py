"""One connection to HubSpot: a request goes out, and its answer is taken when there is time for it.

Sending and receiving are two steps, so that the next page travels while the current one is handed on, without a thread.
"""

import gzip
import http.client
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import cast
from urllib.parse import urlsplit

from httptools import HttpParserError

from service.downstream import DownstreamClient
from service.errors import MismatchError, UpstreamError
from service.upstream.response_reader import ResponseReader

__all__ = ["Connection", "Request", "Response", "tls_context"]

_HTTPConnection = http.client.HTTPConnection
_LOST = (OSError, http.client.HTTPException, HttpParserError)
_UNREADABLE = (gzip.BadGzipFile, EOFError, zlib.error)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of HubSpot.

    Attributes:
        target: Path and query, below the base URL.
        body: JSON, None for GET.
        is_search: Whether it counts against the limit of the search API.
    """

    target: str
    method: str = "GET"
    body: bytes | None = None
    content_type: str = "application/json"
    is_search: bool = False

    @property
    def name(self) -> str:
        """Method and path for messages: the query may hold a key."""
        return f"{self.method} {self.target.partition('?')[0]}"


@dataclass(frozen=True, slots=True)
class Response:
    """What HubSpot answered. The body is decompressed and as long as was announced.

    Attributes:
        headers: By name in lower case.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Connection:
    """A connection that is opened when needed and again after `close`. One request is in in_flight at a time."""

    def __init__(
        self,
        base_url: str,
        *,
        timeout_s: float,
        tls: Callable[[], ssl.SSLContext] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is opened yet.

        Args:
            base_url: Where HubSpot is.
            timeout_s: The longest time without a byte.
            tls: Gives the context for https; making one takes longer than a request, so it is shared.
            clock: Monotonic.
        """
        parts = urlsplit(base_url)
        self._prefix = parts.path
        self._host = parts.netloc.rpartition("@")[2]
        self._http = _connection(parts.scheme, parts.hostname or "", parts.port, timeout_s, tls or tls_context)
        self._timeout_s = timeout_s
        self._clock = clock

    def send(self, request: Request, headers: Mapping[str, str]) -> None:
        """Put a request on the wire.

        Raises:
            UpstreamError: No connection.
        """
        try:
            self._http.request(request.method, self._prefix + request.target, request.body, dict(headers))
        except _LOST as error:
            raise self._lost(request, error) from None

    def receive(self, request: Request, downstream: DownstreamClient) -> Response:
        """Wait for the answer to the request last sent.

        Raises:
            UpstreamError: No complete answer came in time.
            MismatchError: The body is not of the encoding it is said to have.
            PullAbandoned: The caller went away, or the service stops.
        """
        try:
            self._read_for(downstream)
            response = self._http.getresponse()
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Response(response.status, headers, _decoded(response.read(), headers.get("content-encoding", "")))
        except _UNREADABLE:
            self.close()
            raise MismatchError(f"The answer to {request.name} is not compressed as its header says.") from None
        except _LOST as error:
            raise self._lost(request, error) from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up. An answer still on its way is dropped."""
        self._http.close()

    def _read_for(self, downstream: DownstreamClient) -> None:
        """Let the next answer be read for as long as the caller waits.

        A recorder such as vcrpy puts a class of its own in the place of the standard library's, and reads by itself.
        """
        if isinstance(self._http, _HTTPConnection):
            reader = partial(ResponseReader, downstream=downstream, timeout_s=self._timeout_s, clock=self._clock)
            self._http.response_class = cast(type[http.client.HTTPResponse], reader)  # it is only ever called

    def _lost(self, request: Request, error: Exception) -> UpstreamError:
        self.close()
        if isinstance(error, TimeoutError):
            return UpstreamError(
                f"HubSpot did not answer {request.name} in time.", kind="upstream-timeout", answer_status=504
            )
        return UpstreamError(
            f"{request.name} brought no complete answer from HubSpot at {self._host} ({type(error).__name__}). "
            "Check the base URL and the network.",
            kind="upstream-connection",
        )


def tls_context() -> ssl.SSLContext:
    """What the connector trusts: the system's authorities, or those that `SSL_CERT_FILE` names."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _connection(
    scheme: str, host: str, port: int | None, timeout_s: float, tls: Callable[[], ssl.SSLContext]
) -> http.client.HTTPConnection:
    """A connection of the class that the standard library names now, which is where recorders step in.

    The port is always given: without one, http.client looks for it in the host, and finds one in `::1`.
    """
    if scheme == "http":
        return http.client.HTTPConnection(host, port or http.client.HTTP_PORT, timeout=timeout_s)
    return http.client.HTTPSConnection(host, port or http.client.HTTPS_PORT, timeout=timeout_s, context=tls())


def _decoded(body: bytes, encoding: str) -> bytes:
    """The body as it was before it was compressed. Only gzip is asked for."""
    return gzip.decompress(body) if encoding.strip().lower() in ("gzip", "x-gzip") else body
