"""The depth of a text is bounded before it is decoded, in every version of Python alike."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given

from bench_core.json_text import MAX_DEPTH, TooDeepError, decode_json, depth_of, parse_json
from tests.support.cases import for_each
from tests.support.deep_json import STEPS, Step, depth, levels_inside, nested, texts

EITHER = pytest.mark.parametrize("decode", [parse_json, decode_json])


@EITHER
@for_each("steps", STEPS)
def test_a_text_has_500_levels_at_most_whatever_they_are(
    decode: Callable[[str | bytes], Any], steps: Sequence[Step]
) -> None:
    """As bytes and as text."""
    taken = nested(MAX_DEPTH - levels_inside(*steps), *steps)
    assert decode(taken) == decode(taken.decode()) == json.loads(taken)

    for levels in (MAX_DEPTH + 1, 5_000):
        deep = nested(levels, *steps)
        for text in (deep, deep.decode()):
            with pytest.raises(TooDeepError, match=r"^it is nested more than 500 levels deep$"):
                decode(text)


@given(texts(1, 30))
def test_the_depth_is_that_of_the_value(text: bytes) -> None:
    """The standard library's parser is the measure."""
    assert depth_of(text) == depth_of(text.decode()) == depth(json.loads(text))


@EITHER
@for_each("text", ["", "{", "[1", "[" * 900, "]" * 900, '"' * 901, '[1, "\udfff' + "]" * 900])
def test_what_is_no_json_is_one_kind_of_error(decode: Callable[[str | bytes], Any], text: str) -> None:
    for each in (text, text.encode("utf-8", "surrogatepass")):
        with pytest.raises(ValueError, match=r".") as caught:
            decode(each)
        assert not isinstance(caught.value, RecursionError)


@pytest.mark.parametrize("body", [b'"\xff"', b'{"\xc3":1}', b'["a", "\xed\xa0\x80"]'])
def test_bytes_that_are_no_text_are_one_kind_of_error(body: bytes) -> None:
    with pytest.raises(msgspec.DecodeError, match="it is not UTF-8"):
        decode_json(body)


def test_a_text_can_be_bounded_more_narrowly() -> None:
    assert parse_json(nested(7, *STEPS[0]), max_depth=7) == json.loads(nested(7, *STEPS[0]))

    with pytest.raises(TooDeepError, match=r"^it is nested more than 7 levels deep$"):
        parse_json(nested(8, *STEPS[0]), max_depth=7)


def test_options_are_those_of_the_decoder() -> None:
    """Numbers as they are written, or a type."""
    assert parse_json("[1.50]", parse_float=str) == ["1.50"]
    assert decode_json('{"1": 2}', type=dict[str, int]) == {"1": 2}
    with pytest.raises(msgspec.ValidationError, match="Expected `int`"):
        decode_json('{"1": "2"}', type=dict[str, int])
