"""Links between records in both directions, with their types and labels."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from fake_hubspot.portal.association_types import PRIMARY_TYPE_IDS, HubSpotType, defined_pairs, hubspot_types
from fake_hubspot.portal.change_feed import LinkChange
from fake_hubspot.portal.errors import TooManyLinksError, UnknownAssociationTypeError
from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.portal_context import PortalContext
from fake_hubspot.portal.types import ObjectType

__all__ = ["AssociationType", "Associations", "Link"]

HUBSPOT, USER, INTEGRATOR = "HUBSPOT_DEFINED", "USER_DEFINED", "INTEGRATOR_DEFINED"
FIRST_OWN_TYPE = 100
LinkRow = tuple[str, int, str, int, str, int]


class AssociationType(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A type of link from records of one type to records of another. `name` is its name in version 3."""

    from_type: str
    to_type: str
    category: str
    type_id: int
    name: str
    label: str | None = None
    inverse_id: int = 0
    is_primary: bool = False


class Link(msgspec.Struct, frozen=True):
    """One record's link to another."""

    to_id: int
    category: str
    type_id: int


class Associations:
    """The links of a portal."""

    def __init__(self, context: PortalContext) -> None:
        self._db = context.db
        self._feed = context.feed
        self._on_change = context.changes.bump
        self.on_link: Callable[[str, int], None] = _nobody
        self._limits = KeyValueStore(context.db, "association_limits", int, on_change=context.changes.bump)
        self._own = KeyValueStore(context.db, "association_types", AssociationType, on_change=context.changes.bump)

    def types(self, source: ObjectType, target: ObjectType) -> list[AssociationType]:
        """Return the types of links from `source` to `target` records, the unlabelled default first."""
        own = [one for one in self._own if (one.from_type, one.to_type) == (source.type_id, target.type_id)]
        return [*(_as_type(source, target, one) for one in hubspot_types(source, target)), *own]

    def defined_from(self, source: ObjectType, types: Mapping[str, ObjectType]) -> list[AssociationType]:
        """Return every type of link from `source` records that HubSpot's tables or the portal's own labels have.

        Args:
            source: The type of the records.
            types: The portal's types by their ids.
        """
        hubspots = [_as_type(source, types[target], one) for target, one in defined_pairs(source)]
        return hubspots + [one for one in self._own if one.from_type == source.type_id]

    def type_by_id(self, source: ObjectType, target: ObjectType, category: str, type_id: int) -> AssociationType:
        """Return the type of link with that category and id.

        Raises:
            UnknownAssociationTypeError: There is none.
        """
        for one in self.types(source, target):
            if (one.category, one.type_id) == (category, type_id):
                return one
        spelled = f"{category}={type_id}"
        raise UnknownAssociationTypeError(spelled, from_type=source.type_id, to_type=target.type_id, is_name=False)

    def type_by_name(self, source: ObjectType, target: ObjectType, name: str) -> AssociationType:
        """Return the type of link with that name in version 3.

        Raises:
            UnknownAssociationTypeError: There is none.
        """
        for one in self.types(source, target):
            if name in (one.name, str(one.type_id)):
                return one
        raise UnknownAssociationTypeError(name, from_type=source.plural, to_type=target.plural, is_name=True)

    def define(
        self,
        source: ObjectType,
        target: ObjectType,
        *,
        name: str,
        label: str,
        inverse_label: str | None = None,
        number: int | None = None,
    ) -> list[AssociationType]:
        """Create a custom label in both directions, and return both types; the way back may have a label of its own.

        The id is the next one, or `number`, which is known to be free.
        """
        number = number or max((one.type_id + 1 for one in self._own), default=FIRST_OWN_TYPE)
        pair = [
            (source, target, number, number + 1, label),
            (target, source, number + 1, number, inverse_label or label),
        ]
        made = [
            AssociationType(
                from_type=one.type_id,
                to_type=other.type_id,
                category=USER,
                type_id=own,
                name=name,
                label=text,
                inverse_id=inverse,
            )
            for one, other, own, inverse, text in pair
        ]
        for one in made:
            self._own.put(str(one.type_id), one)
        return made

    def own_type(self, type_id: int) -> AssociationType | None:
        """Return the portal's own type of link with that id, None if there is none."""
        return self._own.get(str(type_id))

    def relabel(self, known: AssociationType, label: str, *, inverse_label: str | None = None) -> None:
        """Rename a custom label, and the one of the way back if that is given."""
        self._own.put(str(known.type_id), msgspec.structs.replace(known, label=label))
        back = self.own_type(known.inverse_id)
        if back is not None and inverse_label is not None:
            self._own.put(str(back.type_id), msgspec.structs.replace(back, label=inverse_label))

    def undefine(self, type_id: int) -> None:
        """Delete a custom label in both directions, together with its links."""
        known = self._own.drop(str(type_id))
        if known is not None:
            self._own.drop(str(known.inverse_id))
            sql = "DELETE FROM associations WHERE category = ? AND type_id IN (?, ?)"
            self._db.run(sql, (USER, type_id, known.inverse_id))

    def link(self, kind: AssociationType, from_id: int, to_id: int, *, default: AssociationType) -> None:
        """Link two records in both directions; a labelled link adds the unlabelled `default` as well.

        Source: recording (a company comes once per association type: primary and unlabelled).
        """
        rows = []
        for one in {kind.type_id: kind, default.type_id: default}.values():
            rows.append((one.from_type, from_id, one.to_type, to_id, one.category, one.type_id))
            rows.append((one.to_type, to_id, one.from_type, from_id, one.category, one.inverse_id))
        known = self._between(kind.from_type, from_id, kind.to_type, to_id)
        self._db.run_many("INSERT OR IGNORE INTO associations VALUES (?, ?, ?, ?, ?, ?)", rows)
        self._tell_links(dict.fromkeys(row for row in rows if row not in known), is_removed=False)
        self._tell((kind.from_type, from_id), (kind.to_type, to_id))

    def load(self, links: Iterable[tuple[AssociationType, int, int]]) -> None:
        """Write links as a seed does, in both directions: without rules, and without telling who counts them."""
        rows = []
        for kind, from_id, to_id in links:
            rows.append((kind.from_type, from_id, kind.to_type, to_id, kind.category, kind.type_id))
            rows.append((kind.to_type, to_id, kind.from_type, from_id, kind.category, kind.inverse_id))
        self._db.run_many("INSERT OR IGNORE INTO associations VALUES (?, ?, ?, ?, ?, ?)", rows)
        self._on_change()

    def all_links(self) -> Iterator[tuple[str, int, str, int, str, int]]:
        """Yield every link once, from the record with the lower type and id: both ends, category and id of its type."""
        sql = """SELECT * FROM associations WHERE from_type < to_type OR (from_type = to_type AND from_id <= to_id)
                 ORDER BY from_type, from_id, to_type, to_id, category, type_id"""
        for row in self._db.rows(sql):
            yield row[0], row[1], row[2], row[3], row[4], row[5]

    def own_types(self) -> list[AssociationType]:
        """Return the portal's own types of link in both directions, in the order of their ids."""
        return sorted(self._own, key=lambda one: one.type_id)

    def connect(
        self, source: ObjectType, from_id: int, target: ObjectType, to_id: int, *, kind: AssociationType | None = None
    ) -> list[AssociationType]:
        """Link two records, without a label unless `kind` has one, and return the types of link created.

        A record's first company also becomes its primary one. Source: recording (both types come back).
        """
        default, *others = self.types(source, target)
        made = [kind or default]
        primary = next((one for one in others if one.is_primary), None)
        if primary is not None and kind is None and not self._has(primary, from_id):
            made.append(primary)
        if len(self._limits):
            self._check_limits([*made, default], from_id, to_id)
        for one in made:
            self.link(one, from_id, to_id, default=default)
        return made

    def limit(self, kind: AssociationType) -> int | None:
        """Return how many links of this type a record may have, None if nobody has limited them."""
        return self._limits.get(_limit_key(kind))

    def limited(self, types: Mapping[str, ObjectType]) -> list[AssociationType]:
        """Return the types of link that are limited."""
        found = []
        for key, _ in self._limits.items():
            source, target, category, type_id = key.split("/")
            if source in types and target in types:
                kinds = self.types(types[source], types[target])
                found += [one for one in kinds if (one.category, str(one.type_id)) == (category, type_id)]
        return found

    def set_limit(self, kind: AssociationType, most: int | None) -> None:
        """Limit how many links of this type a record may have, or lift the limit."""
        if most is None:
            self._limits.drop(_limit_key(kind))
        else:
            self._limits.put(_limit_key(kind), most)

    def _check_limits(self, kinds: Iterable[AssociationType], from_id: int, to_id: int) -> None:
        for kind in kinds:
            way_back = msgspec.structs.replace(
                kind, from_type=kind.to_type, to_type=kind.from_type, type_id=kind.inverse_id, inverse_id=kind.type_id
            )
            self._check_limit(kind, from_id, to_id)
            self._check_limit(way_back, to_id, from_id)

    def _check_limit(self, kind: AssociationType, from_id: int, to_id: int) -> None:
        most = self.limit(kind)
        if most is None:
            return
        sql = """SELECT to_id FROM associations
                 WHERE from_type = ? AND from_id = ? AND to_type = ? AND category = ? AND type_id = ?"""
        rows = self._db.all(sql, (kind.from_type, from_id, kind.to_type, kind.category, kind.type_id))
        linked = {row[0] for row in rows}
        if to_id not in linked and len(linked) >= most:
            raise TooManyLinksError(from_id, spelled=f"{kind.category}={kind.type_id}", most=most)

    def _has(self, kind: AssociationType, from_id: int) -> bool:
        sql = """SELECT 1 FROM associations
                 WHERE from_type = ? AND from_id = ? AND to_type = ? AND category = ? AND type_id = ?"""
        row = self._db.one(sql, (kind.from_type, from_id, kind.to_type, kind.category, kind.type_id))
        return row is not None

    def unlink(self, source: ObjectType, from_id: int, target: ObjectType, to_id: int) -> bool:
        """Remove every link between two records, and return whether there was one."""
        known = self._between(source.type_id, from_id, target.type_id, to_id)
        sql = "DELETE FROM associations WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?"
        count = self._db.run(sql, (source.type_id, from_id, target.type_id, to_id))
        self._db.run(sql, (target.type_id, to_id, source.type_id, from_id))
        self._tell_links(known, is_removed=True)
        self._tell((source.type_id, from_id), (target.type_id, to_id))
        return bool(count)

    def unlink_type(self, kind: AssociationType, from_id: int, to_id: int) -> None:
        """Remove one type of link between two records."""
        sql = """DELETE FROM associations WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?
                 AND category = ? AND type_id = ?"""
        known = self._between(kind.from_type, from_id, kind.to_type, to_id)
        self._db.run(sql, (kind.from_type, from_id, kind.to_type, to_id, kind.category, kind.type_id))
        self._db.run(sql, (kind.to_type, to_id, kind.from_type, from_id, kind.category, kind.inverse_id))
        left = self._between(kind.from_type, from_id, kind.to_type, to_id)
        self._tell_links((row for row in known if row not in left), is_removed=True)
        self._tell((kind.from_type, from_id), (kind.to_type, to_id))

    def _tell(self, *ends: tuple[str, int]) -> None:
        for type_id, record_id in ends:
            self.on_link(type_id, record_id)
        self._on_change()

    def _between(self, from_type: str, from_id: int, to_type: str, to_id: int) -> list[LinkRow]:
        """Return the links between two records in both directions, if anybody wants to know what changes them."""
        if not self._feed.is_heard:
            return []
        sql = """SELECT from_type, from_id, to_type, to_id, category, type_id FROM associations
                 WHERE (from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?)
                    OR (from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?)"""
        there, back = (from_type, from_id, to_type, to_id), (to_type, to_id, from_type, from_id)
        return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in self._db.all(sql, (*there, *back))]

    def _tell_links(self, rows: Iterable[LinkRow], *, is_removed: bool) -> None:
        self._feed.add_links(
            (
                from_type,
                from_id,
                LinkChange(
                    to_type,
                    to_id,
                    category,
                    type_id,
                    is_primary=category == HUBSPOT and type_id in PRIMARY_TYPE_IDS,
                    is_removed=is_removed,
                ),
            )
            for from_type, from_id, to_type, to_id, category, type_id in rows
        )

    def neighbours(self, type_id: str, record_id: int) -> list[tuple[str, int]]:
        """Return the types and ids of the records that are linked with this one, each once."""
        sql = "SELECT DISTINCT to_type, to_id FROM associations WHERE from_type = ? AND from_id = ?"
        return [(row[0], row[1]) for row in self._db.all(sql, (type_id, record_id))]

    def of(self, source: ObjectType, from_id: int, target: ObjectType, *, from_to_id: int = 0) -> list[Link]:
        """Return the links of one record in ascending order of the other's id, beginning with `from_to_id`.

        Those to archived records are left out until the records are restored. Source: assumed, because linking with
        such a record is refused.
        """
        sql = """SELECT to_id, category, type_id FROM associations AS a
                 WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id >= ? AND NOT EXISTS (
                     SELECT 1 FROM records AS r
                     WHERE r.type = a.to_type AND r.id = a.to_id AND r.archived_ms IS NOT NULL
                 ) ORDER BY to_id, category, type_id"""
        return [Link(*row) for row in self._db.rows(sql, (source.type_id, from_id, target.type_id, from_to_id))]

    def ids_linked(
        self, source: ObjectType, target: ObjectType, to_ids: Iterable[int | None] | None = None
    ) -> frozenset[int]:
        """Return the ids of the records that are linked to one of `to_ids`, or without them to any record."""
        if to_ids is None:
            sql = "SELECT DISTINCT from_id FROM associations WHERE from_type = ? AND to_type = ?"
            rows = self._db.rows(sql, (source.type_id, target.type_id))
            return frozenset(row[0] for row in rows)
        found = (self.of(target, to_id, source) for to_id in to_ids if to_id is not None)
        return frozenset(link.to_id for links in found for link in links)

    def ends(self, type_id: str, record_id: int, category: str, link_type: int) -> list[tuple[str, int]]:
        """Return the types and ids of the living records with which a record has one type of link."""
        sql = """SELECT a.to_type, a.to_id FROM associations AS a
                 JOIN records AS r ON r.type = a.to_type AND r.id = a.to_id
                 WHERE r.archived_ms IS NULL AND a.from_type = ? AND a.from_id = ? AND a.category = ? AND a.type_id = ?
                 ORDER BY a.to_id"""
        return [(row[0], row[1]) for row in self._db.all(sql, (type_id, record_id, category, link_type))]

    def move(self, type_id: str, old_ids: Iterable[int], new_id: int) -> None:
        """Move the links of merged records to the record that they became."""
        for old_id in old_ids:
            values = (new_id, type_id, old_id)
            self._db.run("UPDATE OR IGNORE associations SET from_id = ? WHERE from_type = ? AND from_id = ?", values)
            self._db.run("UPDATE OR IGNORE associations SET to_id = ? WHERE to_type = ? AND to_id = ?", values)
            self.forget(type_id, old_id)
        self._on_change()

    def forget(self, type_id: str, record_id: int) -> None:
        """Remove every link of a record."""
        sql = "DELETE FROM associations WHERE (from_type = ? AND from_id = ?) OR (to_type = ? AND to_id = ?)"
        self._db.run(sql, (type_id, record_id, type_id, record_id))
        self._on_change()


def _limit_key(kind: AssociationType) -> str:
    return f"{kind.from_type}/{kind.to_type}/{kind.category}/{kind.type_id}"


def _nobody(type_id: str, record_id: int) -> None:
    """Do nothing: nobody wants to know about links."""


def _as_type(source: ObjectType, target: ObjectType, one: HubSpotType) -> AssociationType:
    return AssociationType(
        from_type=source.type_id,
        to_type=target.type_id,
        category=HUBSPOT,
        type_id=one.type_id,
        name=one.name,
        label=one.label,
        inverse_id=one.inverse_id,
        is_primary=one.is_primary,
    )
