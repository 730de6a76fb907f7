"""Faults of the connection, observed on a socket: which bytes arrive, when they arrive, and FIN or RST."""

import gzip
import time
import zlib
from http.client import HTTPResponse, IncompleteRead
from typing import Any

import pytest

from bench_core.wire import Wire
from tests.unit.fake_hubspot.faults.conftest import Bench
from tests.unit.fake_hubspot.faults.socket_client import Ending, Seen, SocketClient

ENCODINGS = pytest.mark.parametrize("encoding", ["identity", "gzip"])
pytestmark = ENCODINGS


def fire(bench: Bench, encoding: str, fault: str, **params: Any) -> tuple[Seen, Seen]:
    """Return the original page 2 and page 2 with the fault."""
    original = bench.page(2, encoding=encoding)
    assert original.is_gzip == (encoding == "gzip")
    bench.fresh()
    bench.arm(fault, page=2, **params)
    return original, bench.page(2, encoding=encoding)


def test_empty_response_sends_no_byte_and_fin(bench: Bench, encoding: str) -> None:
    """WireMock's EMPTY_RESPONSE does the same."""
    _, seen = fire(bench, encoding, "EMPTY_RESPONSE")

    assert (seen.content, seen.ending) == (b"", "FIN")
    assert bench.last_entry.status == 0


def test_connection_reset_sends_no_byte_and_rst(bench: Bench, encoding: str) -> None:
    """WireMock's CONNECTION_RESET_BY_PEER does the same."""
    _, seen = fire(bench, encoding, "CONNECTION_RESET_BY_PEER")

    assert (seen.content, seen.ending) == (b"", "RST")
    assert bench.last_entry.status == 0


def test_random_data_is_not_http_and_ends_with_fin(bench: Bench, encoding: str) -> None:
    """WireMock's RANDOM_DATA_THEN_CLOSE does the same; here the bytes are drawn from the seed."""
    _, seen = fire(bench, encoding, "RANDOM_DATA_THEN_CLOSE", size=300)
    bench.fresh()
    bench.arm("random-data-then-close", size=300)

    assert (len(seen.content), seen.ending, seen.status) == (300, "FIN", 0)
    assert len(bench.page(2, encoding=encoding).content) == 300


def test_malformed_chunk_has_the_original_headers_and_no_valid_chunk(bench: Bench, encoding: str) -> None:
    """WireMock's MALFORMED_RESPONSE_CHUNK does the same; here it works with gzip too."""
    original, seen = fire(bench, encoding, "MALFORMED_RESPONSE_CHUNK", size=50)

    assert (seen.status, seen.ending) == (200, "FIN")
    assert seen.headers[b"transfer-encoding"] == b"chunked"
    assert b"content-length" not in seen.headers
    assert seen.headers.get(b"content-encoding") == original.headers.get(b"content-encoding")
    assert seen.body.startswith(b"zz\r\n")
    assert len(seen.body) == 54


def test_missing_last_chunk_has_the_body_but_not_its_end(bench: Bench, encoding: str) -> None:
    """There is one chunk, then FIN instead of the empty chunk."""
    original, seen = fire(bench, encoding, "missing-last-chunk")

    assert seen.body == b"%x\r\n" % len(original.body) + original.body + b"\r\n"
    assert seen.ending == "FIN"


def test_cut_chunk_ends_before_its_announced_length(bench: Bench, encoding: str) -> None:
    """The announced size of the chunk is larger than what arrives."""
    original, seen = fire(bench, encoding, "cut-chunk", after_bytes=100)

    assert seen.body == b"%x\r\n" % len(original.body) + original.body[:100]
    assert seen.ending == "FIN"


@pytest.mark.parametrize(("fault", "ending"), [("close-in-body", "FIN"), ("reset-in-body", "RST")])
@pytest.mark.parametrize("after_bytes", [0, 1, 100, None, 10**9])
def test_a_body_is_cut_at_the_given_byte_after_compression(
    bench: Bench, encoding: str, fault: str, ending: Ending, after_bytes: int | None
) -> None:
    """The headers do not change, a compressed body is cut too, and at least one byte is missing."""
    original, seen = fire(bench, encoding, fault, after_bytes=after_bytes)

    expected = len(original.body) // 2 if after_bytes is None else min(after_bytes, len(original.body) - 1)
    assert seen.content == original.content[: len(original.content) - len(original.body) + expected]
    assert seen.ending == ending
    assert bench.last_entry.status == 200


def test_limit_data_counts_the_headers_too(bench: Bench, encoding: str) -> None:
    """Toxiproxy's limit_data does the same."""
    original, seen = fire(bench, encoding, "limit_data", bytes=77)

    assert (seen.content, seen.ending) == (original.content[:77], "FIN")


def test_an_unmarked_cut_looks_like_a_normal_end(bench: Bench, encoding: str) -> None:
    """Without a length and without chunks only the content shows that something is missing."""
    original, seen = fire(bench, encoding, "unmarked-cut", after_bytes=100)

    assert (seen.body, seen.ending) == (original.body[:100], "FIN")
    assert not {b"content-length", b"transfer-encoding"} & set(seen.headers)
    assert seen.headers[b"connection"] == b"close"


@pytest.mark.parametrize(("fault", "difference"), [("content-length-short", -10), ("content-length-long", 10)])
def test_a_wrong_length_comes_with_the_complete_body(bench: Bench, encoding: str, fault: str, difference: int) -> None:
    """The body itself is complete."""
    original, seen = fire(bench, encoding, fault)

    assert seen.body == original.body
    assert seen.declared == len(original.body) + difference
    assert seen.ending == "FIN"


def test_the_surplus_of_a_short_length_precedes_the_next_response(bench: Bench, encoding: str) -> None:
    """The connection stays open."""
    bench.arm("content-length-short", by=3, keep_open=True)

    with SocketClient(bench.server.url, token=bench.server.token, encoding=encoding) as client:
        client.send(bench.paths[0], keep=True)
        first = client.receive_answer()
        client.send(bench.paths[0])
        rest = client.receive()

    surplus, _, _ = rest.content.partition(b"HTTP/1.1 200")
    assert first.status == 200
    assert len(surplus) == 3


def test_a_bad_status_line_precedes_the_original_rest(bench: Bench, encoding: str) -> None:
    """Everything after it is valid."""
    original, seen = fire(bench, encoding, "bad-status-line", line="HTTP/1.1 abc")

    assert seen.status_line == b"HTTP/1.1 abc"
    assert seen.content.partition(b"\r\n")[2] == original.content.partition(b"\r\n")[2]
    assert seen.ending == "FIN"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Collect what a fault writes, piece by piece; a busy client may read two pieces as one."""
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
def test_a_slow_response_arrives_in_pieces_and_is_complete(
    bench: Bench, encoding: str, written: list[bytes], fault: str, params: dict[str, Any], least: int
) -> None:
    """This works with gzip too, unlike WireMock's dribble."""
    original, seen = fire(bench, encoding, fault, **params)

    assert seen.content == original.content == b"".join(written)
    assert len(written) >= least
    assert seen.ending == "FIN"


def test_dribble_sends_even_pieces_over_the_given_time(bench: Bench, encoding: str, written: list[bytes]) -> None:
    """The headers arrive at once, the last byte not before the given time."""
    started = time.monotonic()
    _, seen = fire(bench, encoding, "chunkedDribbleDelay", duration_ms=120, pieces=3)

    size = -(-len(seen.body) // 3)
    assert [len(piece) for piece in written[1:]] == [size, size, len(seen.body) - 2 * size]
    assert seen.arrivals[-1] - started >= 0.115


def test_slow_close_sends_everything_and_closes_late(bench: Bench, encoding: str) -> None:
    """Only the end of the connection shows that the body is complete."""
    original, seen = fire(bench, encoding, "slow_close", delay_ms=20)

    assert seen.body == original.body
    assert b"content-length" not in seen.headers
    assert seen.ending == "FIN"


def test_timeout_ends_without_a_byte(bench: Bench, encoding: str) -> None:
    """Toxiproxy's timeout does the same."""
    _, seen = fire(bench, encoding, "timeout", timeout_ms=20)

    assert (seen.content, seen.ending) == (b"", "FIN")


def test_timeout_0_never_ends(bench: Bench, encoding: str) -> None:
    """The connection stays open and silent."""
    bench.arm("timeout", page=2)

    seen = bench.endless_page(2, encoding=encoding)

    assert (seen.content, seen.ending) == (b"", "open")


def test_stall_sends_a_part_and_never_ends(bench: Bench, encoding: str) -> None:
    """It stops in the middle of the body, after compression."""
    original = bench.page(2, encoding=encoding)
    bench.fresh()
    bench.arm("stall", page=2, after_bytes=64)

    expected = original.content[: len(original.content) - len(original.body) + 64]
    seen = bench.endless_page(2, encoding=encoding, at_least=len(expected))

    assert seen.content == expected
    assert seen.ending == "open"


@pytest.mark.parametrize("content", ["random", "json"])
def test_bad_gzip_is_not_gzip(bench: Bench, encoding: str, content: str) -> None:
    """The label is there with every Accept-Encoding, and the length is right."""
    original, seen = fire(bench, encoding, "bad-gzip", content=content)

    assert seen.is_gzip
    assert seen.declared == len(seen.body)
    assert (seen.body == original.plain) == (content == "json")
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(seen.body)


@pytest.mark.parametrize("keep", [0.5, 0.999])
def test_truncated_gzip_ends_too_early(bench: Bench, encoding: str, keep: float) -> None:
    """The length matches what is sent."""
    original, seen = fire(bench, encoding, "truncated-gzip", keep=keep)

    assert seen.is_gzip
    assert seen.declared == len(seen.body)
    assert original.plain.startswith(zlib.decompressobj(31).decompress(seen.body))
    with pytest.raises(EOFError):
        gzip.decompress(seen.body)


def test_a_wrong_gzip_checksum_is_all_that_is_wrong(bench: Bench, encoding: str) -> None:
    """The content can be decompressed; only the checksum is wrong."""
    original, seen = fire(bench, encoding, "gzip-checksum")

    assert zlib.decompress(seen.body[10:-8], wbits=-15) == original.plain
    with pytest.raises(gzip.BadGzipFile, match="CRC"):
        gzip.decompress(seen.body)


def test_latency_delays_the_original_response(bench: Bench, encoding: str) -> None:
    """The response is complete and does not change."""
    original, seen = fire(bench, encoding, "latency", delay_ms=30, jitter_ms=10)

    assert seen.content == original.content


def test_a_client_of_the_standard_library_notices_a_cut(bench: Bench, encoding: str) -> None:
    """A client that follows the protocol raises an error."""
    bench.arm("close-in-body", page=2)

    with SocketClient(bench.server.url, token=bench.server.token, encoding=encoding) as client:
        client.send(bench.paths[1])
        with HTTPResponse(client.socket) as answer:
            answer.begin()
            with pytest.raises(IncompleteRead):
                answer.read()
