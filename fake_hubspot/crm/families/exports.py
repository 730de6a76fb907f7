"""Exports: the records of a view or of a list as a CSV file, which the fake serves itself.

Source: docs (exports, 2026-03) for the request and the status; the models of HubSpot's clients for the other keys. That
the first column is `Record ID`, and what an empty value looks like, is assumed.
"""

import csv
import io
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from fake_hubspot.context import Operation, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families.collection import Row, existing, row_routes
from fake_hubspot.crm.families.files import download_address
from fake_hubspot.crm.lists import list_by_id
from fake_hubspot.crm.parameters import infer_type
from fake_hubspot.crm.search import SearchInput, check_names, groups_of, sort_of
from fake_hubspot.crm.versions import FAMILY_PATHS
from fake_hubspot.http_errors import HubSpotError, NotBuiltError
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.resources import Resource
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["routes"]

EXPORTS = "exports"
FORMATS = ("CSV", "XLS", "XLSX")
PAGE = 1000


class ExportRequest(msgspec.Struct, rename="camel"):
    """What is exported."""

    export_type: str
    format: str
    export_name: str
    object_type: str
    object_properties: list[str]
    list_id: str | int | None = None
    public_crm_search_request: SearchInput | None = None
    associated_object_type: str | list[str] | None = None
    export_internal_values_options: list[str] = []


def routes() -> list[Route]:
    """Return the routes of this family."""
    starting = Operation(body=ExportRequest, response=dict, statuses=(202,))
    reading = Operation(response=dict)
    return [
        route
        for path in FAMILY_PATHS["exports"]
        for route in row_routes(
            [
                Row("exports.create", "POST", f"{path}/export/async", start_export, starting, "Start an export"),
                Row(
                    "exports.status",
                    "GET",
                    f"{path}/export/async/tasks/{{taskId}}/status",
                    read_status,
                    reading,
                    "Read the status of an export",
                ),
                Row("exports.read", "GET", f"{path}/export/{{taskId}}", read_export, reading, "Read an export"),
            ],
            scope="crm.export",
        )
    ]


def _refused(text: str) -> HubSpotError:
    return HubSpotError(400, text, category="VALIDATION_ERROR")


def start_export(context: RequestContext) -> Response:
    """Write the records to a file. The answer is its id; the status has the address."""
    wanted = read_body(context, ExportRequest)
    if wanted.export_type not in ("VIEW", "LIST"):
        raise _refused(f"exportType is VIEW or LIST, not {wanted.export_type[:50]!r}")
    if wanted.format not in FORMATS:
        raise _refused(f"format is one of {', '.join(FORMATS)}, not {wanted.format[:50]!r}")
    if wanted.format != "CSV":
        raise NotBuiltError(f"an export of the format {wanted.format}")
    kind = infer_type(context.portal, wanted.object_type)
    unknown = [name for name in wanted.object_properties if name not in context.portal.definitions.names(kind.type_id)]
    if unknown:
        raise _refused(f"There is no property {unknown[0][:100]!r} to export (this text is the fake's own)")
    records = list(_records(context, kind, wanted))
    text = _to_csv(context, kind, wanted, records)
    fields = {
        "name": wanted.export_name[:100] or "export",
        "extension": "csv",
        "path": "",
        "access": "PUBLIC_NOT_INDEXABLE",
        "content": b64encode(text.encode()).decode(),
        "recordCount": len(records),
        "exportType": wanted.export_type,
        "objectType": kind.type_id,
        "objectProperties": wanted.object_properties,
    }
    made = context.portal.resources.add(EXPORTS, fields)
    link = f"{context.request.origin}{context.request.path.rstrip('/')}/tasks/{made.id}/status"
    return Response.of({"id": made.id, "links": {"status": link}}, status=202)


def _records(context: RequestContext, kind: ObjectType, wanted: ExportRequest) -> Iterable[Record]:
    portal = context.portal
    if wanted.export_type == "LIST":
        members = portal.lists.members(list_by_id(portal, str(wanted.list_id)))
        return portal.store.get_many(kind.type_id, [int(one) for one in members])
    search = wanted.public_crm_search_request
    if search is None:
        return _everything(context, kind)
    groups, sort = groups_of(search), sort_of(search)
    check_names(portal, kind, search, groups, sort)
    limit = portal.store.count(kind.type_id) + 1
    return portal.search.find(kind, groups, query=search.query or "", sort=sort, offset=0, limit=limit).records


def _everything(context: RequestContext, kind: ObjectType) -> Iterator[Record]:
    after: int | None = 0
    while after is not None:
        page, after = context.portal.list_records(kind, after=after, limit=PAGE)
        yield from page


def _to_csv(context: RequestContext, kind: ObjectType, wanted: ExportRequest, records: list[Record]) -> str:
    names, definitions = wanted.object_properties, context.portal.definitions
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    is_by_name = "NAMES" in wanted.export_internal_values_options
    known = [definitions.get(kind.type_id, name) for name in names]
    labels = [one.label if one and not is_by_name else name for name, one in zip(names, known, strict=True)]
    others = _others(context, wanted)
    writer.writerow(["Record ID", *labels, *(f"Associated {other.singular} IDs" for other in others)])
    for record in records:
        links = [";".join(map(str, _linked(context, kind, record, other))) for other in others]
        writer.writerow([record.id, *(record.properties.get(name) or "" for name in names), *links])
    return text.getvalue()


def _others(context: RequestContext, wanted: ExportRequest) -> list[ObjectType]:
    given = wanted.associated_object_type or []
    return [infer_type(context.portal, name) for name in ([given] if isinstance(given, str) else given)]


def _linked(context: RequestContext, kind: ObjectType, record: Record, other: ObjectType) -> list[int]:
    neighbours = context.portal.associations.neighbours(kind.type_id, record.id)
    return sorted({number for type_id, number in neighbours if type_id == other.type_id})


def _known(context: RequestContext) -> Resource:
    return existing(context, EXPORTS, context.params["taskId"])


def read_status(context: RequestContext) -> Response:
    """Return where the file is. Source: docs (`result` is its address)."""
    one = _known(context)
    at = format_time(one.created_ms)
    wire = {"status": "COMPLETE", "requestedAt": at, "startedAt": at, "completedAt": at}
    return Response.of(wire | {"result": download_address(context, one)})


def read_export(context: RequestContext) -> Response:
    """Return what was exported. Source: reader (the models of HubSpot's clients)."""
    one = _known(context)
    wire: dict[str, Any] = {"id": one.id, "createdAt": format_time(one.created_ms)}
    wire |= {"updatedAt": format_time(one.updated_ms), "exportName": one.fields["name"], "exportState": "COMPLETE"}
    wire |= {name: one.fields[name] for name in ("exportType", "objectType", "objectProperties", "recordCount")}
    return Response.of(wire)
