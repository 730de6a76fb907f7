"""What a portal starts with: the sample contacts, generated records, or those of files and cassettes.

These names are all that a server needs at its start. Reading and writing account files and cassettes is imported from
its modules where a file is read or written.
"""

from fake_hubspot.seeds.files import SeedFolders, absolute_seed_file, parse_seed_file
from fake_hubspot.seeds.people import ignore_record, seed_contacts
from fake_hubspot.seeds.samples import seed_samples
from fake_hubspot.seeds.seeder import seed_portal

__all__ = [
    "SeedFolders",
    "absolute_seed_file",
    "ignore_record",
    "parse_seed_file",
    "seed_contacts",
    "seed_portal",
    "seed_samples",
]
