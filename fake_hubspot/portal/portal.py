"""The account itself: records, clock, random source, limits, journal. It knows no HTTP."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol

from fake_hubspot.portal.clock import Clock, parse_time, real_now_ms
from fake_hubspot.portal.definitions import Definitions
from fake_hubspot.portal.identity import RecordIds, correlation_id
from fake_hubspot.portal.journal import Journal
from fake_hubspot.portal.limits import TIERS, RateLimits
from fake_hubspot.portal.store import Record, Store
from fake_hubspot.portal.types import STANDARD_TYPES, ObjectType
from fake_hubspot.portal.walks import Walks

__all__ = ["DEFAULT_PORTAL_ID", "Portal", "PortalOptions", "Seed"]

DEFAULT_PORTAL_ID = 62515


class Seed(Protocol):
    """Fills a portal, the same way each time."""

    def __call__(self, portal: "Portal") -> None:
        """Put the records in."""


@dataclass(frozen=True, slots=True)
class PortalOptions:
    """What a portal is made from.

    `seed` is the start of the random source; `tier` a name in `fake_hubspot.portal.limits.TIERS`.
    """

    portal_id: int = DEFAULT_PORTAL_ID
    data_center: str = "na1"
    seed: int = 0
    tier: str = "free"
    db: Path | None = None
    time_source: Callable[[], int] = real_now_ms


class Portal:
    """One HubSpot account. Two can live in one process and share nothing."""

    def __init__(self, options: PortalOptions | None = None) -> None:
        self.options = options or PortalOptions()
        self.id = self.options.portal_id
        self.clock = Clock(self.options.time_source)
        self.random = Random(self.options.seed)  # noqa: S311 - deterministic on purpose, no secret is drawn from it
        self.ids = RecordIds(self.random)
        self.limits = RateLimits(TIERS[self.options.tier])
        self.journal = Journal()
        self.walks = Walks()
        self.store = Store(self.options.db)
        self.definitions = Definitions()
        self.types: dict[str, ObjectType] = {}
        self.revision = 0
        for object_type in STANDARD_TYPES:
            self.add_type(object_type)

    @property
    def ui_domain(self) -> str:
        """The host of the account's user interface, which follows the data centre.

        Source: recording (na1 2026-04, eu1 2026-03, na2 2025-11).
        """
        return "app.hubspot.com" if self.options.data_center == "na1" else f"app-{self.options.data_center}.hubspot.com"

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def add_type(self, object_type: ObjectType) -> None:
        """Make an object type known under each of its names."""
        for name in object_type.names:
            self.types[name] = object_type

    def new_correlation_id(self) -> str:
        """An id for one answer."""
        return correlation_id(self.clock.now_ms(), self.random)

    def record_url(self, object_type: ObjectType, record_id: int) -> str:
        """Where a person looks at the record.

        Source: recording (2025-11 to 2026-04), absent until 2024.
        """
        return f"https://{self.ui_domain}/contacts/{self.id}/record/{object_type.type_id}/{record_id}"

    def list_records(
        self, object_type: ObjectType, *, after: int, limit: int, archived: bool = False
    ) -> tuple[list[Record], int | None]:
        """One page in ascending order of id, and the id bound of the next page if there is one.

        Source: recording (hubspot-api-ruby 2026-04): the bound is the last id plus one.
        """
        rows = self.store.page(object_type.type_id, from_id=after, limit=limit + 1, archived=archived)
        if len(rows) <= limit:
            return rows, None
        page = rows[:limit]
        return page, page[-1].id + 1

    def load(self, object_type: ObjectType, records: Iterable[Record]) -> None:
        """Put ready records in, as a seed does: no rules, no history, in one transaction."""
        unique = object_type.unique_properties[0] if object_type.unique_properties else None
        self.store.put_many(object_type.type_id, records, unique=unique)
        self.revision += 1

    def to_record(self, object_type: ObjectType, record_id: int, properties: dict[str, str]) -> Record:
        """A record from its properties; its times are those of the properties, or the present."""
        now = self.clock.now_ms()
        created = properties.get(object_type.created_property)
        modified = properties.get(object_type.modified_property)
        created_ms = parse_time(created) if created else now
        updated_ms = parse_time(modified) if modified else created_ms
        return Record(record_id, dict(sorted(properties.items())), created_ms, updated_ms)
