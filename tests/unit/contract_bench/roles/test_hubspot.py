"""The client of the fake HubSpot's control API."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from contract_bench.roles.hubspot import ControlError, HubSpotControl, HubSpotPortal
from fake_hubspot import Server, Settings


@pytest.fixture
def portal() -> Iterator[HubSpotPortal]:
    """A portal without contacts."""
    with Server() as server, closing(HubSpotControl(server.url)) as control:
        yield control.make_portal(contacts=0)


def test_a_control_token_is_sent_and_a_wrong_one_is_an_error() -> None:
    with Server(Settings(control_token="c")) as server:
        with closing(HubSpotControl(f"{server.url}/", control_token="c")) as control:
            assert control.call("GET", "/_fake/portals")["portals"]
        with closing(HubSpotControl(server.url, control_token="d")) as control, pytest.raises(ControlError) as caught:
            control.call("GET", "/_fake/portals")

    assert str(caught.value).startswith(f"expected GET /_fake/portals to succeed, got {caught.value.status}: ")
    assert caught.value.status in (401, 403)


def test_the_story_of_a_portal_without_requests_repeats_none(portal: HubSpotPortal) -> None:
    portal.faults.add("server-error", times=2, page=3)

    story = portal.story().splitlines()

    assert story[0] == f"portal {portal.id}, the last 0 requests:"
    assert "server-error" in story[1]
    assert story[1].endswith("fired 0 times")
    assert len(story) == 2


def test_a_removed_fault_is_no_longer_active(portal: HubSpotPortal) -> None:
    first, second = portal.faults.add("server-error"), portal.faults.add("stall")

    portal.faults.remove(first)
    left = [fault["id"] for fault in portal.faults.active()]
    portal.faults.clear()

    assert left == [second]
    assert portal.faults.active() == []


def test_an_expectation_that_nothing_resembles_says_so(portal: HubSpotPortal) -> None:
    portal.expect(method="GET", path="/crm/v3/owners", atLeast=2)

    (problem,) = portal.problems()

    assert problem.endswith("got 0; nearest: nothing similar")
