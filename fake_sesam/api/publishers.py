"""`/publishers/PIPE/csv` and `/xml`: the entities of endpoint sinks as files.

Source: docs (configuration-sinks-csv.rst, configuration-sinks-xml.rst). Assumed: a list or an object in a column of a
CSV file is JSON, null is empty, and a Transit value has no tag; an attribute or a tag that is null is left out; an
entity without exactly one tag, or with a name that XML does not allow, ends the response as an error.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from fake_sesam.api.query import integer
from fake_sesam.config import SinkConfig
from fake_sesam.dtl.functions.strings import to_string
from fake_sesam.dtl.values import SKIP, as_list
from fake_sesam.errors import FakeSesamError, NotFoundError
from fake_sesam.evaluation import evaluate
from fake_sesam.node import Node

__all__ = ["csv_lines", "disposition", "encoded", "kept", "routes", "xml_pieces"]

BOM = "\ufeff"
_QUOTING: Mapping[str, Literal[0, 1, 2, 3]] = {
    "all": csv.QUOTE_ALL,
    "minimal": csv.QUOTE_MINIMAL,
    "non-numeric": csv.QUOTE_NONNUMERIC,
    "none": csv.QUOTE_NONE,
}
_NAME = re.compile(r"[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?")
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
Entities = Iterable[dict[str, Any]]


def routes(node: Node) -> list[Route]:
    """Return the routes of the files."""

    def publish(request: Request, kind: str) -> Response:
        pipe = node.pipe(request.path_params["pipe_id"])
        if pipe.sink.type != f"{kind}_endpoint":
            raise NotFoundError(f"pipe {pipe.id!r} does not publish {kind}; its sink is {pipe.sink.type!r}")
        since, limit = request.query_params.get("since"), integer(request, "limit")
        entities = evaluate(node, pipe, "after-transforms", since=since, limit=limit)
        pieces = (csv_lines if kind == "csv" else xml_pieces)(kept(pipe.sink, entities), pipe.sink)
        return _file(pipe.sink, pieces, kind=kind, filename=request.path_params.get("filename"))

    def publish_csv(request: Request) -> Response:
        return publish(request, "csv")

    def publish_xml(request: Request) -> Response:
        return publish(request, "xml")

    return [
        Route("/publishers/{pipe_id}/csv", publish_csv),
        Route("/publishers/{pipe_id}/csv/{filename}", publish_csv),
        Route("/publishers/{pipe_id}/xml", publish_xml),
        Route("/publishers/{pipe_id}/xml/{filename}", publish_xml),
    ]


def csv_lines(entities: Entities, sink: SinkConfig) -> Iterator[str]:
    """Yield the lines of a CSV file.

    Raises:
        FakeSesamError: A field cannot be written with these settings.
    """
    buffer = io.StringIO(newline="")
    escapechar = sink.escapechar or (None if sink.doublequote else "\\")
    try:
        writer = csv.writer(
            buffer,
            delimiter=sink.delimiter,
            doublequote=sink.doublequote,
            escapechar=escapechar,
            lineterminator=sink.lineterminator,
            quotechar=sink.quotechar,
            quoting=_QUOTING[sink.quoting],
        )
        for row in chain([sink.columns] if sink.include_header else [], (_row(each, sink) for each in entities)):
            writer.writerow(row)
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    except (csv.Error, TypeError) as error:
        raise FakeSesamError(f"csv_endpoint: {error}; see quoting, quotechar and escapechar") from error


def xml_pieces(entities: Entities, sink: SinkConfig) -> Iterator[str]:
    """Yield the pieces of an XML document.

    Raises:
        FakeSesamError: An entity has not exactly one tag, or a name is not allowed in XML.
    """
    if sink.includes_declaration:
        yield _DECLARATION
    attributes = _attributes(sink.root_attributes or {})
    if sink.wrapper:
        yield f"<{_name(sink.wrapper)}{attributes}>"
    for entity in entities:
        yield from _element(_only_tag(entity), entity, "" if sink.wrapper else attributes)
    if sink.wrapper:
        yield f"</{sink.wrapper}>"


def _row(entity: dict[str, Any], sink: SinkConfig) -> list[Any]:
    return [_field(entity.get(column)) for column in sink.columns]


def _field(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    text = to_string(value)
    return "" if text is SKIP else text


def _tags(entity: dict[str, Any]) -> list[str]:
    return [name for name in entity if name.startswith("<") and name.endswith(">")]


def _only_tag(entity: dict[str, Any]) -> str:
    tags = _tags(entity)
    if len(tags) != 1:
        raise FakeSesamError(
            f"xml_endpoint: expected exactly one property such as '<tag>' in an entity, got {len(tags)}"
        )
    return tags[0]


def _element(tag: str, entity: dict[str, Any], root_attributes: str = "") -> Iterator[str]:
    """Yield an entity's tag: its own properties are the attributes, the value of the tag is the content."""
    name = _name(tag[1:-1])
    own = {each: value for each, value in entity.items() if each != tag and not each.startswith(("_", "<"))}
    yield f"<{name}{root_attributes}{_attributes(own)}>"
    yield from _content(entity[tag])
    yield f"</{name}>"


def _content(value: Any) -> Iterator[str]:
    if not isinstance(value, (dict, list)):
        yield "" if value is None else escape(_text(value))
        return
    for item in as_list(value):
        if isinstance(item, dict):
            for tag in _tags(item):
                yield from _element(tag, item)


def _attributes(values: dict[str, Any] | Any) -> str:
    return "".join(f" {_name(name)}={quoteattr(_text(value))}" for name, value in values.items() if value is not None)


def _text(value: Any) -> str:
    if isinstance(value, (bool, dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(to_string(value))


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise FakeSesamError(f"xml_endpoint: expected a name that XML allows, got {text!r}")
    return text


def kept(sink: SinkConfig, entities: Entities) -> Iterator[dict[str, Any]]:
    """Yield the entities that the file has: without deleted ones unless the sink says so."""
    for entity in entities:
        is_deleted = entity.get("_deleted") is True or entity.get("_filtered") is True
        if not (is_deleted and sink.skips_deleted):
            yield entity


def encoded(pieces: Iterable[str], sink: SinkConfig) -> Iterator[bytes]:
    """Yield the bytes of a file, in the encoding of a CSV sink or else in UTF-8.

    Raises:
        FakeSesamError: There is no such encoding.
    """
    encoding = sink.encoding or "utf-8"
    try:
        "".encode(encoding)
    except LookupError as error:
        raise FakeSesamError(f"csv_endpoint: {error}") from error
    for piece in chain([BOM] if sink.byte_order_mark else [], pieces):
        yield piece.encode(encoding, sink.encode_error_strategy)


def disposition(sink: SinkConfig, filename: str | None = None) -> dict[str, str]:
    """Return the header that names the file; nothing if it has no name."""
    name = filename or sink.filename
    return {"Content-Disposition": f'{sink.content_disposition}; filename="{_ascii(name)}"'} if name else {}


def _file(sink: SinkConfig, pieces: Iterator[str], *, kind: str, filename: str | None) -> Response:
    """Return a file, streamed; an error before its first entity becomes an error response, a later one cuts it."""
    found = encoded(pieces, sink)
    first = list(islice(found, 3))
    media_type = f"{'text/csv' if kind == 'csv' else 'application/xml'}; charset={sink.encoding}"
    return StreamingResponse(chain(first, found), headers=disposition(sink, filename), media_type=media_type)


def _ascii(name: str) -> str:
    return re.sub(r'[^\x20-\x7e]|["\\/]', "_", name)
