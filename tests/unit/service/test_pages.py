import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import MismatchError
from service.pages import Page, parse_owners, parse_page
from tests.support.cases import for_each
from tests.support.upstream_stub import record

Parse = Callable[..., Page]


def page_body(*records: dict[str, Any]) -> bytes:
    """Write a page as HubSpot does."""
    return json.dumps({"results": list(records)}, ensure_ascii=False, separators=(",", ":")).encode()


def test_the_cursor_is_read_from_paging_next_after() -> None:
    """The link is ignored."""
    paging = {"next": {"after": "3", "link": "https://api.hubapi.com/crm/v3/objects/contacts?after=9"}}

    assert parse_page(json.dumps({"results": [record(1)], "paging": paging}).encode()).after == "3"


def test_records_may_contain_lists_of_results() -> None:
    """Associations are such lists."""
    associations = {"companies": {"results": [{"id": "7", "type": "contact_to_company"}]}}

    assert parse_page(page_body({**record(1), "associations": associations}, record(2))).ids == ["1", "2"]


@for_each("paging", [{}, {"paging": None}, {"paging": {}}])
def test_a_page_without_a_cursor_is_the_last(paging: dict[str, Any]) -> None:
    """HubSpot omits `paging` on the last page."""
    assert parse_page(json.dumps({"results": [], **paging}).encode()).after is None


@for_each(
    "body",
    [
        b"",
        b"<html><body>Just a moment...</body></html>",
        b"[]",
        b"null",
        b"{}",
        b'{"results":null}',
        b'{"results":[],"results":[]}',
        b'{"results":[{"id":"51","updatedAt":"2026-03-09T12:00:00Z"}]}',
        b'{"results":[{"id":"51","updatedAt":"2026-03-09T12:00:00Z","properties":null}]}',
        b'{"results":{}}',
        b'{"results":["51"]}',
        b'{"results":[{"id":51,"updatedAt":"2026-03-09T12:00:00Z","properties":{}}]}',
        b'{"results":[{"id":"","updatedAt":"2026-03-09T12:00:00Z","properties":{}}]}',
        b'{"results":[{"id":"5\\"1","updatedAt":"2026-03-09T12:00:00Z","properties":{}}]}',
        b'{"results":[{"id":"-1","updatedAt":"2026-03-09T12:00:00Z","properties":{}}]}',
        b'{"results":[{"id":"51","properties":{}}]}',
        b'{"results":[{"id":"51","updatedAt":"yesterday","properties":{}}]}',
        b'{"results":[],"paging":{"next":{}}}',
        b'{"results":[],"paging":{"next":{"after":""}}}',
        b'{"results":[],"paging":{"next":{"after":52}}}',
        b'{"results":[{"id":"51","updatedAt":"2026-03-09T12:00:00Z","x":"\xff","properties":{}}]}',
    ],
)
def test_a_body_that_is_not_a_page_is_refused(body: bytes) -> None:
    with pytest.raises(MismatchError):
        parse_page(body)


def test_the_message_contains_no_value_of_the_record() -> None:
    """Messages are logged, and values are personal data."""
    body = page_body({**record(1), "updatedAt": "maria@example.com"})

    with pytest.raises(MismatchError) as caught:
        parse_page(body)

    assert "maria" not in str(caught.value)


def page(*ids: int, **fields: Any) -> Page:
    """Build a page of these ids, whose tokens and records are derived from them."""
    names = [str(number) for number in ids]
    return Page(ids=names, updated=[f"~t{name}" for name in names], records=list(map(raw, names)), **fields)


def raw(name: str) -> msgspec.Raw:
    """Build a record."""
    return msgspec.Raw(f'{{"id":"{name}"}}'.encode())


def rows(one: Page) -> list[tuple[str, str, bytes]]:
    """Return everything that a page has per record."""
    return [(*row[:2], bytes(row[2])) for row in zip(one.ids, one.updated, one.records, strict=True)]


def test_select_keeps_whole_rows_and_the_rest_of_the_page() -> None:
    whole = page(1, 2, 3, after="4", total=9, is_deleted=True, may_need_escape=True)

    part = whole.select([0, 2])

    assert rows(part) == rows(page(1, 3))
    assert (part.after, part.total, part.is_deleted, part.may_need_escape) == ("4", 9, True, True)


@given(st.integers(1, 5), st.integers(1, 5))
def test_the_joined_parts_of_a_page_are_the_page(count: int, size: int) -> None:
    whole = page(*range(count), after="9", total=count)

    joined = Page.join([whole.select(range(count)[start : start + size]) for start in range(0, count, size)])

    assert rows(joined) == rows(whole)
    assert (joined.after, joined.total) == ("9", count)


def test_a_joined_page_may_need_an_escape_if_any_part_may() -> None:
    assert Page.join([page(1), page(2, may_need_escape=True)]).may_need_escape
    assert not Page.join([page(1), page(2)]).may_need_escape


def test_only_later_tokens_are_lowered() -> None:
    limited = page(1, 2, 3).with_updated_at_most("~t2")

    assert limited.updated == ["~t1", "~t2", "~t2"]


def test_a_page_marked_as_deleted_is_otherwise_the_same() -> None:
    deleted = page(1, after="2").as_deleted()

    assert deleted.is_deleted
    assert (rows(deleted), deleted.after) == (rows(page(1)), "2")


@for_each(
    ("body", "reason"),
    [
        (b'{"results":[],"x":"\xff"}', "it is not UTF-8"),
        (b'{"results":5}', "`$.results`"),
        (b'{"results":[],"results":[]}', "contains `results` twice"),
        (b'{"results":[{"id":"a","updatedAt":"2026-03-09T12:00:00Z","properties":{}}]}', "not a decimal number"),
    ],
)
def test_the_message_says_what_is_wrong_with_a_page(body: bytes, reason: str) -> None:
    with pytest.raises(MismatchError) as caught:
        parse_page(body)

    assert reason in caught.value.message
    assert "was used" in caught.value.message
    assert b"\xff".decode("latin-1") not in caught.value.message


def test_a_page_is_parsed_with_all_its_fields() -> None:
    body = {"total": 7, "results": [record(1), record(2)], "paging": {"next": {"after": "3"}}}

    parsed = parse_page(json.dumps(body).encode())

    assert (parsed.ids, parsed.after, parsed.total, parsed.is_deleted) == (["1", "2"], "3", 7, False)
    assert [json.loads(bytes(one)) for one in parsed.records] == body["results"]
    assert parse_page(b'{"results":[]}').total is None


GONE_AT = "2026-04-01T00:00:00Z"


@for_each("parse", [parse_page, parse_owners])
@for_each(
    ("archived", "says"),
    [
        (False, {}),
        (False, {"archived": None}),
        (False, {"archived": False}),
        (False, {"archived": False, "archivedAt": None}),
        (False, {"archived": False, "archivedAt": ""}),
        (True, {"archived": True, "archivedAt": GONE_AT}),
        (True, {"archivedAt": GONE_AT}),
    ],
)
def test_a_record_that_agrees_with_the_request_is_used(parse: Parse, archived: bool, says: dict[str, Any]) -> None:
    one = {**record(1, updated="2026-03-01T00:00:00Z")}
    del one["archived"]

    page = parse(page_body(one | says), archived=archived)

    assert page.updated == [f"~t2026-0{4 if archived and parse is parse_page else 3}-01T00:00:00.000Z"]


@for_each("parse", [parse_page, parse_owners])
@for_each("others", [0, 2])
@for_each(
    ("archived", "says"),
    [
        (True, {"archived": False}),
        (True, {"archived": False, "archivedAt": GONE_AT}),
        (True, {}),
        (True, {"archivedAt": None}),
        (False, {"archived": True}),
        (False, {"archived": True, "archivedAt": GONE_AT}),
        (False, {"archivedAt": GONE_AT}),
        (False, {"archived": False, "archivedAt": GONE_AT}),
    ],
)
def test_a_record_that_contradicts_the_request_fails_the_page(
    parse: Parse, others: int, archived: bool, says: dict[str, Any]
) -> None:
    """One is enough, wherever it is on the page."""
    agrees = {"archived": archived, **({"archivedAt": GONE_AT} if archived else {})}
    rows = [record(number) | agrees for number in range(1, others + 1)]
    last = record(9)
    del last["archived"]

    with pytest.raises(MismatchError, match=f"was asked for {'archived' if archived else 'current'} records"):
        parse(page_body(*rows, last | says), archived=archived)


def test_an_archived_record_needs_its_time_but_an_owner_has_none() -> None:
    """The time decides which deletions a `since` pull sends."""
    body = page_body(record(1) | {"archived": True})

    assert parse_owners(body, archived=True).ids == ["1"]
    with pytest.raises(MismatchError, match="without `archivedAt`"):
        parse_page(body, archived=True)


def test_owners_need_no_properties_and_their_time_is_that_of_the_change() -> None:
    owner = {"id": "61", "updatedAt": "2026-03-01T00:00:00Z", "archived": True}

    parsed = parse_owners(page_body(owner), archived=True)

    assert (parsed.ids, parsed.updated) == (["61"], ["~t2026-03-01T00:00:00.000Z"])


@pytest.mark.parametrize("value", ["~t2026", "x"])
def test_a_page_may_need_an_escape_if_it_has_a_tilde(value: str) -> None:
    body = page_body({**record(1), "properties": {"firstname": value}})

    assert parse_page(body).may_need_escape is (value != "x")
