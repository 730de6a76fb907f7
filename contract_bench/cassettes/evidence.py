"""Where a cassette comes from: the file `<scenario>.evidence.json` next to it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from bench_core.json_text import decode_json
from bench_core.urls import split_url
from contract_bench.cassettes.errors import CassetteError
from contract_bench.cassettes.model import Interaction, header_of

__all__ = [
    "Evidence",
    "EvidenceError",
    "Origin",
    "evidence_path",
    "is_hubspots_address",
    "origin_of",
    "read_evidence",
    "tier_of",
    "utc",
]

SCHEMA = 1
MAX_BYTES = 2**20  # what `contract-bench record` writes has less than a kilobyte
BEST_BEFORE = timedelta(days=180)  # HubSpot releases an API version every six months


class Origin(StrEnum):
    """Which server a cassette was recorded from. Only `HUBSPOT` is evidence about HubSpot."""

    HUBSPOT = "hubspot"
    FAKE = "fake"
    UNKNOWN = "unknown"

    @property
    def sentence(self) -> str:
        """The sentence about this origin in a report."""
        match self:
            case Origin.HUBSPOT:
                return "recorded from HubSpot"
            case Origin.FAKE:
                return "recorded from the fake: no evidence about HubSpot"
        return "of unknown origin: no evidence about HubSpot"


class EvidenceError(CassetteError):
    """An evidence file cannot be read."""

    def __init__(self, path: Path, *, problem: str) -> None:
        super().__init__(
            f"expected evidence written by `contract-bench record` at {path}: {problem}. Record the cassette again."
        )
        self.path = path
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where, when and with what a cassette was recorded.

    Attributes:
        recorded_from: An `Origin`.
        recorded_at: ISO 8601, UTC.
        expires_at: When the cassette is due for another recording; ISO 8601, UTC.
        api_versions: API versions in the paths of the requests, for example `v3`.
        tier: The limits of the account according to the rate limit headers.
        libraries: Names and versions of the libraries used to record.
        redacted: Kinds and counts of redacted values, never the values.
        checksum: The checksum of the cassette that this evidence belongs to.
    """

    recorded_from: str
    recorded_at: str
    expires_at: str
    object_type: str
    scenario: str
    interactions: int
    checksum: str
    api_versions: tuple[str, ...] = ()
    tier: Mapping[str, int] = field(default_factory=dict)
    libraries: Mapping[str, str] = field(default_factory=dict)
    redacted: Mapping[str, Any] = field(default_factory=dict)
    connector: str = ""
    schema: int = SCHEMA

    @property
    def origin(self) -> Origin:
        """The origin; `UNKNOWN` if the file has an unsupported value."""
        return Origin(self.recorded_from) if self.recorded_from in set(Origin) else Origin.UNKNOWN

    def has_expired(self, now: datetime) -> bool:
        """Whether the cassette has expired at this time."""
        return now >= datetime.fromisoformat(self.expires_at)

    def to_json(self) -> str:
        """Return the content of the file, with sorted keys."""
        return json.dumps(asdict(self), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def evidence_path(cassette: Path) -> Path:
    """Return the path of the evidence file of a cassette."""
    return cassette.with_name(f"{cassette.stem}.evidence.json")


def read_evidence(cassette: Path) -> Evidence | None:
    """Read the evidence of a cassette; None if there is no evidence file.

    Raises:
        EvidenceError: The file exists and cannot be read.
    """
    path = evidence_path(cassette)
    try:
        raw = _read_bounded(path)
        evidence = decode_json(raw, type=Evidence)
        dates = [datetime.fromisoformat(one).utcoffset() for one in (evidence.recorded_at, evidence.expires_at)]
        unknown = decode_json(raw, type=dict[str, Any]).keys() - {one.name for one in fields(Evidence)}
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise EvidenceError(path, problem=str(error)) from error
    if None in dates or unknown:
        problem = f"unknown fields {sorted(unknown)}" if unknown else "a date has no time zone"
        raise EvidenceError(path, problem=problem)
    return evidence


def _read_bounded(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise ValueError("it is not a regular file")
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ValueError(f"it has more than {MAX_BYTES // 2**20} MiB")
    return raw


def is_hubspots_address(url: str) -> bool:
    """Whether a response from this URL can only come from HubSpot."""
    parts = split_url(url)
    if parts is None:
        return False
    host = parts.hostname or ""
    return parts.scheme == "https" and (host == "hubapi.com" or host.endswith(".hubapi.com"))


def origin_of(cassette: Path) -> Origin:
    """Return which server a cassette was recorded from, according to its evidence."""
    evidence = read_evidence(cassette)
    return evidence.origin if evidence else Origin.UNKNOWN


def tier_of(interactions: tuple[Interaction, ...]) -> dict[str, int]:
    """Return the limits in the rate limit headers.

    Units: requests per 10 s (`burst`), per second, per day.
    Source: recording (2026-04): private apps get the daily headers, OAuth apps do not.
    """
    names = {"burst": "X-HubSpot-RateLimit-Max", "per_second": "X-HubSpot-RateLimit-Secondly"}
    names["daily"] = "X-HubSpot-RateLimit-Daily"
    tier: dict[str, int] = {}
    for one in interactions:
        for name, header in names.items():
            value = header_of(one.response.headers, header)
            if value is not None and value.isdecimal():
                tier[name] = int(value)
    return tier


def utc(moment: datetime) -> str:
    """Format a time as in evidence files."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
