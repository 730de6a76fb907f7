"""Records put together from several answers. Pure. What is not merged stays as it came, byte for byte."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from service.entities import Page, parse_page
from service.errors import MismatchError

__all__ = [
    "Associated",
    "merge_chunks",
    "open_associations",
    "read_associations",
    "read_batch_page",
    "with_associations",
]

_Fields = dict[str, msgspec.Raw]
_decoder = msgspec.json.Decoder(_Fields)


def _decode_fields(record: bytes | msgspec.Raw) -> _Fields:
    """An object's fields, each as it came.

    Raises:
        MismatchError: It is no object.
    """
    try:
        return _decoder.decode(record)
    except ValueError:
        raise MismatchError("A record holds something else where HubSpot has an object.") from None


class Associated(msgspec.Struct):
    """One type's associations of one record: the rows as HubSpot sent them, and the cursor where there are more."""

    class _Paging(msgspec.Struct):
        class _Next(msgspec.Struct):
            after: Annotated[str, msgspec.Meta(min_length=1)]

        next: _Next | None = None

    results: list[msgspec.Raw] = []
    paging: _Paging | None = None

    @property
    def after(self) -> str | None:
        """The cursor of the next rows."""
        return self.paging.next.after if self.paging and self.paging.next else None


def merge_chunks(first: Page, others: Sequence[Page]) -> Page | None:
    """Give each record of the first page the properties that the other pages have for it.

    Returns None where another page lacks one of the records: it came or went between the requests, so ask again.
    """
    by_id = [dict(zip(page.ids, page.records, strict=True)) for page in others]
    if not all(record_id in page for page in by_id for record_id in first.ids):
        return None
    merged = [
        _merged(record, [page[record_id] for page in by_id])
        for record_id, record in zip(first.ids, first.records, strict=True)
    ]
    return _with_records(first, merged, may_need_escape=any(page.may_need_escape for page in (first, *others)))


def _merged(record: msgspec.Raw, others: Sequence[msgspec.Raw]) -> msgspec.Raw:
    fields = _decode_fields(record)
    properties: _Fields = {}
    for source in (fields, *map(_decode_fields, others)):
        properties |= _decode_fields(source.get("properties", b"{}"))
    fields["properties"] = _encode(dict(sorted(properties.items())))  # HubSpot sorts them by name
    return _encode(fields)


def read_batch_page(body: bytes, wanted: Page) -> Page:
    """The records that a batch read gave, in the order of the page that asked for them; those that are gone left out.

    Shape: `{"status": "COMPLETE", "results": [...], "errors": [{"category", "context": {"ids": ["7"]}}]}`.

    Raises:
        MismatchError: A record is missing without being reported as gone.

    Source: recording (207 with one error for all missing ids, 2025).
    """
    page = parse_page(body)
    found = {record_id: row for row, record_id in enumerate(page.ids)}
    gone = _reported_ids(body)
    if missing := [record_id for record_id in wanted.ids if record_id not in found and record_id not in gone]:
        raise MismatchError(f"HubSpot's batch read left out {len(missing)} records without saying why.")
    rows = [found[record_id] for record_id in wanted.ids if record_id in found]
    kept = [token for record_id, token in zip(wanted.ids, wanted.updated, strict=True) if record_id in found]
    return Page(
        ids=[page.ids[row] for row in rows],
        updated=kept,  # as the search saw it: a later change is found by the next pull
        records=[page.records[row] for row in rows],
        after=wanted.after,
        total=wanted.total,
        may_need_escape=page.may_need_escape,
    )


class _BatchError(msgspec.Struct):
    context: dict[str, list[str]] = {}


class _BatchErrors(msgspec.Struct):
    errors: list[_BatchError] = []


def _reported_ids(body: bytes) -> set[str]:
    try:
        errors = msgspec.json.decode(body, type=_BatchErrors).errors
    except ValueError as error:
        raise MismatchError(f"The errors in HubSpot's batch answer cannot be read: {error}.") from None
    return {record_id for error in errors for ids in error.context.values() for record_id in ids}


class _End(msgspec.Struct):
    id: str


class _AssociationRow(msgspec.Struct):
    source: _End = msgspec.field(name="from")
    to: list[msgspec.Raw]
    paging: Associated._Paging | None = None


class _AssociationRows(msgspec.Struct):
    results: list[_AssociationRow]


def read_associations(body: bytes) -> dict[str, Associated]:
    """What a batch read of associations gave, by record id. Records without any are not in it.

    Shape: `{"results": [{"from": {"id": "51"}, "to": [{"id": "7", "type": "contact_to_company"}], "paging"?}]}`.

    Raises:
        MismatchError: It is something else.

    Source: docs (associations v3, batch read).
    """
    try:
        rows = msgspec.json.decode(body, type=_AssociationRows).results
    except ValueError as error:
        raise MismatchError(f"HubSpot's associations cannot be read: {error}.") from None
    return {row.source.id: Associated(row.to, row.paging) for row in rows}


def open_associations(record: msgspec.Raw) -> dict[str, Associated]:
    """The associations in a record of a list, by object type.

    Raises:
        MismatchError: They are malformed.

    Source: recording (`"associations":{"companies":{"results":[{"id","type"}],"paging"?}}`, absent where none are).
    """
    fields = _decode_fields(record)
    try:
        return msgspec.json.decode(fields.get("associations", b"{}"), type=dict[str, Associated])
    except ValueError as error:
        raise MismatchError(f"The associations of a record cannot be read: {error}.") from None


def with_associations(page: Page, found: Sequence[Mapping[str, Sequence[msgspec.Raw]]]) -> Page:
    """Put whole lists of associations into the records, in the shape of HubSpot's list; none where there are none."""
    records = [
        _with_field(record, "associations", {name: {"results": rows} for name, rows in lists.items()})
        if lists
        else record
        for record, lists in zip(page.records, found, strict=True)
    ]
    return _with_records(page, records, may_need_escape=page.may_need_escape)


def _with_field(record: msgspec.Raw, name: str, value: object) -> msgspec.Raw:
    return _encode({**_decode_fields(record), name: value})


def _encode(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


def _with_records(page: Page, records: list[msgspec.Raw], *, may_need_escape: bool) -> Page:
    return msgspec.structs.replace(page, records=records, may_need_escape=may_need_escape)
