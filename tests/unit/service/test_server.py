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
    """A list whose page of that number is this response."""
    good, served = list_responder(RECORDS), 0

    def answer(request: ReceivedRequest) -> StubResponse:
        nonlocal served
        served += 1
        return good(request) if served < number else response

    return answer


def bytes_on_the_wire(service: ServiceProcess, path: str, version: str = "1.1") -> bytes:
    """Everything the service sends for one request until it closes the connection."""
    request = f"GET {path} HTTP/{version}\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(request.encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_whole_pull_ends_with_the_bracket_and_the_final_chunk(
    service: ServiceProcess, upstream: UpstreamStub
) -> None:
    """And the process says how many it imported."""
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
def test_trouble_after_the_first_byte_never_closes_the_array(
    service: ServiceProcess, upstream: UpstreamStub, page: int, response: StubResponse
) -> None:
    """No final chunk, no closing bracket: neither an HTTP client nor a JSON parser can take it for whole."""
    upstream.respond = failing_from_page(page, response)

    sent = bytes_on_the_wire(service, "/get_contacts")

    assert sent.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"0\r\n\r\n" not in sent
    assert not sent.rstrip().endswith(b"]")
    service.wait_for("Pull of contacts failed: ")
    assert "Traceback" not in service.output


def test_a_client_library_sees_the_broken_transfer(service: ServiceProcess, upstream: UpstreamStub) -> None:
    """What a Sesam node reads with."""
    upstream.respond = failing_from_page(2, error_response(500))

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(f"{service.url}/get_contacts", timeout=20)


def test_a_caller_of_http_1_0_is_left_with_invalid_json(service: ServiceProcess, upstream: UpstreamStub) -> None:
    """It has no chunks to miss, so the missing bracket is what tells."""
    upstream.respond = failing_from_page(2, error_response(500))

    sent = bytes_on_the_wire(service, "/get_contacts", version="1.0")

    with pytest.raises(json.JSONDecodeError):
        json.loads(sent.partition(b"\r\n\r\n")[2])


def test_trouble_with_the_first_page_is_a_5xx(service: ServiceProcess, upstream: UpstreamStub) -> None:
    """Under the real server too."""
    upstream.respond = lambda _request: error_response(500)

    response = requests.get(f"{service.url}/get_contacts", timeout=20)

    assert (response.status_code, response.json()["hubspot"]["message"]) == (502, "internal error")


def test_the_process_never_writes_a_secret_or_a_record(upstream: UpstreamStub) -> None:
    """Through a good pull, bad ones and its end by SIGTERM."""
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
    """Before anything listens."""
    clean = {name: value for name, value in os.environ.items() if "hubspot" not in name.lower()}

    done = subprocess.run(
        [sys.executable, "-m", "service"], env=clean, capture_output=True, text=True, timeout=30, check=False
    )

    assert done.returncode == 2
    assert "hubspot-api-key" in done.stderr
    assert "hubspot-base-url" in done.stderr
    assert "Traceback" not in done.stderr


def wait_for_calls(upstream: UpstreamStub, count: int) -> None:
    """Wait until HubSpot has received so many requests."""
    wait_until(lambda: len(upstream.requests), f"{count} requests to HubSpot", is_met=lambda seen: seen == count)


def slow_from_page(number: int, seconds: float) -> tuple[Responder, Callable[[], None]]:
    """An endless list that answers at once until that page and then waits; and what ends the waiting."""
    good, served, over = list_responder([record(row) for row in range(1, 30_000)]), 0, threading.Event()

    def answer(request: ReceivedRequest) -> StubResponse:
        nonlocal served
        served += 1
        if served >= number:
            over.wait(seconds)
        return good(request)

    return answer, over.set


def test_when_the_caller_goes_away_hubspot_is_left_alone(service: ServiceProcess, upstream: UpstreamStub) -> None:
    """Though HubSpot is slow at that moment and the service waits for it."""
    upstream.respond, end = slow_from_page(3, 30)
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=20)
    connection.sendall(b"GET /get_contacts HTTP/1.1\r\nHost: localhost\r\n\r\n")
    wait_for_calls(upstream, 3)

    connection.close()
    gone_at = time.monotonic()
    service.wait_for("The client disconnected", timeout_s=5)
    noticed_s = time.monotonic() - gone_at
    end()

    assert len(upstream.requests) == 3
    assert noticed_s < 3  # within a second, and what a busy machine adds


def test_a_caller_that_goes_away_during_a_walk_ends_it(service: ServiceProcess, upstream: UpstreamStub) -> None:
    """Long before its end."""
    upstream.respond = list_responder([record(row) for row in range(1, 30_000)])
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=20)
    connection.sendall(b"GET /get_contacts HTTP/1.1\r\nHost: localhost\r\n\r\n")
    connection.recv(1000)

    connection.close()
    service.wait_for("The client disconnected", timeout_s=10)

    assert len(upstream.requests) < 10_000


def test_a_running_pull_is_finished_after_sigterm(upstream: UpstreamStub) -> None:
    """A deployment does not fail the pull that is about to end."""
    service = ServiceProcess.in_front_of(upstream.url)
    over = threading.Event()
    good = list_responder(RECORDS)

    def answer(request: ReceivedRequest) -> StubResponse:
        if "after" in request.query:
            over.wait(20)
        return good(request)

    upstream.respond = answer
    with ThreadPoolExecutor(1) as pool:
        pull = pool.submit(bytes_on_the_wire, service, "/get_contacts")
        wait_for_calls(upstream, 2)
        service.terminate()
        service.wait_for("Handling signal: term")
        over.set()
        sent = pull.result(timeout=20)

    assert sent.endswith(b"]\r\n0\r\n\r\n")
    assert service.stop() == 0


def test_a_pull_that_does_not_end_is_broken_off_after_sigterm(upstream: UpstreamStub) -> None:
    """It never ends as if it were complete."""
    service = ServiceProcess.in_front_of(upstream.url, GRACE_S="0")
    upstream.respond, end = slow_from_page(3, 60)
    with ThreadPoolExecutor(1) as pool:
        pull = pool.submit(bytes_on_the_wire, service, "/get_contacts")
        wait_for_calls(upstream, 3)
        status = service.stop()
        sent = pull.result(timeout=20)
    end()

    assert status == 0
    assert sent.startswith(b"HTTP/1.1 200 OK")
    assert b"0\r\n\r\n" not in sent
    assert not sent.rstrip().endswith(b"]")
    assert "The service is shutting down" in service.everything
