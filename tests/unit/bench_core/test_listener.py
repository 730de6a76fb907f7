"""The listener that both fakes, the replay server and the recorder share."""

import asyncio
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import requests

from bench_core import listener
from bench_core.listener import (
    BackgroundServer,
    ListenerOptions,
    ListenError,
    Receive,
    Scope,
    Send,
    bind,
    url_of,
)
from tests.support.cases import for_each
from tests.support.processes import started

HOSTS = ["127.0.0.1", "localhost", "0.0.0.0", "::1", "[::1]", "::"]  # noqa: S104 - for this test only
FOREGROUND = """
from bench_core.listener import serve_in_foreground
from tests.unit.bench_core.test_listener import hello

serve_in_foreground(hello, host="127.0.0.1", port=0, on_start=lambda url: print(url, flush=True))
"""


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer every request with the name of the thread that serves it."""
    body = threading.current_thread().name.encode()
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def has_ipv6() -> bool:
    """Whether this machine has an IPv6 loopback address."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@for_each("host", HOSTS)
def test_the_url_reaches_the_server_for_every_spelling_of_a_host(host: str) -> None:
    if ":" in host and not has_ipv6():
        pytest.skip("this machine has no IPv6 loopback address")

    with BackgroundServer(hello, host=host, name="my-server") as server:
        response = requests.get(server.url, timeout=9)

    assert response.text == "my-server"


def test_an_ipv6_address_is_in_brackets_in_the_url() -> None:
    if not has_ipv6():
        pytest.skip("this machine has no IPv6 loopback address")
    with bind("::1", 0) as bound:
        url = url_of("::1", bound)

    assert url == f"http://[::1]:{urlsplit(url).port}"


def test_responses_are_not_delayed_by_nagles_algorithm() -> None:
    """Asyncio switches it off only on sockets that name their protocol; left on, responses wait for 40 ms."""
    with bind("127.0.0.1", 0) as bound:
        assert bound.proto == socket.IPPROTO_TCP


def test_a_taken_port_raises_an_error_with_the_address_and_a_way_out() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(ListenError) as caught:
            BackgroundServer(hello, port=port).__enter__()

    assert (caught.value.errno, caught.value.host, caught.value.port) == (errno.EADDRINUSE, "127.0.0.1", port)
    assert str(caught.value) == (
        f"cannot listen on 127.0.0.1:{port}: {os.strerror(errno.EADDRINUSE)}. Use another port, or 0 for a free one."
    )


@for_each("host", ["203.0.113.1", "no.such.host.invalid", "2001:db8::1"])
def test_an_address_that_this_machine_does_not_have_raises_a_listen_error(host: str) -> None:
    with pytest.raises(ListenError, match="cannot listen on "):
        bind(host, 0)


def test_a_stopped_server_leaves_neither_a_thread_nor_an_open_port() -> None:
    before = set(threading.enumerate())

    with BackgroundServer(hello) as server:
        address = urlsplit(server.url)

    assert set(threading.enumerate()) <= before
    assert address.hostname is not None
    with pytest.raises(ConnectionRefusedError), socket.create_connection((address.hostname, address.port or 0), 1):
        pass


def test_a_server_that_cannot_start_raises_the_cause_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_arguments: object, **_named: object) -> None:
        raise MemoryError

    before = set(threading.enumerate())
    monkeypatch.setattr(listener.PromptServer, "serve", broken)

    with pytest.raises(RuntimeError, match=r"did not start on http://127\.0\.0\.1:") as caught:
        BackgroundServer(hello).__enter__()

    assert isinstance(caught.value.__cause__, MemoryError)
    assert set(threading.enumerate()) <= before


def test_work_in_the_loop_returns_its_result_and_raises_its_error() -> None:
    with BackgroundServer(hello, name="loop") as server:
        name = server.in_loop(lambda: threading.current_thread().name)
        with pytest.raises(ZeroDivisionError):
            server.in_loop(lambda: 1 // 0)

    assert name == "loop"
    assert server.in_loop(lambda: threading.current_thread().name) == threading.current_thread().name


@pytest.mark.parametrize("wanted", [False, True])
def test_the_date_header_is_an_option(wanted: bool) -> None:
    with BackgroundServer(hello, options=ListenerOptions(date_header=wanted)) as server:
        headers = requests.get(server.url, timeout=9).headers

    assert ("Date" in headers, "Server" in headers) == (wanted, False)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT], ids=lambda one: one.name)
def test_a_server_in_the_foreground_serves_until_a_signal_arrives(stop: signal.Signals) -> None:
    with started([sys.executable, "-c", FOREGROUND], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        response = requests.get(url, timeout=9)

        process.send_signal(stop)
        process.wait(20)

    assert response.text == "MainThread"


def test_a_request_under_way_is_answered_before_the_server_stops() -> None:
    """It has the time of `grace_s`; an idle connection has none."""
    arrived, go_on = threading.Event(), threading.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        arrived.set()
        while not go_on.is_set():
            await asyncio.sleep(0.001)
        await hello(scope, receive, send)

    with ThreadPoolExecutor(1) as pool:
        with BackgroundServer(slow, name="slow", options=ListenerOptions(grace_s=20)) as server:
            answer = pool.submit(requests.get, server.url, timeout=20)
            assert arrived.wait(20)
            threading.Timer(0.05, go_on.set).start()

        assert answer.result().text == "slow"


@for_each("turns", range(9))
def test_a_connection_of_the_last_moment_is_closed(turns: int) -> None:
    """However many turns of the event loop lie between its arrival and the stop; the leak check sees one left open."""
    with socket.socket() as client:
        client.settimeout(20)
        with BackgroundServer(hello) as server:
            address = urlsplit(server.url)

            async def connect_and_stop() -> None:
                client.connect((address.hostname, address.port))
                for _ in range(turns):
                    await asyncio.sleep(0)
                server._server.stop()

            assert server._loop is not None
            asyncio.run_coroutine_threadsafe(connect_and_stop(), server._loop).result(20)

        with suppress(ConnectionResetError):  # it may not have been accepted
            assert client.recv(1) == b""


def test_a_server_that_was_never_started_can_be_stopped() -> None:
    server = BackgroundServer(hello)

    server.__exit__(None, None, None)

    assert server.url == ""
