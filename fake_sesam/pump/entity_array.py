"""Decodes an array of objects piece by piece, each piece in one call, as long as that is plain. Pure.

A piece ends between two elements. Nothing is parsed to find such a place: the bytes up to a `}` before a comma are a
piece if, and only if, they are a valid JSON array once they are closed with `]`, which the decoder finds out anyway.
What cannot be decoded in this way, because it is broken, very long or no object, is left to the parser of streams,
which knows what to say. The decoder accepts nothing that this parser refuses, and gives the same values.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import msgspec

from fake_sesam.pump.body_scan import MAX_DEPTH, BodyScan, has_long_digits

__all__ = ["EntityArray"]

_BETWEEN = re.compile(rb"\}(?=[ \t\r\n]*,[ \t\r\n]*\{)")
_SPACE = b" \t\r\n"
_BEGUN = b"[{}"
_TRIES = 8
_MAX_WAITING = 256 * 1024
_decode = msgspec.json.Decoder(list[Any], float_hook=Decimal).decode


class EntityArray:
    """The elements of an array.

    Args:
        chunks: The body; it begins with `[`, perhaps after white space.
    """

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._waiting = b""
        self._arrived: list[bytes] = []
        self._is_begun = self._is_complete = False
        self._failed_at = 0
        self._failure: Exception | None = None

    def pieces(self) -> Iterator[list[Any]]:
        """Yield elements, a few at a time, up to the end or to where `rest` begins."""
        while self._read():
            found = self._piece()
            if found:
                yield found
            elif len(self._waiting) > _MAX_WAITING:
                return
        if self._failure is None and (found := self._decoded(self._waiting)) is not None:
            self._is_complete = True
            yield found

    @property
    def is_complete(self) -> bool:
        """Whether the end of the array has come: `pieces` has yielded everything, and there is no rest."""
        return self._is_complete

    @property
    def is_begun(self) -> bool:
        """Whether elements were yielded."""
        return self._is_begun

    def rest(self) -> Iterator[bytes]:
        """Yield what `pieces` has left, as a body that begins with one empty object if `is_begun`.

        Raises:
            Exception: What the chunks raised, after everything that came before it.
        """
        before = len(self._waiting) - sum(map(len, self._arrived))
        yield (_BEGUN if self._is_begun else b"") + self._waiting[:before]
        yield from self._arrived
        if self._failure is not None:
            raise self._failure
        yield from self._chunks

    def _read(self) -> bool:
        """Wait for the next chunk; a failure is kept for `rest`, because elements may have come before it."""
        try:
            chunk = next(self._chunks, b"")
        except Exception as error:
            self._failure = error
            return False
        self._waiting += chunk
        self._arrived.append(chunk)
        return bool(chunk)

    def _piece(self) -> list[Any] | None:
        """Return the elements that have arrived; after a failure it waits for more, so that trying stays cheap."""
        waiting = self._waiting
        if len(waiting) < self._failed_at:
            return None
        for end in _ends(waiting):
            found = self._decoded(waiting[:end] + b"]")
            if found is not None:
                self._waiting, self._failed_at = waiting[end:], 0
                self._arrived.clear()
                return found
        self._failed_at = len(waiting) + len(waiting) // 2
        return None

    def _decoded(self, text: bytes) -> list[Any] | None:
        """Return the elements of a text that continues the array and ends it; None if it is not plain."""
        try:
            found = _decode(_BEGUN + text if self._is_begun else text)
        except (ValueError, ArithmeticError, RecursionError):  # those of msgspec and of UTF-8 are ValueErrors
            return None
        if self._is_begun:
            del found[0]
        opened = text.count(b"{") + text.count(b"[")
        # One element can only be that deep if there are that many brackets besides one for each other element.
        if opened - len(found) >= MAX_DEPTH - 1 or has_long_digits(text):
            BodyScan().scan(_BEGUN + text if self._is_begun else text)
        self._is_begun = True
        return found


def _ends(text: bytes) -> Iterator[int]:
    """Yield where a text may be cut between two elements, the last place first, a few at most."""
    whole = text.rstrip(_SPACE).removesuffix(b",").rstrip(_SPACE)
    if whole.endswith(b"}"):
        yield len(whole)
    tries, place = _TRIES, text.rfind(b"}")
    while place >= 0 and tries:
        if _BETWEEN.match(text, place):
            yield place + 1
            tries -= 1
        place = text.rfind(b"}", 0, place)
