"""Generated contacts: varied like real ones, the same for the same seed, cheap enough for a million.

The values are made up; every address is in a domain reserved for examples.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from random import Random

from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.seeds.names import FIRST_NAMES, LAST_NAMES
from fake_hubspot.seeds.samples import sample_contacts

__all__ = ["generate_contacts", "ignore_record", "seed_contacts"]

# Values that clients often handle wrongly. Each is valid in HubSpot.
ODD_LAST_NAMES = (
    "",
    '"Quoted" Person',
    "Back\\slash",
    "~tilde first",
    "👩‍🚀 Astronaut",
    "‏عبد الرحمن‎",
    "Line\nbreak",
    "Tab\tbed",
    " leading space",
    "<b>bold</b> & co",
    "null",
    "Long" * 250,
)
COMPANIES = ("Example AS", "Eksempel & Sønner", "Пример", "示例公司", 'The "Best" Co', "~Tilde Ltd", "")
DOMAINS = ("example.com", "example.org", "example.net")
FIRST_ID = 714_000_000_000
FIRST_MOMENT_MS = 1_767_225_600_000  # 2026-01-01
SPREAD_MS = 25_000_000_000
ODD_EVERY = 37


def ignore_record() -> None:
    """Do nothing with a record: the default where no one counts them."""


def seed_contacts(portal: Portal, count: int, on_record: Callable[[], None] = ignore_record) -> None:
    """Give the portal exactly `count` contacts, beginning with the two sample contacts.

    Args:
        portal: Where they are added.
        count: The number of contacts, the samples included.
        on_record: Called for each contact.
    """
    samples = sample_contacts(portal)[:count]
    records = chain(samples, generate_contacts(portal.config.seed, count - len(samples)))
    portal.load(portal.types["contacts"], _counted(records, on_record), expected=count)


def _counted(records: Iterable[Record], on_record: Callable[[], None]) -> Iterator[Record]:
    for record in records:
        on_record()
        yield record


def generate_contacts(seed: int, count: int) -> Iterator[Record]:
    """Generate `count` contacts in ascending order of id; as in a real portal, times do not follow the ids."""
    return islice(_endless(Random(seed)), max(count, 0))  # noqa: S311 - deterministic on purpose


def _endless(random: Random) -> Iterator[Record]:
    record_id, number = FIRST_ID, 0
    while True:
        number += 1
        record_id += 1 + int(random.random() * 997)
        yield _contact(random, record_id, number)


def _contact(random: Random, record_id: int, number: int) -> Record:
    draw = random.random
    created_ms = FIRST_MOMENT_MS + int(draw() * SPREAD_MS)
    updated_ms = created_ms + int(draw() * SPREAD_MS / 10)
    properties = {"createdate": format_time(created_ms)}
    if number % 11:
        properties["email"] = f"person.{number}@{DOMAINS[number % 3]}"
    if number % 13:
        properties["firstname"] = FIRST_NAMES[int(draw() * len(FIRST_NAMES))]
    properties["hs_object_id"] = str(record_id)
    properties["lastmodifieddate"] = format_time(updated_ms)
    properties["lastname"] = _last_name(draw(), number)
    properties["lifecyclestage"] = "lead" if number % 3 else "customer"
    if number % 4 == 0:
        properties["phone"] = f"+47 {number % 100_000_000:08d}"
    if number % 5 == 0:
        properties["company"] = COMPANIES[number // 5 % len(COMPANIES)]
        properties = dict(sorted(properties.items()))
    return Record(record_id, properties, created_ms, updated_ms)


def _last_name(chance: float, number: int) -> str:
    if number % ODD_EVERY == 0:
        return ODD_LAST_NAMES[number // ODD_EVERY % len(ODD_LAST_NAMES)]
    return LAST_NAMES[int(chance * len(LAST_NAMES))]
