"""Erasing a person blocks the address."""

import pytest

from tests.unit.fake_hubspot.inprocess import Fake

CONTACTS = "/crm/v3/objects/contacts"
ADDRESS = "Gone@example.com"


def forget(fake: Fake, object_id: str, **more: str) -> int:
    """Send `gdpr-delete` and return the status."""
    return fake.post(f"{CONTACTS}/gdpr-delete", {"objectId": object_id} | more).status


def create(fake: Fake, address: str) -> int:
    """Create a contact with this address and return the status."""
    return fake.post(CONTACTS, {"properties": {"email": address}}).status


def test_an_unknown_address_is_blocked_for_every_write(empty: Fake) -> None:
    """Regardless of case; the response does not repeat the address."""
    other = empty.post(CONTACTS, {"properties": {"email": "other@example.com"}}).json()["id"]
    given = {"email": ADDRESS.lower()}

    status = forget(empty, ADDRESS, idProperty="email")

    answers = [
        empty.post(CONTACTS, {"properties": given}),
        empty.request("PATCH", f"{CONTACTS}/{other}", {"properties": given}),
        empty.post(f"{CONTACTS}/batch/create", {"inputs": [{"properties": given}]}),
        empty.post(f"{CONTACTS}/batch/update", {"inputs": [{"id": other, "properties": given}]}),
        empty.post(
            f"{CONTACTS}/batch/upsert", {"inputs": [{"id": given["email"], "idProperty": "email", "properties": {}}]}
        ),
    ]
    assert status == 204
    assert [answer.status for answer in answers] == [400] * 5
    assert all(b"gone@example.com" not in answer.content.lower() for answer in answers)
    assert answers[0].json()["category"] == "VALIDATION_ERROR"
    assert answers[0].json()["errors"][0]["code"] == "EMAIL_BLOCKED"
    assert empty.get(CONTACTS).json()["results"][0]["properties"]["email"] == "other@example.com"


@pytest.mark.parametrize("by_email", [True, False])
def test_the_address_of_an_erased_contact_is_blocked(empty: Fake, by_email: bool) -> None:
    """Whether it is erased by id or by address."""
    made = empty.post(CONTACTS, {"properties": {"email": ADDRESS}}).json()["id"]

    status = forget(empty, ADDRESS, idProperty="email") if by_email else forget(empty, made)

    assert (status, create(empty, ADDRESS)) == (204, 400)


def test_an_erased_contact_can_leave_its_address_free(empty: Fake) -> None:
    """The first of two choices."""
    empty.assume(erased_email="free")
    made = empty.post(CONTACTS, {"properties": {"email": ADDRESS}}).json()["id"]

    forget(empty, made)

    assert create(empty, ADDRESS) == 201


def test_a_blocked_address_can_be_accepted(empty: Fake) -> None:
    """The second choice."""
    empty.assume(blocked_email="accept")

    forget(empty, ADDRESS, idProperty="email")

    assert create(empty, ADDRESS) == 201


def test_an_archived_contact_blocks_nothing(empty: Fake) -> None:
    """It is only in the recycle bin."""
    made = empty.post(CONTACTS, {"properties": {"email": ADDRESS}}).json()["id"]

    empty.request("DELETE", f"{CONTACTS}/{made}")

    assert create(empty, ADDRESS) == 201


def test_a_restored_snapshot_and_a_reset_forget_the_block(empty: Fake) -> None:
    """The blocklist is part of the portal's contents."""
    empty.request("PUT", "/_fake/snapshots/before")
    forget(empty, ADDRESS, idProperty="email")

    blocked = create(empty, ADDRESS)
    empty.request("POST", "/_fake/snapshots/before/restore")
    free = create(empty, ADDRESS)

    assert (blocked, free) == (400, 201)
