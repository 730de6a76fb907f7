"""The report of a check as a page."""

from datetime import UTC, datetime

from fake_sesam.check import RuleResult, as_html

EVIL = "<script>alert(1)</script>"


def report(*outcomes: str) -> str:
    """Return the page of a check with these outcomes, each with a hostile detail."""
    results = [RuleResult(f"rule-{outcome}", outcome, f"{outcome} {EVIL}") for outcome in outcomes]
    return as_html("http://x/y", results, made_at=datetime(2026, 1, 2, tzinfo=UTC))


def test_the_page_says_whether_the_protocol_is_kept_and_escapes_what_a_route_sent() -> None:
    kept, broken = report("pass", "warn"), report("pass", "fail")

    assert "The route keeps the protocol" in kept
    assert "The route breaks the protocol" in broken
    assert EVIL not in kept + broken
    assert "2026-01-02" in kept
    assert 'src="' not in kept
