"""What was measured, as text for a terminal, as tables for `docs/` and as a picture."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, Section

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def table(section: Section) -> str:
    """A section as Markdown: a row for each subject and piece of work, a column pair for each measure."""
    measures = list(dict.fromkeys(figure.measure for figure in section.figures))
    rows = dict.fromkeys((figure.work, figure.subject) for figure in section.figures)
    lines = [
        f"### {section.title}",
        "",
        "| work | with | " + " | ".join(measures) + " |",
        "|---|---|" + "---|" * len(measures),
    ]
    lines += [
        f"| {work} | {_name(section, subject)} | {_cells(section, work, subject, measures)} |" for work, subject in rows
    ]
    lines += ["", *_goals(section), *(f"- {note}" for note in section.notes)]
    return "\n".join(lines).rstrip() + "\n"


def _name(section: Section, subject: str) -> str:
    return f"**{subject}**" if subject == section.ours else subject


def _cells(section: Section, work: str, subject: str, measures: Sequence[str]) -> str:
    found = {f.measure: f for f in section.figures if (f.work, f.subject) == (work, subject)}
    return " | ".join(_cell(section, found[measure]) if measure in found else "" for measure in measures)


def _cell(section: Section, figure: Figure) -> str:
    ratio = section.times_ours(figure)
    against = "" if ratio is None or figure.subject == section.ours else f" (ours: {ratio:.2f} x as good)"
    return f"{number(figure.value)} {figure.unit}".rstrip() + against


def _goals(section: Section) -> list[str]:
    return [f"- {'kept' if g.kept else '**missed**'}: {g.promise}: {number(g.got)}" for g in section.goals]


def number(value: float) -> str:
    """Three digits that matter: 239,000, 12.5, 0.68."""
    if value >= 1000:
        digits = len(str(int(value))) - 3
        return f"{round(value, -digits):,.0f}"
    return f"{value:.3g}"


def write_json(path: Path, when: str, full: bool, machine: dict[str, Any], sections: Sequence[Section]) -> None:
    """Keep a run; sections of an earlier run of the same day that were not measured now are dropped, not mixed in."""
    document = {"date": when, "full": full, "machine": machine, "sections": [section.to_json() for section in sections]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def write_document(path: Path, sections: Sequence[Section]) -> None:
    """Put the tables between the document's two marks."""
    before, _, rest = path.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    tables = "\n".join(table(section) for section in sections)
    path.write_text(f"{before}{BEGIN}\n\n{tables}\n{END}{after}")
