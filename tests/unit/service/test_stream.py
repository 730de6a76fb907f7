import json
from collections.abc import Iterator

import pytest

from service.stream import array_chunks
from tests.support.cases import for_each


@for_each(
    "pages",
    [[], [[]], [[b"1"]], [[b"1", b"2"], [b"3"]], [[], [b"1"], [], [b"2"], []]],
)
def test_the_pieces_form_one_array(pages: list[list[bytes]]) -> None:
    """Empty pages leave no stray comma."""
    document = json.loads(b"".join(array_chunks(pages)))

    assert document == [int(entity) for page in pages for entity in page]


def test_no_piece_is_empty() -> None:
    """Some servers end a chunked body at an empty piece."""
    assert all(array_chunks([[], [b"1"], []]))


def test_an_error_leaves_the_array_open() -> None:
    def pages() -> Iterator[list[bytes]]:
        yield [b"1"]
        raise RuntimeError

    pieces = array_chunks(pages())

    assert next(pieces) == b"[1"
    with pytest.raises(RuntimeError):
        next(pieces)
