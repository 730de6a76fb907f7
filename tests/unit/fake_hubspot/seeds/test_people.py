"""Generated contacts."""

from fake_hubspot.portal import Portal, PortalConfig
from fake_hubspot.seeds import seed_contacts
from fake_hubspot.seeds.people import generate_contacts


def test_the_same_seed_gives_the_same_contacts() -> None:
    """And another seed gives others."""
    once = list(generate_contacts(7, 200))

    assert once == list(generate_contacts(7, 200))
    assert once != list(generate_contacts(8, 200))


def test_ids_ascend_and_times_do_not_follow_them() -> None:
    """As in a real portal since 2024."""
    contacts = list(generate_contacts(0, 500))

    ids = [contact.id for contact in contacts]
    times = [contact.created_ms for contact in contacts]
    assert ids == sorted(set(ids))
    assert times != sorted(times)


def test_the_values_hold_what_readers_stumble_over() -> None:
    """Empty, missing, quotes, emoji, right-to-left, very long, a leading tilde."""
    names = {contact.properties["lastname"] for contact in generate_contacts(0, 1000)}

    assert "" in names
    assert any('"' in name for name in names)
    assert any(name.startswith("~") for name in names)
    assert any(len(name) > 500 for name in names)
    assert any("👩‍🚀" in name for name in names)
    assert any("email" not in contact.properties for contact in generate_contacts(0, 100))


def test_properties_are_stored_sorted() -> None:
    """Responses take their order from storage."""
    assert all(list(contact.properties) == sorted(contact.properties) for contact in generate_contacts(0, 300))


def test_a_portal_gets_exactly_the_wanted_number() -> None:
    """The sample contacts are included."""
    for wanted in (0, 1, 2, 3, 40):
        portal = Portal(PortalConfig())
        seed_contacts(portal, wanted)
        assert portal.store.count("0-1") == wanted
        portal.close()
