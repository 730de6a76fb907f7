"""Records as rows: CSV files, JSON arrays, NDJSON files and the responses of HubSpot's lists."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from bench_core.json_text import parse_json
from bench_core.names import nearest
from fake_hubspot.errors import SeedError
from fake_hubspot.portal.decimal_id import LARGEST_EXACT_ID, parse_id
from fake_hubspot.portal.definitions import Definitions
from fake_hubspot.portal.types import ObjectType
from fake_hubspot.portal.values import WireValue
from fake_hubspot.seeds.positions import line_and_column, position_of

__all__ = ["Row", "RowReader", "decode_json", "seed_text"]

MAX_CELL = 100_000
ID_COLUMNS = ("id", "hs_object_id", "record id")
HUBSPOT_KEYS = {"id", "properties", "createdAt", "updatedAt", "archived", "archivedAt", "url", "objectWriteTraceId"}
DEFINE = 'One of your own is defined in an account file first: {"properties": {"%s": [{"name": "%s"}]}}'


class Row(msgspec.Struct, frozen=True):
    """A record as a file gives it.

    Attributes:
        record_id: Its id; None for a new one.
        where: Its place in the file, as messages say it.
        places: The places of its properties.
    """

    record_id: int | None
    properties: dict[str, WireValue]
    where: str
    places: Callable[[str], str]
    archived: bool = False
    archived_at: str | None = None


def seed_text(path: Path, content: bytes) -> str:
    """Return a file's text.

    Raises:
        SeedError: It is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        problem = f"line {line}, byte {column}: it is not UTF-8 ({error.reason})"
        raise SeedError(str(path), problem=problem, remedy="Save it as UTF-8") from error


def decode_json(path: Path, text: str, *, first_line: int = 1) -> Any:
    """Return the value of a JSON text.

    Raises:
        SeedError: It is not JSON. The message says the line and the column.
    """
    try:
        return parse_json(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where, why = f"line {error.lineno + first_line - 1}, column {error.colno}", error.msg
    except ValueError as error:
        where, why = f"line {first_line}", str(error)
    raise SeedError(str(path), problem=f"{where}: it is not JSON ({why})", remedy="Correct the file")


class RowReader:
    """Reads the rows of a file for one type of record.

    Args:
        path: The file, for messages.
        object_type: The type of the records.
        definitions: The properties that rows may have, by their names or labels.
    """

    def __init__(self, path: Path, object_type: ObjectType, definitions: Definitions) -> None:
        self._path = path
        self._type = object_type
        self._names = definitions.names(object_type.type_id)
        labels: dict[str, list[str]] = {}
        for one in definitions.of(object_type.type_id):
            labels.setdefault(one.label.strip().lower(), []).append(one.name)
        self._by_label = {label: names[0] for label, names in labels.items() if len(names) == 1}

    def read(self, text: str) -> Iterator[Row]:
        """Yield the rows.

        Raises:
            SeedError: The text is not what the name of the file promises.
        """
        suffix = self._path.suffix.lower()
        if suffix == ".csv":
            return self._csv(text)
        if suffix in (".ndjson", ".jsonl"):
            return self._ndjson(text)
        return self._json(text)

    def refuse(self, where: str, problem: str, remedy: str = "Correct the file") -> NoReturn:
        """Raise an error about a place in the file."""
        raise SeedError(str(self._path), problem=f"{where}: {problem}" if where else problem, remedy=remedy)

    def name_of(self, given: str, where: str) -> str:
        """Return the property that a column or key means: by its name, or by its label.

        Raises:
            SeedError: There is none.
        """
        name = given.strip()
        if name in self._names:
            return name
        lowered = name.lower()
        if lowered in self._names:
            return lowered
        found = self._by_label.get(lowered)
        if found is None:
            meant = nearest(name, self._names) or self._by_label.get(nearest(lowered, self._by_label) or "")
            hint = f"; did you mean {meant!r}?" if meant else ""
            problem = f"{self._type.plural} have no property {name[:100]!r}{hint}"
            self.refuse(where, problem, DEFINE % (self._type.plural, name[:100]))
        return found

    def _csv(self, text: str) -> Iterator[Row]:
        first = text.split("\n", 1)[0]
        delimiter = max(",;\t", key=first.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        csv.field_size_limit(MAX_CELL)
        lines = self._csv_lines(reader)
        _, header = next(lines, (1, []))
        columns = self._columns(header)
        for line, cells in lines:
            if len(cells) != len(columns):
                self.refuse(f"line {line}", f"it has {len(cells)} cells, the header has {len(columns)} columns")
            yield self._csv_row(line, columns, cells)

    def _csv_lines(self, reader: Any) -> Iterator[tuple[int, list[str]]]:
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                self.refuse(f"line {line}", f"it is not CSV ({error})")
            if cells is None:
                return
            if cells:
                yield line, cells

    def _columns(self, header: list[str]) -> list[str]:
        columns: list[str] = []
        for number, title in enumerate(header, start=1):
            where = f"line 1, column {number}"
            is_id = title.strip().lower() in ID_COLUMNS
            column = "id" if is_id else self.name_of(title, where)
            if column in columns:
                self.refuse(
                    where,
                    f"the column {title.strip()!r} stands for {column!r}, as column {columns.index(column) + 1} does",
                )
            columns.append(column)
        return columns

    def _csv_row(self, line: int, columns: list[str], cells: list[str]) -> Row:
        values: dict[str, WireValue] = {name: cell for name, cell in zip(columns, cells, strict=True) if cell != ""}

        def place(name: str) -> str:
            return f"line {line}, column {columns.index(name) + 1} ({name})" if name in columns else f"line {line}"

        given = values.pop("id", None)
        return Row(None if given is None else self.id_of(given, place("id")), values, f"line {line}", place)

    def id_of(self, given: object, where: str) -> int:
        """Return a record's id.

        Raises:
            SeedError: It is none.
        """
        found = parse_id(str(given), largest=LARGEST_EXACT_ID)
        if not found:
            self.refuse(where, f"a record's id is a positive whole number below 2^53, not {str(given)[:50]!r}")
        return found

    def _ndjson(self, text: str) -> Iterator[Row]:
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                value = decode_json(self._path, line, first_line=number)
                yield self._json_row(value, f"line {number}", _fixed(f"line {number}"))

    def _json(self, text: str) -> Iterator[Row]:
        value = decode_json(self._path, text)
        prefix: tuple[str | int, ...] = ()
        if isinstance(value, dict) and isinstance(value.get("results"), list):
            value, prefix = value["results"], ("results",)
        if not isinstance(value, list):
            self.refuse("line 1", f"expected an array of records, got {_kind(value)}")
        for number, one in enumerate(value):
            yield self._json_row(one, f"record {number + 1}", self.places_in(text, (*prefix, number)))

    def places_in(self, text: str, path: tuple[str | int, ...]) -> Callable[[str], str]:
        """Return a function that says where the properties of the record at a path are."""

        def place(name: str) -> str:
            at = position_of(text, path)
            inner = max(position_of(text, (*path, name)), position_of(text, (*path, "properties", name)))
            line, column = line_and_column(text, max(at, inner))
            return f"line {line}, column {column}"

        return place

    def _json_row(self, value: Any, where: str, places: Callable[[str], str]) -> Row:
        if not isinstance(value, dict):
            self.refuse(places(""), f"expected a record as an object, got {_kind(value)}")
        if isinstance(value.get("properties"), dict):
            return self._wire_row(value, where, places)
        given = next((value[name] for name in ("id", "hs_object_id") if value.get(name) is not None), None)
        record_id = None if given is None else self.id_of(given, places("id"))
        rest = {name: each for name, each in value.items() if name not in ("id", "hs_object_id")}
        return Row(record_id, self.values_of(rest, places), where, places)

    def _wire_row(self, value: Mapping[str, Any], where: str, places: Callable[[str], str]) -> Row:
        for name in value:
            if name == "associations":
                self.refuse(places(name), "links are not read from rows", "Put them into an account file")
            if name not in HUBSPOT_KEYS:
                self.refuse(places(name), f"a record beside `properties` has no {name!r}")
        record_id = None if value.get("id") is None else self.id_of(value["id"], places("id"))
        properties = {name: each for name, each in value["properties"].items() if name != "hs_object_id"}
        values = self.values_of(properties, places)
        times = ((self._type.created_property, "createdAt"), (self._type.modified_property, "updatedAt"))
        for name, key in times:
            if isinstance(value.get(key), str):
                values.setdefault(name, value[key])
        return Row(record_id, values, where, places, archived=value.get("archived") is True)

    def values_of(self, given: Mapping[str, Any], places: Callable[[str], str]) -> dict[str, WireValue]:
        """Return the values of a row by the names of their properties; null is none.

        Raises:
            SeedError: A property does not exist, or a value is an array or an object.
        """
        values: dict[str, WireValue] = {}
        for key, value in given.items():
            name = key if key in self._names else self.name_of(key, places(key))
            if isinstance(value, list | dict):
                self.refuse(places(key), f"the property {key!r} has a text, a number or true/false, not {_kind(value)}")
            if value is not None:
                values[name] = value
        return values


def _fixed(where: str) -> Callable[[str], str]:
    return lambda name: f"{where} ({name})" if name else where


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "an array", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")
