import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.entities import to_entities
from service.errors import MismatchError
from service.pages import parse_page
from tests.support.upstream_stub import record

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
BODY = json.dumps({"results": [record(1), record(2)], "paging": {"next": {"after": "3"}}}).encode()


def page_body(*records: dict[str, Any]) -> bytes:
    """Write a page as HubSpot does."""
    return json.dumps({"results": list(records)}, ensure_ascii=False, separators=(",", ":")).encode()


def test_an_entity_is_the_unchanged_record_after_id_and_updated() -> None:
    [entity] = to_entities(parse_page(page_body(record(51, updated="2026-03-09T12:00:00Z"))))

    rest = page_body(record(51, updated="2026-03-09T12:00:00Z")).removeprefix(b'{"results":[{').removesuffix(b"]}")
    assert entity == b'{"_id":"51","_updated":"~t2026-03-09T12:00:00.000Z",' + rest


@given(st.dictionaries(st.text(max_size=6), JSON_VALUES, max_size=4), st.sampled_from([None, 1]), st.booleans())
@settings(max_examples=60)
def test_every_value_of_a_record_is_preserved_in_any_layout(
    values: dict[str, Any], indent: int | None, escaped: bool
) -> None:
    whole = {**record(7), "properties": values}
    body = json.dumps({"results": [whole]}, indent=indent, ensure_ascii=escaped).encode("utf-8", "surrogatepass")

    [entity] = to_entities(parse_page(body))

    assert json.loads(entity) == {"_id": "7", "_updated": "~t2026-03-12T07:34:24.559Z", **whole}


def test_the_cursor_is_read_from_paging_next_after() -> None:
    """The link is ignored."""
    assert parse_page(BODY).after == "3"


def test_records_may_contain_lists_of_results() -> None:
    """Associations are such lists."""
    associations = {"companies": {"results": [{"id": "7", "type": "contact_to_company"}]}}

    assert parse_page(page_body({**record(1), "associations": associations}, record(2))).ids == ["1", "2"]


@pytest.mark.parametrize("paging", [{}, {"paging": None}, {"paging": {}}])
def test_a_page_without_a_cursor_is_the_last(paging: dict[str, Any]) -> None:
    """HubSpot omits `paging` on the last page."""
    assert parse_page(json.dumps({"results": [], **paging}).encode()).after is None


@pytest.mark.parametrize(
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


@given(st.integers(0, len(BODY) - 1), st.binary(max_size=3), st.booleans())
@settings(max_examples=300)
def test_a_damaged_page_is_refused_or_still_valid_json(at: int, damage: bytes, cut: bool) -> None:
    """Records are not decoded, so damage must be detected some other way."""
    body = BODY[:at] + damage + (b"" if cut else BODY[at + len(damage) :])

    try:
        entities = to_entities(parse_page(body))
    except MismatchError:
        return

    assert all(isinstance(json.loads(entity)["_id"], str) for entity in entities)


def test_the_message_contains_no_value_of_the_record() -> None:
    """Messages are logged, and values are personal data."""
    body = page_body({**record(1), "updatedAt": "maria@example.com"})

    with pytest.raises(MismatchError) as caught:
        parse_page(body)

    assert "maria" not in str(caught.value)
