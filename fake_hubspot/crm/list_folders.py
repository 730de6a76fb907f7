"""The folders of lists."""

from functools import partial
from typing import Any, NotRequired, TypedDict

import msgspec

from fake_hubspot.context import ANY_SCOPE, Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.lists import PREFIXES, list_by_id
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.lists import ROOT, Folder
from fake_hubspot.portal.owners import ACTING_USER_ID
from fake_hubspot.portal.portal import Portal

__all__ = ["routes"]


class FolderResponse(TypedDict):
    """One folder with what it holds; the folder that holds everything has no name."""

    id: str
    parentFolderId: str
    createdAt: NotRequired[str]
    updatedAt: NotRequired[str]
    updatedContentsAt: NotRequired[str]
    name: NotRequired[str]
    userId: NotRequired[int]
    childLists: list[int]
    childNodes: list[dict[str, Any]]


class OneFolder(TypedDict):
    """One folder, wrapped in an object."""

    folder: FolderResponse


class NewFolder(msgspec.Struct, frozen=True, rename="camel"):
    """A folder to create, by default in the one that holds everything."""

    name: str
    parent_folder_id: str | int | None = None


class ListMove(msgspec.Struct, frozen=True, rename="camel"):
    """A list to move into a folder."""

    list_id: str | int
    new_folder_id: str | int


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    reading = Operation((Param("folderId"),), response=OneFolder)
    making, moved = Operation(body=NewFolder, response=OneFolder), Operation(response=OneFolder)
    renaming = Operation((Param("newFolderName"),), response=OneFolder)
    gone, listed = Operation(statuses=(204,)), Operation(body=ListMove, statuses=(204,))
    found = []
    for prefix in PREFIXES:
        many, one = f"{prefix}/folders", f"{prefix}/folders/{{folderId}}"
        move = f"{one}/move/{{newParentFolderId}}"
        found += [
            route("folders.read", "GET", many, read_folder, summary="Read a folder", operation=reading),
            route("folders.create", "POST", many, create_folder, summary="Create a folder", operation=making),
            route("folders.archive", "DELETE", one, drop_folder, summary="Delete a folder", operation=gone),
            route("folders.rename", "PUT", f"{one}/rename", rename_folder, summary="Rename", operation=renaming),
            route("folders.move", "PUT", move, move_folder, summary="Move a folder", operation=moved),
            route("folders.move-list", "PUT", f"{many}/move-list", move_list, summary="Move a list", operation=listed),
        ]
    return found


def _known(portal: Portal, folder_id: object) -> Folder:
    """Return a folder.

    Raises:
        HubSpotError: 404. Source: docs for the status; the text is assumed.
    """
    known = portal.lists.folders.get(str(folder_id))
    if known is None:
        text = f"Folder does not exist with ID {folder_id}."
        raise HubSpotError(404, text, context={"folderId": [str(folder_id)]}, category="OBJECT_NOT_FOUND")
    return known


def _number(portal: Portal, folder_id: str | int | None) -> int:
    """Return the id of a folder that exists, or of the one that holds everything."""
    return ROOT if str(folder_id or ROOT) == str(ROOT) else _known(portal, folder_id).folder_id


def _wire(portal: Portal, folder_id: int) -> dict[str, Any]:
    """Render a folder with everything in it.

    Source: reader (the models of HubSpot's clients); the order of the keys is assumed.
    """
    known = portal.lists.folders.get(str(folder_id))
    wire: dict[str, Any] = {"id": str(folder_id), "parentFolderId": str(known.parent_id if known else ROOT)}
    if known is not None:
        wire |= {
            "createdAt": format_time(known.created_ms),
            "updatedAt": format_time(known.updated_ms),
            "updatedContentsAt": format_time(known.updated_ms),
            "name": known.name,
            "userId": int(ACTING_USER_ID),
        }
    inside = [one.folder_id for one in portal.lists.folders if one.parent_id == folder_id]
    lists = [one.list_id for one in portal.lists.current() if one.folder_id == folder_id]
    return wire | {"childLists": lists, "childNodes": [_wire(portal, one) for one in inside]}


def _told(portal: Portal, folder_id: int) -> Response:
    return Response.of({"folder": _wire(portal, folder_id)})


def read_folder(context: RequestContext) -> Response:
    """Return a folder with everything in it, by default all of them.

    Source: docs.
    """
    return _told(context.portal, _number(context.portal, context.request.first("folderId")))


def create_folder(context: RequestContext) -> Response:
    """Create a folder.

    Source: docs.
    """
    portal, given = context.portal, read_body(context, NewFolder)
    made = portal.lists.make_folder(given.name, _number(portal, given.parent_folder_id))
    return _told(portal, made.folder_id)


def rename_folder(context: RequestContext) -> Response:
    """Rename a folder.

    Source: docs.
    """
    portal = context.portal
    known = _known(portal, context.params["folderId"])
    portal.lists.change_folder(known, name=context.request.first("newFolderName") or known.name)
    return _told(portal, known.folder_id)


def move_folder(context: RequestContext) -> Response:
    """Move a folder into another one, which must not lie in it.

    Source: docs; the refusal and its text are assumed.
    """
    portal = context.portal
    known = _known(portal, context.params["folderId"])
    parent = _number(portal, context.params["newParentFolderId"])
    if portal.lists.is_inside(parent, known.folder_id):
        raise HubSpotError(400, "A folder cannot be moved into itself", category="VALIDATION_ERROR")
    portal.lists.change_folder(known, parent_id=parent)
    return _told(portal, known.folder_id)


def move_list(context: RequestContext) -> Response:
    """Move a list into a folder.

    Source: docs (204).
    """
    portal, given = context.portal, read_body(context, ListMove)
    known = list_by_id(portal, str(given.list_id))
    portal.lists.put(msgspec.structs.replace(known, folder_id=_number(portal, given.new_folder_id)))
    return Response.empty()


def drop_folder(context: RequestContext) -> Response:
    """Delete a folder, which must be empty.

    Source: docs (204); the text of the refusal is assumed.
    """
    portal = context.portal
    known = _known(portal, context.params["folderId"])
    wire = _wire(portal, known.folder_id)
    if wire["childLists"] or wire["childNodes"]:
        raise HubSpotError(400, f"Folder {known.folder_id} is not empty", category="VALIDATION_ERROR")
    portal.lists.folders.drop(str(known.folder_id))
    return Response.empty()
