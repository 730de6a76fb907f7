"""The fake HubSpot account of one worker, filled and changed between cells.

It is used in process: a reset takes a millisecond, and faults, journal and records are looked at as they are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from fake_hubspot import FaultRule, JournalEntry, Portal, Record, Server, Tenant, Tier, faults_of

__all__ = ["Step", "WorkerPortal"]

OBJECT_TYPE = "contacts"
# A connector that paces itself by the quota that is left shall not wait; what it makes of a limit, faults show.
WIDE = Tier("wide", 1_000_000, None)
CALLS_OF_A_WALK = ("objects.", "legacy.", "associations.", "batch.", "properties.", "owners.")


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a walk.

    Attributes:
        archived: The parameter of that name as it was sent, empty where it was not.
        before: How many requests came before it.
    """

    route: str
    page: int | None
    archived: str = ""
    limit: int = 10
    before: int = 0

    @property
    def pass_name(self) -> str:
        """Which of the walks that make up a pull it belongs to."""
        if self.route == "objects.list":
            return "archived" if self.archived.lower() == "true" else "list"
        return "search" if self.route == "objects.search" else self.route

    def selector(self, *, by_order: bool = False) -> dict[str, Any]:
        """The `where` of a fault that meets this request and its retries.

        Arguments:
            by_order: Its page does not tell it from others, because the walk asks anew for each page in place of
                following a cursor. Then it is met by what came before it, and so are those of the pass behind it.
        """
        where: dict[str, Any] = {"route": self.route}
        if by_order:
            where["afterRequest"] = self.before
        elif self.page is not None:
            where["page"] = self.page
        if self.route == "objects.list":
            where["query"] = {"archived": self.archived}
        return where


class WorkerPortal:
    """The default portal of a server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._asked_before = 0

    @property
    def _tenant(self) -> Tenant:
        return self._server.app.portals.default

    @property
    def _portal(self) -> Portal:
        return self._tenant.portal

    @property
    def url(self) -> str:
        """Where the account is reached."""
        return self._server.url

    @property
    def token(self) -> str:
        """What opens it."""
        return self._server.token

    def fill(self, records: Iterable[Record]) -> None:
        """Make the account hold these records and nothing else, without faults and with an empty journal."""
        portal, wanted = self._portal, list(records)
        kind = portal.types[OBJECT_TYPE]
        for record_id in (self._ids(archived=False) | self._ids(archived=True)) - {record.id for record in wanted}:
            portal.store.delete(kind.type_id, record_id)
        portal.load(kind, wanted)
        self.disarm()
        portal.limits.tier = WIDE
        portal.journal.clear()
        self._asked_before = portal.journal.count

    def live_ids(self) -> frozenset[int]:
        """The ids of the records that are not archived."""
        return self._ids(archived=False)

    def _ids(self, *, archived: bool) -> frozenset[int]:
        type_id = self._portal.types[OBJECT_TYPE].type_id
        rows = self._portal.store.page(type_id, from_id=0, limit=1_000_000, archived=archived)
        return frozenset(record.id for record in rows)

    def arm(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Set faults, each as `POST /_fake/faults` takes it; `afterRequest` counts from the last `fill`.

        Raises: UsageError for a fault or parameters that are not known.
        """
        for rule in rules:
            faults_of(self._tenant).arm(
                msgspec.convert({**rule, "where": self._here(rule.get("where", {}))}, FaultRule)
            )

    def _here(self, where: Mapping[str, Any]) -> dict[str, Any]:
        """A `where` that counts as the journal does, which never begins anew."""
        after = where.get("afterRequest")
        return dict(where) if after is None else {**where, "afterRequest": after + self._asked_before}

    def disarm(self) -> None:
        """Take every fault away."""
        faults_of(self._tenant).clear()

    def strikes(self) -> list[int]:
        """How often each fault struck, in the order in which they were set."""
        return [armed.fired for armed in faults_of(self._tenant)]

    def entries(self) -> list[JournalEntry]:
        """The requests of connectors since the last `fill`."""
        return [entry for entry in tuple(self._portal.journal) if entry.route.startswith(CALLS_OF_A_WALK)]

    def steps(self) -> list[Step]:
        """The walk as the journal tells it, retries and repetitions left out."""
        found: dict[tuple[object, ...], Step] = {}
        for entry in self.entries():
            step = _step(entry, before=entry.ordinal - self._asked_before - 1)
            found.setdefault((step.route, step.page, step.archived, entry.request_body), step)
        return list(found.values())


def _step(entry: JournalEntry, *, before: int) -> Step:
    query = dict(parse_qsl(entry.query))
    limit = str(_limit_in(entry.request_body) or query.get("limit", "10"))
    return Step(entry.route, entry.page, query.get("archived", ""), int(limit) if limit.isdecimal() else 10, before)


def _limit_in(body: bytes) -> int | None:
    """The `limit` of a search, which stands in its body."""
    try:
        found = msgspec.json.decode(body, type=_Search).limit if body else None
    except msgspec.MsgspecError:
        return None
    return found


class _Search(msgspec.Struct):
    limit: int | None = None
