import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import MismatchError
from service.merge import merge_chunks, open_associations, read_associations, read_batch_page, with_associations
from service.pages import Page, parse_page
from tests.support.upstream_stub import record

NAMES = st.dictionaries(st.sampled_from("abcdefgh"), st.text(max_size=4) | st.none(), max_size=8)


def page_of(*records: dict[str, Any]) -> Page:
    """A page of these records."""
    return parse_page(json.dumps({"results": list(records)}).encode())


def with_properties(number: int, **properties: str | None) -> dict[str, Any]:
    """A record with only these properties."""
    return {**record(number), "properties": properties}


def documents(page: Page) -> list[dict[str, Any]]:
    """The page's records, read."""
    return [json.loads(bytes(one)) for one in page.records]


@given(NAMES, st.sets(st.sampled_from("abcdefgh")))
def test_a_record_cut_in_two_is_whole_again(properties: dict[str, str | None], first_names: set[str]) -> None:
    """With its properties in the order HubSpot gives them, by name."""
    one = {name: value for name, value in sorted(properties.items()) if name in first_names}
    two = {name: value for name, value in sorted(properties.items()) if name not in first_names}

    merged = merge_chunks(page_of(with_properties(1, **one)), [page_of(with_properties(1, **two))])

    assert merged is not None
    [whole] = documents(merged)
    assert whole == with_properties(1, **properties)
    assert list(whole["properties"]) == sorted(properties)


def test_records_are_matched_by_id_and_not_by_place() -> None:
    """Another request may have caught other records."""
    first = page_of(with_properties(1, a="1"), with_properties(3, a="3"))
    second = page_of(with_properties(1, b="1"), with_properties(2, b="2"), with_properties(3, b="3"))

    merged = merge_chunks(first, [second])

    assert merged is not None
    assert [one["properties"] for one in documents(merged)] == [{"a": "1", "b": "1"}, {"a": "3", "b": "3"}]


def test_a_record_that_another_request_did_not_catch_asks_for_another_look() -> None:
    """Half a record is never sent."""
    assert merge_chunks(page_of(with_properties(1, a="1")), [page_of()]) is None


def batch(*records: dict[str, Any], gone: tuple[str, ...] = ()) -> bytes:
    """The answer of a batch read."""
    errors = [{"category": "OBJECT_NOT_FOUND", "context": {"ids": list(gone)}}] if gone else []
    return json.dumps({"status": "COMPLETE", "results": list(records), "errors": errors}).encode()


def test_a_batch_is_put_into_the_order_that_was_asked_for() -> None:
    """HubSpot promises none; and the time stays the one the search told."""
    wanted = page_of(record(1, updated="2026-01-01T00:00:00Z"), record(2, updated="2026-01-02T00:00:00Z"))

    page = read_batch_page(batch(record(2), record(1)), wanted)

    assert page.ids == ["1", "2"]
    assert page.updated == wanted.updated


def test_a_record_reported_as_gone_is_left_out() -> None:
    """The search index showed it a moment longer than it was there."""
    assert read_batch_page(batch(record(2), gone=("1",)), page_of(record(1), record(2))).ids == ["2"]


def test_a_record_left_out_without_a_word_is_an_error() -> None:
    """It would be lost."""
    with pytest.raises(MismatchError, match="left out 1 records"):
        read_batch_page(batch(record(2)), page_of(record(1), record(2)))


def test_associations_are_read_from_both_shapes() -> None:
    """A list's records hold them; a batch gives them by record."""
    rows = [{"id": "7", "type": "contact_to_company"}]
    held = {"companies": {"results": rows, "paging": {"next": {"after": "MC0%3D", "link": "..."}}}}
    [raw] = page_of({**record(1), "associations": held}).records

    from_list = open_associations(raw)["companies"]
    from_batch = read_associations(json.dumps({"results": [{"from": {"id": "1"}, "to": rows}]}).encode())["1"]

    assert [json.loads(bytes(row)) for row in from_list.results] == rows
    assert (from_list.after, from_batch.after) == ("MC0%3D", None)
    assert [json.loads(bytes(row)) for row in from_batch.results] == rows


def test_a_record_without_associations_stays_without_the_key() -> None:
    """As HubSpot's list has it."""
    page = page_of(record(1), record(2))

    whole = with_associations(page, [{}, {"companies": [msgspec.Raw(b'{"id":"7"}')]}])

    first, second = documents(whole)
    assert "associations" not in first
    assert second["associations"] == {"companies": {"results": [{"id": "7"}]}}


@pytest.mark.parametrize("body", [b"", b"[]", b'{"results":[{"from":{}}]}', b'{"results":[{"from":{"id":1},"to":[]}]}'])
def test_malformed_associations_are_an_error(body: bytes) -> None:
    """Never an empty list."""
    with pytest.raises(MismatchError):
        read_associations(body)
