"""One JSON array in pieces. Pure.

The bracket that closes it is the promise that everything is there: it is written only after the last page.
"""

from collections.abc import Iterable, Iterator

__all__ = ["array_chunks"]


def array_chunks(pages: Iterable[list[bytes]]) -> Iterator[bytes]:
    """Yield the array, one piece for each page that holds entities.

    What `pages` raises passes through and leaves the array open.
    """
    opening = b"["
    for entities in pages:
        if entities:
            yield opening + b",".join(entities)
            opening = b","
    yield b"]" if opening == b"," else b"[]"
