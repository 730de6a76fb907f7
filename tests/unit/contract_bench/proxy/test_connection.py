"""A response of the upstream, however it is cut into pieces and however it ends, without a socket."""

import asyncio
import socket
from types import SimpleNamespace
from typing import cast

import pytest

from contract_bench.proxy import connection as connection_module
from contract_bench.proxy.connection import Head, UpstreamConnection
from contract_bench.proxy.errors import UpstreamError
from tests.support.cases import Cases, for_each
from tests.support.memory_transport import MemoryTransport

CLOCK = cast("asyncio.AbstractEventLoop", SimpleNamespace(time=lambda: 42.0))
OK = b"HTTP/1.1 200 OK\r\n"
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"


class Sink:
    """Takes a response.

    Attributes:
        events: What happened, the pieces of the body joined.
    """

    def __init__(self) -> None:
        self.events: list[str] = []
        self.body = b""
        self.flushes = 0

    def begin(self, head: Head) -> None:
        """Note the head."""
        self.events.append(f"{head.status} {head.reason.decode()}")

    def add(self, piece: bytes) -> None:
        """Keep a piece."""
        self.body += piece

    def flush(self) -> None:
        """Count."""
        self.flushes += 1

    def end(self) -> None:
        """Note the end."""
        self.events.append("end")

    def fail(self, error: UpstreamError, *, has_begun: bool) -> None:
        """Note a failure."""
        how = " (RST)" if error.was_reset else ""
        self.events.append(f"{'cut' if has_begun else 'failed'}{how}: {error}")

    def upload_full(self, is_full: bool) -> None:
        """Note that the upstream reads slowly, or again."""
        self.events.append("full" if is_full else "not full")


def opened(*, is_head_request: bool = False) -> tuple[UpstreamConnection, MemoryTransport, Sink]:
    """Return a connection on which a request was sent."""
    connection, transport, sink = UpstreamConnection(CLOCK), MemoryTransport(), Sink()
    connection.connection_made(transport)
    connection.send(b"GET / HTTP/1.1\r\n\r\n", sink, is_head_request=is_head_request)
    return connection, transport, sink


def test_a_response_is_the_same_in_any_pieces(cases: Cases) -> None:
    """With interim responses before it, with a length and in chunks; the connection can be used again."""
    for name, content in {
        "length": INTERIM + OK + b"Content-Length: 5\r\nX: y\r\n\r\nhello",
        "chunks": INTERIM + OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    }.items():
        for at in range(1, len(content)):
            with cases.case(f"{name}, cut at {at}"):
                connection, transport, sink = opened()
                connection.data_received(content[:at])
                connection.data_received(content[at:])

                assert (sink.events, sink.body) == (["200 OK", "end"], b"hello")
                assert connection.is_reusable
                assert connection.was_used
                assert connection.idle_since == 42.0
                assert transport.ending == ""


def test_what_arrives_so_far_is_passed_on() -> None:
    """Before the end of the response."""
    connection, _, sink = opened()

    connection.data_received(OK + b"Content-Length: 9\r\n\r\nhel")

    assert (sink.events, sink.body, sink.flushes) == (["200 OK"], b"hel", 1)


def test_how_a_response_ends(cases: Cases) -> None:
    """What was received, how the connection was lost, what became of the response, and whether it can be used again."""
    lost = object()
    reset, closed = "the upstream reset the connection", "the upstream closed the connection"
    chunks = OK + b"Transfer-Encoding: chunked\r\n\r\n"
    upgrade = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
    hi = b"Content-Length: 2\r\n\r\nhi"
    ended, no_http = ["200 OK", "end"], "the upstream's response is not HTTP"
    for name, pieces, expected, body, is_reusable in [
        ("the end of the connection", (OK + b"\r\nall", None), ended, b"all", False),
        ("a reset", (OK + b"\r\nall", OSError()), ["200 OK", f"cut (RST): {reset} in the middle"], b"all", False),
        (
            "no length",
            (OK + b"Content-Length: 5\r\n\r\nh", None),
            ["200 OK", f"cut: {closed} in the middle"],
            b"h",
            False,
        ),
        ("in a chunk", (chunks + b"9\r\nhel", None), ["200 OK", f"cut: {closed} in the middle"], b"hel", False),
        ("in the head", (OK, None), [f"failed: {closed} before it responded"], b"", False),
        ("an interim response", (INTERIM, OSError()), [f"failed (RST): {reset} before it responded"], b"", False),
        ("no body by the status", (b"HTTP/1.1 204 No Content\r\n\r\n", lost), ["204 No Content", "end"], b"", True),
        ("not changed", (b"HTTP/1.1 304 Not Modified\r\n\r\n", lost), ["304 Not Modified", "end"], b"", True),
        ("the upstream wants to close", (OK + b"Connection: close\r\n" + hi, lost), ended, b"hi", False),
        ("version 1.0", (b"HTTP/1.0 200 OK\r\n" + hi, lost), ended, b"hi", False),
        ("more than was asked for", (OK + hi + OK + b"Content-Length: 3\r\n\r\nbad", lost), ended, b"hi", False),
        ("not HTTP", (b"nonsense\r\n\r\n", lost), [f"failed: {no_http}"], b"", False),
        ("not HTTP later", (chunks + b"2\r\nhi\r\nzz\r\n", lost), ["200 OK", f"cut: {no_http}"], b"hi", False),
        ("another protocol", (upgrade, lost), ["failed: the upstream switched protocols"], b"", False),
    ]:
        with cases.case(name):
            connection, transport, sink = opened()
            content, ending = pieces
            connection.data_received(content)
            if ending is not lost:
                connection.connection_lost(cast("OSError | None", ending))

            assert len(sink.events) == len(expected)
            assert all(seen.startswith(text) for seen, text in zip(sink.events, expected, strict=True)), sink.events
            assert sink.body == body
            assert connection.is_reusable is is_reusable
            assert transport.ending == "" or not is_reusable


def test_a_head_request_ends_with_the_head() -> None:
    """Whatever length it announces. The parser still waits for the body, so nothing else is read from it."""
    connection, transport, sink = opened(is_head_request=True)

    connection.data_received(OK + b"Content-Length: 5\r\n\r\n")

    assert sink.events == ["200 OK", "end"]
    assert not connection.is_reusable
    assert transport.ending == "close"


def test_a_head_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large body is no head, and each response is counted for itself."""
    monkeypatch.setattr(connection_module, "MAX_HEAD_BYTES", 100)
    connection, _, sink = opened()
    for _ in range(3):
        connection.data_received(OK + b"X: " + b"x" * 60 + b"\r\nContent-Length: 500\r\n\r\n")
        for _ in range(5):
            connection.data_received(b"y" * 100)
        assert sink.events == ["200 OK", "end"]
        sink.events.clear()
        connection.send(b"GET", sink, is_head_request=False)

    assert connection.is_reusable


def test_an_endless_head_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "MAX_HEAD_BYTES", 100)
    connection, transport, sink = opened()

    for piece in (OK + b"X: ", *[b"x" * 60] * 4):
        connection.data_received(piece)

    assert sink.events == ["failed: expected a response head of at most 100 bytes"]
    assert transport.ending == "abort"


def test_bytes_that_nobody_asked_for_end_the_connection() -> None:
    """While it is idle, before the first request and after a response."""
    fresh, transport = UpstreamConnection(CLOCK), MemoryTransport()
    fresh.connection_made(transport)
    fresh.data_received(OK)
    used, used_transport, sink = opened()
    used.data_received(OK + b"Content-Length: 2\r\n\r\nhi")
    used.data_received(OK)

    assert (fresh.is_reusable, transport.ending) == (False, "abort")
    assert (used.is_reusable, used_transport.ending) == (False, "abort")
    assert sink.events == ["200 OK", "end"]


def test_an_idle_connection_that_is_lost_fails_nothing() -> None:
    connection, _, sink = opened()
    connection.data_received(OK + b"Content-Length: 2\r\n\r\nhi")

    connection.connection_lost(OSError())

    assert sink.events == ["200 OK", "end"]
    assert not connection.is_reusable


def test_a_response_that_was_given_up_reaches_nobody() -> None:
    """Also if it is given up in the middle of a piece, by the one who takes the head."""

    class GivesUp(Sink):
        def begin(self, head: Head) -> None:
            super().begin(head)
            connection.abandon()

    connection, transport, _ = opened()
    sink = GivesUp()
    connection.send(b"GET", sink, is_head_request=False)
    connection.data_received(OK + b"Content-Length: 9\r\n\r\nhel")
    connection.connection_lost(None)

    assert (sink.events, sink.body, sink.flushes) == (["200 OK"], b"", 0)
    assert transport.ending == "abort"


def test_reading_stops_while_the_client_is_slow() -> None:
    """A connection that is not there yet, or not any more, cannot stop."""
    unopened = UpstreamConnection(CLOCK)
    unopened.pause()
    unopened.resume()
    unopened.abandon()
    connection, transport, _ = opened()

    connection.pause()
    while_paused = transport.reads
    connection.resume()
    again = transport.reads
    transport.close()
    connection.pause()

    assert (while_paused, again, transport.reads) == (False, True, True)


@for_each(
    ("sent", "events"),
    [
        (OK + b"Content-Length: 3\r\n\r\nbig", ["200 OK", "end"]),
        (OK + b"Content-Length: 9\r\n\r\nbig", ["200 OK", "cut (RST)"]),
        (b"", ["failed (RST)"]),
    ],
)
def test_an_answer_that_has_arrived_is_read_although_writing_has_failed(sent: bytes, events: list[str]) -> None:
    """An upstream that refuses a large body may close the connection while more of it comes."""
    connection, transport, sink = opened()
    own, upstreams = socket.socketpair()
    with own, upstreams:
        own.setblocking(False)
        upstreams.sendall(sent)
        upstreams.close()
        transport.extra["socket"] = own

        connection.connection_lost(BrokenPipeError())

    assert [event.partition(":")[0] for event in sink.events] == events
    assert sink.body == (b"big" if sent else b"")
