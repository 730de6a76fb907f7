"""One JSON array in pieces.

The closing bracket is the promise that nothing is missing: it is written only after the last page.
"""

from collections.abc import Iterable, Iterator

__all__ = ["array_chunks"]


def array_chunks(pages: Iterable[list[bytes]]) -> Iterator[bytes]:
    """Yield the array, one piece for each page that has entities.

    An exception that `pages` raises propagates and leaves the array open.
    """
    opening = b"["
    for entities in pages:
        if entities:
            yield opening + b",".join(entities)
            opening = b","
    yield b"]" if opening == b"," else b"[]"
