"""Connections to the upstream, kept open between requests."""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from contract_bench.proxy.address import Address, HttpProxy
from contract_bench.proxy.connection import UpstreamConnection
from contract_bench.proxy.errors import UpstreamError

__all__ = ["UpstreamPool"]

MOST_IDLE = 64
CONNECT_TIMEOUT_S = 10.0
# A server may close an idle connection at any time. A request that must not be sent twice gets one that is fresh.
FRESH_S = 1.0
MAX_CONNECT_RESPONSE = 16 * 1024


class UpstreamPool:
    """Gives out connections to one address. It belongs to the event loop that uses it first."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._idle: deque[UpstreamConnection] = deque()

    def take(self, *, may_be_stale: bool) -> UpstreamConnection | None:
        """Return an open connection, if there is one.

        Args:
            may_be_stale: Whether the request can be sent again if the upstream has just closed the connection.
        """
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_reusable:
                continue
            if may_be_stale or asyncio.get_running_loop().time() - connection.idle_since < FRESH_S:
                return connection
            connection.abandon()
        return None

    def give_back(self, connection: UpstreamConnection) -> None:
        """Keep a connection whose response has ended, if it can be used again."""
        if not connection.is_reusable:
            return
        if len(self._idle) >= MOST_IDLE:
            self._idle.popleft().abandon()
        self._idle.append(connection)

    async def connect(self) -> UpstreamConnection:
        """Open a connection.

        Raises:
            UpstreamError: It cannot be opened; the message says why and what to check.
        """
        address = self.address
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                if address.proxy is not None and address.tls is not None:
                    return await _through_tunnel(loop, address, address.proxy)
                host, port = (address.host, address.port)
                if address.proxy is not None:
                    host, port = address.proxy.host, address.proxy.port
                name = address.host if address.tls is not None else None
                _, connection = await loop.create_connection(
                    lambda: UpstreamConnection(loop), host, port, ssl=address.tls, server_hostname=name
                )
                return connection
        except TimeoutError as error:
            problem = f"{self._target()} did not accept a connection within {CONNECT_TIMEOUT_S:.0f} s"
            raise UpstreamError(problem, status=504) from error
        except ssl.SSLCertVerificationError as error:
            advice = "name the certificates to trust with --ca-file"
            raise UpstreamError(f"{self._target()} is not trusted: {error.verify_message}; {advice}") from error
        except OSError as error:
            raise UpstreamError(f"{self._target()} cannot be reached: {error.strerror or error}") from error

    def _target(self) -> str:
        proxy = self.address.proxy
        return self.address.origin + (f" through the proxy {proxy.host}:{proxy.port}" if proxy else "")

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._idle.pop().abandon()


async def _through_tunnel(loop: asyncio.AbstractEventLoop, address: Address, proxy: HttpProxy) -> UpstreamConnection:
    """Open a TLS connection through an HTTP proxy."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    target = f"{host}:{address.port}".encode()
    login = b"Proxy-Authorization: %b\r\n" % proxy.authorization if proxy.authorization else b""
    transport, tunnel = await loop.create_connection(lambda: _Tunnel(loop), proxy.host, proxy.port)
    try:
        transport.write(b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n%b\r\n" % (target, target, login))
        await tunnel.opened
        connection = UpstreamConnection(loop)
        assert address.tls is not None  # noqa: S101 - only TLS needs a tunnel
        secured = await loop.start_tls(transport, connection, address.tls, server_hostname=address.host)
        if secured is None:
            raise UpstreamError("the connection was closed while it was being encrypted")
        connection.connection_made(secured)
    except BaseException:
        transport.abort()
        raise
    return connection


class _Tunnel(asyncio.Protocol):
    """Waits for the proxy's response to CONNECT."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.opened: asyncio.Future[None] = loop.create_future()
        self._response = b""

    def data_received(self, data: bytes) -> None:
        self._response += data
        head, end, _ = self._response.partition(b"\r\n\r\n")
        if not end and len(self._response) < MAX_CONNECT_RESPONSE:
            return
        status = head.split(b" ", 2)[1:2]
        if status and status[0].startswith(b"2"):
            self._settle(lambda: self.opened.set_result(None))
        else:
            shown = head.partition(b"\r\n")[0][:100].decode("latin-1")
            self._settle(lambda: self.opened.set_exception(UpstreamError(f"the HTTP proxy refused: {shown}")))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        self._settle(lambda: self.opened.set_exception(UpstreamError("the HTTP proxy closed the connection")))

    def _settle(self, settle: Callable[[], None]) -> None:
        if not self.opened.done():
            with suppress(asyncio.InvalidStateError):
                settle()
