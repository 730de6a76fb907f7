"""What a verification found, in each form."""

import json
from pathlib import Path
from xml.etree import ElementTree

from contract_bench.cassettes.evidence import Origin
from contract_bench.fidelity.mismatch import ComparisonMode, Mismatch, MismatchKind, MismatchSeverity
from contract_bench.fidelity.reports import to_html, to_json, to_junit, to_text
from contract_bench.fidelity.verify import CassetteResult, InteractionResult, Verification
from tests.support.cases import for_each

NASTY = "<script>alert('x')</script>\x00&\""


def verification(origin: Origin = Origin.FAKE, *, asserted: bool = False) -> Verification:
    """One equal answer, one error, one warning, one declared gap."""
    bad = (
        Mismatch("$.a", MismatchKind.TYPE, MismatchSeverity.ERROR, NASTY, "2"),
        Mismatch("$.b", MismatchKind.VALUE, MismatchSeverity.WARNING, "1", "2"),
        Mismatch("$.c", MismatchKind.MISSING_KEY, MismatchSeverity.INFO, "1", "nothing", "the fake has no such thing"),
    )
    interactions = (InteractionResult(0, "GET /x", 200, ()), InteractionResult(1, f"GET /{NASTY}", 404, bad))
    result = CassetteResult(
        Path("c.yaml"), origin, "the fake", ComparisonMode.VERIFY, interactions, "2026-11-01T00:00:00Z", asserted
    )
    return Verification((result,), "2026-11-24T00:00:00Z")


def test_the_text_report_lists_and_counts_every_mismatch() -> None:
    """A declared mismatch is shown with its reason."""
    text = to_text(verification())

    assert "error type at $.a" in text
    assert "(declared: the fake has no such thing)" in text
    assert text.endswith("1 cassettes, 2 interactions: 1 errors, 1 warnings, 1 notes\n")


def test_the_json_report_contains_every_mismatch() -> None:
    content = json.loads(to_json(verification()))

    assert content["counts"] == {"error": 1, "warning": 1, "info": 1}
    assert content["cassettes"][0]["interactions"][1]["mismatches"][0]["path"] == "$.a"


@for_each(
    ("threshold", "failing"), [(MismatchSeverity.ERROR, 1), (MismatchSeverity.WARNING, 2), (MismatchSeverity.INFO, 3)]
)
def test_junit_fails_at_the_threshold(threshold: MismatchSeverity, failing: int) -> None:
    """The file is valid XML, whatever was recorded."""
    root = ElementTree.fromstring(to_junit(verification(), threshold=threshold))  # noqa: S314 - our own report

    (failure,) = root.iter("failure")
    assert failure.get("message") == f"{failing} mismatches"
    assert [case.get("name", "")[:8] for case in root.iter("testcase")] == ["0. GET /", "1. GET /"]


def test_the_html_report_loads_nothing_and_runs_nothing() -> None:
    """It can be sent to a colleague."""
    page = to_html(verification())

    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "src=" not in page
    assert "href=" not in page


@for_each("render", [to_text, to_json, to_junit, to_html])
@for_each("origin", [Origin.FAKE, Origin.UNKNOWN])
def test_every_report_repeats_the_origin_of_a_cassette(render: object, origin: Origin) -> None:
    """A recording of the fake is never presented as evidence about HubSpot."""
    assert callable(render)
    text = render(verification(origin))

    assert origin.sentence in text
    assert "recorded from HubSpot" not in text.replace("0 of 1 cassettes were recorded from HubSpot", "")


def test_an_asserted_origin_is_marked_as_asserted() -> None:
    page = to_html(verification(Origin.HUBSPOT, asserted=True))

    assert "asserted by hand, no evidence file" in page
    assert "1 of them by assertion" in page


@for_each(
    ("threshold", "fails"),
    [(MismatchSeverity.ERROR, True), (MismatchSeverity.WARNING, True), (MismatchSeverity.INFO, True)],
)
def test_a_mismatch_above_the_threshold_fails_too(threshold: MismatchSeverity, fails: bool) -> None:
    """The threshold is the least severity that fails."""
    assert verification().fails_at(threshold) is fails
