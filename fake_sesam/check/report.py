"""Results as a table and as a page for people, as JSON for programs and as JUnit XML for build servers."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rich.table import Table
from rich.text import Text

from bench_core.junit import Case, Failure, Suite, to_junit
from bench_core.text import printable
from fake_sesam.check.result import RuleResult

__all__ = ["as_html", "as_json", "as_junit", "as_table", "summary"]

_COLOURS = {"pass": "green", "warn": "yellow", "fail": "bold red", "skip": "dim"}
_TONES = {"pass": "good", "warn": "note", "fail": "bad", "skip": "none"}
_CLASS_NAME = "json-pull"
_TEMPLATES = Path(__file__).parent / "templates"


def as_table(url: str, results: Sequence[RuleResult]) -> Table:
    """Return a table with one row per rule."""
    table = Table(title=Text(f"{url}: {summary(results)}"), title_justify="left")
    table.add_column("rule", no_wrap=True)
    table.add_column("result", no_wrap=True)
    table.add_column("details")
    for result in results:
        outcome = Text(result.outcome, style=_COLOURS[result.outcome])
        table.add_row(Text(result.rule), outcome, Text(printable(result.detail)))
    return table


def as_json(url: str, results: Sequence[RuleResult]) -> str:
    """Return one JSON object; `ok` is false if a rule failed.

    Shape: `{"url": "http://...", "ok": true, "verdicts": [{"rule": "nan", "outcome": "pass", "detail": "..."}]}`.
    """
    lines = [{"rule": each.rule, "outcome": each.outcome, "detail": each.detail} for each in results]
    return json.dumps({"url": url, "ok": all(each.outcome != "fail" for each in results), "verdicts": lines})


def as_junit(url: str, results: Sequence[RuleResult]) -> str:
    """Return JUnit XML with one test case per rule; a warning is a passed test case with output."""
    return to_junit("fake-sesam check", [Suite(f"fake-sesam check {url}", [_case(each) for each in results])])


def as_html(url: str, results: Sequence[RuleResult], *, made_at: datetime) -> str:
    """Return the report as one HTML page that can be sent to a colleague."""
    from bench_core.pages import render_page  # Jinja2 is loaded only by those who write a page

    counts = Counter(result.outcome for result in results)
    return render_page(
        "check.html.jinja",
        folder=_TEMPLATES,
        title="Check of a route",
        made_at=made_at,
        product="contract-bench",
        url=url,
        results=results,
        tones=_TONES,
        is_broken=counts["fail"] > 0,
        sums=[{"tone": _TONES[outcome], "name": outcome, "count": counts[outcome]} for outcome in _TONES],
    )


def _case(result: RuleResult) -> Case:
    if result.outcome == "fail":
        return Case(_CLASS_NAME, result.rule, failure=Failure(result.detail))
    if result.outcome == "skip":
        return Case(_CLASS_NAME, result.rule, skipped=result.detail)
    return Case(_CLASS_NAME, result.rule, output=f"{result.outcome}: {result.detail}")


def summary(results: Sequence[RuleResult]) -> str:
    """Return the number of results per outcome, such as `20 pass, 1 warn`."""
    counts = Counter(result.outcome for result in results)
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in _COLOURS if counts[outcome])
