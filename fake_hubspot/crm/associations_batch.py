"""Links between records, version 4: many pairs at once."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import msgspec

from fake_hubspot.context import ANY_SCOPE, Body, Operation, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.associations_v4 import check_links, default_rows, group_links, kinds_of, linked
from fake_hubspot.crm.batches import batch_response, batch_statuses, check_size
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.link_pages import ends, position_of
from fake_hubspot.crm.shapes import AssociationSpec, BatchResponse, IdInput
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.portal.associations import AssociationType
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.errors import TooManyLinksError
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.types import ObjectType

__all__ = ["BATCH_PREFIXES", "Pair", "connect_all", "id_or_zero", "invalid_ends", "routes"]

BATCH_PREFIXES = PATHS["associations"]
MAX_PAIRS, MAX_READ = 2000, 1000


class Pair(msgspec.Struct, frozen=True):
    """Two records to link, and the types of link."""

    from_: IdInput = msgspec.field(name="from")
    to: IdInput
    types: list[AssociationSpec] = []


class PairBatch(msgspec.Struct, frozen=True):
    """Links to create, or types of link to remove."""

    inputs: list[Pair]


class ReadOne(msgspec.Struct, frozen=True):
    """A record whose links to read."""

    id: str | int
    after: str | None = None


class ReadBatch(msgspec.Struct, frozen=True):
    """The records whose links to read."""

    inputs: list[ReadOne]


class ManyTo(msgspec.Struct, frozen=True):
    """One record and those to which its links are removed."""

    from_: IdInput = msgspec.field(name="from")
    to: list[IdInput]


class ArchiveBatch(msgspec.Struct, frozen=True):
    """Links to remove."""

    inputs: list[ManyTo]


def routes() -> list[Route]:
    """Return the routes of this family."""
    return [route for prefix in BATCH_PREFIXES for route in _routes_under(prefix)]


def _routes_under(prefix: str) -> list[Route]:
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    path = f"{prefix}/{{objectType}}/{{toObjectType}}/batch"
    reading = Operation(body=ReadBatch, response=BatchResponse, statuses=batch_statuses(path))
    making = Operation(body=PairBatch, response=BatchResponse, statuses=batch_statuses(path, 201))
    defaulting = Operation(body=PairBatch, response=BatchResponse, statuses=batch_statuses(path))
    removing, unlabelling = Operation(body=ArchiveBatch, statuses=(204,)), Operation(body=PairBatch, statuses=(204,))
    name = "associations.batch"
    return [
        route(f"{name}.read", "POST", f"{path}/read", batch_read, summary="Read links", operation=reading),
        route(f"{name}.create", "POST", f"{path}/create", batch_create, summary="Link records", operation=making),
        route(
            f"{name}.default",
            "POST",
            f"{path}/associate/default",
            batch_default,
            summary="Link records",
            operation=defaulting,
        ),
        route(f"{name}.archive", "POST", f"{path}/archive", batch_archive, summary="Remove links", operation=removing),
        route(
            f"{name}.labels",
            "POST",
            f"{path}/labels/archive",
            batch_unlabel,
            summary="Remove labels",
            operation=unlabelling,
        ),
    ]


def id_or_zero(value: str | int) -> int:
    """Return a record's id, or 0 for a value that is not an id."""
    return parse_id(str(value)) or 0


def batch_read(context: RequestContext) -> Response:
    """Return the links of several records.

    Source: docs; that a record without links is an error among the results: recording (2026-02).
    """
    source, target = ends(context)
    portal = context.portal
    inputs = read_body(context, ReadBatch).inputs
    check_size(len(inputs), maximum=MAX_READ)
    results, without = [], []
    for one in inputs:
        links = portal.associations.of(source, id_or_zero(one.id), target, from_to_id=position_of(one.after))
        if links:
            results.append({"from": {"id": str(one.id)}, "to": group_links(portal, source, target, links)})
        else:
            without.append(_no_association(source, str(one.id), target))
    return batch_response(context, results, without)


def _no_association(source: ObjectType, from_id: str, target: ObjectType) -> dict[str, Any]:
    """Return the error for a record without links.

    Source: recording (amp-labs 2026-02).
    """
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
    """Return the error for the ends of a link that are not two records; the first problem is the only one named.

    Source: recording (v4 batch with a bad id, hubspot-api-ruby 2022; the others amp-labs 2026-03).
    """
    for kind, end in ((source, pair.from_), (target, pair.to)):
        text = str(end.id)
        if parse_id(text) is None:
            return [_invalid(f"{text} is not a valid ID", sub_category="INVALID_IDENTIFIER", ids=[text])]
        if portal.records.find(kind, id_or_zero(end.id)) is None:
            return [_invalid(f"{kind.upper_name}={text} is not valid")]
    if source is target and id_or_zero(pair.from_.id) == id_or_zero(pair.to.id):
        text = str(pair.from_.id)
        return [_invalid(f"Object {text} cannot be associated to itself ({text})")]
    return []


def _invalid(message: str, *, sub_category: str = "", ids: list[str] | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"status": "error", "category": "VALIDATION_ERROR"}
    if sub_category:
        error["subCategory"] = f"crm.associations.{sub_category}"
    error["message"] = message
    return error | ({"context": {"id": ids}} if ids else {})


def connect_all(
    portal: Portal, source: ObjectType, from_id: int, target: ObjectType, to_id: int, kinds: Iterable[AssociationType]
) -> list[dict[str, Any]]:
    """Link two records with every type of link or with none, and return the error in the latter case."""
    try:
        with portal.db.transaction():
            for kind in kinds:
                portal.associations.connect(source, from_id, target, to_id, kind=kind)
    except TooManyLinksError as error:
        return _too_many(error)
    return []


def _too_many(error: TooManyLinksError) -> list[dict[str, Any]]:
    """Return the error for a link beyond the number that an administrator set.

    Source: docs for the limits; the text is assumed.
    """
    return [_invalid(str(error), sub_category="TOO_MANY_ASSOCIATIONS", ids=[str(error.from_id)])]


def batch_create(context: RequestContext) -> Response:
    """Link many pairs with the given types; bad ids make it a 207.

    Source: recording, docs.
    """
    source, target = ends(context)
    portal = context.portal
    inputs = read_body(context, PairBatch).inputs
    check_size(len(inputs), maximum=MAX_PAIRS)
    check_links(context, source, target)
    results, errors = [], []
    for pair in inputs:
        kinds = kinds_of(portal, source, target, pair.types)
        if bad := invalid_ends(portal, source, target, pair):
            errors += bad
            continue
        from_id, to_id = id_or_zero(pair.from_.id), id_or_zero(pair.to.id)
        if bad := connect_all(portal, source, from_id, target, to_id, kinds):
            errors += bad
            continue
        labels = [kind.label for kind in kinds if kind.label is not None]
        results.append(linked(source, from_id, target, to_id, labels))
    return batch_response(context, results, errors, status=201)


def batch_default(context: RequestContext) -> Response:
    """Link many pairs without a label.

    Source: docs.
    """
    source, target = ends(context)
    portal = context.portal
    inputs = read_body(context, PairBatch).inputs
    check_size(len(inputs), maximum=MAX_PAIRS)
    check_links(context, source, target)
    results, errors = [], []
    for pair in inputs:
        if bad := invalid_ends(portal, source, target, pair):
            errors += bad
            continue
        from_id, to_id = id_or_zero(pair.from_.id), id_or_zero(pair.to.id)
        try:
            results += default_rows(portal, source, from_id, target, to_id)
        except TooManyLinksError as error:
            errors += _too_many(error)
    return batch_response(context, results, errors)


def batch_archive(context: RequestContext) -> Response:
    """Remove every link between the pairs.

    Source: docs (204).
    """
    source, target = ends(context)
    for one in read_body(context, ArchiveBatch).inputs:
        for end in one.to:
            context.portal.associations.unlink(source, id_or_zero(one.from_.id), target, id_or_zero(end.id))
    return _no_content()


def batch_unlabel(context: RequestContext) -> Response:
    """Remove some types of link between the pairs.

    Source: docs (204).
    """
    source, target = ends(context)
    portal = context.portal
    for pair in read_body(context, PairBatch).inputs:
        for kind in kinds_of(portal, source, target, pair.types):
            portal.associations.unlink_type(kind, id_or_zero(pair.from_.id), id_or_zero(pair.to.id))
    return _no_content()


def _no_content() -> Response:
    """Return an empty response that has a content type nevertheless.

    Source: recording (hubspot-api-ruby 2022-08, the archiving of links); of labels: assumed.
    """
    return Response(204, Body(b""))
