"""The cursor of a page of records, put in another's place."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from fake_hubspot.exchange import Exchange

__all__ = ["cursor_before", "first_id", "link_to", "next_cursor", "own_cursor", "walk_of", "with_cursor"]


def first_id(page: dict[str, Any]) -> str:
    """The id of the first record, `0` on an empty page: the list's cursor is the id that a page begins with."""
    return str(page["results"][0]["id"]) if page["results"] else "0"


def asked_after(exchange: Exchange) -> str | None:
    """The cursor that was asked for: in the query of a list, in the body of a search."""
    if exchange.call.method != "POST":
        return exchange.call.first("after")
    body = msgspec.json.decode(exchange.call.body)
    after = body.get("after") if isinstance(body, dict) else None
    return None if after is None else str(after)


def own_cursor(exchange: Exchange, page: dict[str, Any]) -> str:
    """The cursor that leads to this very page."""
    return asked_after(exchange) or ("0" if exchange.call.method == "POST" else first_id(page))


def next_cursor(exchange: Exchange, page: dict[str, Any], rows: int) -> str:
    """The cursor behind the first so many records of a page: an offset in a search, else an id."""
    if exchange.call.method == "POST":
        return str(int(asked_after(exchange) or 0) + rows)
    return str(int(page["results"][rows - 1]["id"]) + 1) if rows else own_cursor(exchange, page)


def cursor_before(exchange: Exchange) -> str:
    """The cursor of the page before this one, or of the first."""
    return exchange.portal.walks.cursor_of(walk_of(exchange), (exchange.page or 1) - 1) or "0"


def walk_of(exchange: Exchange) -> str:
    """The name under which the portal remembers the cursors of this list."""
    spelled = exchange.params.get("objectType") or (exchange.route.name if exchange.route else "").partition(".")[0]
    known = exchange.portal.types.get(spelled)
    archived = (exchange.call.first("archived") or "").lower() == "true"
    return f"{known.type_id if known else spelled}:{archived}"


def with_cursor(exchange: Exchange, page: dict[str, Any], after: Any) -> dict[str, Any]:
    """The page leading to another one; a link comes where the honest page would have one."""
    following = {"after": after}
    if exchange.call.method != "POST":
        following["link"] = link_to(exchange, page, str(after))
    return {"results": page["results"], **page, "paging": {"next": following}}


def link_to(exchange: Exchange, page: dict[str, Any], after: str) -> str:
    """The honest link with another cursor; on a page without one, the address that was asked for."""
    honest = page.get("paging", {}).get("next", {}).get("link")
    call = exchange.call
    parts = urlsplit(honest or f"{call.origin}{call.path}?{call.raw_query.decode('latin-1')}")
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "after"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("after", after)])))
