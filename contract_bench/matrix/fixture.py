"""The records of an account before and after changes. Every cell pulls the second state on top of the first. Pure.

A failure that looks like a success only shows if there is something to lose. So records are created, changed and
archived between the two states, spread over the whole walk.
"""

from dataclasses import dataclass, replace

from fake_hubspot import Record, format_time

__all__ = ["Fixture", "make_fixture"]

FIRST_ID = 100_000
STEP = 10
FIRST_MOMENT_MS = 1_767_225_600_000  # 2026-01-01
CHANGED_AFTER_MS = 86_400_000
GAP_MS = 60_007
# Every fifth record was modified on the whole second, the one before it a little later in that second. HubSpot writes
# whole seconds without a fraction, and the shorter text sorts behind the longer one.
WHOLE_SECOND_EVERY = 5


@dataclass(frozen=True, slots=True)
class Fixture:
    """An account in two states; `after` keeps the archived records, as HubSpot's recycle bin does."""

    before: tuple[Record, ...]
    after: tuple[Record, ...]
    changed: frozenset[int]
    created: frozenset[int]
    archived: frozenset[int]

    @property
    def live_after(self) -> frozenset[int]:
        """The ids of the records that are not archived after the changes."""
        return frozenset(record.id for record in self.after if record.archived_ms is None)


def make_fixture(count: int, *, archived: int = 2, kept_every: int = 3) -> Fixture:
    """Return an account of `count` records.

    It changes if there are five or more records; with two archived records its size stays.

    Args:
        count: The number of records before the changes.
        archived: How many of them are archived, spread over the account.
        kept_every: One record in this many does not change.
    """
    before = tuple(_record(number, _modified_ms(number)) for number in range(count))
    if count < 5:
        return Fixture(before, before, frozenset(), frozenset(), frozenset())
    later = before[-1].updated_ms + CHANGED_AFTER_MS
    gone = {1 + (count - 3) * number // max(archived - 1, 1) for number in range(archived)}
    changed = {number for number in range(count) if number % kept_every != 1} - gone
    kept = [_after(record, number, changed, gone, later) for number, record in enumerate(before)]
    created = [_created(before[count // 2].id + 3, later + 5_003), _created(before[-1].id + STEP, later + 6_001)]
    after = tuple(sorted([*kept, *created], key=lambda record: record.id))
    return Fixture(
        before,
        after,
        frozenset(before[number].id for number in changed),
        frozenset(record.id for record in created),
        frozenset(before[number].id for number in gone),
    )


def _modified_ms(number: int) -> int:
    if number % WHOLE_SECOND_EVERY == 2:
        before = _modified_ms(number - 1)
        return before - before % 1000
    return FIRST_MOMENT_MS + number * GAP_MS + 123


def _record(number: int, modified_ms: int) -> Record:
    record_id = FIRST_ID + number * STEP
    properties = {
        "createdate": format_time(FIRST_MOMENT_MS),
        "email": f"contact.{record_id}@example.com",
        "firstname": "Contact",
        "hs_object_id": str(record_id),
        "lastmodifieddate": format_time(modified_ms),
        "lastname": f"Number {number}",
    }
    return Record(record_id, properties, FIRST_MOMENT_MS, modified_ms)


def _after(record: Record, number: int, changed: set[int], archived: set[int], later_ms: int) -> Record:
    if number in archived:
        return replace(record, archived_ms=later_ms + number)
    return _renamed(record, f"Changed {record.id}", later_ms + number * 1_001) if number in changed else record


def _created(record_id: int, moment_ms: int) -> Record:
    record = replace(_record(0, moment_ms), id=record_id)
    properties = {**record.properties, "hs_object_id": str(record_id), "email": f"contact.{record_id}@example.com"}
    return _renamed(replace(record, properties=properties, created_ms=moment_ms), f"Created {record_id}", moment_ms)


def _renamed(record: Record, name: str, moment_ms: int) -> Record:
    values = {**record.properties, "lastname": name, "lastmodifieddate": format_time(moment_ms)}
    return replace(record, properties=values, updated_ms=moment_ms)
