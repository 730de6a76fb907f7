"""Links between records, version 3: types of link have names."""

from functools import partial
from typing import Any, TypedDict

import msgspec

from fake_hubspot.context import ANY_SCOPE, Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.associations_batch import Pair, connect_all, id_or_zero, invalid_ends
from fake_hubspot.crm.associations_v4 import check_links
from fake_hubspot.crm.batches import batch_response, check_size
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.link_pages import ends, read_links
from fake_hubspot.crm.parameters import record_id, resource_not_found
from fake_hubspot.crm.render import render, select
from fake_hubspot.crm.shapes import BatchResponse, IdInput, RecordResponse
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.paging import page_of
from fake_hubspot.portal.associations import AssociationType
from fake_hubspot.portal.types import ObjectType

__all__ = ["routes"]

PREFIXES = PATHS["associations-v3"]
NESTED_PREFIXES = ("/crm/v3/objects", "/crm/objects/v3")
MAX_PAIRS = 2000


class NamedPair(msgspec.Struct, frozen=True):
    """Two records to link, and the name of the type of link."""

    from_: IdInput = msgspec.field(name="from")
    to: IdInput
    type: str


class NamedPairs(msgspec.Struct, frozen=True):
    """Links to create or to remove."""

    inputs: list[NamedPair]


class ReadBatch(msgspec.Struct, frozen=True):
    """The records whose links to read."""

    inputs: list[IdInput]


class TypeList(TypedDict):
    """The types of link between two types of records."""

    results: list[dict[str, str]]


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    reading = Operation(body=ReadBatch, response=BatchResponse, statuses=(200, 207))
    making = Operation(body=NamedPairs, response=BatchResponse, statuses=(201, 207))
    removing = Operation(body=NamedPairs, statuses=(204,))
    found = []
    for prefix in PREFIXES:
        path = f"{prefix}/{{objectType}}/{{toObjectType}}"
        found += [
            route("associations-v3.read", "POST", f"{path}/batch/read", read, summary="Read links", operation=reading),
            route(
                "associations-v3.create",
                "POST",
                f"{path}/batch/create",
                create,
                summary="Link records",
                operation=making,
            ),
            route(
                "associations-v3.archive",
                "POST",
                f"{path}/batch/archive",
                archive,
                summary="Remove links",
                operation=removing,
            ),
            route(
                "associations-v3.types",
                "GET",
                f"{path}/types",
                types,
                summary="List types of link",
                operation=Operation(response=TypeList),
            ),
        ]
    listing = Operation((Param("limit", "integer"), Param("after")), response=dict)
    for prefix in NESTED_PREFIXES:
        path = f"{prefix}/{{objectType}}/{{objectId}}/associations/{{toObjectType}}"
        found.append(
            route(
                "associations.list-v3",
                "GET",
                path,
                list_links,
                summary="List links",
                operation=listing,
                page_of=page_of,
            )
        )
        one = f"{path}/{{toObjectId}}/{{associationType}}"
        linking, dropping = Operation(response=RecordResponse), Operation(statuses=(204,))
        found += [
            route("associations.create-v3", "PUT", one, put_link, summary="Link two records", operation=linking),
            route("associations.archive-v3", "DELETE", one, drop_link, summary="Remove a link", operation=dropping),
        ]
    return found


def list_links(context: RequestContext) -> Response:
    """Return one page of a record's links; a long list of links inside a record continues here.

    Source: recording (hubspot-api-python #135) for the address.
    """
    page = read_links(context)
    kinds = context.portal.associations.types(page.source, page.target)
    names = {(kind.category, kind.type_id): kind.name for kind in kinds}
    rows = [
        {"id": str(one.to_id), "type": names.get((one.category, one.type_id), str(one.type_id))} for one in page.links
    ]
    return Response.of({"results": rows, **page.paging})


def put_link(context: RequestContext) -> Response:
    """Link two records with a type that is named or given by its id, and return the first one with its links.

    Source: recording (hubspot-api-ruby: 200, the record with `associations`); that a missing record is a 404: docs.
    """
    source, from_id, target, to_id, kind = _named_link(context)
    portal = context.portal
    record = portal.records.find(source, from_id)
    if record is None or portal.records.find(target, to_id) is None:
        raise resource_not_found()
    check_links(context, source, target)
    portal.associations.connect(source, from_id, target, to_id, kind=kind)
    selection = select(portal, source, (), associations=[target], origin=context.request.origin)
    return Response.of(render(portal, selection, record))


def drop_link(context: RequestContext) -> Response:
    """Remove one type of link between two records.

    Source: docs (204).
    """
    _, from_id, _, to_id, kind = _named_link(context)
    context.portal.associations.unlink_type(kind, from_id, to_id)
    return Response.empty()


def _named_link(context: RequestContext) -> tuple[ObjectType, int, ObjectType, int, AssociationType]:
    (source, target), params = ends(context), context.params
    kind = context.portal.associations.type_by_name(source, target, params["associationType"])
    return source, record_id(params["objectId"]), target, record_id(params["toObjectId"]), kind


def types(context: RequestContext) -> Response:
    """Return the types of link.

    Source: docs.
    """
    source, target = ends(context)
    kinds = context.portal.associations.types(source, target)
    return Response.of({"results": [{"id": str(kind.type_id), "name": kind.name} for kind in kinds]})


def read(context: RequestContext) -> Response:
    """Return the links of several records; records without any are left out.

    Source: docs, reader.
    """
    source, target = ends(context)
    portal = context.portal
    inputs = read_body(context, ReadBatch).inputs
    check_size(len(inputs), maximum=MAX_PAIRS)
    names = {(kind.category, kind.type_id): kind.name for kind in portal.associations.types(source, target)}
    results = []
    for one in inputs:
        links = portal.associations.of(source, id_or_zero(one.id), target)
        to = [{"id": str(link.to_id), "type": names.get((link.category, link.type_id), "")} for link in links]
        if to:
            results.append({"from": {"id": str(one.id)}, "to": to})
    return batch_response(context, results)


def create(context: RequestContext) -> Response:
    """Link many pairs; the response contains both directions.

    Source: recording (Nango, 2026-03).
    """
    source, target = ends(context)
    portal = context.portal
    inputs = read_body(context, NamedPairs).inputs
    check_size(len(inputs), maximum=MAX_PAIRS)
    check_links(context, source, target)
    results: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for pair in inputs:
        kind = portal.associations.type_by_name(source, target, pair.type)
        if bad := invalid_ends(portal, source, target, Pair(pair.from_, pair.to)):
            errors += bad
            continue
        from_id, to_id = id_or_zero(pair.from_.id), id_or_zero(pair.to.id)
        if bad := connect_all(portal, source, from_id, target, to_id, [kind]):
            errors += bad
            continue
        results += _both_directions(source, from_id, target, to_id)
    return batch_response(context, results, errors, status=201)


def _both_directions(source: ObjectType, from_id: int, target: ObjectType, to_id: int) -> list[dict[str, Any]]:
    """Render both directions of a link, the way back first.

    Source: recording (Nango 2026-03).
    """
    one, other = {"id": str(from_id)}, {"id": str(to_id)}
    return [
        {"from": other, "to": one, "type": f"{target.singular}_to_{source.singular}"},
        {"from": one, "to": other, "type": f"{source.singular}_to_{target.singular}"},
    ]


def archive(context: RequestContext) -> Response:
    """Remove links.

    Source: docs (204).
    """
    source, target = ends(context)
    portal = context.portal
    for pair in read_body(context, NamedPairs).inputs:
        portal.associations.type_by_name(source, target, pair.type)
        portal.associations.unlink(source, id_or_zero(pair.from_.id), target, id_or_zero(pair.to.id))
    return Response.empty()
