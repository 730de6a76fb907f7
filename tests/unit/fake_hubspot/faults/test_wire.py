"""Faults of the connection, read off a socket: the bytes that came, when they came, and FIN against RST."""

import gzip
import time
import zlib
from http.client import HTTPResponse, IncompleteRead
from typing import Any

import pytest

from fake_hubspot.protocol import Wire
from tests.unit.fake_hubspot.faults.conftest import Bench
from tests.unit.fake_hubspot.faults.socket_client import Ending, Seen, SocketClient

ENCODINGS = pytest.mark.parametrize("encoding", ["identity", "gzip"])
pytestmark = ENCODINGS


def struck(bench: Bench, encoding: str, fault: str, **params: Any) -> tuple[Seen, Seen]:
    """The honest page 2, and what comes of it with the fault."""
    honest = bench.page(2, encoding=encoding)
    assert honest.is_gzip == (encoding == "gzip")
    bench.fresh()
    bench.arm(fault, page=2, **params)
    return honest, bench.page(2, encoding=encoding)


def test_empty_response_sends_no_byte_and_fin(bench: Bench, encoding: str) -> None:
    """As WireMock's EMPTY_RESPONSE."""
    _, seen = struck(bench, encoding, "EMPTY_RESPONSE")

    assert (seen.content, seen.ending) == (b"", "FIN")
    assert bench.last_entry.status == 0


def test_connection_reset_sends_no_byte_and_rst(bench: Bench, encoding: str) -> None:
    """As WireMock's CONNECTION_RESET_BY_PEER."""
    _, seen = struck(bench, encoding, "CONNECTION_RESET_BY_PEER")

    assert (seen.content, seen.ending) == (b"", "RST")
    assert bench.last_entry.status == 0


def test_random_data_is_no_http_and_ends_with_fin(bench: Bench, encoding: str) -> None:
    """As WireMock's RANDOM_DATA_THEN_CLOSE; the bytes follow the fault's seed."""
    _, seen = struck(bench, encoding, "RANDOM_DATA_THEN_CLOSE", size=300)
    bench.fresh()
    bench.arm("random-data-then-close", size=300)

    assert (len(seen.content), seen.ending, seen.status) == (300, "FIN", 0)
    assert len(bench.page(2, encoding=encoding).content) == 300


def test_malformed_chunk_has_an_honest_head_and_no_chunk(bench: Bench, encoding: str) -> None:
    """As WireMock's MALFORMED_RESPONSE_CHUNK, under gzip as well."""
    honest, seen = struck(bench, encoding, "MALFORMED_RESPONSE_CHUNK", size=50)

    assert (seen.status, seen.ending) == (200, "FIN")
    assert seen.headers[b"transfer-encoding"] == b"chunked"
    assert b"content-length" not in seen.headers
    assert seen.headers.get(b"content-encoding") == honest.headers.get(b"content-encoding")
    assert seen.body.startswith(b"zz\r\n")
    assert len(seen.body) == 54


def test_missing_last_chunk_holds_the_body_but_not_its_end(bench: Bench, encoding: str) -> None:
    """One chunk, then FIN in place of the empty one."""
    honest, seen = struck(bench, encoding, "missing-last-chunk")

    assert seen.body == b"%x\r\n" % len(honest.body) + honest.body + b"\r\n"
    assert seen.ending == "FIN"


def test_cut_chunk_ends_before_its_announced_length(bench: Bench, encoding: str) -> None:
    """The chunk's size tells of more than comes."""
    honest, seen = struck(bench, encoding, "cut-chunk", after_bytes=100)

    assert seen.body == b"%x\r\n" % len(honest.body) + honest.body[:100]
    assert seen.ending == "FIN"


@pytest.mark.parametrize(("fault", "ending"), [("close-in-body", "FIN"), ("reset-in-body", "RST")])
@pytest.mark.parametrize("after_bytes", [0, 1, 100, None, 10**9])
def test_a_cut_body_is_cut_at_the_byte_as_sent(
    bench: Bench, encoding: str, fault: str, ending: Ending, after_bytes: int | None
) -> None:
    """The head is honest, compressed bytes are cut as well, and at least one byte is missing."""
    honest, seen = struck(bench, encoding, fault, after_bytes=after_bytes)

    expected = len(honest.body) // 2 if after_bytes is None else min(after_bytes, len(honest.body) - 1)
    assert seen.content == honest.content[: len(honest.content) - len(honest.body) + expected]
    assert seen.ending == ending
    assert bench.last_entry.status == 200


def test_limit_data_counts_the_head_as_well(bench: Bench, encoding: str) -> None:
    """As Toxiproxy's limit_data."""
    honest, seen = struck(bench, encoding, "limit_data", bytes=77)

    assert (seen.content, seen.ending) == (honest.content[:77], "FIN")


def test_an_unmarked_cut_cannot_be_told_from_an_end(bench: Bench, encoding: str) -> None:
    """No length, no chunks: only the content tells that something is missing."""
    honest, seen = struck(bench, encoding, "unmarked-cut", after_bytes=100)

    assert (seen.body, seen.ending) == (honest.body[:100], "FIN")
    assert not {b"content-length", b"transfer-encoding"} & set(seen.headers)
    assert seen.headers[b"connection"] == b"close"


@pytest.mark.parametrize(("fault", "difference"), [("content-length-short", -10), ("content-length-long", 10)])
def test_a_wrong_length_stands_above_the_whole_body(bench: Bench, encoding: str, fault: str, difference: int) -> None:
    """The body itself is whole."""
    honest, seen = struck(bench, encoding, fault)

    assert seen.body == honest.body
    assert seen.declared == len(honest.body) + difference
    assert seen.ending == "FIN"


def test_the_surplus_of_a_short_length_lies_before_the_next_answer(bench: Bench, encoding: str) -> None:
    """On a connection that stays open."""
    bench.arm("content-length-short", by=3, keep_open=True)

    with SocketClient(bench.server.url, token=bench.server.token, encoding=encoding) as client:
        client.send(bench.paths[0], keep=True)
        first = client.receive_answer()
        client.send(bench.paths[0])
        rest = client.receive()

    surplus, _, _ = rest.content.partition(b"HTTP/1.1 200")
    assert first.status == 200
    assert len(surplus) == 3


def test_a_bad_status_line_comes_before_an_honest_rest(bench: Bench, encoding: str) -> None:
    """The rest would be fine."""
    honest, seen = struck(bench, encoding, "bad-status-line", line="HTTP/1.1 abc")

    assert seen.status_line == b"HTTP/1.1 abc"
    assert seen.content.partition(b"\r\n")[2] == honest.content.partition(b"\r\n")[2]
    assert seen.ending == "FIN"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What a fault writes, piece by piece; a busy client may read two pieces as one."""
    pieces: list[bytes] = []
    write = Wire.write

    async def note(wire: Wire, content: bytes) -> None:
        pieces.append(content)
        await write(wire, content)

    monkeypatch.setattr(Wire, "write", note)
    return pieces


@pytest.mark.parametrize(
    ("fault", "params", "least"),
    [
        ("dribble", {"duration_ms": 60, "pieces": 4}, 5),
        ("slow-headers", {"duration_ms": 60, "pieces": 4}, 5),
        ("slicer", {"average_size": 400, "size_variation": 50, "delay_us": 15_000}, 3),
        ("bandwidth", {"rate": 20}, 3),
    ],
)
def test_a_slow_answer_comes_in_pieces_and_is_whole(
    bench: Bench, encoding: str, written: list[bytes], fault: str, params: dict[str, Any], least: int
) -> None:
    """The compressed bytes drip as well, which WireMock's dribble does not do."""
    honest, seen = struck(bench, encoding, fault, **params)

    assert seen.content == honest.content == b"".join(written)
    assert len(written) >= least
    assert seen.ending == "FIN"


def test_dribble_cuts_the_body_evenly_and_takes_its_time(bench: Bench, encoding: str, written: list[bytes]) -> None:
    """The head comes at once; the last byte no sooner than told."""
    started = time.monotonic()
    _, seen = struck(bench, encoding, "chunkedDribbleDelay", duration_ms=120, pieces=3)

    size = -(-len(seen.body) // 3)
    assert [len(piece) for piece in written[1:]] == [size, size, len(seen.body) - 2 * size]
    assert seen.arrivals[-1] - started >= 0.115


def test_slow_close_sends_all_and_ends_late(bench: Bench, encoding: str) -> None:
    """Only the end tells that the body is whole."""
    honest, seen = struck(bench, encoding, "slow_close", delay_ms=20)

    assert seen.body == honest.body
    assert b"content-length" not in seen.headers
    assert seen.ending == "FIN"


def test_timeout_ends_without_a_byte(bench: Bench, encoding: str) -> None:
    """As Toxiproxy's timeout."""
    _, seen = struck(bench, encoding, "timeout", timeout_ms=20)

    assert (seen.content, seen.ending) == (b"", "FIN")


def test_timeout_without_a_time_never_ends(bench: Bench, encoding: str) -> None:
    """The connection stays open and silent."""
    bench.arm("timeout", page=2)

    seen = bench.endless_page(2, encoding=encoding)

    assert (seen.content, seen.ending) == (b"", "open")


def test_stall_sends_a_part_and_never_ends(bench: Bench, encoding: str) -> None:
    """In the middle of the body as sent."""
    honest = bench.page(2, encoding=encoding)
    bench.fresh()
    bench.arm("stall", page=2, after_bytes=64)

    expected = honest.content[: len(honest.content) - len(honest.body) + 64]
    seen = bench.endless_page(2, encoding=encoding, at_least=len(expected))

    assert seen.content == expected
    assert seen.ending == "open"


@pytest.mark.parametrize("content", ["random", "json"])
def test_bad_gzip_is_no_gzip(bench: Bench, encoding: str, content: str) -> None:
    """The label is there whatever the caller accepts, the length is right."""
    honest, seen = struck(bench, encoding, "bad-gzip", content=content)

    assert seen.is_gzip
    assert seen.declared == len(seen.body)
    assert (seen.body == honest.plain) == (content == "json")
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(seen.body)


@pytest.mark.parametrize("keep", [0.5, 0.999])
def test_truncated_gzip_ends_too_soon(bench: Bench, encoding: str, keep: float) -> None:
    """The length is right for what is left."""
    honest, seen = struck(bench, encoding, "truncated-gzip", keep=keep)

    assert seen.is_gzip
    assert seen.declared == len(seen.body)
    assert honest.plain.startswith(zlib.decompressobj(31).decompress(seen.body))
    with pytest.raises(EOFError):
        gzip.decompress(seen.body)


def test_a_wrong_gzip_checksum_is_all_that_is_wrong(bench: Bench, encoding: str) -> None:
    """The content unpacks; only its checksum disagrees."""
    honest, seen = struck(bench, encoding, "gzip-checksum")

    assert zlib.decompress(seen.body[10:-8], wbits=-15) == honest.plain
    with pytest.raises(gzip.BadGzipFile, match="CRC"):
        gzip.decompress(seen.body)


def test_latency_keeps_the_answer_back(bench: Bench, encoding: str) -> None:
    """Whole and honest, but late."""
    honest, seen = struck(bench, encoding, "latency", delay_ms=30, jitter_ms=10)

    assert seen.content == honest.content


def test_a_client_of_the_standard_library_notices_a_cut(bench: Bench, encoding: str) -> None:
    """What the bytes mean to a client that follows the protocol."""
    bench.arm("close-in-body", page=2)

    with SocketClient(bench.server.url, token=bench.server.token, encoding=encoding) as client:
        client.send(bench.paths[1])
        with HTTPResponse(client.socket) as answer:
            answer.begin()
            with pytest.raises(IncompleteRead):
                answer.read()
