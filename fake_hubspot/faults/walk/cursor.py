"""Cursors of a list or a search, and pages that lead somewhere else."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from fake_hubspot.context import RequestContext
from fake_hubspot.paging import requested_cursor, walk_of

__all__ = ["cursor_before", "first_id", "link_to", "next_cursor", "own_cursor", "with_cursor"]


def first_id(page: dict[str, Any]) -> str:
    """Return the id of the first record, `0` on an empty page: the cursor of a list is the first id of the page."""
    return str(page["results"][0]["id"]) if page["results"] else "0"


def own_cursor(context: RequestContext, page: dict[str, Any]) -> str:
    """Return the cursor that leads to this page."""
    return requested_cursor(context) or ("0" if context.request.method == "POST" else first_id(page))


def next_cursor(context: RequestContext, page: dict[str, Any], rows: int) -> str:
    """Return the cursor after the first `rows` records of a page: an offset in a search, an id in a list."""
    if context.request.method == "POST":
        return str(int(requested_cursor(context) or 0) + rows)
    return str(int(page["results"][rows - 1]["id"]) + 1) if rows else own_cursor(context, page)


def cursor_before(context: RequestContext) -> str:
    """Return the cursor of the previous page, or of the first one."""
    return context.portal.walks.cursor_of(walk_of(context), (context.page or 1) - 1) or "0"


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
