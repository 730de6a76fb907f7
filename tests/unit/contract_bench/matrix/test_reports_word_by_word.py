"""Every report of one matrix, word by word, so that no line of a report can change or go missing unnoticed.

`python -m tests.unit.contract_bench.matrix.test_reports_word_by_word` writes the expected reports again. Read the
difference before you commit it.
"""

import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

from contract_bench.matrix.bench import BenchSettings, CellResult
from contract_bench.matrix.cells import Cell
from contract_bench.matrix.judge import Verdict, Violation
from contract_bench.matrix.probes import ProbeResult
from contract_bench.matrix.reports import (
    cell_text,
    coloured,
    html,
    matrix_text,
    to_annotations,
    to_html,
    to_json,
    to_junit,
    to_markdown,
)
from contract_bench.matrix.reports.markdown import MOST_ANNOTATIONS
from contract_bench.matrix.reports.text import SHOWN_GROUPS
from contract_bench.matrix.result import MatrixResult, Shard
from contract_bench.proxy.upstreams import UpstreamKind, UpstreamSpec
from contract_bench.roles.connector import ConnectorUnderTest
from tests.support.cases import Cases

EXPECTED = Path(__file__).with_name("expected_reports")
LOST, TWICE = Violation("no-lost-update", "lost: 1"), Violation("no-duplicate", "2 entities, 1 ids")
WE_KNOW = "we know: X | \\ ` * _ [ ] < > # !"  # what means something in Markdown, and a letter
MINE = ConnectorUnderTest("python -m mine", "/all", {"SIZE": "5"})
SETTINGS = BenchSettings(MINE, pages=7, upstream=UpstreamSpec(UpstreamKind.COMMAND, "python api.py"))


def cell(name: str, verdict: Verdict, **more: Any) -> CellResult:
    """The result of the cell `{mode}/{place}/{times}/{fault}`; a defect breaks two invariants."""
    mode, place, times, fault = name.split("/")
    found = (LOST, TWICE) if verdict.is_defect else ()
    played = CellResult(Cell(mode, place, times, fault, more.pop("params", {})), verdict, found, 0.254, 1, 3)
    return dataclasses.replace(played, **more)


CELLS = (
    cell("full/list:first/once/stall", Verdict.RECOVERED),
    cell("full/list:first/always/stall", Verdict.FAILED_SAFELY, error="no end"),
    cell("full/list:last/once/stall", Verdict.UNREACHED, fired=0),
    cell("full/list:first/once/wrong-total", Verdict.UNDETECTABLE),
    cell("full/list:last/twice/wrong-total", Verdict.HUNG, params={"n": 3}, fired=2, error="broke | off", log="a\nb"),
    cell("full/list:last/once/wrong-total", Verdict.SILENT, trace=("GET /crm 200",)),
    cell("changes/search:first/once/close", Verdict.BROKEN),
    cell("changes/search:first/once/reset", Verdict.BROKEN, requests=1),
    cell("changes/search:first/twice/reset", Verdict.BROKEN, violations=(TWICE, Violation("no-secret", "*<b>`x``"))),
    cell("changes/search:first/always/reset", Verdict.BROKEN),
)
PROBES = (
    ProbeResult("streams", "It streams.", Verdict.HUNG, (LOST,), 0.5, "5 MB"),
    ProbeResult("starts", "It starts.", Verdict.RECOVERED, (), 0.25),
)
EVERYTHING = MatrixResult(
    5, ("full", "changes"), PROBES, CELLS, 61.26, 1200, "SIGINT", Shard(1, 2), {CELLS[9].name: WE_KNOW}, "2 more"
)  # fmt: skip
NOTHING_WRONG = MatrixResult(0, ("full",), (), CELLS[:1], 0.04, 1)
RESULTS = {
    "everything": (EVERYTHING, SETTINGS),
    "nothing_wrong": (NOTHING_WRONG, BenchSettings(ConnectorUnderTest())),
}


def reports() -> Iterator[tuple[str, str]]:
    """Every report with the name of the file that holds what is expected. Of the page, the values that it shows."""
    for name, (result, settings) in RESULTS.items():
        yield f"{name}.txt", "\n\n".join([matrix_text(result, settings), *map(cell_text, result.results)])
        yield f"{name}.md", "\n".join([to_markdown(result, settings), *to_annotations(result, settings)])
        yield f"{name}.xml", to_junit(result, settings)
        yield f"{name}.json", json.dumps(to_json(result, settings), indent=1, ensure_ascii=False)
        with mock.patch.object(html, "render_report") as page:
            to_html(result, settings, made_at=datetime(2026, 11, 29, tzinfo=UTC))
        yield f"{name}.html.json", json.dumps(page.call_args, indent=1, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    return dataclasses.asdict(value) if isinstance(value, Violation) else str(value)


def test_every_report_word_by_word(cases: Cases) -> None:
    names = set()
    for name, text in reports():
        names.add(name)
        with cases.case(name):
            assert f"{text}\n" == (EXPECTED / name).read_text(encoding="utf-8")
    assert names == {path.name for path in EXPECTED.iterdir()}


def test_a_report_lists_so_many_faults_and_counts_the_rest(cases: Cases) -> None:
    """At the limit all of them, one more and there is a line for the rest."""
    shown: Callable[[MatrixResult], str]
    for limit, shown, more in (
        (
            SHOWN_GROUPS,
            lambda one: matrix_text(one, SETTINGS),
            "\n\n... and 1 more fault; --json or --html lists them all\n",
        ),
        (
            MOST_ANNOTATIONS,
            lambda one: "\n".join(to_annotations(one, SETTINGS)),
            "::error title=more defects::and 2 more faults with defects",
        ),
    ):
        defects = tuple(cell(f"full/list:first/once/fault-{at}", Verdict.SILENT) for at in range(limit + 1))
        texts = [shown(dataclasses.replace(NOTHING_WRONG, cells=defects[:count])) for count in (limit, limit + 1)]
        with cases.case(limit):
            assert f"fault-{limit - 1}: 1 cell" in texts[0].replace("%3A", ":")
            assert f"fault-{limit}: 1 cell" not in texts[1].replace("%3A", ":")
            assert [more in text for text in texts] == [False, True]


def test_the_outcome_of_a_page_is_the_worst_that_can_be_said(cases: Cases) -> None:
    """Verdicts that mean nothing come before defects, these before an early end, and that before nothing played.

    The other reports say it too: a result that proves nothing must not look as if all went well.
    """
    no_defect = dataclasses.replace(EVERYTHING, cells=CELLS[:4], probes=(), upstream_changed="")
    fewer = dataclasses.replace(no_defect, interrupted_by="")
    unplayed = dataclasses.replace(fewer, cells=CELLS[2:3], planned=1, shard=Shard())
    for result, text in (
        (EVERYTHING, "The upstream changed, so the verdicts mean nothing"),
        (dataclasses.replace(EVERYTHING, upstream_changed=""), "6 defects"),
        (no_defect, "Interrupted after 4 of 1200 cells"),
        (fewer, "Only 4 of 1200 cells were played"),
        (unplayed, "No fault was played"),
        (NOTHING_WRONG, "No defects"),
    ):
        with cases.case(text):
            is_good = text == "No defects"
            assert html._outcome(result) == {"tone": "good" if is_good else "bad", "text": text}
            assert ("<failure" in to_junit(result, SETTINGS)) != is_good
            assert ("### Fault matrix: no defects" in to_markdown(result, SETTINGS)) == is_good
            assert (to_annotations(result, SETTINGS) == []) == is_good


def test_defects_are_red_and_a_good_end_is_green(cases: Cases) -> None:
    """Only whole words, and only the total at the end."""
    for text, expected in {
        "SILENT HUNG BROKEN SILENTLY": "<red SILENT> <red HUNG> <red BROKEN> SILENTLY",
        "1 known defect, 0 defects.": "1 known defect, <green 0 defects.>",
        "1 defect.": "<red 1 defect.>",
        "10 defects.": "<red 10 defects.>",
        "0 defects. And more": "0 defects. And more",
    }.items():
        with cases.case(text):
            assert coloured(text, lambda shown, colour: f"<{colour} {shown}>") == expected


if __name__ == "__main__":
    for file_name, report in reports():
        (EXPECTED / file_name).write_text(f"{report}\n", encoding="utf-8")
