"""A connection of a client to the proxy, in memory: what becomes of a response when one side ends."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from contract_bench.proxy import app as app_module
from contract_bench.proxy.address import Address
from contract_bench.proxy.app import ProxyApp, ProxyOptions
from contract_bench.proxy.connection import UpstreamConnection
from contract_bench.proxy.errors import UpstreamError
from contract_bench.proxy.protocol import ProxyProtocol
from tests.support.cases import Cases
from tests.support.loops import in_loop
from tests.support.memory_transport import MemoryTransport

GET = b"GET /things HTTP/1.1\r\nHost: localhost\r\n\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
WHOLE = HEAD + b"0123456789"


class Proxy:
    """A proxy with a connection on each side.

    Attributes:
        client: The client's side.
        upstreams: The upstream's sides, in their order.
    """

    def __init__(self, options: ProxyOptions | None = None) -> None:
        self.app = ProxyApp(Address.of("http://api.test"), options)
        self.upstreams: list[tuple[UpstreamConnection, MemoryTransport]] = []
        self.refuses = False
        self.app.pool.connect = self._connect  # type: ignore[method-assign]
        config = Config(self.app, ws="none", lifespan="off", log_config=None, access_log=False)
        loop = asyncio.get_running_loop()
        self.client = ProxyProtocol(self.app, config=config, server_state=ServerState(), app_state={}, _loop=loop)
        self.transport = MemoryTransport()
        self.client.connection_made(self.transport)

    async def _connect(self) -> UpstreamConnection:
        if self.refuses:
            raise UpstreamError("no route")
        connection, transport = UpstreamConnection(asyncio.get_running_loop()), MemoryTransport()
        connection.connection_made(transport)
        self.upstreams.append((connection, transport))
        return connection

    async def ask(self, *requests: bytes) -> None:
        """Send requests, and let the tasks run until the first one has reached the upstream."""
        for request in requests:
            self.client.data_received(request)
        await settled()

    def answer(self, content: bytes, upstream: int = -1) -> None:
        """Let the upstream send bytes."""
        self.upstreams[upstream][0].data_received(content)

    @property
    def hints(self) -> list[str]:
        """What the journal says of each request."""
        return [entry.hint for entry in self.app.state.journal]


async def settled() -> None:
    """Let everything that can go on go on."""
    for _ in range(10):
        await asyncio.sleep(0)


@contextmanager
def opened(options: ProxyOptions | None = None) -> Iterator[Proxy]:
    """A proxy; what is left of it is ended."""
    proxy = Proxy(options)
    try:
        yield proxy
    finally:
        if proxy.client.parser is not None:
            proxy.client.connection_lost(None)
        proxy.app.pool.close()


async def arm(proxy: Proxy, body: bytes) -> None:
    """Set a fault by the control API."""
    head = b"POST /_fake/faults HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    await proxy.ask(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert b" 201 " in proxy.transport.written, proxy.transport.written
    proxy.transport.written = b""


@in_loop
async def test_a_client_that_goes_away_ends_the_request_to_the_upstream() -> None:
    """So the upstream does not work for nobody, and the journal says why there is no response."""
    with opened() as proxy:
        await proxy.ask(GET)
        proxy.answer(HEAD + b"0123")

        proxy.client.connection_lost(None)

        assert proxy.upstreams[0][1].ending == "abort"
        assert proxy.hints == ["the client disconnected"]


@in_loop
async def test_what_the_upstream_breaks_off_is_broken_off(cases: Cases) -> None:
    """In the same way; a request that waited for its turn is treated like any other."""
    for requests, number in (((GET,), 0), ((GET, GET), 1)):
        for error, ending in ((None, "close"), (OSError(), "abort")):
            with cases.case(f"request {number + 1}, {ending}"), opened() as proxy:
                await proxy.ask(*requests)
                for _ in range(number):
                    proxy.answer(WHOLE)
                    await settled()
                proxy.answer(HEAD + b"0123")
                proxy.upstreams[-1][0].connection_lost(error)
                await settled()

                assert proxy.transport.written.endswith(b"0123")
                assert proxy.transport.written.count(b" 200 OK") == number + 1
                assert proxy.transport.ending == ending
                assert "in the middle of the response" in proxy.hints[number]


@in_loop
async def test_a_client_that_goes_away_while_its_second_request_is_under_way() -> None:
    """The task that waits for the response ends with it."""
    with opened() as proxy:
        await proxy.ask(GET, GET)
        proxy.answer(WHOLE)
        await settled()
        proxy.answer(HEAD)

        proxy.client.connection_lost(None)
        await settled()

        assert proxy.hints == ["", "the client disconnected"]
        assert not proxy.client.tasks


@in_loop
async def test_a_slow_client_stops_the_upstream_and_nothing_else() -> None:
    """Between two responses there is nobody to stop."""
    with opened() as proxy:
        proxy.client.pause_writing()
        proxy.client.resume_writing()
        await proxy.ask(GET)
        upstream = proxy.upstreams[0][1]

        proxy.client.pause_writing()
        while_paused = upstream.reads
        proxy.client.resume_writing()

        assert (while_paused, upstream.reads) == (False, True)


@in_loop
async def test_a_proxy_that_stops_ends_what_is_under_way_and_closes_what_is_idle() -> None:
    with opened() as proxy:
        await proxy.ask(GET)
        proxy.client.shutdown()
        assert proxy.transport.ending == "abort"
    with opened() as proxy:
        await proxy.ask(GET)
        proxy.answer(WHOLE)
        proxy.client.shutdown()
        assert proxy.transport.ending == "close"


@in_loop
async def test_bytes_for_a_connection_that_ends_are_dropped() -> None:
    """The upstream does not know yet that nobody listens."""
    with opened() as proxy:
        await proxy.ask(GET)
        proxy.answer(HEAD)
        proxy.transport.close()
        before = proxy.transport.written

        proxy.answer(b"0123456789")

        assert proxy.transport.written == before


@in_loop
async def test_a_fault_in_front_of_an_upstream_that_cannot_be_reached(cases: Cases) -> None:
    """It changes the message of the proxy, and the journal says what was wrong."""
    for fault, status in ((b"duplicate-keys", b"502 Bad Gateway"), (b"html-with-200", b"200 OK")):
        with cases.case(fault), opened() as proxy:
            await arm(proxy, b'{"fault": "%b"}' % fault)
            proxy.refuses = True
            await proxy.ask(GET)
            altered, proxy.transport.written = proxy.transport.written, b""
            await proxy.ask(GET)

            assert altered.startswith(b"HTTP/1.1 " + status)
            assert proxy.transport.written.startswith(b"HTTP/1.1 502 Bad Gateway")
            assert altered.partition(b"\r\n\r\n")[2] != proxy.transport.written.partition(b"\r\n\r\n")[2]
            assert b"contract-bench proxy: no route" in proxy.transport.written
            assert proxy.hints[-1] == "no route"


@in_loop
async def test_a_fault_cannot_alter_a_response_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is an error, not silently no fault."""
    monkeypatch.setattr(app_module, "MOST_ALTERED_BYTES", 5)
    with opened() as proxy:
        await arm(proxy, b'{"fault": "duplicate-keys"}')
        await proxy.ask(GET)
        proxy.answer(WHOLE)
        await settled()

        assert proxy.hints == ["a fault can alter responses of at most 5 bytes"]
        assert b" 200 OK" not in proxy.transport.written
        assert proxy.upstreams[0][1].ending == "abort"


@in_loop
async def test_a_client_that_goes_away_while_a_fault_waits_for_the_upstream() -> None:
    """The request to the upstream ends when the proxy stops."""
    with opened() as proxy:
        await arm(proxy, b'{"fault": "slicer"}')
        await proxy.ask(GET)
        [task] = proxy.client.tasks
        task.cancel()
        await asyncio.wait([task])

        assert proxy.upstreams[0][1].ending == "abort"


@in_loop
async def test_few_addresses_of_clients_are_remembered() -> None:
    """Whatever `Host` they send; each gets links to the address that it used."""
    with opened() as proxy:
        link = b'{"next":"http://api.test/b"}'
        for number in range(150):
            proxy.transport.written = b""
            await proxy.ask(GET.replace(b"localhost", b"host-%d" % number))
            proxy.answer(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 28\r\n\r\n" + link)
            assert proxy.transport.written.endswith(b'{"next":"http://host-%d/b"}' % number)

        assert len(proxy.app._rewriters) <= 101


@in_loop
async def test_what_is_no_request_is_left_alone() -> None:
    """The server may announce itself to the application."""
    with opened() as proxy:
        await proxy.app({"type": "lifespan"}, cast("Any", None), cast("Any", None))

        assert proxy.hints == []
