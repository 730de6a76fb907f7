"""The connection below HTTP, in memory: bounds, refusals, and idle connections."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from bench_core import protocol as protocol_module
from bench_core import wire as wire_module
from bench_core.protocol import BoundedProtocol
from bench_core.wire import SPELLINGS_KEPT, ConnectionGoneError, Spelling, Wire, WireProtocol, read_body
from tests.support.cases import Cases
from tests.support.loops import in_loop
from tests.support.memory_transport import MemoryTransport

GET = b"GET /things HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
FOUR_HUNDRED = b"190\r\n" + b"x" * 400 + b"\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Waiting:
    """An application that holds each request until it is told to go on."""

    def __init__(self) -> None:
        self.wires: list[Wire] = []
        self.goes_on = asyncio.Event()

    async def __call__(self, scope: Any, _receive: Any, _send: Any) -> None:
        """Take the connection."""
        wire: Wire = scope["extensions"][wire_module.EXTENSION]
        wire.take()
        self.wires.append(wire)
        await self.goes_on.wait()
        await wire.respond(200, [(b"content-length", b"0")], b"")


class Uploads:
    """An application that reads the body of each request.

    Attributes:
        bodies: What it got.
    """

    def __init__(self) -> None:
        self.bodies: list[bytes | None] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Take a body."""
        del scope
        body = await read_body(receive)
        self.bodies.append(body)
        if body is not None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})


def never(_scope: Any, _body: bytes, *, keeps_alive: bool) -> bytes | None:
    """Leave every request to the application."""
    del keeps_alive
    return None


def at_once(_scope: Any, _body: bytes, *, keeps_alive: bool) -> bytes | None:
    """Answer every request."""
    del keeps_alive
    return ANSWER


def opened(fast_path: Any = at_once, app: Any = None, **options: Any) -> tuple[WireProtocol, MemoryTransport]:
    """Return a connection of a client."""
    return _connected(lambda **uvicorns: WireProtocol(fast_path, **options, **uvicorns), app or Waiting())


def bounded(app: Uploads, transport: MemoryTransport | None = None) -> tuple[Any, MemoryTransport]:
    """Return a connection of a client that uvicorn serves."""
    return _connected(BoundedProtocol, app, transport)


async def ended(protocol: Any) -> None:
    """Wait for the end of what the application does."""
    while protocol.tasks:
        await asyncio.wait(protocol.tasks)


def _connected(make: Any, app: Any, transport: MemoryTransport | None = None) -> tuple[Any, MemoryTransport]:
    config = Config(app, ws="none", lifespan="off", log_config=None, access_log=False, timeout_keep_alive=1000)
    made = make(config=config, server_state=ServerState(), app_state={}, _loop=asyncio.get_running_loop())
    transport = transport or MemoryTransport()
    made.connection_made(transport)
    return made, transport


@contextmanager
def closing(protocol: Any) -> Iterator[None]:
    """End the connection at the end of the test, and with it the timers."""
    try:
        yield
    finally:
        protocol.connection_lost(None)


def test_few_spellings_of_headers_are_kept() -> None:
    """Names come from outside, so memory must not grow with them; each is spelled the same, kept or not."""
    spelling = Spelling({b"etag": b"ETag"})

    spelled = [spelling[b"x-name-%d" % number] for number in range(SPELLINGS_KEPT + 50)]

    assert spelled[-1] == b"\r\nX-Name-%d: " % (SPELLINGS_KEPT + 49)
    assert len(spelling) == SPELLINGS_KEPT
    assert spelling[b"etag"] == b"\r\nETag: "
    assert spelling[b"x-name-0"] == b"\r\nX-Name-0: "


@in_loop
async def test_a_client_that_never_takes_everything_is_waited_for_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not at all once everything has arrived, or if the client is gone."""
    monkeypatch.setattr(wire_module, "SETTLE_TRIES", 3)
    monkeypatch.setattr(wire_module, "SETTLE_STEP_S", 0)
    asked: list[int] = []
    protocol, transport = opened(never)
    with socket.socket() as real, closing(protocol):
        transport.extra["socket"] = real

        def unsent(descriptor: int) -> int:
            asked.append(descriptor)
            return 0

        monkeypatch.setattr(wire_module, "unsent_bytes", unsent)
        wire = Wire(protocol)
        transport.unsent = 7
        await wire.settle()
        assert asked == [real.fileno()] * 3

        transport.unsent = 0
        await wire.settle()
        assert len(asked) == 4

        transport.unsent = 7
        protocol.gone.set()
        with pytest.raises(ConnectionGoneError):
            await wire.settle()


@in_loop
async def test_a_reset_of_a_connection_that_ends_already_only_ends_it() -> None:
    """Its socket may be closed by now."""
    protocol, transport = opened()
    transport.extra["socket"] = closed = socket.socket()
    closed.close()
    transport.close()

    with closing(protocol):
        protocol.reset()

    assert transport.ending == "abort"


@in_loop
async def test_requests_behind_one_that_waits_are_answered_in_order() -> None:
    """Also if they could be answered at once. Reading stops meanwhile."""
    app = Waiting()
    answers = iter([None, ANSWER])
    protocol, transport = opened(lambda *_, keeps_alive: next(answers), app)  # noqa: ARG005 - the signature
    with closing(protocol):
        protocol.data_received(GET)
        protocol.data_received(GET)
        await asyncio.sleep(0)
        held = (transport.written, len(app.wires), transport.reads)
        app.goes_on.set()
        while transport.written.count(b"200 OK") < 2:
            await asyncio.sleep(0)

        assert held == (b"", 1, False)
        assert len(app.wires) == 2
        assert transport.reads
        assert protocol.server_state.total_requests == 2


@in_loop
async def test_an_idle_connection(cases: Cases) -> None:
    """It is ended after its time, not before, not while a request is under way, and only once."""
    for name, idle_since, ending_before, ending, looks_again in [
        ("long idle", -2000.0, "", "close", False),
        ("not idle for long", -10.0, "", "", True),
        ("a request is under way", None, "", "", False),
        ("it ends already", -2000.0, "abort", "abort", False),
    ]:
        with cases.case(name):
            protocol, transport = opened()
            with closing(protocol):
                protocol.data_received(GET)
                first = protocol.timeout_keep_alive_task
                protocol.data_received(GET)
                assert protocol.timeout_keep_alive_task is first  # one timer for all requests
                assert first is not None
                first.cancel()
                protocol._idle_since = None if idle_since is None else protocol.loop.time() + idle_since
                transport.ending = ending_before

                protocol.timeout_keep_alive_handler()

                assert transport.ending == ending
                assert (protocol.timeout_keep_alive_task is not None) is looks_again


@in_loop
async def test_an_answer_on_a_connection_that_ends_starts_no_timer() -> None:
    protocol, transport = opened()
    with closing(protocol):
        protocol.data_received(GET.replace(b"Host: x", b"Connection: close"))

        assert (transport.written, transport.ending) == (ANSWER, "close")
        assert protocol.timeout_keep_alive_task is None


@in_loop
async def test_a_request_past_a_bound_is_refused(cases: Cases, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it arrives. What follows is thrown away, and at some point the connection is broken off."""
    monkeypatch.setattr(protocol_module, "MAX_HEAD_BYTES", 1000)
    monkeypatch.setattr(protocol_module, "MAX_BODY_BYTES", 1000)
    monkeypatch.setattr(protocol_module, "LINGER_BYTES", 5000)
    monkeypatch.setattr(protocol_module, "LINGER_S", 1000)
    post = b"POST / HTTP/1.1\r\nHost: x\r\n"
    for name, pieces, status in [
        ("a long head", [GET[:-2] + b"X: " + b"x" * 1000 + b"\r\n\r\n" + GET], b"431"),
        ("an endless head", [GET[:-2], *[b"X: " + b"x" * 500 + b"\r\n"] * 4], b"431"),
        ("many headers", [GET[:-2], *[b"X: y\r\n"] * 400], b"431"),
        ("an announced body", [post + b"Content-Length: 1001\r\n\r\n", b"x" * 1001], b"413"),
        ("chunks", [post + CHUNKED, *[FOUR_HUNDRED] * 4], b"413"),
        ("chunks in one piece", [post + CHUNKED + FOUR_HUNDRED * 5 + b"0\r\n\r\n"], b"413"),
    ]:
        with cases.case(name):
            app = Uploads()
            protocol, transport = bounded(app)
            with closing(protocol):
                for piece in pieces:
                    protocol.data_received(piece)
                written, ending = transport.written, transport.ending
                for _ in range(6):
                    protocol.data_received(b"x" * 1000)
                await ended(protocol)

            assert written.startswith(b"HTTP/1.1 " + status)
            assert written.count(b"HTTP/1.1") == 1
            assert transport.written == written
            assert (ending, transport.says_eof, transport.ending) == ("", True, "abort")
            # The application is not called, or learns that it has not got the whole body.
            assert app.bodies == ([None] if "chunks" in name else [])


@in_loop
async def test_a_request_at_a_bound_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol_module, "MAX_BODY_BYTES", 1000)
    app = Uploads()
    protocol, transport = bounded(app)
    with closing(protocol):
        protocol.data_received(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000)
        await ended(protocol)

        assert transport.written.startswith(b"HTTP/1.1 200 ")
    assert app.bodies == [b"x" * 1000]


@in_loop
async def test_a_client_that_goes_away_has_not_sent_the_rest() -> None:
    """Half a body may look like a whole one."""
    app = Uploads()
    protocol, _ = bounded(app)
    protocol.data_received(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n[]")
    await asyncio.sleep(0)

    protocol.connection_lost(None)
    await ended(protocol)

    assert app.bodies == [None]


@in_loop
async def test_a_refusal_over_tls_is_sent_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS cannot be ended in one direction."""
    monkeypatch.setattr(protocol_module, "MAX_HEAD_BYTES", 10)
    protocol, transport = bounded(Uploads(), MemoryTransport(can_write_eof=False))

    with closing(protocol):
        protocol.data_received(GET)

        assert transport.written.startswith(b"HTTP/1.1 431 ")
        assert (transport.says_eof, transport.ending) == (False, "")


@in_loop
async def test_a_refusal_never_precedes_an_earlier_response(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client would take it for that response. The connection is broken off instead."""
    monkeypatch.setattr(protocol_module, "MAX_BODY_BYTES", 100)
    app = Waiting()
    protocol, transport = opened(never, app)

    with closing(protocol):
        protocol.data_received(GET)
        await asyncio.sleep(0)
        protocol.data_received(b"POST / HTTP/1.1\r\nHost: x\r\n" + CHUNKED + FOUR_HUNDRED)
        app.goes_on.set()
        await ended(protocol)

        assert (transport.written, transport.ending) == (b"", "abort")


HEADERS = b"\r\nHost: x\r\nAccept: */*\r\nX-Two: a\r\nX-Two: b\r\n\r\n"
FIRST = b"GET /things?limit=2 HTTP/1.1" + HEADERS
SECOND = b"GET /things?limit=2&after=5 HTTP/1.1" + HEADERS
# What clients send after `FIRST`, in pieces as they arrive.
SEQUENCES: dict[str, list[bytes]] = {
    "the same again": [FIRST, FIRST, FIRST],
    "the next page": [SECOND, FIRST],
    "percent-encoded": [b"GET /a%20b/%C3%A4?q=%2F HTTP/1.1" + HEADERS],
    "no query": [b"GET / HTTP/1.1" + HEADERS, b"GET /? HTTP/1.1" + HEADERS, b"GET //a?b?c HTTP/1.1" + HEADERS],
    "characters for the parser": [b'GET /a"<>\\^`{|}[] HTTP/1.1' + HEADERS, b"GET /a#b HTTP/1.1" + HEADERS],
    "bytes for the parser": [b"GET /\xc3\xa4 HTTP/1.1" + HEADERS],
    "no path": [b"GET http://x/things HTTP/1.1" + HEADERS],
    "not a path": [b"GET things HTTP/1.1" + HEADERS],
    "a space": [b"GET /a b HTTP/1.1" + HEADERS],
    "another method": [b"HEAD /a HTTP/1.1" + HEADERS, b"DELETE /a HTTP/1.1" + HEADERS, FIRST],
    "an unknown method": [b"GOT /a HTTP/1.1" + HEADERS],
    "an older version": [b"GET /a HTTP/1.0" + HEADERS],
    "an unknown version": [b"GET /a HTTP/3.1" + HEADERS],
    "other headers": [GET, b"GET /a HTTP/1.1\r\nX-More: 1" + HEADERS, FIRST],
    "its end only": [HEADERS],
    "line breaks before it": [b"\r\n" + FIRST, b"\r\n", FIRST],
    "two at once": [FIRST + SECOND, SECOND],
    "cut": [FIRST[:20], FIRST[20:], FIRST[:-1], FIRST[-1:], SECOND],
    "cut where it could be another": [b"GET /a HTTP/1.1\r\nX: ", b"GET /b HTTP/1.1" + HEADERS, FIRST],
    "a body": [b"POST /a HTTP/1.1\r\nContent-Length: 2" + HEADERS + b"[]", FIRST, SECOND],
    "a body that looks like a request": [
        b"POST /a HTTP/1.1\r\nContent-Length: %d" % (len(FIRST) + 25) + HEADERS,
        b"GET /b HTTP/1.1\r\nX-Z: 1\r\n" + FIRST,
        SECOND,
        FIRST,
    ],
    "a body that ends where a request begins": [
        b"POST /a HTTP/1.1\r\nX-Forwarded-For: 1.2.3.4\r\nContent-Length: 25" + HEADERS,
        *([b"GET /b HTTP/1.1\r\nX-Z: 1\r\nGET /b HTTP/1.1" + HEADERS] * 2),
    ],
    "chunks": [b"POST /a HTTP/1.1\r\n" + CHUNKED, b"3\r\nGET\r\n0\r\n\r\n", SECOND, FIRST],
    "the end of the connection": [b"GET /a HTTP/1.1\r\nConnection: close" + HEADERS],
    "an upgrade": [b"GET /a HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c" + HEADERS] * 2,
    "a forwarded request": [b"GET /a HTTP/1.1\r\nX-Forwarded-For: 1.2.3.4" + HEADERS] * 2,
    "long": [b"GET /" + b"a" * 9000 + b" HTTP/1.1" + HEADERS, b"GET /a HTTP/1.1\r\nX: " + b"a" * 9000 + HEADERS] * 2,
}


# How many of them the server recognises; the parser sees all others.
UNPARSED = {
    "the same again": 3,
    "the next page": 2,
    "percent-encoded": 1,
    "no query": 3,
    "a body": 1,
    "a body that looks like a request": 1,
    "chunks": 1,
}


async def _seen(pieces: list[bytes], *, asks_application: bool, remembers: bool) -> tuple[Any, int]:
    """Return what the server saw and wrote, and how many requests it did not parse."""
    seen: list[Any] = []
    again: list[bytes] = []

    def answer(scope: Any, body: bytes, *, keeps_alive: bool) -> bytes | None:
        kept = {name: value for name, value in scope.items() if name not in (wire_module.HEADERS, "extensions")}
        seen.append((kept, body, keeps_alive))
        mapping = scope.get(wire_module.HEADERS)
        assert mapping is None or mapping == dict(scope["headers"])
        return None if asks_application and b"after" in scope["query_string"] else ANSWER

    async def application(scope: Any, _receive: Any, _send: Any) -> None:
        wire: Wire = scope["extensions"][wire_module.EXTENSION]
        await wire.respond(203, [(b"x-path", scope["raw_path"]), (b"content-length", b"0")], b"")

    protocol, transport = opened(answer, application)
    real = protocol._answer_again

    def note(target: Any, scope: Any) -> None:
        again.append(target.url)
        real(target, scope)

    vars(protocol)["_answer_again"] = note
    if not remembers:
        vars(protocol)["_repeatable"] = lambda _: None
    with closing(protocol):
        for piece in (FIRST, *pieces):
            if transport.ending:
                break
            protocol.data_received(piece)
            await ended(protocol)
        ending = transport.ending
    return (seen, transport.written, ending), len(again)


@in_loop
async def test_a_request_with_the_headers_of_the_last_one_is_seen_as_the_parser_sees_it(cases: Cases) -> None:
    """Whatever a client sends: what the server does is the same as if each request were parsed."""
    unparsed: dict[str, int] = {}
    for name, pieces in SEQUENCES.items():
        for asks_application in (False, True):
            with cases.case((name, asks_application)):
                parsed, _ = await _seen(pieces, asks_application=asks_application, remembers=False)
                quick, count = await _seen(pieces, asks_application=asks_application, remembers=True)
                assert quick == parsed
                unparsed.setdefault(name, count)

    assert {name: count for name, count in unparsed.items() if count} == UNPARSED
