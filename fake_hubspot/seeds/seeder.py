"""What a portal starts with, so that a reset can bring it back."""

from pathlib import Path

import msgspec

from fake_hubspot.portal.portal import Portal
from fake_hubspot.seeds.cassette import seed_from_cassette
from fake_hubspot.seeds.people import seed_contacts
from fake_hubspot.seeds.samples import seed_samples

__all__ = ["Seeder"]


class Seeder(msgspec.Struct, frozen=True):
    """HubSpot's two sample contacts, or an exact number of contacts, or the records of a cassette."""

    contacts: int | None = None
    cassette: Path | None = None

    def __call__(self, portal: Portal) -> None:
        """Put the records in, unless the portal's file holds them already.

        Raises: SeedError.
        """
        if portal.notes.get("seeded"):
            return
        if self.cassette is not None:
            seed_from_cassette(portal, self.cassette)
        if self.contacts is not None:
            seed_contacts(portal, self.contacts)
        elif self.cassette is None:
            seed_samples(portal)
        portal.notes.put("seeded", "yes")
