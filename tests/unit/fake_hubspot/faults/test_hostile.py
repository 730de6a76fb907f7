"""Faults that cost a careless client its memory or its time."""

import gzip
import json

import pytest

from tests.unit.fake_hubspot.faults.conftest import Bench


def test_endless_body_starts_with_the_page_and_goes_on_with_blanks(bench: Bench) -> None:
    bench.arm("endless-body", page=2, size_mb=1)

    seen = bench.endless_page(2, encoding="identity", at_least=1_048_576)

    assert seen.status == 200
    assert seen.headers[b"transfer-encoding"] == b"chunked"
    assert b'{"results":[' in seen.content
    assert seen.content.count(b" " * 65_536) == 16


def test_gzip_bomb_is_the_page_followed_by_blanks(bench: Bench) -> None:
    original = bench.page(2)
    bench.fresh()
    bench.arm("gzip-bomb", page=2, size_mb=3)

    seen = bench.page(2)
    plain = gzip.decompress(seen.body)

    assert len(seen.body) < 50_000
    assert len(plain) > 3_000_000
    assert json.loads(plain) == original.json


def test_long_error_text_is_one_word_of_the_given_length(bench: Bench) -> None:
    bench.arm("long-error-text", page=2, length=5000)

    seen = bench.page(2)

    assert seen.status == 400
    assert seen.json["message"] == "x" * 5000


def test_absurd_pause_keeps_the_page_and_replaces_the_rate_limit_headers(bench: Bench) -> None:
    original = bench.page(2)
    bench.fresh()
    bench.arm("absurd-pause", page=2, interval_ms=7)

    seen = bench.page(2)

    assert seen.body == original.body
    assert seen.headers[b"x-hubspot-ratelimit-remaining"] == b"0"
    assert seen.headers[b"x-hubspot-ratelimit-interval-milliseconds"] == b"7"


def test_unreadable_error_has_a_right_status_and_a_wrong_encoding(bench: Bench) -> None:
    bench.arm("unreadable-error", page=2, status=429, retry_after_s=4)

    seen = bench.page(2)

    assert (seen.status, seen.headers[b"retry-after"], seen.headers[b"content-encoding"]) == (429, b"4", b"gzip")
    assert b"<html>" in seen.content


@pytest.mark.parametrize("status", [503, 429])
def test_unreadable_error_may_end_early_or_have_malformed_chunks(bench: Bench, status: int) -> None:
    bench.arm("unreadable-error", page=1, status=status, trouble="length")
    bench.arm("unreadable-error", page=2, status=status, trouble="chunks")

    cut, malformed = bench.page(1), bench.page(2)

    assert (cut.status, malformed.status) == (status, status)
    assert int(cut.headers[b"content-length"]) == len(cut.body) + 100
    assert malformed.headers[b"transfer-encoding"] == b"chunked"
    assert b"content-encoding" not in cut.headers | malformed.headers


@pytest.mark.parametrize("part", ["head", "body"])
def test_trickle_sends_the_page_byte_by_byte(bench: Bench, part: str) -> None:
    original = bench.page(2)
    bench.fresh()
    bench.arm("trickle", page=2, part=part, interval_ms=0)

    seen = bench.page(2)

    assert (seen.status, seen.body) == (original.status, original.body)
