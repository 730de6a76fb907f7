import json
import os
import socket
import subprocess
import sys

import pytest
import requests

from tests.unit.service.service_process import ServiceProcess
from tests.unit.service.upstream_stub import TOKEN, Answer, Call, Reply, UpstreamStub, error_reply, list_answer, record

RECORDS = [record(number) for number in range(1, 9)]


def failing_from_page(number: int, reply: Reply) -> Answer:
    """A list whose page of that number is this reply."""
    good, served = list_answer(RECORDS), 0

    def answer(call: Call) -> Reply:
        nonlocal served
        served += 1
        return good(call) if served < number else reply

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
    upstream.answer = list_answer(RECORDS)

    sent = bytes_on_the_wire(service, "/get_contacts")

    assert sent.startswith(b"HTTP/1.1 200 OK\r\n")
    assert sent.endswith(b"]\r\n0\r\n\r\n")
    service.wait_for("Importing 8 contacts to Sesam")


@pytest.mark.parametrize("page", [2, 3])
@pytest.mark.parametrize(
    "reply",
    [error_reply(500), Reply(200, b"<html>"), Reply(200, b'{"results":[]}', declared_length=99), Reply(200, b"{}")],
    ids=["status 500", "html", "cut short", "no results"],
)
def test_trouble_after_the_first_byte_never_closes_the_array(
    service: ServiceProcess, upstream: UpstreamStub, page: int, reply: Reply
) -> None:
    """No final chunk, no closing bracket: neither an HTTP client nor a JSON parser can take it for whole."""
    upstream.answer = failing_from_page(page, reply)

    sent = bytes_on_the_wire(service, "/get_contacts")

    assert sent.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"0\r\n\r\n" not in sent
    assert not sent.rstrip().endswith(b"]")
    service.wait_for("Pull of contacts failed: ")
    assert "Traceback" not in service.output


def test_a_client_library_sees_the_broken_transfer(service: ServiceProcess, upstream: UpstreamStub) -> None:
    """What a Sesam node reads with."""
    upstream.answer = failing_from_page(2, error_reply(500))

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(f"{service.url}/get_contacts", timeout=20)


def test_a_caller_of_http_1_0_is_left_with_invalid_json(service: ServiceProcess, upstream: UpstreamStub) -> None:
    """It has no chunks to miss, so the missing bracket is what tells."""
    upstream.answer = failing_from_page(2, error_reply(500))

    sent = bytes_on_the_wire(service, "/get_contacts", version="1.0")

    with pytest.raises(json.JSONDecodeError):
        json.loads(sent.partition(b"\r\n\r\n")[2])


def test_trouble_with_the_first_page_is_a_5xx(service: ServiceProcess, upstream: UpstreamStub) -> None:
    """Under the real server too."""
    upstream.answer = lambda _call: error_reply(500)

    response = requests.get(f"{service.url}/get_contacts", timeout=20)

    assert (response.status_code, response.json()["hubspot"]["message"]) == (502, "internal error")


def test_the_process_never_writes_a_secret_or_a_record(upstream: UpstreamStub) -> None:
    """Through a good pull, bad ones and its end by SIGTERM."""
    service = ServiceProcess.in_front_of(upstream.url)
    upstream.answer = list_answer(RECORDS)
    requests.get(f"{service.url}/get_contacts?hapikey={TOKEN}", timeout=20)
    upstream.answer = failing_from_page(2, error_reply(401, f"{TOKEN} of c1@example.com"))
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
