"""The worker process of gunicorn: which thread serves a request, and when a client is dropped.

gunicorn gives every connection a thread of one pool, before it has sent a byte. Then pulls that wait for HubSpot,
clients that stop reading and clients that never finish a request keep the health check waiting, and the container is
restarted. Here:

- The main thread reads the head of each request, without blocking and with a deadline. Only a complete head gets a
  thread.
- Probes, pulls and everything else have pools of their own. They share one port, because the path decides.
- A client that does not read for a while is dropped. A connection carries one request, and the main thread waits for
  its end, so that no thread lingers.
"""

import errno
import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol, cast
from weakref import WeakKeyDictionary

from gunicorn.workers.gthread import TConn, ThreadWorker
from werkzeug.wsgi import ClosingIterator

from service.settings import Settings

__all__ = ["ABORT_TIME_S", "MAX_CONNECTIONS_WITHOUT_PULL", "Worker", "in_pieces"]

ABORT_TIME_S = 2  # for pulls to abort and to log it, after their grace period
MAX_CONNECTIONS_WITHOUT_PULL = 500
_MAX_UNFINISHED = 256
_STOPPING_REQUEST_TIME_S = 1.0
_MAX_HEAD_BYTES = 131_072
_RECEIVE_BYTES = 65_536
_MAX_DRAINED_BYTES = 65_536
_END_OF_HEAD = b"\r\n\r\n"
_HEAD_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_PROBES = (b"/health", b"/metrics")
_SWITCH_INTERVAL_S = 0.001  # a probe waits for a turn behind each pull that computes
_PIECE_BYTES = 65_536


class _Server(Protocol):
    """What the worker needs from `GunicornServer`."""

    settings: Settings
    stopping: threading.Event


def pool_name(head: bytes) -> str:
    """Return the pool for a request, by its path."""
    target = b"".join(head[:8192].partition(b"\r\n")[0].split(b" ")[1:2])
    path = target.partition(b"?")[0]
    if path in _PROBES:
        return "probes"
    return "pulls" if path.startswith(b"/get_") else "others"


def in_pieces(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Wrap an application so that it sends pieces, and a slow client has the time limit for each of them."""

    def wrapped(environ: Any, start_response: Any) -> Iterable[bytes]:
        body = application(environ, start_response)
        return ClosingIterator(_pieces(body), getattr(body, "close", None))

    return wrapped


def _pieces(body: Iterable[bytes]) -> Iterator[bytes]:
    for part in body:
        if len(part) <= _PIECE_BYTES:
            yield part
            continue
        for start in range(0, len(part), _PIECE_BYTES):
            yield part[start : start + _PIECE_BYTES]


class Worker(ThreadWorker):
    """Reads requests in the main thread and serves them in pools. See the module's description."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.max_keepalived = 0  # so that every response says `Connection: close`
        self._heads: WeakKeyDictionary[TConn, bytearray] = WeakKeyDictionary()
        self._drained: WeakKeyDictionary[TConn, int] = WeakKeyDictionary()

    @property
    def _server(self) -> _Server:
        return cast(_Server, self.app)

    def init_process(self) -> None:
        """Start the worker process."""
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
        super().init_process()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """Create the pools. gunicorn itself uses the one for pulls, to end it."""
        pulls = ThreadPoolExecutor(self.cfg.threads, thread_name_prefix="pull")
        self._pools = {
            "pulls": pulls,
            "probes": ThreadPoolExecutor(2, thread_name_prefix="probe"),
            "others": ThreadPoolExecutor(4, thread_name_prefix="other"),
        }
        return pulls

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Handle SIGTERM: running pulls may finish during a grace period, and are then aborted."""
        super().handle_exit(sig, frame)
        self.method_queue.defer(self._hurry_unfinished)
        timer = threading.Timer(self.cfg.graceful_timeout - ABORT_TIME_S, self._server.stopping.set)
        timer.daemon = True
        timer.start()

    # --- in the main thread ---

    def enqueue_req(self, conn: TConn) -> None:
        """Wait for the head of a new connection's request."""
        if len(self.pending_conns) >= _MAX_UNFINISHED:
            self.pending_conns[0].timeout = 0.0
            self.murder_pending()
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self._server.settings.request_timeout_s
        self._heads[conn] = bytearray()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _hurry_unfinished(self) -> None:
        """Do not let half requests delay the end of the process."""
        latest = time.monotonic() + _STOPPING_REQUEST_TIME_S
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout or latest, latest)

    def on_pending_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Read more of a head. Serve the request when it is complete."""
        piece = _receive(client)
        if piece is None:
            return
        head = self._heads[conn]
        start = max(0, len(head) - len(_END_OF_HEAD))
        head += piece if head else piece.lstrip(b"\r\n")  # a client may send empty lines before a request
        is_complete = head.find(_END_OF_HEAD, start) >= 0
        if piece and not is_complete and len(head) <= _MAX_HEAD_BYTES:
            return
        self.poller.unregister(client)
        self.pending_conns.remove(conn)
        del self._heads[conn]
        if not is_complete and len(head) > _MAX_HEAD_BYTES:
            _send(client, _HEAD_TOO_LONG)
            self._linger(conn)
        else:
            self._serve(conn, bytes(head))

    def _serve(self, conn: TConn, head: bytes) -> None:
        conn.init()
        cast(Any, conn.parser).unreader.unread(head)  # the parser of HTTP/1.1, because nothing else is configured
        served = self._pools[pool_name(head)].submit(self.handle, conn)
        served.add_done_callback(lambda future: self.method_queue.defer(self.finish_request, conn, future))

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:  # noqa: ARG002 - every connection ends here
        """Close the connection after its request."""
        self._linger(conn)

    def _linger(self, conn: TConn) -> None:
        """Wait for the client to close, because closing with unread bytes can destroy what the client has not read."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))
        except (OSError, ValueError):
            self._drop(conn)
            return
        conn.set_timeout()
        self._drained[conn] = 0
        self.keepalived_conns.append(conn)

    def _drain(self, conn: TConn, client: socket.socket) -> None:
        piece = _receive(client)
        if piece is None:
            return
        self._drained[conn] += len(piece)
        if not piece or self._drained[conn] > _MAX_DRAINED_BYTES:
            self.poller.unregister(client)
            self.keepalived_conns.remove(conn)
            self._drop(conn)

    def _drop(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()

    # --- in a thread of a pool ---

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Serve a request. A client that reads nothing for a while is dropped."""
        conn.sock.settimeout(self._server.settings.response_timeout_s)
        try:
            return super().handle_request(req, conn)
        except TimeoutError:
            self.log.warning("A client was dropped: it did not read its response in time (RESPONSE_TIMEOUT_S).")
            raise ConnectionResetError(errno.ECONNRESET, "the client does not read") from None


def _receive(client: socket.socket) -> bytes | None:
    """Return what there is to read, nothing at the end of the connection, None if there is nothing yet."""
    try:
        return client.recv(_RECEIVE_BYTES)
    except (BlockingIOError, InterruptedError):
        return None
    except OSError:
        return b""


def _send(client: socket.socket, response: bytes) -> None:
    """Send a short response if the client takes it at once."""
    try:
        client.send(response)
    except OSError:
        """The client is gone."""
