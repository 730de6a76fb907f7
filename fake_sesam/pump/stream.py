"""A JSON array read piece by piece: bytes in, entities out, in bounded memory. Pure.

Source: docs (json-pull.rst): the body is one JSON array of objects. Assumed: an object instead of the array and
elements that are not objects are errors (the facts a real node's log shows do not decide it).
"""

import types
from collections.abc import Coroutine, Generator, Iterable, Iterator
from contextlib import suppress
from typing import Any

import ijson  # type: ignore[import-untyped]  # it has no stubs

from fake_sesam.assumptions import Assumptions
from fake_sesam.errors import ReadError

__all__ = ["MAX_QUOTE", "entities_of"]

MAX_QUOTE = 500
_SPACE = b" \t\r\n"


def entities_of(chunks: Iterable[bytes], *, assumptions: Assumptions | None = None) -> Iterator[list[dict[str, Any]]]:
    """Yield the entities of each chunk of a body, as lists.

    Arguments:
        chunks: The body.
        assumptions: Whether an object, or other elements than objects, are taken.

    Raises:
        ReadError: the body is not exactly one array of objects; the message says what came instead.
    """
    parser = _ArrayParser(assumptions or Assumptions())
    for chunk in chunks:
        if chunk:
            entities = parser.feed(chunk)
            if entities:
                yield entities
    entities = parser.finish()
    if entities:
        yield entities


class _Parser:
    """ijson fed piece by piece.

    Its asynchronous reader is suspended wherever it wants more; its own push parser (`items_coro`) takes three times as
    long, because there each event passes through Python.
    """

    def __init__(self, prefix: str) -> None:
        self.found: list[Any] = []
        self._piece: bytes | None = None
        self._is_hungry = False
        self._prefix = prefix
        self._reading: Coroutine[None, None, None] | None = None

    def feed(self, piece: bytes) -> None:
        """Parse a piece; a piece without a byte is the end.

        Raises:
            ijson.JSONError: it is not JSON, or ends too soon.
        """
        self._reading = self._reading or self._read_all()
        self._piece, self._is_hungry = piece, False
        with suppress(StopIteration):
            while not self._is_hungry:  # ijson suspends for other reasons too
                self._reading.send(None)

    async def read(self, size: int) -> bytes:
        """Give ijson the next piece, whatever its size; it asks for no bytes to see of what type they are."""
        if size == 0:
            return b""
        while self._piece is None:
            self._is_hungry = True
            await _another_piece()
        piece, self._piece = self._piece, None
        return piece

    async def _read_all(self) -> None:
        async for element in ijson.items_async(self, self._prefix):
            self.found.append(element)


@types.coroutine
def _another_piece() -> Generator[None, None, None]:
    """Suspend until there is one."""
    yield


class _ArrayParser:
    """A parser with the checks that an array of entities needs."""

    def __init__(self, assumptions: Assumptions) -> None:
        self._assumptions = assumptions
        self._parser = _Parser("item")
        self._has_begun = False
        self._count = 0
        self._tail = b""

    def feed(self, chunk: bytes) -> list[dict[str, Any]]:
        if not self._has_begun:
            self._begin(chunk)
        self._tail = (self._tail + chunk)[-MAX_QUOTE:] if len(chunk) < MAX_QUOTE else chunk[-MAX_QUOTE:]
        try:
            self._parser.feed(chunk)
        except ijson.JSONError as error:
            raise self._invalid(error) from error
        return self._take()

    def finish(self) -> list[dict[str, Any]]:
        if not self._has_begun:
            raise ReadError("expected a JSON array of entities, got an empty body", error_code=1)
        try:
            self._parser.feed(b"")
        except ijson.JSONError as error:
            raise self._invalid(error) from error
        return self._take()

    def _begin(self, chunk: bytes) -> None:
        start = chunk.lstrip(_SPACE)
        if not start:
            return
        self._has_begun = True
        if start.startswith(b"{") and self._assumptions.takes_object:
            self._parser = _Parser("")
        elif not start.startswith(b"["):
            raise ReadError(f"expected a JSON array of entities, got {_kind(start)}", error_code=1)

    def _take(self) -> list[dict[str, Any]]:
        entities = self._parser.found
        self._parser.found = []
        for entity in entities:
            self._count += 1
            if type(entity) is not dict and not self._assumptions.skips_other_elements:
                message = f"expected an object as element {self._count} of the array, got {type(entity).__name__}"
                raise ReadError(message, error_code=1)
        if self._assumptions.skips_other_elements:
            return [entity for entity in entities if type(entity) is dict]
        return entities

    def _invalid(self, error: Exception) -> ReadError:
        reason = " ".join(str(error.args[0] if error.args else error).split("\n", 1)[0].split())
        count = self._count + len(self._parser.found)
        message = f"the body is not a complete JSON array after {count} entities: {reason}"
        said = _trailing_text(self._tail)
        return ReadError(f"{message}. It ends with: {said}" if said else message, error_code=1)


def _kind(start: bytes) -> str:
    """Describe what came instead of an array without quoting the data in it."""
    if start.startswith(b"{"):
        return "a JSON object. Wrap it in [ ], or return the list inside it"
    if start.startswith(b"<"):
        return "something that looks like HTML"
    return f"text that starts with {start[:20].decode(errors='replace')!r}"


def _trailing_text(tail: bytes) -> str:
    """Return plain text that follows the last entity (a connector's error message), never a piece of an entity."""
    _, found, after = tail.rpartition(b"}")
    text = after.decode(errors="replace").strip(" \t\r\n,")
    return text if found and text and text[0] not in '{["]' else ""
