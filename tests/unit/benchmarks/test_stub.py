"""The reference upstream: it must give every subject the same work."""

import json
from typing import Any

import pytest

from benchmarks.stub import BETWEEN, CHANGES, Portal, Window
from tests.support.cases import for_each


def document(response: bytes) -> Any:
    """Check the length of a response and return its JSON."""
    head, _, body = response.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    return json.loads(body)


def walk(portal: Portal) -> list[dict[str, Any]]:
    """Read every contact by `after`."""
    contacts, after = [], ""
    while True:
        page = document(portal.answer(b"GET", f"/crm/v3/objects/contacts?limit=100{after}".encode()))
        contacts += page["results"]
        if "paging" not in page:
            return contacts
        after = f"&after={page['paging']['next']['after']}"


@for_each("count", [1, 99, 100, 101, 1000])
def test_following_the_cursor_returns_every_contact_once(count: int) -> None:
    """In order of id."""
    assert [contact["id"] for contact in walk(Portal(count))] == [str(number) for number in range(1, count + 1)]


@pytest.mark.parametrize("count", [250, 1000, 12_345])
def test_a_search_finds_the_contacts_that_the_list_shows_as_changed(count: int) -> None:
    """Always a hundred, so that a client that filters the list finds the same."""
    portal = Portal(count)

    found = document(portal.answer(b"POST", b"/crm/v3/objects/contacts/search"))

    changed = [contact for contact in walk(portal) if contact["updatedAt"] > BETWEEN]
    assert found["results"] == changed
    assert found["total"] == len(changed) == CHANGES


def test_requests_are_counted_since_the_last_count() -> None:
    """The request for the count is not counted."""
    portal = Portal(150)
    sent = sum(len(portal.answer(b"GET", target)) for target in (b"/crm/v3/objects/contacts", b"/crm/v3/schemas"))

    counted = document(portal.answer(b"GET", b"/counted"))

    assert counted == {"requests": 2, "refused": 0, "bytes": sent}
    assert document(portal.answer(b"GET", b"/counted")) == {"requests": 0, "refused": 0, "bytes": 0}


@for_each("after", [1, 2, 57, 100, 101, 250, 251, 10**12])
def test_after_is_the_lowest_id_of_a_page(after: int) -> None:
    page = document(Portal(250).answer(b"GET", b"/crm/v3/objects/contacts?limit=100&after=%d" % after))

    last = min(after + 100, 251)
    assert [int(contact["id"]) for contact in page["results"]] == list(range(after, last))
    assert page.get("paging", {}).get("next", {}).get("after") == (str(last) if last <= 250 else None)


def test_a_search_in_descending_order_finds_the_highest_id() -> None:
    found = document(Portal(250).answer(b"POST", b"/crm/v3/objects/contacts/search", b'{"direction":"DESCENDING"}'))

    assert ([contact["id"] for contact in found["results"]], found["total"]) == (["250"], 250)


def test_a_limit_is_enforced_in_a_rolling_window() -> None:
    now = 0.0
    window = Window(3, lambda: now)

    def refused() -> list[bool]:
        return [window.head()[1] for _ in range(2)]

    first = refused()
    now = 9.9
    second = refused()
    now = 10.0
    third = refused()

    assert (first, second, third) == ([False, False], [False, True], [False, False])
    assert b"\r\nX-HubSpot-RateLimit-Remaining: 0\r\n" in window.head()[0]
