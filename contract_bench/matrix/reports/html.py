"""The report to keep: one HTML page that needs nothing else."""

from collections.abc import Iterator
from html import escape

from contract_bench.matrix.bench import BenchSettings, CellResult
from contract_bench.matrix.judge import INVARIANTS, Verdict
from contract_bench.matrix.reports.command import reproduce
from contract_bench.matrix.reports.grid import LETTERS, Grid, grids
from contract_bench.matrix.reports.text import summary
from contract_bench.matrix.run import MatrixResult

__all__ = ["to_html"]

COLOURS = {
    Verdict.RECOVERED: "#d9f2d9",
    Verdict.FAILED_SAFELY: "#dce9fb",
    Verdict.UNDETECTABLE: "#f4ecd0",
    Verdict.UNREACHED: "#f0f0f0",
    Verdict.SILENT: "#f5b5b0",
    Verdict.HUNG: "#f7cf9e",
    Verdict.BROKEN: "#eebbe6",
}
STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; margin: 2rem; color: #222 }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { text-align: left; padding: 2px 8px; border: 1px solid #ddd; vertical-align: top }
td span { display: inline-block; min-width: 1.2em; text-align: center; border-radius: 3px; margin-right: 2px }
code { font-size: 12px }
"""


def to_html(result: MatrixResult, settings: BenchSettings) -> str:
    """The tables, the probes, the defects and what each invariant means."""
    return "\n".join(_page(result, settings)) + "\n"


def _page(result: MatrixResult, settings: BenchSettings) -> Iterator[str]:
    yield "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>contract-bench matrix</title>"
    yield f"<style>{STYLE}</style></head><body><h1>Fault matrix</h1>"
    yield f"<p>Connector: <code>{escape(settings.connector.text)}</code></p><p>{escape(summary(result))}</p>"
    yield "<p>" + " ".join(f"{_mark(verdict)} {verdict.text}" for verdict in Verdict) + "</p>"
    yield from _defects(result, settings)
    yield from _probes(result)
    for grid in grids(result.cells):
        yield from _table(grid)
    yield "<h2>Invariants</h2><dl>"
    for name, rule in INVARIANTS.items():
        yield f"<dt><code>{name}</code></dt><dd>{escape((rule.__doc__ or '').strip())}</dd>"
    yield "</dl></body></html>"


def _mark(verdict: Verdict) -> str:
    return f"<span style='background:{COLOURS[verdict]}' title='{verdict.text}'>{LETTERS[verdict]}</span>"


def _table(grid: Grid) -> Iterator[str]:
    yield f"<h2>{escape(grid.mode)} pull</h2><table><tr><th>fault</th>"
    yield "".join(f"<th>{escape(place)}</th>" for place in grid.places) + "</tr>"
    for label, fields in grid.rows:
        marks = "".join(f"<td>{''.join(map(_mark, field))}</td>" for field in fields)
        yield f"<tr><td><code>{escape(label)}</code></td>{marks}</tr>"
    yield "</table>"


def _probes(result: MatrixResult) -> Iterator[str]:
    if not result.probes:
        return
    yield "<h2>Without a fault</h2><table>"
    for probe in result.probes:
        text = escape(probe.summary) + (f"<br>{escape(probe.remark)}" if probe.remark else "")
        yield f"<tr><td>{_mark(probe.verdict)}</td><td>{escape(probe.name)}</td><td>{text}</td></tr>"
    yield "</table>"


def _defects(result: MatrixResult, settings: BenchSettings) -> Iterator[str]:
    if not result.defects:
        return
    yield "<h2>Defects</h2><table><tr><th></th><th>where</th><th>what</th><th>again</th></tr>"
    for defect in result.defects:
        what = "<br>".join(escape(f"{each.invariant}: {each.detail}") for each in defect.violations)
        again = escape(reproduce(settings, defect.cell)) if isinstance(defect, CellResult) else ""
        yield f"<tr><td>{_mark(defect.verdict)}</td><td><code>{escape(defect.name)}</code></td><td>{what}</td>"
        yield f"<td><code>{again}</code></td></tr>"
    yield "</table>"
