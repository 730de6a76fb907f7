"""Pages of the older APIs: each family has its own names for how many rows, where to go on and whether to."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from fake_hubspot.context import Request, RequestContext
from fake_hubspot.crm.parameters import parse_integer
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.paging import hand_out
from fake_hubspot.portal.decimal_id import LARGEST_ID
from fake_hubspot.portal.durations import DAY_MS
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.search import Filter, Sort
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["Dialect", "offset_of", "records_by_id", "rows_at", "rows_per_page", "since_of"]

One = TypeVar("One")
INT32_MAX = 2**31 - 1
# Source: docs (recently created and modified companies and deals).
RECENT_ROWS, RECENT_DAYS = 10_000, 30


class Dialect(msgspec.Struct, frozen=True):
    """How one list pages.

    Attributes:
        rows: The parameter for the rows of a page.
        default, maximum: How many rows a page has without it, and at most.
        more: The member that says whether there are more rows.
    """

    rows: str = "limit"
    default: int = 100
    maximum: int = 250
    more: str = "hasMore"


def rows_per_page(request: Request, dialect: Dialect) -> int:
    """Return how many rows a page has; a number that is too large is reduced.

    Source: docs for the numbers; reader (airbyte asks recent engagements for 250 of 100, which "doesn't fail").
    """
    asked = parse_integer(request, dialect.rows, largest=INT32_MAX)
    return min(max(asked or dialect.default, 1), dialect.maximum)


def offset_of(request: Request, name: str = "offset") -> int:
    """Return where a page begins."""
    return max(parse_integer(request, name, largest=LARGEST_ID) or 0, 0)


def since_of(request: Request) -> int | None:
    """Return the time since which records were changed or created.

    Units: milliseconds since 1970.
    """
    return parse_integer(request, "since", largest=2**53)


def records_by_id(context: RequestContext, kind: ObjectType, dialect: Dialect) -> tuple[list[Record], dict[str, Any]]:
    """Return a page of a type's records and its members about paging; the offset is the lowest id of the next page.

    Source: recording (hubspot-api-ruby 2022-08: the last id plus one, with and without more rows).
    """
    offset = offset_of(context.request)
    limit = rows_per_page(context.request, dialect)
    records, bound = context.portal.list_records(kind, after=offset, limit=limit)
    last = records[-1].id + 1 if records else offset
    if bound is not None:
        hand_out(context, str(last))
    return records, {dialect.more: bound is not None, "offset": last}


def rows_at(context: RequestContext, rows: Sequence[One], dialect: Dialect) -> tuple[Sequence[One], dict[str, Any]]:
    """Return a page of rows and its members about paging; the offset is the number of rows before it."""
    offset, limit = offset_of(context.request), rows_per_page(context.request, dialect)
    page = rows[offset : offset + limit]
    end = offset + len(page)
    if end < len(rows):
        hand_out(context, str(end))
    return page, {dialect.more: end < len(rows), "offset": end}


def recent_records(
    context: RequestContext, kinds: Iterable[ObjectType], *, created: bool
) -> list[tuple[ObjectType, Record]]:
    """Return the records that were changed or created since the time in the request, the latest first.

    There are those of the last 30 days, and at most 10,000.

    Source: docs (recently created and modified companies, deals and engagements).
    """
    portal = context.portal
    oldest = portal.clock.now_ms() - RECENT_DAYS * DAY_MS
    since = max(since_of(context.request) or oldest, oldest)
    found = [(kind, record) for kind in kinds for record in _since(portal, kind, since, created=created)]
    found.sort(key=lambda one: (-_moment(one[1], created=created), one[1].id, one[0].type_id))
    return found[:RECENT_ROWS]


def _since(portal: Portal, kind: ObjectType, since_ms: int, *, created: bool) -> list[Record]:
    name = kind.created_property if created else kind.modified_property
    groups = [[Filter(name, "GTE", str(since_ms))]]
    return portal.search.find(kind, groups, sort=Sort(name, descending=True), limit=RECENT_ROWS).records


def _moment(record: Record, *, created: bool) -> int:
    return record.created_ms if created else record.updated_ms


def recent_page(
    context: RequestContext, kinds: Iterable[ObjectType], dialect: Dialect, *, created: bool
) -> tuple[Sequence[tuple[ObjectType, Record]], dict[str, Any]]:
    """Return a page of recent records, and its members about paging with the number of all of them.

    Raises:
        HubSpotError: 400 beyond the last row that can be reached. Source: docs for the number; the text is assumed.
    """
    if offset_of(context.request) >= RECENT_ROWS:
        text = f"offset must be below {RECENT_ROWS}: only the latest {RECENT_ROWS} records can be read"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    found = recent_records(context, kinds, created=created)
    page, members = rows_at(context, found, dialect)
    return page, members | {"total": len(found)}
