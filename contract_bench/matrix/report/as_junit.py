"""The report for CI: a test case a cell, a failure a defect."""

from xml.etree import ElementTree

from contract_bench.matrix.bench import BenchSettings, CellResult
from contract_bench.matrix.judge import Verdict
from contract_bench.matrix.probes import ProbeResult
from contract_bench.matrix.report.as_text import cell_text
from contract_bench.matrix.report.command import reproduce
from contract_bench.matrix.run import MatrixResult

__all__ = ["to_junit"]


def to_junit(result: MatrixResult, settings: BenchSettings) -> str:
    """JUnit XML. A cell that the connector's walk never came to is a skipped test."""
    cases = result.results
    suite = ElementTree.Element(
        "testsuite",
        name="contract-bench matrix",
        tests=str(len(cases)),
        failures=str(len(result.defects)),
        errors="0",
        skipped=str(result.count(Verdict.UNREACHED)),
        time=f"{result.seconds:.3f}",
    )
    for case in cases:
        _add(suite, case, settings)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _add(suite: ElementTree.Element, case: CellResult | ProbeResult, settings: BenchSettings) -> None:
    group, name, again = "matrix.probes", case.name, ""
    if isinstance(case, CellResult):
        group, name = f"matrix.{case.cell.mode}.{case.cell.place}", f"{case.cell.times}/{case.cell.label}"
        again = f"\nagain: {reproduce(settings, case.cell)}"
    element = ElementTree.SubElement(suite, "testcase", classname=group, name=name, time=f"{case.seconds:.4f}")
    if case.verdict is Verdict.UNREACHED:
        ElementTree.SubElement(element, "skipped", message="the connector's walk did not come here")
    if case.verdict.is_defect:
        first = f"{case.violations[0].invariant}: {case.violations[0].detail}"
        failure = ElementTree.SubElement(element, "failure", message=_clean(first), type=case.verdict.value)
        failure.text = _clean(cell_text(case) + again)


def _clean(text: str) -> str:
    """XML knows no control characters."""
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "?" for letter in text)
