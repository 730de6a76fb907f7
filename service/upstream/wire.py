"""One connection to HubSpot: a request goes out, and its answer is taken when there is time for it.

Sending and receiving are two steps, so that the next page travels while the current one is handed on, without a thread.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPResponse
from typing import cast
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from service.caller import Caller
from service.errors import MismatchError, UpstreamError
from service.upstream.reading import attentive_response

__all__ = ["Line", "Reply", "Request"]


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
class Reply:
    """What HubSpot answered. The body is decompressed and as long as was announced."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Line:
    """A connection that is opened when needed and again after `close`. One request is in flight at a time."""

    def __init__(self, base_url: str, *, timeout_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        parts = urlsplit(base_url)
        self._prefix = parts.path
        self._host = parts.netloc.rpartition("@")[2]
        self._connection = _connection(parts.scheme, parts.hostname or "", parts.port, timeout_s=timeout_s)
        self._timeout_s = timeout_s
        self._clock = clock

    def send(self, request: Request, headers: Mapping[str, str]) -> None:
        """Put a request on the wire.

        Raises:
            UpstreamError: No connection.
        """
        try:
            self._connection.request(
                request.method, self._prefix + request.target, body=request.body, headers=headers, preload_content=True
            )
        except (OSError, urllib3.exceptions.HTTPError) as error:
            raise self._lost(request, error) from None

    def receive(self, request: Request, caller: Caller) -> Reply:
        """Wait for the answer to the request last sent.

        Raises:
            UpstreamError: No complete answer came in time.
            MismatchError: The body is not of the encoding it is said to have.
            PullAbandoned: The caller went away, or the service stops.
        """
        try:
            caller.wait_readable(self._connection.sock, deadline=self._clock() + self._timeout_s)
            self._connection.response_class = self._response_class(caller)
            response = self._connection.getresponse()
            return Reply(response.status, response.headers, response.data)
        except urllib3.exceptions.DecodeError:
            self.close()
            raise MismatchError(f"The answer to {request.name} is not compressed as its header says.") from None
        except (OSError, urllib3.exceptions.HTTPError) as error:
            raise self._lost(request, error) from None
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up. An answer still on its way is dropped."""
        self._connection.close()

    def _response_class(self, caller: Caller) -> type[HTTPResponse]:
        """What the connection reads its next answer with; it is only ever called."""
        reader = partial(attentive_response, caller=caller, timeout_s=self._timeout_s, clock=self._clock)
        return cast(type[HTTPResponse], reader)

    def _lost(self, request: Request, error: Exception) -> UpstreamError:
        self.close()
        if isinstance(error, TimeoutError | urllib3.exceptions.ReadTimeoutError):
            return UpstreamError(
                f"HubSpot did not answer {request.name} in time.", kind="upstream-timeout", answer_status=504
            )
        return UpstreamError(
            f"{request.name} brought no complete answer from HubSpot at {self._host} ({type(error).__name__}). "
            "Check the base URL and the network.",
            kind="upstream-connection",
        )


def _connection(scheme: str, host: str, port: int | None, *, timeout_s: float) -> HTTPConnection:
    """A connection of the class a pool would use, which is where recorders such as vcrpy step in."""
    if scheme == "http":
        return cast(HTTPConnection, HTTPConnectionPool.ConnectionCls(host, port, timeout=timeout_s))
    context = ssl.create_default_context()
    secure = HTTPSConnectionPool.ConnectionCls(host, port, timeout=timeout_s, ssl_context=context)
    return cast(HTTPConnection, secure)
