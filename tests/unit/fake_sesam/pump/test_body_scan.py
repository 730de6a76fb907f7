"""What a parser would crash on, bloat with or change is a read error, wherever the body is cut into chunks."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_sesam import Node
from fake_sesam.errors import ReadError
from fake_sesam.pump import parse_entities
from fake_sesam.pump.body_scan import MAX_DEPTH, MAX_DIGITS, BodyScan
from tests.support.cases import for_each
from tests.unit.fake_sesam.conftest import Connector

SIZES = [1, 7, 1000, 65536]
MOST_PIECES = 12_000


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


def digits(count: int) -> bytes:
    return b"7" * count


def nested(depth: int) -> bytes:
    """Return an array of one entity; its deepest bracket is at the depth."""
    inner = depth - 2
    return b'[{"a":' + b"[" * inner + b"]" * inner + b"}]"


def cases(bodies: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return each body with each size of chunks, but no large body in tiny pieces."""
    lengths = {name: len(body if isinstance(body, bytes) else body[0]) for name, body in bodies.items()}
    return [(name, size) for name in bodies for size in SIZES if lengths[name] <= size * MOST_PIECES]


REFUSED = {
    "integer": (b'[{"a":' + digits(MAX_DIGITS + 1) + b"}]", "more than 4,300 digits"),
    "negative integer": (b'[{"a":-' + digits(2 * MAX_DIGITS) + b"}]", "more than 4,300 digits"),
    "integer in a list": (b'[{"a":[1,' + digits(70_000) + b"]}]", "more than 4,300 digits"),
    "integer after a string": (b'[{"a":"\\\\","b":' + digits(5000) + b"}]", "more than 4,300 digits"),
    "fraction": (b'[{"a":0.' + digits(5000) + b"}]", "more than 4,300 digits"),
    "exponent": (b'[{"a":1e' + digits(30) + b"}]", "a number is too large"),
    "lists": (nested(MAX_DEPTH + 1), "nested more than 500 levels deep"),
    "a hundred thousand lists": (nested(100_000), "nested more than 500 levels deep"),
    "objects": (b'[{"a":' + b'{"a":' * MAX_DEPTH + b"1" + b"}" * MAX_DEPTH + b"}]", "nested more than 500 levels deep"),
    "a high surrogate": (rb'[{"_id":"a\ud83d"}]', "half of a surrogate pair"),
    "a low surrogate": (rb'[{"_id":"a\ude00"}]', "half of a surrogate pair"),
    "two high surrogates": (rb'[{"_id":"a\uD83D\uD83d"}]', "half of a surrogate pair"),
    "a pair and a half": (rb'[{"_id":"a\ud83d\ude00\udE00"}]', "half of a surrogate pair"),
    "a half before an escape": (rb'[{"_id":"a\ud83d\n"}]', "half of a surrogate pair"),
    "a half after a backslash": (rb'[{"_id":"\\\ud83d"}]', "half of a surrogate pair"),
    "a half in a name": (rb'[{"\ud83d":1}]', "half of a surrogate pair"),
}
TAKEN = {
    "integer": b'[{"a":' + digits(MAX_DIGITS) + b"}]",
    "digits in a string": b'[{"a":"' + digits(9_000) + b'"}]',
    "digits in a string with quotes": b'[{"a":"\\"\\\\\\", ' + digits(10_000) + b'", "b":1}]',
    "depth": nested(MAX_DEPTH),
    "brackets in a string": b'[{"a":"' + b"[{" * 2_000 + b'"}]',
    "brackets in many strings": b"[" + b",".join([b'{"a":"[","b":"\\"["}'] * 600) + b"]",
    "many objects": b"[" + b",".join([b'{"a":[[[]]]}'] * 600) + b"]",
    "many deep lists": b"[" + b",".join([b'{"a":' + b"[" * 20 + b"]" * 20 + b"}"] * 300) + b"]",
    "a pair": rb'[{"a":"\ud83d\ude00"}]',
    "no escape": rb'[{"a":"\\ud83d"}]',
    "pairs in a row": rb'[{"a":"\ud83d\ude00\ud83d\ude01"}]',
}


@for_each(("name", "size"), cases(REFUSED))
def test_what_a_parser_would_not_take_as_it_came_is_a_read_error(name: str, size: int) -> None:
    body, message = REFUSED[name]

    with pytest.raises(ReadError, match=message) as caught:
        list(parse_entities(pieces(body, size)))

    assert caught.value.error_code == 1


@for_each(("name", "size"), cases(TAKEN))
def test_what_only_looks_like_it_is_taken(name: str, size: int) -> None:
    body = TAKEN[name]

    assert list(parse_entities(pieces(body, size))) == json.loads(body)


def test_the_depth_grows_with_each_chunk_whatever_brackets_it_has() -> None:
    """As many lists as objects, only one kind, and some that close again."""
    for chunk in (b'[{"a":', b"[[", b'{"a":{"a":', b'{"a":[', b'[],{"a":[', b'[{},{"a":', b'{"]":["}",'):
        scan = BodyScan()
        for _ in range(MAX_DEPTH // 2):
            scan.scan(chunk)

        with pytest.raises(ReadError, match="nested more than 500 levels deep"):
            scan.scan(chunk)


@for_each("text", [b"[{" * 600, b"]}" * 600, b"9" * (MAX_DIGITS + 1), rb"\\" + b"[" * 600])
@for_each("size", [1, 2, 600, 10_000])
def test_a_string_that_goes_on_in_the_next_chunk_is_still_a_string(text: bytes, size: int) -> None:
    """What is in it is no bracket and no number, and what comes after it is."""
    scan = BodyScan()
    for chunk in (b'[{"a":"', *pieces(text, size), b'","b":' + b"[" * (MAX_DEPTH - 2)):
        scan.scan(chunk)

    with pytest.raises(ReadError, match="nested more than 500 levels deep"):
        scan.scan(b"[")
    number = BodyScan()
    for chunk in (b'[{"a":"', *pieces(text, size), b'","b":', b"1"):
        number.scan(chunk)
    with pytest.raises(ReadError, match=r"more than 4,300 digits"):
        number.scan(b"7" * MAX_DIGITS)


def test_digits_are_counted_from_the_first_byte_on() -> None:
    scan = BodyScan()
    scan.scan(b"7" * (MAX_DIGITS - 1))
    scan.scan(b"7")

    with pytest.raises(ReadError, match=r"more than 4,300 digits"):
        scan.scan(b"7")


@for_each("after", [b"", b"3", b"3" * 40])
def test_a_number_that_ends_early_in_the_next_chunk_is_not_long(after: bytes) -> None:
    """However much follows it."""
    scan = BodyScan()
    scan.scan(b'[{"a":' + b"7" * 100)

    scan.scan(after + b',"b":"' + b"x" * (3 * MAX_DIGITS) + b'"}]')


ESCAPES = st.sampled_from([r"\ud83d", r"\ude00", r"\\", r"\"", r"\n", "u", "d83d", "[", "{", "}", "7" * 9, "å"])
TEXTS = st.lists(ESCAPES, max_size=8).map("".join)


@given(texts=st.lists(TEXTS, max_size=4), size=st.integers(1, 40))
def test_a_body_is_refused_exactly_if_a_character_of_it_is_half_a_pair(texts: list[str], size: int) -> None:
    """The standard library's parser keeps halves, so it is the measure."""
    body = "[" + ",".join(f'{{"a":"{text}"}}' for text in texts) + "]"
    expected: list[Any] = json.loads(body)
    has_half = any(re.search("[\ud800-\udfff]", entity["a"]) for entity in expected)

    try:
        found: list[Any] | None = list(parse_entities(pieces(body.encode(), size)))
    except ReadError:
        found = None

    assert found == (None if has_half else expected)


@pytest.mark.parametrize("name", ["integer", "a hundred thousand lists", "a high surrogate", "exponent"])
def test_the_node_survives_such_a_body_and_deletes_nothing(node: Node, connector: Connector, name: str) -> None:
    """The pump fails with the reason in its execution log."""
    connector.gives([{"id": "a"}])
    node.run_pipe("things-collect")
    body, message = REFUSED[name]
    connector.sends(body)

    result = node.run_pipe("things-collect")

    assert (result.ok, node.dataset("things-collect").count) == (False, 1)
    assert message in node.execution_log("things-collect")[-1]["reason_why_stopped"]
