"""How true the fake is, measured with recordings."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from contract_bench.cassettes.evidence import Origin, evidence_path
from contract_bench.cassettes.lint import lint_paths
from contract_bench.cli import main
from contract_bench.fidelity.gaps import read_gaps
from contract_bench.fidelity.mismatch import MismatchSeverity
from contract_bench.fidelity.targets import RunningServer, SeededFake
from contract_bench.fidelity.verify import verify_cassette
from fake_hubspot import Server, Settings
from tests.support.counted_progress import counted_progress
from tests.support.interactions import CONTACTS, contact, interaction, page, walk, write
from tests.support.recorded import RECORDED

ROOT = Path(__file__).resolve().parents[2]
OURS = sorted((ROOT / "cassettes").rglob("*.yaml"))


@pytest.mark.parametrize("name", RECORDED)
def test_the_fake_responds_as_hubspot_did(name: str, recordings: Path) -> None:
    """No real recording shows a mismatch that could break a client."""
    gaps = read_gaps(ROOT / "cassettes" / "gaps.toml")
    with SeededFake.started() as fake:
        result = verify_cassette(recordings / f"{name}.yaml", fake, gaps=gaps, asserted_origin=Origin.HUBSPOT)

    errors = [(one.request, str(found)) for one in result.interactions for found in one.mismatches
              if found.severity is MismatchSeverity.ERROR]  # fmt: skip
    assert errors == []


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_the_fake_still_responds_as_in_our_own_cassettes(path: Path) -> None:
    """This compares the fake with its own earlier version; it says nothing about HubSpot."""
    with SeededFake.started() as fake:
        result = verify_cassette(path, fake)

    assert result.origin is Origin.FAKE
    assert [str(found) for one in result.interactions for found in one.mismatches] == []


def test_our_cassettes_are_safe_to_commit() -> None:
    """They contain no secret and no personal data, nobody edited them, and each has evidence."""
    assert OURS
    assert [str(finding) for finding in lint_paths([ROOT / "cassettes"]) if finding.severity == "error"] == []


def verify(*arguments: str) -> tuple[int, str]:
    """Run the command. Returns exit status and output."""
    done = CliRunner().invoke(main, ["verify", *arguments])
    return done.exit_code, done.output


def test_a_recording_of_the_fake_matches_the_fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report says how little that proves; meanwhile the command shows how far it is."""
    shown = counted_progress(monkeypatch, "contract_bench.commands.verify")

    code, output = verify(str(write(tmp_path / "walk.yaml")))

    assert code == 0, output
    assert "0 errors, 0 warnings" in output
    assert "no evidence about HubSpot" in output
    assert [one.text().split(",")[0] for one in shown] == ["verifying: 1 of 1 cassettes"]


def test_differences_between_the_fake_and_a_recording_are_found(tmp_path: Path) -> None:
    """The recording has another cursor rule, an unknown field and an unknown type."""
    odd = page(contact(1), contact(51) | {"url": 5}, after="51")
    odd["results"][0]["score"] = 7
    path = write(tmp_path / "odd.yaml", (interaction(answer=odd),), recorded_from="hubspot")

    code, output = verify(str(path))

    assert code == 1
    assert "error missing-key at $.results[0].score" in output
    assert "error type at $.results[1].url" in output
    assert "error cursor at $.paging.next.after" in output


def test_a_wrong_token_is_replayed_as_a_wrong_token(tmp_path: Path) -> None:
    """Cassettes contain no token; a recorded 401 shows that it was rejected."""
    rejected = interaction(
        answer={"status": "error", "message": "no", "category": "INVALID_AUTHENTICATION"}, status=401
    )

    _, output = verify(str(write(tmp_path / "a.yaml", (rejected,))))

    assert "status" not in [line.split()[1] for line in output.splitlines() if " at " in line]


@pytest.mark.parametrize(("fail_on", "expected"), [("error", 0), ("warning", 1), ("info", 1)])
def test_the_exit_status_follows_the_severity(tmp_path: Path, fail_on: str, expected: int) -> None:
    """A different text is only a warning."""
    other = contact(1) | {"url": "https://app.hubspot.com/other/62515"}
    path = write(tmp_path / "a.yaml", (interaction(f"{CONTACTS}/1", other),))

    code, output = verify(str(path), "--fail-on", fail_on)

    assert code == expected, output


def test_a_declared_gap_is_a_note_with_its_reason(tmp_path: Path) -> None:
    """It does not fail the command."""
    path = write(tmp_path / "a.yaml", (interaction(f"{CONTACTS}/1", contact(1) | {"score": 7}),))
    gaps = tmp_path / "gaps.toml"
    gaps.write_text('[[gap]]\nrequest = "contacts/1$"\npath = "score$"\nreason = "nobody reads it"\n', encoding="utf-8")

    code, output = verify(str(path), "--gaps", str(gaps))

    assert code == 0
    assert "declared: nobody reads it" in output


def test_every_report_is_written(tmp_path: Path) -> None:
    """One run writes them all."""
    files = {kind: tmp_path / f"report.{kind}" for kind in ("json", "junit", "html")}
    options = [part for kind, path in files.items() for part in (f"--{kind}", str(path))]

    verify(str(write(tmp_path / "a.yaml")), *options)

    assert json.loads(files["json"].read_text(encoding="utf-8"))["counts"]["error"] == 0
    assert files["junit"].read_text(encoding="utf-8").startswith("<?xml")
    assert files["html"].read_text(encoding="utf-8").startswith("<!doctype html>")


def test_drift_between_two_recordings_is_reported(tmp_path: Path) -> None:
    """A new field is a note, another type an error, another name of a person neither."""
    then = write(tmp_path / "then.yaml")
    first, second = walk()
    changed = json.loads(first.response.body)
    changed["results"][0] |= {"archived": "false", "warnings": []}
    changed["results"][1]["properties"]["firstname"] = "First999999"
    now = write(tmp_path / "now.yaml", (interaction(first.request.uri, changed), second))

    code, output = verify(str(then), "--with", str(now))

    assert code == 1
    assert "error type at $.results[0].archived" in output
    assert "info new-field at $.results[0].warnings" in output
    assert "info value at $.results[1].properties.firstname" in output


def test_a_request_that_is_no_longer_recorded_is_reported(tmp_path: Path) -> None:
    """There is nothing to compare it with."""
    then, now = write(tmp_path / "then.yaml"), write(tmp_path / "now.yaml", walk()[:1])

    _, output = verify(str(then), "--with", str(now))

    assert "missing-item at request" in output


def test_any_running_server_can_be_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It can be another version of the fake, or another fake."""
    path = write(tmp_path / "walk.yaml")
    with Server(Settings(seed_cassette=path, portal_id=62515)) as server:
        monkeypatch.setenv("HUBSPOT_TOKEN", server.token)
        code, output = verify(str(path), "--against", server.url)

    assert code == 0, output
    assert f"against {server.url}" in output


def test_a_server_that_is_not_there_is_explained(tmp_path: Path) -> None:
    """The status is 2, the explanation one sentence."""
    code, output = verify(str(write(tmp_path / "a.yaml")), "--against", "http://127.0.0.1:9")

    assert code == 2
    assert "nobody listens on 127.0.0.1:9" in output


def test_ruby_recordings_are_verified_too(tmp_path: Path) -> None:
    """Most real recordings have this format."""
    one = walk()[1]
    uri = one.request.uri.replace("http://fake-hubspot.test", "https://api.hubapi.com")
    request = {"method": "get", "uri": uri, "body": {"string": ""}, "headers": {}}
    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": one.response.body.decode()}}
    path = tmp_path / "a.yml"
    path.write_text(yaml.safe_dump({"http_interactions": [{"request": request, "response": response}]}), "utf-8")

    code, output = verify(str(path), "--origin", "hubspot")

    assert code == 0, output
    assert "asserted by hand" in output


def test_the_fake_cannot_claim_to_be_hubspot(tmp_path: Path) -> None:
    """Another address responded, so the origin stays unknown."""
    path = write(tmp_path / "a.yaml")
    evidence_path(path).unlink()

    _, output = verify(str(path), "--origin", "hubspot")

    assert "of unknown origin" in output
    assert "recorded from HubSpot" not in output


def test_a_cassette_is_never_changed_by_verifying(tmp_path: Path) -> None:
    """A cassette is evidence."""
    path = write(tmp_path / "a.yaml")
    before = path.read_bytes(), evidence_path(path).read_bytes()

    verify(str(path))

    assert (path.read_bytes(), evidence_path(path).read_bytes()) == before


def test_writes_do_not_leak_into_the_next_response(tmp_path: Path) -> None:
    """Each interaction starts from the portal that the recording shows, not from what an earlier replay left."""
    sent = {"properties": {"email": "a@example.com"}}
    creation = interaction(CONTACTS, contact(7), method="POST", status=201, body=sent)
    listing = interaction(answer=page(contact(7)))
    path = write(tmp_path / "a.yaml", (creation, listing))

    with SeededFake.started() as fake:
        result = verify_cassette(path, fake)

    assert [one for one in result.interactions[1].mismatches if one.severity is not MismatchSeverity.INFO] == []


def test_a_running_server_gets_the_token_only_in_a_header() -> None:
    """No `repr` contains it either."""
    server = RunningServer("http://127.0.0.1:9", "pat-na1-00000000-1111-4222-8333-444444444444")

    assert "4444" not in repr(server)
    server.close()
