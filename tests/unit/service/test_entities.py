import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.entities import to_entities
from service.errors import MismatchError
from service.pages import parse_page
from tests.support.transit import read_by_transit
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
@example({"a": "~\x07"}, None, True)
@example({"a": "~:"}, None, False)
def test_every_value_of_a_record_is_preserved_in_any_layout(
    values: dict[str, Any], indent: int | None, escaped: bool
) -> None:
    whole = {**record(7), "properties": values}
    body = json.dumps({"results": [whole]}, indent=indent, ensure_ascii=escaped).encode("utf-8", "surrogatepass")

    [entity] = to_entities(parse_page(body))

    sent = json.loads(entity)
    assert {**sent, "properties": read_by_transit(sent["properties"])} == {
        "_id": "7",
        "_updated": "~t2026-03-12T07:34:24.559Z",
        **whole,
    }


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
