"""Imports: the rows of a CSV file become records, and links between those of one row.

An import is done as soon as it is answered; its rows obey the rules of other writes, and each row that breaks one is an
error of the import.

Source: docs (imports, 2026-03) for the request, the states and the counters; the models of HubSpot's clients for the
keys of errors. Which error type a rule of the account has is assumed.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from bench_core.json_text import decode_json
from fake_hubspot.context import Operation, Param, RequestContext, Response, Route
from fake_hubspot.crm.domain_errors import as_hubspot_error
from fake_hubspot.crm.families.collection import Collection, Row, known, page_of_rows, row_routes
from fake_hubspot.crm.families.multipart import Part, read_parts
from fake_hubspot.crm.parameters import infer_type, parse_bool
from fake_hubspot.crm.versions import FAMILY_PATHS
from fake_hubspot.http_errors import HubSpotError, NotBuiltError
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.errors import (
    DuplicateValueError,
    InvalidValuesError,
    MissingPropertyError,
    PortalError,
    RequiredPropertiesError,
)
from fake_hubspot.portal.record_events import IMPORTED
from fake_hubspot.portal.resources import Resource
from fake_hubspot.portal.search import Filter
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["routes"]

ERRORS = "imports.errors"
# The property by which records are found that a row names by neither id nor unique value. Source: docs.
DEDUPLICATED_BY = {"0-2": "domain", "0-1": "email"}
ERROR_TYPES: dict[type[PortalError], str] = {
    InvalidValuesError: "INVALID_PROPERTY_VALUE",
    DuplicateValueError: "DUPLICATE_UNIQUE_PROPERTY_VALUE",
    MissingPropertyError: "MISSING_REQUIRED_PROPERTY",
    RequiredPropertiesError: "MISSING_REQUIRED_PROPERTY",
}
BY_CODE = {"INVALID_EMAIL": "INVALID_EMAIL", "INVALID_OPTION": "INVALID_ENUMERATION_OPTION"}
BY_CODE |= {"INVALID_INTEGER": "INVALID_NUMBER", "INVALID_NUMBER": "INVALID_NUMBER", "INVALID_DATE": "INVALID_DATE"}


class Mapping(msgspec.Struct, rename="camel"):
    """What one column holds."""

    column_name: str | None = None
    column_object_type_id: str | None = None
    column_object_type: str | None = None
    property_name: str | None = None
    id_column_type: str | None = None
    column_type: str | None = None

    @property
    def spelled_type(self) -> str:
        """The type of record that the column belongs to, as it was given."""
        return self.column_object_type_id or self.column_object_type or ""


class Page(msgspec.Struct, rename="camel"):
    """The columns of a file."""

    column_mappings: list[Mapping]
    has_header: bool = True


class File(msgspec.Struct, rename="camel"):
    """One file of an import."""

    file_name: str
    file_import_page: Page
    file_format: str = "CSV"


class ImportRequest(msgspec.Struct, rename="camel"):
    """The part `importRequest`."""

    name: str
    files: list[File]
    import_operations: dict[str, str] = {}


class RowError(HubSpotError):
    """Why a row was not imported."""

    def __init__(self, kind: str, message: str, value: str = "") -> None:
        super().__init__(400, message)
        self.kind = kind
        self.value = value


def _import(_: RequestContext, one: Resource) -> dict[str, Any]:
    """Render an import."""
    return {
        "id": one.id,
        "createdAt": format_time(one.created_ms),
        "updatedAt": format_time(one.updated_ms),
        **one.fields,
    }


def _error(context: RequestContext, one: Resource) -> dict[str, Any]:
    """Render an error; the message and the row only if they are asked for."""
    wire: dict[str, Any] = {"id": one.id, "createdAt": one.created_ms, **one.fields}
    source = dict(wire.pop("sourceData"))
    if not parse_bool(context.request, "includeErrorMessage"):
        wire.pop("errorMessage")
    if not parse_bool(context.request, "includeRowData"):
        source["rowData"] = []
    return wire | {"sourceData": source}


IMPORTS = Collection(
    name="imports", paths=FAMILY_PATHS["imports"], key="importId", noun="import", render=_import, limit=(20, 100)
)
IMPORT_ERRORS = Collection(
    name=ERRORS,
    paths=FAMILY_PATHS["imports"],
    key="errorId",
    noun="error of an import",
    render=_error,
    limit=(100, 200),
)


def routes() -> list[Route]:
    """Return the routes of this family."""
    pages = tuple(map(Param, ("limit", "after")))
    flags = tuple(Param(name, "boolean") for name in ("includeErrorMessage", "includeRowData"))
    reading = Operation(response=dict)
    return [
        route
        for path in FAMILY_PATHS["imports"]
        for route in row_routes(
            [
                Row("imports.list", "GET", path, list_imports, Operation(pages, response=dict), "List imports"),
                Row("imports.create", "POST", path, start_import, reading, "Start an import"),
                Row("imports.read", "GET", f"{path}/{{importId}}", read_import, reading, "Read an import"),
                Row(
                    "imports.cancel", "POST", f"{path}/{{importId}}/cancel", cancel_import, reading, "Cancel an import"
                ),
                Row(
                    "imports.errors",
                    "GET",
                    f"{path}/{{importId}}/errors",
                    list_errors,
                    Operation((*pages, *flags), response=dict),
                    "List the errors of an import",
                ),
            ],
            scope="crm.import",
        )
    ]


def list_imports(context: RequestContext) -> Response:
    """Return one page of imports."""
    return page_of_rows(context, IMPORTS, context.portal.resources.all(IMPORTS.name))


def read_import(context: RequestContext) -> Response:
    """Return one import with its counters."""
    return Response.of(_import(context, known(context, IMPORTS)))


def cancel_import(context: RequestContext) -> Response:
    """Answer that an import is cancelled. One that is done stays as it is; here each one is."""
    one = known(context, IMPORTS)
    at, now = format_time(one.created_ms), format_time(context.portal.clock.now_ms())
    return Response.of({"status": "CANCELED", "requestedAt": now, "startedAt": at, "completedAt": now})


def list_errors(context: RequestContext) -> Response:
    """Return one page of the errors of an import."""
    one = known(context, IMPORTS)
    return page_of_rows(context, IMPORT_ERRORS, context.portal.resources.all(f"{ERRORS}/{one.id}"))


def _refused(text: str) -> HubSpotError:
    return HubSpotError(400, text, category="VALIDATION_ERROR")


def start_import(context: RequestContext) -> Response:
    """Import files. The answer says that the import has started, a later one that it is done."""
    parts = read_parts(context)
    wanted = _request(parts)
    files = [(file, _content(parts, file)) for file in wanted.files]
    kinds = {m.spelled_type: infer_type(context.portal, m.spelled_type) for f, _ in files for m in _used(f)}
    if not kinds:
        raise _refused("The import maps no column to a property")
    given = decode_json(parts["importRequest"].content)
    fields: dict[str, Any] = {
        "state": "STARTED",
        "metadata": {"counters": {}, "fileIds": [], "objectLists": []},
        "importRequestJson": given,
        "importName": wanted.name,
        "importSource": "API",
        "optOutImport": False,
        "mappedObjectTypeIds": sorted({kind.type_id for kind in kinds.values()}),
    }
    resources = context.portal.resources
    started = resources.add(IMPORTS.name, fields)
    wire = _import(context, started)
    run = Run(context, started.id, wanted, kinds)
    for number, (file, content) in enumerate(files, 1):
        run.read(file, content, number)
    fields["state"] = "DONE"
    fields["metadata"] = {
        "counters": dict(run.counters),
        "fileIds": [str(number) for number in range(1, len(files) + 1)],
        "objectLists": [],
    }
    resources.change(IMPORTS.name, started, fields)
    return Response.of(wire)


def _used(file: File) -> Iterable[Mapping]:
    return (one for one in file.file_import_page.column_mappings if one.spelled_type)


def _request(parts: dict[str, Part]) -> ImportRequest:
    if "importRequest" not in parts:
        raise _refused("The part importRequest is missing")
    try:
        return decode_json(parts["importRequest"].content, type=ImportRequest)
    except msgspec.DecodeError as error:
        raise _refused(f"The part importRequest is not valid: {error}") from error


def _content(parts: dict[str, Part], file: File) -> str:
    if file.file_format.upper() != "CSV":
        raise NotBuiltError(f"an import of the format {file.file_format[:20]}")
    named = [one for one in parts.values() if one.file_name == file.file_name]
    if not named:
        raise _refused(f"There is no file {file.file_name[:100]!r} in the form")
    return named[0].content.decode("utf-8-sig", "replace")


class Run:
    """One import while it runs.

    Args:
        context: The request that started it.
        import_id: Its id.
        wanted: What it is to do.
        kinds: The types of record by the names that the columns use.
    """

    def __init__(
        self, context: RequestContext, import_id: str, wanted: ImportRequest, kinds: dict[str, ObjectType]
    ) -> None:
        self._context = context
        self._errors = f"{ERRORS}/{import_id}"
        self._records = f"{IMPORTED}/{import_id}"
        self._operations = {infer_type(context.portal, k).type_id: v for k, v in wanted.import_operations.items()}
        self._kinds = kinds
        self._written: set[tuple[str, int]] = set()
        self.counters: Counter[str] = Counter()

    def read(self, file: File, content: str, file_number: int) -> None:
        """Import the rows of one file."""
        rows = list(csv.reader(io.StringIO(content, newline="")))
        mappings = file.file_import_page.column_mappings
        header = rows.pop(0) if file.file_import_page.has_header and rows else []
        for number, row in enumerate(rows, 2 if header else 1):
            if any(cell.strip() for cell in row):
                self.counters["TOTAL_ROWS"] += 1
                self._read_row(row, _columns(header, mappings), number, file_number)
        self.counters["UNIQUE_OBJECTS_WRITTEN"] = len(self._written)

    def _read_row(self, row: list[str], columns: list[Mapping | None], number: int, file_number: int) -> None:
        made: list[tuple[ObjectType, Record]] = []
        for kind in dict.fromkeys(self._kinds.values()):
            cells = [
                (one, cell.strip())
                for one, cell in zip(columns, row, strict=False)
                if one is not None and one.spelled_type and self._kinds[one.spelled_type] is kind
            ]
            if not any(cell for _, cell in cells):
                continue
            try:
                with self._context.portal.db.transaction():
                    made.append((kind, self._written_record(kind, cells)))
            except (PortalError, RowError) as error:
                self._note(error, kind, row, number, file_number)
        for kind, record in made[1:]:
            self._context.portal.associations.connect(made[0][0], made[0][1].id, kind, record.id)

    def _written_record(self, kind: ObjectType, cells: list[tuple[Mapping, str]]) -> Record:
        """Write a record, and note for the filters of lists that this import did."""
        record = self._write(kind, cells)
        self._context.portal.resources.add(self._records, {}, resource_id=f"{kind.type_id}/{record.id}")
        return record

    def _write(self, kind: ObjectType, cells: list[tuple[Mapping, str]]) -> Record:
        portal, operation = self._context.portal, self._operations.get(kind.type_id, "UPSERT").upper()
        values = {one.property_name: cell for one, cell in cells if one.property_name and cell}
        values.pop("hs_object_id", None)
        known_record = self._find(kind, cells, values)
        if known_record is None and operation == "UPDATE":
            raise RowError("OBJECT_NOT_FOUND", f"There is no such {kind.singular} to update")
        if known_record is not None and operation != "CREATE":
            record = portal.records.update(kind, known_record, values) if values else known_record
            self.counters["UPDATED_OBJECTS"] += 1
        else:
            record = portal.records.create(kind, values)
            self.counters["CREATED_OBJECTS"] += 1
        self.counters["PROPERTY_VALUES_EMITTED"] += len(values)
        self._written.add((kind.type_id, record.id))
        return record

    def _find(self, kind: ObjectType, cells: list[tuple[Mapping, str]], values: dict[str, str]) -> Record | None:
        """Return the record that a row means: by its id, by a unique value, or as the type is deduplicated."""
        records = self._context.portal.records
        for one, cell in cells:
            is_id = "HUBSPOT_OBJECT_ID" in (one.id_column_type, one.column_type) or one.property_name == "hs_object_id"
            if is_id and cell:
                found = records.find(kind, parse_id(cell))
                if found is None:
                    raise RowError("INVALID_OBJECT_ID", f"There is no {kind.singular} with the id {cell[:50]}", cell)
                return found
        unique = self._context.portal.definitions.unique_names(kind)
        for name in unique:
            if values.get(name) and (found := records.find_by(kind, name, values[name])) is not None:
                return found
        name = DEDUPLICATED_BY.get(kind.type_id, "")
        if name in unique or not values.get(name):
            return None
        matching = self._context.portal.search.find(
            kind, [[Filter(name, "EQ", values[name])]], query="", sort=None, offset=0, limit=1
        )
        return next(iter(matching.records), None)

    def _note(
        self, error: PortalError | RowError, kind: ObjectType, row: list[str], number: int, file_number: int
    ) -> None:
        self.counters["ERRORS"] += 1
        context = self._context
        message = str(error)
        if isinstance(error, RowError):
            error_type, value = error.kind, error.value
        else:
            message = as_hubspot_error(error, portal_id=context.portal.id).message
            error_type, value = ERROR_TYPES.get(type(error), "UNKNOWN_ERROR"), ""
        if isinstance(error, InvalidValuesError):
            message = error.problems[0].message
            error_type = BY_CODE.get(error.problems[0].code, error_type)
        fields = {
            "errorType": error_type,
            "errorMessage": message,
            "invalidValue": value,
            "objectType": kind.singular.upper(),
            "objectTypeId": kind.type_id,
            "sourceData": {
                "fileId": file_number,
                "lineNumber": number,
                "rowData": row,
                "containsEncryptedProperties": False,
            },
        }
        context.portal.resources.add(self._errors, fields)


def _columns(header: list[str], mappings: list[Mapping]) -> list[Mapping | None]:
    """Return what each column holds: by the names in the header, or in the order of the mappings."""
    by_name = {one.column_name: one for one in mappings if one.column_name}
    if header and any(name in by_name for name in header):
        return [by_name.get(name) for name in header]
    return list(mappings)
