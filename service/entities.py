"""A page of HubSpot's records, and the same records as Sesam entities. Pure.

A record is checked but never decoded and encoded again: its bytes are passed on with `_id` and `_updated` spliced in
front, so what HubSpot sent arrives unchanged to the last character.
"""

from collections.abc import Callable
from typing import Annotated

import msgspec

from service.errors import MismatchError
from service.timestamps import updated_tokens
from service.transit_escape import escape_transit, may_need_escape

__all__ = ["Page", "parse_owners", "parse_page", "to_entities"]


class _Next(msgspec.Struct):
    after: Annotated[str, msgspec.Meta(min_length=1)]


class _Paging(msgspec.Struct):
    next: _Next | None = None


class _Object(msgspec.Struct):
    """Any JSON object; what is in it is checked and passed over."""


class _OwnerHead(msgspec.Struct, gc=False):
    id: str
    updated_at: str = msgspec.field(name="updatedAt")
    archived_at: str | None = msgspec.field(name="archivedAt", default=None)


class _RecordHead(_OwnerHead, gc=False, kw_only=True):
    properties: _Object


class _RawBody(msgspec.Struct):
    results: list[msgspec.Raw]
    paging: _Paging | None = None
    total: int | None = None


class _HeadBody(msgspec.Struct):
    results: list[_RecordHead]


class _OwnerBody(msgspec.Struct):
    results: list[_OwnerHead]


class Page(msgspec.Struct, frozen=True):
    """One page of records.

    Attributes:
        ids: The records' ids as HubSpot wrote them, all of them decimal numbers.
        updated: Their `_updated` tokens.
        records: Their JSON, untouched.
        after: The cursor of the next page, None on the last one.
        total: How many records a search found in all, None for a list.
        is_deleted: Whether the records are to be sent as deleted.
        may_need_escape: Whether a record may hold a text that Sesam would misread.
    """

    ids: list[str]
    updated: list[str]
    records: list[msgspec.Raw]
    after: str | None = None
    total: int | None = None
    is_deleted: bool = False
    may_need_escape: bool = False


_RESULTS = b'"results":['
_decode_raw = msgspec.json.Decoder(_RawBody).decode
_decode_heads = msgspec.json.Decoder(_HeadBody).decode
_decode_owners = msgspec.json.Decoder(_OwnerBody).decode


def parse_owners(body: bytes) -> Page:
    """Read a page of owners, who are no CRM records: they have no `properties`.

    Raises:
        MismatchError: As `parse_page`.

    Source: recording (owners, 2026-03-12).
    """
    return _parse(body, _decode_owners, by_archived_at=False)


def parse_page(body: bytes, *, by_archived_at: bool = False) -> Page:
    """Read a list or search answer.

    Shape: `{"results": [{"id": "51", "updatedAt": "...", ...}], "paging": {"next": {"after": "52"}}}`; the last page
    has no `paging`.

    Args:
        body: What HubSpot sent.
        by_archived_at: Take `archivedAt` as the time of change, as for records that are to be deleted.

    Raises:
        MismatchError: It is not JSON, has no `results`, or a record lacks `id`, its time or `properties`, or has them
            malformed.

    Source: recording (list of contacts, 2026-04-20).
    """
    return _parse(body, _decode_heads, by_archived_at=by_archived_at)


def _parse(body: bytes, decode: Callable[[bytes], _HeadBody | _OwnerBody], *, by_archived_at: bool) -> Page:
    try:
        body.decode()  # msgspec passes over the strings it is not asked for without checking their UTF-8
        raw, heads = _decode_raw(body), decode(body).results
        updated = updated_tokens([(by_archived_at and head.archived_at) or head.updated_at for head in heads])
    except ValueError as error:  # msgspec's errors are ValueErrors, and name the place but not the value
        raise MismatchError(
            f"HubSpot's answer is not a page of records: {_place(error)}. None of it was used."
        ) from None
    if body.rfind(_RESULTS) != body.find(_RESULTS) and _holds_results_twice(body, raw.results):
        raise MismatchError(
            "HubSpot's answer holds `results` twice, and only one of them can be read. It was not used."
        )
    ids = [head.id for head in heads]
    if not _are_numbers(ids):
        raise MismatchError("HubSpot sent a record whose id is not a decimal number. None of that page was used.")
    next_page = raw.paging.next if raw.paging else None
    return Page(
        ids=ids,
        updated=updated,
        records=raw.results,
        after=next_page.after if next_page else None,
        total=raw.total,
        may_need_escape=may_need_escape(body),
    )


def _place(error: ValueError) -> str:
    """The reason without the bytes that caused it."""
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)


def _holds_results_twice(body: bytes, records: list[msgspec.Raw]) -> bool:
    """Whether there are more lists of results than the page's own and those inside of its records (associations)."""
    return body.count(_RESULTS) > 1 + sum(bytes(record).count(_RESULTS) for record in records)


def _are_numbers(ids: list[str]) -> bool:
    digits = "".join(ids)
    return not ids or (digits.isascii() and digits.isdigit() and all(ids))


def to_entities(page: Page, *, escape: bool = True) -> list[bytes]:
    """Give each record `_id` and `_updated` in front of what HubSpot sent, and `_deleted` where it is gone.

    Shape: `{"_id":"51","_updated":"~t2022-07-08T03:16:44.972Z","id":"51","properties":{...},...}`.
    """
    middle = b'","_deleted":true,' if page.is_deleted else b'",'
    rests = [memoryview(record)[1:] for record in page.records]
    if escape and page.may_need_escape:
        rests = [memoryview(escape_transit(bytes(rest))) for rest in rests]
    return [
        b"".join((b'{"_id":"', record_id.encode(), b'","_updated":"', token.encode(), middle, rest))
        for record_id, token, rest in zip(page.ids, page.updated, rests, strict=True)
    ]
