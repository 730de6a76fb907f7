"""The cursor of a page of records, put in another's place."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from fake_hubspot.context import RequestContext

__all__ = ["cursor_before", "first_id", "link_to", "next_cursor", "own_cursor", "walk_of", "with_cursor"]


def first_id(page: dict[str, Any]) -> str:
    """The id of the first record, `0` on an empty page: the list's cursor is the id that a page begins with."""
    return str(page["results"][0]["id"]) if page["results"] else "0"


def asked_after(context: RequestContext) -> str | None:
    """The cursor that was asked for: in the query of a list, in the body of a search."""
    if context.request.method != "POST":
        return context.request.first("after")
    body = msgspec.json.decode(context.request.body)
    after = body.get("after") if isinstance(body, dict) else None
    return None if after is None else str(after)


def own_cursor(context: RequestContext, page: dict[str, Any]) -> str:
    """The cursor that leads to this very page."""
    return asked_after(context) or ("0" if context.request.method == "POST" else first_id(page))


def next_cursor(context: RequestContext, page: dict[str, Any], rows: int) -> str:
    """The cursor behind the first so many records of a page: an offset in a search, else an id."""
    if context.request.method == "POST":
        return str(int(asked_after(context) or 0) + rows)
    return str(int(page["results"][rows - 1]["id"]) + 1) if rows else own_cursor(context, page)


def cursor_before(context: RequestContext) -> str:
    """The cursor of the page before this one, or of the first."""
    return context.portal.walks.cursor_of(walk_of(context), (context.page or 1) - 1) or "0"


def walk_of(context: RequestContext) -> str:
    """The name under which the portal remembers the cursors of this list."""
    spelled = context.params.get("objectType") or (context.route.name if context.route else "").partition(".")[0]
    known = context.portal.types.get(spelled)
    archived = (context.request.first("archived") or "").lower() == "true"
    return f"{known.type_id if known else spelled}:{archived}"


def with_cursor(context: RequestContext, page: dict[str, Any], after: Any) -> dict[str, Any]:
    """The page leading to another one; a link comes where the honest page would have one."""
    following = {"after": after}
    if context.request.method != "POST":
        following["link"] = link_to(context, page, str(after))
    return {"results": page["results"], **page, "paging": {"next": following}}


def link_to(context: RequestContext, page: dict[str, Any], after: str) -> str:
    """The honest link with another cursor; on a page without one, the address that was asked for."""
    honest = page.get("paging", {}).get("next", {}).get("link")
    request = context.request
    parts = urlsplit(honest or f"{request.origin}{request.path}?{request.raw_query.decode('latin-1')}")
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "after"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("after", after)])))
