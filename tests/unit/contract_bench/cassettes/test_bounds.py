"""Lint and recording take a time that grows with what they read, whatever it is, and end with a finding."""

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from contract_bench.cassettes.evidence import evidence_path
from contract_bench.cassettes.lint import lint_file, lint_paths
from contract_bench.cassettes.model import Interaction
from contract_bench.cassettes.redaction import Redactor, find_secrets
from contract_bench.cassettes.redaction.people import EMAIL_IN_TEXT
from tests.support.cases import for_each
from tests.support.interactions import contact, interaction, page, write

# Texts of which a pattern could look at each part again and again.
HOSTILE: dict[str, Callable[[int], str]] = {
    "letters": lambda size: "x" * size,
    "digits": lambda size: "1" * size,
    "blanks": lambda size: "bearer" + " " * size,
    "bearers": lambda size: "bearer+" * (size // 7),
    "keys": lambda size: "-----BEGIN PRIVATE KEY-----" * (size // 27),
    "almost keys": lambda size: "-----BEGIN " * (size // 11),
    "sessions": lambda size: "session" * (size // 7),
    "cookies": lambda size: "session=" * (size // 8),
    "JWTs": lambda size: "eyJ" * (size // 3),
    "dotted JWTs": lambda size: "eyJaaaaaa.eyJ" * (size // 13),
    "tokens": lambda size: "token " * (size // 6),
    "quotes": lambda size: 'token"' * (size // 6),
    "URLs": lambda size: "://a:b" * (size // 6),
    "at signs": lambda size: "a@" * (size // 2),
    "dots": lambda size: "a@" + "b." * (size // 2),
    "percent signs": lambda size: "%25" * (size // 3),
    "plus signs": lambda size: "+1 " * (size // 3),
    "tags": lambda size: "<p " * (size // 3),
    "pages": lambda size: "<p>a</p>" * (size // 8),
    "open brackets": lambda size: "[" * size,
    "objects": lambda size: '{"a":' * (size // 5),
    "messages": lambda size: "Invalid input JSON on line " * (size // 27),
    "columns": lambda size: "Some required fields were not set: [" * (size // 36),
    "secrets": lambda size: "pat-na1-0a1b2c3d " * (size // 17),
    "words": lambda size: "Kari Nordmann " * (size // 14),
    "underscores": lambda size: "a_" * (size // 2),
}


def hostile(text: str) -> tuple[Interaction, ...]:
    """Return a recording that has the text in each place."""
    return (
        interaction(answer=f"<html>{text}</html>".encode(), status=500),
        interaction(answer={"message": text, "results": [{"properties": {"notes": text}}], "url": text}),
        interaction(f"http://fake-hubspot.test/{text}?a={text}"),
    )


@for_each("kind", HOSTILE)
def test_hostile_text_is_redacted(kind: str) -> None:
    """A short one; `make proof` measures long ones."""
    text = HOSTILE[kind](1_000)

    assert Redactor(b"key").redact(hostile(text)).changes
    find_secrets(text)
    EMAIL_IN_TEXT.sub("", text)


@pytest.mark.proof
@pytest.mark.parametrize("kind", HOSTILE)
def test_time_grows_with_the_text(kind: str) -> None:
    """A quadratic pattern takes minutes for these; each takes a fraction of a second."""
    text = HOSTILE[kind](30_000)
    recording = hostile(text)

    start = time.process_time()
    redacted = Redactor(b"key").redact(recording)
    find_secrets(text)
    EMAIL_IN_TEXT.sub("", text)
    spent = time.process_time() - start

    assert redacted.changes
    assert spent < 4


# Python 3.13 parses a depth of 10,000, and older versions one of a thousand at most.
@pytest.mark.parametrize(
    "body",
    [b"[" * 12_000, b'{"a":' * 12_000, b"[" * 12_000 + b"]" * 12_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000],
    ids=["open lists", "open objects", "lists", "objects"],
)
@pytest.mark.parametrize("status", [200, 500])
def test_deep_body_is_replaced(body: bytes, status: int) -> None:
    """It is no answer of the API. Lint says that it is not redacted."""
    redacted = Redactor(b"key").redact((interaction(answer=b"Jane" + body, status=status), interaction(answer=body)))

    assert [change.place for change in redacted.changes][:1] == ["response body"]
    assert b"Jane" not in redacted.interactions[0].response.body
    assert Redactor(b"lint").redact(redacted.interactions).changes == ()


def test_deep_body_in_a_file_is_a_finding(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", (interaction(answer=b"[" * 12_000 + b"1" + b"]" * 12_000),))

    assert "unredacted" in {finding.rule for finding in lint_file(path)}


def test_evidence_that_is_no_file_or_large_is_a_finding(tmp_path: Path) -> None:
    path, other = write(tmp_path / "a.yaml"), write(tmp_path / "b.yaml")
    evidence_path(path).unlink()
    os.mkfifo(evidence_path(path))
    evidence_path(other).write_text(" " * 2**20 + "{}", encoding="utf-8")

    assert [finding.rule for finding in lint_paths([tmp_path])] == ["unreadable", "unreadable"]


@for_each("value", ["1" * 5_000, "-" + "8" * 20_000, "1e99999", "0." + "3" * 9_000, "NaN", "-Infinity"])
def test_number_of_any_length_is_replaced(value: str) -> None:
    """Python refuses integers of more than 4,300 digits."""
    original = interaction(answer=f'{{"results":[{{"salary":{value},"id":{value}}}]}}'.encode())

    redacted = Redactor(b"key").redact((original,))

    assert value not in redacted.interactions[0].response.body.decode()
    assert Redactor(b"lint").redact(redacted.interactions).changes == ()


@for_each("text", ["\ud83d", "a\ude00b", "\ud83d Jane"])
def test_half_of_a_surrogate_pair_is_no_traceback(text: str) -> None:
    """JSON can hold one; UTF-8 cannot."""
    body = json.dumps({"results": [{"properties": {"nick": text, "email": "jane@acme.no"}}], text: None}).encode()

    redacted = Redactor(b"key").redact((interaction(answer=body),))

    assert b"jane" not in redacted.interactions[0].response.body
    assert Redactor(b"lint").redact(redacted.interactions).changes == ()


def test_many_people_and_many_messages_are_joined_in_time() -> None:
    """Each message was searched for each value: a third of a million times here."""
    people = [contact(number, firstname=f"Given{number} Name", our=f"value {number}") for number in range(1, 600)]
    messages = [{"message": f"Given{number} Name is not valid"} for number in range(1, 600)]
    start = time.process_time()

    redacted = Redactor(b"key").redact((interaction(answer=page(*people)), interaction(answer={"errors": messages})))

    assert time.process_time() - start < 15
    first = json.loads(redacted.interactions[0].response.body)["results"][0]["properties"]["firstname"]
    assert json.loads(redacted.interactions[1].response.body)["errors"][0]["message"].startswith(first)


def test_secrets_of_a_large_text_are_found_in_time() -> None:
    text = "\n".join(f"token=abcdef{number}" for number in range(20_000))
    start = time.process_time()

    found = find_secrets(text)

    assert len(found) == 20_000
    assert time.process_time() - start < 5


def test_placeholder_is_as_long_as_its_text() -> None:
    """By classes, so that a client still meets texts of each size."""
    lengths = []
    for size in (10, 100, 1_000, 10_000):
        redacted = Redactor(b"key").redact((interaction(answer={"properties": {"notes": "ab " * (size // 3)}}),))
        text = json.loads(redacted.interactions[0].response.body)["properties"]["notes"]
        assert re.fullmatch(r"Text[0-9a-f]{10}(?: Text[0-9a-f]{10})*", text)
        lengths.append(len(text))

    assert lengths == [14, 179, 1_799, 8_999]
