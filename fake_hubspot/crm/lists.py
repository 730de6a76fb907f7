"""Lists (segments) of records."""

import base64
from functools import partial
from typing import Any, NotRequired, TypedDict

import msgspec

from bench_core.json_text import decode_json
from fake_hubspot.context import ANY_SCOPE, Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import infer_type, parse_bool
from fake_hubspot.crm.shapes import Paging
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.http_errors import HubSpotError, NotBuiltError
from fake_hubspot.paging import hand_out
from fake_hubspot.portal import list_filters
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.lists import ROOT, RecordList
from fake_hubspot.portal.owners import ACTING_USER_ID
from fake_hubspot.portal.portal import Portal

__all__ = ["PREFIXES", "known_list", "list_by_id", "missing_list", "routes"]

PREFIXES = PATHS["lists"]

# Source: docs (changelog of 2026-09).
ALL = "/crm/lists/2026-09/all"
INCLUDE_FILTERS = Param("includeFilters", "boolean", "Return `filterBranch` as well.")
TYPES = ("DYNAMIC", "MANUAL", "SNAPSHOT")
NO_PERMISSIONS: dict[str, Any] = {"teamsWithEditAccess": [], "usersWithEditAccess": []}
NO_SETTINGS: dict[str, Any] = {"membershipTeamId": None, "includeUnassigned": None}


class ListResponse(TypedDict):
    """One list; one that a search finds has `additionalProperties` instead of the last two."""

    listId: str
    listVersion: int
    createdAt: str
    updatedAt: str
    filtersUpdatedAt: str
    processingStatus: str
    createdById: str
    updatedById: str
    processingType: str
    objectTypeId: str
    name: str
    filterBranch: NotRequired[dict[str, Any]]
    size: NotRequired[int]
    additionalProperties: NotRequired[dict[str, str]]
    listPermissions: NotRequired[dict[str, list[str]]]
    membershipSettings: NotRequired[dict[str, Any]]


class OneList(TypedDict):
    """One list, wrapped in an object."""

    list: ListResponse


class ListsFound(TypedDict):
    """Lists by their ids."""

    lists: list[ListResponse]


class ListSearch(TypedDict):
    """One page of lists."""

    offset: int
    hasMore: bool
    lists: list[ListResponse]
    total: int


class NewList(msgspec.Struct, frozen=True, rename="camel"):
    """A list to create."""

    name: str
    object_type_id: str
    processing_type: str
    filter_branch: dict[str, Any] | None = None
    list_folder_id: int | None = None
    list_permissions: dict[str, list[int]] | None = None
    membership_settings: dict[str, Any] | None = None
    custom_properties: dict[str, str] | None = None


class NewFilters(msgspec.Struct, frozen=True, rename="camel"):
    """Other filters for a list."""

    filter_branch: dict[str, Any]


class UpdatedList(TypedDict):
    """A changed list, wrapped in an object."""

    updatedList: ListResponse


class ListQuery(msgspec.Struct, frozen=True, rename="camel"):
    """Which lists to find."""

    query: str | None = None
    offset: int = 0
    count: int = 20
    processing_types: list[str] | None = None
    list_ids: list[str | int] | None = None
    object_type_id: str | None = None
    additional_properties: list[str] = []


class AllQuery(msgspec.Struct, frozen=True, rename="camel"):
    """Which lists to return in the order of their ids, and after which place."""

    object_type_id: str | None = None
    processing_types: list[str] | None = None
    count: int = 20
    additional_properties: list[str] = []
    after: str | None = None


class Place(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What the cursor of all lists contains: the last list, and what was asked for."""

    list_id: str
    object_type_id: str | None = None
    processing_types: list[str] | None = None


class AllLists(TypedDict):
    """One page of all lists."""

    results: list[ListResponse]
    paging: NotRequired[Paging]


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    making, reading = Operation(body=NewList, response=OneList), Operation((INCLUDE_FILTERS,), response=OneList)
    searching = Operation(body=ListQuery, response=ListSearch)
    many = Operation((Param("listIds", "array"), INCLUDE_FILTERS), response=ListsFound)
    renaming = Operation((Param("listName"), INCLUDE_FILTERS), response=UpdatedList)
    filtering = Operation(body=NewFilters, response=UpdatedList)
    every = Operation(body=AllQuery, response=AllLists)
    found = [route("lists.all", "POST", ALL, list_all, summary="List all lists", operation=every)]
    for prefix in PREFIXES:
        one = f"{prefix}/{{listId}}"
        found += [
            route("lists.list", "GET", prefix, read_lists, summary="Read lists", operation=many),
            route("lists.create", "POST", prefix, create_list, summary="Create a list", operation=making),
            route("lists.search", "POST", f"{prefix}/search", search_lists, summary="Find lists", operation=searching),
            route(
                "lists.rename",
                "PUT",
                f"{one}/update-list-name",
                rename_list,
                summary="Rename a list",
                operation=renaming,
            ),
            route(
                "lists.refilter",
                "PUT",
                f"{one}/update-list-filters",
                refilter_list,
                summary="Change the filters of a list",
                operation=filtering,
            ),
            route(
                "lists.by-name",
                "GET",
                f"{prefix}/object-type-id/{{objectTypeId}}/name/{{listName}}",
                read_by_name,
                summary="Read a list by its name",
                operation=reading,
            ),
            route("lists.read", "GET", one, read_list, summary="Read a list", operation=reading),
            route(
                "lists.delete",
                "DELETE",
                one,
                delete_list,
                summary="Delete a list",
                operation=Operation(statuses=(204,)),
            ),
        ]
    return found


def known_list(context: RequestContext) -> RecordList:
    """Return the list in the path.

    Raises:
        HubSpotError: 404. Source: recording (`/crm/v3/lists/-1`).
    """
    return list_by_id(context.portal, context.params["listId"])


def list_by_id(portal: Portal, list_id: str) -> RecordList:
    """Return the list of an id.

    Raises:
        HubSpotError: 404. Source: recording (`/crm/v3/lists/-1`).
    """
    known = portal.lists.get(list_id)
    if known is None:
        raise missing_list("listId", list_id, "with ID", "LIST_ID_DOES_NOT_EXIST")
    return known


def missing_list(name: str, value: str, words: str, code: str) -> HubSpotError:
    """Return the response to a list that does not exist.

    Source: recording for ids (`/crm/v3/lists/-1`); for names and legacy ids assumed.
    """
    return HubSpotError(
        404,
        f"List does not exist {words} {value}.",
        context={name: [value]},
        category="OBJECT_NOT_FOUND",
        sub_category=f"ListError.{code}",
        headers=[(b"x-hubspot-notfound", b"true")],
    )


def _wire(known: RecordList, *, has_filters: bool = False, size: int | None = None) -> dict[str, Any]:
    """Render one list.

    Source: recording (hubspot-api-ruby 2026-04, amp-labs 2025-01).
    """
    given = known.settings
    return _head(known, has_filters=has_filters, size=size) | {
        "listPermissions": NO_PERMISSIONS | given.get("listPermissions", {}),
        "membershipSettings": NO_SETTINGS | given.get("membershipSettings", {}),
    }


def _head(known: RecordList, *, has_filters: bool = False, size: int | None = None) -> dict[str, Any]:
    updated = known.filters_updated_ms
    wire: dict[str, Any] = {
        "listId": str(known.list_id),
        "listVersion": known.version,
        "createdAt": format_time(known.created_ms),
        "updatedAt": format_time(known.updated_ms),
        "filtersUpdatedAt": format_time(known.created_ms if updated is None else updated),
        "processingStatus": "COMPLETE",
        "createdById": ACTING_USER_ID,
        "updatedById": ACTING_USER_ID,
        "processingType": known.processing_type,
        "objectTypeId": known.object_type_id,
        "name": known.name,
    }
    if has_filters and known.filter_branch is not None:
        wire["filterBranch"] = known.filter_branch
    return wire if size is None else wire | {"size": size}


def _found(portal: Portal, known: RecordList, asked: list[str]) -> dict[str, Any]:
    """Render a list as a search shows it; the properties that a program gave it are told if they are asked for.

    Source: recording (amp-labs 2025-01); docs (segments guide, 2026-09) for what is asked for.
    """
    members = portal.lists.members(known)
    asking = (one.filter_branch for one in portal.lists.current() if one.filter_branch is not None)
    references = sum(str(known.list_id) in list_filters.lists_in(branch) for branch in asking)
    counts = {"hs_list_size": str(len(members)), "hs_list_reference_count": str(references)}
    folder = portal.lists.folders.get(str(known.folder_id))
    if folder is not None:
        counts["hs_folder_name"] = folder.name
    if members:
        counts["hs_last_record_added_at"] = str(max(members.values()))
    own = known.settings.get("customProperties", {})
    return _head(known) | {"additionalProperties": {name: own[name] for name in asked if name in own} | counts}


def read_lists(context: RequestContext) -> Response:
    """Return several lists, with their sizes.

    Source: recording (hubspot-api-ruby 2026-04: `size` is here alone).
    """
    lists, has_filters = context.portal.lists, parse_bool(context.request, "includeFilters")
    found = [one for one in map(lists.get, context.request.all("listIds")) if one is not None]
    rows = [_wire(one, has_filters=has_filters, size=len(lists.members(one))) for one in found]
    return Response.of({"lists": rows})


def read_list(context: RequestContext) -> Response:
    """Return one list.

    Source: recording (hubspot-api-ruby 2026-04).
    """
    has_filters = parse_bool(context.request, "includeFilters")
    return Response.of({"list": _wire(known_list(context), has_filters=has_filters)})


def create_list(context: RequestContext) -> Response:
    """Create a list; a dynamic one is being processed at first.

    Source: recording (hubspot-api-ruby 2026-04).
    """
    given = read_body(context, NewList)
    portal = context.portal
    kind = infer_type(portal, given.object_type_id)
    _check(portal, given, kind.type_id)
    _note_unknown(context, given.filter_branch, kind.type_id)
    made = portal.lists.create(
        given.name,
        kind.type_id,
        given.processing_type,
        given.filter_branch,
        folder_id=given.list_folder_id or ROOT,
        settings=_settings(given),
    )
    wire = _wire(made, has_filters=True)
    if made.is_dynamic:
        wire["processingStatus"] = "PROCESSING"
    return Response.of({"list": wire})


def _settings(given: NewList) -> dict[str, Any]:
    settings = {
        "listPermissions": given.list_permissions,
        "membershipSettings": given.membership_settings,
        "customProperties": given.custom_properties,
    }
    return {name: value for name, value in settings.items() if value is not None}


def _check(portal: Portal, given: NewList, type_id: str) -> None:
    """Check a list that is to be made.

    Raises:
        HubSpotError: 400. Source: docs for the rules (a name is free, a dynamic list has filters); the texts are
            assumed.
        NotBuiltError: The fake cannot evaluate its filters.
    """
    if given.processing_type not in TYPES:
        text = f"{given.processing_type} is not one of {', '.join(TYPES)}"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    if given.processing_type == "DYNAMIC" and given.filter_branch is None:
        raise HubSpotError(400, "A DYNAMIC list needs a filterBranch", category="VALIDATION_ERROR")
    if given.filter_branch is not None:
        _check_filters(portal, given.filter_branch)
    if given.list_folder_id and portal.lists.folders.get(str(given.list_folder_id)) is None:
        raise HubSpotError(400, f"There is no folder {given.list_folder_id}", category="VALIDATION_ERROR")
    _check_name(portal, given.name, type_id)


def _check_filters(portal: Portal, branch: dict[str, Any]) -> None:
    """Check filters that are given to a list.

    Raises:
        HubSpotError: 400. Source: docs for the rules (form, lists that exist); the texts are assumed.
        NotBuiltError: The fake cannot evaluate them.
    """
    if problem := list_filters.malformed(branch):
        raise HubSpotError(400, f"Invalid filterBranch: {problem}", category="VALIDATION_ERROR")
    if missing := list_filters.check(branch):
        raise NotBuiltError(missing)
    unknown = sorted(one for one in list_filters.lists_in(branch) if portal.lists.get(one) is None)
    if unknown:
        raise HubSpotError(400, f"There is no list {', '.join(unknown)} to filter by", category="VALIDATION_ERROR")


def _note_unknown(context: RequestContext, branch: dict[str, Any] | None, type_id: str) -> None:
    """Tell in the journal which properties of a filter no record can have; HubSpot's own answer is not known."""
    names = context.portal.definitions.names(type_id)
    if unknown := sorted(list_filters.properties_in(branch or {}) - set(names)):
        context.entry.note = f"the list filters by what its records do not have: {', '.join(unknown)}"


def _check_name(portal: Portal, name: str, type_id: str) -> None:
    known = portal.lists.named(name, type_id)
    if known is not None:
        raise HubSpotError(
            400,
            f"A list already exists with the name '{known.name}'.",
            context={"listId": [str(known.list_id)]},
            category="VALIDATION_ERROR",
            sub_category="ListError.LIST_NAME_ALREADY_EXISTS",
        )


def rename_list(context: RequestContext) -> Response:
    """Rename a list.

    Source: recording (hubspot-api-ruby 2026-04); that a taken name is refused: docs.
    """
    known, portal = known_list(context), context.portal
    name = context.request.first("listName") or known.name
    if name.casefold() != known.name.casefold():
        _check_name(portal, name, known.object_type_id)
    has_filters = parse_bool(context.request, "includeFilters")
    return Response.of({"updatedList": _wire(portal.lists.rename(known, name), has_filters=has_filters)})


def refilter_list(context: RequestContext) -> Response:
    """Give a list other filters; a list that is filled by hand has none.

    Source: docs; the text is assumed.
    """
    known, portal = known_list(context), context.portal
    given = read_body(context, NewFilters)
    if known.processing_type == "MANUAL":
        raise HubSpotError(400, f"List {known.list_id} is MANUAL; it has no filters", category="VALIDATION_ERROR")
    _check_filters(portal, given.filter_branch)
    _note_unknown(context, given.filter_branch, known.object_type_id)
    changed = portal.lists.refilter(known, given.filter_branch)
    return Response.of({"updatedList": _wire(changed, has_filters=True)})


def read_by_name(context: RequestContext) -> Response:
    """Return the list of a name and type.

    Source: docs.
    """
    portal, name = context.portal, context.params["listName"]
    known = portal.lists.named(name, infer_type(portal, context.params["objectTypeId"]).type_id)
    if known is None:
        raise missing_list("listName", name, "with name", "LIST_NAME_DOES_NOT_EXIST")
    return Response.of({"list": _wire(known, has_filters=parse_bool(context.request, "includeFilters"))})


def search_lists(context: RequestContext) -> Response:
    """Return one page of lists.

    Source: recording (`{offset, hasMore, lists, total}`).
    """
    wanted = read_body(context, ListQuery)
    text = (wanted.query or "").casefold()
    kinds, ids = wanted.processing_types, {str(one) for one in wanted.list_ids or []}
    type_id = infer_type(context.portal, wanted.object_type_id).type_id if wanted.object_type_id else ""
    found = [
        one
        for one in context.portal.lists.current()
        if text in one.name.casefold()
        and (not kinds or one.processing_type in kinds)
        and (not ids or str(one.list_id) in ids)
        and type_id in ("", one.object_type_id)
    ]
    start = max(wanted.offset, 0)
    end = start + min(max(wanted.count, 0), 500)
    page = [_found(context.portal, one, wanted.additional_properties) for one in found[start:end]]
    offset = start + len(page)
    return Response.of({"offset": offset, "hasMore": offset < len(found), "lists": page, "total": len(found)})


def list_all(context: RequestContext) -> Response:
    """Return one page of all lists in the order of their ids.

    Source: docs (segments guide, 2026-09); the texts of errors are assumed.
    """
    wanted, portal = read_body(context, AllQuery), context.portal
    if wrong := [one for one in wanted.processing_types or () if one not in TYPES]:
        text = f"{wrong[0][:50]} is not one of {', '.join(TYPES)}"
        raise _refused(text, "INVALID_PROCESSING_TYPE")
    last = _place_of(wanted)
    type_id = infer_type(portal, wanted.object_type_id).type_id if wanted.object_type_id else ""
    found = [
        one
        for one in portal.lists.current()
        if one.list_id > last
        and (not wanted.processing_types or one.processing_type in wanted.processing_types)
        and type_id in ("", one.object_type_id)
    ]
    count = min(max(wanted.count, 1), 500)
    page: dict[str, Any] = {"results": [_found(portal, one, wanted.additional_properties) for one in found[:count]]}
    if len(found) > count:
        place = Place(str(found[count - 1].list_id), wanted.object_type_id, wanted.processing_types)
        after = base64.b64encode(msgspec.json.encode(place)).decode()
        hand_out(context, after)
        page["paging"] = {"next": {"after": after}}
    return Response.of(page)


def _place_of(wanted: AllQuery) -> int:
    """Return the id of the last list that a cursor says was seen.

    Raises:
        HubSpotError: 400 for another text, or for other filters than those of the page before. Source: docs.
    """
    if not wanted.after:
        return 0
    try:
        place = decode_json(base64.b64decode(wanted.after, validate=True), type=Place)
    except (ValueError, msgspec.DecodeError):
        place = Place("")
    last = parse_id(place.list_id)
    asked = (wanted.object_type_id, wanted.processing_types)
    if last is None or asked != (place.object_type_id, place.processing_types):
        raise _refused("The cursor in after does not belong to this request", "INVALID_CURSOR")
    return last


def _refused(text: str, code: str) -> HubSpotError:
    return HubSpotError(400, text, category="VALIDATION_ERROR", sub_category=f"ListError.{code}")


def delete_list(context: RequestContext) -> Response:
    """Delete a list.

    Source: docs (204).
    """
    context.portal.lists.delete(known_list(context))
    return Response.empty()
