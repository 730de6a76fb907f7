"""CRM records: the list endpoint, on every spelling of its path."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from fake_hubspot.crm.parameters import object_type, parse_after, parse_bool, parse_limit
from fake_hubspot.crm.render import render, select
from fake_hubspot.exchange import Body, Call, Exchange, Reply, Route

__all__ = ["PREFIXES", "routes"]

# Source: recording for both v3 spellings and 2025-09, docs for 2026-03 and 2026-09.
PREFIXES = (
    "/crm/v3/objects",
    "/crm/objects/v3",
    "/crm/objects/2025-09",
    "/crm/objects/2026-03",
    "/crm/objects/2026-09",
)
# Dropped from the link, or written anew at its end. Source: recording (hubspot-api-ruby 2026-04).
NOT_ECHOED = frozenset({"after", "limit", "offset"})


def routes() -> list[Route]:
    """The routes of this family."""
    return [
        Route(
            "objects.list",
            "GET",
            f"{prefix}/{{objectType}}",
            list_objects,
            summary="List records",
            page_of=page_of_walk,
        )
        for prefix in PREFIXES
    ]


def list_objects(exchange: Exchange) -> Reply:
    """One page of records.

    Shape: `{results: [record], [paging: {next: {after, link}}]}`; `paging` is absent on the last page.
    Source: recording (hubspot-api-ruby 2026-04, Nango 2026-03).
    """
    call, portal = exchange.call, exchange.portal
    key = (call.path, call.raw_query, call.headers.get(b"host"), call.scheme)
    page: _Page = exchange.tenant.pages.get_or_make(key, portal.revision, lambda: _make_page(exchange))
    if page.next_after is not None:
        portal.walks.hand_out(page.walk, page.next_after, page=exchange.page or 1)
    return Reply(200, page.body)


@dataclass(frozen=True, slots=True)
class _Page:
    body: Body
    walk: str
    next_after: str | None


def _make_page(exchange: Exchange) -> tuple[_Page, int]:
    call, portal = exchange.call, exchange.portal
    kind = object_type(exchange)
    limit = parse_limit(call, default=10, most=100)
    records, bound = portal.list_records(
        kind, after=parse_after(call), limit=limit, archived=parse_bool(call, "archived")
    )
    selection = select(portal, kind, call.all("properties"))
    page: dict[str, Any] = {"results": [render(portal, selection, record) for record in records]}
    after = None if bound is None else str(bound)
    if after is not None:
        page["paging"] = {"next": {"after": after, "link": _link(call, kind.plural, after)}}
    body = Reply.of(page).body
    return _Page(body, _walk_name(exchange), after), len(body.raw)


def _walk_name(exchange: Exchange) -> str:
    """What a cursor of this list belongs to."""
    spelled = exchange.params["objectType"]
    known = exchange.portal.types.get(spelled)
    return f"{known.type_id if known else spelled}:{parse_bool(exchange.call, 'archived')}"


def page_of_walk(exchange: Exchange) -> int:
    """Which page of a walk the call asks for, from 1."""
    return exchange.portal.walks.page_of(_walk_name(exchange), exchange.call.first("after"))


def _link(call: Call, plural: str, after: str) -> str:
    """The address of the next page, which is not the path that was asked for.

    Source: recording (hubspot-api-ruby 2026-04): `/crm/v3/objects/contacts` links to `/crm/objects/v3/contacts`, echoes
    unknown parameters, and writes `limit` and `after` last. That dated paths keep their date is assumed.
    """
    version = call.path.split("/")[3] if call.path.startswith("/crm/objects/") else "v3"
    echoed = [(name, value) for name, value in call.query if name not in NOT_ECHOED]
    if (limit := call.first("limit")) is not None:
        echoed.append(("limit", limit))
    query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in [*echoed, ("after", after)])
    return f"{call.origin}/crm/objects/{version}/{plural}?{query}"
