"""Any sequence of create, update, archive, merge, search and list agrees with a simple model."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from fake_hubspot.portal import Portal
from fake_hubspot.portal.errors import DuplicateValueError
from fake_hubspot.portal.search import Filter, Sort
from fake_hubspot.portal.store import Record

CITIES = st.sampled_from(["Oslo", "oslo", "Bergen", "", "Tromsø"])
EMAILS = st.integers(0, 6).map(lambda number: f"person{number}@example.com")


class PortalMachine(RuleBasedStateMachine):
    """A portal next to a model made of dicts."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.portal = Portal()
        self.portal.clock.freeze(1_767_225_600_000)
        self.kind = self.portal.types["contacts"]
        self.living: dict[int, dict[str, str]] = {}
        self.archived: dict[int, dict[str, str]] = {}
        self.merged: dict[int, int] = {}

    def teardown(self) -> None:
        """Close the portal."""
        self.portal.close()

    def resolve(self, record_id: int) -> int:
        """Return the id under which a record now exists."""
        while record_id in self.merged:
            record_id = self.merged[record_id]
        return record_id

    def has_taken(self, email: str, but: int | None = None) -> bool:
        """Return whether another contact that is not archived has the address."""
        return any(one.get("email") == email for record_id, one in self.living.items() if record_id != but)

    def found(self, record_id: int) -> Record:
        """Return the portal's record."""
        record = self.portal.records.find(self.kind, record_id)
        assert record is not None
        return record

    @rule(target=ids, email=EMAILS, city=CITIES)
    def create(self, email: str, city: str) -> Any:
        """A taken address is refused, whichever record has it."""
        self.portal.clock.advance(1000)
        properties = {"email": email, "city": city}
        if self.has_taken(email):
            with pytest.raises(DuplicateValueError) as refused:
                self.portal.records.create(self.kind, properties)
            assert self.living[refused.value.existing_id]["email"] == email
            return multiple()
        record = self.portal.records.create(self.kind, properties)
        self.living[record.id] = properties
        return record.id

    @rule(record_id=ids, city=CITIES)
    def update(self, record_id: int, city: str) -> None:
        """The newest value counts and is first in the history."""
        self.portal.clock.advance(1000)
        where = self.resolve(record_id)
        if where not in self.living:
            assert self.portal.records.find(self.kind, record_id) is None
            return
        before = self.living[where].get("city")
        self.portal.records.update(self.kind, self.found(record_id), {"city": city})
        self.living[where]["city"] = city
        history = self.portal.records.history.of("0-1", self.found(where), "city")
        assert history[0].value == city
        assert before in {past.value for past in history}

    @rule(record_id=ids)
    def archive(self, record_id: int) -> None:
        """The record moves from one list to the other."""
        where = self.resolve(record_id)
        if where in self.living:
            self.portal.records.archive(self.kind, self.found(where))
            self.archived[where] = self.living.pop(where)

    @rule(target=ids, one=consumes(ids), other=ids)
    def merge(self, one: int, other: int) -> Any:
        """Two records become one under a new id; the primary's values win and the old ids lead to it."""
        primary, second = self.resolve(one), self.resolve(other)
        if primary == second or primary not in self.living or second not in self.living:
            return multiple()
        record = self.portal.records.merge(self.kind, self.found(primary), self.found(second))
        first, then = self.living.pop(primary), self.living.pop(second)
        kept = {name: first.get(name) or then.get(name, "") for name in ("email", "city")}
        self.living[record.id] = kept
        self.merged |= {primary: record.id, second: record.id}
        return record.id

    @rule(city=CITIES.filter(bool), limit=st.integers(1, 4))
    def search(self, city: str, limit: int) -> None:
        """Pages by offset contain every match once, regardless of case."""
        found: list[int] = []
        while True:
            page = self.portal.search.find(
                self.kind,
                [[Filter("city", "EQ", city)]],
                sort=Sort("hs_object_id", descending=True),
                offset=len(found),
                limit=limit,
            )
            found += [record.id for record in page.records]
            if not page.records or len(found) >= page.total:
                break
        expected = [one for one, values in self.living.items() if values["city"].casefold() == city.casefold()]
        assert found == sorted(expected, reverse=True)

    @rule(limit=st.integers(1, 5), archived=st.booleans())
    def walk(self, limit: int, archived: bool) -> None:
        """Pages by id contain every record once, in ascending order."""
        found: list[Record] = []
        after: int | None = 0
        while after is not None:
            page, after = self.portal.list_records(self.kind, after=after, limit=limit, archived=archived)
            found += page
        expected = self.archived if archived else self.living
        assert [record.id for record in found] == sorted(expected)
        for record in found:
            assert {name: record.properties.get(name, "") for name in ("email", "city")} == expected[record.id]

    @invariant()
    def addresses_lead_to_their_contacts(self) -> None:
        """The index of unique values contains the contacts that are not archived, and no others."""
        for record_id, values in self.living.items():
            record = self.portal.records.find_by(self.kind, "email", values["email"].upper())
            assert record is not None
            assert record.id == record_id


TestPortal = PortalMachine.TestCase
TestPortal.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
