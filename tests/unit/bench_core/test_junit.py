"""JUnit XML that every parser accepts."""

import json
import re
from xml.dom import minidom
from xml.etree import ElementTree
from xml.parsers import expat

from hypothesis import given
from hypothesis import strategies as st

from bench_core.junit import Case, Failure, Suite, to_junit
from bench_core.text import encodable_json, printable
from tests.support.cases import for_each

# Any code point, also those that are no characters and the halves of surrogate pairs.
ANY_TEXT = st.text(st.characters(exclude_categories=()))
# The characters of XML 1.0, written a second time on purpose: this is the specification, the code is what is tested.
XML_1_0 = re.compile(r"[\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]*")
SHOWN = [
    ("\x00", r"\x00"),
    ("\x01", r"\x01"),
    ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
    ("\r", r"\r"),
    ("\x7f\x9b", r"\x7f\x9b"),
    ("\ud800", r"\ud800"),
    ("\udfff", r"\udfff"),
    ("\ufffe\uffff", r"\ufffe\uffff"),
]
KEPT = ["\N{NO-BREAK SPACE}", "\t", "\n", "\N{GRINNING FACE}", "æøå", "<a href='x'>&amp;</a>", "]]>", "\ufffd", "\\x01"]


def document(text: str) -> str:
    """A report with the same text at every place."""
    cases = [
        Case(text, text, failure=Failure(text, text, kind=text)),
        Case(text, text, skipped=text),
        Case(text, text, output=text),
    ]
    return to_junit(text, [Suite(text, cases, properties={text: text})])


@given(ANY_TEXT)
def test_any_text_gives_a_document_that_parsers_accept(text: str) -> None:
    written = document(text)

    encoded = written.encode()
    expat.ParserCreate().Parse(encoded, True)
    minidom.parseString(encoded).unlink()  # noqa: S318 - written above
    assert XML_1_0.fullmatch(written)


@given(ANY_TEXT)
def test_any_text_arrives_as_it_would_be_printed(text: str) -> None:
    (suite,) = ElementTree.fromstring(document(text))  # noqa: S314 - written above

    case = suite.findall("testcase")[0]
    failure = case.find("failure")
    assert failure is not None
    assert (case.get("name"), failure.get("message"), failure.text or "") == (printable(text),) * 3


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn"))))
def test_text_without_control_characters_is_not_changed(text: str) -> None:
    assert printable(text) == text


@for_each("text", KEPT)
def test_characters_that_xml_can_hold_are_kept(text: str) -> None:
    assert printable(text) == text


@for_each(("text", "shown"), SHOWN)
def test_characters_that_xml_cannot_hold_are_shown_as_escapes(text: str, shown: str) -> None:
    assert printable(f"a{text}b") == f"a{shown}b"


def test_a_line_end_of_windows_is_a_line_end() -> None:
    assert printable("a\r\nb") == "a\nb"


def test_a_document_counts_its_cases_and_names_the_conditions() -> None:
    cases = [
        Case("c", "passed", seconds=0.5),
        Case("c", "failed", failure=Failure("no")),
        Case("c", "s", skipped="why"),
    ]

    root = ElementTree.fromstring(to_junit("all", [Suite("one", cases, properties={"a": "b"}), Suite("two", [])]))  # noqa: S314

    counts = [[element.get(name) for name in ("tests", "failures", "errors", "skipped")] for element in (root, *root)]
    assert counts == [["3", "1", "0", "1"], ["3", "1", "0", "1"], ["0", "0", "0", "0"]]
    assert [suite.get("time") for suite in root] == ["0.500", "0.000"]
    assert [(each.get("name"), each.get("value")) for each in root.iter("property")] == [("a", "b")]


def test_a_case_that_passed_is_empty() -> None:
    root = ElementTree.fromstring(to_junit("all", [Suite("one", [Case("c", "passed")])]))  # noqa: S314

    assert [list(case) for case in root.iter("testcase")] == [[]]


@given(ANY_TEXT)
def test_a_json_document_with_any_text_can_be_encoded_and_read_back(text: str) -> None:
    written = encodable_json(json.dumps([text], ensure_ascii=False)).encode()

    assert json.loads(written) == [text]
