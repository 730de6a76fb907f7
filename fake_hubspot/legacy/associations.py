"""The associations API of version 1: links by the number of their definition."""

from collections.abc import Iterable

import msgspec

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.legacy.errors import LegacyError
from fake_hubspot.legacy.links import connect, disconnect, linked_ids
from fake_hubspot.legacy.pages import Dialect, rows_at
from fake_hubspot.legacy.row import NO_CONTENT, Row
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.types import ObjectType

__all__ = ["ROWS"]

PREFIX = "/crm-associations/v1/associations"
PAGED = Dialect(default=10, maximum=100)
ACTIVITIES = ("notes", "tasks", "meetings", "calls", "emails")
# The numbers of the definitions, each with the types of both records. Engagements are of five types.
# Source: docs (CRM associations overview), reader (hubspot3 3.2.56).
DEFINITIONS = {
    1: ("contacts", ("companies",)),
    2: ("companies", ("contacts",)),
    3: ("deals", ("contacts",)),
    4: ("contacts", ("deals",)),
    5: ("deals", ("companies",)),
    6: ("companies", ("deals",)),
    7: ("companies", ACTIVITIES),
    9: ("contacts", ACTIVITIES),
    11: ("deals", ACTIVITIES),
    15: ("contacts", ("tickets",)),
    16: ("tickets", ("contacts",)),
    17: ("tickets", ACTIVITIES),
    19: ("deals", ("line_items",)),
    20: ("line_items", ("deals",)),
    25: ("companies", ("tickets",)),
    26: ("tickets", ("companies",)),
    27: ("deals", ("tickets",)),
    28: ("tickets", ("deals",)),
}
# Those from an engagement to another record.
FROM_ENGAGEMENT = {8: "companies", 10: "contacts", 12: "deals", 18: "tickets"}


class Link(msgspec.Struct, frozen=True, rename="camel"):
    """One link to make or to remove."""

    from_object_id: int
    to_object_id: int
    definition_id: int
    category: str = "HUBSPOT_DEFINED"


def _pairs(portal: Portal, number: int | None) -> list[tuple[ObjectType, ObjectType]]:
    """Return the types of both records of a definition; for engagements there are several.

    Raises:
        LegacyError: 400. Source: the text is assumed.
    """
    types = portal.types
    if number in FROM_ENGAGEMENT:
        return [(types[one], types[FROM_ENGAGEMENT[number]]) for one in ACTIVITIES]
    if number not in DEFINITIONS:
        raise LegacyError(400, f"{number} is not a known association definition")
    source, targets = DEFINITIONS[number]
    return [(types[source], types[target]) for target in targets]


def list_linked(context: RequestContext) -> Response:
    """Return one page of the ids of the records that are linked with one. Source: docs."""
    portal, params = context.portal, context.params
    record_id = parse_id(params["objectId"])
    if record_id is None:
        raise LegacyError(400, "objectId is not the id of a record")  # Source: assumed
    pairs = _pairs(portal, parse_id(params["definitionId"]))
    found = {one for source, target in pairs for one in linked_ids(portal, source, record_id, target)}
    page, members = rows_at(context, sorted(found), PAGED)
    return Response.of({"results": list(page), **members})


def create_link(context: RequestContext) -> Response:
    """Link two records. Source: docs (204)."""
    return _make(context, [read_body(context, Link)])


def create_links(context: RequestContext) -> Response:
    """Link several records. Source: docs (204)."""
    return _make(context, read_body(context, list[Link]))


def _make(context: RequestContext, links: Iterable[Link]) -> Response:
    portal = context.portal
    with portal.db.transaction():
        for one in links:
            source, target = _ends(portal, one)
            connect(portal, source, one.from_object_id, target, [one.to_object_id])
    return Response.empty()


def _ends(portal: Portal, link: Link) -> tuple[ObjectType, ObjectType]:
    """Return the types of the records of a link, of which the first exists.

    Raises:
        LegacyError: 404. Source: the text is assumed.
    """
    pairs = _pairs(portal, link.definition_id)
    for source, target in pairs:
        is_there = portal.records.find(source, link.from_object_id) is not None
        if is_there and (len(pairs) == 1 or portal.records.find(target, link.to_object_id) is not None):
            return source, target
    raise LegacyError(404, f"One or more associations are invalid: {link.from_object_id} to {link.to_object_id}")


def delete_link(context: RequestContext) -> Response:
    """Remove the link between two records. Source: docs (204)."""
    return _remove(context, [read_body(context, Link)])


def delete_links(context: RequestContext) -> Response:
    """Remove the links between several records. Source: docs (204)."""
    return _remove(context, read_body(context, list[Link]))


def _remove(context: RequestContext, links: Iterable[Link]) -> Response:
    portal = context.portal
    for one in links:
        for source, target in _pairs(portal, one.definition_id):
            disconnect(portal, source, one.from_object_id, target, [one.to_object_id])
    return Response.empty()


ROWS = (
    Row(
        "associations.list",
        "GET",
        f"{PREFIX}/{{objectId}}/HUBSPOT_DEFINED/{{definitionId}}",
        list_linked,
        ("limit", "offset"),
        pages=True,
    ),
    Row("associations.create", "PUT", PREFIX, create_link, body=Link, statuses=NO_CONTENT),
    Row(
        "associations.create-batch", "PUT", f"{PREFIX}/create-batch", create_links, body=list[Link], statuses=NO_CONTENT
    ),
    Row("associations.delete", "PUT", f"{PREFIX}/delete", delete_link, body=Link, statuses=NO_CONTENT),
    Row(
        "associations.delete-batch", "PUT", f"{PREFIX}/delete-batch", delete_links, body=list[Link], statuses=NO_CONTENT
    ),
)
