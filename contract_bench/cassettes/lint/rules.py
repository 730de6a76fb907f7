"""The rules. Each is a function from a cassette to its findings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from contract_bench.cassettes.evidence import Evidence, Origin, evidence_path, is_hubspots_address
from contract_bench.cassettes.lint.finding import Finding, FindingSeverity
from contract_bench.cassettes.model import Cassette, Interaction, checksum_of
from contract_bench.cassettes.redaction import Redactor, find_secrets
from contract_bench.cassettes.writer import to_yaml

__all__ = ["RULES", "CheckedCassette", "secrets_in"]


@dataclass(frozen=True, slots=True)
class CheckedCassette:
    """A cassette with everything that the rules need.

    Attributes:
        played: Indices of the interactions that tests have played; None if unknown.
        fail_expired: Whether an expired recording is an error.
    """

    path: Path
    text: str
    evidence_text: str
    cassette: Cassette
    evidence: Evidence | None
    now: datetime
    played: frozenset[int] | None
    fail_expired: bool


def secrets(checked: CheckedCassette) -> Iterator[Finding]:
    """Find tokens, keys, cookies and passwords anywhere in both files, including comments and unknown fields."""
    yield from secrets_in(checked.path, checked.text)
    yield from secrets_in(evidence_path(checked.path), checked.evidence_text)
    seen = {secret.kind for secret in find_secrets(checked.text)}
    for place, text in _decoded_texts(checked.cassette):
        for secret in find_secrets(text):
            if secret.kind not in seen:  # only visible after decoding: base64, YAML escapes
                yield Finding(checked.path, "secret", f"{place} contains a secret ({secret.kind}). Revoke it.")


def secrets_in(path: Path, text: str) -> Iterator[Finding]:
    """Find secrets in the text of a file, even if the file cannot be parsed."""
    line, at = 1, 0
    for secret in sorted(find_secrets(text), key=lambda one: one.start):
        line, at = line + text.count("\n", at, secret.start), secret.start
        yield Finding(path, "secret", f"line {line} contains a secret ({secret.kind}). Revoke it, then record again.")


def _decoded_texts(cassette: Cassette) -> Iterator[tuple[str, str]]:
    for index, one in enumerate(cassette):
        yield f"interaction {index}, URL", one.request.uri
        yield f"interaction {index}, request body", one.request.body.decode(errors="replace")
        yield f"interaction {index}, response body", one.response.body.decode(errors="replace")


def unredacted(checked: CheckedCassette) -> Iterator[Finding]:
    """Find what redaction would still change: personal data, named secrets, headers that are not on the list."""
    redacted = Redactor(b"lint").redact(checked.cassette.interactions)
    dropped = {f"{side} header {name}" for side in ("request", "response") for name in redacted.headers}
    for change in redacted.changes:
        what = "is not an allowed header" if change.place in dropped else "is not redacted"
        yield Finding(
            checked.path,
            "unredacted",
            f"interaction {change.interaction}, {change.place} {what}. Record it with `contract-bench record`.",
        )


def stale_headers(checked: CheckedCassette) -> Iterator[Finding]:
    """Find headers that do not match the stored body and would break a replay."""
    for index, one in enumerate(checked.cassette):
        for name in one.response.stale_headers:
            yield Finding(
                checked.path, "stale-header", f"interaction {index}, {name} does not match the stored body. Remove it."
            )


def checksum(checked: CheckedCassette) -> Iterator[Finding]:
    """Check that the file is what was recorded. Merges and editors break cassettes silently."""
    actual = checksum_of(checked.cassette.interactions)
    if checked.cassette.checksum is None:
        yield Finding(
            checked.path, "checksum", "there is no checksum. Record the cassette with `contract-bench record`."
        )
    elif checked.cassette.checksum != actual:
        yield Finding(
            checked.path, "checksum", "the checksum does not match: the file was edited or merged. Record it again."
        )
    elif checked.text != to_yaml(checked.cassette.interactions):
        yield Finding(
            checked.path,
            "layout",
            "the layout differs from what `contract-bench record` writes.",
            FindingSeverity.WARNING,
        )


def unknown_fields(checked: CheckedCassette) -> Iterator[Finding]:
    """Find fields that no reader uses."""
    for field in checked.cassette.unknown_fields:
        yield Finding(checked.path, "unknown-field", f"{field} is not a field of a cassette. Remove it.")


def evidence(checked: CheckedCassette) -> Iterator[Finding]:
    """Check that the origin of the cassette is known and plausible."""
    if checked.evidence is None:
        name = evidence_path(checked.path).name
        yield Finding(checked.path, "evidence", f"{name} is missing, so the origin of the recording is unknown.")
    elif checked.evidence.checksum != checksum_of(checked.cassette.interactions):
        yield Finding(checked.path, "evidence", "the evidence belongs to another recording: the checksums differ.")
    elif checked.evidence.origin is Origin.HUBSPOT and not all(map(_is_hubspots, checked.cassette)):
        yield Finding(
            checked.path, "evidence", "the evidence says HubSpot, but a request went elsewhere. Record it again."
        )


def _is_hubspots(interaction: Interaction) -> bool:
    return is_hubspots_address(interaction.request.uri)


def expiry(checked: CheckedCassette) -> Iterator[Finding]:
    """Check the age: tests with old recordings pass even after HubSpot has changed."""
    if checked.evidence is not None and checked.evidence.has_expired(checked.now):
        severity = FindingSeverity.ERROR if checked.fail_expired else FindingSeverity.WARNING
        message = (
            f"recorded at {checked.evidence.recorded_at}, expired at {checked.evidence.expires_at}. Record it again."
        )
        yield Finding(checked.path, "expired", message, severity)


def unused(checked: CheckedCassette) -> Iterator[Finding]:
    """Find interactions that no test plays."""
    if checked.played is None:
        return
    for index, one in enumerate(checked.cassette):
        if index not in checked.played:
            request = f"{one.request.method} {one.request.path}"
            yield Finding(
                checked.path, "unused", f"interaction {index} ({request}) is not played by any test. Remove it."
            )


def empty(checked: CheckedCassette) -> Iterator[Finding]:
    """Check that there is at least one interaction; an empty cassette cannot make a test fail."""
    if not checked.cassette.interactions:
        yield Finding(checked.path, "empty", "it contains no interaction. Record it again, or delete it.")


RULES = (secrets, unredacted, stale_headers, checksum, unknown_fields, evidence, expiry, unused, empty)
