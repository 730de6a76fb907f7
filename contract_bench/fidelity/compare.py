"""Compares two answers to the same request: status, headers, then the bodies."""

from typing import Any

from contract_bench.cassettes.model import Response, header_of, json_of
from contract_bench.cassettes.redaction import is_allowed_response_header
from contract_bench.fidelity.documents import compare_documents
from contract_bench.fidelity.mismatch import Kind, Mismatch, Mode, Severity
from contract_bench.fidelity.normalise import placeholders, url_parts
from contract_bench.fidelity.notes import ABSENT, Notes, type_of

__all__ = ["compare_responses"]

# Of these only HubSpot's edge decides; they say nothing about an answer.
EDGE_HEADERS = frozenset({"date", "server", "cf-cache-status", "vary", "x-content-type-options"})
VALUED_HEADERS = frozenset(
    {"content-type", "cache-control", "allow", "retry-after", "x-hubspot-notfound", "x-hubspot-auth-failure"}
)


def compare_responses(recorded: Response, actual: Response, mode: Mode = Mode.VERIFY) -> list[Mismatch]:
    """Every difference between two answers. Those with different statuses are compared no further."""
    notes = Notes(mode)
    if recorded.status != actual.status:
        notes.add("status", Kind.STATUS, recorded.status, actual.status)
        return notes.found
    _compare_headers(recorded, actual, notes)
    _compare_bodies(recorded.body, actual.body, notes)
    return notes.found


def _compare_headers(recorded: Response, actual: Response, notes: Notes) -> None:
    ours, theirs = _names(recorded), _names(actual)
    for name in sorted(ours - theirs):
        notes.add(f"headers.{name}", Kind.HEADER, header_of(recorded.headers, name), ABSENT)
    for name in sorted(theirs - ours):
        notes.add(f"headers.{name}", Kind.HEADER, ABSENT, header_of(actual.headers, name), Severity.INFO)
    for name in sorted(ours & theirs):
        old, new = header_of(recorded.headers, name) or "", header_of(actual.headers, name) or ""
        if _differ(name, old, new):
            notes.add(f"headers.{name}", Kind.HEADER, old, new)


def _names(response: Response) -> set[str]:
    names = {name.lower() for name in response.headers if is_allowed_response_header(name)}
    return names - EDGE_HEADERS


def _differ(name: str, old: str, new: str) -> bool:
    """Whether a header says something else; of most only their presence counts."""
    if name == "location":
        return placeholders(url_parts(old)[0]) != placeholders(url_parts(new)[0])
    return name in VALUED_HEADERS and old != new


def _compare_bodies(recorded: bytes, actual: bytes, notes: Notes) -> None:
    old, new = _parsed(recorded), _parsed(actual)
    if isinstance(old, _Text) and isinstance(new, _Text):
        if placeholders(old.text) != placeholders(new.text):
            notes.add("$", Kind.VALUE, old.text, new.text, Severity.WARNING)
    elif isinstance(old, _Text) or isinstance(new, _Text):
        notes.add("$", Kind.TYPE, _what(old), _what(new))
    else:
        compare_documents(old, new, notes)


class _Text:
    """A body that is no JSON."""

    def __init__(self, text: str) -> None:
        self.text = text


def _parsed(body: bytes) -> Any:
    try:
        return json_of(body)
    except ValueError:
        return _Text(body.decode(errors="replace").strip())


def _what(value: Any) -> str:
    return f"text {value.text[:40]!r}" if isinstance(value, _Text) else f"a JSON {type_of(value)}"
