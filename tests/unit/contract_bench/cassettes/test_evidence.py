"""What is known about where a cassette comes from."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract_bench.cassettes.evidence import EvidenceError, Origin, evidence_path, origin_of, read_evidence, tier_of
from tests.support.cases import for_each
from tests.support.interactions import evidence, interaction, walk, write


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", tier={"daily": 250000}, api_versions=("v3",), redacted={"people": {"x": 1}})

    assert read_evidence(path) == evidence(
        walk(), tier={"daily": 250000}, api_versions=("v3",), redacted={"people": {"x": 1}}
    )


def test_without_evidence_the_origin_is_unknown(tmp_path: Path) -> None:
    """Never HubSpot by default."""
    assert origin_of(tmp_path / "a.yaml") is Origin.UNKNOWN


@pytest.mark.parametrize(
    ("word", "origin"), [("fake", Origin.FAKE), ("hubspot", Origin.HUBSPOT), ("HubSpot!", Origin.UNKNOWN)]
)
def test_only_one_value_means_hubspot(tmp_path: Path, word: str, origin: Origin) -> None:
    """Anything else is something else."""
    assert origin_of(write(tmp_path / "a.yaml", recorded_from=word)) is origin


@pytest.mark.parametrize(
    "change",
    [{"recorded_at": "2026-11-01T00:00:00"}, {"recorded_at": "yesterday"}, {"interactions": "many"}, {"surprise": 1}],
)
def test_bad_evidence_is_rejected(tmp_path: Path, change: dict[str, object]) -> None:
    """The message contains the name of the file."""
    path = write(tmp_path / "a.yaml")
    beside = evidence_path(path)
    beside.write_text(json.dumps(json.loads(beside.read_text(encoding="utf-8")) | change), encoding="utf-8")

    with pytest.raises(EvidenceError, match=r"a\.evidence\.json"):
        read_evidence(path)


def test_a_recording_expires_exactly_at_its_time() -> None:
    one = evidence((), expires_at="2026-11-24T00:00:00Z")

    assert not one.has_expired(datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC))
    assert one.has_expired(datetime(2026, 11, 24, tzinfo=UTC))


def test_the_tier_is_read_from_the_headers() -> None:
    """OAuth apps get no daily limit."""
    private = interaction(headers={"X-HubSpot-RateLimit-Max": ("190",), "x-hubspot-ratelimit-daily": ("1000000",)})
    oauth = interaction(headers={"X-HubSpot-RateLimit-Max": ("110",)})

    assert tier_of((private,)) == {"burst": 190, "daily": 1000000}
    assert tier_of((oauth,)) == {"burst": 110}


@for_each(
    ("origin", "sentence"),
    [
        (Origin.HUBSPOT, "recorded from HubSpot"),
        (Origin.FAKE, "recorded from the fake: no evidence about HubSpot"),
        (Origin.UNKNOWN, "of unknown origin: no evidence about HubSpot"),
    ],
)
def test_only_a_recording_of_hubspot_is_called_evidence(origin: Origin, sentence: str) -> None:
    assert origin.sentence == sentence
