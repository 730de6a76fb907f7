"""The past values of properties.

A value that is written at creation is not stored again: the record implies it until the first change.
"""

import msgspec

from fake_hubspot.portal.portal_context import PortalContext
from fake_hubspot.portal.store import Record

__all__ = ["History", "PastValue"]


class PastValue(msgspec.Struct, frozen=True):
    """One value of a property, from `at_ms` on.

    Units: milliseconds since 1970.
    """

    value: str
    at_ms: int
    source: str


class History:
    """The past values of every property of every record."""

    def __init__(self, context: PortalContext) -> None:
        self._db = context.db

    def of(self, type_id: str, record: Record, name: str) -> list[PastValue]:
        """Return the values of one property, newest first.

        Source: reader (newest first).
        """
        sql = "SELECT value, at_ms, source FROM history WHERE type = ? AND id = ? AND property = ? ORDER BY number DESC"
        stored = [PastValue(*row) for row in self._db.rows(sql, (type_id, record.id, name))]
        if stored or name not in record.properties:
            return stored
        return [PastValue(record.properties[name], record.created_ms, "INTEGRATION")]

    def values(self, type_id: str, record: Record, name: str) -> list[tuple[str, int]]:
        """Return the values of one property with their times, newest first."""
        return [(one.value, one.at_ms) for one in self.of(type_id, record, name)]

    def note(self, type_id: str, before: Record, after: Record, *, source: str) -> None:
        """Store the values that a change gives to the properties."""
        for name, value in after.properties.items():
            if before.properties.get(name) != value:
                self._add(type_id, before, name, PastValue(value, after.updated_ms, source))

    def _add(self, type_id: str, before: Record, name: str, past: PastValue) -> None:
        sql = "SELECT max(number) FROM history WHERE type = ? AND id = ? AND property = ?"
        ((number,),) = self._db.all(sql, (type_id, before.id, name))
        if number is None:
            number = 0
            if name in before.properties:
                first = PastValue(before.properties[name], before.created_ms, "INTEGRATION")
                self._insert(type_id, before.id, name, number, first)
        self._insert(type_id, before.id, name, number + 1, past)

    def _insert(self, type_id: str, record_id: int, name: str, number: int, past: PastValue) -> None:
        row = (type_id, record_id, name, number, past.value, past.at_ms, past.source)
        self._db.run("INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?)", row)
