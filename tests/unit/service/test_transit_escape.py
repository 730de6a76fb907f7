import json
import re
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.transit_escape import escape_transit, may_need_escape
from tests.support.cases import for_each
from tests.support.transit import read_by_transit

TEXTS = st.text(st.sampled_from('~~~tr:bufdxT12- "\\\nß'), max_size=6)
VALUES = st.recursive(TEXTS | st.none() | st.integers(), lambda inner: st.lists(inner, max_size=3), max_leaves=5)


@given(st.dictionaries(TEXTS, VALUES, max_size=5), st.booleans(), st.sampled_from([None, 1]))
@settings(max_examples=300)
def test_every_string_keeps_its_meaning(document: dict[str, Any], ascii_only: bool, indent: int | None) -> None:
    sent = escape_transit(json.dumps(document, ensure_ascii=ascii_only, indent=indent).encode())

    assert read_by_transit(json.loads(sent)) == document


CHARACTERS = st.sampled_from('~~~tr:bufdxTé\u2028\x07\x7f0129-/ \\"\n')
ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\x07": "\\u0007", "/": "\\/"}


@given(st.lists(st.tuples(CHARACTERS, st.sampled_from(["plain", "%04x", "%04X"])), max_size=6))
@settings(max_examples=400)
@example([("~", "plain"), ("\x07", "plain")])
@example([("~", "plain"), (":", "plain")])
@example([("~", "plain"), ("é", "%04x"), ("t", "plain"), ("é", "%04x")])
@example([("~", "%04X"), ("t", "%04x"), ("2", "%04x")])
def test_a_string_is_escaped_exactly_if_it_decodes_to_a_typed_value(written: list[tuple[str, str]]) -> None:
    """However the characters are written: plainly or as an escape, in small or capital letters."""
    text = "".join(ESCAPES.get(one, one) if style == "plain" else "\\u" + style % ord(one) for one, style in written)
    decoded = "".join(one for one, _ in written)
    is_typed = re.match(r"~([~:rbu]|[tdf][-0-9])", decoded) is not None

    [sent] = json.loads(escape_transit(f'["{text}"]'.encode()))

    assert sent == ("~" + decoded if is_typed else decoded)


@for_each(
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
def test_only_strings_that_would_be_misread_are_escaped(text: str, sent: str) -> None:
    assert json.loads(escape_transit(json.dumps({"a": text}).encode())) == {"a": sent}


def test_a_tilde_written_as_a_json_escape_counts() -> None:
    assert escape_transit(b'{"a":"\\u007er","b":"~\\u0072"}') == b'{"a":"~\\u007er","b":"~~\\u0072"}'


def test_an_escaped_quote_does_not_start_a_string() -> None:
    record = json.dumps({"a": 'he said "~true"'}).encode()

    assert escape_transit(record) == record


@given(st.dictionaries(TEXTS, VALUES, max_size=5), st.booleans())
def test_the_quick_check_has_no_false_negatives(document: dict[str, Any], ascii_only: bool) -> None:
    record = json.dumps(document, ensure_ascii=ascii_only).encode()

    assert may_need_escape(record) or escape_transit(record) == record
