"""What the worker's main thread does with a connection, without a process and without a network."""

import contextlib
import errno
import os
import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.workers.gthread import TConn, ThreadWorker

from service import server as server_module
from service import worker as worker_module
from service.server import GunicornServer
from service.settings import Settings
from service.worker import Worker, in_pieces, pool_name
from tests.support.cases import for_each

HEAD = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
LONGEST_HEAD = 131_072
MOST_DRAINED = 65_536


class Desk:
    """A worker whose requests are noted and not answered, with clients at the other end of sockets."""

    def __init__(self, server: GunicornServer) -> None:
        self.log: list[str] = []
        log = SimpleNamespace(warning=self.log.append)
        self.worker: Any = Worker(0, os.getppid(), [], server, 30, server.cfg, log)
        self.worker.poller = selectors.DefaultSelector()
        self.worker.method_queue.init()
        self.worker.tpool = self.worker.get_thread_pool()
        self.served: list[tuple[bytes, str]] = []
        self._sockets: list[socket.socket] = []
        vars(self.worker)["handle"] = self._serve
        queue: Any = self.worker.method_queue
        self.worker.poller.register(queue.fileno(), selectors.EVENT_READ, queue.run_callbacks)

    def connect(self) -> tuple[socket.socket, TConn]:
        """Return a client and its connection, which the worker has accepted."""
        client, end = socket.socketpair()
        client.settimeout(20)
        self._sockets += [client, end]
        conn = TConn(self.worker.cfg, end, ("127.0.0.1", 1), ("127.0.0.1", 2))
        self.worker.nr_conns += 1
        self.worker.enqueue_req(conn)
        return client, conn

    def dispatch(self, timeout_s: float = 0.0) -> None:
        """Let the worker react to everything that has arrived."""
        self.worker.wait_for_and_dispatch_events(timeout_s)

    def send(self, client: socket.socket, text: bytes) -> None:
        """Send a text in parts that the worker reads at once."""
        for start in range(0, len(text), 65_536):
            client.sendall(text[start : start + 65_536])
            self.dispatch()

    def finish(self) -> None:
        """Wait until the worker has finished what it is serving."""
        before = len(self.worker.keepalived_conns)
        deadline = time.monotonic() + 20
        while len(self.worker.keepalived_conns) == before and time.monotonic() < deadline:
            self.dispatch(0.1)

    def close(self) -> None:
        """Close everything."""
        for pool in self.worker._pools.values():
            pool.shutdown()
        for one in self._sockets:
            one.close()
        self.worker.poller.close()
        self.worker.method_queue.close()
        self.worker.tmp.close()

    def _serve(self, conn: TConn) -> None:
        parser: Any = conn.parser
        self.served.append((parser.unreader.read(), threading.current_thread().name))


@pytest.fixture(scope="module")
def server() -> GunicornServer:
    settings = Settings(
        hubspot_api_key="pat-x", hubspot_base_url="http://localhost", threads=7, request_timeout_s=5, grace_s=30
    )
    return GunicornServer(settings)


@pytest.fixture
def desk(server: GunicornServer) -> Iterator[Desk]:
    made = Desk(server)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("path", "prefix"),
    [(b"/health", "probe"), (b"/metrics", "probe"), (b"/get_contacts", "pull"), (b"/", "other")],
)
def test_a_complete_head_gets_a_thread_of_its_pool(desk: Desk, path: bytes, prefix: str) -> None:
    client, conn = desk.connect()
    head = HEAD.replace(b"/health", path)

    desk.send(client, head)
    desk.finish()

    ((seen, thread),) = desk.served
    assert seen == head
    assert thread.startswith(prefix)
    assert list(desk.worker.keepalived_conns) == [conn]
    assert not desk.worker.pending_conns
    assert conn not in desk.worker._heads


@pytest.mark.parametrize("at", range(1, len(HEAD)))
def test_a_head_may_arrive_in_any_two_parts(desk: Desk, at: int) -> None:
    client, _ = desk.connect()

    desk.send(client, HEAD[:at])
    assert not desk.served
    desk.send(client, HEAD[at:])
    desk.finish()

    assert [seen for seen, _ in desk.served] == [HEAD]


def test_what_follows_a_head_is_passed_on_with_it(desk: Desk) -> None:
    client, _ = desk.connect()

    desk.send(client, HEAD + b"a body")
    desk.finish()

    assert [seen for seen, _ in desk.served] == [HEAD + b"a body"]


def test_empty_lines_in_front_of_a_head_are_dropped(desk: Desk) -> None:
    client, _ = desk.connect()

    for part in (b"\r\n\r\n", b"\r\n", b"\r\n" + HEAD[:-2]):
        desk.send(client, part)
        assert not desk.served
    desk.send(client, HEAD[-2:])
    desk.finish()

    assert [seen for seen, _ in desk.served] == [HEAD]


@pytest.mark.parametrize("method", [b"X", b"\\r", b"PATCH"])
def test_nothing_but_empty_lines_is_dropped_in_front_of_a_head(desk: Desk, method: bytes) -> None:
    client, _ = desk.connect()

    desk.send(client, method + HEAD)
    desk.finish()

    assert [seen for seen, _ in desk.served] == [method + HEAD]


def test_what_a_client_sends_is_read_in_pieces_of_64_kibibytes() -> None:
    client: Any = SimpleNamespace(recv=lambda size: b"x" * size)

    assert worker_module._receive(client) == b"x" * 65_536


@for_each(
    ("error", "received"),
    [(BlockingIOError(), None), (InterruptedError(), None), (ConnectionResetError(), b""), (OSError(), b"")],
)
def test_a_client_that_has_sent_nothing_yet_is_not_one_that_is_gone(error: OSError, received: bytes | None) -> None:
    def fail(_size: int) -> bytes:
        raise error

    client: Any = SimpleNamespace(recv=fail)

    assert worker_module._receive(client) == received


def test_a_head_that_breaks_off_is_given_to_gunicorn(desk: Desk) -> None:
    client, _ = desk.connect()
    desk.send(client, HEAD[:10])

    client.shutdown(socket.SHUT_WR)
    desk.dispatch()
    desk.finish()

    assert [seen for seen, _ in desk.served] == [HEAD[:10]]


def test_a_head_that_breaks_off_at_the_longest_length_is_not_too_long(desk: Desk) -> None:
    client, _ = desk.connect()
    desk.send(client, b"x" * LONGEST_HEAD)

    client.shutdown(socket.SHUT_WR)
    desk.dispatch()
    desk.finish()

    assert len(desk.served[0][0]) == LONGEST_HEAD


def test_a_client_that_sends_nothing_is_served_nothing(desk: Desk) -> None:
    client, conn = desk.connect()

    desk.worker.on_pending_socket_readable(conn, conn.sock)

    assert list(desk.worker.pending_conns) == [conn]
    client.close()


def test_a_head_of_the_longest_length_is_waited_for_and_one_more_byte_is_refused(desk: Desk) -> None:
    client, conn = desk.connect()
    desk.send(client, HEAD[:-2] + b"X: " + b"x" * (LONGEST_HEAD - len(HEAD) - 1))
    assert list(desk.worker.pending_conns) == [conn]
    assert not desk.worker.keepalived_conns

    desk.send(client, b"x")

    assert client.recv(1000) == (
        b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    )
    assert client.recv(1000) == b""
    assert not desk.worker.pending_conns
    assert list(desk.worker.keepalived_conns) == [conn]
    assert not desk.served


def test_a_long_body_behind_a_complete_head_is_not_refused(desk: Desk) -> None:
    client, _ = desk.connect()
    desk.send(client, HEAD[:-2] + b"X: " + b"x" * (LONGEST_HEAD - len(HEAD) - 1))

    desk.send(client, b"\r\n\r\n")
    desk.finish()

    assert len(desk.served[0][0]) == LONGEST_HEAD + 4


def test_a_connection_that_was_reset_is_given_to_gunicorn(desk: Desk) -> None:
    client, conn = desk.connect()
    client.close()

    class Broken:
        def recv(self, _size: int) -> bytes:
            raise ConnectionResetError

        def fileno(self) -> int:
            return conn.sock.fileno()

    desk.worker.on_pending_socket_readable(conn, Broken())
    desk.finish()

    assert len(desk.served) == 1


def test_a_new_connection_has_the_time_of_the_settings_for_its_head(desk: Desk) -> None:
    before = time.monotonic()
    _, conn = desk.connect()

    assert conn.timeout is not None
    assert before + 5 <= conn.timeout <= time.monotonic() + 5
    assert conn.sock.getblocking() is False


class Unconnected:
    """A connection without a socket, of which a test can have many."""

    def __init__(self, timeout: float | None = None) -> None:
        self.timeout = timeout
        self.is_closed = False
        self.blocking: list[bool] = []
        self.sock = SimpleNamespace(setblocking=self.blocking.append)

    def close(self) -> None:
        """Note it."""
        self.is_closed = True


def unconnected(timeout: float | None = None) -> Any:
    return Unconnected(timeout)


def test_the_oldest_of_256_unfinished_requests_makes_room(desk: Desk) -> None:
    desk.worker.poller.close()
    desk.worker.poller = SimpleNamespace(
        register=lambda *_args: None, unregister=lambda *_args: None, close=lambda: None
    )
    connections = [unconnected() for _ in range(257)]
    desk.worker.nr_conns = 257
    for one in connections[:256]:
        desk.worker.enqueue_req(one)
    assert not any(one.is_closed for one in connections)

    desk.worker.enqueue_req(connections[256])

    assert [one.is_closed for one in connections] == [True] + [False] * 256
    assert list(desk.worker.pending_conns) == connections[1:]
    assert desk.worker.nr_conns == 256
    assert [one.blocking for one in connections] == [[False]] * 257


def test_at_the_end_of_the_process_an_unfinished_request_has_a_second(desk: Desk) -> None:
    soon, late, never = unconnected(time.monotonic() + 0.1), unconnected(time.monotonic() + 100), unconnected()
    soon_timeout = soon.timeout
    desk.worker.pending_conns.extend([soon, late, never])
    before = time.monotonic()

    desk.worker._hurry_unfinished()

    assert soon.timeout == soon_timeout
    for one in (late, never):
        assert one.timeout is not None
        assert before + 1 <= one.timeout <= time.monotonic() + 1


def test_sigterm_hurries_requests_and_stops_pulls_before_gunicorn_kills_them(
    desk: Desk, server: GunicornServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    timers: list[Any] = []

    class Timer:
        daemon = False
        is_started = False

        def __init__(self, seconds: float, call: Callable[[], None]) -> None:
            self.seconds, self.call = seconds, call
            timers.append(self)

        def start(self) -> None:
            self.is_started = True

    monkeypatch.setattr(worker_module, "threading", SimpleNamespace(Timer=Timer))
    late = unconnected(time.monotonic() + 100)
    desk.worker.pending_conns.append(late)

    desk.worker.handle_exit(15, None)
    desk.dispatch()

    (timer,) = timers
    assert timer.seconds == 30
    assert timer.call == server.stopping.set
    assert (timer.daemon, timer.is_started) == (True, True)
    assert desk.worker.alive is False
    assert late.timeout is not None
    assert late.timeout < time.monotonic() + 2


def lingering(desk: Desk) -> tuple[socket.socket, TConn]:
    """Return a client whose request is finished."""
    client, conn = desk.connect()
    desk.worker.poller.unregister(conn.sock)
    desk.worker.pending_conns.clear()
    conn.sock.setblocking(True)  # as it is in a thread
    conn.timeout = None
    future: Future[Any] = Future()
    desk.worker.finish_request(conn, future)
    return client, conn


def test_after_a_request_the_client_has_some_time_to_close(desk: Desk) -> None:
    before = time.monotonic()
    client, conn = lingering(desk)

    assert client.recv(10) == b""
    assert list(desk.worker.keepalived_conns) == [conn]
    assert conn.sock.getblocking() is False
    assert conn.timeout is not None
    assert before < conn.timeout
    assert desk.worker.nr_conns == 1
    assert len(desk.worker.poller.get_map()) == 2

    client.close()
    desk.dispatch()

    assert not desk.worker.keepalived_conns
    assert desk.worker.nr_conns == 0
    assert conn.sock.fileno() == -1
    assert len(desk.worker.poller.get_map()) == 1


def test_a_client_that_goes_on_sending_is_drained_up_to_a_bound(desk: Desk) -> None:
    client, conn = lingering(desk)
    desk.send(client, b"x" * (MOST_DRAINED - 1))
    desk.send(client, b"x")
    assert list(desk.worker.keepalived_conns) == [conn]

    desk.worker._drain(conn, conn.sock)  # woken without anything to read
    assert list(desk.worker.keepalived_conns) == [conn]
    desk.send(client, b"x")

    assert not desk.worker.keepalived_conns
    assert desk.worker.nr_conns == 0
    assert conn.sock.fileno() == -1


def test_a_connection_that_is_gone_already_is_dropped_at_once(desk: Desk) -> None:
    _, conn = desk.connect()
    desk.worker.poller.unregister(conn.sock)
    conn.sock.close()

    desk.worker.finish_request(conn, Future())

    assert not desk.worker.keepalived_conns
    assert desk.worker.nr_conns == 0


def test_a_connection_that_cannot_be_watched_is_dropped_at_once(desk: Desk) -> None:
    _, conn = desk.connect()
    desk.worker.poller.unregister(conn.sock)

    def refuse(*_args: object) -> None:
        raise ValueError("the poller is closed")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk.worker.poller, "register", refuse)
        desk.worker.finish_request(conn, Future())

    assert not desk.worker.keepalived_conns
    assert desk.worker.nr_conns == 0


def test_a_refused_client_that_is_gone_is_no_error() -> None:
    client, end = socket.socketpair()
    client.close()
    with contextlib.closing(end):
        worker_module._send(end, b"refused")
        worker_module._send(end, b"refused")


def test_each_kind_of_request_has_threads_of_its_own(desk: Desk) -> None:
    pools = desk.worker._pools

    assert desk.worker.tpool is pools["pulls"]
    assert {name: pool._max_workers for name, pool in pools.items()} == {"pulls": 7, "probes": 2, "others": 4}


def test_no_connection_is_kept_for_another_request(desk: Desk) -> None:
    assert desk.worker.max_keepalived == 0


def test_threads_take_turns_so_often_that_probes_are_quick(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[bool] = []
    intervals: list[float] = []
    monkeypatch.setattr(ThreadWorker, "init_process", lambda _self: started.append(True))
    monkeypatch.setattr(sys, "setswitchinterval", intervals.append)

    desk.worker.init_process()

    assert started == [True]
    assert intervals == [0.001]


def handled(desk: Desk, monkeypatch: pytest.MonkeyPatch, outcome: Callable[[], object]) -> tuple[float | None, Any]:
    """Return the time limit under which gunicorn handles a request, and what becomes of it."""
    seen: list[float | None] = []

    def handle(_self: object, _request: object, conn: TConn) -> object:
        seen.append(conn.sock.gettimeout())
        return outcome()

    monkeypatch.setattr(ThreadWorker, "handle_request", handle)
    _, conn = desk.connect()
    result = desk.worker.handle_request(object(), conn)
    return seen[0], result


def test_a_request_is_handled_under_the_time_limit_for_responses(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    timeout_s, result = handled(desk, monkeypatch, lambda: "handled")

    assert timeout_s == desk.worker._server.settings.response_timeout_s
    assert result == "handled"


def test_a_client_that_does_not_read_counts_as_gone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def stall() -> object:
        raise TimeoutError

    with pytest.raises(ConnectionResetError) as caught:
        handled(desk, monkeypatch, stall)

    assert caught.value.errno == errno.ECONNRESET
    assert desk.log == ["A client was dropped: it did not read its response in time (RESPONSE_TIMEOUT_S)."]


@for_each(
    ("head", "name"),
    [
        (b"G" * 8184 + b" /health HTTP/1.1\r\n\r\n", "probes"),
        (b"G" * 8185 + b" /health HTTP/1.1\r\n\r\n", "others"),
        (b"GET /health?" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", "probes"),
        (b"GET /get_contacts HTTP/1.1\r\nReferer: x /health y\r\n\r\n", "pulls"),
        (b"GET /healthy HTTP/1.1\r\n\r\n", "others"),
    ],
)  # fmt: skip
def test_only_the_beginning_of_a_request_decides_which_threads_serve(head: bytes, name: str) -> None:
    assert pool_name(head) == name


@for_each(("length", "sizes"), [(0, [0]), (65_536, [65_536]), (65_537, [65_536, 1]), (131_073, [65_536, 65_536, 1])])
def test_a_part_is_cut_into_pieces_of_64_kibibytes(length: int, sizes: list[int]) -> None:
    body = os.urandom(length)

    pieces = list(in_pieces(lambda _environ, _start: [body])({}, None))

    assert list(map(len, pieces)) == sizes
    assert b"".join(pieces) == body


def test_the_application_sees_the_request_and_its_body_needs_no_close() -> None:
    seen: list[object] = []

    def application(environ: object, start_response: object) -> list[bytes]:
        seen.extend([environ, start_response])
        return [b"x"]

    environ, start_response = {"PATH_INFO": "/"}, partial(print)
    sent = in_pieces(application)(environ, start_response)
    sent.close()  # type: ignore[attr-defined]

    assert seen == [environ, start_response]


# --- how gunicorn is configured ---


def test_gunicorn_is_configured_by_the_settings(server: GunicornServer) -> None:
    options = server.cfg

    assert options.bind == ["0.0.0.0:5000"]
    assert options.worker_class is Worker
    assert (options.workers, options.threads, options.worker_connections) == (1, 7, 507)
    assert options.graceful_timeout == 32
    assert options.control_socket_disable is True
    assert options.logger_class is server_module._ServerLog


def test_the_heartbeat_is_in_memory_if_there_is_such_a_disk(
    server: GunicornServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the image can be read-only."""
    assert Path("/dev/shm") == server_module._MEMORY_DISK  # noqa: S108 - compared
    for disk, expected in ((tmp_path, str(tmp_path)), (tmp_path / "no such disk", None)):
        monkeypatch.setattr(server_module, "_MEMORY_DISK", disk)
        assert server._options()["worker_tmp_dir"] == expected


def test_gunicorns_log_goes_to_the_root_logger_and_has_no_line_for_each_request(server: GunicornServer) -> None:
    log: Any = server_module._ServerLog(server.cfg)
    try:
        assert log.cfg is server.cfg
        assert log.error_log.propagate is True
        assert log._access_log_enabled is False
    finally:
        log.error_log.propagate = False


def test_the_application_is_told_when_the_process_stops(
    server: GunicornServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[object, object]] = []

    def create(settings: Settings, *, stopping: threading.Event) -> Callable[..., list[bytes]]:
        given.append((settings, stopping))
        return lambda _environ, _start: [b"x" * 65_537]

    monkeypatch.setattr(server_module, "create_app", create)

    pieces = list(server.load()({}, None))

    assert given == [(server.settings, server.stopping)]
    assert [len(piece) for piece in pieces] == [65_536, 1]
