"""Records merged from several responses. What is not merged keeps its bytes."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from service.decoding import decode_body, decode_json, decode_with
from service.errors import MismatchError
from service.pages import Page, parse_page

__all__ = [
    "Associated",
    "in_order",
    "merge_chunks",
    "open_associations",
    "parse_associated",
    "read_associations",
    "read_batch_page",
    "with_associations",
]

_Fields = dict[str, msgspec.Raw]
_decoder = msgspec.json.Decoder(_Fields)


def _decode_fields(record: bytes | msgspec.Raw) -> _Fields:
    """Decode a JSON object, but not the values of its fields.

    Raises:
        MismatchError: It is not an object.
    """
    try:
        return decode_with(_decoder, record)
    except ValueError:
        raise MismatchError(
            "A record, or its `properties`, is not a JSON object. None of that page was used."
        ) from None


class Associated(msgspec.Struct):
    """One record's associations to one type: the rows as HubSpot sent them, and the cursor if there are more."""

    class _Paging(msgspec.Struct):
        class _Next(msgspec.Struct):
            after: Annotated[str, msgspec.Meta(min_length=1)]

        next: _Next | None = None

    results: list[msgspec.Raw] = []
    paging: _Paging | None = None

    @property
    def after(self) -> str | None:
        """The cursor of the next rows, None if these are all."""
        return self.paging.next.after if self.paging and self.paging.next else None


def merge_chunks(first: Page, others: Sequence[Page]) -> Page | None:
    """Add to each record of the first page the properties that the other pages have for it.

    Returns:
        The merged page, or None if a record is missing from another page: it was created or archived between the
        requests, so they have to be repeated.
    """
    by_id = [dict(zip(page.ids, page.records, strict=True)) for page in others]
    if not all(record_id in page for page in by_id for record_id in first.ids):
        return None
    merged = [
        _merged(record, [page[record_id] for page in by_id])
        for record_id, record in zip(first.ids, first.records, strict=True)
    ]
    return first.with_records(merged, may_need_escape=any(page.may_need_escape for page in (first, *others)))


def _merged(record: msgspec.Raw, others: Sequence[msgspec.Raw]) -> msgspec.Raw:
    fields = _decode_fields(record)
    properties: _Fields = {}
    for source in (fields, *map(_decode_fields, others)):
        properties |= _decode_fields(source.get("properties", b"{}"))
    fields["properties"] = _encode(dict(sorted(properties.items())))  # HubSpot sorts properties by name
    return _encode(fields)


def read_batch_page(body: bytes, wanted: Page) -> Page:
    """Parse the response of a batch read and put its records into the order of the page that they were read for.

    Records that do not exist any more are left out. `_updated` stays as the search reported it, because the next pull
    finds a later change.

    Args:
        body: What HubSpot sent.
        wanted: The page that the records were read for.

    Raises:
        MismatchError: A record is missing that was not reported as not existing.

    Shape: `{"status": "COMPLETE", "results": [...], "errors": [{"category", "context": {"ids": ["7"]}}]}`.
    Source: recording (207 with one error for all missing ids, 2025).
    """
    page = parse_page(body)
    found = {record_id: row for row, record_id in enumerate(page.ids)}
    reported = _reported_ids(body)
    if missing := [record_id for record_id in wanted.ids if record_id not in found and record_id not in reported]:
        raise MismatchError(
            f"HubSpot's batch read left out {len(missing)} records without reporting them as missing. Nothing was used."
        )
    kept = wanted.select([row for row, record_id in enumerate(wanted.ids) if record_id in found])
    records = [page.records[found[record_id]] for record_id in kept.ids]
    return kept.with_records(records, may_need_escape=page.may_need_escape)


class _BatchError(msgspec.Struct):
    category: str | None = None
    context: dict[str, list[str]] = {}


class _BatchErrors(msgspec.Struct):
    errors: list[_BatchError] = []


def _reported_ids(body: bytes) -> set[str]:
    try:
        errors = decode_json(body, _BatchErrors).errors
    except ValueError as error:
        raise MismatchError(f"The errors in HubSpot's batch response are malformed: {error}.") from None
    gone = [error for error in errors if error.category == "OBJECT_NOT_FOUND"]
    return {record_id for error in gone for ids in error.context.values() for record_id in ids}


class _Endpoint(msgspec.Struct):
    id: str


class _AssociationRow(msgspec.Struct):
    source: _Endpoint = msgspec.field(name="from")
    to: list[msgspec.Raw]
    paging: Associated._Paging | None = None


class _AssociationRows(msgspec.Struct):
    results: list[_AssociationRow]


def read_associations(body: bytes) -> dict[str, Associated]:
    """Parse the response of a batch read of associations.

    Returns:
        The associations by record id. Records without associations are not in it.

    Raises:
        MismatchError: The body is malformed.

    Shape: `{"results": [{"from": {"id": "51"}, "to": [{"id": "7", "type": "contact_to_company"}], "paging"?}]}`.
    Source: docs (associations v3, batch read).
    """
    try:
        rows = decode_body(body, _AssociationRows).results
    except ValueError as error:
        raise MismatchError(f"HubSpot's associations are malformed: {error}.") from None
    return {row.source.id: Associated(row.to, row.paging) for row in rows}


def parse_associated(body: bytes) -> Associated:
    """Parse another page of one record's associations.

    Raises:
        MismatchError: The body is malformed.
    """
    try:
        return decode_body(body, Associated)
    except ValueError as error:
        raise MismatchError(f"HubSpot's associations are malformed: {error}.") from None


def open_associations(record: msgspec.Raw) -> dict[str, Associated]:
    """Decode the associations in a record of a list, by object type.

    Raises:
        MismatchError: They are malformed.

    Shape: `"associations":{"companies":{"results":[{"id","type"}],"paging"?}}`, absent if there are none.
    Source: recording (list of contacts with associations).
    """
    fields = _decode_fields(record)
    try:
        return decode_json(fields.get("associations", b"{}"), dict[str, Associated])
    except ValueError as error:
        raise MismatchError(f"A record's associations are malformed: {error}.") from None


def with_associations(page: Page, found: Sequence[Mapping[str, Sequence[msgspec.Raw]]]) -> Page:
    """Replace the associations of each record, in the shape of HubSpot's list, as its last field.

    Args:
        page: The records.
        found: The complete rows of each record, by object type. A record without any gets no `associations`.
    """
    records = [
        _with_field(record, "associations", {name: {"results": rows} for name, rows in lists.items()})
        if lists
        else _without_associations(record)
        for record, lists in zip(page.records, found, strict=True)
    ]
    return page.with_records(records, may_need_escape=page.may_need_escape)


def _without_associations(record: msgspec.Raw) -> msgspec.Raw:
    if b'"associations"' not in memoryview(record).tobytes():
        return record
    fields = _decode_fields(record)
    return _encode(fields) if fields.pop("associations", None) is not None else record


def in_order(page: Page, names: Sequence[str]) -> Page:
    """Put each record's associations last, and their types in this order, unless they are there already.

    Args:
        page: Records of a list.
        names: The names of the types, of which each record has some.
    """
    ordered = [_in_order(record, names) for record in page.records]
    if all(new is old for new, old in zip(ordered, page.records, strict=True)):
        return page
    return page.with_records(ordered, may_need_escape=page.may_need_escape)


def _in_order(record: msgspec.Raw, names: Sequence[str]) -> msgspec.Raw:
    fields = _decode_fields(record)
    if "associations" not in fields:
        return record
    is_last = next(reversed(fields)) == "associations"
    held = _decode_fields(fields.pop("associations"))
    if not held:
        return _encode(fields)
    wanted = [name for name in names if name in held]
    if is_last and list(held) == wanted:
        return record
    return _encode({**fields, "associations": {name: held[name] for name in wanted}})


def _with_field(record: msgspec.Raw, name: str, value: object) -> msgspec.Raw:
    fields = _decode_fields(record)
    fields.pop(name, None)
    return _encode({**fields, name: value})


def _encode(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
