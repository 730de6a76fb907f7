"""The rules, one function each: a cassette in, problems out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from contract_bench.cassettes.evidence import Evidence, Origin, evidence_path, is_hubspots_address
from contract_bench.cassettes.lint.finding import Finding, Severity
from contract_bench.cassettes.model import Cassette, Interaction, checksum_of
from contract_bench.cassettes.redaction import Redactor, find_secrets
from contract_bench.cassettes.writer import to_yaml

__all__ = ["RULES", "Subject", "secrets_in"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged.

    Attributes:
        played: Indices of the interactions that tests played; None where that was not recorded.
        fail_expired: Whether an expired recording is an error.
    """

    path: Path
    text: str
    evidence_text: str
    cassette: Cassette
    evidence: Evidence | None
    now: datetime
    played: frozenset[int] | None = None
    fail_expired: bool = False


def secrets(subject: Subject) -> Iterator[Finding]:
    """Tokens, keys, cookies and passwords, anywhere in either file: comments and unknown fields too."""
    yield from secrets_in(subject.path, subject.text)
    yield from secrets_in(evidence_path(subject.path), subject.evidence_text)
    seen = {secret.kind for secret in find_secrets(subject.text)}
    for place, text in _decoded_texts(subject.cassette):
        for secret in find_secrets(text):
            if secret.kind not in seen:  # what YAML spells otherwise: base64, escapes
                yield Finding(subject.path, "secret", f"{place} holds a secret ({secret.kind}). Revoke it.")


def secrets_in(path: Path, text: str) -> Iterator[Finding]:
    """Secrets in the text of a file, whether or not it can be read as what it should be."""
    for secret in find_secrets(text):
        line = text.count("\n", 0, secret.start) + 1
        yield Finding(path, "secret", f"line {line} holds a secret ({secret.kind}). Revoke it, then record anew.")


def _decoded_texts(cassette: Cassette) -> Iterator[tuple[str, str]]:
    for index, one in enumerate(cassette):
        yield f"interaction {index}, URL", one.request.uri
        yield f"interaction {index}, request body", one.request.body.decode(errors="replace")
        yield f"interaction {index}, response body", one.response.body.decode(errors="replace")


def unredacted(subject: Subject) -> Iterator[Finding]:
    """Places that the recorder's own redaction would still change: people's data, secrets by name, unlisted headers."""
    for change in Redactor(b"lint").redact(subject.cassette.interactions).changes:
        what = "is not on the list of headers to keep" if "header" in change.place else "is not redacted"
        yield Finding(
            subject.path,
            "unredacted",
            f"interaction {change.interaction}, {change.place} {what}. Record it with `contract-bench record`.",
        )


def stale_headers(subject: Subject) -> Iterator[Finding]:
    """Headers that no longer fit the body beside them, which breaks whoever serves the cassette."""
    for index, one in enumerate(subject.cassette):
        for name in one.response.stale_headers:
            yield Finding(
                subject.path, "stale-header", f"interaction {index}, {name} does not fit the recorded body. Remove it."
            )


def checksum(subject: Subject) -> Iterator[Finding]:
    """What the file says is what was recorded: merges and editors break cassettes silently."""
    actual = checksum_of(subject.cassette.interactions)
    if subject.cassette.checksum is None:
        yield Finding(subject.path, "checksum", "there is no checksum. Record it with `contract-bench record`.")
    elif subject.cassette.checksum != actual:
        yield Finding(
            subject.path, "checksum", "the checksum does not fit: the file was edited or merged. Record anew."
        )
    elif subject.text.replace("\r\n", "\n") != to_yaml(subject.cassette.interactions):
        yield Finding(subject.path, "layout", "the file is not laid out as it was written.", Severity.WARNING)


def unknown_fields(subject: Subject) -> Iterator[Finding]:
    """Fields that nothing reads."""
    for field in subject.cassette.unknown_fields:
        yield Finding(subject.path, "unknown-field", f"{field} is no field of a cassette. Remove it.")


def evidence(subject: Subject) -> Iterator[Finding]:
    """A cassette without a known origin proves nothing."""
    if subject.evidence is None:
        name = evidence_path(subject.path).name
        yield Finding(subject.path, "evidence", f"{name} is missing, nothing says where it was recorded.")
    elif subject.evidence.checksum != checksum_of(subject.cassette.interactions):
        yield Finding(subject.path, "evidence", "the evidence belongs to another recording: its checksum differs.")
    elif subject.evidence.origin is Origin.HUBSPOT and not all(map(_is_hubspots, subject.cassette)):
        yield Finding(subject.path, "evidence", "the evidence says HubSpot, and another address answered. Record anew.")


def _is_hubspots(interaction: Interaction) -> bool:
    return is_hubspots_address(interaction.request.uri)


def expiry(subject: Subject) -> Iterator[Finding]:
    """Old recordings keep tests green while HubSpot moves on."""
    if subject.evidence is not None and subject.evidence.has_expired(subject.now):
        severity = Severity.ERROR if subject.fail_expired else Severity.WARNING
        message = f"recorded at {subject.evidence.recorded_at}, expired at {subject.evidence.expires_at}. Record anew."
        yield Finding(subject.path, "expired", message, severity)


def unused(subject: Subject) -> Iterator[Finding]:
    """Interactions that no test plays."""
    if subject.played is None:
        return
    for index, one in enumerate(subject.cassette):
        if index not in subject.played:
            request = f"{one.request.method} {one.request.path}"
            yield Finding(subject.path, "unused", f"interaction {index} ({request}) is played by no test. Remove it.")


def empty(subject: Subject) -> Iterator[Finding]:
    """A cassette without interactions makes nothing fail."""
    if not subject.cassette.interactions:
        yield Finding(subject.path, "empty", "it holds no interaction. Record anew, or delete it.")


RULES = (secrets, unredacted, stale_headers, checksum, unknown_fields, evidence, expiry, unused, empty)
