"""CRM records one by one: list, create, read, update and archive, on every spelling of their path."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote_plus

import msgspec

from fake_hubspot.context import Body, Operation, Param, RateClass, Request, RequestContext, Response, Route
from fake_hubspot.crm.batches import FOLDED
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
from fake_hubspot.crm.render import Selection, render, render_created, render_written, select
from fake_hubspot.crm.shapes import CreateInput, RecordPage, RecordResponse, UpdateInput
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.paging import hand_out, most_rows, page_of_list
from fake_hubspot.portal.types import ObjectType
from fake_hubspot.scopes import RECORDS_READ, RECORDS_WRITE

__all__ = ["PREFIXES", "routes", "written_names"]

PREFIXES = PATHS["objects"]
# Left out of the link, or written at its end. Source: recording (hubspot-api-ruby 2026-04).
NOT_ECHOED = frozenset({"after", "limit", "offset"})
# What a cached record takes besides its bytes.
RECORD_OVERHEAD_BYTES = 700
# Meetings. Source: reader (the text is HubSpot's, the category is assumed).
NEVER_LISTED_ARCHIVED = frozenset({"0-47"})
# What an update returns besides the changed properties, as far as it has a value.
# Source: recording (Nango 2026-03; the domain of companies grouparoo 2022; the owner of tasks and the user of tickets
# hubspot-api-ruby 2024); assumed for the types that are missing.
ALWAYS_WRITTEN = (
    *("hs_object_id", "hs_object_source", "hs_object_source_id", "hs_object_source_label"),
    *("hs_v2_date_entered_current_stage", "hs_v2_time_in_current_stage"),
)
ALWAYS_WRITTEN_OF = {
    "0-1": ("hs_is_unworked", "hs_pipeline", "lifecyclestage", "notes_last_updated"),
    "0-2": ("domain", "hs_pipeline", "lifecyclestage"),
    "0-3": ("pipeline",),
    "0-5": (
        *("hs_helpdesk_sort_timestamp", "hs_is_closed", "hs_last_email_activity", "hs_pipeline"),
        *("hs_pipeline_stage", "hs_ticket_id", "hs_updated_by_user_id"),
    ),
    "0-27": (
        *("hs_obj_coords", "hs_pipeline", "hs_pipeline_stage", "hs_start_date_with_fallback"),
        *("hs_task_completion_count", "hs_task_completion_date", "hs_task_is_completed"),
        *("hs_task_is_completed_call", "hs_task_is_completed_email", "hs_task_is_completed_linked_in"),
        *("hs_task_is_completed_sequence", "hs_task_is_open", "hs_task_is_overdue", "hs_task_is_past_due_date"),
        *("hs_task_missed_due_date", "hs_task_missed_due_date_count", "hs_task_type", "hs_timestamp"),
        *("hs_all_owner_ids", "hs_user_ids_of_all_owners", "hubspot_owner_assigneddate", "hubspot_owner_id"),
    ),
    "0-46": ("hs_obj_coords", "hs_timestamp"),
}
AMOUNTS = (
    *("amount_in_home_currency", "hs_closed_amount", "hs_closed_amount_in_home_currency", "hs_forecast_amount"),
    *("hs_open_amount_in_home_currency", "hs_projected_amount", "hs_projected_amount_in_home_currency"),
    "hs_weighted_pipeline_in_company_currency",
)
STAGE = (
    *("hs_closed_deal_close_date", "hs_closed_deal_create_date", "hs_closed_won_count", "hs_deal_stage_probability"),
    *("hs_deal_stage_probability_shadow", "hs_is_closed", "hs_is_closed_count", "hs_is_closed_won"),
    *("hs_is_open_count", "hs_open_deal_create_date"),
)
DAYS = ("days_to_close", "hs_actual_duration", "hs_days_to_close_raw")
PREVIEW = ("hs_body_preview", "hs_body_preview_html", "hs_body_preview_is_truncated")
# What a changed property brings with it. Source: recording (Nango 2026-03).
WRITTEN_WITH = {
    "amount": AMOUNTS,
    "closedate": DAYS,
    "dealstage": (*AMOUNTS, *DAYS, *STAGE),
    "pipeline": (*AMOUNTS, *STAGE),
    "hs_note_body": PREVIEW,
    "hs_task_body": PREVIEW,
    "hs_meeting_body": PREVIEW,
    "hs_call_body": PREVIEW,
    "hs_email_text": PREVIEW,
}
SELECTING = (
    Param("properties", "array", "Properties to return; unknown ones are left out."),
    Param("propertiesWithHistory", "array", "Properties to return with their past values."),
    Param("associations", "array", "Object types whose links to return."),
    Param("archived", "boolean", "Return archived records instead of the others."),
)
PAGING = (
    Param("limit", "integer", "Rows per page, 1 to 100 (50 with history); default 10."),
    Param("after", "string", "Inclusive lower bound of the ids."),
)
ID_PROPERTY = Param("idProperty", "string", "The unique property whose value is in the path instead of the id.")


def routes() -> list[Route]:
    """Return the routes of this family."""
    return [route for prefix in PREFIXES for route in _routes_under(prefix)]


def _routes_under(prefix: str) -> list[Route]:
    read_route = partial(Route, scope=RECORDS_READ, rate_class=RateClass.GENERAL)
    write_route = partial(Route, scope=RECORDS_WRITE, rate_class=RateClass.GENERAL)
    many, one = f"{prefix}/{{objectType}}", f"{prefix}/{{objectType}}/{{objectId}}"
    listing = Operation((*PAGING, *SELECTING), response=RecordPage)
    creating = Operation(body=CreateInput, response=RecordResponse, statuses=(201,))
    reading = Operation((*SELECTING, ID_PROPERTY), response=RecordResponse)
    updating = Operation((ID_PROPERTY,), body=UpdateInput, response=RecordResponse)
    return [
        read_route(
            "objects.list", "GET", many, list_objects, summary="List records", operation=listing, page_of=page_of_list
        ),
        write_route("objects.create", "POST", many, create_object, summary="Create a record", operation=creating),
        read_route("objects.read", "GET", one, read_object, summary="Read a record", operation=reading),
        write_route("objects.update", "PATCH", one, update_object, summary="Update a record", operation=updating),
        write_route(
            "objects.archive", "DELETE", one, archive_object, summary="Archive", operation=Operation(statuses=(204,))
        ),
    ]


def list_objects(context: RequestContext) -> Response:
    """Return one page of records.

    Shape: `{results: [record], [paging: {next: {after, link}}]}`; `paging` is absent on the last page.

    Source: recording (hubspot-api-ruby 2026-04, Nango 2026-03).
    """
    key, revision = _cache_key(context.request), context.portal.revision
    page: _Page = context.tenant.pages.get_or_make(key, revision, lambda: _make_page(context))
    if page.next_after is not None:
        hand_out(context, page.next_after)
    return Response(200, page.body)


def _cache_key(request: Request) -> tuple[str, bytes, bytes | None, str]:
    """Return what the body of a response to a GET depends on, besides the portal."""
    return request.path, request.raw_query, request.headers.get(b"host"), request.scheme


class _Page(msgspec.Struct, frozen=True):
    body: Body
    next_after: str | None


def _make_page(context: RequestContext) -> tuple[_Page, int]:
    request, portal = context.request, context.portal
    kind = object_type(context)
    selection = _selection(context, kind)
    limit = _limit(context)
    archived = parse_bool(request, "archived")
    if archived and kind.type_id in NEVER_LISTED_ARCHIVED:
        raise HubSpotError(400, "Paging through deleted objects is not yet supported", category="VALIDATION_ERROR")
    records, bound = portal.list_records(kind, after=parse_after(context), limit=limit, archived=archived)
    page: dict[str, Any] = {"results": [render(portal, selection, record) for record in records]}
    after = None if bound is None else str(bound)
    if after is not None:
        page["paging"] = {"next": {"after": after, "link": _link(context, kind.wire_name, after, limit)}}
    body = Response.of(page).body
    return _Page(body, after), len(body.raw)


def _selection(context: RequestContext, kind: ObjectType) -> Selection:
    request = context.request
    return select(
        context.portal,
        kind,
        request.all("properties"),
        with_history=request.all("propertiesWithHistory"),
        associations=asked_associations(context),
        origin=request.origin,
    )


def _limit(context: RequestContext) -> int:
    """Return how many records a page has. Source: the text of the error is assumed."""
    return parse_limit(context, default=10, maximum=most_rows(context.request))


def _link(context: RequestContext, name: str, after: str, limit: int) -> str:
    """Return the URL of the next page, whose path is not the requested one.

    Source: recording (hubspot-api-ruby 2026-04): `/crm/v3/objects/contacts` links to `/crm/objects/v3/contacts`, echoes
    unknown parameters, and writes `limit` and `after` last. That dated paths and version 4 keep theirs is assumed.
    """
    request, assumptions = context.request, context.portal.assumptions
    echoed = [(name, value) for name, value in request.query if name not in NOT_ECHOED]
    sent = request.first("limit")
    if sent or assumptions["link-limit"] == "always":
        echoed.append(("limit", sent or str(limit)))
    query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in [*echoed, ("after", after)])
    path = _link_path(request, is_old=assumptions["list-link-path"] == "v3")
    return f"{request.origin}{path}/{name}?{query}"


def _link_path(request: Request, *, is_old: bool) -> str:
    if request.path.startswith(("/crm/objects/", "/crm/v4/")):
        return "/".join(request.path.split("/")[:4])
    return "/crm/v3/objects" if is_old else "/crm/objects/v3"


def create_object(context: RequestContext) -> Response:
    """Create a record with its links.

    Source: recording (status, `Location`, all properties with a value; contacts 2025-11, tickets 2024-11).
    """
    kind = object_type(context)
    given = read_body(context, CreateInput)
    portal = context.portal
    with portal.db.transaction():
        portal.write_rules.check(kind, given.properties, is_newest=FOLDED in context.request.path)
        record = portal.records.create(kind, given.properties)
        make_links(portal, kind, record.id, given.associations or [], is_newest=FOLDED in context.request.path)
    location = f"{context.request.origin}{context.request.path.rstrip('/')}/{record.id}".encode()
    wire = render_created(portal, kind, record)
    return Response.of(wire, status=201, headers=[(b"location", location)])


def read_object(context: RequestContext) -> Response:
    """Return one record. A missing one is answered with HubSpot's HTML page.

    Source: recording (tickets 2024-11).
    """
    key, revision = _cache_key(context.request), context.portal.revision
    body: Body = context.tenant.pages.get_or_make(key, revision, lambda: _make_record(context))
    return Response(200, body)


def _make_record(context: RequestContext) -> tuple[Body, int]:
    kind = object_type(context)
    record = existing_record(context, kind, archived=parse_bool(context.request, "archived"))
    if record is None:
        raise missing_page(context)
    body = Response.of(render(context.portal, _selection(context, kind), record)).body
    return body, len(body.raw) + RECORD_OVERHEAD_BYTES


def update_object(context: RequestContext) -> Response:
    """Change a record.

    Source: recording (what the response contains: Nango 2026-03; missing: JSON 404).
    """
    kind = object_type(context)
    given = read_body(context, UpdateInput)
    record = existing_record(context, kind)
    if record is None:
        raise resource_not_found()
    is_newest = FOLDED in context.request.path
    context.portal.write_rules.check(kind, given.properties, before=record.properties, is_newest=is_newest)
    changed = context.portal.records.update(kind, record, given.properties)
    return Response.of(render_written(context.portal, kind, changed, written_names(kind, given.properties)))


def written_names(kind: ObjectType, given: Mapping[str, object]) -> list[str]:
    """Return the properties in the response to an update: the changed ones, what follows from them, a fixed handful."""
    followers = [name for changed in given for name in WRITTEN_WITH.get(changed, ())]
    if kind.type_id == "0-2" and "name" in given:
        followers.append("hs_task_label")
    times = (kind.created_property, kind.modified_property)
    return [*given, *followers, *times, *ALWAYS_WRITTEN, *ALWAYS_WRITTEN_OF.get(kind.type_id, ())]


def archive_object(context: RequestContext) -> Response:
    """Move a record to the recycle bin. Missing ones are not an error.

    Source: recording (204, empty), docs.
    """
    kind = object_type(context)
    record = existing_record(context, kind)
    if record is not None:
        context.portal.records.archive(kind, record)
    return Response.empty()
