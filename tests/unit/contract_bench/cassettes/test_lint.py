"""What lint finds in a cassette."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from contract_bench.cassettes.evidence import evidence_path
from contract_bench.cassettes.lint import FindingSeverity, LintOptions, lint_file, lint_paths, linter
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


# Every kind and every place several times. `make proof` tries every pair.
PAIRS = [
    pytest.param(kind, place, marks=[pytest.mark.proof] if (number + other) % 5 else [])
    for number, kind in enumerate(SECRETS)
    for other, place in enumerate(PLACES)
]


@pytest.mark.parametrize(("kind", "place"), PAIRS)
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


def found(path: Path, options: LintOptions | None = None) -> list[str]:
    """Return the findings as they are printed, without the folder."""
    return [str(finding).replace(f"{path.parent}/", "") for finding in lint_file(path, options)]


def without_checksum(text: str) -> str:
    """Drop the line of the checksum."""
    return "\n".join(line for line in text.split("\n") if not line.startswith("checksum:"))


def test_finding_is_printed_with_its_place_and_its_rule(tmp_path: Path) -> None:
    """One line for a person, and fields for a program."""
    (finding,) = lint_file(write(tmp_path / "a.yaml", ()))

    assert (
        str(finding) == f"{tmp_path}/a.yaml: error [empty] it contains no interaction. Record it again, or delete it."
    )
    assert (finding.path, finding.rule, finding.severity) == (tmp_path / "a.yaml", "empty", "error")
    assert FindingSeverity.WARNING.value == "warning"


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            without_checksum,
            [
                "a.yaml: error [checksum] there is no checksum. Record the cassette with `contract-bench record`.",
            ],
        ),
        (
            lambda text: text.replace("First000001", "First000002"),
            [
                "a.yaml: error [checksum] the checksum does not match: the file was edited or merged. Record it again.",
                "a.yaml: error [evidence] the evidence belongs to another recording: the checksums differ.",
            ],
        ),
        (
            lambda text: f"{text}note: hello\n",
            [
                "a.yaml: warning [layout] the layout differs from what `contract-bench record` writes.",
                "a.yaml: error [unknown-field] $.note is not a field of a cassette. Remove it.",
            ],
        ),
        (
            lambda text: text.replace("\n", "\n\n", 1),
            ["a.yaml: warning [layout] the layout differs from what `contract-bench record` writes."],
        ),
    ],
)
def test_edited_cassette(tmp_path: Path, edit: Callable[[str], str], expected: list[str]) -> None:
    """Each edit is reported once, by the rule that it breaks."""
    assert found(edited(write(tmp_path / "a.yaml"), edit)) == expected


def test_missing_evidence_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml")
    evidence_path(path).unlink()

    assert found(path) == [
        "a.yaml: error [evidence] a.evidence.json is missing, so the origin of the recording is unknown."
    ]


@pytest.mark.parametrize("others", [(), ("https://api.hubapi.com/crm/v3/objects/contacts?limit=1",)])
def test_one_request_that_went_elsewhere_is_enough(tmp_path: Path, others: tuple[str, ...]) -> None:
    path = write(tmp_path / "a.yaml", (*map(interaction, others), interaction()), recorded_from="hubspot")

    assert found(path) == [
        "a.yaml: error [evidence] the evidence says HubSpot, but a request went elsewhere. Record it again."
    ]


def test_stale_header_is_named_with_its_interaction(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml")
    head, _, last = path.read_text(encoding="utf-8").rpartition("Content-Type:\n")
    path.write_text(f"{head}Content-Length: ['3']\n      Content-Type:\n{last}", encoding="utf-8")

    assert (
        "a.yaml: error [stale-header] interaction 1, Content-Length does not match the stored body. Remove it."
        in found(path)
    )


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (
            interaction(answer=page(contact(1, city="Oslo"))),
            "response body $.results[0].properties.city is not redacted",
        ),
        (interaction(f"{CONTACTS}?q=Jane"), "request URL is not redacted"),
        (interaction(headers={"X-Any": ("1",)}), "response header X-Any is not an allowed header"),
        (interaction(request_headers={"X-Any": ("1",)}), "request header X-Any is not an allowed header"),
        (interaction(headers={"Location": ("https://acme.no/Jane",)}), "response header Location is not redacted"),
        (interaction(answer={"header": "Jane"}), "response body $.header is not redacted"),
    ],
)
def test_unredacted_place_is_named(tmp_path: Path, one: Interaction, expected: str) -> None:
    path = write(tmp_path / "a.yaml", (interaction(), one))

    assert found(path) == [
        f"a.yaml: error [unredacted] interaction 1, {expected}. Record it with `contract-bench record`."
    ]


def test_expiry_is_a_warning_unless_asked_otherwise(tmp_path: Path) -> None:
    """From the moment on that the evidence names."""
    path = write(tmp_path / "a.yaml", expires_at="2026-11-24T00:00:00Z")
    before = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)

    assert found(path, LintOptions(now=before)) == []
    assert found(path, LintOptions(now=datetime(2026, 11, 24, 0, 0, 1, tzinfo=UTC))) == [
        "a.yaml: warning [expired] recorded at 2026-11-01T00:00:00Z, expired at 2026-11-24T00:00:00Z. Record it again."
    ]


def test_expiry_is_judged_by_the_clock_without_a_moment(tmp_path: Path) -> None:
    """One of these dates is long ago, the other far away."""
    past = write(tmp_path / "a.yaml", expires_at="2026-01-01T00:00:00Z")
    future = write(tmp_path / "b.yaml", expires_at="2999-01-01T00:00:00Z")

    assert [finding.severity for finding in lint_file(past)] == [FindingSeverity.WARNING]
    assert lint_file(future) == []


def test_expiry_of_a_cassette_without_evidence_is_not_judged(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml")
    evidence_path(path).unlink()

    assert rules(path, LintOptions(now=datetime(9999, 1, 1, tzinfo=UTC))) == {"evidence"}


def test_usage_tells_used_from_unused_interactions_of_each_cassette(tmp_path: Path) -> None:
    """A cassette that no test mentions is unused as a whole."""
    path, other, usage = write(tmp_path / "a.yaml"), write(tmp_path / "b.yaml"), tmp_path / "usage.jsonl"
    for index in (0, 1):
        note_played(path, index, environ={"CONTRACT_BENCH_CASSETTE_USAGE": str(usage)})

    assert found(path, LintOptions(usage=usage)) == []
    request = "(GET /crm/v3/objects/contacts)"
    assert found(other, LintOptions(usage=usage)) == [
        f"b.yaml: error [unused] interaction {index} {request} is not played by any test. Remove it."
        for index in (0, 1)
    ]


@pytest.mark.parametrize("lines", [0, 1, 5])
def test_secret_is_named_with_its_line(tmp_path: Path, lines: int) -> None:
    """In the cassette and in the evidence, once each."""
    path = write(tmp_path / "a.yaml")
    edited(path, lambda text: "\n" * lines + f"# {SECRETS['private app token']}\n" + text)
    edited(evidence_path(path), lambda text: text.replace('"sample"', f'"{SECRETS["private app token"]}"'))
    line = evidence_path(path).read_text(encoding="utf-8").split("pat-na1")[0].count("\n") + 1

    secrets = [one for one in found(path) if "[secret]" in one]

    message = "contains a secret (private app token). Revoke it, then record again."
    assert secrets == [
        f"a.yaml: error [secret] line {lines + 1} {message}",
        f"a.evidence.json: error [secret] line {line} {message}",
    ]


@pytest.mark.parametrize(
    ("one", "place"),
    [
        (interaction(method="POST", body=b"\xff pat"), "request body"),
        (interaction(answer=b"\xff pat", status=500), "response body"),
    ],
)
def test_secret_in_bytes_is_named_with_its_place(tmp_path: Path, one: Interaction, place: str) -> None:
    """Bytes that are no text are searched too; a place without a secret is not named."""
    token = SECRETS["private app token"].encode()
    hidden = replace(
        one,
        request=replace(one.request, body=one.request.body.replace(b"pat", token)),
        response=replace(one.response, body=one.response.body.replace(b"pat", token)),
    )

    path = write(tmp_path / "a.yaml", (interaction(), hidden))

    assert [text for text in found(path) if "[secret] interaction" in text] == [
        f"a.yaml: error [secret] interaction 1, {place} contains a secret (private app token). Revoke it."
    ]


def test_secret_in_a_url_that_yaml_escapes_is_found(tmp_path: Path) -> None:
    path = edited(
        write(tmp_path / "a.yaml"),
        lambda text: text.replace(
            CONTACTS, f'"{CONTACTS}/{SECRETS["private app token"]}'.replace("pat-", "\\x70at-") + '" # ', 1
        ),
    )

    assert "a.yaml: error [secret] interaction 0, URL contains a secret (private app token). Revoke it." in found(path)


def test_secret_of_a_kind_that_the_text_shows_is_not_named_again(tmp_path: Path) -> None:
    """The line is more useful than the place."""
    path = write(tmp_path / "a.yaml", (in_body(SECRETS["private app token"]),))

    assert len([text for text in found(path) if "[secret]" in text]) == 1


def test_secrets_of_several_kinds_are_named_in_the_order_of_their_lines(tmp_path: Path) -> None:
    """Each kind before and after each other one, so that no other order is by chance the same."""
    kinds = sorted(SECRETS)
    text = "".join(f"# {SECRETS[kind]}\n" for kind in (*kinds, *reversed(kinds)))
    path = write(tmp_path / "a.yaml")
    edited(path, lambda cassette: text + cassette)

    lines = [int(each.partition(" line ")[2].partition(" ")[0]) for each in found(path) if "[secret] line " in each]

    assert lines == sorted(lines)
    assert len(set(lines)) > len(kinds)  # some kinds need more around them than a comment


def test_unreadable_files_are_searched_for_secrets_even_if_they_are_no_text(tmp_path: Path) -> None:
    """The cassette and its evidence."""
    path = write(tmp_path / "a.yaml")
    token = SECRETS["private app token"].encode()
    path.write_bytes(b"# \xff\n# " + token)
    evidence_path(path).write_bytes(b"\xff" + token)

    first, *secrets = found(path)

    assert first.startswith("a.yaml: error [unreadable]")
    assert secrets == [
        "a.yaml: error [secret] line 2 contains a secret (private app token). Revoke it, then record again.",
        "a.evidence.json: error [secret] line 1 contains a secret (private app token). Revoke it, then record again.",
    ]


@pytest.mark.parametrize("length", [7, 8, 9])
def test_unreadable_file_that_is_searched_in_part_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    assert linter.SEARCHED_BYTES == 16_777_216
    monkeypatch.setattr(linter, "SEARCHED_BYTES", 8)
    path = write(tmp_path / "a.yaml")
    path.write_bytes(b"x" * length)
    evidence_path(path).unlink(missing_ok=True)

    problems = [text for text in found(path) if "[unsearched]" in text]

    only = "only the first 8 bytes of this file were searched for secrets, the rest was not."
    assert problems == ([f"a.yaml: error [unsearched] {only} Do not commit it; record again."] if length > 8 else [])


@pytest.mark.parametrize("content", [b"{", b'{"schema": "\xff"}'], ids=["no JSON", "no text"])
def test_unreadable_evidence_alone_is_enough(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path / "a.yaml")
    evidence_path(path).write_bytes(content)

    assert rules(path) == {"unreadable"}


def test_files_are_checked_once_each_in_the_order_of_their_names(tmp_path: Path) -> None:
    """Both endings, in folders too; other files are left alone."""
    for name in ("b.yml", "c/a.yaml", "a.yaml"):
        write(tmp_path / name, ())
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")

    findings = lint_paths([tmp_path, tmp_path / "a.yaml", tmp_path / "c"])

    assert [finding.path.relative_to(tmp_path).as_posix() for finding in findings if finding.rule == "empty"] == [
        "a.yaml",
        "b.yml",
        "c/a.yaml",
    ]


def test_options_reach_every_file(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", expires_at="2026-11-23T00:00:00Z")

    (finding,) = lint_paths([tmp_path], LintOptions(now=NOW, fail_expired=True))

    assert finding.severity is FindingSeverity.ERROR
