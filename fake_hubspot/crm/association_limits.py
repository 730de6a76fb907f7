"""How many links of each type a record may have: the limits that administrators set."""

from functools import partial
from typing import Any, NotRequired, TypedDict

import msgspec

from fake_hubspot.context import ANY_SCOPE, Operation, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.associations_batch import BATCH_PREFIXES
from fake_hubspot.crm.associations_v4 import kinds_of
from fake_hubspot.crm.batches import batch_response, batch_statuses
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.link_pages import ends
from fake_hubspot.crm.shapes import AssociationSpec, BatchResponse
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.associations import AssociationType
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.portal import Portal

__all__ = ["routes"]


class LimitResponse(TypedDict):
    """The limit of one type of link."""

    category: str
    typeId: int
    userEnforcedMaxToObjectIds: int
    label: NotRequired[str | None]


class LimitList(TypedDict):
    """The limits that are set."""

    results: list[LimitResponse]


class ReportResponse(TypedDict):
    """A report that was asked for; it goes to the user by e-mail."""

    userId: int
    userEmail: str
    enqueueTime: str


class Limit(msgspec.Struct, frozen=True, rename="camel"):
    """A limit to set."""

    category: str
    type_id: int
    max_to_object_ids: int


class Limits(msgspec.Struct, frozen=True):
    """The limits to set."""

    inputs: list[Limit]


class Kind(msgspec.Struct, frozen=True, rename="camel"):
    """The type of link whose limit to remove; clients spell its keys in two ways."""

    category: str | None = None
    type_id: int | None = None
    association_category: str | None = None
    association_type_id: int | None = None


class Kinds(msgspec.Struct, frozen=True):
    """The types of link whose limits to remove."""

    inputs: list[Kind]


def routes() -> list[Route]:
    """Return the routes of this family."""
    return [route for prefix in BATCH_PREFIXES for route in _routes_under(prefix)]


def _routes_under(prefix: str) -> list[Route]:
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    every = f"{prefix}/definitions/configurations"
    pair, report = f"{every}/{{objectType}}/{{toObjectType}}", f"{prefix}/usage/high-usage-report/{{userId}}"
    listing, removing = Operation(response=LimitList), Operation(body=Kinds, statuses=(204,))
    making = Operation(body=Limits, response=BatchResponse, statuses=batch_statuses(pair, 201))
    changing = Operation(body=Limits, response=BatchResponse, statuses=batch_statuses(pair))
    name, path = "association-limits", f"{pair}/batch"
    return [
        route(f"{name}.all", "GET", f"{every}/all", list_all, summary="List limits of links", operation=listing),
        route(f"{name}.list", "GET", pair, list_limits, summary="List limits of a pair of types", operation=listing),
        route(f"{name}.create", "POST", f"{path}/create", create_limits, summary="Set limits", operation=making),
        route(f"{name}.update", "POST", f"{path}/update", update_limits, summary="Change limits", operation=changing),
        route(f"{name}.purge", "POST", f"{path}/purge", purge_limits, summary="Remove limits", operation=removing),
        route(
            "associations.report",
            "POST",
            report,
            ask_for_report,
            summary="Ask for a report of records with many links",
            operation=Operation(response=ReportResponse),
        ),
    ]


def _wire(portal: Portal, kind: AssociationType, *, has_label: bool = True) -> dict[str, Any]:
    """Render the limit of one type of link.

    Source: reader (the models of HubSpot's clients); the order of the keys is assumed.
    """
    wire = {
        "category": kind.category,
        "typeId": kind.type_id,
        "userEnforcedMaxToObjectIds": portal.associations.limit(kind),
    }
    return wire | {"label": kind.label} if has_label else wire


def _limited(portal: Portal, kinds: list[AssociationType]) -> Response:
    rows = [_wire(portal, kind) for kind in kinds if portal.associations.limit(kind) is not None]
    return Response.of({"results": rows})


def list_all(context: RequestContext) -> Response:
    """Return every limit that is set.

    Source: docs.
    """
    portal = context.portal
    return _limited(portal, portal.associations.limited(portal.types))


def list_limits(context: RequestContext) -> Response:
    """Return the limits between two types of records.

    Source: docs.
    """
    return _limited(context.portal, context.portal.associations.types(*ends(context)))


def _set(context: RequestContext) -> list[AssociationType]:
    """Set the limits in the body, and return their types of link.

    Raises:
        HubSpotError: 400 for a number that is no limit; the text is assumed.
        UnknownAssociationTypeError: There is no such type of link.
    """
    source, target = ends(context)
    portal, inputs = context.portal, read_body(context, Limits).inputs
    specs = [AssociationSpec(one.category, one.type_id) for one in inputs]
    kinds = kinds_of(portal, source, target, specs)
    wrong = [one.max_to_object_ids for one in inputs if one.max_to_object_ids < 1]
    if wrong:
        raise HubSpotError(400, f"maxToObjectIds must be at least 1, not {wrong[0]}", category="VALIDATION_ERROR")
    for kind, one in zip(kinds, inputs, strict=True):
        portal.associations.set_limit(kind, one.max_to_object_ids)
    return kinds


def create_limits(context: RequestContext) -> Response:
    """Set limits.

    Source: docs; the status is assumed.
    """
    rows = [_wire(context.portal, kind) for kind in _set(context)]
    return batch_response(context, rows, status=201)


def update_limits(context: RequestContext) -> Response:
    """Change limits.

    Source: docs.
    """
    return batch_response(context, [_wire(context.portal, kind, has_label=False) for kind in _set(context)])


def purge_limits(context: RequestContext) -> Response:
    """Remove limits.

    Source: docs (204).
    """
    source, target = ends(context)
    specs = [
        AssociationSpec(one.category or one.association_category or "", one.type_id or one.association_type_id or 0)
        for one in read_body(context, Kinds).inputs
    ]
    for kind in kinds_of(context.portal, source, target, specs):
        context.portal.associations.set_limit(kind, None)
    return Response.empty()


def ask_for_report(context: RequestContext) -> Response:
    """Take the request for a report, which nobody sends.

    Source: reader (the models of HubSpot's clients); what is answered for a user who does not exist is assumed.
    """
    portal, text = context.portal, context.params["userId"]
    owner = portal.owners.find(parse_id(text), by_user=True, archived=False)
    if owner is None:
        raise HubSpotError(404, f"User {text} does not exist", category="OBJECT_NOT_FOUND")
    now = format_time(portal.clock.now_ms())
    return Response.of({"userId": owner.user_id, "userEmail": owner.email, "enqueueTime": now})
