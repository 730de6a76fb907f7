"""One page of a record's links, which versions 3 and 4 render in different shapes."""

from typing import Any
from urllib.parse import unquote

import msgspec

from fake_hubspot.context import RequestContext
from fake_hubspot.crm.cursors import decode_cursor, encode_cursor
from fake_hubspot.crm.parameters import missing_page, object_type, parse_limit, record_id
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.paging import hand_out
from fake_hubspot.portal.associations import Link
from fake_hubspot.portal.types import ObjectType

__all__ = ["LinkPage", "ends", "position_of", "read_links"]

MAX_ROWS = 500


class LinkPage(msgspec.Struct, frozen=True):
    """Links of a record to records of one type.

    Attributes:
        paging: `{"paging": {"next": {"after", "link"}}}`, empty on the last page.
    """

    source: ObjectType
    target: ObjectType
    links: list[Link]
    paging: dict[str, Any]


def ends(context: RequestContext) -> tuple[ObjectType, ObjectType]:
    """Return the two object types in the path."""
    return object_type(context), object_type(context, "toObjectType")


def position_of(cursor: str | None) -> int:
    """Return the position of a cursor.

    Raises:
        HubSpotError: 400 for a cursor that was never handed out.
    """
    position = decode_cursor(cursor)
    if position is None:
        raise HubSpotError(400, "Unable to parse value for query parameter: after")
    return position


def read_links(context: RequestContext) -> LinkPage:
    """Read the page of links that the request asks for.

    Raises:
        HubSpotError: 404 for a missing record, 400 for parameters that cannot be used.
    """
    source, target = ends(context)
    portal = context.portal
    record = portal.records.find(source, record_id(context.params["objectId"]))
    if record is None:
        raise missing_page(context)
    limit = parse_limit(context, default=MAX_ROWS, maximum=MAX_ROWS)
    links = portal.associations.of(source, record.id, target, from_to_id=position_of(context.request.first("after")))
    ids = list(dict.fromkeys(link.to_id for link in links))
    if len(ids) <= limit:
        return LinkPage(source, target, links, {})
    after = encode_cursor(ids[limit], type_id=target.type_id)
    hand_out(context, unquote(after))
    return LinkPage(source, target, [link for link in links if link.to_id < ids[limit]], _paging(context, after))


def _paging(context: RequestContext, after: str) -> dict[str, Any]:
    request = context.request
    link = f"{request.origin}{request.path}?portalId={context.portal.id}&after={after}"
    return {"paging": {"next": {"after": after, "link": link}}}
