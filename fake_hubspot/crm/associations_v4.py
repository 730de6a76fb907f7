"""Links between records, version 4: with categories, type ids and labels."""

from typing import Any, NotRequired, TypedDict

import msgspec

from fake_hubspot.crm.batches import batch_reply, check_size
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.cursors import decode_cursor, encode_cursor
from fake_hubspot.crm.parameters import (
    missing_page,
    object_type,
    parse_limit,
    record_id,
    resource_not_found,
)
from fake_hubspot.crm.shapes import AssociationSpec, BatchAnswer, IdInput, Paging
from fake_hubspot.errors import HubSpotError
from fake_hubspot.exchange import Doc, Exchange, Param, Reply, Route
from fake_hubspot.portal.associations import AssociationType, Link
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.types import ObjectType

__all__ = ["BATCH_PREFIXES", "OBJECT_PREFIXES", "parse_id", "routes"]

OBJECT_PREFIXES = ("/crm/v4/objects", "/crm/objects/2026-03", "/crm/objects/2026-09")
BATCH_PREFIXES = (
    "/crm/v4/associations",
    "/crm/associations/v4",
    "/crm/associations/2026-03",
    "/crm/associations/2026-09",
)
MOST_ROWS, MOST_PAIRS, MOST_READ = 500, 2000, 1000


class TypeAnswer(TypedDict):
    """One type of a link."""

    category: str
    typeId: int
    label: str | None


class LinkAnswer(TypedDict):
    """One linked record; its id is a number."""

    toObjectId: int
    associationTypes: list[TypeAnswer]


class LinkPage(TypedDict):
    """One page of links."""

    results: list[LinkAnswer]
    paging: NotRequired[Paging]


class Linked(TypedDict):
    """What was linked."""

    fromObjectTypeId: str
    fromObjectId: str
    toObjectTypeId: str
    toObjectId: str
    labels: list[str]


class Pair(msgspec.Struct, frozen=True):
    """Two records to link, and how."""

    from_: IdInput = msgspec.field(name="from")
    to: IdInput
    types: list[AssociationSpec] = []


class PairBatch(msgspec.Struct, frozen=True):
    """Links to make, or to remove one kind of."""

    inputs: list[Pair]


class ReadOne(msgspec.Struct, frozen=True):
    """Whose links to read."""

    id: str | int
    after: str | None = None


class ReadBatch(msgspec.Struct, frozen=True):
    """Whose links to read."""

    inputs: list[ReadOne]


class ManyTo(msgspec.Struct, frozen=True):
    """Every link from one record to others, to remove."""

    from_: IdInput = msgspec.field(name="from")
    to: list[IdInput]


class ArchiveBatch(msgspec.Struct, frozen=True):
    """Links to remove."""

    inputs: list[ManyTo]


def routes() -> list[Route]:
    """The routes of this family."""
    single = [route for prefix in OBJECT_PREFIXES for route in _single(f"{prefix}/{{objectType}}/{{objectId}}")]
    v3 = [route for prefix in ("/crm/v3/objects", "/crm/objects/v3") for route in _nested(prefix)]
    return [*single, *v3, *(route for prefix in BATCH_PREFIXES for route in _batch(prefix))]


def _single(path: str) -> list[Route]:
    many, one = f"{path}/associations/{{toObjectType}}", f"{path}/associations/{{toObjectType}}/{{toObjectId}}"
    default = f"{path}/associations/default/{{toObjectType}}/{{toObjectId}}"
    listing = Doc((Param("limit", "integer"), Param("after")), answer=LinkPage)
    linking = Doc(body=list[AssociationSpec], answer=Linked, statuses=(201,))
    defaulting = Doc(answer=BatchAnswer)
    return [
        Route("associations.list", "GET", many, list_links, summary="List links", doc=listing),
        Route("associations.create", "PUT", one, put_link, summary="Link two records", doc=linking),
        Route("associations.archive", "DELETE", one, drop_link, summary="Unlink", doc=Doc(statuses=(204,))),
        Route("associations.default", "PUT", default, put_default, summary="Link, no label", doc=defaulting),
    ]


def _nested(prefix: str) -> list[Route]:
    many = f"{prefix}/{{objectType}}/{{objectId}}/associations/{{toObjectType}}"
    listing = Doc((Param("limit", "integer"), Param("after")), answer=dict)
    return [Route("associations.list-v3", "GET", many, list_links_v3, summary="List links", doc=listing)]


def _batch(prefix: str) -> list[Route]:
    path = f"{prefix}/{{objectType}}/{{toObjectType}}/batch"
    reading = Doc(body=ReadBatch, answer=BatchAnswer, statuses=(200, 207))
    making = Doc(body=PairBatch, answer=BatchAnswer, statuses=(201, 207))
    defaulting = Doc(body=PairBatch, answer=BatchAnswer, statuses=(200, 207))
    removing, unlabelling = Doc(body=ArchiveBatch, statuses=(204,)), Doc(body=PairBatch, statuses=(204,))
    name = "associations.batch"
    return [
        Route(f"{name}.read", "POST", f"{path}/read", batch_read, summary="Read links", doc=reading),
        Route(f"{name}.create", "POST", f"{path}/create", batch_create, summary="Link", doc=making),
        Route(f"{name}.default", "POST", f"{path}/associate/default", batch_default, summary="Link", doc=defaulting),
        Route(f"{name}.archive", "POST", f"{path}/archive", batch_archive, summary="Unlink", doc=removing),
        Route(f"{name}.labels", "POST", f"{path}/labels/archive", batch_unlabel, summary="Unlabel", doc=unlabelling),
    ]


def parse_id(value: str | int) -> int:
    """A record's id, 0 for what cannot be one."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _ends(exchange: Exchange) -> tuple[ObjectType, ObjectType]:
    return object_type(exchange), object_type(exchange, "toObjectType")


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


def _position(cursor: str | None) -> int:
    position = decode_cursor(cursor)
    if position is None:
        raise HubSpotError(400, "Unable to parse value for query parameter: after")
    return position


def _page(exchange: Exchange) -> tuple[ObjectType, ObjectType, list[Link], str | None]:
    """The links of one page, and the cursor of the next."""
    source, target = _ends(exchange)
    portal = exchange.portal
    record = portal.records.find(source, record_id(exchange.params["objectId"]))
    if record is None:
        raise missing_page(exchange)
    limit = parse_limit(exchange, default=MOST_ROWS, most=MOST_ROWS)
    links = portal.associations.of(source, record.id, target, from_to_id=_position(exchange.call.first("after")))
    ids = list(dict.fromkeys(link.to_id for link in links))
    if len(ids) <= limit:
        return source, target, links, None
    after = encode_cursor(ids[limit], type_id=target.type_id)
    return source, target, [link for link in links if link.to_id < ids[limit]], after


def _paging(exchange: Exchange, after: str | None) -> dict[str, Any]:
    if after is None:
        return {}
    call = exchange.call
    link = f"{call.origin}{call.path}?portalId={exchange.portal.id}&after={after}"
    return {"paging": {"next": {"after": after, "link": link}}}


def list_links(exchange: Exchange) -> Reply:
    """One page of a record's links. Source: recording for the rows, docs for 500 a page."""
    source, target, links, after = _page(exchange)
    return Reply.of({"results": group_links(exchange.portal, source, target, links), **_paging(exchange, after)})


def list_links_v3(exchange: Exchange) -> Reply:
    """One page of a record's links, as version 3 tells them: this is where a long list inside a record goes on.

    Source: recording (hubspot-api-python #135) for the address.
    """
    source, target, links, after = _page(exchange)
    kinds = exchange.portal.associations.types(source, target)
    names = {(kind.category, kind.type_id): kind.name for kind in kinds}
    rows = [{"id": str(one.to_id), "type": names.get((one.category, one.type_id), str(one.type_id))} for one in links]
    return Reply.of({"results": rows, **_paging(exchange, after)})


def _linked(source: ObjectType, from_id: int, target: ObjectType, to_id: int, labels: list[str]) -> dict[str, Any]:
    return {
        "fromObjectTypeId": source.type_id,
        "fromObjectId": str(from_id),
        "toObjectTypeId": target.type_id,
        "toObjectId": str(to_id),
        "labels": labels,
    }


def _kinds(
    portal: Portal, source: ObjectType, target: ObjectType, specs: list[AssociationSpec]
) -> list[AssociationType]:
    find = portal.associations.type_by_id
    return [find(source, target, spec.association_category, spec.association_type_id) for spec in specs]


def put_link(exchange: Exchange) -> Reply:
    """Link two records in the ways asked for. Source: docs (201)."""
    source, target = _ends(exchange)
    portal = exchange.portal
    from_id, to_id = record_id(exchange.params["objectId"]), record_id(exchange.params["toObjectId"])
    kinds = _kinds(portal, source, target, read_body(exchange, list[AssociationSpec]))
    if portal.records.find(source, from_id) is None or portal.records.find(target, to_id) is None:
        raise resource_not_found()
    for kind in kinds:
        portal.associations.connect(source, from_id, target, to_id, kind=kind)
    labels = [kind.label for kind in kinds if kind.label is not None]
    return Reply.of(_linked(source, from_id, target, to_id, labels), status=201)


def drop_link(exchange: Exchange) -> Reply:
    """Remove every link between two records. Source: docs (204)."""
    source, target = _ends(exchange)
    from_id, to_id = record_id(exchange.params["objectId"]), record_id(exchange.params["toObjectId"])
    exchange.portal.associations.unlink(source, from_id, target, to_id)
    return Reply.empty()


def put_default(exchange: Exchange) -> Reply:
    """Link two records without a label. Source: docs (200, both directions in the answer)."""
    source, target = _ends(exchange)
    portal = exchange.portal
    from_id, to_id = record_id(exchange.params["objectId"]), record_id(exchange.params["toObjectId"])
    if portal.records.find(source, from_id) is None or portal.records.find(target, to_id) is None:
        raise resource_not_found()
    return batch_reply(portal, _default_rows(portal, source, from_id, target, to_id))


def _default_rows(
    portal: Portal, source: ObjectType, from_id: int, target: ObjectType, to_id: int
) -> list[dict[str, Any]]:
    rows = []
    for kind in portal.associations.connect(source, from_id, target, to_id):
        there = {"associationCategory": kind.category, "associationTypeId": kind.type_id}
        back = {"associationCategory": kind.category, "associationTypeId": kind.inverse_id}
        one, other = {"id": str(from_id)}, {"id": str(to_id)}
        rows.append({"from": one, "to": other, "associationSpec": there})
        rows.append({"from": other, "to": one, "associationSpec": back})
    return rows


def batch_read(exchange: Exchange) -> Reply:
    """The links of several records. Source: docs; a record without links is an error among the results: assumed."""
    source, target = _ends(exchange)
    portal = exchange.portal
    inputs = read_body(exchange, ReadBatch).inputs
    check_size(len(inputs), most=MOST_READ)
    results, without = [], []
    for one in inputs:
        links = portal.associations.of(source, parse_id(one.id), target, from_to_id=_position(one.after))
        if links:
            results.append({"from": {"id": str(one.id)}, "to": group_links(portal, source, target, links)})
        else:
            without.append(_no_association(source, str(one.id), target))
    return batch_reply(portal, results, without)


def _no_association(source: ObjectType, from_id: str, target: ObjectType) -> dict[str, Any]:
    """Source: assumed (text and sub-category)."""
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {target.singular} is associated with {source.singular} {from_id}.",
        "context": {
            "fromObjectId": [from_id],
            "fromObjectType": [source.singular],
            "toObjectType": [target.singular],
        },
    }


def invalid_ends(portal: Portal, source: ObjectType, target: ObjectType, pair: Pair) -> list[dict[str, Any]]:
    """The errors for the ends of a link that are no records. Source: recording (v4 batch with a bad id)."""
    errors = []
    for kind, end in ((source, pair.from_), (target, pair.to)):
        if portal.records.find(kind, parse_id(end.id)) is None:
            message = f"{kind.singular.upper()}={end.id} is not valid"
            errors.append({"status": "error", "category": "VALIDATION_ERROR", "message": message})
    return errors


def batch_create(exchange: Exchange) -> Reply:
    """Link many pairs in the ways asked for; bad ids make it a 207. Source: recording, docs."""
    source, target = _ends(exchange)
    portal = exchange.portal
    inputs = read_body(exchange, PairBatch).inputs
    check_size(len(inputs), most=MOST_PAIRS)
    results, errors = [], []
    for pair in inputs:
        kinds = _kinds(portal, source, target, pair.types)
        if bad := invalid_ends(portal, source, target, pair):
            errors += bad
            continue
        from_id, to_id = parse_id(pair.from_.id), parse_id(pair.to.id)
        for kind in kinds:
            portal.associations.connect(source, from_id, target, to_id, kind=kind)
        labels = [kind.label for kind in kinds if kind.label is not None]
        results.append(_linked(source, from_id, target, to_id, labels))
    return batch_reply(portal, results, errors, status=201)


def batch_default(exchange: Exchange) -> Reply:
    """Link many pairs without a label. Source: docs."""
    source, target = _ends(exchange)
    portal = exchange.portal
    inputs = read_body(exchange, PairBatch).inputs
    check_size(len(inputs), most=MOST_PAIRS)
    results, errors = [], []
    for pair in inputs:
        if bad := invalid_ends(portal, source, target, pair):
            errors += bad
        else:
            results += _default_rows(portal, source, parse_id(pair.from_.id), target, parse_id(pair.to.id))
    return batch_reply(portal, results, errors)


def batch_archive(exchange: Exchange) -> Reply:
    """Remove every link between the pairs. Source: docs (204)."""
    source, target = _ends(exchange)
    for one in read_body(exchange, ArchiveBatch).inputs:
        for end in one.to:
            exchange.portal.associations.unlink(source, parse_id(one.from_.id), target, parse_id(end.id))
    return Reply.empty()


def batch_unlabel(exchange: Exchange) -> Reply:
    """Remove some kinds of links between the pairs. Source: docs (204)."""
    source, target = _ends(exchange)
    portal = exchange.portal
    for pair in read_body(exchange, PairBatch).inputs:
        for kind in _kinds(portal, source, target, pair.types):
            portal.associations.unlink_type(kind, parse_id(pair.from_.id), parse_id(pair.to.id))
    return Reply.empty()
