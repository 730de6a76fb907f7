import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.transit_escape import escape_transit, may_need_escape

TEXTS = st.text(st.sampled_from('~~~tr:bufdxT12- "\\\nß'), max_size=6)
VALUES = st.recursive(TEXTS | st.none() | st.integers(), lambda inner: st.lists(inner, max_size=3), max_leaves=5)


def read_by_transit(value: Any) -> Any:
    """What a node that knows the escape makes of a value: `~~x` is the text `~x`; a bare tag would be a typed value."""
    if isinstance(value, dict):
        return {key: read_by_transit(one) for key, one in value.items()}
    if isinstance(value, list):
        return [read_by_transit(one) for one in value]
    if isinstance(value, str) and value.startswith("~~"):
        return value[1:]
    assert not (isinstance(value, str) and re.match(r"~([:rbu]|[tdf][-0-9])", value))
    return value


@given(st.dictionaries(TEXTS, VALUES, max_size=5), st.booleans(), st.sampled_from([None, 1]))
@settings(max_examples=300)
def test_every_text_means_the_same_after_the_trip(
    document: dict[str, Any], ascii_only: bool, indent: int | None
) -> None:
    """Whatever it begins with, however it is written, and however deep it is."""
    sent = escape_transit(json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode())

    assert read_by_transit(json.loads(sent)) == document


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("~t2026-03-09", "~~t2026-03-09"),
        ("~rue de la Paix", "~~rue de la Paix"),
        ("~f1", "~~f1"),
        ("~true story", "~true story"),
        ("~:hubspot:1", "~~:hubspot:1"),
        ("~~", "~~~"),
        ("~100 employees", "~100 employees"),
        ("~", "~"),
        ("a ~true story", "a ~true story"),
    ],
)
def test_only_what_would_be_misread_is_escaped(text: str, sent: str) -> None:
    """The rest is sent as HubSpot wrote it."""
    assert json.loads(escape_transit(json.dumps({"a": text}).encode())) == {"a": sent}


def test_a_tilde_written_as_an_escape_counts() -> None:
    """JSON has two ways to write each character."""
    assert escape_transit(b'{"a":"\\u007er","b":"~\\u0072"}') == b'{"a":"~\\u007er","b":"~~\\u0072"}'


def test_a_quote_inside_a_text_does_not_begin_one() -> None:
    """A tilde behind a quote in the middle of a text begins no text of its own."""
    record = json.dumps({"a": 'he said "~true"'}).encode()

    assert escape_transit(record) == record


@given(st.dictionaries(TEXTS, VALUES, max_size=5), st.booleans())
def test_the_quick_look_misses_nothing(document: dict[str, Any], ascii_only: bool) -> None:
    """Where it says no, there is nothing to escape."""
    record = json.dumps(document, ensure_ascii=ascii_only).encode()

    assert may_need_escape(record) or escape_transit(record) == record
