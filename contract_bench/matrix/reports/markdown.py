"""The report for a job's summary, and annotations for GitHub. Pure."""

import re
from collections.abc import Iterator

from bench_core.text import counted, printable
from contract_bench.matrix.bench import BenchSettings
from contract_bench.matrix.judge import Verdict
from contract_bench.matrix.reports.command import reproduce
from contract_bench.matrix.reports.grid import LETTERS, MEANINGS, grids
from contract_bench.matrix.reports.groups import Group, groups_of
from contract_bench.matrix.reports.text import summary
from contract_bench.matrix.result import MatrixResult

__all__ = ["to_annotations", "to_markdown"]

# GitHub shows no more of one step.
MOST_ANNOTATIONS = 10


def to_markdown(result: MatrixResult, settings: BenchSettings) -> str:
    """Return the report as Markdown: the totals, the defects by fault, and the map, folded."""
    return printable("\n".join(_lines(result, settings))) + "\n"


def to_annotations(result: MatrixResult, settings: BenchSettings) -> list[str]:
    """Return commands that let GitHub show each fault with a defect at the run, and that not everything was proved."""
    groups = groups_of(result.defects)
    shown = groups if len(groups) <= MOST_ANNOTATIONS else groups[: MOST_ANNOTATIONS - 1]
    lines = [_annotation(f"{group.verdict.text}: {group.title}", _story(group, settings)) for group in shown]
    if len(groups) > len(shown):
        lines.append(_annotation("more defects", f"and {counted(len(groups) - len(shown), 'more fault')} with defects"))
    if result.unproved:
        lines.append(_annotation("not everything was proved", result.unproved))
    return lines


def _annotation(title: str, text: str) -> str:
    escaped = printable(text).replace("%", "%25").replace("\n", "%0A")
    title = printable(title).replace("%", "%25").replace("\n", "%0A").replace(":", "%3A").replace(",", "%2C")
    return f"::error title={title}::{escaped}"


def _story(group: Group, settings: BenchSettings) -> str:
    lines = [*group.where, *(f"{each.invariant}: {each.detail}" for each in group.violations)]
    if group.first_cell is not None:
        lines.append(f"again: {reproduce(settings, group.first_cell.cell)}")
    return "\n".join(lines)


def _lines(result: MatrixResult, settings: BenchSettings) -> Iterator[str]:
    count = len(result.defects)
    none = "not everything was proved" if result.unproved else "no defects"
    yield f"### Fault matrix: {counted(count, 'defect') if count else none}"
    yield ""
    if result.unproved:
        yield f"**{_text(result.unproved)}**"
        yield ""
    yield f"Connector: {_code(settings.connector.text)}"
    yield ""
    yield summary(result)
    for group in groups_of(result.defects):
        yield ""
        yield f"#### {group.verdict.text}: {group.title}"
        yield ""
        yield from (f"- {_code(violation.invariant)}: {_text(violation.detail)}" for violation in group.violations)
        yield from (f"- {_code(line)}" for line in group.where)
        if group.first_cell is not None:
            yield ""
            yield f"Play it again: {_code(reproduce(settings, group.first_cell.cell))}"
    if result.known_defects:
        yield ""
        yield "#### Known defects, which do not count"
        yield ""
        for defect in result.known_defects:
            yield f"- {_code(defect.name)}: {_text(result.accepted[defect.name])}"
    yield ""
    yield "<details><summary>Every cell</summary>"
    yield from _maps(result)
    yield ""
    yield "</details>"


def _maps(result: MatrixResult) -> Iterator[str]:
    for grid in grids(result.cells):
        yield ""
        yield f"| {grid.mode} pull | {' | '.join(grid.places)} |"
        yield "|---" * (len(grid.places) + 1) + "|"
        for label, fields in grid.rows:
            marks = [" ".join(LETTERS[each.verdict] for each in cells) for cells in fields]
            yield f"| {_code(label)} | {' | '.join(marks)} |"
    yield ""
    yield "; ".join(f"{LETTERS[verdict]} {verdict.text}: {MEANINGS[verdict]}" for verdict in Verdict)


def _code(text: str) -> str:
    """Return a text as code, whatever it holds: between more backticks than it has in a row."""
    one_line = " ".join(text.split()).replace("|", "\\|")
    fence = "`" * (max(map(len, re.findall("`+", one_line)), default=0) + 1)
    padding = " " if "`" in one_line else ""
    return f"{fence}{padding}{one_line}{padding}{fence}"


def _text(text: str) -> str:
    """Return a text in which nothing is HTML or Markdown."""
    one_line = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\`*_[]<>|#!" else char for char in one_line)
