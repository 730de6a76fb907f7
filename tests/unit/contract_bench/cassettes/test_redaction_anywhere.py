"""Whatever is planted anywhere in an exchange is gone after recording, and the cassette still replays and joins.

`CASSETTE_SOAK_S` is how long the generated exchanges go on; `make soak` sets it to a minute.
"""

import base64
import html
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from contract_bench.cassettes.dialects import read_cassette
from contract_bench.cassettes.errors import CassetteError
from contract_bench.cassettes.lint import FindingSeverity, lint_file
from contract_bench.cassettes.model import Interaction, Request
from contract_bench.cassettes.playback import Playback
from contract_bench.cassettes.redaction import Redactor
from tests.support.interactions import CONTACTS, contact, interaction, page, write

SOAK_S = float(os.environ.get("CASSETTE_SOAK_S", "0"))
EXAMPLES = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate) if SOAK_S else tuple(Phase),
)

# No secret is a word of the protocol or part of a pseudonym.
LETTERS = st.text("BCDFGHJKLMNPQRSTVWXYZøæåüñжλ山", min_size=6, max_size=20)
SECRETS = st.one_of(
    LETTERS,
    st.builds(lambda one, other: f"{one} {other}", LETTERS, LETTERS),
    st.builds(lambda one: f"{one}@acme.no", st.text("bcdfghjklmnpqrstvwxyz", min_size=6, max_size=12)),
    st.builds(lambda one: f"sk_live_{one}", st.text("ABCDEFGH23456789", min_size=16, max_size=24)),
    st.builds(lambda one: f"+47 {one[:3]} {one[3:5]} {one[5:]}", st.text("2345678", min_size=8, max_size=8)),
    st.text("ghjkmnpqrstvwxyz23456789", min_size=12, max_size=40).map(lambda one: f"Xq{one}zQ7"),
)
ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "percent": lambda text: quote(text, safe=""),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "entities": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "HTML": html.escape,
    "escapes": lambda text: json.dumps(text)[1:-1],
    "JSON": lambda text: json.dumps({"a": [text]}),
    "JSON in JSON": lambda text: json.dumps({"a": json.dumps({"b": text})}),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "sentence": lambda text: f"Contact {text} already exists. Existing ID: 12",
    "page": lambda text: f"<html><body><p>{text}</p></body></html>",
}


def _requested(one: Interaction, **changes: Any) -> Interaction:
    return replace(one, request=replace(one.request, **changes))


def _answered(one: Interaction, **changes: Any) -> Interaction:
    return replace(one, response=replace(one.response, **changes))


def _header_text(text: str) -> str:
    return text.encode().decode("latin-1").replace("\x7f", "").replace("\x85", "")


PLACES: dict[str, Callable[[str], Interaction]] = {
    "method": lambda text: _requested(interaction(), method=text),
    "path": lambda text: interaction(f"{CONTACTS}/{quote(text, safe='')}"),
    "raw path": lambda text: interaction(f"{CONTACTS}/{text.replace('?', '').replace('#', '')}"),
    "query": lambda text: interaction(f"{CONTACTS}?q={quote(text, safe='')}"),
    "after": lambda text: interaction(f"{CONTACTS}?after={quote(text, safe='')}"),
    "properties": lambda text: interaction(f"{CONTACTS}?properties=email,{quote(text, safe='')}"),
    "name of a parameter": lambda text: interaction(f"{CONTACTS}?{quote(text, safe='')}=1"),
    "parameter without a value": lambda text: interaction(f"{CONTACTS}?{quote(text, safe='')}"),
    "fragment": lambda text: interaction(f"{CONTACTS}#{text}"),
    "host": lambda text: interaction(f"https://{quote(text, safe='').lower()}.acme.no/x"),
    "user": lambda text: interaction(f"https://{quote(text, safe='')}:x@api.hubapi.com/x"),
    "request header": lambda text: interaction(request_headers={"Accept": (_header_text(text),)}),
    "dropped header": lambda text: interaction(request_headers={"X-Any": (_header_text(text),)}),
    "response header": lambda text: interaction(headers={"Server": (_header_text(text),)}),
    "location": lambda text: interaction(headers={"Location": (f"https://x.test/?code={quote(text, safe='')}",)}),
    "reason": lambda text: _answered(interaction(), reason=text),
    "time": lambda text: replace(interaction(), recorded_at=text),
    "form": lambda text: interaction(method="POST", body=f"a={quote(text, safe='')}&limit=1".encode()),
    "request text": lambda text: interaction(method="POST", body=text.encode()),
    "bytes": lambda text: interaction(answer=b"\xff" + text.encode()),
    "text": lambda text: interaction(answer=f"id,name\n1,{text}\n".encode()),
    "error page": lambda text: interaction(answer=f"<h1>{text}</h1>".encode(), status=502),
    "key": lambda text: interaction(answer={"results": [{text: None}]}),
    "name of a property": lambda text: interaction(answer=page(contact(1, **{text: "1"}))),
    "property": lambda text: interaction(answer=page(contact(1, our_own=text))),
    "HubSpot's property": lambda text: interaction(answer=page(contact(1, hs_lead_status=text))),
    "history": lambda text: interaction(answer={"propertiesWithHistory": {"x": [{"value": text, "sourceId": text}]}}),
    "filter": lambda text: interaction(
        method="POST", body={"filterGroups": [{"filters": [{"propertyName": "x", "values": [text]}]}]}
    ),
    "batch": lambda text: interaction(method="POST", body={"idProperty": "x", "inputs": [{"id": text}]}),
    "repeated key": lambda text: interaction(answer=f'{{"token":{json.dumps(text)},"token":""}}'.encode()),
    **{
        f"key {key}": (lambda text, key=key: interaction(answer={"results": [{key: text}]}))  # type: ignore[misc]
        for key in (
            "id", "ids", "label", "status", "message", "code", "url", "link", "after", "createdAt", "scopes", "type",
            "category", "name", "description", "propertyName", "associations", "errors", "context", "portalId", "x",
        )
    },
}  # fmt: skip


def everything(*interactions: Interaction) -> str:
    """Return all texts of a recording, also decoded."""
    parts: list[str] = []
    for one in interactions:
        parts += [one.request.method, one.request.uri, one.request.body.decode(errors="replace"), str(one.recorded_at)]
        parts += [one.response.reason, one.response.body.decode(errors="replace")]
        parts += [
            value
            for headers in (one.request.headers, one.response.headers)
            for all_ in headers.values()
            for value in all_
        ]
    return "\n".join(parts)


def assert_gone(text: str, secret: str) -> None:
    for word in {secret, *secret.split()}:
        if len(word) < 6:
            continue
        for spelling in (word, quote(word, safe=""), json.dumps(word)[1:-1], _header_text(word), word.encode().hex()):
            assert spelling.lower() not in text.lower()
    assert base64.b64encode(secret.encode()).decode().rstrip("=")[:-1] not in text


@pytest.mark.parametrize("place", PLACES)
@given(secret=SECRETS, encoding=st.sampled_from(sorted(ENCODINGS)))
@example(secret="jbbbgbbgbbb@acme.no", encoding="base64")
@settings(EXAMPLES, max_examples=60 if SOAK_S else 12)
def test_secret_planted_anywhere_is_gone(place: str, secret: str, encoding: str) -> None:
    """Lint finds it before, and nothing afterwards: both use one set of rules."""
    original = PLACES[place](ENCODINGS[encoding](secret))

    redacted = Redactor(b"key").redact((original,))

    assert_gone(everything(*redacted.interactions), secret)
    assert redacted.changes
    again = Redactor(b"lint").redact(redacted.interactions)
    assert (again.interactions, again.changes) == (redacted.interactions, ())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30) | SECRETS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["id", "properties", "results", "message", "paging", "after", "idProperty", "inputs", "propertyName", "x", "url"]
DOCUMENTS = st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), VALUES, max_size=5)
EXCHANGES = st.builds(
    lambda path, query, answer, body, status: interaction(
        f"{CONTACTS}/{quote(path)}?q={quote(query)}", answer, method="POST", body=body, status=status
    ),
    st.text(max_size=10),
    st.text(max_size=10),
    DOCUMENTS | st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")),
    DOCUMENTS | st.text(max_size=30).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from([200, 207, 400, 404, 500]),
)


@given(recording=st.lists(EXCHANGES, min_size=1, max_size=3).map(tuple))
@example(recording=(interaction(f"{CONTACTS}/?q=", b"\x0b'0=", method="POST", body={}, status=400),))
@example(recording=(interaction(f"{CONTACTS}/?q=", b"a=1&\x1c'b=2", method="POST", body={}, status=500),))
@example(recording=(interaction(f"{CONTACTS}/?q=", {}, method="POST", body="\x85'0=".encode(), status=200),))
@settings(EXAMPLES, max_examples=300 if SOAK_S else 25)
def test_lint_finds_something_exactly_if_recording_changes_it(recording: tuple[Interaction, ...]) -> None:
    """Whatever the exchanges hold; afterwards lint is silent, and the requests still find their answers."""
    redacted = Redactor(b"key").redact(recording)

    assert bool(redacted.changes) == (redacted.interactions != recording)
    found = Redactor(b"lint").redact(recording).changes
    assert {change.place for change in found} == {change.place for change in redacted.changes}
    assert Redactor(b"lint").redact(redacted.interactions).changes == ()
    playback = Playback(redacted.interactions, repeats=False)
    for one in redacted.interactions:
        assert isinstance(playback.play(one.request), int)


@given(
    names=st.lists(LETTERS, min_size=2, max_size=4, unique=True),
    cursor=st.text("abcdefghijkLMNOP", min_size=6, max_size=12).map(
        lambda text: base64.urlsafe_b64encode(text.encode()).decode()
    ),
)
@settings(EXAMPLES, max_examples=100 if SOAK_S else 15)
def test_redacted_walk_replays_and_joins(names: list[str], cursor: str) -> None:
    """A cursor, an id and a name are the same wherever they stand, and different ones stay different."""
    rows = [contact(number, firstname=name, our_key=name) for number, name in enumerate(names, 1)]
    first = interaction(f"{CONTACTS}?limit=2", page(*rows[:1], after=cursor))
    second = interaction(f"{CONTACTS}?limit=2&after={quote(cursor, safe='')}", page(*rows[1:]))
    by_key = interaction(f"{CONTACTS}/{quote(names[0], safe='')}?idProperty=our_key", rows[0])

    redacted = Redactor(b"key").redact((first, second, by_key)).interactions

    answers = [json.loads(one.response.body) for one in redacted]
    after = answers[0]["paging"]["next"]["after"]
    assert after != cursor
    assert dict(parse_qsl(urlsplit(redacted[1].request.uri).query))["after"] == after
    assert dict(parse_qsl(urlsplit(answers[0]["paging"]["next"]["link"]).query))["after"] == after
    found = [row for answer in answers[:2] for row in answer["results"]]
    assert [row["id"] for row in found] == [str(number) for number in range(1, len(names) + 1)]
    assert len({row["properties"]["our_key"] for row in found}) == len(names)
    assert redacted[2].request.path.rpartition("/")[2] == found[0]["properties"]["our_key"]
    wanted = Request("GET", f"http://other.test/crm/v3/objects/contacts?after={quote(after)}&limit=2")
    assert Playback(redacted, repeats=True).play(wanted) == 1


FRAGMENTS = [
    b"version: 1\n", b"interactions:\n", b"- request:\n", b"    body: ", b"!!binary ", b"!ruby/object:X ", b"&a ",
    b"  response:\n", b"    status: {code: 200, message: OK}\n", b"    headers: {}\n", b"    body: {string: x}\n",
    b"{", b"}", b"[", b"]", b"\xff", b"\0", b"|-\n", b"'", b'"', b"\t", b"http_interactions:\n", b": ", b"- ", b"*a ",
]  # fmt: skip


def _damaged(content: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    for at, length, piece in cuts:
        start = at % (len(content) + 1)
        content = content[:start] + piece + content[start + length :]
    return content


@given(cuts=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 9), st.sampled_from(FRAGMENTS)), max_size=4))
@example(cuts=[(3783, 0, b"[")])  # a URI that is none
@settings(EXAMPLES, max_examples=500 if SOAK_S else 30)
def test_damaged_cassette_is_a_finding_and_never_a_traceback(tmp_path_factory: Any, cuts: list[Any]) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "damaged.yaml"
    write(path)
    path.write_bytes(_damaged(path.read_bytes(), cuts))

    findings = lint_file(path)

    try:
        cassette = read_cassette(path)
    except CassetteError:
        assert [finding.rule for finding in findings if finding.severity is FindingSeverity.ERROR]
    else:
        Playback(cassette.interactions, repeats=True).play(Request("GET", "http://x.test/"))


@pytest.mark.skipif(not SOAK_S, reason="a soak of a minute; run `make soak`")
@pytest.mark.timeout(300)
def test_soak() -> None:
    """Generated exchanges for a minute."""
    end = time.monotonic() + SOAK_S
    while time.monotonic() < end:
        test_lint_finds_something_exactly_if_recording_changes_it()
        test_redacted_walk_replays_and_joins()
