"""The report as Markdown and as annotations: every defect is there, or how many more there are."""

from dataclasses import replace

from contract_bench.matrix.bench import BenchSettings, CellResult
from contract_bench.matrix.cells import Cell
from contract_bench.matrix.judge import Verdict, Violation
from contract_bench.matrix.probes import ProbeResult
from contract_bench.matrix.reports.markdown import MOST_ANNOTATIONS, to_annotations, to_markdown
from contract_bench.matrix.result import MatrixResult
from contract_bench.roles.connector import ConnectorUnderTest

SETTINGS = BenchSettings(ConnectorUnderTest("python -m service"))
LAW = (Violation("no-lost-update", "lost: 100 %"),)
PROBE = ProbeResult("streams", "It streams.", Verdict.SILENT, LAW)


def broken(fault: str) -> CellResult:
    """A cell with a defect."""
    return CellResult(Cell("full", "list:first", "once", fault, {}), Verdict.SILENT, LAW, 0.1, 1, 3)


def test_a_probe_has_no_cell_that_could_be_played_again() -> None:
    result = MatrixResult(5, ("full",), (PROBE,), (broken("stall"),), 1.0, 1)

    text, annotations = to_markdown(result, SETTINGS), to_annotations(result, SETTINGS)

    assert text.count("Play it again") == 1
    assert text.count("no-lost-update") == 2
    assert [each.count("again: ") for each in sorted(annotations)] in ([0, 1], [1, 0])
    assert all("100 %25" in each for each in annotations)


def test_a_known_defect_is_shown_with_its_reason_and_does_not_count() -> None:
    played = replace(broken("stall"), verdict=Verdict.RECOVERED, violations=())
    result = MatrixResult(5, ("full",), (PROBE,), (played,), 1.0, 1)

    accepted = to_markdown(replace(result, accepted={"streams": "we know"}), SETTINGS)

    assert "### Fault matrix: no defects" in accepted
    assert "we know" in accepted
    assert to_annotations(replace(result, accepted={"streams": "we know"}), SETTINGS) == []
    assert "Known defects" not in to_markdown(result, SETTINGS)


def test_of_many_defects_the_last_annotation_counts_the_rest() -> None:
    """GitHub shows only so many of one step."""
    few = tuple(broken(f"fault-{number}") for number in range(MOST_ANNOTATIONS))
    many = tuple(broken(f"fault-{number}") for number in range(MOST_ANNOTATIONS + 5))

    shown = to_annotations(MatrixResult(5, ("full",), (), few, 1.0, 1), SETTINGS)
    cut = to_annotations(MatrixResult(5, ("full",), (), many, 1.0, 1), SETTINGS)

    assert len(shown) == len(cut) == MOST_ANNOTATIONS
    assert "more faults" not in shown[-1]
    assert "and 6 more faults with defects" in cut[-1]
