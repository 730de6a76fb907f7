"""Responses parsed from bytes, complete and cut off at every byte."""

import gzip

from hypothesis import given
from hypothesis import strategies as st

from contract_bench.matrix.response import read_response

BODY = b'[{"_id":"1"},{"_id":"2"}]'
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
MEASURED = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


def test_complete_responses_are_complete() -> None:
    """With chunks and with a length."""
    for raw in (CHUNKED, MEASURED):
        answer = read_response(raw)

        assert answer.is_success
        assert [entity["_id"] for entity in answer.entities] == ["1", "2"]


@given(st.integers(0, CHUNKED.index(b"\r\n0\r\n")))
def test_truncated_chunked_response_is_never_a_success(length: int) -> None:
    """At whichever byte before the last chunk it ends."""
    assert not read_response(CHUNKED[:length]).is_success


@given(st.integers(0, len(MEASURED) - 1))
def test_truncated_response_with_a_length_is_never_a_success(length: int) -> None:
    """At whichever byte it ends."""
    assert not read_response(MEASURED[:length]).is_success


def test_compressed_response_is_decoded() -> None:
    """The node accepts gzip."""
    body = gzip.compress(BODY)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)

    assert len(read_response(head + body).entities) == 2


def test_error_has_its_status() -> None:
    """And no entities."""
    answer = read_response(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\n{}")

    assert (answer.status, answer.is_success, answer.entities) == (502, False, [])


def test_bytes_without_a_response_have_no_status() -> None:
    """And are not a success."""
    assert read_response(b"nonsense\r\n\r\n").status is None
