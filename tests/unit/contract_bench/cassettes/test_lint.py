"""What lint finds in a cassette."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from contract_bench.cassettes.evidence import evidence_path
from contract_bench.cassettes.lint import FindingSeverity, LintOptions, lint_file, lint_paths
from contract_bench.cassettes.model import Interaction
from contract_bench.cassettes.usage import note_played
from tests.support.interactions import CONTACTS, contact, interaction, page, walk, write
from tests.unit.contract_bench.cassettes.test_secrets import SECRETS

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def rules(path: Path, options: LintOptions | None = None) -> set[str]:
    """The rules that a cassette breaks."""
    return {finding.rule for finding in lint_file(path, options)}


def test_a_good_cassette_has_no_findings(tmp_path: Path) -> None:
    """What the recorder writes is clean."""
    assert lint_file(write(tmp_path / "a.yaml")) == []


def in_body(secret: str) -> Interaction:
    """A secret in a property whose value HubSpot chooses."""
    return interaction(answer=page(contact(1, hs_object_source_label=secret)))


PLACES: dict[str, Callable[[str], Interaction]] = {
    "the path": lambda secret: interaction(f"{CONTACTS}/{secret}"),
    "the query": lambda secret: interaction(f"{CONTACTS}?limit=1&since={secret}"),
    "a request header": lambda secret: interaction(request_headers={"Accept": (secret,)}),
    "an unlisted request header": lambda secret: interaction(request_headers={"Authorization": (secret,)}),
    "the request body": lambda secret: interaction(method="POST", body={"inputs": [{"id": secret}]}),
    "a form": lambda secret: interaction(method="POST", body=f"grant_type=x&note={secret}".encode()),
    "a response header": lambda secret: interaction(headers={"Location": (secret,)}),
    "an unlisted response header": lambda secret: interaction(headers={"Set-Cookie": (secret,)}),
    "a property": in_body,
    "a message": lambda secret: interaction(answer={"status": "error", "message": f"wrong: {secret}"}, status=400),
    "a JSON key": lambda secret: interaction(answer={secret: "x"}),
    "JSON inside a text": lambda secret: interaction(answer={"message": json.dumps({"a": secret})}),
    "an error page": lambda secret: interaction(answer=f"<html>{secret}</html>".encode(), status=502),
}


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize("place", PLACES)
def test_a_planted_secret_is_found(tmp_path: Path, kind: str, place: str) -> None:
    """Every kind in every place. The finding does not contain the secret."""
    secret = SECRETS[kind]
    path = write(tmp_path / "a.yaml", (PLACES[place](secret),))

    findings = lint_file(path)

    assert "secret" in {finding.rule for finding in findings if finding.severity is FindingSeverity.ERROR}
    assert not [finding for finding in findings if secret in str(finding)]


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_outside_the_interactions_is_found(tmp_path: Path, kind: str) -> None:
    """In a comment of the cassette, and in the evidence."""
    commented, evident = write(tmp_path / "a.yaml"), write(tmp_path / "b.yaml", connector=SECRETS[kind])
    commented.write_text(f"# {SECRETS[kind]}\n{commented.read_text(encoding='utf-8')}", encoding="utf-8")

    assert "secret" in rules(commented)
    assert "secret" in rules(evident)


def test_a_secret_that_yaml_encodes_is_found(tmp_path: Path) -> None:
    """Binary values are base64, which no search of the file sees."""
    path = write(
        tmp_path / "a.yaml", (interaction(answer=b"\xff" + SECRETS["private app token"].encode(), status=500),)
    )

    assert SECRETS["private app token"] not in path.read_text(encoding="utf-8")
    assert "secret" in rules(path)


@pytest.mark.parametrize(
    "properties",
    [
        {"email": "jane@acme.no"},
        {"firstname": "Jane"},
        {"phone": "91234567"},
        {"notes": "Jane is ill"},
        {"zip": "0155"},
    ],
    ids=lambda properties: next(iter(properties)),
)
def test_unredacted_personal_data_is_found(tmp_path: Path, properties: dict[str, str]) -> None:
    """The finding contains the place, not the value."""
    path = write(tmp_path / "a.yaml", (interaction(answer=page(contact(1, **properties))),))

    found = [finding for finding in lint_file(path) if finding.rule == "unredacted"]

    ((name, value),) = properties.items()
    assert f"$.results[0].properties.{name}" in found[0].message
    assert value not in str(found[0])


def test_headers_that_are_not_allowed_are_found(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", (interaction(headers={"X-Anything": ("1",)}),))

    assert rules(path) == {"unredacted"}


def edited(path: Path, edit: Callable[[str], str]) -> Path:
    """Edit a file by hand and return its path."""
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def test_an_edit_breaks_the_checksum(tmp_path: Path) -> None:
    path = edited(write(tmp_path / "a.yaml"), lambda text: text.replace("First000001", "First000002"))

    assert rules(path) == {"checksum", "evidence"}


def test_an_interaction_lost_in_a_merge_breaks_the_checksum(tmp_path: Path) -> None:
    """Git merges YAML without knowing it."""
    path = edited(write(tmp_path / "a.yaml"), lambda text: text[: text.rindex("\n- recorded_at")])

    assert "checksum" in rules(path)


def test_another_layout_of_the_same_content_is_a_warning(tmp_path: Path) -> None:
    """It has the same content but unreadable diffs."""
    path = edited(write(tmp_path / "a.yaml"), lambda text: yaml.safe_dump(yaml.safe_load(text)))

    findings = lint_file(path)

    assert [(finding.rule, finding.severity) for finding in findings] == [("layout", FindingSeverity.WARNING)]


def test_windows_line_endings_are_accepted(tmp_path: Path) -> None:
    """Git writes them if it is configured to."""
    path = write(tmp_path / "a.yaml")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert lint_file(path) == []


@pytest.mark.parametrize("header", ["Content-Encoding: [gzip]", "Content-Length: ['3']"])
def test_stale_headers_are_found(tmp_path: Path, header: str) -> None:
    """They would break a replay."""
    path = edited(
        write(tmp_path / "a.yaml"), lambda text: text.replace("Content-Type:\n", f"{header}\n      Content-Type:\n")
    )

    assert "stale-header" in rules(path)


def test_unknown_fields_are_found(tmp_path: Path) -> None:
    """In the cassette and in the evidence."""
    path = edited(write(tmp_path / "a.yaml"), lambda text: f"{text}note: hello\n")
    other = write(tmp_path / "b.yaml")
    edited(evidence_path(other), lambda text: text.replace('"schema"', '"note": 1, "schema"'))

    assert "unknown-field" in rules(path)
    assert rules(other) == {"unreadable"}


def test_a_cassette_without_evidence_is_reported(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml")
    evidence_path(path).unlink()

    assert rules(path) == {"evidence"}


def test_the_evidence_of_another_recording_is_reported(tmp_path: Path) -> None:
    """It was copied or is left over."""
    path, other = write(tmp_path / "a.yaml"), write(tmp_path / "b.yaml", walk()[:1])
    evidence_path(path).write_bytes(evidence_path(other).read_bytes())

    assert rules(path) == {"evidence"}


def test_evidence_that_claims_hubspot_for_another_address_is_reported(tmp_path: Path) -> None:
    """A recording of the fake is never mistaken for one of HubSpot."""
    real = interaction("https://api.hubapi.com/crm/v3/objects/contacts?limit=2")

    assert rules(write(tmp_path / "a.yaml", recorded_from="hubspot")) == {"evidence"}
    assert rules(write(tmp_path / "b.yaml", (real,), recorded_from="hubspot")) == set()


@pytest.mark.parametrize(
    ("fail_expired", "severity"), [(False, FindingSeverity.WARNING), (True, FindingSeverity.ERROR)]
)
def test_an_expired_recording_is_reported(tmp_path: Path, fail_expired: bool, severity: FindingSeverity) -> None:
    """As a warning, or as an error on request."""
    path = write(tmp_path / "a.yaml", expires_at="2026-11-23T00:00:00Z")

    (finding,) = lint_file(path, LintOptions(now=NOW, fail_expired=fail_expired))

    assert (finding.rule, finding.severity) == ("expired", severity)


def test_interactions_that_no_test_plays_are_reported(tmp_path: Path) -> None:
    """This needs a usage file."""
    path, usage = write(tmp_path / "a.yaml"), tmp_path / "usage.jsonl"
    note_played(path, 0, environ={"CONTRACT_BENCH_CASSETTE_USAGE": str(usage)})

    (finding,) = lint_file(path, LintOptions(usage=usage))

    assert finding.rule == "unused"
    assert finding.message.startswith("interaction 1 ")


def test_an_empty_cassette_is_reported(tmp_path: Path) -> None:
    """It cannot make a test fail."""
    assert rules(write(tmp_path / "a.yaml", ())) == {"empty"}


def test_a_directory_is_searched_and_an_evidence_file_stands_for_its_cassette(tmp_path: Path) -> None:
    """pre-commit names the files that changed."""
    bad = write(
        tmp_path / "contacts" / "bad.yaml",
        (replace(walk()[0], recorded_at="jane@acme.no"), interaction(status=201, answer={"x": "Jane Roe"})),
    )
    write(tmp_path / "contacts" / "good.yaml")

    assert {finding.path for finding in lint_paths([tmp_path])} == {bad}
    assert lint_paths([evidence_path(bad), bad]) == lint_paths([bad])


def test_an_unreadable_file_is_a_finding_and_not_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("[", encoding="utf-8")

    assert rules(path) == {"unreadable"}


def test_an_unreadable_file_is_still_searched_for_secrets(tmp_path: Path) -> None:
    """A partly merged cassette may contain one."""
    path = tmp_path / "a.yaml"
    path.write_text(f"[ {SECRETS['private app token']}", encoding="utf-8")

    assert rules(path) == {"unreadable", "secret"}
