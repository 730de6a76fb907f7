"""A page of HubSpot's records, and the same records as Sesam entities. Pure.

A record is checked but never decoded and encoded again: its bytes are passed on with `_id` and `_updated` spliced in
front, so what HubSpot sent arrives unchanged to the last character.
"""

from typing import Annotated

import msgspec

from service.errors import MismatchError
from service.timestamps import updated_tokens

__all__ = ["Page", "parse_page", "to_entities"]


class _Next(msgspec.Struct):
    after: Annotated[str, msgspec.Meta(min_length=1)]


class _Paging(msgspec.Struct):
    next: _Next | None = None


class _RecordHead(msgspec.Struct, gc=False):
    id: str
    updated_at: str = msgspec.field(name="updatedAt")


class _RawBody(msgspec.Struct):
    results: list[msgspec.Raw]
    paging: _Paging | None = None


class _HeadBody(msgspec.Struct):
    results: list[_RecordHead]


class Page(msgspec.Struct, frozen=True):
    """One page of a list.

    Attributes:
        ids: The records' ids as HubSpot wrote them, all of them decimal numbers.
        updated: Their `_updated` tokens.
        records: Their JSON, untouched.
        after: The cursor of the next page, None on the last one.
    """

    ids: list[str]
    updated: list[str]
    records: list[msgspec.Raw]
    after: str | None


_decode_raw = msgspec.json.Decoder(_RawBody).decode
_decode_heads = msgspec.json.Decoder(_HeadBody).decode


def parse_page(body: bytes) -> Page:
    """Read a list answer.

    Shape: `{"results": [{"id": "51", "updatedAt": "...", ...}], "paging": {"next": {"after": "52"}}}`; the last page
    has no `paging`.

    Raises:
        MismatchError: It is not JSON, has no `results`, or a record lacks `id` or `updatedAt` or has them malformed.

    Source: recording (list of contacts, 2026-04-20).
    """
    try:
        body.decode()  # msgspec passes over the strings it is not asked for without checking their UTF-8
        raw, heads = _decode_raw(body), _decode_heads(body).results
        updated = updated_tokens([head.updated_at for head in heads])
    except ValueError as error:  # msgspec's errors are ValueErrors, and name the place but not the value
        raise MismatchError(f"HubSpot's answer is not a page of records: {error}. Nothing of it was used.") from None
    ids = [head.id for head in heads]
    if not all(map(_is_number, ids)):
        raise MismatchError("HubSpot sent a record whose id is not a decimal number. Nothing of that page was used.")
    next_page = raw.paging.next if raw.paging else None
    return Page(ids=ids, updated=updated, records=raw.results, after=next_page.after if next_page else None)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def to_entities(page: Page) -> list[bytes]:
    """Give each record `_id` and `_updated` in front of what HubSpot sent.

    Shape: `{"_id":"51","_updated":"~t2022-07-08T03:16:44.972Z","id":"51","properties":{...},...}`.
    """
    return [
        b"".join((b'{"_id":"', record_id.encode(), b'","_updated":"', token.encode(), b'",', memoryview(record)[1:]))
        for record_id, token, record in zip(page.ids, page.updated, page.records, strict=True)
    ]
