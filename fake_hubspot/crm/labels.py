"""The labels that links can have."""

from typing import Any, TypedDict

import msgspec

from fake_hubspot.crm.associations_batch import BATCH_PREFIXES
from fake_hubspot.crm.associations_v4 import TypeAnswer
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import object_type, resource_not_found
from fake_hubspot.errors import HubSpotError
from fake_hubspot.exchange import Doc, Exchange, Reply, Route
from fake_hubspot.portal.associations import AssociationType

__all__ = ["routes"]


class LabelList(TypedDict):
    """The labels between two types of records."""

    results: list[TypeAnswer]


class NewLabel(msgspec.Struct, frozen=True, rename="camel"):
    """A label to make."""

    label: str
    name: str
    inverse_label: str | None = None


class LabelChange(msgspec.Struct, frozen=True, rename="camel"):
    """A label to rename."""

    association_type_id: int
    label: str


def routes() -> list[Route]:
    """The routes of this family."""
    listing, making = Doc(answer=LabelList), Doc(body=NewLabel, answer=LabelList)
    changing, dropping = Doc(body=LabelChange, statuses=(204,)), Doc(statuses=(204,))
    found = []
    for prefix in BATCH_PREFIXES:
        many = f"{prefix}/{{objectType}}/{{toObjectType}}/labels"
        one = f"{many}/{{associationTypeId}}"
        found += [
            Route("labels.list", "GET", many, list_labels, summary="Labels", doc=listing),
            Route("labels.create", "POST", many, create_label, summary="Make a label", doc=making),
            Route("labels.update", "PUT", many, rename_label, summary="Rename a label", doc=changing),
            Route("labels.archive", "DELETE", one, drop_label, summary="Drop a label", doc=dropping),
        ]
    return found


def _wire(kind: AssociationType) -> dict[str, Any]:
    return {"category": kind.category, "typeId": kind.type_id, "label": kind.label}


def list_labels(exchange: Exchange) -> Reply:
    """Every way in which two types of records are linked. Source: docs."""
    source, target = object_type(exchange), object_type(exchange, "toObjectType")
    return Reply.of({"results": [_wire(kind) for kind in exchange.portal.associations.types(source, target)]})


def create_label(exchange: Exchange) -> Reply:
    """Make a label, in both directions. Source: docs."""
    source, target = object_type(exchange), object_type(exchange, "toObjectType")
    given = read_body(exchange, NewLabel)
    taken = {kind.name for kind in exchange.portal.associations.types(source, target)}
    if given.name in taken:
        raise HubSpotError(409, f"Association label {given.name} already exists", category="OBJECT_ALREADY_EXISTS")
    made = exchange.portal.associations.define(source, target, name=given.name, label=given.label)
    return Reply.of({"results": [_wire(kind) for kind in made]})


def rename_label(exchange: Exchange) -> Reply:
    """Rename a label of the portal's own. Source: docs (204)."""
    given = read_body(exchange, LabelChange)
    if not exchange.portal.associations.relabel(given.association_type_id, given.label):
        raise resource_not_found()
    return Reply.empty()


def drop_label(exchange: Exchange) -> Reply:
    """Drop a label of the portal's own. Source: docs (204)."""
    text = exchange.params["associationTypeId"]
    if not (text.isascii() and text.isdecimal()):
        raise HubSpotError(400, "Unable to parse value for path parameter: associationTypeId")
    exchange.portal.associations.undefine(int(text))
    return Reply.empty()
