"""Faults of the body: a complete HTTP response with the wrong content."""

import json
from typing import Any

import pytest

from tests.unit.fake_hubspot.faults.conftest import Bench
from tests.unit.fake_hubspot.faults.socket_client import Seen

pytestmark = pytest.mark.parametrize("encoding", ["identity", "gzip"])


def fire(bench: Bench, encoding: str, fault: str, **params: Any) -> tuple[Seen, Seen]:
    """Return the original page 2 and page 2 with the fault; both are complete HTTP responses."""
    original = bench.page(2, encoding=encoding)
    bench.fresh()
    bench.arm(fault, page=2, **params)
    seen = bench.page(2, encoding=encoding)
    assert seen.status in (200, 204)
    assert seen.status == 204 or seen.declared == len(seen.body)
    return original, seen


@pytest.mark.parametrize("kind", ["html", "json"])
def test_html_with_200_is_a_login_page(bench: Bench, encoding: str, kind: str) -> None:
    """The content type says HTML or JSON."""
    _, seen = fire(bench, encoding, "html-with-200", content_type=kind)

    assert seen.plain.startswith(b"<!DOCTYPE html>")
    assert kind.encode() in seen.headers[b"content-type"]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [("object", {"data": [], "meta": {"total": 0}}), ("array", []), ("string", "ok"), ("number", 0), ("null", None)],
)
def test_wrong_shape_is_valid_json(bench: Bench, encoding: str, shape: str, expected: Any) -> None:
    """It is not a page of records."""
    assert fire(bench, encoding, "wrong-shape", shape=shape)[1].json == expected


def test_error_with_200_is_hubspots_error_object(bench: Bench, encoding: str) -> None:
    """The status does not show the error."""
    assert fire(bench, encoding, "error-with-200")[1].json["status"] == "error"


def test_empty_body_and_no_content_have_no_body(bench: Bench, encoding: str) -> None:
    """Their statuses are 200 and 204."""
    _, empty = fire(bench, encoding, "empty-body")
    _, none = fire(bench, encoding, "no-content")

    assert (empty.status, empty.body) == (200, b"")
    assert (none.status, none.body) == (204, b"")


@pytest.mark.parametrize("fault", ["invalid-json", "truncated-json", "extra-json"])
def test_broken_json_does_not_parse(bench: Bench, encoding: str, fault: str) -> None:
    """The HTTP response is complete all the same."""
    _, seen = fire(bench, encoding, fault)

    with pytest.raises(json.JSONDecodeError):
        json.loads(seen.plain)


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.999])
def test_truncated_json_is_cut_before_it_is_compressed(bench: Bench, encoding: str, keep: float) -> None:
    """The compressed body itself is valid."""
    original, seen = fire(bench, encoding, "truncated-json", keep=keep)

    assert seen.plain == original.plain[: int(len(original.plain) * keep)]


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
def test_not_a_number_is_a_bare_literal(bench: Bench, encoding: str, literal: str) -> None:
    """Python's parser accepts it, although it is not valid JSON."""
    _, seen = fire(bench, encoding, "not-a-number", literal=literal)

    assert f'"score":{literal}'.encode() in seen.plain


def test_duplicate_keys_hide_the_records(bench: Bench, encoding: str) -> None:
    """A parser that takes the last one sees none."""
    original, seen = fire(bench, encoding, "duplicate-keys")

    assert seen.json["results"] == []
    assert seen.plain.startswith(original.plain[:-1])


def test_a_byte_order_mark_comes_first(bench: Bench, encoding: str) -> None:
    """The rest does not change."""
    original, seen = fire(bench, encoding, "byte-order-mark")

    assert seen.plain == b"\xef\xbb\xbf" + original.plain


@pytest.mark.parametrize("charset", ["utf-16", "utf-32"])
def test_wrong_charset_is_not_what_the_header_says(bench: Bench, encoding: str, charset: str) -> None:
    """The header still says UTF-8."""
    original, seen = fire(bench, encoding, "wrong-charset", charset=charset)

    assert seen.plain.decode(charset) == original.plain.decode()
    assert seen.headers[b"content-type"] == original.headers[b"content-type"]


def test_invalid_utf8_does_not_decode(bench: Bench, encoding: str) -> None:
    """The bytes are inside a string, so the JSON around them is valid."""
    original, seen = fire(bench, encoding, "invalid-utf8")

    assert seen.plain.replace(b"\xff\xfe", b"") == original.plain
    with pytest.raises(UnicodeDecodeError):
        seen.plain.decode()


def test_invalid_utf8_can_be_in_the_value_of_a_property(bench: Bench, encoding: str) -> None:
    """A client that reads only ids and times misses it. If no record has the property, it is in the first string."""
    original, seen = fire(bench, encoding, "invalid-utf8", property="lastname")
    _, elsewhere = fire(bench, encoding, "invalid-utf8", property="no_such_property")

    assert b'"lastname":"\xff\xfe' in seen.plain
    assert seen.plain.replace(b"\xff\xfe", b"") == original.plain
    assert b'"id":"\xff\xfe' in elsewhere.plain


@pytest.mark.parametrize("content_type", ["text/plain", None])
def test_wrong_content_type_keeps_the_body(bench: Bench, encoding: str, content_type: str | None) -> None:
    """The header is wrong or missing."""
    original, seen = fire(bench, encoding, "wrong-content-type", content_type=content_type)

    assert seen.plain == original.plain
    assert seen.headers.get(b"content-type") == (content_type.encode() if content_type else None)


def test_deep_json_breaks_a_recursive_parser(bench: Bench, encoding: str) -> None:
    """Python's parser raises a RecursionError."""
    _, seen = fire(bench, encoding, "deep-json")

    with pytest.raises(RecursionError):
        json.loads(seen.plain)


def test_an_oversized_header_is_longer_than_a_client_accepts(bench: Bench, encoding: str) -> None:
    """Python's http.client accepts 65,536 bytes."""
    original, seen = fire(bench, encoding, "oversized-header")

    assert len(seen.headers[b"x-padding"]) > 65_536
    assert seen.body == original.body
