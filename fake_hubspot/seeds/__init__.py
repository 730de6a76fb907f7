"""What a portal starts with: the sample contacts, generated records, or those of files and cassettes."""

from fake_hubspot.seeds.account import Account, account_schema
from fake_hubspot.seeds.cassette import seed_from_cassette
from fake_hubspot.seeds.export import export_account, export_csv, export_ndjson
from fake_hubspot.seeds.files import SeedFolders
from fake_hubspot.seeds.load import absolute_seed_file, parse_seed_file, seed_from_file
from fake_hubspot.seeds.people import ignore_record, seed_contacts
from fake_hubspot.seeds.samples import seed_samples
from fake_hubspot.seeds.seeder import seed_portal

__all__ = [
    "Account",
    "SeedFolders",
    "absolute_seed_file",
    "account_schema",
    "export_account",
    "export_csv",
    "export_ndjson",
    "ignore_record",
    "parse_seed_file",
    "seed_contacts",
    "seed_from_cassette",
    "seed_from_file",
    "seed_portal",
    "seed_samples",
]
