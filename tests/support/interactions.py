"""Small cassette interactions for tests, without personal data."""

import json
from pathlib import Path
from typing import Any

from contract_bench.cassettes.evidence import Evidence, evidence_path
from contract_bench.cassettes.model import Interaction, Request, Response, checksum_of
from contract_bench.cassettes.writer import to_yaml, write_text_atomically
from tests.support.contacts import listed_contact

ORIGIN = "http://fake-hubspot.test"
CONTACTS = f"{ORIGIN}/crm/v3/objects/contacts"
JSON = {"Content-Type": ("application/json;charset=utf-8",)}


def contact(number: int, **properties: str | None) -> dict[str, Any]:
    """Return a contact of a list."""
    moment = f"2026-03-{number % 28 + 1:02d}T10:00:00.{number % 999 + 1:03d}Z"
    names = {
        "email": f"person-{number:06x}@example.com",
        "firstname": f"First{number:06x}",
        "lastname": f"Last{number:06x}",
    }
    return listed_contact(number, created=moment, updated=moment, **{**names, **properties})


def page(*contacts: dict[str, Any], after: str | None = None, limit: int = 2) -> dict[str, Any]:
    """Return a page of a list."""
    answer: dict[str, Any] = {"results": list(contacts)}
    if after is not None:
        link = f"{ORIGIN}/crm/objects/v3/contacts?limit={limit}&after={after}"
        answer["paging"] = {"next": {"after": after, "link": link}}
    return answer


def interaction(
    uri: str = f"{CONTACTS}?limit=2",
    answer: Any = None,
    *,
    method: str = "GET",
    body: Any = None,
    status: int = 200,
    headers: dict[str, tuple[str, ...]] | None = None,
    request_headers: dict[str, tuple[str, ...]] | None = None,
) -> Interaction:
    """Return one request with its response. Bodies that are not bytes are encoded as compact JSON."""
    return Interaction(
        Request(method, uri, _bytes(body), request_headers or {"Accept": ("*/*",)}),
        Response(status, _bytes(answer if answer is not None else page(contact(1))), headers or JSON, "OK"),
        "2026-11-01T00:00:00Z",
    )


def _bytes(value: Any) -> bytes:
    if value is None or isinstance(value, bytes):
        return value or b""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def walk() -> tuple[Interaction, ...]:
    """Return the interactions for three contacts on two pages."""
    return (
        interaction(f"{CONTACTS}?limit=2", page(contact(1), contact(51), after="52")),
        interaction(f"{CONTACTS}?limit=2&after=52", page(contact(101))),
    )


def evidence(interactions: tuple[Interaction, ...], **changes: Any) -> Evidence:
    """Return evidence for these interactions."""
    fields: dict[str, Any] = {
        "recorded_from": "fake",
        "recorded_at": "2026-11-01T00:00:00Z",
        "expires_at": "2999-01-01T00:00:00Z",
        "object_type": "contacts",
        "scenario": "sample",
        "interactions": len(interactions),
        "checksum": checksum_of(interactions),
    }
    return Evidence(**{**fields, **changes})


def write(path: Path, interactions: tuple[Interaction, ...] | None = None, **changes: Any) -> Path:
    """Write a cassette with its evidence, as the recorder does."""
    interactions = walk() if interactions is None else interactions
    write_text_atomically(path, to_yaml(interactions))
    write_text_atomically(evidence_path(path), evidence(interactions, **changes).to_json())
    return path
