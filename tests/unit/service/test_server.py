import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from service.__main__ import main
from service.server import why_not_listening
from service.settings import Settings
from tests.support.service_process import ServiceProcess
from tests.support.upstream_stub import (
    TOKEN,
    ReceivedRequest,
    Responder,
    StubResponse,
    UpstreamStub,
    error_response,
    list_responder,
    record,
)
from tests.support.waiting import wait_until

RECORDS = [record(number) for number in range(1, 9)]


def failing_from_page(number: int, response: StubResponse) -> Responder:
    """A list that responds like this from the given page on."""
    good, served = list_responder(RECORDS), 0

    def respond(request: ReceivedRequest) -> StubResponse:
        nonlocal served
        served += 1
        return good(request) if served < number else response

    return respond


def bytes_on_the_wire(service: ServiceProcess, path: str, version: str = "1.1") -> bytes:
    """Return everything that the service sends until it closes the connection."""
    request = f"GET {path} HTTP/{version}\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(request.encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_complete_pull_ends_with_the_bracket_and_the_final_chunk(
    service: ServiceProcess, upstream: UpstreamStub
) -> None:
    upstream.respond = list_responder(RECORDS)

    sent = bytes_on_the_wire(service, "/get_contacts")

    assert sent.startswith(b"HTTP/1.1 200 OK\r\n")
    assert sent.endswith(b"]\r\n0\r\n\r\n")
    service.wait_for("Importing 8 contacts to Sesam")


@pytest.mark.parametrize("page", [2, 3])
@pytest.mark.parametrize(
    "response",
    [
        error_response(500),
        StubResponse(200, b"<html>"),
        StubResponse(200, b'{"results":[]}', declared_length=99),
        StubResponse(200, b"{}"),
    ],
    ids=["status 500", "html", "cut short", "no results"],
)
def test_an_error_after_the_first_byte_never_closes_the_array(
    service: ServiceProcess, upstream: UpstreamStub, page: int, response: StubResponse
) -> None:
    """Without the final chunk and the bracket, neither an HTTP client nor a JSON parser takes it for complete."""
    upstream.respond = failing_from_page(page, response)

    sent = bytes_on_the_wire(service, "/get_contacts")

    assert sent.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"0\r\n\r\n" not in sent
    assert not sent.rstrip().endswith(b"]")
    service.wait_for("Pull of contacts failed: ")
    assert "Traceback" not in service.output


def test_requests_notices_an_aborted_response(service: ServiceProcess, upstream: UpstreamStub) -> None:
    """Sesam nodes use it."""
    upstream.respond = failing_from_page(2, error_response(500))

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(f"{service.url}/get_contacts", timeout=20)


def test_an_http_1_0_client_receives_invalid_json(service: ServiceProcess, upstream: UpstreamStub) -> None:
    """HTTP/1.0 has no chunks, so only the missing bracket shows the error."""
    upstream.respond = failing_from_page(2, error_response(500))

    sent = bytes_on_the_wire(service, "/get_contacts", version="1.0")

    with pytest.raises(json.JSONDecodeError):
        json.loads(sent.partition(b"\r\n\r\n")[2])


def test_an_error_on_the_first_page_is_a_5xx(service: ServiceProcess, upstream: UpstreamStub) -> None:
    upstream.respond = lambda _request: error_response(500)

    response = requests.get(f"{service.url}/get_contacts", timeout=20)

    assert (response.status_code, response.json()["hubspot"]["message"]) == (502, "internal error")


def test_the_process_never_writes_a_secret_or_a_record(upstream: UpstreamStub) -> None:
    service = ServiceProcess.in_front_of(upstream.url)
    upstream.respond = list_responder(RECORDS)
    requests.get(f"{service.url}/get_contacts?hapikey={TOKEN}", timeout=20)
    upstream.respond = failing_from_page(2, error_response(401, f"{TOKEN} of c1@example.com"))
    bytes_on_the_wire(service, "/get_contacts")
    service.wait_for("Pull of contacts failed")

    status = service.stop()

    assert status == 0
    assert TOKEN not in service.everything
    assert "@example.com" not in service.everything


def test_a_missing_setting_ends_the_process_with_status_2_and_its_name() -> None:
    clean = {name: value for name, value in os.environ.items() if "hubspot" not in name.lower()}

    done = subprocess.run(
        [sys.executable, "-m", "service"], env=clean, capture_output=True, text=True, timeout=30, check=False
    )

    assert done.returncode == 2
    assert "hubspot-api-key" in done.stderr
    assert "hubspot-base-url" in done.stderr
    assert "Traceback" not in done.stderr


def wait_for_requests(upstream: UpstreamStub, count: int) -> None:
    """Wait until HubSpot has received this many requests."""
    wait_until(lambda: len(upstream.requests), f"{count} requests to HubSpot", is_met=lambda seen: seen == count)


def slow_from_page(number: int, seconds: float) -> tuple[Responder, Callable[[], None]]:
    """A list that waits before the given page and all later ones, and a function that ends the waiting."""
    good, served, over = list_responder([record(row) for row in range(1, 100)]), 0, threading.Event()

    def respond(request: ReceivedRequest) -> StubResponse:
        nonlocal served
        served += 1
        if served >= number:
            over.wait(seconds)
        return good(request)

    return respond, over.set


def test_no_request_is_sent_after_the_client_disconnected(service: ServiceProcess, upstream: UpstreamStub) -> None:
    """HubSpot is slow at that moment, and the service is waiting for it."""
    upstream.respond, end = slow_from_page(3, 30)
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=20)
    connection.sendall(b"GET /get_contacts HTTP/1.1\r\nHost: localhost\r\n\r\n")
    wait_for_requests(upstream, 3)

    connection.close()
    gone_at = time.monotonic()
    service.wait_for("The client disconnected", timeout_s=20)
    noticed_s = time.monotonic() - gone_at
    end()

    assert len(upstream.requests) == 3
    assert noticed_s < 20  # within a second, and what a busy machine adds; HubSpot would answer after 30


def test_a_client_that_disconnects_ends_the_pull(service: ServiceProcess, upstream: UpstreamStub) -> None:
    upstream.respond = list_responder([record(row) for row in range(1, 30_000)])
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=20)
    connection.sendall(b"GET /get_contacts HTTP/1.1\r\nHost: localhost\r\n\r\n")
    connection.recv(1000)

    connection.close()
    service.wait_for("The client disconnected", timeout_s=10)

    assert len(upstream.requests) < 10_000


def test_a_running_pull_finishes_after_sigterm(upstream: UpstreamStub) -> None:
    service = ServiceProcess.in_front_of(upstream.url)
    over = threading.Event()
    good = list_responder(RECORDS)

    def respond(request: ReceivedRequest) -> StubResponse:
        if "after" in request.query:
            over.wait(20)
        return good(request)

    upstream.respond = respond
    with ThreadPoolExecutor(1) as pool:
        pull = pool.submit(bytes_on_the_wire, service, "/get_contacts")
        wait_for_requests(upstream, 2)
        service.terminate()
        service.wait_for("Handling signal: term")
        over.set()
        sent = pull.result(timeout=20)

    assert sent.endswith(b"]\r\n0\r\n\r\n")
    assert service.stop() == 0


def test_a_pull_that_outlasts_the_grace_period_is_aborted(upstream: UpstreamStub) -> None:
    service = ServiceProcess.in_front_of(upstream.url, GRACE_S="0")
    upstream.respond, end = slow_from_page(3, 60)
    with ThreadPoolExecutor(1) as pool:
        pull = pool.submit(bytes_on_the_wire, service, "/get_contacts")
        wait_for_requests(upstream, 3)
        status = service.stop()
        sent = pull.result(timeout=20)
    end()

    assert status == 0
    assert sent.startswith(b"HTTP/1.1 200 OK")
    assert b"0\r\n\r\n" not in sent
    assert not sent.rstrip().endswith(b"]")
    assert "The service is shutting down" in service.everything


def test_a_taken_port_is_told_in_one_sentence_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Gunicorn would try for five seconds and say it ten times."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        for name, value in {
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "HUBSPOT_API_KEY": TOKEN,
            "HUBSPOT_BASE_URL": "http://127.0.0.1:1",
        }.items():
            monkeypatch.setenv(name, value)

        status = main([])

    assert status == 2
    said = f"cannot listen on 127.0.0.1:{port}: another program does already. Stop it, or set PORT to another number\n"
    assert capsys.readouterr().err == said


def settings_at(host: str, port: int) -> Settings:
    return Settings(hubspot_api_key=TOKEN, hubspot_base_url="http://127.0.0.1:1", host=host, port=port)


def test_why_nothing_can_listen_at_an_address() -> None:
    """It is tried, and left free for the server."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = why_not_listening(settings_at("127.0.0.1", port))
        assert said is not None
        assert said.startswith(f"cannot listen on 127.0.0.1:{port}: another program does already. ")

    assert why_not_listening(settings_at("127.0.0.1", 0)) is None
    for host in ("192.0.2.1", "2001:db8::1"):  # addresses of documents, which no machine has
        refused = why_not_listening(settings_at(host, 5000)) or ""
        assert refused.startswith(f"cannot listen on {host}:5000: ")
        assert "another program" not in refused
        assert "address family" not in refused.lower()
        assert refused.endswith(". Correct HOST or PORT")


def test_an_address_is_free_as_soon_as_the_program_there_has_ended() -> None:
    """Although the system remembers its last connection for a minute."""
    host = "127.9.8.7" if sys.platform == "linux" else "127.0.0.1"  # nobody else connects from there
    with socket.create_server((host, 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((host, port)) as client:
            server.accept()[0].close()
            assert client.recv(1) == b""

    assert why_not_listening(settings_at(host, port)) is None
