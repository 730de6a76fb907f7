"""The properties that HubSpot calculates from a record's links: their number and the primary company.

They are kept up to date by writes, so that reading a record costs nothing more.
"""

from collections.abc import Mapping

from fake_hubspot.portal.associations import Associations
from fake_hubspot.portal.calculated import ENGAGEMENTS
from fake_hubspot.portal.portal_context import PortalContext
from fake_hubspot.portal.records import Records
from fake_hubspot.portal.types import ObjectTypes

__all__ = ["Rollups"]

# By the type of the record: the property, and the types of the records that it counts.
# Source: recording (Nango 2026-03) for names and zeros; docs (the descriptions of the properties) for what counts.
COUNTS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "0-1": {"num_associated_deals": frozenset({"0-3"}), "num_notes": ENGAGEMENTS},
    "0-2": {
        "num_associated_contacts": frozenset({"0-1"}),
        "num_associated_deals": frozenset({"0-3"}),
        "num_notes": ENGAGEMENTS,
    },
    "0-3": {
        "num_associated_contacts": frozenset({"0-1"}),
        "hs_num_of_associated_line_items": frozenset({"0-8"}),
        "num_notes": ENGAGEMENTS,
    },
    "0-5": {"hs_num_associated_companies": frozenset({"0-2"}), "num_notes": ENGAGEMENTS},
}
# By the type of the record: the property that holds the id of the record at the end of one type of link.
# Source: docs (the association type ids, and the descriptions of the properties).
POINTERS: Mapping[str, tuple[tuple[str, str, int], ...]] = {
    "0-1": (("associatedcompanyid", "0-2", 1),),
    "0-2": (("hs_parent_company_id", "0-2", 14),),
    "0-3": (("hs_primary_associated_company", "0-2", 5),),
    "0-5": (("hs_primary_company_id", "0-2", 26),),
}
CHILD_COMPANY = 13
LIVING = """
    FROM associations AS a JOIN records AS r ON r.type = a.to_type AND r.id = a.to_id
    WHERE r.archived_ms IS NULL AND a.from_type = ? AND a.from_id = ?
"""


class Rollups:
    """Writes the calculated properties of records when their links or the linked records change."""

    def __init__(
        self, context: PortalContext, *, records: Records, associations: Associations, types: ObjectTypes
    ) -> None:
        self._context = context
        self._db = context.db
        self._records = records
        self._types = types
        self._associations = associations
        associations.on_link = self.refresh
        records.on_life = self.refresh_neighbours

    def refresh_neighbours(self, type_id: str, record_id: int) -> None:
        """Calculate the properties of every record that is linked with this one."""
        for neighbour_type, neighbour_id in self._associations.neighbours(type_id, record_id):
            self.refresh(neighbour_type, neighbour_id)

    def refresh(self, type_id: str, record_id: int) -> None:
        """Calculate the properties of a record; if one changed, the record is changed now."""
        if type_id not in COUNTS:
            return
        record = self._records.store.get(type_id, record_id)
        if record is None or record.archived_ms is not None:
            return
        wanted = self._counts(type_id, record_id) | self._pointers(type_id, record_id)
        known = record.properties
        changed = {
            name: text
            for name, text in wanted.items()
            if known.get(name) != text and (name in known or text not in ("", "0"))
        }
        if changed:
            now = self._context.clock.now_ms()
            self._records.overwrite(self._types[type_id], record, changed, at_ms=now, source="CALCULATED")

    def _counts(self, type_id: str, record_id: int) -> dict[str, str]:
        sql = f"SELECT a.to_type, count(DISTINCT a.to_id) {LIVING} GROUP BY a.to_type"
        numbers: dict[str, int] = dict(self._db.all(sql, (type_id, record_id)))
        counted = {
            name: str(sum(numbers.get(other, 0) for other in others)) for name, others in COUNTS[type_id].items()
        }
        if type_id == "0-2":
            counted["hs_num_open_deals"] = str(self._open_deals(record_id))
            counted["hs_num_child_companies"] = str(len(self._ends(type_id, record_id, "0-2", CHILD_COMPANY)))
        return counted

    def _open_deals(self, company_id: int) -> int:
        """Return how many of a company's deals are in a stage that is not closed.

        Source: docs (the description of the property); that deals without a stage count as well: assumed.
        """
        sql = f"""SELECT count(DISTINCT a.to_id) {LIVING} AND a.to_type = '0-3'
                  AND coalesce(json_extract(CAST(r.properties AS TEXT), '$.hs_is_closed'), 'false') <> 'true'"""
        ((number,),) = self._db.all(sql, ("0-2", company_id))
        return int(number)

    def _pointers(self, type_id: str, record_id: int) -> dict[str, str]:
        found = {}
        for name, other, link_type in POINTERS[type_id]:
            ends = self._ends(type_id, record_id, other, link_type)
            found[name] = str(ends[0]) if ends else ""
        return found

    def _ends(self, type_id: str, record_id: int, other: str, link_type: int) -> list[int]:
        sql = f"""SELECT DISTINCT a.to_id {LIVING} AND a.to_type = ? AND a.category = 'HUBSPOT_DEFINED'
                  AND a.type_id = ? ORDER BY a.to_id"""
        return [row[0] for row in self._db.all(sql, (type_id, record_id, other, link_type))]
