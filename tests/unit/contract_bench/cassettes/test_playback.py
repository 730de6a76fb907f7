"""Which recorded interaction answers a request."""

import pytest

from contract_bench.cassettes.model import Request
from contract_bench.cassettes.playback import Miss, Playback
from tests.support.interactions import CONTACTS, interaction, walk


def miss(playback: Playback, request: Request) -> Miss:
    """What the playback says to a request that it does not answer."""
    found = playback.play(request)
    assert isinstance(found, Miss)
    return found


@pytest.mark.parametrize(
    "target", ["/crm/v3/objects/contacts?limit=2&after=52", "/crm/v3/objects/contacts?after=52&limit=2"]
)
def test_the_query_matches_in_any_order_and_on_any_host(target: str) -> None:
    """A replay has a host of its own."""
    assert Playback(walk()).play(Request("GET", f"http://127.0.0.1:9{target}")) == 1


@pytest.mark.parametrize("body", [b'{"a":1,"b":2}', b'{ "b": 2, "a": 1 }'])
def test_equal_json_is_an_equal_body(body: bytes) -> None:
    """However it is laid out."""
    playback = Playback(
        [interaction(CONTACTS, method="POST", body={"b": 1}), interaction(CONTACTS, method="POST", body=body)]
    )

    assert playback.play(Request("POST", CONTACTS, b'{"a":1,"b":2}')) == 1


def test_another_body_is_another_request() -> None:
    """Two searches are two requests."""
    playback = Playback([interaction(f"{CONTACTS}/search", method="POST", body={"after": "0"})])

    found = miss(playback, Request("POST", f"{CONTACTS}/search", b'{"after":"100"}'))

    assert found.nearest is not None
    assert found.nearest.differences == ("""the body is {"after":"0"}, not {"after":"100"}""",)


def test_equal_requests_are_answered_in_their_order_then_from_the_first() -> None:
    """A connector that runs twice gets the same twice."""
    playback = Playback([walk()[0], walk()[0]])

    assert [playback.play(walk()[0].request) for _ in range(5)] == [0, 1, 0, 1, 0]


def test_without_repeating_each_is_played_once() -> None:
    """And the next one is told how often it is recorded."""
    playback = Playback([walk()[0]], repeats=False)
    playback.play(walk()[0].request)

    assert "is recorded 1 times, and all of them have been played" in miss(playback, walk()[0].request).message


@pytest.mark.parametrize(
    ("request_", "index", "differences"),
    [
        (Request("GET", f"{CONTACTS}?limit=3"), 0, ("limit is '2', not '3'",)),
        (Request("GET", f"{CONTACTS}?limit=2&after=99"), 1, ("after is '52', not '99'",)),
        (
            Request("GET", f"{CONTACTS}/?limit=2"),
            0,
            ("the path is /crm/v3/objects/contacts, not /crm/v3/objects/contacts/",),
        ),
        (Request("PUT", f"{CONTACTS}?limit=2"), 0, ("the method is GET, not PUT",)),
        (Request("GET", CONTACTS), 0, ("limit is '2', not absent",)),
    ],
)
def test_the_nearest_request_is_named_with_its_differences(
    request_: Request, index: int, differences: tuple[str, ...]
) -> None:
    """What to change is in the message."""
    found = miss(Playback(walk()), request_)

    assert found.nearest is not None
    assert (found.nearest.index, found.nearest.differences) == (index, differences)
    assert differences[0] in found.message


def test_an_empty_tape_says_so() -> None:
    """There is nothing near."""
    assert "the cassette is empty" in miss(Playback([]), Request("GET", CONTACTS)).message
