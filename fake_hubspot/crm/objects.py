"""CRM records one by one: list, create, read, update, archive, on every spelling of their path."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

import msgspec

from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.links import make_links
from fake_hubspot.crm.parameters import (
    asked_associations,
    existing_record,
    missing_page,
    object_type,
    parse_after,
    parse_bool,
    parse_limit,
    resource_not_found,
)
from fake_hubspot.crm.render import Selection, render, render_written, select
from fake_hubspot.crm.shapes import CreateInput, RecordAnswer, RecordPage, UpdateInput
from fake_hubspot.errors import HubSpotError
from fake_hubspot.exchange import Body, Call, Doc, Exchange, Param, Reply, Route
from fake_hubspot.portal.types import ObjectType

__all__ = ["PREFIXES", "routes", "written_names"]

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
MOST, MOST_WITH_HISTORY = 100, 50
# Meetings. Source: reader (the text is HubSpot's, the category is assumed).
NEVER_LISTED_ARCHIVED = frozenset({"0-47"})
# What comes back from an update besides the changed properties. Source: recording (Nango, 2026-03).
ALWAYS_WRITTEN = (
    *("createdate", "hs_is_unworked", "hs_object_id", "hs_object_source", "hs_object_source_id"),
    *("hs_object_source_label", "hs_pipeline", "hs_v2_date_entered_current_stage", "hs_v2_time_in_current_stage"),
    *("lastmodifieddate", "hs_createdate", "hs_lastmodifieddate", "lifecyclestage", "notes_last_updated"),
)
SELECTING = (
    Param("properties", "array", "Properties to return; unknown ones are left out."),
    Param("propertiesWithHistory", "array", "Properties to return with their past values."),
    Param("associations", "array", "Object types whose links to return."),
    Param("archived", "boolean", "Only archived records instead of only living ones."),
)
PAGING = (
    Param("limit", "integer", "Rows a page, 1 to 100 (50 with history); 10 without."),
    Param("after", "string", "Inclusive lower bound of the ids."),
)
ID_PROPERTY = Param("idProperty", "string", "The unique property that the path names instead of the id.")


def routes() -> list[Route]:
    """The routes of this family."""
    return [route for prefix in PREFIXES for route in _routes_under(prefix)]


def _routes_under(prefix: str) -> list[Route]:
    many, one = f"{prefix}/{{objectType}}", f"{prefix}/{{objectType}}/{{objectId}}"
    listing = Doc((*PAGING, *SELECTING), answer=RecordPage)
    creating = Doc(body=CreateInput, answer=RecordAnswer, statuses=(201,))
    reading = Doc((*SELECTING, ID_PROPERTY), answer=RecordAnswer)
    updating = Doc((ID_PROPERTY,), body=UpdateInput, answer=RecordAnswer)
    return [
        Route("objects.list", "GET", many, list_objects, summary="List records", doc=listing, page_of=page_of_walk),
        Route("objects.create", "POST", many, create_object, summary="Create a record", doc=creating),
        Route("objects.read", "GET", one, read_object, summary="Read a record", doc=reading),
        Route("objects.update", "PATCH", one, update_object, summary="Update a record", doc=updating),
        Route("objects.archive", "DELETE", one, archive_object, summary="Archive", doc=Doc(statuses=(204,))),
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


class _Page(msgspec.Struct, frozen=True):
    body: Body
    walk: str
    next_after: str | None


def _make_page(exchange: Exchange) -> tuple[_Page, int]:
    call, portal = exchange.call, exchange.portal
    kind = object_type(exchange)
    selection = _selection(exchange, kind)
    limit = _limit(exchange)
    archived = parse_bool(call, "archived")
    if archived and kind.type_id in NEVER_LISTED_ARCHIVED:
        raise HubSpotError(400, "Paging through deleted objects is not yet supported", category="VALIDATION_ERROR")
    records, bound = portal.list_records(kind, after=parse_after(exchange), limit=limit, archived=archived)
    page: dict[str, Any] = {"results": [render(portal, selection, record) for record in records]}
    after = None if bound is None else str(bound)
    if after is not None:
        page["paging"] = {"next": {"after": after, "link": _link(exchange, kind.plural, after, limit)}}
    body = Reply.of(page).body
    return _Page(body, _walk_name(exchange), after), len(body.raw)


def _selection(exchange: Exchange, kind: ObjectType) -> Selection:
    call = exchange.call
    return select(
        exchange.portal,
        kind,
        call.all("properties"),
        with_history=call.all("propertiesWithHistory"),
        associations=asked_associations(exchange),
        origin=call.origin,
    )


def _limit(exchange: Exchange) -> int:
    """Source: reader (hubspot-api-python #143: 400 above 50 with history); its text is assumed."""
    asks_history = bool(exchange.call.all("propertiesWithHistory"))
    return parse_limit(exchange, default=10, most=MOST_WITH_HISTORY if asks_history else MOST)


def _walk_name(exchange: Exchange) -> str:
    """What a cursor of this list belongs to."""
    spelled = exchange.params["objectType"]
    known = exchange.portal.types.get(spelled)
    return f"{known.type_id if known else spelled}:{parse_bool(exchange.call, 'archived')}"


def page_of_walk(exchange: Exchange) -> int:
    """Which page of a walk the call asks for, from 1."""
    return exchange.portal.walks.page_of(_walk_name(exchange), exchange.call.first("after"))


def _link(exchange: Exchange, plural: str, after: str, limit: int) -> str:
    """The address of the next page, which is not the path that was asked for.

    Source: recording (hubspot-api-ruby 2026-04): `/crm/v3/objects/contacts` links to `/crm/objects/v3/contacts`, echoes
    unknown parameters, and writes `limit` and `after` last. That dated paths keep their date is assumed.
    """
    call, assumptions = exchange.call, exchange.portal.core.assumptions
    echoed = [(name, value) for name, value in call.query if name not in NOT_ECHOED]
    sent = call.first("limit")
    if sent or assumptions["link-limit"] == "always":
        echoed.append(("limit", sent or str(limit)))
    query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in [*echoed, ("after", after)])
    path = _link_path(call, is_old=assumptions["list-link-path"] == "v3")
    return f"{call.origin}{path}/{plural}?{query}"


def _link_path(call: Call, *, is_old: bool) -> str:
    if call.path.startswith("/crm/objects/"):
        return "/".join(call.path.split("/")[:4])
    return "/crm/v3/objects" if is_old else "/crm/objects/v3"


def create_object(exchange: Exchange) -> Reply:
    """Make a record, with its links.

    Source: recording (status, `Location`, all properties with a value; contacts 2025-11, tickets 2024-11).
    """
    kind = object_type(exchange)
    given = read_body(exchange, CreateInput)
    portal = exchange.portal
    with portal.db.transaction():
        record = portal.records.create(kind, given.properties)
        make_links(portal, kind, record.id, given.associations or [])
    location = f"{exchange.call.origin}{exchange.call.path.rstrip('/')}/{record.id}".encode()
    wire = render_written(portal, kind, record, record.properties)
    return Reply.of(wire, status=201, headers=[(b"location", location)])


def read_object(exchange: Exchange) -> Reply:
    """One record. Missing: HubSpot's HTML page. Source: recording (tickets 2024-11)."""
    kind = object_type(exchange)
    record = existing_record(exchange, kind, archived=parse_bool(exchange.call, "archived"))
    if record is None:
        raise missing_page(exchange)
    return Reply.of(render(exchange.portal, _selection(exchange, kind), record))


def update_object(exchange: Exchange) -> Reply:
    """Change a record. Source: recording (what comes back: Nango 2026-03; missing: JSON 404)."""
    kind = object_type(exchange)
    given = read_body(exchange, UpdateInput)
    record = existing_record(exchange, kind)
    if record is None:
        raise resource_not_found()
    changed = exchange.portal.records.update(kind, record, given.properties)
    return Reply.of(render_written(exchange.portal, kind, changed, written_names(given.properties)))


def written_names(given: Mapping[str, object]) -> list[str]:
    """The properties that the answer to an update carries: the changed ones, and a fixed handful."""
    return [*given, *ALWAYS_WRITTEN]


def archive_object(exchange: Exchange) -> Reply:
    """Put a record into the recycle bin. Missing ones are no error. Source: recording (204, empty), docs."""
    kind = object_type(exchange)
    record = existing_record(exchange, kind)
    if record is not None:
        exchange.portal.records.archive(kind, record)
    return Reply.empty()
