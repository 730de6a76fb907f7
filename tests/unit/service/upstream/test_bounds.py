"""Responses that are too long, too deep or broken: refused with the name of the bound, in little memory and time."""

import gzip
import json
import re
import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from service.decoding import check_body, decode_json
from service.downstream import PatientDownstreamClient
from service.errors import MismatchError, UpstreamError
from service.merge import parse_associated, read_associations
from service.object_types import parse_custom_types
from service.pages import parse_page
from service.schema_cache import _parse_names
from service.settings import Settings
from service.transit_escape import escape_transit
from service.upstream.account import HubSpotAccount
from service.upstream.connection import Connection
from service.upstream.decompression import BadEncodingError, decompressed
from service.upstream.endpoints import associations_page, list_page
from service.upstream.error_responses import error_from_response
from service.upstream.messages import Request, Response, header_number
from service.upstream.response_reader import BoundError
from tests.support.cases import for_each
from tests.support.upstream_stub import TOKEN, StubResponse, UpstreamStub, json_response
from tests.unit.service.upstream.test_client import Clock
from tests.unit.service.upstream.test_response_reader import upstream_that

PAGE = list_page("contacts", limit=100)
MIB = 2**20
DEEP = b'{"results":' + b"[" * 200_000 + b"]" * 200_000 + b"}"


@contextmanager
def peak_below(limit_bytes: int) -> Iterator[None]:
    """Check the memory that Python allocates meanwhile."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < limit_bytes, f"the peak was {peak:,} bytes"


def received(sent: bytes, *, max_body_bytes: int = 8 * MIB) -> Response:
    """Receive what a server sends, until it ends or is not read any more."""

    def send(sock: socket.socket) -> None:
        try:
            sock.sendall(sent)
            sock.shutdown(socket.SHUT_WR)
        except OSError:
            """The reader has seen enough."""

    with upstream_that(send) as upstream:
        connection = Connection(upstream.url, timeout_s=20, max_body_bytes=max_body_bytes)
        try:
            connection.send(PAGE, {})
            return connection.receive(PAGE, PatientDownstreamClient())
        finally:
            connection.close()


def a_response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@for_each(
    ("sent", "bound"),
    [
        (a_response(b"x" * (2 * MIB)), "body is longer than 1,048,576 bytes"),
        (
            CHUNKED + b"10000\r\n" + b"x" * 65536 + b"\r\n" + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 40,
            "body is longer",
        ),
        (a_response(gzip.compress(b" " * (20 * MIB), 1), "Content-Encoding: gzip"), "when it is decompressed"),
        (a_response(gzip.compress(b"") * 200, "Content-Encoding: gzip"), "more than 100 parts of gzip"),
        (b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * MIB, "headers are longer than 131,072 bytes"),
        (b"HTTP/1.1 200 OK\r\n" + b"a:b\r\n" * 30_000, "more than 500 headers"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000, "headers are longer than 131,072 bytes"),
        (CHUNKED + b"2\r\n{}\r\n0\r\n" + b"X-Trailer: x\r\n" * 40_000, "trailers and chunk sizes are longer"),
        (CHUNKED + b"2;" + b"extension;" * 40_000, "trailers and chunk sizes are longer"),
    ],
    ids=["length", "chunks", "gzip", "gzip parts", "header", "headers", "continues", "trailers", "chunk extension"],
)
def test_a_response_past_a_bound_is_a_mismatch_that_names_the_bound(sent: bytes, bound: str) -> None:
    with pytest.raises(MismatchError, match=bound):
        received(sent, max_body_bytes=MIB)


def test_a_small_body_that_decompresses_to_a_large_one_takes_no_memory() -> None:
    bomb = gzip.compress(b'{"results":[]}' + b" " * (64 * MIB), 9)
    assert len(bomb) < MIB

    with peak_below(24 * MIB), pytest.raises(BoundError):
        decompressed(bomb, "gzip", max_bytes=8 * MIB)


def test_chunks_of_one_byte_take_no_more_memory_than_the_body() -> None:
    body = b"x" * 300_000
    sent = CHUNKED + b"1\r\nx\r\n" * len(body) + b"0\r\n\r\n"

    with peak_below(8 * MIB):
        response = received(sent)

    assert response.body == body


@pytest.mark.parametrize("parts", [1, 3])
def test_gzip_of_several_parts_is_read_to_the_end(parts: int) -> None:
    body = b"".join(gzip.compress(b"part %d " % part) for part in range(parts))

    assert decompressed(body, "GZIP ", max_bytes=MIB) == b"".join(b"part %d " % part for part in range(parts))


def test_zeros_after_gzip_are_padding() -> None:
    assert decompressed(gzip.compress(b"{}") + b"\0" * 20, "gzip", max_bytes=MIB) == b"{}"


@for_each(
    ("body", "encoding"),
    [
        (b"{}", "br"),
        (b"{}", "gzip, br"),
        (zlib.compress(b"{}"), "deflate"),
        (b"{}", "gzip"),
        (gzip.compress(b"{}")[:-3], "gzip"),
        (gzip.compress(b"{}") + b"more", "gzip"),
        (gzip.compress(b"{}")[:-8] + b"\0" * 8, "gzip"),
    ],
    ids=["br", "two", "deflate", "plain", "cut", "garbage behind", "checksum"],
)
def test_a_body_is_refused_unless_it_is_encoded_as_asked_for_and_labelled(body: bytes, encoding: str) -> None:
    with pytest.raises(BadEncodingError):
        decompressed(body, encoding, max_bytes=MIB)


@for_each("status", ["503 Service Unavailable", "429 Too Many Requests", "302 Found", "404 Not Found"])
@for_each(
    "sent",
    [
        lambda head: head + b"Content-Encoding: gzip\r\nContent-Length: 6\r\n\r\n<html>",
        lambda head: head + b"Content-Encoding: br\r\nContent-Length: 6\r\n\r\n<html>",
        lambda head: head + b"Content-Length: 60\r\n\r\n<html>",
        lambda head: head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        lambda head: head + b"Content-Length: 9000000\r\n\r\n" + b"x" * 9_000_000,
        lambda head: head + b"Content-Length: %d\r\n\r\n" % len(DEEP) + DEEP,
    ],
    ids=["gzip", "br", "cut", "chunk", "long", "deep"],
)
def test_the_status_counts_first_when_the_body_is_broken(status: str, sent: Callable[[bytes], bytes]) -> None:
    response = received(sent(f"HTTP/1.1 {status}\r\nRetry-After: 7\r\n".encode()))

    error = error_from_response(PAGE, response)

    assert (response.status, error.status) == (int(status[:3]), int(status[:3]))
    assert response.headers["retry-after"] == "7"
    assert error.hubspot_message is None


@for_each(
    "parse",
    [
        parse_page,
        read_associations,
        parse_associated,
        parse_custom_types,
    ],
)
def test_json_that_is_nested_too_deeply_is_a_mismatch(parse: Callable[[bytes], object]) -> None:
    with pytest.raises(MismatchError):
        parse(DEEP)


def a_page(**fields: str) -> bytes:
    members = {"id": '"1"', "updatedAt": '"2026-03-12T07:34:24.559Z"', "properties": "{}"} | fields
    record = ",".join(f'"{name}":{value}' for name, value in members.items())
    return f'{{"results":[{{{record}}}]}}'.encode()


@for_each(
    "body",
    [
        a_page(id='"' + "1" * 5000 + '"'),
        a_page(id="1" * 5000),
        a_page(score="1" * 5000),
        a_page(properties='{"score":-1.' + "7" * 5000 + "}"),
        b'{"results":[],"total":' + b"1" * 5000 + b"}",
        b'{"results":[],"paging":{"next":{"after":"' + b"1" * 5000 + b'"}}}',
        a_page(deep="[" * 200_000 + "]" * 200_000),
        a_page(deep='{"a":' * 200 + "1" + "}" * 200),
        a_page(associations='{"companies":{"results":[{"id":"2","type":' + "[" * 200 + "]" * 200 + "}]}}"),
        a_page(text='"\\ud800"', id='"\\ud800"'),
    ],
    ids=[
        "id",
        "numeric id",
        "number",
        "fraction",
        "total",
        "cursor",
        "deep record",
        "deep objects",
        "deep associations",
        "surrogate",
    ],
)
def test_absurd_values_in_a_page_are_a_mismatch(body: bytes) -> None:
    with pytest.raises(MismatchError):
        parse_page(body)


def test_digits_in_a_text_are_not_a_number() -> None:
    body = a_page(text=json.dumps('"' + "1" * 5000 + "\\"))

    assert parse_page(body).ids == ["1"]


def test_the_text_of_a_large_body_is_checked_in_pieces() -> None:
    body = b'{"results":[]}' + "é😀".encode() * MIB

    with peak_below(14 * MIB):
        check_body(body)


def test_a_decoder_reports_depth_as_a_value_error() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        decode_json(DEEP, dict[str, object])


@for_each(("text", "number"), [("7", 7), ("", None), ("-1", None), ("٣", None), ("9" * 5000, float("inf"))])
def test_a_number_in_a_header_is_bounded(text: str, number: float | None) -> None:
    assert header_number({"retry-after": text}, "retry-after") == number


def test_a_cursor_of_associations_cannot_add_parameters() -> None:
    request = associations_page("contacts", "1", "companies", after="MQ%3D%3D&limit=1&hapikey=x é#")

    assert request.target.endswith("?limit=500&after=MQ%3D%3D%26limit%3D1%26hapikey%3Dx%20%C3%A9%23")


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer to\nken"}, {"Authorization": "Bearer tøken😀"}])
def test_what_cannot_be_sent_is_a_mismatch_without_its_text(upstream: UpstreamStub, headers: dict[str, str]) -> None:
    connection = Connection(upstream.url, timeout_s=20)

    with pytest.raises(MismatchError) as caught:
        connection.send(PAGE, headers)

    assert "ken" not in re.sub("token", "", caught.value.message)


def test_a_target_that_no_url_can_hold_is_never_sent(upstream: UpstreamStub) -> None:
    connection = Connection(upstream.url, timeout_s=20)

    with pytest.raises(UpstreamError):
        connection.send(Request("/crm/v3/objects/contacts?after=é"), {})

    assert not upstream.requests


# --- error texts ---


def seconds(work: Callable[[], object]) -> float:
    """The best of five: other processes can only make it slower."""

    def once() -> float:
        started = time.thread_time()
        work()
        return time.thread_time() - started

    return min(once() for _ in range(5))


@for_each("text", ["a", "@", "a@", "é ", "\x1b", "a,", "<a@b"])
@for_each("field", ["message", "correlationId", "category"])
def test_the_time_for_an_error_text_does_not_grow_with_its_length(text: str, field: str) -> None:
    def work(length: int) -> Callable[[], object]:
        body = json.dumps({field: text * (length // len(text))}, ensure_ascii=False).encode()
        return lambda: error_from_response(PAGE, Response(400, {"content-type": text * length}, body))

    short, long = seconds(work(20_000)), seconds(work(80_000))

    assert long < 8 * short + 0.001


@pytest.mark.parametrize("piece", [b'\\"', b"\\\\", b"a", b"~", b'" "', b'":"', b" "])
def test_the_time_and_memory_for_an_escape_grow_with_the_length_only(piece: bytes) -> None:
    def work(length: int) -> Callable[[], object]:
        record = b'{"text":"~t1' + piece * (length // len(piece)) + b'"}'
        return lambda: escape_transit(record)

    short, long = seconds(work(50_000)), seconds(work(400_000))

    assert long < 24 * short + 0.002


@for_each("lead", range(0, 60))
def test_a_secret_is_masked_wherever_a_long_text_is_cut(lead: int) -> None:
    text = " " * 1700 + "x" * (290 + lead) + TOKEN + "y" * 5000

    error = error_from_response(PAGE, Response(400, {}, json.dumps({"message": text}).encode()), secrets=(TOKEN,))

    assert "pat-" not in (error.hubspot_message or "")


def test_a_secret_that_comes_back_as_a_url_spells_it_is_masked() -> None:
    headers = {"content-type": "text/plain; key=s%2Fe%20cret"}

    error = error_from_response(PAGE, Response(400, headers, b"no"), secrets=("s/e cret",))

    assert "cret" not in error.message
    assert "***" in error.message


def test_control_characters_and_secrets_of_a_content_type_are_removed() -> None:
    headers = {"content-type": f"text/\x1b[31mhtml\x9b {TOKEN} kari@example.com" + "x" * 500}

    error = error_from_response(PAGE, Response(400, headers, b"no"), secrets=(TOKEN,))

    assert error.message.isprintable()
    assert TOKEN not in error.message
    assert "kari" not in error.message
    assert len(error.message) < 200


# --- pace ---

ABSURD = {
    "X-HubSpot-RateLimit-Max": "100",
    "X-HubSpot-RateLimit-Remaining": "0",
    "X-HubSpot-RateLimit-Interval-Milliseconds": "86400000000",
}


@pytest.mark.parametrize("interval", ["86400000000", "9" * 5000])
def test_an_absurd_pace_fails_this_pull_and_no_other(upstream: UpstreamStub, interval: str) -> None:
    absurd = ABSURD | {"X-HubSpot-RateLimit-Interval-Milliseconds": interval}
    clock = Clock()
    account = HubSpotAccount(Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url), clock=clock)
    upstream.respond = lambda _request: json_response({"results": []}, headers=absurd)
    first, second = account.pull_clients(clock), account.pull_clients(clock)
    try:
        first.primary.request(PAGE)

        with pytest.raises(UpstreamError, match="longer than the retry budget") as caught:
            first.primary.request(PAGE)
        second.primary.request(PAGE)

        assert caught.value.response_status == 503
        assert clock.waits == []
    finally:
        first.close()
        second.close()


def test_an_absurd_retry_after_ends_the_pull_at_once(upstream: UpstreamStub) -> None:
    clock = Clock()
    account = HubSpotAccount(Settings(hubspot_api_key=TOKEN, hubspot_base_url=upstream.url), clock=clock)
    upstream.respond = lambda _request: StubResponse(429, b"{}", {"Retry-After": "9" * 5000})
    clients = account.pull_clients(clock)
    try:
        with pytest.raises(UpstreamError) as caught:
            clients.primary.request(PAGE)

        assert caught.value.status == 429
        assert clock.waits == []
    finally:
        clients.close()


@pytest.mark.parametrize("token", ["to\nken", "to ken", "tøken", "", "x" * 10_000])
def test_an_access_token_that_no_header_can_hold_is_refused(upstream: UpstreamStub, token: str) -> None:
    settings = Settings(
        auth="oauth", client_id="id", client_secret="secret", refresh_token="refresh", hubspot_base_url=upstream.url
    )
    upstream.respond = lambda _request: json_response({"access_token": token, "expires_in": 1800})
    clients = HubSpotAccount(settings).pull_clients()
    try:
        with pytest.raises(MismatchError, match="no header can hold") as caught:
            clients.primary.request(PAGE)
        assert not token or token not in caught.value.message
    finally:
        clients.close()


@pytest.mark.parametrize(
    "results",
    [[{"name": "x" * 256}], [{"name": "x"}] * 10_001],
    ids=["long name", "many names"],
)
def test_names_of_properties_are_bounded(results: list[dict[str, str]]) -> None:
    """They are compared with what a pipe asks for, which takes long for long names."""
    with pytest.raises(MismatchError):
        _parse_names(json.dumps({"results": results}).encode())


@for_each(
    "results",
    [
        [{"name": "x" * 256, "objectTypeId": "2-1"}],
        [{"name": "x", "objectTypeId": "2-" + "1" * 300}],
        [{"name": "x", "objectTypeId": "2-1", "fullyQualifiedName": "p" * 300}],
        [{"name": "x", "objectTypeId": "2-1"}] * 501,
    ],
    ids=["name", "id", "full name", "many"],
)
def test_names_of_object_types_are_bounded(results: list[dict[str, str]]) -> None:
    with pytest.raises(MismatchError):
        parse_custom_types(json.dumps({"results": results}).encode())
