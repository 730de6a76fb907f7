"""The connector stub sends what a node can read: one array, unique ids, ascending `_updated`."""

from collections.abc import Iterator

from benchmarks.entities_stub import HEAD, entity, response
from fake_sesam import parse_entities
from tests.support.cases import for_each


def body(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Return the chunks without their framing."""
    assert next(chunks) == HEAD
    for chunk in chunks:
        size, _, rest = chunk.partition(b"\r\n")
        yield rest[: int(size, 16)]


@for_each("count", [0, 1, 100, 101, 250])
def test_response_is_one_array(count: int) -> None:
    """Whether or not the last page is full."""
    entities = list(parse_entities(body(response(count))))

    assert [each["_id"] for each in entities] == [str(number) for number in range(1, count + 1)]


def test_updated_is_ascending() -> None:
    """Also across seconds and minutes, so that `fake-sesam check` sees an order."""
    updated = [str(entity(number)["_updated"]) for number in (1, 999, 1000, 59_999, 60_000, 3_599_999, 3_600_000)]

    assert updated == sorted(set(updated))
