"""Verdicts as a table for people, as JSON for machines and as JUnit XML for build servers."""

import json
from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree

from rich.table import Table
from rich.text import Text

from fake_sesam.check.verdict import Verdict

__all__ = ["as_json", "as_junit", "as_table", "summary"]

_COLOURS = {"pass": "green", "warn": "yellow", "fail": "bold red", "skip": "dim"}


def as_table(url: str, verdicts: Sequence[Verdict]) -> Table:
    """Return a table with one line a rule."""
    table = Table(title=Text(f"{url}: {summary(verdicts)}"), title_justify="left")
    table.add_column("rule", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("what was seen")
    for verdict in verdicts:
        outcome = Text(verdict.outcome, style=_COLOURS[verdict.outcome])
        table.add_row(Text(verdict.rule), outcome, Text(verdict.detail))
    return table


def as_json(url: str, verdicts: Sequence[Verdict]) -> str:
    """Return one JSON object. Shape: ``{"url", "ok", "verdicts": [{"rule", "outcome", "detail"}]}``."""
    lines = [{"rule": each.rule, "outcome": each.outcome, "detail": each.detail} for each in verdicts]
    return json.dumps({"url": url, "ok": all(each.outcome != "fail" for each in verdicts), "verdicts": lines})


def as_junit(url: str, verdicts: Sequence[Verdict]) -> str:
    """Return JUnit XML with one test case a rule; warnings are in their case's output."""
    counts = Counter(verdict.outcome for verdict in verdicts)
    attributes = {"tests": str(len(verdicts)), "failures": str(counts["fail"]), "skipped": str(counts["skip"])}
    suite = ElementTree.Element("testsuite", {"name": f"fake-sesam check {url}", **attributes})
    for verdict in verdicts:
        case = ElementTree.SubElement(suite, "testcase", classname="json-pull", name=verdict.rule)
        if verdict.outcome == "fail":
            ElementTree.SubElement(case, "failure", message=verdict.detail)
        elif verdict.outcome == "skip":
            ElementTree.SubElement(case, "skipped", message=verdict.detail)
        else:
            ElementTree.SubElement(case, "system-out").text = f"{verdict.outcome}: {verdict.detail}"
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def summary(verdicts: Sequence[Verdict]) -> str:
    """Return the counts in one line."""
    counts = Counter(verdict.outcome for verdict in verdicts)
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in _COLOURS if counts[outcome])
