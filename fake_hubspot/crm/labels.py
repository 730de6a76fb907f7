"""The labels of links."""

from functools import partial
from typing import Any, TypedDict

import msgspec

from fake_hubspot.context import ANY_SCOPE, Operation, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.associations_batch import BATCH_PREFIXES
from fake_hubspot.crm.associations_v4 import TypeResponse
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.link_pages import ends
from fake_hubspot.crm.parameters import resource_not_found
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.associations import AssociationType
from fake_hubspot.portal.decimal_id import parse_id

__all__ = ["routes"]


class LabelList(TypedDict):
    """The labels between two types of records."""

    results: list[TypeResponse]


class NewLabel(msgspec.Struct, frozen=True, rename="camel"):
    """A label to create."""

    label: str
    name: str
    inverse_label: str | None = None


class LabelChange(msgspec.Struct, frozen=True, rename="camel"):
    """A label to rename, in one direction or in both."""

    association_type_id: int
    label: str
    inverse_label: str | None = None


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    listing, making = Operation(response=LabelList), Operation(body=NewLabel, response=LabelList)
    changing, dropping = Operation(body=LabelChange, statuses=(204,)), Operation(statuses=(204,))
    found = []
    for prefix in BATCH_PREFIXES:
        many = f"{prefix}/{{objectType}}/{{toObjectType}}/labels"
        one = f"{many}/{{associationTypeId}}"
        found += [
            route("labels.list", "GET", many, list_labels, summary="List labels", operation=listing),
            route("labels.create", "POST", many, create_label, summary="Create a label", operation=making),
            route("labels.update", "PUT", many, rename_label, summary="Rename a label", operation=changing),
            route("labels.archive", "DELETE", one, drop_label, summary="Delete a label", operation=dropping),
        ]
    return found


def _wire(kind: AssociationType) -> dict[str, Any]:
    return {"category": kind.category, "typeId": kind.type_id, "label": kind.label}


def list_labels(context: RequestContext) -> Response:
    """Return every type of link between two types of records.

    Source: docs.
    """
    source, target = ends(context)
    return Response.of({"results": [_wire(kind) for kind in context.portal.associations.types(source, target)]})


def create_label(context: RequestContext) -> Response:
    """Create a label in both directions.

    Source: docs.
    """
    source, target = ends(context)
    given = read_body(context, NewLabel)
    taken = {kind.name for kind in context.portal.associations.types(source, target)}
    if given.name in taken:
        raise HubSpotError(409, f"Association label {given.name} already exists", category="OBJECT_ALREADY_EXISTS")
    made = context.portal.associations.define(
        source, target, name=given.name, label=given.label, inverse_label=given.inverse_label
    )
    return Response.of({"results": [_wire(kind) for kind in made]})


def _own_type(context: RequestContext, type_id: int) -> AssociationType | None:
    """Return the portal's own type of link with that id between the types of records in the path."""
    source, target = ends(context)
    known = context.portal.associations.own_type(type_id)
    is_there = known is not None and (known.from_type, known.to_type) == (source.type_id, target.type_id)
    return known if is_there else None


def rename_label(context: RequestContext) -> Response:
    """Rename a custom label.

    Source: docs (204); reader (the models of HubSpot's clients) for `inverseLabel`.
    """
    ends(context)
    given = read_body(context, LabelChange)
    known = _own_type(context, given.association_type_id)
    if known is None:
        raise resource_not_found()
    context.portal.associations.relabel(known, given.label, inverse_label=given.inverse_label)
    return Response.empty()


def drop_label(context: RequestContext) -> Response:
    """Delete a custom label; one that is not there is no error.

    Source: docs (204).
    """
    text = context.params["associationTypeId"]
    type_id = parse_id(text)
    if type_id is None:
        raise HubSpotError(400, "Unable to parse value for path parameter: associationTypeId")
    known = _own_type(context, type_id)
    if known is not None:
        context.portal.associations.undefine(known.type_id)
    return Response.empty()
