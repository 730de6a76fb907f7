"""An array decoded piece by piece gives what the parser of streams gives: entities, errors, and never an early end."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fake_sesam.assumptions import Assumptions
from fake_sesam.errors import ReadError
from fake_sesam.pump.body_scan import MAX_DEPTH, MAX_DIGITS
from fake_sesam.pump.entity_array import EntityArray
from fake_sesam.pump.entity_stream import _objects, _streamed, parse_entities
from tests.support.cases import for_each

SNIPPETS = (
    *(b"}", b"{", b"]", b"[", b",", b'"', b"\\", b"},{", b" ", b"\n", b"1", b"-", b"\xff", b"null", b"x", b"\x01"),
    *(b"\nInternal Server Error", b"1e999999999999999999999", b"1.", b"}}", b"]]", b",,", b"[]"),
)


class CutError(Exception):
    """The connection broke."""


def any_value(random: Random, depth: int = 0) -> Any:
    """A JSON value; objects with objects in lists look like elements of the array."""
    kind = random.randrange(9 if depth < 3 else 7)
    if kind == 7:
        return [any_value(random, depth + 1) for _ in range(random.randrange(4))]
    if kind == 8:
        return {random.choice("abcd"): any_value(random, depth + 1) for _ in range(random.randrange(4))}
    plain = ("", '},{"a":1', "é🚀\\", 'say "hi"', 10**25, 12.5, -0.0)
    return random.choice((*plain, True, None, 7))


def any_body(random: Random) -> bytes:
    """An array of objects in one of the usual layouts, often damaged."""
    elements = [{"_id": str(number), "v": any_value(random)} for number in range(random.randrange(9))]
    others: list[Any] = [*elements]
    if random.random() < 0.15:
        others.insert(random.randrange(len(others) + 1), random.choice((1, "x", [], None)))
    layout: dict[str, Any] = random.choice(({"separators": (",", ":")}, {}, {"indent": 1}))
    body = json.dumps(others, ensure_ascii=random.random() < 0.5, **layout).encode()
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        place = random.randrange(len(body) + 1)
        damage = random.randrange(4)
        if damage == 0:
            body = body[:place]
        elif damage == 1:
            body = body[:place] + body[place + random.randrange(1, 4) :]
        else:
            place = len(body) if damage == 2 else place
            body = body[:place] + random.choice(SNIPPETS) + body[place:]
    return body


def chunks_of(body: bytes, size: int, *, breaks: bool) -> Iterator[bytes]:
    """The body in chunks, and perhaps a broken connection at its end."""
    for start in range(0, len(body), size):
        yield body[start : start + size]
    if breaks:
        raise CutError


def taken(entities: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """The entities that came, and how it ended."""
    found: list[dict[str, Any]] = []
    try:
        found.extend(iter(entities))
    except (ReadError, CutError) as error:
        return found, f"{type(error).__name__}: {error}"
    return found, "complete"


def as_a_stream(chunks: Iterator[bytes], allowed: Assumptions) -> Iterator[dict[str, Any]]:
    """The entities as the parser of streams alone finds them."""
    return _objects(_streamed(chunks, 0, "item", is_begun=False), 0, allowed)


@given(seed=st.integers(0, 2**32), breaks=st.booleans(), skips=st.booleans())
@example(seed=18180694, breaks=False, skips=False)
@settings(max_examples=300, deadline=None)
def test_every_body_gives_what_the_parser_of_streams_gives(seed: int, breaks: bool, skips: bool) -> None:
    """The same entities in the same form, then the same error or the end, however the body is cut and damaged."""
    allowed = Assumptions(skips_other_elements=skips)
    random = Random(seed)  # noqa: S311 - deterministic on purpose
    body = any_body(random)
    if not body.lstrip().startswith(b"["):
        body = b"[" + body
    size = random.choice((1, 3, 20, 1000))

    found, said = taken(parse_entities(chunks_of(body, size, breaks=breaks), assumptions=allowed))
    expected, expected_said = taken(as_a_stream(chunks_of(body, size, breaks=breaks), allowed))

    if "surrogate" in expected_said:  # the other looks for these in a whole chunk, before it takes anything from it
        assert said != "complete"
        assert found[: len(expected)] == expected
        return
    # What an error quotes is what had come by then, and one of the two looks at several chunks at a time.
    assert (found, said.partition(". It ends with: ")[0]) == (expected, expected_said.partition(". It ends with: ")[0])
    assert repr(found) == repr(expected)


def test_an_array_is_complete_only_where_its_end_has_come() -> None:
    """A body that ends after an element, or between two, is no complete array: Sesam would delete the rest."""
    body = json.dumps([{"_id": str(number), "list": [{"a": 1}, {"b": 2}]} for number in range(40)]).encode()

    for end in range(1, len(body)):
        array = EntityArray([body[:end]])
        found = list(chain.from_iterable(array.pieces()))
        assert not array.is_complete, body[:end]
        assert found == json.loads(body)[: len(found)]
        with pytest.raises(ReadError, match="not a complete JSON array"):
            list(parse_entities([body[:end]]))


@for_each(
    ("element", "said"),
    [
        (b'{"v":%s}' % (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH), "levels deep"),
        (b'{"v":%s}' % (b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1)), "levels deep"),
        (b'{"v":1.%s}' % (b"1" * (MAX_DIGITS + 1)), "digits"),
        (b'{"v":%s}' % (b"1" * (MAX_DIGITS + 1)), "digits"),
        (b'{"v":"\\udc00"}', "surrogate"),
    ],
)
def test_what_the_parser_of_streams_cannot_take_is_refused_as_before(element: bytes, said: str) -> None:
    """Wherever in the body it is, whatever surrounds it, and also where the decoder of pieces could take it."""
    for before, after in ((0, 0), (1, 1), (3, 2000)):
        elements = [b'{"_id":"1"}'] * before + [element] + [b'{"_id":"2"}'] * after
        body = b"[" + b",".join(elements) + b"]"
        for size in (len(body), 1000):
            with pytest.raises(ReadError, match=said):
                list(parse_entities(body[start : start + size] for start in range(0, len(body), size)))


def test_entities_come_as_soon_as_they_are_complete() -> None:
    """An entity that ends where a chunk ends is there before the next chunk is asked for."""
    asked: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(5):
            asked.append(number)
            yield (b"," if number else b"[") + b'{"_id":"%d","list":[{"a":1},{"b":2}]}' % number
        yield b"]"

    for number, entity in enumerate(parse_entities(chunks())):
        assert (entity["_id"], len(asked)) == (str(number), number + 1)


def test_elements_that_are_long_or_no_objects_do_not_pile_up() -> None:
    """They are left to the parser of streams once a bounded number of bytes is waiting."""
    taken_chunks: list[int] = []

    def chunks() -> Iterator[bytes]:
        yield b"["
        for number in range(10_000):
            taken_chunks.append(number)
            yield b"1," * 2000

    with pytest.raises(ReadError, match="expected an object as element 1 "):
        list(parse_entities(chunks()))
    assert len(taken_chunks) < 100


def test_elements_before_one_that_is_cut_come_at_once() -> None:
    """Whatever is between them, and whatever is in the one that is cut: a few places in it may look like an end."""
    false_end = b'{"x":1},'
    for between in (b",", b" , ", b"\n,\r\n\t", b",\n"):
        for count, is_found in ((0, True), (1, True), (6, True), (7, True), (8, False)):
            begun = b'{"_id":"3","v":[' + false_end * count + b'{"x"'
            body = b"[" + between.join([b'{"_id":"1"}', b'{"_id":"2","v":[{"a":1},{"b":2}]}', begun])

            found = list(EntityArray([body]).pieces())

            ids = [[element["_id"] for element in piece] for piece in found]
            assert ids == ([["1", "2"]] if is_found else []), (between, count)


def test_a_quarter_of_a_megabyte_waits_for_the_end_of_an_element() -> None:
    """Then the rest is left to the parser of streams, with what has waited."""
    asked: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(5000):
            asked.append(number)
            yield b"[" + b"1," * 31 + b"1" if not number else b"," + b"1" * 63

    array = EntityArray(chunks())

    assert list(array.pieces()) == []
    assert len(asked) == 256 * 1024 // 64 + 1
    assert not array.is_complete
    assert len(b"".join(array.rest())) == 5000 * 64


def test_after_a_failure_half_as_much_again_is_waited_for() -> None:
    """Trying again at each small chunk would take longer and longer. What is complete by then comes in one piece."""
    begun = b'[{"_id":"1","v":"' + b"x" * 83
    assert len(begun) == 100

    for size, expected in ((13, [5, 1, 1, 0]), (46, [2, 1, 1, 1, 1, 1, 0]), (45, [3, 1, 1, 1, 1, 0])):
        element = b'{"":"' + b"x" * (size - 7) + b'"}'
        body = [begun, b'"},', *[element + b","] * 5, element, b"]"]
        lengths = [len(piece) for piece in EntityArray(body).pieces()]

        # The first piece ends with the element that makes it 150 bytes. Then each comes as it is complete.
        assert lengths == expected, size


def test_a_broken_connection_is_not_read_again() -> None:
    """What came before it is kept, and its error comes after that."""
    asked: list[int] = []

    class Broken:
        def __iter__(self) -> "Broken":
            return self

        def __next__(self) -> bytes:
            asked.append(1)
            if len(asked) > 1:
                raise CutError(len(asked))
            return b'[{"_id":"1"},{"_id":'

    array = EntityArray(Broken())
    pieces = list(array.pieces())

    assert (pieces, len(asked), array.is_complete) == ([[{"_id": "1"}]], 2, False)
    with pytest.raises(CutError, match="2"):
        list(array.rest())
    assert len(asked) == 2


def test_an_element_that_is_just_deep_enough_is_taken() -> None:
    inner = b"[" * (MAX_DEPTH - 2) + b"]" * (MAX_DEPTH - 2)
    for before in (0, 1, 3):
        body = b"[" + b",".join([b'{"_id":"1"}'] * before + [b'{"v":%s}' % inner]) + b"]"
        for size in (len(body), 900):
            assert len(list(parse_entities(body[at : at + size] for at in range(0, len(body), size)))) == before + 1


def test_an_element_is_there_with_its_last_byte_or_with_the_comma_behind_it() -> None:
    for end in (b"", b",", b" ", b" ,", b", ", b"\n,\t\r\n"):
        first = next(EntityArray([b'[{"a":1},{"a":2}' + end, b"1"]).pieces())

        assert first == [{"a": 1}, {"a": 2}], end
