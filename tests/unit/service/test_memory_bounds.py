"""The process stays below the 128 MB of its container, whatever HubSpot sends."""

import gzip
import re
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.support.service_process import ServiceProcess

LIMIT_MB = 128
MIB = 2**20
PULLS = 40
HEAD = b"HTTP/1.1 200 OK\r\nDate: Sat, 28 Nov 2026 12:00:00 GMT\r\n"
RECORD = b'{"id":"1","createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z","archived":false,'


def _page(text: bytes) -> bytes:
    return b'{"results":[' + RECORD + b'"properties":{"notes":"' + text + b'"}}]}'


def _whole(body: bytes, *headers: bytes) -> bytes:
    return b"".join([HEAD, *(header + b"\r\n" for header in headers), b"Content-Length: %d\r\n\r\n" % len(body), body])


def _bomb() -> bytes:
    return gzip.compress(_page(b"x")) + gzip.compress(b" " * (10 * MIB)) * 90


# Made when a test needs it: together they take half a second and 200 MB.
ANSWERS: dict[str, tuple[Callable[[], bytes], int]] = {
    "gzip bomb": (lambda: _whole(_bomb(), b"Content-Encoding: gzip"), 502),
    "endless body": (
        lambda: HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b" " * 65536 + b"\r\n") * 800,
        502,
    ),
    "one-byte chunks": (lambda: HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 5_000_000, 502),
    "endless header": (lambda: b"HTTP/1.1 200 OK\r\nX: " + b"x" * (50 * MIB), 502),
    "backslashes and a tilde": (lambda: _whole(_page(b"~t1" + b"\\n" * (3 * MIB))), 200),
    "emojis": (lambda: _whole(_page("😀".encode() * MIB)), 200),
    "deep": (lambda: _whole(b'{"results":' + b"[" * (7 * MIB) + b"}"), 502),
    "many small values": (lambda: _whole(b'{"results":[' + b"{}," * (2 * MIB) + b"{}]}"), 502),
    "many small records": (lambda: _whole(b'{"results":[' + (RECORD + b'"properties":{}},') * 60_000 + b"1]}"), 502),
    "long error": (lambda: _whole(b'{"message":"' + b"x" * (30 * MIB) + b'"}').replace(b"200 OK", b"500 Oh", 1), 502),
}
QUICK = ("gzip bomb", "emojis", "many small records")


@contextmanager
def upstream_that_sends(answer: Callable[[], bytes]) -> Iterator[str]:
    """Serve these bytes to every request, to several clients at once."""

    def serve(client: socket.socket) -> None:
        with client:
            client.settimeout(20)
            try:
                client.recv(65536)
                client.sendall(answer())
                client.shutdown(socket.SHUT_WR)
                client.recv(1)
            except OSError:
                """The connector has seen enough."""

    def accept() -> None:
        while not is_over.is_set():
            try:
                pool.submit(serve, listener.accept()[0])
            except TimeoutError:
                continue

    is_over = threading.Event()
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener, ThreadPoolExecutor(2 * PULLS + 1) as pool:
        listener.settimeout(0.05)
        accepting = pool.submit(accept)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            is_over.set()
            accepting.result()


def peak_mb(service: ServiceProcess) -> float:
    """The highest memory that a process of the service has used."""
    pid = re.search(r"Booting worker with pid: (\d+)", service.everything)
    assert pid, service.everything
    status = Path(f"/proc/{pid[1]}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


def in_front_of(url: str, *, read_timeout_s: int) -> ServiceProcess:
    """Start the connector as its image does: with the same settings of the allocator."""
    settings = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072"}
    return ServiceProcess.in_front_of(url, HUBSPOT_READ_TIMEOUT_S=str(read_timeout_s), **settings)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize("names", [QUICK, *(pytest.param((name,), marks=pytest.mark.proof) for name in ANSWERS)])
def test_no_response_takes_the_process_past_its_container(names: tuple[str, ...]) -> None:
    """Several in turn, or one alone."""
    answer = b""
    with upstream_that_sends(lambda: answer) as url:
        service = in_front_of(url, read_timeout_s=10)
        try:
            for name in names:
                make, status = ANSWERS[name]
                answer = make()

                response = requests.get(f"{service.url}/get_contacts", timeout=60)
                health = requests.get(f"{service.url}/health", timeout=60)

                assert (response.status_code, health.status_code) == (status, 200), name
                assert peak_mb(service) < LIMIT_MB, name
        finally:
            service.stop()


@pytest.mark.proof
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize("name", ["gzip bomb", "endless body", "long error", "many small records"])
def test_forty_pulls_at_once_do_not_take_the_process_past_its_container(name: str) -> None:
    """A node has about as many pipes. Every one of them gets the answer."""
    answer, status = ANSWERS[name]
    content = answer()
    with upstream_that_sends(lambda: content) as url, ThreadPoolExecutor(PULLS) as pool:
        service = in_front_of(url, read_timeout_s=20)
        try:
            pulls = [pool.submit(requests.get, f"{service.url}/get_contacts", timeout=60) for _ in range(PULLS)]
            statuses = [pull.result().status_code for pull in pulls]
            peak = peak_mb(service)
        finally:
            service.stop()

    assert statuses == [status] * PULLS
    assert peak < LIMIT_MB
