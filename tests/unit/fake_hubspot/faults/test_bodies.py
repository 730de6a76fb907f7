"""Faults of the body: a whole HTTP answer whose content is not what it should be."""

import json
from typing import Any

import pytest

from tests.unit.fake_hubspot.faults.conftest import Bench
from tests.unit.fake_hubspot.faults.socket_client import Seen

pytestmark = pytest.mark.parametrize("encoding", ["identity", "gzip"])


def struck(bench: Bench, encoding: str, fault: str, **params: Any) -> tuple[Seen, Seen]:
    """The honest page 2, and what comes of it with the fault; the answer is whole HTTP either way."""
    honest = bench.page(2, encoding=encoding)
    bench.fresh()
    bench.arm(fault, page=2, **params)
    seen = bench.page(2, encoding=encoding)
    assert seen.status in (200, 204)
    assert seen.status == 204 or seen.declared == len(seen.body)
    return honest, seen


@pytest.mark.parametrize("kind", ["html", "json"])
def test_html_with_200_is_a_page_to_log_in(bench: Bench, encoding: str, kind: str) -> None:
    """Under its own content type, or under JSON's."""
    _, seen = struck(bench, encoding, "html-with-200", content_type=kind)

    assert seen.plain.startswith(b"<!DOCTYPE html>")
    assert kind.encode() in seen.headers[b"content-type"]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [("object", {"data": [], "meta": {"total": 0}}), ("array", []), ("string", "ok"), ("number", 0), ("null", None)],
)
def test_wrong_shape_is_good_json(bench: Bench, encoding: str, shape: str, expected: Any) -> None:
    """But no page of records."""
    assert struck(bench, encoding, "wrong-shape", shape=shape)[1].json == expected


def test_error_with_200_is_the_envelope(bench: Bench, encoding: str) -> None:
    """As if it were no error."""
    assert struck(bench, encoding, "error-with-200")[1].json["status"] == "error"


def test_empty_body_and_no_content_hold_nothing(bench: Bench, encoding: str) -> None:
    """200 and 204."""
    _, empty = struck(bench, encoding, "empty-body")
    _, none = struck(bench, encoding, "no-content")

    assert (empty.status, empty.body) == (200, b"")
    assert (none.status, none.body) == (204, b"")


@pytest.mark.parametrize("fault", ["invalid-json", "truncated-json", "extra-json"])
def test_broken_json_does_not_parse(bench: Bench, encoding: str, fault: str) -> None:
    """Though the HTTP answer is whole."""
    _, seen = struck(bench, encoding, fault)

    with pytest.raises(json.JSONDecodeError):
        json.loads(seen.plain)


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.999])
def test_truncated_json_is_cut_before_it_is_compressed(bench: Bench, encoding: str, keep: float) -> None:
    """So the compressed body is whole."""
    honest, seen = struck(bench, encoding, "truncated-json", keep=keep)

    assert seen.plain == honest.plain[: int(len(honest.plain) * keep)]


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
def test_not_a_number_stands_bare(bench: Bench, encoding: str, literal: str) -> None:
    """Python's parser takes it; JSON does not know it."""
    _, seen = struck(bench, encoding, "not-a-number", literal=literal)

    assert f'"score":{literal}'.encode() in seen.plain


def test_duplicate_keys_hide_the_records(bench: Bench, encoding: str) -> None:
    """From a parser that takes the last."""
    honest, seen = struck(bench, encoding, "duplicate-keys")

    assert seen.json["results"] == []
    assert seen.plain.startswith(honest.plain[:-1])


def test_a_byte_order_mark_comes_first(bench: Bench, encoding: str) -> None:
    """The rest is honest."""
    honest, seen = struck(bench, encoding, "byte-order-mark")

    assert seen.plain == b"\xef\xbb\xbf" + honest.plain


@pytest.mark.parametrize("charset", ["utf-16", "utf-32"])
def test_wrong_charset_is_not_what_the_header_says(bench: Bench, encoding: str, charset: str) -> None:
    """The header says UTF-8."""
    honest, seen = struck(bench, encoding, "wrong-charset", charset=charset)

    assert seen.plain.decode(charset) == honest.plain.decode()
    assert seen.headers[b"content-type"] == honest.headers[b"content-type"]


def test_invalid_utf8_does_not_decode(bench: Bench, encoding: str) -> None:
    """Within a text, so the JSON around it is good."""
    honest, seen = struck(bench, encoding, "invalid-utf8")

    assert seen.plain.replace(b"\xff\xfe", b"") == honest.plain
    with pytest.raises(UnicodeDecodeError):
        seen.plain.decode()


def test_invalid_utf8_can_be_in_the_value_of_a_property(bench: Bench, encoding: str) -> None:
    """Where a reader of ids and moments does not look; in the first text where nobody has the property."""
    honest, seen = struck(bench, encoding, "invalid-utf8", property="lastname")
    _, elsewhere = struck(bench, encoding, "invalid-utf8", property="no_such_property")

    assert b'"lastname":"\xff\xfe' in seen.plain
    assert seen.plain.replace(b"\xff\xfe", b"") == honest.plain
    assert b'"id":"\xff\xfe' in elsewhere.plain


@pytest.mark.parametrize("content_type", ["text/plain", None])
def test_wrong_content_type_keeps_the_body(bench: Bench, encoding: str, content_type: str | None) -> None:
    """Another label, or none."""
    honest, seen = struck(bench, encoding, "wrong-content-type", content_type=content_type)

    assert seen.plain == honest.plain
    assert seen.headers.get(b"content-type") == (content_type.encode() if content_type else None)


def test_deep_json_defeats_a_parser_that_recurses(bench: Bench, encoding: str) -> None:
    """Python's does."""
    _, seen = struck(bench, encoding, "deep-json")

    with pytest.raises(RecursionError):
        json.loads(seen.plain)


def test_an_oversized_header_is_longer_than_a_client_takes(bench: Bench, encoding: str) -> None:
    """Python's http.client takes 65,536 bytes."""
    honest, seen = struck(bench, encoding, "oversized-header")

    assert len(seen.headers[b"x-padding"]) > 65_536
    assert seen.body == honest.body
