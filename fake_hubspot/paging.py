"""Pages of walks: which walk a request belongs to, which page it asks for, and which page a cursor opens.

A list or a search is read page by page; the requests that do so are a walk. HubSpot's cursors are plain numbers, so
two walks have the same ones. They are told apart by everything else in their requests, their token and their
connection.
"""

from collections.abc import Hashable, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import unquote

import msgspec

from bench_core.json_text import decode_json
from fake_hubspot.context import Request, RequestContext, Response, parse_query
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.walks import WalkNames

__all__ = [
    "CURSORS",
    "LEGACY",
    "LEGACY_CURSORS",
    "hand_out",
    "hand_out_changed",
    "has_chosen_cursor",
    "is_last_page",
    "most_rows",
    "page_by_id",
    "page_of",
    "page_of_batch",
    "page_of_list",
    "requested_cursor",
    "walk_of",
    "walk_without_connection",
]

# Pages of owners have 100 rows unless the request says otherwise, others 10. A link may spell it out.
DEFAULT_LIMIT = "10"
DEFAULT_LIMITS = {"owners": "100"}
LIST_OF_RECORDS = "objects.list"
MOST_ROWS, MOST_WITH_HISTORY = 100, 50
MOST_PARSED = 2**31 - 1
# Counting that many takes about 10 ms.
MOST_COUNTED = 100_000
# The beginning of the names of the routes of the older APIs, whose cursors have other names.
LEGACY = "legacy."
LEGACY_CURSORS = ("timeOffset", "vidOffset", "offset", "after")
CURSORS = frozenset(LEGACY_CURSORS)
# A client that reads page by page repeats little, but retries, and several walks on one account are alike.
REQUESTS_KEPT = 512
# The parameters of a path that is one list for all of its requests; with others in it, each path is a list of its own.
OF_ONE_LIST = frozenset({"objectType"})


class _Asked(msgspec.Struct, frozen=True):
    """What a request says about its walk.

    Attributes:
        cursor: Where its page begins; None for the first page.
        others: Everything in it but the cursor, and but a limit that is the usual one.
        archived: Whether it asks for archived records.
    """

    cursor: str | None
    others: bytes
    archived: bool = False


class _AskedList(msgspec.Struct, frozen=True):
    """What a request asks of a list of records: where its page begins, and how many it has."""

    type_id: str
    first: int
    limit: int
    archived: bool


def requested_cursor(context: RequestContext) -> str | None:
    """Return the cursor of the request: in the query of a list, in the body of a search."""
    return _place(context)[1]


def walk_of(context: RequestContext) -> WalkNames:
    """Return the names of the walk that the request belongs to: on its connection, on any, and of all its kind."""
    return _place(context)[0]


def _place(context: RequestContext) -> tuple[WalkNames, str | None]:
    """Return the walk of a request and its cursor, which are found once for each request."""
    place = context.place
    if place is None:
        request, params, route_name = context.request, context.params, context.route_name
        spelled = params.get("objectType") or route_name.partition(".")[0]
        is_legacy, is_post = route_name.startswith(LEGACY), request.method == "POST"
        if is_post:
            asked = _asked_by_body(request.body)
        else:
            asked = _asked_by_query(request.raw_query, is_legacy, DEFAULT_LIMITS.get(spelled, DEFAULT_LIMIT))
        where = request.path
        if not is_legacy and params.keys() <= OF_ONE_LIST:
            known = context.portal.types.find(spelled)
            where = known.type_id if known else spelled
        token = context.token.value if context.token else ""
        names = _names(is_post, asked.others, asked.archived, where, token, request.client_host, request.client_port)
        place = context.place = (names, asked.cursor)
    return place


@lru_cache(maxsize=REQUESTS_KEPT)
def _asked_by_body(raw: bytes) -> _Asked:
    body = _decoded(raw)
    after = body.pop("after", None)
    return _Asked(None if after is None else str(after), msgspec.json.encode(body))


def _decoded(raw: bytes) -> dict[str, Any]:
    try:
        body = decode_json(raw)
    except msgspec.DecodeError:
        return {}
    return body if isinstance(body, dict) else {}


@lru_cache(maxsize=REQUESTS_KEPT)
def _asked_by_query(raw: bytes, is_legacy: bool, default_limit: str) -> _Asked:
    """Read a query. A list of an older API has a cursor of one or two parts.

    Members of lists have cursors that are percent-encoded; most clients encode them once more.
    """
    query = parse_query(raw)
    firsts = dict(reversed(query))
    names = LEGACY_CURSORS if is_legacy else ("after",)
    parts = [unquote(firsts[name]) for name in names if firsts.get(name)]
    others = {(name, value) for name, value in query if name not in CURSORS} - {("limit", default_limit)}
    archived = firsts.get("archived", "").lower() == "true"
    return _Asked(" ".join(parts) or None, msgspec.json.encode(sorted(others)), archived)


@lru_cache(maxsize=REQUESTS_KEPT)
def _names(
    is_post: bool, others: bytes, is_archived: bool, where: str, token: str, client: str, port: int
) -> WalkNames:
    """Return the names of a walk as short texts, whose hashes Python keeps."""
    kind = f"{is_post} {is_archived} {where}"
    exact = sha256(f"{kind}\n{token}\n".encode() + others).hexdigest()
    return f"{exact} {client} {port}", exact, kind


def walk_without_connection(context: RequestContext) -> Hashable:
    """Return the name that the walk has on every connection: a retry may come on a new one."""
    return walk_of(context)[1]


def page_of(context: RequestContext, *, unknown: int = 1) -> int:
    """Return which page of its walk the request asks for, from 1; `unknown` if its cursor was never handed out."""
    names, cursor = _place(context)
    return context.portal.walks.page_of(names, cursor, unknown=unknown) if cursor else 1


def page_of_list(context: RequestContext) -> int:
    """Return which page of a list of records a request asks for, from 1.

    A cursor that was never handed out counts by its place in the account, up to the 100,000th record.
    """
    (names, cursor), walks = _place(context), context.portal.walks
    asked = _asked_list(context) if walks.is_chosen(names, cursor) else None
    if asked is None or cursor is None:
        return page_of(context)

    def find() -> int:
        store = context.portal.records.store
        before = store.count_before(asked.type_id, asked.first, archived=asked.archived, most=MOST_COUNTED)
        return before // asked.limit + 1

    return walks.page_of_chosen(names, cursor, find)


def has_chosen_cursor(context: RequestContext) -> bool:
    """Whether the client chose the cursor of the request itself: it was never handed out for such a list."""
    return context.page is not None and context.portal.walks.is_chosen(walk_of(context), requested_cursor(context))


def is_last_page(context: RequestContext) -> bool:
    """Whether a request asks for the page with the last records of a list, or for the first page of an empty one."""
    asked = _asked_list(context)
    if asked is None:
        return False
    store, limit = context.portal.records.store, asked.limit
    rows = store.page(asked.type_id, from_id=asked.first, limit=limit + 1, archived=asked.archived)
    return len(rows) <= limit if rows else asked.first == 0


def most_rows(request: Request) -> int:
    """Return how many records a page of a list may have.

    Source: reader (hubspot-api-python #143: 400 above 50 with history).
    """
    return MOST_WITH_HISTORY if request.all("propertiesWithHistory") else MOST_ROWS


def _rows_asked(context: RequestContext) -> int | None:
    """Return how many records a page of a list has; None if the list refuses the number."""
    most = most_rows(context.request)
    limit = parse_id(context.request.first("limit") or DEFAULT_LIMIT, largest=MOST_PARSED)
    if limit is None or limit <= most:
        return limit or None
    return most if context.portal.assumptions["limit-over-maximum"] == "clamp" else None


def _asked_list(context: RequestContext) -> _AskedList | None:
    """Return what a request asks of a list of records; None if it is another request, or has another error."""
    kind = context.portal.types.find(context.params.get("objectType", ""))
    first = parse_id(requested_cursor(context) or "0")
    limit = _rows_asked(context)
    if context.route_name != LIST_OF_RECORDS or kind is None or first is None or not limit:
        return None
    return _AskedList(kind.type_id, first, limit, (context.request.first("archived") or "").lower() == "true")


def page_of_batch(context: RequestContext) -> int:
    """Return which batch of a client a request is, from 1: a new body is the next batch, a repeated one a retry."""
    walks, body = context.portal.walks, sha256(context.request.body).hexdigest()
    walk = (("batch", context.request.path, context.token.value if context.token else ""),)
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
    (walk, cursor), walks = _place(context), context.portal.walks
    if not cursor:
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
    """Return the highest cursor that leads to the same page: in a list by id, the id of its first record."""
    if context.request.method == "POST" or not original["results"]:
        return here
    first, after = parse_id(str(original["results"][0].get("id"))), _cursor_in(original)
    is_by_id = first is not None and (after is None or after > first)
    return first if first and is_by_id else here
