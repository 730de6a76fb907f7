"""The report for CI: one test case for the whole, and for each cell and probe; one failure for each defect."""

from bench_core.junit import Case, Failure, Suite
from bench_core.junit import to_junit as write_junit
from contract_bench.matrix.bench import BenchSettings, CellResult
from contract_bench.matrix.judge import Verdict
from contract_bench.matrix.probes import ProbeResult
from contract_bench.matrix.reports.command import reproduce
from contract_bench.matrix.reports.text import cell_text
from contract_bench.matrix.result import MatrixResult

__all__ = ["to_junit"]


def to_junit(result: MatrixResult, settings: BenchSettings) -> str:
    """Return JUnit XML. A cell that the connector's walk never reached is a skipped test.

    The first test is about the matrix as a whole: a result that proves nothing must not look as if all went well.
    """
    whole = Failure(result.unproved, kind="unproved") if result.unproved else None
    cases = [Case("matrix", "whole", failure=whole)]
    cases += [_case(each, settings, result.accepted.get(each.name)) for each in result.results]
    properties = {"connector": settings.connector.text, "pages": str(settings.pages)}
    if result.interrupted_by:
        properties["interrupted"] = f"by {result.interrupted_by}, {len(result.cells)} of {result.planned} cells played"
    if result.upstream_changed:
        properties["upstream changed"] = result.upstream_changed
    return write_junit(
        "contract-bench matrix", [Suite("fault matrix", cases, seconds=result.seconds, properties=properties)]
    )


def _case(result: CellResult | ProbeResult, settings: BenchSettings, accepted: str | None) -> Case:
    group, name, again = "matrix.probes", result.name, ""
    if isinstance(result, CellResult):
        group, name = f"matrix.{result.cell.mode}.{result.cell.place}", f"{result.cell.times}/{result.cell.label}"
        again = f"\nagain: {reproduce(settings, result.cell)}"
    failure = skipped = None
    if accepted is not None:
        skipped = f"known defect: {accepted}"
    elif result.verdict.is_defect:
        first = f"{result.violations[0].invariant}: {result.violations[0].detail}"
        failure = Failure(first, cell_text(result) + again, kind=result.verdict.value)
    elif result.verdict is Verdict.UNREACHED:
        skipped = "the connector's walk did not reach this place"
    return Case(group, name, seconds=result.seconds, failure=failure, skipped=skipped)
