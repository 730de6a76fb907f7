"""The report as one HTML page."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bench_core.text import counted
from contract_bench.matrix.bench import BenchSettings, CellResult
from contract_bench.matrix.judge import INVARIANTS, Verdict
from contract_bench.matrix.probes import ProbeResult
from contract_bench.matrix.reports.command import reproduce
from contract_bench.matrix.reports.grid import LETTERS, MEANINGS, Grid, grids
from contract_bench.matrix.reports.groups import groups_of
from contract_bench.matrix.reports.text import story_of, summary
from contract_bench.matrix.result import MatrixResult
from contract_bench.reports import render_report

__all__ = ["to_html"]

# As the stylesheet names its colours.
TONES = {
    Verdict.RECOVERED: "good",
    Verdict.FAILED_SAFELY: "calm",
    Verdict.UNDETECTABLE: "note",
    Verdict.UNREACHED: "none",
    Verdict.SILENT: "bad",
    Verdict.HUNG: "warn",
    Verdict.BROKEN: "odd",
}
Values = dict[str, object]


def to_html(result: MatrixResult, settings: BenchSettings, *, made_at: datetime | None = None) -> str:
    """Return the page: the map with its legend, the probes, the defects and what each invariant means."""
    ordered = [each for group in groups_of(result.defects) for each in group.members]
    anchors = {defect.name: f"defect-{number}" for number, defect in enumerate(ordered, 1)}
    return render_report(
        "matrix.html.jinja",
        title="Fault matrix",
        made_at=made_at or datetime.now(UTC),
        connector=settings.connector.text,
        summary=summary(result),
        outcome=_outcome(result),
        sums=[{"tone": TONES[each], "name": each.text, "count": result.count(each)} for each in Verdict],
        legend=[
            {"tone": TONES[each], "letter": LETTERS[each], "name": each.text, "meaning": MEANINGS[each]}
            for each in Verdict
        ],
        grids=[_grid(each, anchors) for each in grids(result.cells)],
        probes=[_probe(each) for each in result.probes],
        groups=[
            {"title": group.title, "defects": [_defect(each, settings, anchors[each.name]) for each in group.members]}
            for group in groups_of(result.defects)
        ],
        known=[{"name": each.name, "reason": result.accepted[each.name]} for each in result.known_defects],
        invariants=[{"name": name, "text": (rule.__doc__ or "").strip()} for name, rule in INVARIANTS.items()],
    )


def _outcome(result: MatrixResult) -> Values:
    if result.upstream_changed:
        return {"tone": "bad", "text": "The upstream changed, so the verdicts mean nothing"}
    if result.defects:
        return {"tone": "bad", "text": counted(len(result.defects), "defect")}
    if result.interrupted_by:
        return {"tone": "bad", "text": f"Interrupted after {len(result.cells)} of {result.planned} cells"}
    if len(result.cells) < result.planned:
        return {"tone": "bad", "text": f"Only {len(result.cells)} of {result.planned} cells were played"}
    if not result.has_played:
        return {"tone": "bad", "text": "No fault was played"}  # which is not the same as no defect
    return {"tone": "good", "text": "No defects"}


def _grid(grid: Grid, anchors: Mapping[str, str]) -> Values:
    rows = [
        {"label": label, "fields": [[_mark(each, anchors) for each in field] for field in fields]}
        for label, fields in grid.rows
    ]
    return {"mode": grid.mode, "places": grid.places, "rows": rows}


def _mark(result: CellResult, anchors: Mapping[str, str]) -> Values:
    return {
        "tone": TONES[result.verdict],
        "letter": LETTERS[result.verdict],
        "anchor": anchors.get(result.name, ""),
        "title": f"{result.cell.place}, {result.cell.times}: {result.verdict.text}",
    }


def _probe(probe: ProbeResult) -> Values:
    return {
        "tone": TONES[probe.verdict],
        "verdict": probe.verdict.text,
        "name": probe.name,
        "summary": probe.summary,
        "remark": probe.remark,
    }


def _defect(result: CellResult | ProbeResult, settings: BenchSettings, anchor: str) -> Values:
    story = error = again = log = ""
    trace: tuple[str, ...] = ()
    if isinstance(result, CellResult):
        trace = result.trace
        story = story_of(result)
        error, again, log = result.error or "", reproduce(settings, result.cell), result.log
    return {
        "anchor": anchor,
        "tone": TONES[result.verdict],
        "verdict": result.verdict.text,
        "name": result.name,
        "violations": result.violations,
        "story": story,
        "error": error,
        "again": again,
        "log": log,
        "trace": trace,
    }
