import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import MismatchError
from service.merge import (
    in_order,
    merge_chunks,
    open_associations,
    parse_associated,
    read_associations,
    read_batch_page,
    with_associations,
)
from service.pages import Page, parse_page
from tests.support.cases import for_each
from tests.support.upstream_stub import record

NAMES = st.dictionaries(st.sampled_from("abcdefgh"), st.text(max_size=4) | st.none(), max_size=8)


def page_of(*records: dict[str, Any]) -> Page:
    """Parse a page with these records."""
    return parse_page(json.dumps({"results": list(records)}).encode())


def with_properties(number: int, **properties: str | None) -> dict[str, Any]:
    """Build a record with only these properties."""
    return {**record(number), "properties": properties}


def documents(page: Page) -> list[dict[str, Any]]:
    """Parse the page's records."""
    return [json.loads(bytes(one)) for one in page.records]


@given(NAMES, st.sets(st.sampled_from("abcdefgh")))
def test_the_parts_of_a_record_are_merged(properties: dict[str, str | None], first_names: set[str]) -> None:
    """Properties are in HubSpot's order, which is by name."""
    one = {name: value for name, value in sorted(properties.items()) if name in first_names}
    two = {name: value for name, value in sorted(properties.items()) if name not in first_names}

    merged = merge_chunks(page_of(with_properties(1, **one)), [page_of(with_properties(1, **two))])

    assert merged is not None
    [whole] = documents(merged)
    assert whole == with_properties(1, **properties)
    assert list(whole["properties"]) == sorted(properties)


def test_records_are_matched_by_id_and_not_by_position() -> None:
    """Another request may have returned other records."""
    first = page_of(with_properties(1, a="1"), with_properties(3, a="3"))
    second = page_of(with_properties(1, b="1"), with_properties(2, b="2"), with_properties(3, b="3"))

    merged = merge_chunks(first, [second])

    assert merged is not None
    assert [one["properties"] for one in documents(merged)] == [{"a": "1", "b": "1"}, {"a": "3", "b": "3"}]


def test_a_record_missing_from_another_request_requires_a_repetition() -> None:
    """An incomplete record is never sent."""
    assert merge_chunks(page_of(with_properties(1, a="1")), [page_of()]) is None


def batch(*records: dict[str, Any], gone: tuple[str, ...] = ()) -> bytes:
    """Write the response of a batch read."""
    errors = [{"category": "OBJECT_NOT_FOUND", "context": {"ids": list(gone)}}] if gone else []
    return json.dumps({"status": "COMPLETE", "results": list(records), "errors": errors}).encode()


def test_a_batch_is_put_into_the_requested_order_with_the_times_of_the_search() -> None:
    """HubSpot does not promise an order."""
    wanted = page_of(record(1, updated="2026-01-01T00:00:00Z"), record(2, updated="2026-01-02T00:00:00Z"))

    page = read_batch_page(batch(record(2), record(1)), wanted)

    assert page.ids == ["1", "2"]
    assert page.updated == wanted.updated


def test_a_record_reported_as_missing_is_left_out() -> None:
    """The search index shows archived records for a moment."""
    assert read_batch_page(batch(record(2), gone=("1",)), page_of(record(1), record(2))).ids == ["2"]


def test_a_record_missing_without_a_report_is_an_error() -> None:
    """It would be lost."""
    with pytest.raises(MismatchError, match="left out 1 records"):
        read_batch_page(batch(record(2)), page_of(record(1), record(2)))


def test_associations_are_read_from_lists_and_from_batches() -> None:
    rows = [{"id": "7", "type": "contact_to_company"}]
    held = {"companies": {"results": rows, "paging": {"next": {"after": "MC0%3D", "link": "..."}}}}
    [raw] = page_of({**record(1), "associations": held}).records

    from_list = open_associations(raw)["companies"]
    from_batch = read_associations(json.dumps({"results": [{"from": {"id": "1"}, "to": rows}]}).encode())["1"]

    assert [json.loads(bytes(row)) for row in from_list.results] == rows
    assert (from_list.after, from_batch.after) == ("MC0%3D", None)
    assert [json.loads(bytes(row)) for row in from_batch.results] == rows


def test_a_record_without_associations_has_no_associations_field() -> None:
    """HubSpot's list has none either."""
    page = page_of(record(1), record(2))

    whole = with_associations(page, [{}, {"companies": [msgspec.Raw(b'{"id":"7"}')]}])

    first, second = documents(whole)
    assert "associations" not in first
    assert second["associations"] == {"companies": {"results": [{"id": "7"}]}}


@for_each("body", [b"", b"[]", b'{"results":[{"from":{}}]}', b'{"results":[{"from":{"id":1},"to":[]}]}'])
def test_malformed_associations_are_an_error(body: bytes) -> None:
    with pytest.raises(MismatchError):
        read_associations(body)


@for_each("paging", [{}, {"paging": None}, {"paging": {}}, {"paging": {"next": None}}])
@for_each("results", [{"results": []}, {"results": [{"id": "7"}]}])
def test_associations_without_a_cursor_are_complete(results: dict[str, Any], paging: dict[str, Any]) -> None:
    """In a list, in a batch and in a page of their own."""
    [raw] = page_of({**record(1), "associations": {"deals": {**results, **paging}}}).records
    batch_row = {"from": {"id": "1"}, "to": results["results"], **paging}

    found = [
        open_associations(raw)["deals"],
        read_associations(json.dumps({"results": [batch_row]}).encode())["1"],
        parse_associated(json.dumps({**results, **paging}).encode()),
    ]

    assert [one.after for one in found] == [None] * 3
    assert [len(one.results) for one in found] == [len(results["results"])] * 3


def test_a_batch_of_associations_has_the_cursor_of_each_record() -> None:
    rows = [{"from": {"id": one}, "to": [], "paging": {"next": {"after": f"c{one}"}}} for one in ("1", "2")]

    found = read_associations(json.dumps({"results": rows}).encode())

    assert {one: associated.after for one, associated in found.items()} == {"1": "c1", "2": "c2"}


@for_each("held", [[], "x", {"deals": []}, {"deals": {"results": {}}}, {"deals": {"paging": {"next": {}}}}])
def test_malformed_associations_of_a_record_are_an_error(held: object) -> None:
    [raw] = page_of({**record(1), "associations": held}).records

    with pytest.raises(MismatchError, match="A record's associations are malformed"):
        open_associations(raw)


@for_each("body", [b"", b"[]", b'{"results":{}}', b'{"paging":{"next":{"after":""}}}'])
def test_a_malformed_page_of_associations_is_an_error(body: bytes) -> None:
    with pytest.raises(MismatchError, match="associations are malformed"):
        parse_associated(body)


def test_several_reports_and_reasons_are_read() -> None:
    """HubSpot names the ids under `ids`, or under the name of a property."""
    contexts: list[dict[str, object]] = [{"ids": ["1"]}, {}, {"id": ["3"], "ids": ["4"]}]
    errors = [{"category": "OBJECT_NOT_FOUND", "context": context} for context in contexts]
    body = json.dumps({"results": [record(2)], "errors": errors}).encode()

    assert read_batch_page(body, page_of(*map(record, (1, 2, 3, 4)))).ids == ["2"]


@for_each("category", ["RATE_LIMITS", "INTERNAL_ERROR", "VALIDATION_ERROR", None])
def test_a_record_that_could_not_be_read_is_not_gone(category: str | None) -> None:
    errors = [{"category": category, "context": {"ids": ["1"]}}]
    body = json.dumps({"results": [record(2)], "errors": errors}).encode()

    with pytest.raises(MismatchError, match="left out 1 records"):
        read_batch_page(body, page_of(record(1), record(2)))


@for_each("errors", [{}, [1], [{"context": {"ids": "1"}}], [{"context": []}]])
def test_malformed_reports_are_an_error(errors: object) -> None:
    body = json.dumps({"results": [], "errors": errors}).encode()

    with pytest.raises(MismatchError, match="errors in HubSpot's batch response are malformed"):
        read_batch_page(body, page_of(record(1)))


def test_records_that_nobody_asked_for_are_not_added() -> None:
    assert read_batch_page(batch(record(1), record(9)), page_of(record(1))).ids == ["1"]


def test_merged_records_may_need_an_escape_if_any_part_may() -> None:
    plain, tilde = page_of(with_properties(1, a="x")), page_of(with_properties(1, b="~t2026"))

    for first, other in ((plain, tilde), (tilde, plain)):
        merged = merge_chunks(first, [other])
        assert merged is not None
        assert merged.may_need_escape
    merged = merge_chunks(plain, [plain])
    assert merged is not None
    assert not merged.may_need_escape


@pytest.mark.parametrize("is_tilde", [True, False])
def test_the_records_of_a_batch_need_an_escape_if_the_batch_does(is_tilde: bool) -> None:
    """What the search said does not matter: its records are replaced."""
    found = with_properties(1, a="~t2026" if is_tilde else "x")

    page = read_batch_page(batch(found), page_of(with_properties(1, a="x" if is_tilde else "~t2026")))

    assert page.may_need_escape is is_tilde
    assert documents(page) == [found]


def test_adding_associations_keeps_whether_a_record_may_need_an_escape() -> None:
    for value in ("~t2026", "x"):
        page = page_of(with_properties(1, a=value))

        assert with_associations(page, [{"deals": []}]).may_need_escape is page.may_need_escape


def test_a_later_part_wins_and_other_fields_are_those_of_the_first() -> None:
    first = {**with_properties(1, a="old", b="b"), "associations": {"deals": {"results": []}}}

    merged = merge_chunks(page_of(first), [page_of({**with_properties(1, a="new"), "url": "other"})])

    assert merged is not None
    assert documents(merged) == [{**first, "properties": {"a": "new", "b": "b"}}]


HELD = {"deals": {"results": [{"id": "1"}]}, "companies": {"results": [{"id": "2"}]}}


def test_associations_that_nobody_asked_for_are_left_out() -> None:
    page = page_of({**record(1), "associations": HELD})

    assert documents(with_associations(page, [{}])) == [record(1)]


def test_a_record_that_only_mentions_associations_keeps_its_bytes() -> None:
    page = page_of(with_properties(1, a='"associations"'), with_properties(2, associations="x"))

    whole = with_associations(page, [{}, {}])

    assert list(map(bytes, whole.records)) == list(map(bytes, page.records))


def test_associations_are_the_last_field_wherever_they_were() -> None:
    [raw] = page_of({"associations": HELD, **record(1)}).records
    page = Page(ids=["1"], updated=["~t1"], records=[raw])

    [whole] = documents(with_associations(page, [{"deals": [msgspec.Raw(b'{"id":"7"}')]}]))

    assert whole == {**record(1), "associations": {"deals": {"results": [{"id": "7"}]}}}
    assert list(whole)[-1] == "associations"


@for_each("names", [["deals", "companies"], ["companies", "deals"], ["companies", "x", "deals"]])
@for_each("is_last", [True, False])
def test_each_record_of_a_page_is_put_in_order_by_itself(names: list[str], is_last: bool) -> None:
    """Beside records that are in order, and beside some without any associations."""
    second = {**record(2), "associations": HELD} if is_last else {"associations": HELD, **record(2)}
    first = {**record(1), "associations": {name: HELD[name] for name in names if name in HELD}}
    page = page_of(first, second, {**record(3), "associations": {}}, record(4))

    ordered = in_order(page, names)

    found = documents(ordered)
    kept = [name for name in names if name in HELD]
    assert [list(one.get("associations", ())) for one in found] == [kept, kept, [], []]
    assert [list(one)[-1] == "associations" for one in found] == [True, True, False, False]
    assert bytes(ordered.records[0]) == bytes(page.records[0])
    assert (bytes(ordered.records[1]) == bytes(page.records[1])) is (is_last and kept == list(HELD))


@pytest.mark.parametrize("value", ["~t2026", "x"])
def test_a_page_in_order_is_the_same_object_and_keeps_whether_it_needs_an_escape(value: str) -> None:
    page = page_of({**with_properties(1, a=value), "associations": HELD})

    assert in_order(page, ["deals", "companies"]) is page
    assert in_order(page, ["companies", "deals"]).may_need_escape is page.may_need_escape is (value != "x")
