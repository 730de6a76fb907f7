"""The stub of a connector sends what a node can read: one array, no id twice, later entities changed later."""

from collections.abc import Iterator

import pytest

from benchmarks.entities_stub import HEAD, entity, response
from fake_sesam import parse_entities


def body(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks without their framing."""
    assert next(chunks) == HEAD
    for chunk in chunks:
        size, _, rest = chunk.partition(b"\r\n")
        yield rest[: int(size, 16)]


@pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
def test_response_is_one_array(count: int) -> None:
    """Whether pages are full or not."""
    entities = list(parse_entities(body(response(count))))

    assert [each["_id"] for each in entities] == [str(number) for number in range(1, count + 1)]


def test_updated_grows() -> None:
    """Also over the ends of seconds and minutes, so that the check of a route sees an order."""
    updated = [str(entity(number)["_updated"]) for number in (1, 999, 1000, 59_999, 60_000, 3_599_999, 3_600_000)]

    assert updated == sorted(set(updated))
