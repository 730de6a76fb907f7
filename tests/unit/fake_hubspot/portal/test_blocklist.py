"""Which addresses are blocked, and for which records."""

from collections.abc import Iterator

import pytest

from fake_hubspot.portal import Portal
from fake_hubspot.portal.blocklist import REFUSED
from fake_hubspot.portal.errors import InvalidValuesError
from fake_hubspot.portal.store import Record


@pytest.fixture
def portal() -> Iterator[Portal]:
    made = Portal()
    yield made
    made.close()


def test_an_address_is_blocked_whatever_its_case(portal: Portal) -> None:
    """The responses of the portal are stale then."""
    blocklist, before = portal.records.blocklist, portal.revision

    blocklist.add("Gone@Example.com")

    assert [each in blocklist for each in ("gone@example.com", "GONE@EXAMPLE.COM", "other@example.com", "")] == [
        *(True, True, False, False)
    ]
    assert portal.revision > before


def test_every_address_of_an_erased_contact_is_blocked(portal: Portal) -> None:
    """The others as well; an empty one and those of other types are not."""
    blocklist, types = portal.records.blocklist, portal.types
    blocklist.add_those_of(
        types["contacts"], Record(1, {"email": "A@x.com", "hs_additional_emails": "b@x.com;;c@x.com"}, 0, 0)
    )
    blocklist.add_those_of(types["contacts"], Record(2, {"email": "d@x.com"}, 0, 0))
    blocklist.add_those_of(types["contacts"], Record(3, {}, 0, 0))
    blocklist.add_those_of(types["companies"], Record(4, {"email": "e@x.com"}, 0, 0))
    portal.assumptions.choose({"erased-email": "free"})
    blocklist.add_those_of(types["contacts"], Record(5, {"email": "f@x.com"}, 0, 0))

    assert [name for name in "abcdef" if f"{name}@x.com" in blocklist] == ["a", "b", "c", "d"]
    assert "" not in blocklist


def test_a_blocked_address_is_refused_for_contacts(portal: Portal) -> None:
    """Unless the portal accepts it."""
    blocklist, types = portal.records.blocklist, portal.types
    blocklist.add("a@x.com")

    blocklist.check(types["contacts"], {"email": "b@x.com"})
    blocklist.check(types["contacts"], {"phone": "a@x.com"})
    blocklist.check(types["companies"], {"email": "a@x.com"})
    with pytest.raises(InvalidValuesError, match="email: EMAIL_BLOCKED") as caught:
        blocklist.check(types["contacts"], {"email": "A@x.com"})
    portal.assumptions.choose({"blocked-email": "accept"})
    blocklist.check(types["contacts"], {"email": "a@x.com"})

    assert caught.value.problems == [REFUSED]
    assert (REFUSED.name, REFUSED.code, REFUSED.terse) == ("email", "EMAIL_BLOCKED", False)
