"""Which recorded interaction answers a request."""

import pytest

from contract_bench.cassettes.model import Request
from contract_bench.cassettes.playback import Miss, Playback
from tests.support.cases import for_each
from tests.support.interactions import CONTACTS, interaction, walk


def miss(playback: Playback, request: Request) -> Miss:
    """Return the miss for a request that does not match."""
    found = playback.play(request)
    assert isinstance(found, Miss)
    return found


@pytest.mark.parametrize(
    "target", ["/crm/v3/objects/contacts?limit=2&after=52", "/crm/v3/objects/contacts?after=52&limit=2"]
)
def test_the_query_matches_in_any_order_and_on_any_host(target: str) -> None:
    """A replay has another host than the recording."""
    assert Playback(walk()).play(Request("GET", f"http://127.0.0.1:9{target}")) == 1


@pytest.mark.parametrize("body", [b'{"a":1,"b":2}', b'{ "b": 2, "a": 1 }'])
def test_json_bodies_match_in_any_layout(body: bytes) -> None:
    playback = Playback(
        [interaction(CONTACTS, method="POST", body={"b": 1}), interaction(CONTACTS, method="POST", body=body)]
    )

    assert playback.play(Request("POST", CONTACTS, b'{"a":1,"b":2}')) == 1


def test_requests_with_different_bodies_do_not_match() -> None:
    """Two searches are two requests."""
    playback = Playback([interaction(f"{CONTACTS}/search", method="POST", body={"after": "0"})])

    found = miss(playback, Request("POST", f"{CONTACTS}/search", b'{"after":"100"}'))

    assert found.nearest is not None
    assert found.nearest.differences == ("""the body is {"after":"0"}, not {"after":"100"}""",)


def test_identical_requests_are_answered_in_order_and_then_from_the_start() -> None:
    """A connector that runs twice gets the same responses twice."""
    playback = Playback([walk()[0], walk()[0]])

    assert [playback.play(walk()[0].request) for _ in range(5)] == [0, 1, 0, 1, 0]


def test_without_repeats_each_interaction_is_played_once() -> None:
    """The message says how often the request is recorded."""
    playback = Playback([walk()[0]], repeats=False)
    playback.play(walk()[0].request)

    assert "is recorded 1 times, and all of them have been played" in miss(playback, walk()[0].request).message


@for_each(
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
    """The message says what to change."""
    found = miss(Playback(walk()), request_)

    assert found.nearest is not None
    assert (found.nearest.index, found.nearest.differences) == (index, differences)
    assert differences[0] in found.message


def test_an_empty_cassette_is_named_in_the_message() -> None:
    assert "the cassette is empty" in miss(Playback([]), Request("GET", CONTACTS)).message


def test_a_parameter_that_is_repeated_differently_is_named_as_the_difference() -> None:
    playback = Playback([interaction(f"{CONTACTS}?properties=email&properties=email")])

    found = miss(playback, Request("GET", f"{CONTACTS}?properties=email"))

    assert "a parameter is repeated a different number of times" in found.message
