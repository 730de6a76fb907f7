"""One connection to HubSpot.

Sending and receiving are two steps, so that the next page travels while the current one is passed on, without a thread.
"""

import http.client
import math
import ssl
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import cast
from urllib.parse import SplitResult, urlsplit

from httptools import HttpParserError

from service.downstream import DownstreamClient
from service.errors import MismatchError, UpstreamError
from service.pending import Readiness, Wait
from service.proxy import Proxy
from service.upstream.decompression import BadEncodingError, decompressed
from service.upstream.large_bodies import LargeBodies, Ticket
from service.upstream.messages import Request, Response
from service.upstream.response_reader import BoundError, ResponseReader

__all__ = ["Connection", "tls_context"]

_HTTPConnection = http.client.HTTPConnection
_CONNECTION_ERRORS = (OSError, http.client.HTTPException, HttpParserError)
_MAX_BODY_BYTES = 8 * 2**20


class Connection:
    """A connection that opens when it is needed, and again after `close`. It carries one request at a time.

    Args:
        base_url: The URL of HubSpot.
        timeout_s: The longest time without a byte.
        transfer_timeout_s: The longest time from the first byte of a response to its last.
        max_body_bytes: The longest body, as it is sent and decompressed.
        large_bodies: Shared by all connections.
        proxy: What leads to HubSpot: a tunnel for https, and for http a proxy that is sent whole URLs.
        tls: Returns the context for https. Creating one takes longer than a request, so it is shared.
        clock: A monotonic clock.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout_s: float,
        transfer_timeout_s: float = math.inf,
        max_body_bytes: int = _MAX_BODY_BYTES,
        large_bodies: LargeBodies | None = None,
        proxy: Proxy | None = None,
        tls: Callable[[], ssl.SSLContext] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        parts = urlsplit(base_url)
        self._host = parts.netloc.rpartition("@")[2]
        self._proxy = proxy
        is_plain = proxy is not None and parts.scheme == "http"
        self._prefix = f"http://{self._host}{parts.path}" if is_plain else parts.path
        self._proxy_headers = proxy.headers if proxy is not None and is_plain else {}
        self._http = _http_connection(parts, timeout_s, tls or tls_context, proxy)
        self._timeout_s = timeout_s
        self._transfer_timeout_s = transfer_timeout_s
        self._max_body_bytes = max_body_bytes
        self._large_bodies = large_bodies or LargeBodies()
        self._clock = clock

    def send(self, request: Request, headers: Mapping[str, str]) -> None:
        """Send a request.

        Raises:
            UpstreamError: The connection failed.
        """
        try:
            self._use_standard_reader()
            self._http.request(
                request.method, self._prefix + request.target, request.body, {**headers, **self._proxy_headers}
            )
        except _CONNECTION_ERRORS as error:
            raise self._close_and_explain(request, error) from None
        except ValueError:  # its text has the header or the target, and so the token
            self.close()
            raise MismatchError(
                f"{request.name} cannot be sent: a cursor, an id or a token of HubSpot's has characters that no URL or "
                "header can hold. Nothing was sent."
            ) from None

    def response_wait(self) -> Wait:
        """Return what the response to the last request waits for.

        A recorder such as vcrpy has no socket, so nothing is to be waited for before `receive`.
        """
        if isinstance(self._http, _HTTPConnection) and self._http.sock is not None:
            return Wait(self._http.sock, self._timeout_s)
        return Wait(None, 0.0)

    def receive(
        self, request: Request, downstream: DownstreamClient, readiness: Readiness = Readiness.NOT_CHECKED
    ) -> Response:
        """Wait for the response to the last request.

        Args:
            request: The last request.
            downstream: Decides how long it makes sense to wait.
            readiness: Whether there is data to read already, or the longest time without a byte is over.

        Raises:
            UpstreamError: No complete response arrived in time.
            MismatchError: The response is too long, or its body is not compressed as its header says.
            PullAbandoned: The downstream client disconnected, or the service is shutting down.
        """
        ticket = Ticket(self._large_bodies, downstream, limit_s=self._transfer_timeout_s, clock=self._clock)
        try:
            if readiness is Readiness.OVERDUE:
                raise TimeoutError
            self._use_response_reader(downstream, ticket, is_readable=readiness is Readiness.READABLE)
            response = self._http.getresponse()
            headers = {name.lower(): value for name, value in response.headers.items()}
            body = self._decompressed(response.status, response.read(), headers.get("content-encoding", ""), ticket)
            return Response(response.status, headers, body)
        except (BoundError, BadEncodingError) as error:
            self.close()
            problem = str(error)
        except _CONNECTION_ERRORS as error:
            raise self._close_and_explain(request, error) from None
        except BaseException:
            self.close()
            raise
        finally:
            ticket.release()
        # not raised above, where the error would keep its context, and so the whole body, until it is logged
        raise MismatchError(f"The response to {request.name} is not used: {problem}.")

    def close(self) -> None:
        """Close the connection. A response that is still on its way is dropped."""
        self._http.close()

    def _decompressed(self, status: int, body: bytes, encoding: str, ticket: Ticket) -> bytes:
        """Decompress a body. Without success, the status counts first: a body that cannot be read is dropped."""
        try:
            return decompressed(body, encoding, max_bytes=self._max_body_bytes, on_size=ticket.grow)
        except (BoundError, BadEncodingError):
            if 200 <= status < 300:
                raise
            return b""

    def _use_standard_reader(self) -> None:
        """Let the standard library read how a proxy answers to CONNECT."""
        if self._proxy is not None and isinstance(self._http, _HTTPConnection):
            self._http.response_class = http.client.HTTPResponse

    def _use_response_reader(self, downstream: DownstreamClient, ticket: Ticket, *, is_readable: bool = False) -> None:
        """Read the next response with `ResponseReader`.

        A recorder such as vcrpy replaces the standard library's class and reads by itself. It is left alone.
        """
        if isinstance(self._http, _HTTPConnection):
            reader = partial(
                ResponseReader,
                downstream=downstream,
                timeout_s=self._timeout_s,
                transfer_timeout_s=self._transfer_timeout_s,
                max_body_bytes=self._max_body_bytes,
                clock=self._clock,
                on_size=ticket.grow,
                is_readable=is_readable,
            )
            self._http.response_class = cast(type[http.client.HTTPResponse], reader)  # http.client only calls it

    def _close_and_explain(self, request: Request, error: Exception) -> UpstreamError:
        self.close()
        if isinstance(error, TimeoutError):
            return UpstreamError(
                f"HubSpot did not respond to {request.name} in time.", kind="upstream-timeout", response_status=504
            )
        through = f" through the proxy {self._proxy.label}" if self._proxy else ""
        return UpstreamError(
            f"No complete response to {request.name} arrived from HubSpot at {self._host}{through} "
            f"({type(error).__name__}). Check the base URL{', the proxy' if through else ''} and the network.",
            kind="upstream-connection",
        )


def tls_context() -> ssl.SSLContext:
    """Create a context that trusts the system's certificate authorities, or those in the file `SSL_CERT_FILE`."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _http_connection(
    parts: SplitResult, timeout_s: float, tls: Callable[[], ssl.SSLContext], proxy: Proxy | None
) -> http.client.HTTPConnection:
    """Create a connection of the class that `http.client` has now, which a recorder may have replaced.

    The port is always given: otherwise http.client looks for it in the host, and finds one in `::1`.
    """
    is_plain = parts.scheme == "http"
    host, port = parts.hostname or "", parts.port or (http.client.HTTP_PORT if is_plain else http.client.HTTPS_PORT)
    first_host, first_port = (host, port) if proxy is None else (proxy.host, proxy.port)
    if is_plain:
        return http.client.HTTPConnection(first_host, first_port, timeout=timeout_s)
    connection = http.client.HTTPSConnection(first_host, first_port, timeout=timeout_s, context=tls())
    if proxy is not None:
        connection.set_tunnel(host, port, headers=proxy.headers)
    return connection
