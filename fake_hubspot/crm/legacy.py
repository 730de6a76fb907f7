"""The contacts API of version 1, which older clients page through with `vidOffset`.

Source: recording (2015 to 2022); that these endpoints stay after the sunset of contact lists v1: docs.
"""

from functools import partial
from typing import Any, TypedDict

from fake_hubspot.context import ANY_SCOPE, Operation, Param, RateClass, Request, RequestContext, Response, Route
from fake_hubspot.crm.parameters import parse_integer
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.paging import hand_out, page_of
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.search import Sort
from fake_hubspot.portal.store import Record

__all__ = ["routes"]

DEFAULTS = ("firstname", "lastname", "company", "lastmodifieddate")
MAX_ROWS = 100
PARAMETERS = (
    Param("count", "integer", "Rows per page, at most 100; default 20."),
    Param("vidOffset", "integer", "`vid-offset` of the last page."),
    Param("property", "array"),
    Param("propertyMode"),
    Param("showListMemberships", "boolean"),
)


class OldContact(TypedDict):
    """One contact in the old shape; the hyphenated keys are left out of this description."""

    addedAt: int
    vid: int
    properties: dict[str, Any]


class OldPage(TypedDict):
    """One page in the old shape, with `has-more` and `vid-offset`."""

    contacts: list[OldContact]


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    page = Operation(PARAMETERS, response=OldPage)
    recent = Operation((*PARAMETERS, Param("timeOffset", "integer")), response=OldPage)
    one = Operation(response=OldContact)
    lists = "/contacts/v1/lists"
    updated, created = f"{lists}/recently_updated/contacts/recent", f"{lists}/all/contacts/recent"
    return [
        route(
            "legacy.all",
            "GET",
            f"{lists}/all/contacts/all",
            list_all,
            summary="List contacts (v1)",
            operation=page,
            page_of=page_of,
        ),
        route(
            "legacy.updated",
            "GET",
            updated,
            list_updated,
            summary="List recently updated contacts (v1)",
            operation=recent,
            page_of=page_of,
        ),
        route(
            "legacy.created",
            "GET",
            created,
            list_created,
            summary="List recently created contacts (v1)",
            operation=recent,
            page_of=page_of,
        ),
        route(
            "legacy.read",
            "GET",
            "/contacts/v1/contact/vid/{vid}/profile",
            read_one,
            summary="Read a contact (v1)",
            operation=one,
        ),
        route("legacy.by-email", "GET", "/contacts/v1/contact/email/{email}/profile", read_by_email, operation=one),
    ]


def _merged_ids(record: Record) -> list[int]:
    ids = map(parse_id, record.properties.get("hs_merged_object_ids", "").split(";"))
    return [one for one in ids if one is not None]


def to_wire(portal: Portal, record: Record, asked: list[str]) -> dict[str, Any]:
    """Render one contact; properties without a value are absent, times are epoch milliseconds."""
    names = [*dict.fromkeys((*DEFAULTS, *asked))]
    values = {name: _old_value(portal, record, name) for name in names}
    return {
        "addedAt": record.created_ms,
        "vid": record.id,
        "canonical-vid": record.id,
        "merged-vids": _merged_ids(record),
        "portal-id": portal.id,
        "is-contact": True,
        "profile-token": f"AO_T-{record.id}",
        "profile-url": f"https://{portal.ui_domain}/contacts/{portal.id}/contact/{record.id}",
        "properties": {name: {"value": value} for name, value in values.items() if value is not None},
        "form-submissions": [],
        "identity-profiles": [_identity(record)],
        "merge-audits": [],
    }


def _old_value(portal: Portal, record: Record, name: str) -> str | None:
    definition = portal.definitions.get("0-1", name)
    value = record.properties.get(name)
    if name == "lastmodifieddate":
        return str(record.updated_ms)
    if name == "createdate":
        return str(record.created_ms)
    return value if definition is not None else None


def _identity(record: Record) -> dict[str, Any]:
    email = record.properties.get("email")
    identities: list[dict[str, Any]] = []
    if email:
        identities.append({"type": "EMAIL", "value": email, "timestamp": record.created_ms, "is-primary": True})
    guid = f"{record.id:032x}"
    text = f"{guid[:8]}-{guid[8:12]}-4{guid[13:16]}-8{guid[17:20]}-{guid[20:]}"
    identities.append({"type": "LEAD_GUID", "value": text, "timestamp": record.created_ms})
    return {
        "vid": record.id,
        "saved-at-timestamp": record.created_ms,
        "deleted-changed-timestamp": 0,
        "identities": identities,
    }


def _count(request: Request) -> int:
    """Return how many contacts a page has.

    Source: docs (20 by default, at most 100); that a larger number is reduced is assumed.
    """
    return min(max(parse_integer(request, "count", largest=2**31 - 1) or 20, 1), MAX_ROWS)


def list_all(context: RequestContext) -> Response:
    """Return one page of all contacts; the next page begins after `vid-offset`, the last id.

    Shape: `{contacts, has-more, vid-offset}`.
    """
    request, portal = context.request, context.portal
    offset = parse_integer(request, "vidOffset", largest=2**53) or 0
    records, bound = portal.list_records(portal.types["contacts"], after=max(offset, -1) + 1, limit=_count(request))
    contacts = [to_wire(portal, record, request.all("property")) for record in records]
    last = records[-1].id if records else offset
    if bound is not None:
        hand_out(context, str(last))
    return Response.of({"contacts": contacts, "has-more": bound is not None, "vid-offset": last})


def list_updated(context: RequestContext) -> Response:
    """Return one page of contacts, latest change first; `timeOffset` and `vidOffset` together are the cursor."""
    return _recent(context, "lastmodifieddate")


def list_created(context: RequestContext) -> Response:
    """Return one page of contacts, newest first."""
    return _recent(context, "createdate")


def _recent(context: RequestContext, by: str) -> Response:
    request, portal = context.request, context.portal
    before_ms = parse_integer(request, "timeOffset", largest=2**53)
    vid = parse_integer(request, "vidOffset", largest=2**53) or 0
    limit = _count(request)
    found = portal.search.find(portal.types["contacts"], [], sort=Sort(by, descending=True), limit=10_000).records
    moments = [(record.updated_ms if by == "lastmodifieddate" else record.created_ms, record) for record in found]
    if before_ms is not None:
        moments = [(at, one) for at, one in moments if at < before_ms or (at == before_ms and one.id < vid)]
    page = moments[:limit]
    last = page[-1] if page else None
    answer = {
        "contacts": [to_wire(portal, record, request.all("property")) for _, record in page],
        "has-more": len(moments) > limit,
        "vid-offset": last[1].id if last else vid,
        "time-offset": last[0] if last else before_ms or 0,
    }
    if answer["has-more"]:
        hand_out(context, f"{answer['time-offset']} {answer['vid-offset']}")
    return Response.of(answer)


def _missing(text: str) -> HubSpotError:
    """Return the response for a missing contact.

    Source: recording (hubspot-api-ruby, 2022).
    """
    return HubSpotError(
        404,
        "contact does not exist",
        errors=[{"message": f"The contact {text} does not exist."}],
        category="OBJECT_NOT_FOUND",
    )


def _found(context: RequestContext, record: Record | None, text: str) -> Response:
    if record is None:
        raise _missing(text)
    portal = context.portal
    every = [name for name in record.properties if portal.definitions.get("0-1", name)]
    return Response.of(to_wire(portal, record, every))


def read_one(context: RequestContext) -> Response:
    """Return one contact with all its properties."""
    text, portal = context.params["vid"], context.portal
    record = portal.records.find(portal.types["contacts"], parse_id(text))
    return _found(context, record, text)


def read_by_email(context: RequestContext) -> Response:
    """Return one contact by its address."""
    text, portal = context.params["email"], context.portal
    return _found(context, portal.records.find_by(portal.types["contacts"], "email", text), text)
