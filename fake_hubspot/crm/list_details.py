"""Operations on lists that readers seldom need: restoring, conversion, sizes over time, ids of the first version."""

import calendar
from functools import partial
from typing import Any, Literal, NotRequired, TypedDict

import msgspec

from fake_hubspot.context import ANY_SCOPE, Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.lists import PREFIXES, known_list, missing_list
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.lists import RecordList

__all__ = ["routes"]


class ConversionResponse(TypedDict):
    """When a dynamic list is to become a static one, and when it became one."""

    listId: str
    requestedConversionTime: dict[str, Any]
    convertedAt: NotRequired[str]


class HistoryResponse(TypedDict):
    """The sizes of a list and the changes of its filters."""

    sizeHistory: list[dict[str, Any]]
    editHistory: list[str]


class ListIds(TypedDict):
    """The ids of one list in the first version and now."""

    legacyListId: str
    listId: str


class Mappings(TypedDict):
    """The ids of several lists."""

    legacyListIdsToIdsMapping: list[ListIds]
    missingLegacyListIds: list[str]


class Conversion(msgspec.Struct, frozen=True, rename="camel"):
    """When a dynamic list is to become a static one: on a day, or after a time without changes."""

    conversion_type: Literal["CONVERSION_DATE", "INACTIVITY"]
    year: int | None = None
    month: int | None = None
    day: int | None = None
    time_unit: Literal["DAY", "WEEK", "MONTH"] | None = None
    offset: int | None = None


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    gone, told = Operation(statuses=(204,)), Operation(response=ConversionResponse)
    planning = Operation(body=Conversion, response=ConversionResponse)
    between = Operation((Param("startDate"), Param("endDate")), response=HistoryResponse)
    mapping = Operation((Param("legacyListId"),), response=ListIds)
    mappings = Operation(body=list[str | int], response=Mappings)
    found = []
    for prefix in PREFIXES:
        one, ids = f"{prefix}/{{listId}}", f"{prefix}/idmapping"
        plan, sizes = f"{one}/schedule-conversion", f"{one}/size-and-edits-history/between"
        found += [
            route("lists.restore", "PUT", f"{one}/restore", restore_list, summary="Restore a list", operation=gone),
            route("lists.conversion", "GET", plan, read_plan, summary="Read the conversion", operation=told),
            route("lists.convert", "PUT", plan, put_plan, summary="Plan a conversion", operation=planning),
            route("lists.keep", "DELETE", plan, drop_plan, summary="Cancel the conversion", operation=gone),
            route("lists.sizes", "GET", sizes, read_sizes, summary="Sizes and changes", operation=between),
            route("lists.new-id", "GET", ids, read_id, summary="The id of a list of v1", operation=mapping),
            route("lists.new-ids", "POST", ids, read_ids, summary="The ids of lists of v1", operation=mappings),
        ]
    return found


def restore_list(context: RequestContext) -> Response:
    """Restore a deleted list; one that is not deleted is no error.

    Source: docs (204, and 90 days, which are not enforced here).
    """
    list_id = context.params["listId"]
    if context.portal.lists.restore(list_id) is None:
        raise missing_list("listId", list_id, "with ID", "LIST_ID_DOES_NOT_EXIST")
    return Response.empty()


def _plan_wire(known: RecordList) -> dict[str, Any]:
    """Render a conversion.

    Source: reader (models of hubspot-sdk 0.1.0a9).
    """
    wire: dict[str, Any] = {"listId": str(known.list_id), "requestedConversionTime": known.conversion}
    return wire if known.is_dynamic else wire | {"convertedAt": format_time(known.updated_ms)}


def read_plan(context: RequestContext) -> Response:
    """Return the conversion that is planned.

    Source: docs; that a list without one is a 404 is assumed.
    """
    known = known_list(context)
    if known.conversion is None:
        raise HubSpotError(404, f"List {known.list_id} has no conversion", category="OBJECT_NOT_FOUND")
    return Response.of(_plan_wire(known))


def put_plan(context: RequestContext) -> Response:
    """Plan when a dynamic list becomes a static one.

    Source: docs; the texts of refusals are assumed.
    """
    known, given = known_list(context), read_body(context, Conversion)
    if not known.is_dynamic:
        raise HubSpotError(400, f"List {known.list_id} is not DYNAMIC", category="VALIDATION_ERROR")
    plan = {name: value for name, value in msgspec.to_builtins(given).items() if value is not None}
    names = ("year", "month", "day") if given.conversion_type == "CONVERSION_DATE" else ("timeUnit", "offset")
    missing = [name for name in names if name not in plan]
    if missing or not _is_day(given):
        text = f"A conversion of type {given.conversion_type} needs {', '.join(names)}"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    return Response.of(_plan_wire(context.portal.lists.put(msgspec.structs.replace(known, conversion=plan))))


def _is_day(given: Conversion) -> bool:
    year, month, day = given.year, given.month, given.day
    if year is None or month is None or day is None:
        return given.conversion_type != "CONVERSION_DATE"
    return 1970 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def drop_plan(context: RequestContext) -> Response:
    """Cancel a conversion.

    Source: docs (204).
    """
    context.portal.lists.put(msgspec.structs.replace(known_list(context), conversion=None))
    return Response.empty()


def read_sizes(context: RequestContext) -> Response:
    """Return the size of a list now, and the times when its filters changed; the fake keeps no other sizes.

    Source: reader (models of hubspot-sdk 0.1.0a9); the values are assumed.
    """
    known, lists = known_list(context), context.portal.lists
    size = {"size": len(lists.members(known)), "timestamp": format_time(lists.now_ms)}
    edits = [] if known.filters_updated_ms is None else [format_time(known.filters_updated_ms)]
    return Response.of({"sizeHistory": [size], "editHistory": edits})


def read_id(context: RequestContext) -> Response:
    """Return the id of a list of the first version, which is the same here.

    Source: docs; that both ids are the same is assumed.
    """
    list_id = context.request.first("legacyListId") or ""
    if context.portal.lists.get(list_id) is None:
        raise missing_list("legacyListId", list_id, "with legacy ID", "LEGACY_LIST_ID_DOES_NOT_EXIST")
    return Response.of({"legacyListId": list_id, "listId": list_id})


def read_ids(context: RequestContext) -> Response:
    """Return the ids of lists of the first version, which are the same here.

    Source: docs; that both ids are the same is assumed.
    """
    ids = [str(one) for one in read_body(context, list[str | int])]
    known = [one for one in ids if context.portal.lists.get(one) is not None]
    return Response.of(
        {
            "legacyListIdsToIdsMapping": [{"legacyListId": one, "listId": one} for one in known],
            "missingLegacyListIds": [one for one in ids if one not in known],
        }
    )
