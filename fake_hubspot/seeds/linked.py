"""Generated companies, deals and tickets, linked with each other and with the contacts; the same for the same seed."""

from collections.abc import Callable
from random import Random

from fake_hubspot.portal.owners import Owner
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.values import WireValue
from fake_hubspot.seeds.names import FIRST_NAMES, LAST_NAMES
from fake_hubspot.seeds.people import ignore_record

__all__ = ["seed_linked"]

FIRST_ID = 815_000_000_000
FIRST_OWNER_ID = 40_000_001
FIRST_MOMENT_MS = 1_767_225_600_000  # 2026-01-01
SPREAD_MS = 25_000_000_000
OWNERS = 3
MOST_CONTACTS = 5_000
TRADES = ("Shipping", "Bakery", "Fjord Tours", "Software", "Energi", "Consulting & Sons", "Møbler", "Legal", "Hôtel")
PLACES = (("Oslo", "Norway"), ("Bergen", "Norway"), ("Lyon", "France"), ("Kyoto", "Japan"), ("Cork", "Ireland"))
SUBJECTS = ("Cannot log in", "Invoice is wrong", 'Question about "delivery"', "Feil i rapporten", "Slow since Monday")
STAGES = ("appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "contractsent", "closedwon", "closedlost")


def seed_linked(
    portal: Portal, *, companies: int, deals: int, tickets: int, on_record: Callable[[], None] = ignore_record
) -> None:
    """Add companies, deals and tickets with owners and links. Contacts get companies too.

    Args:
        portal: Where they are added.
        companies: The number of companies.
        deals: The number of deals.
        tickets: The number of tickets.
        on_record: Called for each record.
    """
    if not companies + deals + tickets:
        return
    state = portal.clock.state
    try:
        with portal.db.transaction():
            _Account(portal, on_record).add(companies, deals, tickets)
    finally:
        portal.clock.state = state


class _Account:
    def __init__(self, portal: Portal, on_record: Callable[[], None]) -> None:
        self._portal = portal
        self._on_record = on_record
        self._random = Random(f"{portal.config.seed}")  # noqa: S311 - deterministic on purpose
        self._next_id = FIRST_ID
        self._contacts = [one.id for one in portal.store.page("0-1", from_id=0, limit=MOST_CONTACTS, archived=False)]
        self._owners = self._add_owners()

    def add(self, companies: int, deals: int, tickets: int) -> None:
        made = [self._company(number) for number in range(1, companies + 1)]
        for contact in self._contacts if made else ():
            self._link("contacts", contact, "companies", self._random.choice(made))
        for number in range(1, deals + 1):
            self._with_links("deals", self._deal(number), made)
        for number in range(1, tickets + 1):
            self._with_links("tickets", self._ticket(number), made)

    def _add_owners(self) -> list[int]:
        ids = list(range(FIRST_OWNER_ID, FIRST_OWNER_ID + 2 * OWNERS, 2))
        for number, owner_id in enumerate(ids, start=1):
            self._portal.owners.put(
                Owner(
                    id=owner_id,
                    email=f"owner.{number}@example.com",
                    first_name=self._random.choice(FIRST_NAMES),
                    last_name=self._random.choice(LAST_NAMES),
                    user_id=owner_id + 1,
                    created_ms=FIRST_MOMENT_MS,
                    updated_ms=FIRST_MOMENT_MS,
                )
            )
        return ids

    def _company(self, number: int) -> int:
        city, country = self._random.choice(PLACES)
        name = f"{self._random.choice(LAST_NAMES)} {self._random.choice(TRADES)}"
        values: dict[str, WireValue] = {"name": name, "domain": f"company-{number}.example.com"}
        return self._create("companies", values | {"city": city, "country": country})

    def _deal(self, number: int) -> int:
        stage, amount = self._random.choice(STAGES), self._random.randrange(1, 2_000) * 50
        values: dict[str, WireValue] = {"dealname": f"Deal {number}", "dealstage": stage, "amount": amount}
        return self._create("deals", values | {"pipeline": "default"})

    def _ticket(self, number: int) -> int:
        subject, stage = self._random.choice(SUBJECTS), str(self._random.randrange(1, 5))
        values: dict[str, WireValue] = {"subject": f"{subject} ({number})", "hs_pipeline_stage": stage}
        return self._create("tickets", values | {"hs_pipeline": "0"})

    def _create(self, type_name: str, values: dict[str, WireValue]) -> int:
        self._on_record()
        self._next_id += 1 + self._random.randrange(997)
        kind = self._portal.types[type_name]
        owned = values | {"hubspot_owner_id": str(self._random.choice(self._owners))}
        # HubSpot's calculated properties hold times too
        self._portal.clock.state = (0, FIRST_MOMENT_MS + self._random.randrange(SPREAD_MS))
        return self._portal.records.create(kind, owned, record_id=self._next_id).id

    def _with_links(self, type_name: str, record_id: int, companies: list[int]) -> None:
        if companies:
            self._link(type_name, record_id, "companies", self._random.choice(companies))
        for contact in self._random.sample(self._contacts, min(len(self._contacts), self._random.randrange(3))):
            self._link(type_name, record_id, "contacts", contact)

    def _link(self, source: str, from_id: int, target: str, to_id: int) -> None:
        types = self._portal.types
        self._portal.associations.connect(types[source], from_id, types[target], to_id)
