"""One page of HubSpot's records.

A page is validated, but its records are never decoded and encoded again: their bytes are passed on.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Annotated, Any

import msgspec

from service.decoding import check_body, decode_with
from service.errors import MismatchError
from service.timestamps import http_date_to_ms, updated_tokens
from service.transit_escape import may_need_escape

__all__ = ["Page", "parse_owners", "parse_page"]


class Page(msgspec.Struct, frozen=True):
    """One page of records.

    Attributes:
        ids: The records' ids as HubSpot wrote them, all of them decimal numbers.
        updated: Their `_updated` tokens.
        records: Their JSON, untouched.
        after: The cursor of the next page, None on the last page.
        total: The number of records that a search found, None for a list.
        is_deleted: Whether the records are sent to Sesam as deleted.
        may_need_escape: Whether a record may contain a string that Sesam would misread.
        answered_ms: When HubSpot answered, by its own clock, None if it did not say.

    Units: `answered_ms` is in milliseconds since 1970.
    """

    ids: list[str]
    updated: list[str]
    records: list[msgspec.Raw]
    after: str | None = None
    total: int | None = None
    is_deleted: bool = False
    may_need_escape: bool = False
    answered_ms: int | None = None

    def select(self, rows: Sequence[int]) -> "Page":
        """Keep some of the rows, in the given order."""
        if len(rows) == len(self.ids):
            return self
        return msgspec.structs.replace(
            self,
            ids=[self.ids[row] for row in rows],
            updated=[self.updated[row] for row in rows],
            records=[self.records[row] for row in rows],
        )

    def with_records(self, records: list[msgspec.Raw], *, may_need_escape: bool) -> "Page":
        """Replace the JSON of every record."""
        return msgspec.structs.replace(self, records=records, may_need_escape=may_need_escape)

    def with_updated_at_most(self, latest: str) -> "Page":
        """Lower every `_updated` token that is later than `latest`."""
        if not self.updated or max(self.updated) <= latest:
            return self
        return msgspec.structs.replace(self, updated=[min(token, latest) for token in self.updated])

    def answered_at(self, date: str | None) -> "Page":
        """Note HubSpot's `Date` header."""
        return msgspec.structs.replace(self, answered_ms=http_date_to_ms(date or ""))

    def as_deleted(self) -> "Page":
        """Mark the records as deleted."""
        return msgspec.structs.replace(self, is_deleted=True)

    @classmethod
    def join(cls, parts: Sequence["Page"]) -> "Page":
        """Put the parts of one page together again. Cursor, total and deletion mark are those of the first part."""
        return msgspec.structs.replace(
            parts[0],
            ids=[record_id for part in parts for record_id in part.ids],
            updated=[token for part in parts for token in part.updated],
            records=[record for part in parts for record in part.records],
            may_need_escape=any(part.may_need_escape for part in parts),
        )


_MAX_CURSOR_LENGTH = 2000
_MAX_ID_LENGTH = 20  # the digits of a 64-bit number


class _Next(msgspec.Struct):
    after: Annotated[str, msgspec.Meta(min_length=1, max_length=_MAX_CURSOR_LENGTH)]


class _Paging(msgspec.Struct):
    next: _Next | None = None


class _Object(msgspec.Struct):
    """Any JSON object. Its content is validated and skipped."""


class _OwnerHead(msgspec.Struct, gc=False):
    id: str
    updated_at: str = msgspec.field(name="updatedAt")
    archived_at: str | None = msgspec.field(name="archivedAt", default=None)
    archived: bool | None = None


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


_RESULTS = b'"results":['
_raw_decoder = msgspec.json.Decoder(_RawBody)
_head_decoder = msgspec.json.Decoder(_HeadBody)
_owner_decoder = msgspec.json.Decoder(_OwnerBody)
_archived_of, _archived_at_of, _updated_at_of = map(attrgetter, ("archived", "archived_at", "updated_at"))


def parse_owners(body: bytes, *, archived: bool = False) -> Page:
    """Parse a page of owners. Owners are not CRM records: they have no `properties`, and no time of archiving.

    Args:
        body: What HubSpot sent.
        archived: Whether archived owners were requested.

    Raises:
        MismatchError: See `parse_page`.

    Source: recording (owners, 2026-03-12).
    """
    return _parse(body, _owner_decoder, archived=archived, by_archived_at=False)


def parse_page(body: bytes, *, archived: bool = False) -> Page:
    """Parse the body of a list or search response.

    Args:
        body: What HubSpot sent.
        archived: Whether archived records were requested. Their time of change is `archivedAt`.

    Raises:
        MismatchError: The body is not JSON, has no `results`, a record's `id`, time or `properties` is missing or
            malformed, or a record says that it is archived although current ones were requested, or the reverse.

    Shape: `{"results": [{"id": "51", "updatedAt": "...", ...}], "paging": {"next": {"after": "52"}}}`; the last page
        has no `paging`.
    Source: recording (list of contacts, 2026-04-20).
    """
    return _parse(body, _head_decoder, archived=archived, by_archived_at=archived)


def _parse(body: bytes, decoder: "msgspec.json.Decoder[Any]", *, archived: bool, by_archived_at: bool) -> Page:
    try:
        check_body(body)
        heads = decode_with(decoder, body).results  # first, because it stops at the first value that is no record
        raw = decode_with(_raw_decoder, body)
        updated = updated_tokens(_times(heads, by_archived_at=by_archived_at))
    except ValueError as error:  # msgspec's errors are ValueErrors, and name the place but not the value
        raise MismatchError(
            f"HubSpot's response is not a page of records: {_reason(error)}. None of it was used."
        ) from None
    if body.rfind(_RESULTS) != body.find(_RESULTS) and _has_results_twice(body, raw.results):
        raise MismatchError(
            "HubSpot's response contains `results` twice, so one of the two would be lost. None of it was used."
        )
    _check_archived(heads, archived=archived, needs_time=by_archived_at)
    ids = [head.id for head in heads]
    if not _are_numbers(ids):
        raise MismatchError(
            "HubSpot sent a record whose id is not a decimal number of up to 20 digits. None of that page was used."
        )
    next_page = raw.paging.next if raw.paging else None
    return Page(
        ids=ids,
        updated=updated,
        records=raw.results,
        after=next_page.after if next_page else None,
        total=raw.total,
        may_need_escape=may_need_escape(body),
    )


def _times(heads: Sequence[_OwnerHead], *, by_archived_at: bool) -> list[str]:
    if by_archived_at:
        return [head.archived_at or head.updated_at for head in heads]
    return list(map(_updated_at_of, heads))


def _check_archived(heads: Sequence[_OwnerHead], *, archived: bool, needs_time: bool) -> None:
    """Check that what each record says of itself agrees with what was requested.

    A record that says nothing counts as current. As archived, and so as deleted, counts only one that says so.

    Source: reader (airbyte #33524: `archived=true` answered with current owners, 2023-11 to 2024).
    """
    if not archived and not any(map(_archived_of, heads)) and not any(map(_archived_at_of, heads)):
        return  # the usual case, decided without a step for each record
    for head in heads:
        is_archived = head.archived is True or (head.archived is None and bool(head.archived_at))
        if is_archived is not archived or (head.archived_at and not is_archived):
            asked, came = ("archived", "current") if archived else ("current", "archived")
            raise MismatchError(
                f"HubSpot was asked for {asked} records and sent one that is {came} or says both "
                f"(`archived`: {head.archived}, `archivedAt`: {'set' if head.archived_at else 'not set'}). "
                "None of that page was used."
            )
        if needs_time and not head.archived_at:
            raise MismatchError("HubSpot sent an archived record without `archivedAt`. None of that page was used.")


def _reason(error: ValueError) -> str:
    """Describe the error without the bytes that caused it."""
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)


def _has_results_twice(body: bytes, records: list[msgspec.Raw]) -> bool:
    """Whether the body has another `results` besides the page's own and those inside its records (associations)."""
    return body.count(_RESULTS) > 1 + sum(bytes(record).count(_RESULTS) for record in records)


def _are_numbers(ids: list[str]) -> bool:
    digits = "".join(ids)
    return not ids or (digits.isascii() and digits.isdigit() and all(ids) and max(map(len, ids)) <= _MAX_ID_LENGTH)
