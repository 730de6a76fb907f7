"""Files and their folders: upload, search, download, signed addresses, delete.

The fake serves the files itself, so the addresses that it gives lead back to it.

Source: docs (files, 2026-03) and the models of HubSpot's clients for paths and keys; texts of errors are assumed.
"""

from base64 import b64decode, b64encode
from hashlib import md5
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import msgspec

from bench_core.json_text import decode_json
from fake_hubspot.context import Body, Operation, Param, RequestContext, Response, Route, open_route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families.collection import (
    FILTERS,
    Collection,
    Row,
    existing,
    known,
    page_of_rows,
    passes,
    row_routes,
)
from fake_hubspot.crm.families.multipart import Part, read_parts
from fake_hubspot.crm.families.signed_addresses import check_signature, signed_query
from fake_hubspot.crm.families.tasks import done, finished_task
from fake_hubspot.crm.parameters import INT32_MAX, parse_integer, resource_not_found
from fake_hubspot.crm.versions import FAMILY_PATHS
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.clock import format_time, parse_time
from fake_hubspot.portal.resources import Resource

__all__ = ["DOWNLOADS", "content_of", "download_address", "routes"]

DOWNLOADS = "/hubfs"
SCOPE = "files"
TYPES = {
    "IMG": ("png", "jpg", "jpeg", "gif", "svg", "webp", "bmp", "ico", "tiff"),
    "DOCUMENT": ("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "csv", "txt", "json", "xml"),
    "AUDIO": ("mp3", "wav", "m4a", "ogg"),
    "MOVIE": ("mp4", "mov", "avi", "webm", "mkv"),
}
ACCESS = (
    "PUBLIC_INDEXABLE",
    "PUBLIC_NOT_INDEXABLE",
    "HIDDEN_INDEXABLE",
    "HIDDEN_NOT_INDEXABLE",
    "HIDDEN_PRIVATE",
    "PRIVATE",
    "HIDDEN_SENSITIVE",
    "SENSITIVE",
)
SHOWN = ("parentFolderId", "name", "path", "size", "height", "width", "encoding", "type", "extension")
DEEPEST = 6
TASKS = "files.tasks"
SIGNED_S = 1_209_600


class Options(msgspec.Struct, rename="camel"):
    """The field `options` of an upload."""

    access: str | None = None
    overwrite: bool = False
    duplicate_validation_strategy: str = "NONE"
    duplicate_validation_scope: str = "ENTIRE_PORTAL"
    ttl: str | None = None
    expires_at: str | None = None


class FolderInput(msgspec.Struct, rename="camel"):
    """A folder to make."""

    name: str
    parent_folder_id: str | int | None = None
    parent_path: str | None = None


class FolderChange(msgspec.Struct, rename="camel"):
    """What to change of a folder."""

    id: str | int | None = None
    name: str | None = None
    parent_folder_id: str | int | None = None


class FileChange(msgspec.Struct, rename="camel"):
    """What to change of a file."""

    name: str | None = None
    access: str | None = None
    parent_folder_id: str | int | None = None
    parent_folder_path: str | None = None
    is_usable_in_content: bool | None = None
    expires_at: int | str | None = None


class UrlInput(msgspec.Struct, rename="camel"):
    """A file to fetch from a URL."""

    url: str
    access: str
    name: str | None = None
    folder_id: str | int | None = None
    folder_path: str | None = None
    overwrite: bool = False


def _file(context: RequestContext, one: Resource) -> dict[str, Any]:
    """Render a file."""
    address = download_address(context, one)
    wire = {
        "id": one.id,
        "createdAt": format_time(one.created_ms),
        "updatedAt": format_time(one.updated_ms),
        "archived": one.is_archived,
        **{name: one.fields[name] for name in SHOWN if one.fields.get(name) is not None},
        "defaultHostingUrl": address,
        "url": address,
        "isUsableInContent": one.fields.get("isUsableInContent", True),
        "access": one.fields["access"],
        "fileMd5": one.fields["fileMd5"],
        "sourceGroup": "CONTENT",
    }
    if one.fields.get("expiresAt") is not None:
        wire["expiresAt"] = one.fields["expiresAt"]
    return wire if one.archived_ms is None else wire | {"archivedAt": format_time(one.archived_ms)}


def _folder(_: RequestContext, one: Resource) -> dict[str, Any]:
    """Render a folder; one at the top has no parent."""
    times = {"createdAt": format_time(one.created_ms), "updatedAt": format_time(one.updated_ms)}
    fields = {name: value for name, value in one.fields.items() if value is not None}
    return {"id": one.id, **times, "archived": one.is_archived, **fields}


FILES = Collection(
    name="files",
    paths=tuple(f"{path}/files" for path in FAMILY_PATHS["files"]),
    key="fileId",
    noun="file",
    scope=SCOPE,
    filters=(
        *("name", "path", "type", "extension", "encoding", "url", "fileMd5", "isUsableInContent", "size", "height"),
        "width",
    ),
    render=_file,
    limit=(10, 100),
    is_shallow=False,
)
FOLDERS = Collection(
    name="file-folders",
    paths=tuple(f"{path}/folders" for path in FAMILY_PATHS["files"]),
    key="folderId",
    noun="folder",
    scope=SCOPE,
    filters=("name", "path"),
    render=_folder,
    limit=(10, 100),
    is_shallow=False,
)


def routes() -> list[Route]:
    """Return the routes of files and folders, and those that serve what is in a file."""
    found = [route for path in FAMILY_PATHS["files"] for route in _routes_under(path)]
    reading = Operation((Param("signature"), Param("expires")), response=None)
    path = f"{DOWNLOADS}/{{portalId}}/{{fileId}}/{{fileName}}"
    return [*found, open_route("files.content", "GET", path, send_content, summary="Download", operation=reading)]


def _routes_under(path: str) -> list[Route]:
    files, folders = f"{path}/files", f"{path}/folders"
    pages = tuple(map(Param, ("limit", "after", "sort", *FILTERS)))
    searching = Operation((*pages, *map(Param, (*FILES.filters, "parentFolderIds", "ids"))), response=dict)
    searching_folders = Operation((*pages, *map(Param, (*FOLDERS.filters, "parentFolderIds", "ids"))), response=dict)
    made = Operation(response=dict, statuses=(201,))
    read = Operation(response=dict)
    gone = Operation(statuses=(204,))
    folder_made = Operation(body=FolderInput, response=dict, statuses=(201,))
    folder_changed = Operation(body=FolderChange, response=dict)
    folder_moved = Operation(body=FolderChange, response=dict, statuses=(202,))
    accepted = Operation(body=UrlInput, response=dict, statuses=(202,))
    rows = [
        ("files.upload", "POST", files, upload, made, "Upload a file"),
        ("files.search", "GET", f"{files}/search", search_files, searching, "Search files"),
        ("files.read", "GET", f"{files}/{{fileId}}", read_file, read, "Read a file"),
        ("files.replace", "PUT", f"{files}/{{fileId}}", replace_file, read, "Replace what is in a file"),
        ("files.update", "PATCH", f"{files}/{{fileId}}", update_file, Operation(body=FileChange, response=dict), ""),
        ("files.archive", "DELETE", f"{files}/{{fileId}}", archive_file, gone, "Archive a file"),
        ("files.erase", "DELETE", f"{files}/{{fileId}}/gdpr-delete", erase_file, gone, "Erase a file"),
        ("files.sign", "GET", f"{files}/{{fileId}}/signed-url", sign_file, read, "Return a signed address"),
        ("files.download", "GET", f"{files}/{{fileId}}/download", download_file, Operation(), "Download a file"),
        ("files.fetch", "POST", f"{files}/import-from-url/async", fetch_file, accepted, "Fetch a file from a URL"),
        ("files.fetched", "GET", f"{files}/import-from-url/async/tasks/{{taskId}}/status", read_task, read, ""),
        ("folders.create", "POST", folders, create_folder, folder_made, "Make a folder"),
        ("folders.search", "GET", f"{folders}/search", search_folders, searching_folders, "Search folders"),
        ("folders.move", "POST", f"{folders}/update/async", move_folder, folder_moved, "Move a folder"),
        ("folders.moved", "GET", f"{folders}/update/async/tasks/{{taskId}}/status", read_task, read, ""),
        ("folders.update", "PATCH", f"{folders}/{{folderId}}", update_folder, folder_changed, "Change a folder"),
    ]
    for tail in _deep("folderId"):
        rows.append(("folders.read", "GET", f"{folders}/{tail}", read_folder, read, "Read a folder by id or path"))
        rows.append(("folders.archive", "DELETE", f"{folders}/{tail}", archive_folder, gone, "Archive a folder"))
    rows += [
        ("files.stat", "GET", f"{files}/stat/{tail}", stat_file, read, "Find a file by path") for tail in _deep("path")
    ]
    return row_routes((Row(*one) for one in rows), scope=SCOPE)


def _deep(name: str) -> list[str]:
    """Return the path parameters for a path of one to `DEEPEST` names: clients escape its slashes, or do not."""
    return ["/".join([f"{{{name}}}", *(f"{{deeper{n}}}" for n in range(1, depth))]) for depth in range(1, DEEPEST + 1)]


def _path_in(context: RequestContext, name: str) -> str:
    deeper = [context.params[key] for key in sorted(context.params) if key.startswith("deeper")]
    return "/" + "/".join([context.params[name], *deeper]).strip("/")


def _refused(text: str) -> HubSpotError:
    return HubSpotError(400, text, category="VALIDATION_ERROR")


def upload(context: RequestContext) -> Response:
    """Store a file of a form.

    Source: docs: `file`, `options` with `access`, and one of `folderId` and `folderPath` are needed.
    """
    parts = read_parts(context)
    file = parts.get("file")
    if file is None:
        raise _refused("The part file is missing")
    options = _options(parts.get("options"))
    folder = _wanted_folder(context, _text(parts.get("folderId")), _text(parts.get("folderPath")), is_needed=True)
    name = _text(parts.get("fileName")) or file.file_name or "file"
    made = _store(context, file.content, name, folder, options)
    return Response.of(_file(context, made), status=201)


def _text(part: Part | None) -> str:
    return "" if part is None else part.text.strip()


def _options(part: Part | None, *, needs_access: bool = True) -> Options:
    try:
        options = decode_json(part.content if part else b"{}", type=Options)
    except msgspec.DecodeError as error:
        raise _refused(f"The part options is not valid: {error}") from error
    if needs_access or options.access is not None:
        _check_access(options.access)
    return options


def _check_access(access: str | None) -> None:
    if access not in ACCESS:
        raise _refused(f"access is one of {', '.join(ACCESS)}, not {access!r:.60}")


def _wanted_folder(context: RequestContext, folder_id: str, path: str, *, is_needed: bool = False) -> Resource | None:
    """Return the folder that a request names; one that it names by path is made if there is none. None is the top."""
    if folder_id:
        found = context.portal.resources.find(FOLDERS.name, folder_id)
        if found is None or found.is_archived:
            raise HubSpotError(404, f"There is no folder {folder_id[:50]}", category="OBJECT_NOT_FOUND")
        return found
    if not path and is_needed:
        raise _refused("One of folderId and folderPath is needed")
    return _folder_at(context, path)


def _folder_at(context: RequestContext, path: str) -> Resource | None:
    here: Resource | None = None
    for name in [one for one in path.split("/") if one][:20]:
        place = f"{here.fields['path'] if here else ''}/{name}"
        here = _by_path(context, FOLDERS.name, place) or _make_folder(context, name, here)
    return here


def _make_folder(context: RequestContext, name: str, parent: Resource | None) -> Resource:
    fields = {"parentFolderId": parent.id if parent else None, "name": name}
    fields["path"] = f"{parent.fields['path'] if parent else ''}/{name}"
    return context.portal.resources.add(FOLDERS.name, fields)


def _by_path(context: RequestContext, family: str, path: str) -> Resource | None:
    return next((one for one in context.portal.resources.living(family) if one.fields["path"] == path), None)


def _store(context: RequestContext, content: bytes, name: str, folder: Resource | None, options: Options) -> Resource:
    """Store a file. One at the same path is replaced if the request says so, otherwise the new name gets a number."""
    resources = context.portal.resources
    fields = _fields(content, name, folder) | {"access": options.access}
    if options.expires_at:
        fields["expiresAt"] = _time(options.expires_at)
    known_file = _by_path(context, FILES.name, fields["path"])
    if known_file is not None and options.overwrite:
        return resources.change(FILES.name, known_file, fields)
    if options.duplicate_validation_strategy != "NONE" and (same := _duplicate(context, fields, options)):
        if options.duplicate_validation_strategy == "RETURN_EXISTING":
            return same
        raise HubSpotError(409, f"The file exists already with the id {same.id}", category="CONFLICT")
    stem, number = fields["name"], 1
    while _by_path(context, FILES.name, fields["path"]) is not None:
        fields |= _fields(content, f"{stem}-{number}.{fields['extension']}".rstrip("."), folder)
        number += 1
    return resources.add(FILES.name, fields)


def _duplicate(context: RequestContext, fields: dict[str, Any], options: Options) -> Resource | None:
    for one in context.portal.resources.all(FILES.name):
        is_same_folder = one.fields.get("parentFolderId") == fields.get("parentFolderId")
        is_in_scope = is_same_folder or options.duplicate_validation_scope == "ENTIRE_PORTAL"
        if not one.is_archived and is_in_scope and one.fields["fileMd5"] == fields["fileMd5"]:
            return one
    return None


def _fields(content: bytes, name: str, folder: Resource | None) -> dict[str, Any]:
    stem, dot, extension = name.replace("/", "-").rpartition(".")
    if not dot:
        stem, extension = extension, ""
    full = f"{stem}.{extension}".rstrip(".")
    kind = next((one for one, names in TYPES.items() if extension.lower() in names), "OTHER")
    return {
        "parentFolderId": folder.id if folder else None,
        "name": stem,
        "path": f"{folder.fields['path'] if folder else ''}/{full}",
        "size": len(content),
        "type": kind,
        "extension": extension,
        "fileMd5": md5(content, usedforsecurity=False).hexdigest(),
        "content": b64encode(content).decode(),
    }


def content_of(one: Resource) -> bytes:
    """Return what is in a stored file."""
    return b64decode(one.fields["content"])


def _full_name(one: Resource) -> str:
    return f"{one.fields['name']}.{one.fields['extension']}".rstrip(".")


def download_address(context: RequestContext, one: Resource) -> str:
    """Return the address at which this server sends what is in a stored file."""
    return f"{context.request.origin}{DOWNLOADS}/{context.portal.id}/{one.id}/{quote(_full_name(one), safe='')}"


def search_files(context: RequestContext) -> Response:
    """Return one page of files."""
    return _search(context, FILES)


def search_folders(context: RequestContext) -> Response:
    """Return one page of folders."""
    return _search(context, FOLDERS)


def _search(context: RequestContext, collection: Collection) -> Response:
    parents, ids = set(context.request.all("parentFolderIds")), set(context.request.all("ids"))
    rows = context.portal.resources.living(collection.name)
    rows = [one for one in rows if not parents or str(one.fields.get("parentFolderId")) in parents]
    rows = [one for one in rows if (not ids or one.id in ids) and _has_size(context, one)]
    return page_of_rows(context, collection, [one for one in rows if passes(context, collection, one)])


def _has_size(context: RequestContext, one: Resource) -> bool:
    least = parse_integer(context.request, "sizeGte", largest=INT32_MAX)
    most = parse_integer(context.request, "sizeLte", largest=INT32_MAX)
    size = one.fields.get("size", 0)
    return (least is None or size >= least) and (most is None or size <= most)


def read_file(context: RequestContext) -> Response:
    """Return one file."""
    return Response.of(_file(context, known(context, FILES)))


def replace_file(context: RequestContext) -> Response:
    """Put something else into a file; its path stays."""
    one, parts = known(context, FILES), read_parts(context)
    file = parts.get("file")
    if file is None:
        raise _refused("The part file is missing")
    content = {k: v for k, v in _fields(file.content, "x", None).items() if k in ("size", "fileMd5", "content")}
    access = _options(parts.get("options"), needs_access=False).access
    fields = one.fields | content | ({} if access is None else {"access": access})
    return Response.of(_file(context, context.portal.resources.change(FILES.name, one, fields)))


def update_file(context: RequestContext) -> Response:
    """Rename, move or open a file."""
    one, given = known(context, FILES), read_body(context, FileChange)
    folder_id = "" if given.parent_folder_id is None else str(given.parent_folder_id)
    if folder_id or given.parent_folder_path:
        folder = _wanted_folder(context, folder_id, given.parent_folder_path or "")
    else:
        folder = context.portal.resources.find(FOLDERS.name, str(one.fields.get("parentFolderId")))
    name = f"{given.name or one.fields['name']}.{one.fields['extension']}".rstrip(".")
    fields = one.fields | {
        k: v for k, v in _fields(b"", name, folder).items() if k in ("parentFolderId", "name", "path")
    }
    if given.access is not None:
        _check_access(given.access)
        fields["access"] = given.access
    if given.is_usable_in_content is not None:
        fields["isUsableInContent"] = given.is_usable_in_content
    if given.expires_at is not None:
        fields["expiresAt"] = _time(str(given.expires_at))
    return Response.of(_file(context, context.portal.resources.change(FILES.name, one, fields)))


def _time(text: str) -> int:
    try:
        return parse_time(text)
    except ValueError:
        raise _refused(f"expiresAt is a time, not {text[:50]!r}") from None


def archive_file(context: RequestContext) -> Response:
    """Archive a file."""
    context.portal.resources.archive(FILES.name, known(context, FILES))
    return Response.empty()


def erase_file(context: RequestContext) -> Response:
    """Delete a file for good."""
    context.portal.resources.drop(FILES.name, known(context, FILES).id)
    return Response.empty()


def stat_file(context: RequestContext) -> Response:
    """Return the file or the folder at a path."""
    path = _path_in(context, "path")
    if (one := _by_path(context, FILES.name, path)) is not None:
        return Response.of({"file": _file(context, one)})
    if (one := _by_path(context, FOLDERS.name, path)) is not None:
        return Response.of({"folder": _folder(context, one)})
    raise resource_not_found()


def sign_file(context: RequestContext) -> Response:
    """Return an address at which a file can be read for some time without a token, also a private one."""
    one = known(context, FILES)
    seconds = parse_integer(context.request, "expirationSeconds", largest=INT32_MAX)
    expires = context.portal.clock.now_ms() + (SIGNED_S if seconds is None else seconds) * 1000
    address = f"{download_address(context, one)}?{signed_query(context, one.id, expires)}"
    wire: dict[str, Any] = {"expiresAt": format_time(expires), "extension": one.fields["extension"]}
    wire |= {"name": one.fields["name"], "size": one.fields["size"], "type": one.fields["type"], "url": address}
    return Response.of(wire)


def send_content(context: RequestContext) -> Response:
    """Send what is in a file; in a private one only with a signature that has not expired."""
    for family in (FILES.name, "exports"):
        one = context.portal.resources.find(family, context.params["fileId"])
        if one is not None and not one.is_archived and "content" in one.fields:
            break
    else:
        raise resource_not_found()
    if context.params["portalId"] != str(context.portal.id):
        raise resource_not_found()
    if "PRIVATE" in one.fields["access"] or "SENSITIVE" in one.fields["access"]:
        check_signature(context, one.id)
    return _sent(one)


def download_file(context: RequestContext) -> Response:
    """Send what is in a file to the holder of a token."""
    return _sent(known(context, FILES))


def _sent(one: Resource) -> Response:
    kind = b"text/csv;charset=utf-8" if one.fields["extension"] == "csv" else b"application/octet-stream"
    return Response(200, Body(content_of(one)), kind)


def fetch_file(context: RequestContext) -> Response:
    """Fetch a file from a URL. The fake asks no other server, so only its own files can be fetched.

    The task ends with an error for every other URL.
    """
    wanted = read_body(context, UrlInput)
    _check_access(wanted.access)
    source = _own_file(context, wanted.url)
    if source is None:
        text = "the fake HubSpot fetches nothing from other servers; upload the file instead"
        return done(context, TASKS, errors=[{"status": "error", "category": "VALIDATION_ERROR", "message": text}])
    folder_id = "" if wanted.folder_id is None else str(wanted.folder_id)
    folder = _wanted_folder(context, folder_id, wanted.folder_path or "")
    options = Options(access=wanted.access, overwrite=wanted.overwrite)
    made = _store(context, content_of(source), wanted.name or _full_name(source), folder, options)
    return done(context, TASKS, result=_file(context, made))


def _own_file(context: RequestContext, url: str) -> Resource | None:
    origin = context.request.origin
    parts = unquote(urlsplit(url).path).split("/") if url.startswith(f"{origin}/") else []
    return context.portal.resources.find(FILES.name, parts[3]) if len(parts) > 3 else None


def read_task(context: RequestContext) -> Response:
    """Return what became of a task."""
    return finished_task(context, TASKS)


def create_folder(context: RequestContext) -> Response:
    """Make a folder."""
    given = read_body(context, FolderInput)
    parent_id = "" if given.parent_folder_id is None else str(given.parent_folder_id)
    parent = _wanted_folder(context, parent_id, given.parent_path or "")
    name = given.name.replace("/", "-")
    if _by_path(context, FOLDERS.name, f"{parent.fields['path'] if parent else ''}/{name}"):
        raise HubSpotError(409, f"There is a folder {name[:100]} here already", category="CONFLICT")
    return Response.of(_folder(context, _make_folder(context, name, parent)), status=201)


def _known_folder(context: RequestContext) -> Resource:
    """Return the folder that the path names by id or by its own path."""
    found = context.portal.resources.find(FOLDERS.name, context.params["folderId"])
    if found is None or found.is_archived:
        found = _by_path(context, FOLDERS.name, _path_in(context, "folderId"))
    if found is None:
        raise resource_not_found()
    return found


def read_folder(context: RequestContext) -> Response:
    """Return one folder."""
    return Response.of(_folder(context, _known_folder(context)))


def archive_folder(context: RequestContext) -> Response:
    """Archive a folder with everything in it."""
    resources, folder = context.portal.resources, _known_folder(context)
    inside = f"{folder.fields['path']}/"
    for family in (FILES.name, FOLDERS.name):
        for one in resources.living(family):
            if one.fields["path"].startswith(inside):
                resources.archive(family, one)
    resources.archive(FOLDERS.name, folder)
    return Response.empty()


def update_folder(context: RequestContext) -> Response:
    """Rename or move a folder."""
    return Response.of(_folder(context, _moved(context, _known_folder(context), read_body(context, FolderChange))))


def move_folder(context: RequestContext) -> Response:
    """Rename or move a folder as a task."""
    given = read_body(context, FolderChange)
    found = existing(context, FOLDERS.name, str(given.id))
    return done(context, TASKS, result=_folder(context, _moved(context, found, given)))


def _moved(context: RequestContext, folder: Resource, given: FolderChange) -> Resource:
    """Change a folder, and the paths of everything in it."""
    resources, before = context.portal.resources, folder.fields["path"]
    parent_id = folder.fields["parentFolderId"] if given.parent_folder_id is None else str(given.parent_folder_id)
    parent = resources.find(FOLDERS.name, str(parent_id)) if parent_id else None
    if parent is not None and f"{parent.fields['path']}/".startswith(f"{before}/"):
        raise _refused("A folder cannot be moved into itself")
    name = given.name or folder.fields["name"]
    after = f"{parent.fields['path'] if parent else ''}/{name}"
    for family in (FILES.name, FOLDERS.name):
        for one in resources.all(family):
            if one.fields["path"].startswith(f"{before}/"):
                resources.change(family, one, one.fields | {"path": after + one.fields["path"][len(before) :]})
    fields = {"parentFolderId": parent.id if parent else None, "name": name, "path": after}
    return resources.change(FOLDERS.name, folder, fields)
