"""Links between records, version 4: with categories, type ids and labels."""

from typing import Any, NotRequired, TypedDict

from fake_hubspot.context import Operation, Param, RequestContext, Response, Route
from fake_hubspot.crm.batches import batch_response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.cursors import decode_cursor, encode_cursor
from fake_hubspot.crm.parameters import (
    missing_page,
    object_type,
    parse_limit,
    record_id,
    resource_not_found,
)
from fake_hubspot.crm.shapes import AssociationSpec, BatchResponse, Paging
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.associations import AssociationType, Link
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.types import ObjectType

__all__ = [
    "OBJECT_PREFIXES",
    "TypeResponse",
    "default_rows",
    "ends",
    "group_links",
    "kinds_of",
    "linked",
    "position_of",
    "routes",
]

OBJECT_PREFIXES = ("/crm/v4/objects", "/crm/objects/2026-03", "/crm/objects/2026-09")
MOST_ROWS = 500


class TypeResponse(TypedDict):
    """One type of a link."""

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
    """What was linked."""

    fromObjectTypeId: str
    fromObjectId: str
    toObjectTypeId: str
    toObjectId: str
    labels: list[str]


def routes() -> list[Route]:
    """The routes of this family."""
    single = [route for prefix in OBJECT_PREFIXES for route in _single(f"{prefix}/{{objectType}}/{{objectId}}")]
    v3 = [route for prefix in ("/crm/v3/objects", "/crm/objects/v3") for route in _nested(prefix)]
    return [*single, *v3]


def _single(path: str) -> list[Route]:
    many, one = f"{path}/associations/{{toObjectType}}", f"{path}/associations/{{toObjectType}}/{{toObjectId}}"
    default = f"{path}/associations/default/{{toObjectType}}/{{toObjectId}}"
    listing = Operation((Param("limit", "integer"), Param("after")), response=LinkPage)
    linking = Operation(body=list[AssociationSpec], response=Linked, statuses=(201,))
    defaulting = Operation(response=BatchResponse)
    return [
        Route("associations.list", "GET", many, list_links, summary="List links", operation=listing),
        Route("associations.create", "PUT", one, put_link, summary="Link two records", operation=linking),
        Route("associations.archive", "DELETE", one, drop_link, summary="Unlink", operation=Operation(statuses=(204,))),
        Route("associations.default", "PUT", default, put_default, summary="Link, no label", operation=defaulting),
    ]


def _nested(prefix: str) -> list[Route]:
    many = f"{prefix}/{{objectType}}/{{objectId}}/associations/{{toObjectType}}"
    listing = Operation((Param("limit", "integer"), Param("after")), response=dict)
    return [Route("associations.list-v3", "GET", many, list_links_v3, summary="List links", operation=listing)]


def ends(context: RequestContext) -> tuple[ObjectType, ObjectType]:
    """The two object types that the path names."""
    return object_type(context), object_type(context, "toObjectType")


def group_links(portal: Portal, source: ObjectType, target: ObjectType, links: list[Link]) -> list[dict[str, Any]]:
    """Links by the record they lead to.

    Shape: `[{toObjectId, associationTypes: [{category, typeId, label}]}]`. Source: recording.
    """
    labels = {(kind.category, kind.type_id): kind.label for kind in portal.associations.types(source, target)}
    rows: dict[int, list[dict[str, Any]]] = {}
    for link in links:
        label = labels.get((link.category, link.type_id))
        kind = {"category": link.category, "typeId": link.type_id, "label": label}
        rows.setdefault(link.to_id, []).append(kind)
    return [{"toObjectId": to_id, "associationTypes": kinds} for to_id, kinds in rows.items()]


def position_of(cursor: str | None) -> int:
    """Where a cursor leads. Raises: HubSpotError 400 for one nobody handed out."""
    position = decode_cursor(cursor)
    if position is None:
        raise HubSpotError(400, "Unable to parse value for query parameter: after")
    return position


def _page(context: RequestContext) -> tuple[ObjectType, ObjectType, list[Link], str | None]:
    """The links of one page, and the cursor of the next."""
    source, target = ends(context)
    portal = context.portal
    record = portal.records.find(source, record_id(context.params["objectId"]))
    if record is None:
        raise missing_page(context)
    limit = parse_limit(context, default=MOST_ROWS, most=MOST_ROWS)
    links = portal.associations.of(source, record.id, target, from_to_id=position_of(context.request.first("after")))
    ids = list(dict.fromkeys(link.to_id for link in links))
    if len(ids) <= limit:
        return source, target, links, None
    after = encode_cursor(ids[limit], type_id=target.type_id)
    return source, target, [link for link in links if link.to_id < ids[limit]], after


def _paging(context: RequestContext, after: str | None) -> dict[str, Any]:
    if after is None:
        return {}
    request = context.request
    link = f"{request.origin}{request.path}?portalId={context.portal.id}&after={after}"
    return {"paging": {"next": {"after": after, "link": link}}}


def list_links(context: RequestContext) -> Response:
    """One page of a record's links. Source: recording for the rows, docs for 500 a page."""
    source, target, links, after = _page(context)
    return Response.of({"results": group_links(context.portal, source, target, links), **_paging(context, after)})


def list_links_v3(context: RequestContext) -> Response:
    """One page of a record's links, as version 3 tells them: this is where a long list inside a record goes on.

    Source: recording (hubspot-api-python #135) for the address.
    """
    source, target, links, after = _page(context)
    kinds = context.portal.associations.types(source, target)
    names = {(kind.category, kind.type_id): kind.name for kind in kinds}
    rows = [{"id": str(one.to_id), "type": names.get((one.category, one.type_id), str(one.type_id))} for one in links]
    return Response.of({"results": rows, **_paging(context, after)})


def linked(source: ObjectType, from_id: int, target: ObjectType, to_id: int, labels: list[str]) -> dict[str, Any]:
    """What a link that was made looks like. Source: docs."""
    return {
        "fromObjectTypeId": source.type_id,
        "fromObjectId": str(from_id),
        "toObjectTypeId": target.type_id,
        "toObjectId": str(to_id),
        "labels": labels,
    }


def kinds_of(
    portal: Portal, source: ObjectType, target: ObjectType, specs: list[AssociationSpec]
) -> list[AssociationType]:
    """The types of links that are asked for. Raises: HubSpotError 400 for one that does not exist."""
    find = portal.associations.type_by_id
    return [find(source, target, spec.association_category, spec.association_type_id) for spec in specs]


def put_link(context: RequestContext) -> Response:
    """Link two records in the ways asked for. Source: docs (201)."""
    source, target = ends(context)
    portal = context.portal
    from_id, to_id = record_id(context.params["objectId"]), record_id(context.params["toObjectId"])
    kinds = kinds_of(portal, source, target, read_body(context, list[AssociationSpec]))
    if portal.records.find(source, from_id) is None or portal.records.find(target, to_id) is None:
        raise resource_not_found()
    for kind in kinds:
        portal.associations.connect(source, from_id, target, to_id, kind=kind)
    labels = [kind.label for kind in kinds if kind.label is not None]
    return Response.of(linked(source, from_id, target, to_id, labels), status=201)


def drop_link(context: RequestContext) -> Response:
    """Remove every link between two records. Source: docs (204)."""
    source, target = ends(context)
    from_id, to_id = record_id(context.params["objectId"]), record_id(context.params["toObjectId"])
    context.portal.associations.unlink(source, from_id, target, to_id)
    return Response.empty()


def put_default(context: RequestContext) -> Response:
    """Link two records without a label. Source: docs (200, both directions in the answer)."""
    source, target = ends(context)
    portal = context.portal
    from_id, to_id = record_id(context.params["objectId"]), record_id(context.params["toObjectId"])
    if portal.records.find(source, from_id) is None or portal.records.find(target, to_id) is None:
        raise resource_not_found()
    return batch_response(context, default_rows(portal, source, from_id, target, to_id))


def default_rows(
    portal: Portal, source: ObjectType, from_id: int, target: ObjectType, to_id: int
) -> list[dict[str, Any]]:
    """Link two records without a label; both directions of each link made. Source: docs."""
    rows = []
    for kind in portal.associations.connect(source, from_id, target, to_id):
        there = {"associationCategory": kind.category, "associationTypeId": kind.type_id}
        back = {"associationCategory": kind.category, "associationTypeId": kind.inverse_id}
        one, other = {"id": str(from_id)}, {"id": str(to_id)}
        rows.append({"from": one, "to": other, "associationSpec": there})
        rows.append({"from": other, "to": one, "associationSpec": back})
    return rows
