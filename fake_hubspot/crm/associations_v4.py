"""Links between records, version 4: types of link have categories, ids and labels."""

from functools import partial
from typing import Any, NotRequired, TypedDict

from fake_hubspot.context import ANY_SCOPE, Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.batches import FOLDED, batch_response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.link_pages import ends, read_links
from fake_hubspot.crm.parameters import (
    record_id,
    resource_not_found,
)
from fake_hubspot.crm.shapes import AssociationSpec, BatchResponse, Paging
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.paging import page_of
from fake_hubspot.portal.associations import AssociationType, Link
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.types import ObjectType

__all__ = [
    "OBJECT_PREFIXES",
    "TypeResponse",
    "check_links",
    "default_rows",
    "group_links",
    "kinds_of",
    "linked",
    "routes",
]

OBJECT_PREFIXES = PATHS["links"]


class TypeResponse(TypedDict):
    """The type of a link."""

    category: str
    typeId: int
    label: str | None


class LinkResponse(TypedDict):
    """One linked record; its id is a number."""

    toObjectId: int
    associationTypes: list[TypeResponse]


class LinkPage(TypedDict):
    """One page of links."""

    results: list[LinkResponse]
    paging: NotRequired[Paging]


class Linked(TypedDict):
    """The link that was created."""

    fromObjectTypeId: str
    fromObjectId: int
    toObjectTypeId: str
    toObjectId: int
    labels: list[str]


def routes() -> list[Route]:
    """Return the routes of this family."""
    return [route for prefix in OBJECT_PREFIXES for route in _single(f"{prefix}/{{objectType}}/{{objectId}}")]


def _single(path: str) -> list[Route]:
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    many, one = f"{path}/associations/{{toObjectType}}", f"{path}/associations/{{toObjectType}}/{{toObjectId}}"
    default = f"{path}/associations/default/{{toObjectType}}/{{toObjectId}}"
    listing = Operation((Param("limit", "integer"), Param("after")), response=LinkPage)
    linking = Operation(body=list[AssociationSpec], response=Linked, statuses=(201,))
    defaulting = Operation(response=BatchResponse)
    return [
        route("associations.list", "GET", many, list_links, summary="List links", operation=listing, page_of=page_of),
        route("associations.create", "PUT", one, put_link, summary="Link two records", operation=linking),
        route(
            "associations.archive",
            "DELETE",
            one,
            drop_link,
            summary="Remove links",
            operation=Operation(statuses=(204,)),
        ),
        route(
            "associations.default",
            "PUT",
            default,
            put_default,
            summary="Link two records without a label",
            operation=defaulting,
        ),
    ]


def group_links(portal: Portal, source: ObjectType, target: ObjectType, links: list[Link]) -> list[dict[str, Any]]:
    """Group links by the record that they lead to.

    Shape: `[{toObjectId, associationTypes: [{category, typeId, label}]}]`.

    Source: recording.
    """
    labels = {(kind.category, kind.type_id): kind.label for kind in portal.associations.types(source, target)}
    rows: dict[int, list[dict[str, Any]]] = {}
    for link in links:
        label = labels.get((link.category, link.type_id))
        kind = {"category": link.category, "typeId": link.type_id, "label": label}
        rows.setdefault(link.to_id, []).append(kind)
    return [{"toObjectId": to_id, "associationTypes": kinds} for to_id, kinds in rows.items()]


def list_links(context: RequestContext) -> Response:
    """Return one page of a record's links.

    Source: recording for the rows, docs for 500 per page.
    """
    page = read_links(context)
    return Response.of({"results": group_links(context.portal, page.source, page.target, page.links), **page.paging})


def linked(source: ObjectType, from_id: int, target: ObjectType, to_id: int, labels: list[str]) -> dict[str, Any]:
    """Render a link that was created; its ids are numbers, though HubSpot's specification says texts.

    Source: recording (amp-labs 2026-03, hubspot-api-ruby 2022).
    """
    return {
        "fromObjectTypeId": source.type_id,
        "fromObjectId": from_id,
        "toObjectTypeId": target.type_id,
        "toObjectId": to_id,
        "labels": labels,
    }


def kinds_of(
    portal: Portal, source: ObjectType, target: ObjectType, specs: list[AssociationSpec]
) -> list[AssociationType]:
    """Return the types of link that a request names.

    Raises:
        UnknownAssociationTypeError: One of them does not exist.
    """
    find = portal.associations.type_by_id
    return [find(source, target, spec.association_category, spec.association_type_id) for spec in specs]


def check_links(context: RequestContext, source: ObjectType, target: ObjectType) -> None:
    """Check that the request may link records of two types.

    Raises:
        LinkForbiddenError: A rule forbids it.
    """
    context.portal.write_rules.check_link(source, target, is_newest=FOLDED in context.request.path)


def put_link(context: RequestContext) -> Response:
    """Link two records with the given types.

    Source: docs (201).
    """
    source, target = ends(context)
    portal = context.portal
    from_id, to_id = record_id(context.params["objectId"]), record_id(context.params["toObjectId"])
    kinds = kinds_of(portal, source, target, read_body(context, list[AssociationSpec]))
    if portal.records.find(source, from_id) is None or portal.records.find(target, to_id) is None:
        raise resource_not_found()
    check_links(context, source, target)
    with portal.db.transaction():
        for kind in kinds:
            portal.associations.connect(source, from_id, target, to_id, kind=kind)
    labels = [kind.label for kind in kinds if kind.label is not None]
    return Response.of(linked(source, from_id, target, to_id, labels), status=201)


def drop_link(context: RequestContext) -> Response:
    """Remove every link between two records.

    Source: docs (204).
    """
    source, target = ends(context)
    from_id, to_id = record_id(context.params["objectId"]), record_id(context.params["toObjectId"])
    context.portal.associations.unlink(source, from_id, target, to_id)
    return Response.empty()


def put_default(context: RequestContext) -> Response:
    """Link two records without a label.

    Source: docs (200, both directions in the response).
    """
    source, target = ends(context)
    portal = context.portal
    from_id, to_id = record_id(context.params["objectId"]), record_id(context.params["toObjectId"])
    if portal.records.find(source, from_id) is None or portal.records.find(target, to_id) is None:
        raise resource_not_found()
    check_links(context, source, target)
    return batch_response(context, default_rows(portal, source, from_id, target, to_id))


def default_rows(
    portal: Portal, source: ObjectType, from_id: int, target: ObjectType, to_id: int
) -> list[dict[str, Any]]:
    """Link two records without a label, and render both directions of each link created.

    Source: docs.
    """
    rows = []
    for kind in portal.associations.connect(source, from_id, target, to_id):
        there = {"associationCategory": kind.category, "associationTypeId": kind.type_id}
        back = {"associationCategory": kind.category, "associationTypeId": kind.inverse_id}
        one, other = {"id": str(from_id)}, {"id": str(to_id)}
        rows.append({"from": one, "to": other, "associationSpec": there})
        rows.append({"from": other, "to": one, "associationSpec": back})
    return rows
