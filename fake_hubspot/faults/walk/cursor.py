"""Cursors of a list or a search, and pages that lead somewhere else."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from msgspec.structs import replace

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.faults.fault import cursor_in, read_page
from fake_hubspot.faults.page_shapes import first_id_of
from fake_hubspot.paging import CURSORS, LEGACY_CURSORS, requested_cursor, walk_of

__all__ = [
    "cursor_before",
    "first_cursor",
    "first_id",
    "first_page",
    "link_to",
    "next_cursor",
    "own_cursor",
    "previous_page",
    "with_cursor",
]

# Lists whose cursor is the first id of the page that it leads to.
BY_ID = frozenset({"objects.list", "owners.list", "users.list"})
# A cursor behind everything that a list can have.
BEYOND = str(2**53 - 1)
ROWS_OF_A_PAGE = ("limit", "count")


def first_id(page: dict[str, Any]) -> str:
    """Return the id of the first record, `0` on an empty page: the cursor of a list is the first id of the page."""
    return first_id_of(page) or "0"


def own_cursor(context: RequestContext, page: dict[str, Any]) -> str:
    """Return the cursor that leads to this page."""
    return requested_cursor(context) or (first_id(page) if context.route_name in BY_ID else first_cursor(context))


def first_cursor(context: RequestContext) -> str:
    """Return a cursor that leads to the first page; a list with the latest first begins in the future."""
    return f"{BEYOND} 0" if context.takes("timeOffset") else "0"


def next_cursor(context: RequestContext, page: dict[str, Any], rows: int) -> str:
    """Return the cursor after the first `rows` records of a page: an offset in a search, an id in a list.

    What it is in another list is found by asking the list for so many rows.
    """
    if context.request.method == "POST":
        return str(int(requested_cursor(context) or 0) + rows)
    if not rows:
        return own_cursor(context, page)
    if context.route_name in BY_ID:
        return str(int(page["results"][rows - 1]["id"]) + 1)
    return cursor_in(_asked(context, requested_cursor(context), page=context.page, rows=rows)) or BEYOND


def cursor_before(context: RequestContext) -> str:
    """Return the cursor of the previous page, or of the first one."""
    return context.portal.walks.cursor_of(walk_of(context), (context.page or 1) - 1) or first_cursor(context)


def previous_page(context: RequestContext, page: dict[str, Any]) -> dict[str, Any]:
    """Return the previous page as it is now; for a search, this page."""
    if context.route is None or context.request.method == "POST":
        return page
    return read_page(_asked(context, cursor_before(context), page=(context.page or 1) - 1)) or page


def first_page(context: RequestContext) -> dict[str, Any]:
    """Return the first page of the list that a request asks for."""
    return read_page(_asked(context, first_cursor(context), page=1)) or {"results": []}


def _asked(context: RequestContext, cursor: str | None, *, page: int | None, rows: int | None = None) -> Response:
    """Return what the list answers to the same request with another cursor, and another number of rows if given."""
    request, route = context.request, context.route
    if route is None:
        raise LookupError("only a request that a route answers has pages")
    replaced = CURSORS if rows is None else CURSORS.union(ROWS_OF_A_PAGE)
    query = [(name, value) for name, value in request.query if name not in replaced]
    names = [name for name in LEGACY_CURSORS if context.takes(name)]
    if cursor is not None:
        query += zip(names, cursor.split(" "), strict=False)
    if rows is not None:
        query += [(name, str(rows)) for name in ROWS_OF_A_PAGE]
    asked = replace(request, raw_query=urlencode(query).encode())
    return route.handler(replace(context, request=asked, page=page, place=None))


def with_cursor(context: RequestContext, page: dict[str, Any], after: Any) -> dict[str, Any]:
    """Return the page with another cursor, and with a link unless it is a page of a search."""
    following = {"after": after}
    if context.request.method != "POST":
        following["link"] = link_to(context, page, str(after))
    return {"results": page["results"], **page, "paging": {"next": following}}


def link_to(context: RequestContext, page: dict[str, Any], after: str) -> str:
    """Return the original link with another cursor; on a page without a link, the URL of the request."""
    original = page.get("paging", {}).get("next", {}).get("link")
    request = context.request
    parts = urlsplit(original or f"{request.origin}{request.path}?{request.raw_query.decode('latin-1')}")
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "after"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("after", after)])))
