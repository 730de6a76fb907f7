"""Reads a JSON array as a stream: bytes in, entities out, in bounded memory. Pure.

Source: docs (json-pull.rst): the body is one JSON array of objects. Assumed: an object instead of the array is
an error, and so is an element that is not an object.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

import ijson  # type: ignore[import-untyped]  # it has no stubs

from fake_sesam.assumptions import Assumptions
from fake_sesam.errors import ReadError
from fake_sesam.pump.body_scan import BodyScan
from fake_sesam.pump.entity_array import EntityArray

__all__ = ["MAX_QUOTE", "parse_entities"]

MAX_QUOTE = 500
_SPACE = b" \t\r\n"
_ONLY_OBJECTS = frozenset({dict})


def parse_entities(chunks: Iterable[bytes], *, assumptions: Assumptions | None = None) -> Iterator[dict[str, Any]]:
    """Yield the entities of a body as they arrive.

    Args:
        chunks: The body.
        assumptions: Whether an object instead of the array, or elements that are not objects, are accepted.

    Raises:
        ReadError: The body is not exactly one array of objects; the message says what came instead.
    """
    allowed, count = assumptions or Assumptions(), 0
    body = filter(None, chunks)
    start, begun = _first(body)
    is_object = _is_object(start, allowed)
    array = EntityArray(chain(begun, body))
    for piece in () if is_object else array.pieces():
        yield from piece if _ONLY_OBJECTS.issuperset(map(type, piece)) else _objects(piece, count, allowed)
        count += len(piece)
    if not array.is_complete:
        rest = _streamed(array.rest(), count, "" if is_object else "item", is_begun=array.is_begun)
        yield from _objects(rest, count, allowed)


def _objects(elements: Iterable[Any], count: int, allowed: Assumptions) -> Iterator[dict[str, Any]]:
    """Yield the elements that are objects; `count` elements came before them."""
    for number, entity in enumerate(elements, count + 1):
        if type(entity) is dict:
            yield entity
        elif not allowed.skips_other_elements:
            message = f"expected an object as element {number} of the array, got {type(entity).__name__}"
            raise ReadError(message, error_code=1)


def _streamed(chunks: Iterable[bytes], count: int, prefix: str, *, is_begun: bool) -> Iterator[Any]:
    """Yield the elements of a body as the parser finds them, without the one that stands for those before them."""
    body = _Body(chunks)
    try:
        # ijson gets a file-like object: its whole pipeline then runs in C, in less than half the time of its push
        # parser.
        for element in islice(ijson.items(body, prefix), 1 if is_begun else 0, None):
            yield element
            count += 1
    except ijson.JSONError as error:
        raise _invalid(error, count, body.tail) from error
    except ArithmeticError as error:  # the exponent of a number is beyond what Decimal takes
        raise ReadError(
            f"the body cannot be read after {count} entities: a number is too large", error_code=1
        ) from error


def _first(chunks: Iterator[bytes]) -> tuple[bytes, list[bytes]]:
    """Return the first bytes that are not white space, and the chunk that they are in."""
    for chunk in chunks:
        if start := chunk.lstrip(_SPACE):
            return start, [chunk]
    return b"", []


class _Body:
    """The chunks as a file; it keeps the last bytes that were read."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = filter(None, chunks)
        self._scan = BodyScan()
        self.tail = b""

    def read(self, size: int) -> bytes:
        """Return the next chunk, whatever its size; ijson first reads zero bytes to learn their type."""
        if size == 0:
            return b""
        chunk = next(self._chunks, b"")
        self._scan.scan(chunk)
        self.tail = (self.tail + chunk)[-MAX_QUOTE:] if len(chunk) < MAX_QUOTE else chunk[-MAX_QUOTE:]
        return chunk


def _is_object(start: bytes, allowed: Assumptions) -> bool:
    """Check how the body begins; return whether it is an object that is accepted as one entity."""
    if not start:
        raise ReadError("expected a JSON array of entities, got an empty body", error_code=1)
    if start.startswith(b"{") and allowed.takes_object:
        return True
    if not start.startswith(b"["):
        raise ReadError(f"expected a JSON array of entities, got {_kind(start)}", error_code=1)
    return False


def _invalid(error: Exception, count: int, tail: bytes) -> ReadError:
    reason = _first_line(error.args[0] if error.args else error)
    said = _trailing_text(tail)
    message = f"the body is not a complete JSON array after {count} entities: {reason}"
    return ReadError(f"{message}. It ends with: {said}" if said else message, error_code=1)


def _first_line(said: Any) -> str:
    """Return what the parser says without its other lines, which quote the body; it gives bytes for bad UTF-8."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.partition("\n")[0].split())


def _kind(start: bytes) -> str:
    """Describe what came instead of an array, without quoting its data."""
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
