"""Collections: families whose things are listed, made, read, changed and archived in the same way.

Each family is a `Collection`, a row of what is particular about it. Everything else is here once: pages, filters by
time, the errors for things that do not exist and for fields that are missing.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode

import msgspec

from fake_hubspot.context import ANY_SCOPE, Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import parse_bool, parse_limit, resource_not_found
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.paging import hand_out, page_of
from fake_hubspot.portal.clock import format_time, parse_time
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.resources import Resource

__all__ = [
    "FILTERS",
    "Collection",
    "Row",
    "collection_routes",
    "completed",
    "existing",
    "known",
    "missing_fields",
    "next_page",
    "page_of_rows",
    "parse_cursor",
    "passes",
    "row_routes",
    "with_times",
]

CRUD = ("list", "create", "read", "update", "archive")
TIMES = {"createdAt": "created_ms", "updatedAt": "updated_ms"}
# A bound and what it asks of the time of a thing. Source: docs (marketing emails, files); that the bounds themselves
# are not in the results is assumed.
BOUNDS: dict[str, Callable[[int, int], bool]] = {
    "": int.__eq__,
    "After": int.__gt__,
    "Before": int.__lt__,
    "Gte": int.__ge__,
    "Lte": int.__le__,
}
FILTERS = tuple(f"{name}{bound}" for name in TIMES for bound in BOUNDS)
COMMON = ("limit", "after", "archived", "sort")
OPERATIONS = {
    "list": ("GET", "", "List", 200),
    "create": ("POST", "", "Create", 201),
    "read": ("GET", "/{key}", "Read", 200),
    "update": ("PATCH", "/{key}", "Change", 200),
    "replace": ("PUT", "/{key}", "Replace", 200),
    "archive": ("DELETE", "/{key}", "Archive", 204),
}

Render = Callable[[RequestContext, Resource], dict[str, Any]]
Complete = Callable[[RequestContext, dict[str, Any]], dict[str, Any]]
Handler = Callable[[RequestContext], Response]


def with_times(_: RequestContext, one: Resource) -> dict[str, Any]:
    """Render a thing as most families do: the id, the fields, two times, and whether it is archived."""
    wire = {
        "id": one.id,
        **one.fields,
        "createdAt": format_time(one.created_ms),
        "updatedAt": format_time(one.updated_ms),
        "archived": one.is_archived,
    }
    return wire if one.archived_ms is None else wire | {"archivedAt": format_time(one.archived_ms)}


def as_given(_: RequestContext, fields: dict[str, Any]) -> dict[str, Any]:
    """Keep the fields of a new thing as they were given."""
    return fields


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """What is particular about a family.

    Attributes:
        name: What its routes and its things are called.
        paths: The path of the list in each version. A path may have parameters; each of their values is a family of
            its own then.
        key: The parameter of the path that names one thing.
        noun: One thing in words, for summaries.
        operations: Which of `OPERATIONS` it has.
        required: The fields without which a thing cannot be made.
        filters: Query parameters that must equal a field of a thing.
        render: Returns the JSON of a thing.
        complete: Adds to the fields of a new or changed thing what HubSpot adds, and refuses what it refuses.
        by_uuid: Whether the ids are UUIDs, not numbers.
        id_field: The field of a complete thing that is its id, if requests choose ids.
        has_total: Whether a page says how many things there are.
        limit: Rows of a page without `limit`, and at most.
        created: The status of an answer to a new thing.
        is_shallow: Whether HubSpot does more with a thing than to keep it.
    """

    name: str
    paths: tuple[str, ...]
    key: str
    noun: str
    scope: str = ANY_SCOPE
    operations: tuple[str, ...] = CRUD
    required: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    render: Render = with_times
    complete: Complete = as_given
    by_uuid: bool = False
    id_field: str = ""
    has_total: bool = False
    limit: tuple[int, int] = (20, 100)
    created: int = 201
    is_shallow: bool = True

    def family(self, context: RequestContext) -> str:
        """Return where the things that a path is about are kept."""
        others = [value for name, value in sorted(context.params.items()) if name in self._outer]
        return "/".join([self.name, *others])

    @property
    def _outer(self) -> frozenset[str]:
        return frozenset(part[1:-1] for path in self.paths for part in path.split("/") if part.startswith("{"))


def collection_routes(collections: Iterable[Collection]) -> list[Route]:
    """Return the routes of collections."""
    return [route for one in collections for path in one.paths for route in _routes_at(one, path)]


def _routes_at(collection: Collection, path: str) -> list[Route]:
    many = "campaigns" if collection.noun == "campaign" else f"{collection.noun}s"
    names = (*COMMON, *FILTERS, *collection.filters)
    query = tuple(Param(name) for name in dict.fromkeys(names))
    found = []
    for name in collection.operations:
        method, tail, verb, status = OPERATIONS[name]
        status = collection.created if name == "create" else status
        is_list = name == "list"
        operation = Operation(
            query if is_list else (),
            body=dict if name in ("create", "update", "replace") else None,
            response=None if status == 204 else dict,
            statuses=(status,),
        )
        found.append(
            Route(
                f"{collection.name}.{name}",
                method,
                path + tail.format(key=f"{{{collection.key}}}"),
                partial(HANDLERS[name], collection=collection),
                scope=collection.scope,
                rate_class=RateClass.GENERAL,
                summary=f"{verb} {many if is_list else collection.noun}",
                operation=operation,
                page_of=page_of if is_list else None,
                is_shallow=collection.is_shallow,
            )
        )
    return found


class Row(NamedTuple):
    """A route of a family that is no collection."""

    name: str
    method: str
    path: str
    handler: Handler
    operation: Operation
    summary: str = ""


def row_routes(rows: Iterable[Row], *, scope: str = ANY_SCOPE, is_shallow: bool = False) -> list[Route]:
    """Return the routes of a family that is no collection; a list has the parameter `after` and is a walk."""
    return [
        Route(
            one.name,
            one.method,
            one.path,
            one.handler,
            scope=scope,
            rate_class=RateClass.GENERAL,
            summary=one.summary,
            operation=one.operation,
            page_of=page_of if any(param.name == "after" for param in one.operation.query) else None,
            is_shallow=is_shallow,
        )
        for one in rows
    ]


def known(context: RequestContext, collection: Collection, *, archived: bool = False) -> Resource:
    """Return the thing that the path names.

    Raises:
        HubSpotError: 404, as `existing` does.
    """
    return existing(context, collection.family(context), context.params[collection.key], archived=archived)


def existing(context: RequestContext, family: str, resource_id: str, *, archived: bool | None = None) -> Resource:
    """Return a thing of a family that is archived or not as `archived` says; None for either.

    Raises:
        HubSpotError: 404. Source: assumed to be what records answer.
    """
    found = context.portal.resources.find(family, resource_id)
    if found is None or archived not in (None, found.is_archived):
        raise resource_not_found()
    return found


def missing_fields(context: RequestContext, names: Iterable[str]) -> HubSpotError:
    """Return the answer to a body without required fields. Source: recording (2026-04), in the words of bodies."""
    end = f"line 1, column {len(context.request.body)}"
    message = f"Invalid input JSON on {end}. Some required fields were not set: [{', '.join(names)}]"
    return HubSpotError(400, message, category="VALIDATION_ERROR")


def completed(
    context: RequestContext, results: list[Any], *, errors: Sequence[dict[str, Any]] = (), status: int = 200
) -> Response:
    """Return the response to a batch, all of which is done at once; with errors it is a 207."""
    at = format_time(context.portal.clock.now_ms())
    wire = {"status": "COMPLETE", "results": results, "startedAt": at, "completedAt": at}
    if not errors:
        return Response.of(wire, status=status)
    return Response.of({**wire, "numErrors": len(errors), "errors": errors}, status=207)


def _check(context: RequestContext, collection: Collection, fields: dict[str, Any]) -> None:
    if missing := [name for name in collection.required if fields.get(name) is None]:
        raise missing_fields(context, missing)


def list_things(context: RequestContext, *, collection: Collection) -> Response:
    """Return one page of things that are archived or not, as `archived` says."""
    archived = parse_bool(context.request, "archived")
    rows = [one for one in context.portal.resources.all(collection.family(context)) if one.is_archived == archived]
    rows = [one for one in rows if passes(context, collection, one)]
    return page_of_rows(context, collection, rows)


def page_of_rows(context: RequestContext, collection: Collection, rows: Sequence[Resource]) -> Response:
    """Return a page of these things in the order of their making, or as `sort` says.

    The cursor counts the things before the next one, archived ones too, so that things archived in between move no
    page. Sorted pages count what is shown.
    """
    default, maximum = collection.limit
    limit = parse_limit(context, default=default, maximum=maximum)
    after = parse_cursor(context)
    sort = context.request.first("sort")
    if sort:
        ordered = _sorted(context, collection, rows, sort)
        page, rest = ordered[after : after + limit], ordered[after + limit :]
        follows = after + limit if rest else None
    else:
        waiting = [one for one in rows if one.number > after]
        page, rest = waiting[:limit], waiting[limit:]
        follows = rest[0].number - 1 if rest else None
    wire: dict[str, Any] = {"total": len(rows)} if collection.has_total else {}
    wire["results"] = [collection.render(context, one) for one in page]
    if follows is not None:
        wire["paging"] = {"next": next_page(context, follows)}
    return Response.of(wire)


def next_page(context: RequestContext, follows: int) -> dict[str, str]:
    """Return where the next page begins, and note it for faults.

    Source: recording (amp-labs 2026-05: campaigns, marketing e-mails, forms: the count in base64, percent-encoded in
    both members, last in the link, whose values are encoded).
    """
    after = quote(base64.b64encode(str(follows).encode()).decode(), safe="")
    hand_out(context, unquote(after))
    sent = parse_qsl(context.request.raw_query.decode("latin-1"), keep_blank_values=True)
    kept = urlencode([(name, value) for name, value in sent if name != "after"])
    head = f"{context.request.origin}{context.request.path.rstrip('/')}?{kept}"
    return {"after": after, "link": f"{head}{'&' if kept else ''}after={after}"}


def parse_cursor(context: RequestContext) -> int:
    """Return the count in a cursor, 0 without one; a plain number is taken too, and the cursor encoded once more.

    Raises:
        HubSpotError: 400 for another text. Source: assumed.
    """
    text = unquote(context.request.first("after") or "")
    if not text:
        return 0
    try:
        found = parse_id(text) if text.isdecimal() else parse_id(base64.b64decode(text, validate=True).decode())
    except (binascii.Error, UnicodeDecodeError, ValueError):
        found = None
    if found is None:
        raise HubSpotError(400, "Unable to parse value for query parameter: after")
    return found


def _sorted(context: RequestContext, collection: Collection, rows: Sequence[Resource], sort: str) -> list[Resource]:
    """Return things in the order of a field, the highest first with a minus. Source: docs (marketing emails)."""
    name = sort.removeprefix("-")
    if name in TIMES:
        ordered = sorted(rows, key=lambda one: int(getattr(one, TIMES[name])))
    else:
        ordered = sorted(rows, key=lambda one: _sortable(collection.render(context, one).get(name)))
    return ordered[::-1] if sort.startswith("-") else ordered


def _sortable(value: Any) -> str:
    """Return a text in whose order values are sorted; a time with a fraction comes after the one without."""
    return str(value or "").removesuffix("Z")


def passes(context: RequestContext, collection: Collection, one: Resource) -> bool:
    """Whether a thing is what the query asks for, by its times and by the fields that the family filters by."""
    request = context.request
    for name, attribute in TIMES.items():
        for bound, holds in BOUNDS.items():
            asked = _time(context, name + bound)
            if asked is not None and not holds(int(getattr(one, attribute)), asked):
                return False
    for name in collection.filters:
        asked_for = request.all(name)
        if asked_for and _as_text(collection.render(context, one).get(name)) not in asked_for:
            return False
    return True


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _time(context: RequestContext, name: str) -> int | None:
    text = context.request.first(name)
    if not text:
        return None
    try:
        return parse_time(text)
    except ValueError:
        raise HubSpotError(400, f"Unable to parse value for query parameter: {name}") from None


def create_thing(context: RequestContext, *, collection: Collection) -> Response:
    """Make a thing."""
    given = read_body(context, dict[str, Any])
    _check(context, collection, given)
    fields = collection.complete(context, given)
    resources, family = context.portal.resources, collection.family(context)
    chosen = str(fields[collection.id_field]) if fields.get(collection.id_field) else None
    if chosen is not None and (taken := resources.find(family, chosen)) is not None and not taken.is_archived:
        raise HubSpotError(409, f"A {collection.noun} with the id {chosen} exists already", category="CONFLICT")
    if chosen is None and collection.by_uuid:
        chosen = resources.new_uuid()
    made = resources.add(family, _own(fields), resource_id=chosen)
    return Response.of(collection.render(context, made), status=collection.created)


def read_thing(context: RequestContext, *, collection: Collection) -> Response:
    """Return one thing; with `archived` one that is archived."""
    found = known(context, collection, archived=parse_bool(context.request, "archived"))
    return Response.of(collection.render(context, found))


def update_thing(context: RequestContext, *, collection: Collection) -> Response:
    """Change fields of a thing."""
    found, given = known(context, collection), read_body(context, dict[str, Any])
    before, after = found.fields.get("properties"), given.get("properties")
    if isinstance(before, dict) and isinstance(after, dict):
        given = given | {"properties": before | after}
    fields = collection.complete(context, found.fields | given)
    changed = context.portal.resources.change(collection.family(context), found, _own(fields))
    return Response.of(collection.render(context, changed))


def replace_thing(context: RequestContext, *, collection: Collection) -> Response:
    """Give a thing new fields in place of the old ones."""
    found, given = known(context, collection), read_body(context, dict[str, Any])
    _check(context, collection, given)
    fields = collection.complete(context, given)
    changed = context.portal.resources.change(collection.family(context), found, _own(fields))
    return Response.of(collection.render(context, changed))


def archive_thing(context: RequestContext, *, collection: Collection) -> Response:
    """Archive a thing."""
    context.portal.resources.archive(collection.family(context), known(context, collection))
    return Response.empty()


def _own(fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields without those that the portal sets itself."""
    return {name: value for name, value in fields.items() if name not in ("id", "archived", "archivedAt", *TIMES)}


HANDLERS = {
    "list": list_things,
    "create": create_thing,
    "read": read_thing,
    "update": update_thing,
    "replace": replace_thing,
    "archive": archive_thing,
}
