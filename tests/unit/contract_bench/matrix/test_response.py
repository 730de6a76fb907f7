"""Answers from bytes, whole and cut at every place."""

import gzip

from hypothesis import given
from hypothesis import strategies as st

from contract_bench.matrix.response import read_response

BODY = b'[{"_id":"1"},{"_id":"2"}]'
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
MEASURED = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


def test_whole_answers_are_whole() -> None:
    """In chunks and with a length."""
    for raw in (CHUNKED, MEASURED):
        answer = read_response(raw)

        assert answer.is_success
        assert [entity["_id"] for entity in answer.entities] == ["1", "2"]


@given(st.integers(0, CHUNKED.index(b"\r\n0\r\n")))
def test_cut_answer_in_chunks_is_never_a_success(length: int) -> None:
    """Wherever the bytes end before the last chunk."""
    assert not read_response(CHUNKED[:length]).is_success


@given(st.integers(0, len(MEASURED) - 1))
def test_cut_answer_with_a_length_is_never_a_success(length: int) -> None:
    """Wherever the bytes end."""
    assert not read_response(MEASURED[:length]).is_success


def test_compressed_answer_is_read() -> None:
    """The node accepts gzip."""
    body = gzip.compress(BODY)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)

    assert len(read_response(head + body).entities) == 2


def test_error_has_its_status() -> None:
    """And no entities."""
    answer = read_response(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\n{}")

    assert (answer.status, answer.is_success, answer.entities) == (502, False, [])


def test_bytes_that_are_no_answer_are_none() -> None:
    """They have no status."""
    assert read_response(b"nonsense\r\n\r\n").status is None
