"""What a portal starts with: the sample contacts, generated people, or the records of a cassette."""

from fake_hubspot.seeds.cassette import seed_from_cassette
from fake_hubspot.seeds.files import SeedFolders
from fake_hubspot.seeds.people import seed_contacts
from fake_hubspot.seeds.samples import seed_samples
from fake_hubspot.seeds.seeder import seed_portal

__all__ = ["SeedFolders", "seed_contacts", "seed_from_cassette", "seed_portal", "seed_samples"]
