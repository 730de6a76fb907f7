"""The fake HubSpot portal of one worker, filled and changed between cells.

It is used in this process rather than over HTTP, so that a reset takes a millisecond.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from bench_core.journal import JournalEntry
from bench_core.json_text import decode_json
from fake_hubspot import TIERS, FaultRule, Portal, Record, Server, Tenant, faults_of

__all__ = ["Step", "WorkerPortal"]

OBJECT_TYPE = "contacts"
LIST = "objects.list"
LONG_LAG_MS = 600_000
# The cursors of a walk are read from its responses. This is enough for a hundred pages of a hundred records with all
# properties.
BODY_BUDGET_BYTES = 256 * 1024 * 1024
# So wide that a connector which paces itself by the remaining quota never waits. Faults test what it does at a limit.
WIDE = TIERS["unlimited"]
ROUTES_OF_A_WALK = ("objects.", "legacy.", "associations.", "batch.", "properties.", "owners.")


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a walk.

    Attributes:
        archived: The `archived` parameter as it was sent, empty if it was not.
        before: How many requests came before it.
        is_chosen: Whether the connector chose the cursor itself, because it reads several ranges of a list.
    """

    route: str
    page: int | None
    archived: str = ""
    limit: int = 10
    before: int = 0
    is_chosen: bool = False

    @property
    def pass_name(self) -> str:
        """The pass of the pull that it belongs to: `list`, `archived`, `search`, or its route."""
        if self.route == LIST:
            return "archived" if self.archived.lower() == "true" else "list"
        return "search" if self.route == "objects.search" else self.route

    def selector(self, *, by_order: bool = False) -> dict[str, Any]:
        """Return the `where` of a fault that matches this request and its retries.

        Args:
            by_order: Match by the number of requests before it, and all later requests of the pass. Needed if pages do
                not identify requests because the walk starts a new search for each page instead of following a cursor.
        """
        where: dict[str, Any] = {"route": self.route}
        if by_order:
            where["afterRequest"] = self.before
        elif self.page is not None:
            where["page"] = self.page
        if self.route == LIST:
            where["query"] = {"archived": self.archived}
        return where


class WorkerPortal:
    """The default portal of a worker's server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._requests_before = 0

    @property
    def _tenant(self) -> Tenant:
        return self._server.app.portals.default

    @property
    def _portal(self) -> Portal:
        return self._tenant.portal

    @property
    def url(self) -> str:
        """The portal's base URL."""
        return self._server.url

    @property
    def token(self) -> str:
        """The portal's access token."""
        return self._server.token

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not appear in any output."""
        return (self.token,)

    def fill(self, records: Iterable[Record]) -> None:
        """Replace all records, remove all faults and empty the journal."""
        portal, wanted = self._portal, list(records)
        kind = portal.types[OBJECT_TYPE]
        for record_id in (self._ids(archived=False) | self._ids(archived=True)) - {record.id for record in wanted}:
            portal.store.delete(kind.type_id, record_id)
        portal.load(kind, wanted)
        portal.records.index_lag.lag_ms = 0
        portal.records.index_lag.clear()
        self.disarm()
        portal.limits.tier = WIDE
        portal.walks.clear()
        portal.journal.clear()
        portal.journal.body_budget = BODY_BUDGET_BYTES
        self._requests_before = portal.journal.count

    def add_unindexed(self, records: Sequence[Record]) -> None:
        """Add records that lists have and searches do not, until the next `fill`."""
        portal = self._portal
        kind, lag = portal.types[OBJECT_TYPE], portal.records.index_lag
        lag.lag_ms = LONG_LAG_MS
        for record in records:
            lag.note(kind.type_id, replace(record, archived_ms=0))
        portal.load(kind, records)

    def live_ids(self) -> frozenset[int]:
        """Return the ids of the records that are not archived."""
        return self._ids(archived=False)

    def _ids(self, *, archived: bool) -> frozenset[int]:
        type_id = self._portal.types[OBJECT_TYPE].type_id
        rows = self._portal.store.page(type_id, from_id=0, limit=1_000_000, archived=archived)
        return frozenset(record.id for record in rows)

    def arm(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Set faults, each as `POST /_fake/faults` takes it; `afterRequest` counts from the last `fill`.

        Raises:
            UsageError: a fault or a parameter does not exist.
        """
        for rule in rules:
            faults_of(self._tenant).arm(
                msgspec.convert({**rule, "where": self._here(rule.get("where", {}))}, FaultRule)
            )

    def _here(self, where: Mapping[str, Any]) -> dict[str, Any]:
        """Translate `afterRequest` to the journal's numbers, which never start again."""
        after = where.get("afterRequest")
        return dict(where) if after is None else {**where, "afterRequest": after + self._requests_before}

    def disarm(self) -> None:
        """Remove every fault."""
        faults_of(self._tenant).clear()

    def fired(self) -> list[int]:
        """Return how often each fault fired, in the order they were set."""
        return [armed.fired for armed in faults_of(self._tenant)]

    def entries(self) -> list[JournalEntry]:
        """Return the requests of the connector since the last `fill`."""
        return [entry for entry in tuple(self._portal.journal) if entry.route.startswith(ROUTES_OF_A_WALK)]

    def steps(self) -> list[Step]:
        """Return the walk according to the journal, without retries and repetitions."""
        found: dict[tuple[object, ...], Step] = {}
        known = {"", "0"}
        for entry in self.entries():
            step = _step(entry, before=entry.ordinal - self._requests_before - 1, known=known)
            known.add(_cursor_of(entry))
            found.setdefault((step.route, step.page, step.archived, step.is_chosen, entry.request_body), step)
        return list(found.values())


def _step(entry: JournalEntry, *, before: int, known: Collection[str]) -> Step:
    """Return the step of a request; `known` are the cursors that responses had before it."""
    query = dict(parse_qsl(entry.query))
    limit = str(_limit_in(entry.request_body) or query.get("limit", "10"))
    return Step(
        entry.route,
        entry.page,
        query.get("archived", ""),
        int(limit) if limit.isdecimal() else 10,
        before,
        is_chosen=entry.route == LIST and query.get("after", "") not in known,
    )


def _cursor_of(entry: JournalEntry) -> str:
    """Return the cursor that a response had, empty if it had none."""
    try:
        paging = decode_json(entry.response_body, type=_Paged).paging
    except msgspec.MsgspecError:
        return ""
    return str(paging["next"]["after"]) if paging else ""


def _limit_in(body: bytes) -> int | None:
    """Return the `limit` in the body of a search."""
    try:
        found = decode_json(body, type=_Search).limit if body else None
    except msgspec.MsgspecError:
        return None
    return found


class _Search(msgspec.Struct):
    limit: int | None = None


class _Paged(msgspec.Struct):
    paging: dict[str, dict[str, Any]] | None = None
