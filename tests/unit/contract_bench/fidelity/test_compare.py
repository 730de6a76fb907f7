"""Comparing answers: each mutation of a recording is reported at its place with its severity."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from contract_bench.cassettes.model import Response
from contract_bench.fidelity.compare import compare_responses
from contract_bench.fidelity.mismatch import ComparisonMode, MismatchKind, MismatchSeverity
from contract_bench.fidelity.verify import compare_cassettes
from tests.support.cases import for_each
from tests.support.interactions import contact, interaction, page, write

HEADERS = {
    "Content-Type": ("application/json;charset=utf-8",),
    "X-HubSpot-Correlation-Id": ("019dab0b-6a7c-7027-be99-1b61f6cd4513",),
    "X-HubSpot-RateLimit-Remaining": ("92",),
    "Location": ("https://api.hubapi.com/crm/v3/objects/contacts/24386387488",),
}
LIST = page(contact(1, phone=None, score="1762104088373"), contact(51, city=""), contact(101), after="102")
FAILURE = {
    "status": "error",
    "message": "Portal 62515 has no object 24386387488",
    "correlationId": "019dab0b-6a7c-7027-be99-1b61f6cd4513",
    "errors": [{"message": "no", "code": "GONE", "context": {"ids": ["24386387488"]}}],
    "category": "OBJECT_NOT_FOUND",
}


def response(body: Any, headers: dict[str, tuple[str, ...]] | None = None, *, status: int = 200) -> Response:
    """A response with this JSON and additional headers."""
    raw = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
    return Response(status, raw, {**HEADERS, **(headers or {})}, "OK")


def delete(*path: Any) -> Callable[[Any], None]:
    """Remove a value."""

    def mutate(body: Any) -> None:
        *steps, last = path
        for step in steps:
            body = body[step]
        del body[last]

    return mutate


def put(*path: Any) -> Callable[[Any], None]:
    """Set the value at a path to the last argument."""

    def mutate(body: Any) -> None:
        *steps, last, value = path
        for step in steps:
            body = body[step]
        body[last] = value

    return mutate


def rename(*path: Any) -> Callable[[Any], None]:
    """Rename a key to the last argument, in its place."""

    def mutate(body: Any) -> None:
        *steps, old, new = path
        for step in steps:
            body = body[step]
        renamed = [(new if key == old else key, value) for key, value in body.items()]
        body.clear()
        body.update(renamed)

    return mutate


def reorder(*path: Any) -> Callable[[Any], None]:
    """Reverse the order of an object or an array."""

    def mutate(body: Any) -> None:
        for step in path:
            body = body[step]
        if isinstance(body, list):
            body.reverse()
            return
        turned = list(body.items())[::-1]
        body.clear()
        body.update(turned)

    return mutate


@dataclass(frozen=True)
class Mutation:
    """A change to a recorded body, and what must be reported against it."""

    name: str
    mutate: Callable[[Any], None]
    path: str
    kind: MismatchKind
    severity: MismatchSeverity
    body: Any = None


K = MismatchKind
E, W, I = MismatchSeverity.ERROR, MismatchSeverity.WARNING, MismatchSeverity.INFO  # noqa: E741 - a table is read by its columns
ROW, PROPS = ("results", 0), ("results", 0, "properties")
CONTEXT = ("errors", 0, "context")
SECOND = ("results", 1, "properties")
R, P = "$.results[0]", "$.results[0].properties"
LATER, MOMENT = "2026-03-02T10:00:00.999Z", "2026-01-01T00:00:00Z"
LINK = "https://x.test/crm/v3/objects/contacts?limit=2&after=102"
MUTATIONS = [
    Mutation("a required key is gone", delete(*ROW, "id"), f"{R}.id", K.MISSING_KEY, E),
    Mutation("a property is gone", delete(*PROPS, "email"), f"{P}.email", K.MISSING_KEY, E),
    Mutation("an optional key is gone", delete(*ROW, "url"), f"{R}.url", K.MISSING_KEY, E),
    Mutation("all properties are gone", delete(*ROW, "properties"), P, K.MISSING_KEY, E),
    Mutation("the next page is gone", delete("paging"), "$.paging", K.CURSOR, E),
    Mutation("the link is gone", delete("paging", "next", "link"), "$.paging.next.link", K.MISSING_KEY, E),
    Mutation("the rows are gone", delete("results"), "$.results", K.MISSING_KEY, E),
    Mutation("a row is gone", delete("results", 1), "$.results[1]", K.MISSING_ITEM, E),
    Mutation("a row is new", lambda body: body["results"].append(contact(151)), "$.results[3]", K.EXTRA_ITEM, W),
    Mutation("an id is a number", put(*ROW, "id", 1), f"{R}.id", K.TYPE, E),
    Mutation("a flag is a text", put(*ROW, "archived", "false"), f"{R}.archived", K.TYPE, E),
    Mutation("a property is a number", put(*PROPS, "score", 7), f"{P}.score", K.TYPE, E),
    Mutation("an object is a list", put(*ROW, "properties", []), P, K.TYPE, E),
    Mutation("a moment is milliseconds", put(*ROW, "createdAt", "1762104088373"), f"{R}.createdAt", K.TYPE, E),
    Mutation("milliseconds are a moment", put(*PROPS, "score", MOMENT), f"{P}.score", K.TYPE, E),
    Mutation("a moment is a word", put(*ROW, "updatedAt", "yesterday"), f"{R}.updatedAt", K.TYPE, E),
    Mutation("a value is null", put(*PROPS, "email", None), f"{P}.email", K.NULL, E),
    Mutation("a null is a value", put(*PROPS, "phone", ""), f"{P}.phone", K.NULL, E),
    Mutation("an object is null", put("paging", "next", None), "$.paging.next", K.NULL, E),
    Mutation("a required key is renamed", rename(*ROW, "updatedAt", "updated_at"), f"{R}.updatedAt", K.MISSING_KEY, E),
    Mutation("a renamed key is new", rename(*ROW, "updatedAt", "updated_at"), f"{R}.updated_at", K.EXTRA_KEY, W),
    Mutation("a property is renamed", rename(*PROPS, "lastname", "surname"), f"{P}.lastname", K.MISSING_KEY, E),
    Mutation("a key is new", put(*ROW, "warnings", []), f"{R}.warnings", K.EXTRA_KEY, W),
    Mutation("the keys of a row are turned round", reorder(*ROW), "$.results[0]", K.KEY_ORDER, W),
    Mutation("the properties are turned round", reorder(*PROPS), P, K.KEY_ORDER, W),
    Mutation("the rows are turned round", reorder("results"), "$.results", K.ORDER, E),
    Mutation("the cursor is the last id", put("paging", "next", "after", "101"), "$.paging.next.after", K.CURSOR, E),
    Mutation("the cursor is opaque", put("paging", "next", "after", "MTAy"), "$.paging.next.after", K.CURSOR, E),
    Mutation("the link leads elsewhere", put("paging", "next", "link", LINK), "$.paging.next.link", K.VALUE, W),
    Mutation("a value differs", put(*PROPS, "firstname", "Other"), f"{P}.firstname", K.VALUE, W),
    Mutation("a flag differs", put(*ROW, "archived", True), f"{R}.archived", K.VALUE, W),
    Mutation("equal moments are not equal", put(*PROPS, "createdate", LATER), f"{P}.createdate", K.REFERENCE, W),
    Mutation("an empty text is filled", put(*SECOND, "city", "Oslo"), "$.results[1].properties.city", K.VALUE, W),
    Mutation("the category differs", put("category", "CONFLICT"), "$.category", K.VALUE, W, FAILURE),
    Mutation("the message differs", put("message", "no"), "$.message", K.VALUE, W, FAILURE),
    Mutation("the category is gone", delete("category"), "$.category", K.MISSING_KEY, E, FAILURE),
    Mutation("a nested type differs", put(*CONTEXT, "ids", "1"), "$.errors[0].context.ids", K.TYPE, E, FAILURE),
    Mutation("errors are texts", put("errors", ["no"]), "$.errors[0]", K.TYPE, E, FAILURE),
]  # fmt: skip


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name)
def test_a_mutation_is_reported_at_its_place_with_its_severity(mutation: Mutation, tmp_path: Path) -> None:
    """And nowhere else, unless one change causes two differences."""
    original = mutation.body or LIST
    mutated = copy.deepcopy(original)
    mutation.mutate(mutated)
    then, now = write(tmp_path / "then.yaml", (interaction(answer=original),)), tmp_path / "now.yaml"
    write(now, (interaction(answer=mutated),))

    (result,) = compare_cassettes(then, now, mode=ComparisonMode.VERIFY).interactions

    found = result.mismatches

    assert (mutation.path, mutation.kind, mutation.severity) in [(one.path, one.kind, one.severity) for one in found]
    assert len(found) <= 2, "\n".join(map(str, found))


def test_there_are_at_least_thirty_mutations() -> None:
    assert len({mutation.name for mutation in MUTATIONS}) >= 30


@for_each(
    ("changed", "path", "severity"),
    [
        (response(LIST, status=201), "status", E),
        (replace(response(LIST), headers={**HEADERS, "Content-Type": ("text/html",)}), "headers.content-type", W),
        (replace(response(LIST), headers={"Content-Type": HEADERS["Content-Type"]}), "headers.location", W),
        (response(LIST, {"Retry-After": ("10",)}), "headers.retry-after", I),
        (response(LIST, {"Location": ("https://api.hubapi.com/crm/v3/objects/deals/1",)}), "headers.location", W),
        (response(LIST, {"Location": ("https://[api.hubapi.com/crm",)}), "headers.location", W),
        (response(b"<html>"), "$", E),
    ],
)  # fmt: skip
def test_status_headers_and_other_bodies_are_compared(changed: Response, path: str, severity: MismatchSeverity) -> None:
    found = compare_responses(response(LIST), changed)

    assert (path, severity) in [(one.path, one.severity) for one in found]


def test_equivalent_responses_have_no_mismatch() -> None:
    """Ids, times, correlation ids and counters differ between portals."""
    text = json.dumps(FAILURE).replace("24386387488", "712345678901").replace("019dab0b", "01a20b3e")
    other = response(json.loads(text.replace("62515", "147893286")), {"X-HubSpot-RateLimit-Remaining": ("3",)})

    assert compare_responses(response(FAILURE), other) == []


def test_two_created_records_are_equivalent() -> None:
    """All ids and times differ, but consistently."""
    old, new = contact(24386387488), contact(713451585302)
    for name in ("email", "firstname", "lastname"):
        new["properties"][name] = old["properties"][name]

    assert compare_responses(response(old), response(new)) == []


def test_an_id_that_is_not_repeated_consistently_is_reported() -> None:
    """Only the equality of ids is compared, so it must hold."""
    old, new = contact(24386387488), contact(713451585302)
    for name in ("email", "firstname", "lastname"):
        new["properties"][name] = old["properties"][name]
    new["properties"]["hs_object_id"] = "713451585303"

    (found,) = compare_responses(response(old), response(new))

    assert (found.path, found.kind) == ("$.properties.hs_object_id", K.REFERENCE)


@for_each(
    ("mutate", "kind", "severity"),
    [
        (put(*ROW, "warnings", []), K.NEW_FIELD, I),
        (delete(*ROW, "url"), K.MISSING_KEY, W),
        (delete(*ROW, "id"), K.MISSING_KEY, E),
        (put(*ROW, "id", 1), K.TYPE, E),
        (put(*PROPS, "firstname", "Other"), K.VALUE, I),
        (put(*PROPS, "email", None), K.NULL, I),
        (put(*ROW, "createdAt", None), K.NULL, E),
        (delete("results", 1), K.MISSING_ITEM, I),
        (put("paging", "next", "after", "MTAy"), K.CURSOR, E),
        (put(*ROW, "updatedAt", "2026-11-11T00:00:00.111Z"), K.REFERENCE, I),
    ],
)
def test_between_two_recordings_data_may_change_but_structure_may_not(
    mutate: Callable[[Any], None], kind: MismatchKind, severity: MismatchSeverity
) -> None:
    """A new field is a note, a removed one a warning, another type an error."""
    later = copy.deepcopy(LIST)
    mutate(later)

    found = compare_responses(response(LIST), response(later), ComparisonMode.DRIFT)

    assert (kind, severity) in [(one.kind, one.severity) for one in found]


def test_html_pages_are_compared_as_text() -> None:
    """Ids and times in them are ignored."""
    old, same, other = (response(f"<p>{text}</p>".encode(), status=404) for text in ("id 123456", "id 654321", "gone"))

    assert compare_responses(old, same) == []
    assert [one.path for one in compare_responses(old, other)] == ["$"]


def test_long_values_are_shortened() -> None:
    (found,) = compare_responses(response({"a": "x" * 1000}), response({"a": "y" * 1000}))

    assert len(str(found)) < 500
