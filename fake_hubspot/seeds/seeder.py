"""Puts a portal's first records in, at the start and again after a reset."""

from collections.abc import Callable

from fake_hubspot.portal.portal import Portal
from fake_hubspot.seeds.files import parse_seed_file
from fake_hubspot.seeds.people import ignore_record, seed_contacts
from fake_hubspot.seeds.samples import seed_samples

__all__ = ["seed_portal"]

SEEDED = "seeded"


def seed_portal(portal: Portal, on_record: Callable[[], None] = ignore_record) -> None:
    """Add the records that the portal's config asks for, unless its file was seeded before.

    That is HubSpot's two sample contacts, or an exact number of contacts, or the records of files and a cassette;
    then generated companies, deals and tickets. `on_record` is called for each record that is not from a cassette.

    Raises:
        SeedError: A file cannot be used.
    """
    if portal.notes.get(SEEDED):
        return
    config = portal.config
    if config.seed_cassette is not None:
        from fake_hubspot.seeds.cassette import seed_from_cassette

        seed_from_cassette(portal, config.seed_cassette)
    for text in config.seed_files:
        from fake_hubspot.seeds.load import seed_from_file

        kind, path = parse_seed_file(text)
        seed_from_file(portal, path, kind, on_record)
    if config.contacts is not None:
        seed_contacts(portal, config.contacts, on_record)
    elif config.seed_cassette is None and not config.seed_files:
        seed_samples(portal)
    if config.companies or config.deals or config.tickets:
        from fake_hubspot.seeds.linked import seed_linked

        seed_linked(portal, companies=config.companies, deals=config.deals, tickets=config.tickets, on_record=on_record)
    portal.notes.put(SEEDED, "yes")
