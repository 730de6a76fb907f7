"""`POST .../search`: checks the request and pages through what is found."""

from functools import partial
from typing import Any

import msgspec

from bench_core.json_text import decode_json
from fake_hubspot.context import Body, Operation, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.objects import PREFIXES
from fake_hubspot.crm.parameters import infer_type, object_type
from fake_hubspot.crm.render import render, select
from fake_hubspot.crm.shapes import SearchResponse
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.paging import hand_out, page_of, requested_cursor
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.search import LINKED, Filter, Sort
from fake_hubspot.portal.types import ObjectType
from fake_hubspot.portal.values import WireValue, to_text
from fake_hubspot.scopes import RECORDS_READ

__all__ = ["SearchInput", "check_names", "groups_of", "routes", "sort_of"]

# Source: docs (2026).
MAX_ROWS, MAX_RESULTS, MAX_BODY_LENGTH, MAX_GROUPS, MAX_FILTERS, MAX_FILTERS_IN_TOTAL = 200, 10_000, 3000, 5, 6, 18
ONE_VALUE = frozenset({"EQ", "NEQ", "LT", "LTE", "GT", "GTE", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"})
NO_VALUE = frozenset({"HAS_PROPERTY", "NOT_HAS_PROPERTY"})
DIRECTIONS = ("ASCENDING", "DESCENDING", "ASC", "DESC")
MANY_VALUES = frozenset({"IN", "NOT_IN"})
OPERATORS = ONE_VALUE | NO_VALUE | MANY_VALUES | {"BETWEEN"}


class FilterInput(msgspec.Struct, frozen=True, rename="camel"):
    """One condition."""

    property_name: str | None = None
    operator: str | None = None
    value: WireValue = None
    high_value: WireValue = None
    values: list[WireValue] | None = None


class GroupInput(msgspec.Struct, frozen=True):
    """Conditions that must all be met."""

    filters: list[FilterInput] = []


class SortInput(msgspec.Struct, frozen=True, rename="camel"):
    """The property to sort by, and the direction."""

    property_name: str
    direction: str = "ASCENDING"


class SearchInput(msgspec.Struct, frozen=True, rename="camel"):
    """What to find. Every field may be left out.

    Source: reader (`{}` works).
    """

    filter_groups: list[GroupInput] | None = None
    filters: list[FilterInput] | None = None
    sorts: list[SortInput | str] | None = None
    query: str | None = None
    properties: list[str] | None = None
    limit: int | None = None
    after: str | int | None = None


def routes() -> list[Route]:
    """Return the routes of this family."""
    read_route = partial(Route, scope=RECORDS_READ, rate_class=RateClass.SEARCH)
    operation = Operation(body=SearchInput, response=SearchResponse)
    return [
        read_route(
            "objects.search",
            "POST",
            f"{prefix}/{{objectType}}/search",
            search_objects,
            summary="Search records",
            operation=operation,
            page_of=page_of_search,
        )
        for prefix in PREFIXES
    ]


def _refused(message: str) -> HubSpotError:
    return HubSpotError(400, message, category="VALIDATION_ERROR")


def page_of_search(context: RequestContext) -> int:
    """Return which page a search asks for, from 1, as far as its body can be decoded.

    An offset that the fake has not handed out counts as if every page had been full.
    """
    if requested_cursor(context) is None:
        return 1
    try:
        wanted = decode_json(context.request.body, type=SearchInput)
    except msgspec.DecodeError:
        return 1
    after, limit = parse_id(str(wanted.after)) or 0, wanted.limit or 10
    return page_of(context, unknown=after // limit + 1) if limit > 0 and after > 0 else 1


def search_objects(context: RequestContext) -> Response:
    """Return one page of matching records.

    Shape: `{total, results: [record], [paging: {next: {after}}]}`; `after` is an offset and there is no link.

    Source: recording (amp-labs 2025), docs for the limits.
    """
    portal, request = context.portal, context.request
    if portal.records.index_lag.lag_ms:
        page = _make_page(context)[0]
    else:
        key = (request.path, request.body, request.headers.get(b"content-type"))
        page = context.tenant.pages.get_or_make(key, portal.revision, lambda: _make_page(context))
    if page.next_after is not None:
        hand_out(context, page.next_after)
    return Response(200, page.body)


def _counted_length(context: RequestContext) -> int:
    """Return how many characters of the body count towards the limit.

    Source: docs for the limit; reader (airweave #1064 asks for 1000 properties, MeltanoLabs for 150) for what counts.
    """
    text = context.request.body.decode("utf-8", "replace")
    if len(text) <= MAX_BODY_LENGTH or context.portal.assumptions["search-body-length"] == "whole-body":
        return len(text)
    names = decode_json(text).get("properties")
    return len(text) - (len(msgspec.json.encode(names).decode()) if names else 0)


class _Page(msgspec.Struct, frozen=True):
    body: Body
    next_after: str | None


def _make_page(context: RequestContext) -> tuple[_Page, int]:
    wanted = read_body(context, SearchInput)
    if _counted_length(context) > MAX_BODY_LENGTH:
        raise _refused(f"The request body is longer than {MAX_BODY_LENGTH} characters")
    kind, portal = object_type(context), context.portal
    limit, offset = _limit(wanted.limit), _offset(wanted.after)
    if offset + limit > MAX_RESULTS:
        text = f"Paging ends at {MAX_RESULTS} results (this text is the fake's own, HubSpot's is unknown)"
        raise _refused(text)
    groups, sort = groups_of(wanted), sort_of(wanted)
    if portal.assumptions["search-unknown-name"] == "error":
        check_names(portal, kind, wanted, groups, sort)
    found = portal.search.find(kind, groups, query=wanted.query or "", sort=sort, offset=offset, limit=limit)
    if found.indexed:
        context.entry.note = f"made a search index of {kind.plural} by {'; '.join(found.indexed)}"
    selection = select(portal, kind, wanted.properties or ())
    answer: dict[str, Any] = {
        "total": found.total,
        "results": [render(portal, selection, record) for record in found.records],
    }
    after = str(offset + limit) if found.total > offset + limit else None
    if after is not None:
        answer["paging"] = {"next": {"after": after}}
    body = Response.of(answer).body
    return _Page(body, after), len(body.raw)


def check_names(
    portal: Portal, kind: ObjectType, wanted: SearchInput, groups: list[list[Filter]], sort: Sort | None
) -> None:
    """Refuse a search that names something that does not exist: an empty answer would look like one without matches.

    Raises:
        HubSpotError: 400.

    Source: assumed, with its texts.
    """
    known = portal.definitions.names(kind.type_id)
    for one in (filter_ for group in groups for filter_ in group):
        if one.name.startswith(LINKED):
            infer_type(portal, one.name.removeprefix(LINKED))
        elif one.name not in known:
            raise _refused(f"There is no property {one.name[:100]!r} to filter by (this text is the fake's own)")
    if sort is not None and sort.name not in known:
        raise _refused(f"There is no property {sort.name[:100]!r} to sort by (this text is the fake's own)")
    for given in wanted.sorts or []:
        if isinstance(given, SortInput) and given.direction.upper() not in DIRECTIONS:
            raise _refused(
                f"direction must be one of {', '.join(DIRECTIONS)}, not {given.direction[:50]!r} "
                "(this text is the fake's own)"
            )


def _limit(limit: int | None) -> int:
    if limit is None:
        return 10
    if not 1 <= limit <= MAX_ROWS:
        text = f"limit must be between 1 and {MAX_ROWS}, not {limit} (this text is the fake's own)"
        raise _refused(text)
    return limit


def _offset(after: str | int | None) -> int:
    text = str(after or 0)
    offset = parse_id(text)
    if offset is None:
        raise _refused(f"after must be a number, not {text[:50]} (this text is the fake's own)")
    return offset


def sort_of(wanted: SearchInput) -> Sort | None:
    """Return the sort that the request asks for.

    Source: docs (one sort only; `-name` is accepted).
    """
    sorts = wanted.sorts or []
    if len(sorts) > 1:
        raise _refused("Only one sort is allowed (this text is the fake's own)")
    if not sorts:
        return None
    one = sorts[0]
    if isinstance(one, str):
        return Sort(one.lstrip("-+"), descending=one.startswith("-"))
    return Sort(one.property_name, descending=one.direction.upper().startswith("DESC"))


def groups_of(wanted: SearchInput) -> list[list[Filter]]:
    """Return the filter groups; top-level `filters` are a group of their own.

    Raises:
        HubSpotError: 400. Source: docs for the numbers, recording for the two texts of `_filter`.
    """
    groups = [group.filters for group in wanted.filter_groups or []]
    if wanted.filters:
        groups.append(wanted.filters)
    if len(groups) > MAX_GROUPS:
        raise _refused(f"There may be {MAX_GROUPS} filter groups, not {len(groups)} (this text is the fake's own)")
    if any(len(group) > MAX_FILTERS for group in groups) or sum(map(len, groups)) > MAX_FILTERS_IN_TOTAL:
        bounds = f"{MAX_FILTERS} filters in a group and {MAX_FILTERS_IN_TOTAL} in total"
        raise _refused(f"There may be {bounds} (this text is the fake's own)")
    return [[_filter(one) for one in group] for group in groups if group]


def _filter(one: FilterInput) -> Filter:
    place = "Invalid input JSON on line 1, column 1: "
    unset = [name for name, value in (("propertyName", one.property_name), ("operator", one.operator)) if value is None]
    if one.property_name is None or one.operator is None:
        raise _refused(f"{place}Cannot build Filter, some of required attributes are not set [{', '.join(unset)}]")
    operator = one.operator.upper()
    if operator not in OPERATORS:
        raise _refused(f"{place}{one.operator} is no operator; there are {', '.join(sorted(OPERATORS))}")
    value, high = to_text(one.value), to_text(one.high_value)
    blank = (operator in ONE_VALUE and not value.strip()) or (operator == "BETWEEN" and not (value and high))
    if blank or (operator in MANY_VALUES and not one.values):
        raise _refused(
            f"{place}value must be non-empty and non-blank, if specified {{propertyName: '{one.property_name}'}}"
        )
    return Filter(one.property_name, operator, value, high, tuple(to_text(each) for each in one.values or []))
