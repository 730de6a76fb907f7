"""What a client gets of a response, and what is known about it afterwards, without a socket."""

import asyncio
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import pytest

from contract_bench.proxy import pass_through
from contract_bench.proxy import pool as pool_module
from contract_bench.proxy.address import Address
from contract_bench.proxy.connection import Head, UpstreamConnection
from contract_bench.proxy.errors import UpstreamError
from contract_bench.proxy.links import LinkRewriter
from contract_bench.proxy.pass_through import Client, Passed, PassThrough, Upload, error_message
from contract_bench.proxy.pool import UpstreamPool
from tests.support.cases import Cases
from tests.support.loops import in_loop

JSON = (b"Content-Type", b"application/json")
LINK = b'{"next":"http://api.test/v1/b"}'
OWN = b'{"next":"http://me/b"}'


class Receiver(Client):
    """Takes a response."""

    def __init__(self) -> None:
        self.got = b""
        self.ending = ""
        self.waits = False

    @property
    def head(self) -> bytes:
        """The head."""
        return self.got.partition(b"\r\n\r\n")[0]

    @property
    def body(self) -> bytes:
        """Everything after the head."""
        return self.got.partition(b"\r\n\r\n")[2]

    def write(self, content: bytes) -> None:
        """Keep bytes."""
        assert not self.ending
        self.got += content

    def finish(self, *, closes: bool) -> None:
        """Note an end in order."""
        assert not self.ending
        self.ending = "closed" if closes else "kept"

    def break_off(self, *, with_reset: bool) -> None:
        """Note an end in the middle."""
        assert not self.ending
        self.ending = "reset" if with_reset else "cut"

    def upload_full(self, is_full: bool) -> None:
        """Note whether the client is to wait with the body of its request."""
        self.waits = is_full


class Connection:
    """Notes what is sent on it and what becomes of it."""

    def __init__(self, *, was_used: bool = False) -> None:
        self.was_used = was_used
        self.sent: list[tuple[bytes, bool]] = []
        self.calls: list[str] = []

    def send(self, request: bytes, sink: object, *, is_head_request: bool) -> None:
        """Note a request."""
        del sink
        self.sent.append((request, is_head_request))

    def send_more(self, content: bytes) -> None:
        """Note a piece of the request's body."""
        if content:
            self.sent.append((content, False))

    def abandon(self) -> None:
        """Note it."""
        self.calls.append("abandon")

    def pause(self) -> None:
        """Note it."""
        self.calls.append("pause")

    def resume(self) -> None:
        """Note it."""
        self.calls.append("resume")


@dataclass
class Pool:
    """Has one idle connection at most, and opens others as `connecting` says."""

    idle: Connection | None = None
    connecting: Callable[[], Any] | None = None
    given_back: list[Connection] = field(default_factory=list)
    asked: list[bool] = field(default_factory=list)

    def take(self, *, may_be_stale: bool) -> Connection | None:
        """Give out the idle connection."""
        self.asked.append(may_be_stale)
        idle, self.idle = self.idle, None
        return idle

    def give_back(self, connection: Connection) -> None:
        """Note it."""
        self.given_back.append(connection)

    async def connect(self) -> Connection:
        """Open one."""
        assert self.connecting is not None, "no connection was expected to be opened"
        made = self.connecting()
        return cast("Connection", await made if asyncio.iscoroutine(made) else made)


@dataclass
class Passing:
    """A request under way."""

    pool: Pool
    client: Receiver
    ended: list[Passed]
    passing: PassThrough

    def respond(self, *headers: tuple[bytes, bytes], status: int = 200, pieces: tuple[bytes, ...] = ()) -> None:
        """Take a whole response."""
        self.passing.begin(Head(status, b"OK", list(headers)))
        for piece in pieces:
            self.passing.add(piece)
        self.passing.end()


def passing_of(pool: Pool | None = None, method: str = "GET", **options: Any) -> Passing:
    """Return a request under way; call it in an event loop."""
    own, client, ended = pool or Pool(Connection()), Receiver(), list[Passed]()
    chosen: dict[str, Any] = {"rewriter": LinkRewriter("http://api.test/v1", "http://me"), "timeout_s": 1000.0}
    chosen |= {"keeps_all": False, "speaks_1_1": True, "keeps_alive": True} | options
    through = PassThrough(cast("UpstreamPool", own), client, b"request", method, on_end=ended.append, **chosen)
    return Passing(own, client, ended, through)


def _same(connection: Connection) -> Connection:
    return connection


async def settled(passing: Passing) -> None:
    """Let the task that connects run to its end."""
    task = passing.passing._connecting
    if task is not None:
        await asyncio.wait([task])


@in_loop
async def test_each_framing_of_the_upstream_becomes_one_that_the_client_knows(cases: Cases) -> None:
    """Headers of the upstream, what the client speaks, and the framing it gets."""
    length, chunked = (b"content-LENGTH", b"2"), (b"Transfer-Encoding", b"gzip, Chunked")
    closing, old = {"keeps_alive": False}, {"speaks_1_1": False}
    says_length, says_chunks, says_close = b"Content-Length: 2", b"Transfer-Encoding: chunked", b"Connection: close"
    in_chunks = b"2\r\nhi\r\n0\r\n\r\n"
    for name, headers, options, fields, body, ending in [
        ("length", [length], {}, [says_length], b"hi", "kept"),
        ("length, closing client", [length], closing, [says_length, says_close], b"hi", "closed"),
        ("chunks", [chunked], {}, [says_chunks], in_chunks, "kept"),
        ("chunks, closing client", [chunked], closing, [says_chunks, says_close], in_chunks, "closed"),
        ("chunks for version 1.0", [chunked], old, [says_close], b"hi", "closed"),
        ("until the end", [], {}, [says_close], b"hi", "closed"),
    ]:
        with cases.case(name):
            under_way = passing_of(**cast("dict[str, Any]", options))
            under_way.passing.start()
            under_way.respond(*headers, pieces=(b"hi",))

            assert under_way.client.head.split(b"\r\n") == [b"HTTP/1.1 200 OK", *fields]
            assert under_way.client.body == body
            assert under_way.client.ending == ending
            assert [(each.status, each.body, each.length, each.error) for each in under_way.ended] == [
                (200, b"hi", 2, "")
            ]
            assert len(under_way.pool.given_back) == 1


@in_loop
async def test_a_response_without_a_body_has_no_framing_of_one(cases: Cases) -> None:
    """By its status or by the method; a length that is announced is passed on."""
    for method, status, headers, fields in [
        ("GET", 204, [], []),
        ("GET", 304, [], []),
        ("HEAD", 200, [JSON], [b"Content-Type: application/json"]),
        ("HEAD", 200, [JSON, (b"Content-Length", b"9")], [b"Content-Type: application/json", b"Content-Length: 9"]),
        ("HEAD", 200, [(b"Transfer-Encoding", b"chunked")], []),
    ]:
        with cases.case(f"{method} {status} {headers}"):
            under_way = passing_of(method=method)
            under_way.passing.start()
            under_way.respond(*headers, status=status)

            assert under_way.client.got == b"\r\n".join([b"HTTP/1.1 %d OK" % status, *fields]) + b"\r\n\r\n"
            assert under_way.client.ending == "kept"


@in_loop
async def test_headers_of_the_connection_are_not_passed_on() -> None:
    """In any case of letters. The others are, in their order and spelling."""
    hops = [
        (name.title(), b"x") for name in sorted(pass_through.HOP_BY_HOP - {b"content-length", b"transfer-encoding"})
    ]
    under_way = passing_of()
    under_way.passing.start()

    under_way.respond((b"X-odd", b"1"), *hops, (b"Set-Cookie", b"a"), (b"set-cookie", b"b"), (b"Content-Length", b"0"))

    fields = under_way.client.head.split(b"\r\n")[1:]
    assert fields == [b"X-odd: 1", b"Set-Cookie: a", b"set-cookie: b", b"Content-Length: 0"]


@in_loop
async def test_links_in_a_body(cases: Cases) -> None:
    """The type of the content, its encoding, the body of the upstream, that of the client, and whether it changed."""
    gz, escaped = gzip.compress(LINK), LINK.replace(b"/", rb"\/")
    other = gzip.compress(b'{"next":null}')
    for name, kind, encoding, sent, got, is_changed in [
        ("plain", b"application/json; charset=utf-8", b"", LINK, OWN, True),
        ("escaped", b"application/problem+json", b"", escaped, OWN.replace(b"/", rb"\/"), True),
        ("without one", b"application/json", b"", b"{}", b"{}", False),
        ("empty", b"application/json", b"", b"", b"", False),
        ("compressed", b"application/xml", b"gzip", gz, OWN, True),
        ("two members", b"text/html", b"gzip", gz + gz, OWN * 2, True),
        ("compressed, without one", b"application/json", b"gzip", other, other, False),
        ("not what it says", b"application/json", b"gzip", LINK, LINK, False),
        ("broken", b"application/json", b"gzip", gz[:-5], gz[:-5], False),
        ("the second member broken", b"application/json", b"gzip", gz + gz[:-9], gz + gz[:-9], False),
        ("another encoding", b"application/json", b"br", LINK, LINK, False),
        ("a file", b"text/csv", b"", LINK, LINK, False),
    ]:
        with cases.case(name):
            under_way = passing_of()
            under_way.passing.start()
            coding = [(b"Content-Encoding", encoding)] if encoding else []
            length = (b"Content-Length", b"%d" % len(sent))
            under_way.respond((b"Content-Type", kind), *coding, length, pieces=(sent[:7], sent[7:]) if sent else ())

            [passed] = under_way.ended
            assert under_way.client.body == passed.body == got
            assert b"Content-Length: %d" % len(got) in under_way.client.head.split(b"\r\n")
            assert (passed.own_body or sent) == sent
            assert (passed.own_body is not None) is is_changed
            is_encoded = any(name == b"Content-Encoding" for name, _ in passed.headers)
            assert is_encoded is (bool(encoding) and not is_changed)
            assert [value for name, value in passed.own_headers if name == b"Content-Encoding"] == [
                v for _, v in coding
            ]


@in_loop
async def test_a_body_that_is_too_large_to_be_held_is_passed_on_as_it_is(
    cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether its length is announced or not; its headers are rewritten all the same."""
    monkeypatch.setattr(pass_through, "MOST_HELD_BYTES", 40)
    location, pieces = (b"Location", b"http://api.test/v1/x"), (LINK, LINK, LINK)
    for framing, body in {
        (b"Content-Length", b"93"): LINK * 3,
        (b"Transfer-Encoding", b"chunked"): b"".join(b"1f\r\n%b\r\n" % piece for piece in pieces) + b"0\r\n\r\n",
    }.items():
        with cases.case(framing):
            under_way = passing_of()
            under_way.passing.start()
            under_way.respond(JSON, location, framing, pieces=pieces)

            assert under_way.client.body == body
            assert b"Location: http://me/x" in under_way.client.head
            assert under_way.ended[0].own_body is None


@in_loop
async def test_how_much_of_a_body_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its beginning, or all of it for a recording; the client gets all of it."""
    monkeypatch.setattr(pass_through, "MOST_KEPT_BYTES", 3)

    for keeps_all, kept in ((False, b"abcd"), (True, b"abcdef")):
        under_way = passing_of(keeps_all=keeps_all)
        under_way.passing.start()
        under_way.respond((b"Content-Length", b"6"), pieces=(b"ab", b"cd", b"ef"))

        assert under_way.client.body == b"abcdef"
        assert (under_way.ended[0].body, under_way.ended[0].length) == (kept, 6)


@in_loop
async def test_a_response_that_breaks_off_is_broken_off(cases: Cases) -> None:
    """With what was held, and in the way of the upstream."""
    for was_reset, ending in ((True, "reset"), (False, "cut")):
        with cases.case(ending):
            under_way = passing_of()
            under_way.passing.start()
            under_way.passing.begin(Head(200, b"OK", [JSON, (b"Content-Length", b"90")]))
            under_way.passing.add(LINK)
            before = under_way.client.got
            under_way.passing.fail(UpstreamError("it broke", was_reset=was_reset), has_begun=True)

            assert before == b""
            assert under_way.client.body == LINK
            assert b"Content-Length: 90" in under_way.client.head
            assert under_way.client.ending == ending
            assert [each.error for each in under_way.ended] == ["it broke"]
            assert under_way.pool.given_back == []


@in_loop
async def test_a_request_is_sent_again_only_if_that_is_harmless(cases: Cases) -> None:
    """An idle connection may have been closed by the upstream; a POST might be carried out twice."""
    for method, was_used, is_again in [
        ("GET", True, True),
        ("DELETE", True, True),
        ("PUT", True, True),
        ("GET", False, False),
        ("POST", True, False),
        ("PATCH", True, False),
    ]:
        with cases.case(f"{method}, used: {was_used}"):
            fresh = Connection()
            pool = Pool(Connection(was_used=was_used), partial(_same, fresh))
            under_way = passing_of(pool, method)
            under_way.passing.start()
            under_way.passing.fail(UpstreamError("closed"), has_begun=False)
            await settled(under_way)

            assert under_way.pool.asked == [method in ("GET", "DELETE", "PUT")]
            assert fresh.sent == ([(b"request", False)] if is_again else [])
            assert under_way.client.ending == ("" if is_again else "kept")
            assert [each.status for each in under_way.ended] == ([] if is_again else [502])
            under_way.passing.cancel()


@in_loop
async def test_an_upstream_that_cannot_be_reached_is_answered_for(cases: Cases) -> None:
    """The client gets the reason, without a body after a HEAD."""

    def refuse() -> Connection:
        raise UpstreamError('no "route"', status=504)

    for method, keeps_alive in (("GET", True), ("POST", False), ("HEAD", True)):
        with cases.case(method):
            under_way = passing_of(Pool(None, refuse), method, keeps_alive=keeps_alive)
            under_way.passing.start()
            await settled(under_way)

            content = error_message(UpstreamError('no "route"', status=504))[2]
            head = under_way.client.head
            assert head.startswith(b"HTTP/1.1 504 Gateway Timeout\r\n")
            assert b"Content-Length: %d" % len(content) in head
            assert (b"Connection: close" in head) is not keeps_alive
            assert under_way.client.body == (b"" if method == "HEAD" else content)
            assert under_way.client.ending == ("kept" if keeps_alive else "closed")
            [passed] = under_way.ended
            assert (passed.status, passed.body, passed.error) == (504, content, 'no "route"')


def test_the_reason_is_json() -> None:
    """Whatever is in it."""
    body = error_message(UpstreamError('a "quoted" \\ path'))[2]

    assert json.loads(body)["error"] == {"status": 502, "message": 'contract-bench proxy: a "quoted" \\ path'}


@in_loop
async def test_nothing_follows_the_end(cases: Cases) -> None:
    """After a client that is gone, the response is neither sent nor noted a second time."""
    late: dict[str, Callable[[PassThrough], object]] = {
        "its end": lambda passing: passing.end(),
        "a failure": lambda passing: passing.fail(UpstreamError("late"), has_begun=True),
        "a failure before the response": lambda passing: passing.fail(UpstreamError("late"), has_begun=False),
        "a refusal": lambda passing: passing._refuse(UpstreamError("late")),
        "the client again": lambda passing: passing.cancel(),
    }
    for name, then in late.items():
        with cases.case(name):
            connection = Connection()
            under_way = passing_of(Pool(connection))
            under_way.passing.start()
            under_way.passing.begin(Head(200, b"OK", [(b"Content-Length", b"5")]))
            under_way.passing.cancel()
            then(under_way.passing)

            assert connection.calls == ["abandon"]
            assert under_way.client.ending == ""
            assert [each.error for each in under_way.ended] == ["the client disconnected"]


@in_loop
async def test_a_client_that_goes_away_while_a_connection_is_opened() -> None:
    """The attempt ends; a connection that is there all the same is not left open."""
    late = Connection()

    async def in_spite_of_all() -> Connection:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return late
        raise AssertionError

    for connecting, calls in ((asyncio.Event().wait, []), (in_spite_of_all, ["abandon"])):
        under_way = passing_of(Pool(None, connecting))
        under_way.passing.start()
        await asyncio.sleep(0)
        under_way.passing.pause()
        under_way.passing.resume()
        under_way.passing.cancel()
        await settled(under_way)

        assert late.calls == calls
        assert late.sent == []
        assert [each.error for each in under_way.ended] == ["the client disconnected"]


@in_loop
async def test_a_silent_upstream(cases: Cases) -> None:
    """While it is connected to, before its response and in the middle of it."""
    for when in ("connecting", "waiting", "in the body"):
        with cases.case(when):
            connection = Connection()
            pool = Pool(None, asyncio.Event().wait) if when == "connecting" else Pool(connection)
            under_way = passing_of(pool, timeout_s=0.0)
            under_way.passing.start()
            if when == "in the body":
                under_way.passing.begin(Head(200, b"OK", [(b"Content-Length", b"5")]))
            while not under_way.ended:
                await asyncio.sleep(0)
            await settled(under_way)

            assert under_way.client.ending == ("cut" if when == "in the body" else "kept")
            assert under_way.ended[0].status == (200 if when == "in the body" else 504)
            assert under_way.ended[0].error == "the upstream was silent for 0 s"
            assert connection.calls == ([] if when == "connecting" else ["abandon"])


@in_loop
async def test_a_slow_client_stops_the_upstream() -> None:
    connection = Connection()
    under_way = passing_of(Pool(connection))
    under_way.passing.start()

    under_way.passing.pause()
    under_way.passing.resume()
    under_way.passing.cancel()

    assert connection.calls == ["pause", "resume", "abandon"]


def test_the_pool_gives_out_what_can_be_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest first; what is too old only for a request that may be sent twice, and never more than it may keep."""
    monkeypatch.setattr(pool_module, "MOST_IDLE", 2)

    async def run() -> None:
        pool, loop = UpstreamPool(Address.of("http://127.0.0.1:1")), asyncio.get_running_loop()
        old, dead, fresh, broken = (UpstreamConnection(loop) for _ in range(4))
        broken.is_reusable = False
        fresh.idle_since = loop.time()
        old.idle_since = dead.idle_since = loop.time() - 1000
        for each in (dead, broken, old, fresh):
            pool.give_back(each)  # the third one takes the place of the first

        assert not dead.is_reusable
        assert pool.take(may_be_stale=False) is fresh
        assert pool.take(may_be_stale=True) is old
        assert pool.take(may_be_stale=True) is None
        pool.give_back(old)
        assert pool.take(may_be_stale=False) is None
        assert not old.is_reusable
        pool.give_back(fresh)
        fresh.is_reusable = False
        assert pool.take(may_be_stale=True) is None

    asyncio.run(run())


def pool_that_opens(connection: Connection, *, idle: Connection | None = None) -> Pool:
    """Return a pool that opens this connection."""
    return Pool(idle, connecting=lambda: connection)


@in_loop
async def test_the_body_of_a_request_follows_its_head() -> None:
    """With its length or in chunks; pieces that come before the connection wait, and the client as well."""
    for is_chunked, sent in [(False, [b"one", b"two"]), (True, [b"3\r\none\r\n", b"3\r\ntwo\r\n", b"0\r\n\r\n"])]:
        connection = Connection()
        under_way = passing_of(pool_that_opens(connection), "PUT", upload=Upload(is_chunked=is_chunked))
        under_way.passing.start()
        under_way.passing.feed(b"one")
        assert under_way.client.waits
        await settled(under_way)
        assert not under_way.client.waits
        under_way.passing.feed(b"two")
        under_way.passing.feed_end()
        under_way.respond()

        assert [content for content, _ in connection.sent] == [b"request", *sent]
        assert under_way.ended[0].uploaded == b"onetwo"
        assert under_way.pool.given_back == [connection]


@in_loop
async def test_a_request_whose_body_is_streamed_is_sent_once() -> None:
    """Nothing of the body is there any more for a second attempt, so it takes no connection that may be stale."""
    idle, connection = Connection(was_used=True), Connection()
    under_way = passing_of(pool_that_opens(connection, idle=idle), "PUT", upload=Upload(is_chunked=False))
    under_way.passing.start()
    await settled(under_way)
    under_way.passing.feed(b"one")
    under_way.passing.fail(UpstreamError("closed"), has_begun=False)

    assert idle.sent == []
    assert under_way.client.head.startswith(b"HTTP/1.1 502 ")


@in_loop
async def test_a_response_before_the_end_of_the_request_ends_the_connection_to_the_upstream() -> None:
    connection = Connection()
    under_way = passing_of(pool_that_opens(connection), "POST", upload=Upload(is_chunked=False))
    under_way.passing.start()
    await settled(under_way)
    under_way.passing.feed(b"one")
    under_way.respond(status=413)

    assert connection.calls == ["abandon"]
    assert under_way.pool.given_back == []
    under_way.passing.feed(b"more")
    assert [content for content, _ in connection.sent] == [b"request", b"one"]
