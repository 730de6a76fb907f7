"""The values of one property in a fixed set of records, in a few bytes a record. Pure.

A record is known by its slot, its place among the ids. `order` has the slots sorted by value and then by id, those
without a value at the end, so that the records that meet a filter are a few spans of it. To mark the records of a
span without a loop over all of them, the order is cut into at most 255 blocks and each slot knows its block: what
whole blocks contribute is one `bytes.translate`.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, compress, islice
from operator import ne
from typing import Any

from fake_hubspot.portal.matching import NEGATIVE, Comparable, Condition, has_token, to_comparable

__all__ = ["Column", "Span", "TextColumn"]

Span = tuple[int, int]
"""A half-open range of places in the order, or of distinct values."""
BLOCKS = 255
# No byte of UTF-8 is 0xFF.
SEPARATOR = b"\xff"
TEXTS_AT_ONCE = 4096
ENCODING, ERRORS = "utf-8", "surrogatepass"
PATTERNS_KEPT = 8
# What it costs to find a text by its place, compared with looking at it in passing.
SEEKING = 10


class Column:
    """The values of one property, sorted.

    Args:
        values: The values by slot; None is no value.
    """

    def __init__(self, values: list[Comparable | None]) -> None:
        self.size = len(values)
        numbers, texts = (_sorted_slots(values, kind) for kind in (float, str))
        empty = _slots_of(values, type(None))
        self.filled = len(numbers) + len(texts)
        self.order = array("I", chain(numbers, texts, empty))
        self._starts = array("I")
        self._numbers = array("d", self._distinct(values, 0, len(numbers)))
        self._offsets = array("I", [0])
        self._texts = self._packed(self._distinct(values, len(numbers), self.filled))
        self._starts.append(self.filled)
        self._block = max(-(-self.size // BLOCKS), 1)
        self._blocks = self._cut()
        self._places: array[int] | None = None
        self._kept: dict[str, list[Span]] = {}

    def _distinct(self, values: list[Comparable | None], first: int, end: int) -> Iterator[Any]:
        """Return the distinct values of a span in order, and note where each begins."""
        ordered = list(map(values.__getitem__, self.order[first:end]))
        is_new = b"\1" + bytes(map(ne, islice(ordered, 1, None), ordered))
        self._starts.extend(compress(range(first, end), is_new))
        return compress(ordered, is_new)

    def _packed(self, texts: Iterator[str]) -> bytes:
        packed = bytearray()
        for text in texts:
            packed += text.encode(ENCODING, ERRORS) + SEPARATOR
            self._offsets.append(len(packed))
        return bytes(packed)

    def _cut(self) -> bytes:
        blocks = bytearray(self.size)
        for number, first in enumerate(range(0, self.size, self._block)):
            for slot in self.order[first : first + self._block]:
                blocks[slot] = number
        return bytes(blocks)

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        arrays = (self.order, self._starts, self._numbers, self._offsets, self._places or array("I"))
        return len(self._texts) + len(self._blocks) + sum(each.itemsize * len(each) for each in arrays)

    @property
    def places(self) -> "array[int]":
        """The place of each slot in the order."""
        if self._places is None:
            places = array("I", bytes(4 * self.size))
            for place, slot in enumerate(self.order):
                places[slot] = place
            self._places = places
        return self._places

    def value_at(self, place: int) -> Comparable | None:
        """Return the value at a place of the order."""
        return None if place >= self.filled else self._value(bisect_right(self._starts, place) - 1)

    def _value(self, number: int) -> Comparable:
        count = len(self._numbers)
        return self._numbers[number] if number < count else self._text(number - count)

    def _text(self, number: int) -> str:
        return self._texts[self._offsets[number] : self._offsets[number + 1] - 1].decode(ENCODING, ERRORS)

    def spans(self, wanted: Condition) -> list[Span]:
        """Return where the records are that meet a condition."""
        found = list(self._runs(wanted))
        if wanted.operator in NEGATIVE:
            found = _others(found, len(self._starts) - 1)
        placed = [(self._starts[first], self._starts[end]) for first, end in found if first < end]
        return [*placed, (self.filled, self.size)] if wanted.matches_empty else placed

    def _runs(self, wanted: Condition) -> Iterator[Span]:
        """Yield the runs of distinct values that meet a condition, or that do not if its operator is negative."""
        if wanted.operator == "HAS_PROPERTY":
            yield (0, len(self._starts) - 1)
        elif wanted.operator in ("IN", "NOT_IN"):
            yield from sorted({self._equal(to_comparable(wanted.kind, value)) for value in wanted.values})
        elif wanted.operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
            yield from self._containing(wanted.value)
        elif wanted.operator != "NOT_HAS_PROPERTY":
            yield self._range(wanted)

    def _range(self, wanted: Condition) -> Span:
        """Return the values that a comparison selects; numbers and texts do not compare with each other."""
        bound, high = to_comparable(wanted.kind, wanted.value), to_comparable(wanted.kind, wanted.high_value)
        (first, end), (left, right) = self._alike(bound), self._equal(bound)
        above = self._equal(high)[1] if type(high) is type(bound) else end
        return {
            "EQ": (left, right),
            "NEQ": (left, right),
            "LT": (first, left),
            "LTE": (first, right),
            "GT": (right, end),
            "GTE": (left, end),
            "BETWEEN": (left, above),
        }[wanted.operator]

    def _alike(self, value: Comparable) -> Span:
        count = len(self._numbers)
        return (0, count) if isinstance(value, float) else (count, len(self._starts) - 1)

    def _equal(self, value: Comparable) -> Span:
        """Return the run of at most one distinct value that equals this one, empty at its place if there is none."""
        if isinstance(value, float):
            return bisect_left(self._numbers, value), bisect_right(self._numbers, value)
        count = len(self._numbers)
        first = bisect_left(range(len(self._offsets) - 1), value, key=self._text)
        is_there = first < len(self._offsets) - 1 and self._text(first) == value
        return count + first, count + first + is_there

    def _containing(self, pattern: str) -> list[Span]:
        """Return the runs of texts that a pattern matches; those of the last patterns are kept."""
        if pattern not in self._kept:
            while len(self._kept) >= PATTERNS_KEPT:
                del self._kept[next(iter(self._kept))]
            literal, test = _token_test(pattern)
            self._kept[pattern] = list(_joined(self._matching(literal.encode(ENCODING, ERRORS), test)))
        return self._kept[pattern]

    def _matching(self, literal: bytes, test: Callable[[str], bool]) -> Iterator[int]:
        """Yield the numbers of the matching values, ascending; only texts that contain the literal are tested."""
        numbers, count = len(self._numbers), len(self._offsets) - 1
        for first in range(0, count, TEXTS_AT_ONCE):
            last = min(first + TEXTS_AT_ONCE, count)
            for number in self._containing_literal(literal, first, last):
                if test(self._text(number)):
                    yield numbers + number

    def _containing_literal(self, literal: bytes, first: int, last: int) -> Iterator[int]:
        start, end = self._offsets[first], self._offsets[last]
        # An empty literal is counted between any two bytes, so it is never sought.
        if self._texts.count(literal, start, end) * SEEKING > last - first:
            texts = self._texts[start:end].split(SEPARATOR)  # and an empty one at the end, which is left out
            yield from compress(range(first, last), [literal in text for text in texts])
            return
        while (start := self._texts.find(literal, start, end)) >= 0:
            number = bisect_right(self._offsets, start, first, last) - 1
            yield number
            start = self._offsets[number + 1]

    def marked(self, spans: list[Span]) -> bytearray:
        """Return a byte for each slot: 1 if it is in one of the spans, else 0."""
        table, edges = bytearray(256), []
        for first, end in spans:
            low, high = -(-first // self._block), end // self._block
            if low < high:
                table[low:high] = b"\1" * (high - low)
                edges += [(first, low * self._block), (high * self._block, end)]
            else:
                edges.append((first, end))
        marks = bytearray(self._blocks.translate(table)) if any(table) else bytearray(self.size)
        for first, end in edges:
            for slot in self.order[first:end]:
                marks[slot] = 1
        return marks


class TextColumn:
    """The texts in which the words of a query are looked for, in the order of the slots."""

    def __init__(self, texts: Iterable[str]) -> None:
        encoded = (text.encode(ENCODING, ERRORS) for text in texts)
        self._parts: list[tuple[int, bytes]] = []
        while some := list(islice(encoded, TEXTS_AT_ONCE)):
            self._parts.append((len(some), SEPARATOR.join(some)))

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return sum(len(part) for _, part in self._parts)

    def marked(self, word: str) -> bytes:
        """Return a byte for each slot: 1 if its text contains the word, else 0."""
        wanted = word.encode(ENCODING, ERRORS)
        return b"".join(_marks(part, wanted) if wanted in part else bytes(count) for count, part in self._parts)


def _slots_of(values: list[Comparable | None], kind: type) -> Iterable[int]:
    """Return the slots whose values are of a type; often that is all of them, or none."""
    kinds = set(map(type, values))
    if kind not in kinds:
        return ()
    return range(len(values)) if len(kinds) == 1 else [slot for slot, each in enumerate(values) if type(each) is kind]


def _sorted_slots(values: list[Comparable | None], kind: type) -> list[int]:
    return sorted(_slots_of(values, kind), key=values.__getitem__)  # type: ignore[arg-type]  # these are of one type


def _marks(part: bytes, wanted: bytes) -> bytes:
    return bytes([wanted in text for text in part.split(SEPARATOR)])


def _others(runs: list[Span], count: int) -> list[Span]:
    """Return what sorted runs leave of `count` values."""
    bounds = [0, *chain.from_iterable(runs), count]
    return list(zip(bounds[::2], bounds[1::2], strict=True))


def _joined(numbers: Iterator[int]) -> Iterator[Span]:
    """Yield the runs of ascending numbers."""
    first = end = -1
    for number in numbers:
        if number != end:
            if end > first:
                yield (first, end)
            first = number
        end = number + 1
    if end > first:
        yield (first, end)


def _token_test(pattern: str) -> tuple[str, Callable[[str], bool]]:
    """Return a text that every match contains, and the test of a text in lower case."""
    folded = pattern.casefold()
    if folded and all(char.isalnum() or char in "_-'" for char in folded):
        word = re.compile(rf"(?<![\w'-]){re.escape(folded)}(?![\w'-])")
        return folded, lambda text: word.search(text) is not None
    return max(folded.split("*"), key=len), lambda text: has_token(text, pattern)
