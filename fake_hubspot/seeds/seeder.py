"""Puts a portal's first records in, at the start and again after a reset."""

from fake_hubspot.portal.portal import Portal
from fake_hubspot.seeds.cassette import seed_from_cassette
from fake_hubspot.seeds.people import seed_contacts
from fake_hubspot.seeds.samples import seed_samples

__all__ = ["seed_portal"]

SEEDED = "seeded"


def seed_portal(portal: Portal) -> None:
    """Add the records that the portal's config asks for, unless its file was seeded before.

    That is HubSpot's two sample contacts, or an exact number of contacts, or the records of a cassette.

    Raises:
        SeedError: The cassette cannot be used.
    """
    if portal.notes.get(SEEDED):
        return
    config = portal.config
    if config.seed_cassette is not None:
        seed_from_cassette(portal, config.seed_cassette)
    if config.contacts is not None:
        seed_contacts(portal, config.contacts)
    elif config.seed_cassette is None:
        seed_samples(portal)
    portal.notes.put(SEEDED, "yes")
