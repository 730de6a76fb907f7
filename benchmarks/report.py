"""Formats the measurements as tables for a terminal and for `docs/`."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure, Section

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One task: a row per subject, ours first, then the others from best to worst."""

    work: str
    measures: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def comparisons(section: Section) -> list[Comparison]:
    """Group a section's figures by task."""
    works = dict.fromkeys(figure.work for figure in section.figures)
    return [_comparison(section, work) for work in works]


def _comparison(section: Section, work: str) -> Comparison:
    figures = [figure for figure in section.figures if figure.work == work]
    measures = tuple(dict.fromkeys(figure.measure for figure in figures))
    found = {(figure.subject, figure.measure): figure for figure in figures}
    subjects = sorted(dict.fromkeys(f.subject for f in figures), key=lambda name: _rank(section, found, name, measures))
    rows = tuple((name, *(cell(section, found.get((name, measure))) for measure in measures)) for name in subjects)
    return Comparison(work, measures, rows)


def _rank(
    section: Section, found: dict[tuple[str, str], Figure], subject: str, measures: Sequence[str]
) -> tuple[bool, float]:
    first = found.get((subject, measures[0]))
    return subject != section.ours, (section.times_ours(first) or 0.0) if first else float("inf")


def cell(section: Section, figure: Figure | None) -> str:
    """Format a figure and, unless it is ours, how many times as good ours is: `105,000 entities/s (2.1 x)`."""
    if figure is None:
        return ""
    ratio = None if figure.subject == section.ours else section.times_ours(figure)
    against = "" if ratio is None else f" ({number(ratio, 2)} x)"
    return f"{number(figure.value)} {figure.unit}".rstrip() + against


def number(value: float, digits: int = 3) -> str:
    """Format a number with its significant digits: 239,000, 12.5, 0.68."""
    if value == 0:
        return "0"
    if abs(value) >= 10 ** (digits - 1):
        return f"{float(f'{value:.{digits - 1}e}'):,.0f}"
    return f"{value:#.{digits}g}".rstrip(".")


def goals(section: Section) -> list[str]:
    """Return one line per goal."""
    return [f"{'met' if goal.kept else 'missed'}: {goal.promise}: {number(goal.got)}" for goal in section.goals]


def console() -> Console:
    """Return a console for standard output, wide enough for every table if it is not a terminal."""
    return Console(width=None if sys.stdout.isatty() else 120)


def show(section: Section, console: Console) -> None:
    """Print a section."""
    console.rule(section.title)
    for comparison in comparisons(section):
        console.print(comparison.work, style="bold", highlight=False)
        table = Table()
        for column in ("", *comparison.measures):
            table.add_column(column, justify="right" if column else "left")
        for row in comparison.rows:
            table.add_row(*row, style="bold" if row[0] == section.ours else None)
        console.print(table)
    for line in (*goals(section), *(f"note: {note}" for note in section.notes)):
        console.print(f"- {line}", soft_wrap=True, highlight=False, markup=False)


def markdown(section: Section) -> str:
    """Return a section as Markdown."""
    parts = [f"## {section.title}", *([f"Measured on {section.measured} UTC."] if section.measured else [])]
    for comparison in comparisons(section):
        header = f"| {comparison.work} | {' | '.join(comparison.measures)} |"
        rows = [f"| {' | '.join((_name(section, row[0]), *row[1:]))} |" for row in comparison.rows]
        parts.append("\n".join([header, "|---|" + "---:|" * len(comparison.measures), *rows]))
    remarks = [
        line.replace("missed", "**missed**", 1) if line.startswith("missed") else line for line in goals(section)
    ]
    if remarks or section.notes:
        parts.append("\n".join(f"- {line}" for line in (*remarks, *section.notes)))
    return "\n\n".join(parts) + "\n"


def _name(section: Section, subject: str) -> str:
    return f"**{subject}**" if subject == section.ours else subject


def write_document(path: Path, sections: Sequence[Section]) -> None:
    """Replace what is between the document's two marks with the tables."""
    replace_measured(path, "\n".join(markdown(section) for section in sections))


def replace_measured(path: Path, text: str) -> None:
    """Replace what is between the two marks of a document.

    Raises:
        ValueError: It does not have both marks.
    """
    before, begin, rest = path.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"expected {BEGIN} and {END} in {path}, nothing was written; add them where the tables go")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", "utf-8")
