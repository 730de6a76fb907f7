"""The report as plain text."""

import re
from collections.abc import Callable, Iterator

from bench_core.text import counted, printable
from contract_bench.matrix.bench import BenchSettings, CellResult
from contract_bench.matrix.judge import Verdict, Violation
from contract_bench.matrix.probes import ProbeResult
from contract_bench.matrix.reports.command import reproduce
from contract_bench.matrix.reports.grid import LETTERS, MEANINGS, Grid, grids
from contract_bench.matrix.reports.groups import groups_of
from contract_bench.matrix.result import MatrixResult

__all__ = ["LEGEND", "cell_text", "coloured", "matrix_text", "summary"]

LEGEND = "\n".join(
    [
        *(f"{LETTERS[verdict]:7} {verdict.text}: {MEANINGS[verdict]}" for verdict in Verdict),
        "Up to four marks in a field: the fault once, on the retry of a request that failed before, twice, always.",
    ]
)
SHOWN_GROUPS = 20
BAD = re.compile(r"\b(?:SILENT|HUNG|BROKEN)\b")
TOTAL = re.compile(r"\b\d+ defects?\.$")


def matrix_text(result: MatrixResult, settings: BenchSettings) -> str:
    """Return the maps, the defects with the command that reproduces each, and the totals."""
    return printable("\n".join(_lines(result, settings)))


def _lines(result: MatrixResult, settings: BenchSettings) -> Iterator[str]:
    for grid in grids(result.cells):
        yield from _table(grid)
        yield ""
    yield LEGEND
    if result.probes:
        yield ""
        yield "Without a fault"
        for probe in result.probes:
            yield f"  {LETTERS[probe.verdict]:7}{probe.name:22}{probe.summary}"
            if probe.remark:
                yield f"{'':31}{probe.remark}"
    yield from _defects(result, settings)
    yield ""
    yield summary(result)


def _table(grid: Grid) -> Iterator[str]:
    texts = [[" ".join(LETTERS[result.verdict] for result in field) for field in fields] for _, fields in grid.rows]
    first = max(len(grid.mode) + 5, *(len(label) for label, _ in grid.rows)) + 2
    widths = [max(len(place), *(len(row[number]) for row in texts)) + 2 for number, place in enumerate(grid.places)]
    yield (
        f"{grid.mode + ' pull':{first}}"
        + "".join(f"{place:{width}}" for place, width in zip(grid.places, widths, strict=True)).rstrip()
    )
    for (label, _), row in zip(grid.rows, texts, strict=True):
        fields = "".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True))
        yield f"{label:{first}}{fields}".rstrip()


def _defects(result: MatrixResult, settings: BenchSettings) -> Iterator[str]:
    groups = groups_of(result.defects)
    for group in groups[:SHOWN_GROUPS]:
        yield ""
        yield f"{group.verdict.text.upper()}  {group.title}"
        yield from (f"  {line}" for line in group.where)
        yield from violations_text(group.violations)
        if group.first_cell is not None:
            yield f"  again: {reproduce(settings, group.first_cell.cell)}"
    if len(groups) > SHOWN_GROUPS:
        yield ""
        yield f"... and {counted(len(groups) - SHOWN_GROUPS, 'more fault')}; --json or --html lists them all"
    if result.known_defects:
        yield ""
        yield "Known defects, which do not count"
        for defect in result.known_defects:
            yield f"  {defect.name}: {result.accepted[defect.name]}"


def violations_text(violations: tuple[Violation, ...]) -> Iterator[str]:
    """Yield one line for each violated invariant."""
    for violation in violations:
        yield f"  {violation.invariant}: {violation.detail}"


def summary(result: MatrixResult) -> str:
    """Return the totals in one line."""
    sums = ", ".join(f"{count} {verdict.text}" for verdict in Verdict if (count := result.count(verdict)))
    kinds = " and ".join(result.modes)
    part = f", part {result.shard}" if result.shard.count > 1 else ""
    early = f" INTERRUPTED by {result.interrupted_by}, of {result.planned:,} cells" if result.interrupted_by else ""
    doubt = " The UPSTREAM CHANGED meanwhile, so the verdicts mean nothing." if result.upstream_changed else ""
    known = f"{counted(len(result.known_defects), 'known defect')}, " if result.known_defects else ""
    return (
        f"{counted(len(result.cells), 'cell')}{early} and {counted(len(result.probes), 'probe')}{part} "
        f"in {result.seconds:.1f} s, {kinds} pulls{_pages(result)}: {sums}. "
        f"{known}{counted(len(result.defects), 'defect')}.{doubt}"
    )


def coloured(text: str, paint: Callable[[str, str], str]) -> str:
    """Return a report with its defects in red and a good end in green.

    Args:
        text: The report.
        paint: Takes a text and the name of a colour.
    """
    shown = BAD.sub(lambda found: paint(found[0], "red"), text)
    return TOTAL.sub(lambda found: paint(found[0], "green" if found[0].startswith("0 ") else "red"), shown)


def story_of(result: CellResult) -> str:
    """Return what happened in a cell as a sentence without a period."""
    times = "once" if result.fired == 1 else f"{result.fired} times"
    end = "failed" if result.error else "completed"
    requests = counted(result.requests, "request")
    return f"the fault fired {times} in {requests}; the pump {end} after {result.seconds:.2f} s"


def cell_text(result: CellResult | ProbeResult) -> str:
    """Return everything about one cell."""
    if isinstance(result, ProbeResult):
        lines = [f"{result.verdict.text}  probe {result.name}", *violations_text(result.violations)]
        return printable("\n".join(lines))
    lines = [
        f"{result.verdict.text}  {result.cell.id}",
        f"  {story_of(result)}",
    ]
    if result.error:
        lines.append(f"  execution log: {result.error}")
    lines += violations_text(result.violations)
    lines += [f"  connector: {line}" for line in result.log.splitlines()]
    return printable("\n".join(lines))


def _pages(result: MatrixResult) -> str:
    return f", {result.page_size} records a page" if result.page_size else ""
