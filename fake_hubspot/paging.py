"""Pages of walks: which walk a request belongs to, which page it asks for, and which page a cursor opens.

A list or a search is read page by page; the requests that do so are a walk. HubSpot's cursors are plain numbers, so
two walks have the same ones. They are told apart by everything else in their requests, their token and their
connection.
"""

from collections.abc import Hashable, Sequence
from hashlib import sha256
from typing import Any

import msgspec

from fake_hubspot.context import Request, RequestContext, Response
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.walks import WalkNames

__all__ = [
    "hand_out",
    "hand_out_changed",
    "page_by_id",
    "page_of",
    "page_of_batch",
    "requested_cursor",
    "walk_of",
    "walk_without_connection",
]

# Pages of owners have 100 rows unless the request says otherwise, others 10. A link may spell it out.
DEFAULT_LIMITS = {"owners": "100"}
VERSION_1 = "/contacts/v1/"
LEGACY_CURSORS = ("timeOffset", "vidOffset")
CURSORS = frozenset({"after", *LEGACY_CURSORS})
# The parameters of a path that is one list for all of its requests; with others in it, each path is a list of its own.
OF_ONE_LIST = frozenset({"objectType"})


def requested_cursor(context: RequestContext) -> str | None:
    """Return the cursor of the request: in the query of a list, in the body of a search."""
    if context.request.method != "POST":
        request = context.request
        return _legacy_cursor(request) if request.path.startswith(VERSION_1) else request.first("after")
    after = _search_body(context.request).get("after")
    return None if after is None else str(after)


def _legacy_cursor(request: Request) -> str | None:
    """Return the cursor of a list of version 1, which has one or two parts."""
    parts = [part for name in LEGACY_CURSORS if (part := request.first(name))]
    return " ".join(parts) or None


def _search_body(request: Request) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(request.body)
    except msgspec.DecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def walk_of(context: RequestContext) -> WalkNames:
    """Return the names of the walk that the request belongs to: on its connection, on any, and of all its kind."""
    request = context.request
    spelled = context.params.get("objectType") or (context.route.name if context.route else "").partition(".")[0]
    known = context.portal.types.find(spelled)
    archived = (request.first("archived") or "").lower() == "true"
    is_one = context.params.keys() <= OF_ONE_LIST and not request.path.startswith(VERSION_1)
    kind = (request.method == "POST", (known.type_id if known else spelled) if is_one else request.path, archived)
    exact = (kind, _all_but_cursor(request, DEFAULT_LIMITS.get(spelled, "10")), _token(context))
    return (*exact, (request.client_host, request.client_port)), exact, kind


def _all_but_cursor(request: Request, default_limit: str) -> Hashable:
    if request.method == "POST":
        return msgspec.json.encode({name: value for name, value in _search_body(request).items() if name != "after"})
    others = {(name, value) for name, value in request.query if name not in CURSORS}
    return frozenset(others - {("limit", default_limit)})


def _token(context: RequestContext) -> str:
    return context.token.value if context.token else ""


def walk_without_connection(context: RequestContext) -> Hashable:
    """Return the name that the walk has on every connection: a retry may come on a new one."""
    return walk_of(context)[1]


def page_of(context: RequestContext, *, unknown: int = 1) -> int:
    """Return which page of its walk the request asks for, from 1; `unknown` if its cursor was never handed out."""
    return context.portal.walks.page_of(walk_of(context), requested_cursor(context), unknown=unknown)


def page_of_batch(context: RequestContext) -> int:
    """Return which batch of a client a request is, from 1: a new body is the next batch, a repeated one a retry."""
    walks, body = context.portal.walks, sha256(context.request.body).hexdigest()
    walk = (("batch", context.request.path, _token(context)),)
    number = walks.page_of(walk, body, unknown=walks.count_of(walk) + 1)
    walks.hand_out(walk, body, opens=number)
    return number


def page_by_id(context: RequestContext, rows: Sequence[Any], *, limit: int, after: int | None) -> Response:
    """Return rows as a page whose cursor is the next id, and hand the cursor out; `after` is None on the last page."""
    page: dict[str, Any] = {"results": rows}
    if after is not None:
        request = context.request
        link = f"{request.origin}{request.path.rstrip('/')}?limit={limit}&after={after}"
        page["paging"] = {"next": {"after": str(after), "link": link}}
        hand_out(context, str(after))
    return Response.of(page)


def hand_out(context: RequestContext, after: str) -> None:
    """Record that the response has a cursor for the next page."""
    walk, walks = walk_of(context), context.portal.walks
    if not requested_cursor(context):
        walks.start(walk)
    walks.hand_out(walk, after, opens=(context.page or 1) + 1)


def hand_out_changed(context: RequestContext, original: dict[str, Any], sent: dict[str, Any]) -> None:
    """Record the cursor of a page that a fault has changed.

    A cursor to a position on this page opens this page again; one to an earlier page keeps that page's number.
    """
    after = _cursor_in(sent)
    if after is None:
        return
    here = parse_id(requested_cursor(context) or "0") or 0
    if after > here:
        page = context.page or 1
        opens = page if after <= _first_position(context, original, here) else page + 1
        context.portal.walks.hand_out(walk_of(context), str(after), opens=opens)


def _cursor_in(page: dict[str, Any]) -> int | None:
    try:
        return parse_id(str(page["paging"]["next"]["after"]))
    except (KeyError, TypeError):
        return None


def _first_position(context: RequestContext, original: dict[str, Any], here: int) -> int:
    """Return the highest cursor that leads to the same page: in a list, the id of its first record."""
    if context.request.method == "POST" or not original["results"]:
        return here
    return parse_id(str(original["results"][0]["id"])) or here
