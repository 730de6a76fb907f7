"""The matrix with this repository's service, its reports, and its messages if it cannot measure."""

import json
import re
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from markupsafe import escape

from bench_core.text import printable
from contract_bench.cli import main
from contract_bench.commands import matrix as matrix_command
from contract_bench.commands.matrix_reports import _status
from contract_bench.matrix import (
    Bench,
    BenchSettings,
    ConnectorUnderTest,
    MatrixResult,
    Selection,
    Verdict,
    Violation,
    learn,
    run_matrix,
)
from contract_bench.matrix import run as run_module
from contract_bench.matrix.bench import CellResult, HealthyPullError, NeverAskedError, Reference
from contract_bench.matrix.cells import UnknownCellError, parse_cell
from contract_bench.matrix.fixture import make_fixture
from contract_bench.matrix.mutation_score import MutantResult
from contract_bench.matrix.probes import run_probe
from contract_bench.matrix.reports import (
    cell_text,
    matrix_text,
    read_report,
    to_html,
    to_json,
    to_junit,
    to_markdown,
)
from contract_bench.matrix.reports.command import reproduce
from contract_bench.matrix.result import Shard
from contract_bench.matrix.run import WorkerError, _play, run_cells
from contract_bench.roles.connector import DEFAULT_ENVIRONMENT, ConnectorStartError
from fake_hubspot import UsageError
from tests.support.cases import for_each

ROOT = Path(__file__).resolve().parents[4]
FAULTS = ("server-error", "close-in-body", "missing-results", "missing-paging")
PYTHON = shlex.quote(sys.executable)
BROKEN = f"{PYTHON} -m tests.broken_connectors"
ENVIRONMENT = {**DEFAULT_ENVIRONMENT, "HUBSPOT_RETRY_BUDGET_S": "0.1", "PYTHONPATH": str(ROOT)}
BROKEN_SETTINGS = BenchSettings(
    ConnectorUnderTest(f"{BROKEN}.closes_array_on_error", environment=ENVIRONMENT), patience_s=20
)


@pytest.fixture(scope="module")
def service_result() -> MatrixResult:
    """A part of the matrix for this repository's service."""
    settings = BenchSettings(ConnectorUnderTest(f"{PYTHON} -m service", environment=ENVIRONMENT), patience_s=30)
    faults = Selection(FAULTS, ("first", "last"), ("always",), with_examples=False)
    return run_matrix(settings, faults, modes=("full",), probes=(), workers=1)


@pytest.fixture(scope="module")
def broken_result() -> MatrixResult:
    """A part of the matrix for a connector with a defect."""
    faults = Selection(("server-error",), ("middle",))
    return run_matrix(BROKEN_SETTINGS, faults, modes=("full",), probes=("complete",), workers=1)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """A worker with a sound connector."""
    subject = ConnectorUnderTest(f"{BROKEN}._sound", environment=ENVIRONMENT)
    with Bench(BenchSettings(subject, patience_s=20)) as bench:
        yield bench


def test_service_has_no_silent_cell(service_result: MatrixResult) -> None:
    """A failed import never looks like a successful one."""
    assert [cell_text(result) for result in service_result.defects] == []
    assert {cell.verdict for cell in service_result.cells} <= {
        Verdict.RECOVERED,
        Verdict.FAILED_SAFELY,
        Verdict.UNDETECTABLE,
    }
    assert all(cell.fired for cell in service_result.cells)


def test_incremental_pull_has_several_pages_of_each_pass() -> None:
    """The account has enough changes; a walk that starts a new search for each page has the same places."""
    subject = ConnectorUnderTest(f"{PYTHON} -m service", environment=ENVIRONMENT)
    passes = ("search", "archived")
    faults = {"middle": "null-record", "last": "bad-request"}

    with Bench(BenchSettings(subject, patience_s=30)) as bench:
        reference = learn(bench, ("incremental",))
        cells = [parse_cell(f"incremental/{name}:{at}/once/{fault}") for name in passes for at, fault in faults.items()]
        results = [bench.play(cell, reference) for cell in cells]

    places = reference.modes["incremental"].places
    assert set(places) == {f"{name}:{place}" for name in passes for place in ("first", "middle", "last")}
    assert [(result.verdict, result.fired, result.requests) for result in results] == [
        (Verdict.FAILED_SAFELY, 1, requests) for requests in (2, 3, 5, 6)
    ]


def test_several_processes_give_the_same_results(bench: Bench) -> None:
    """The same as threads of one process."""
    reference = learn(bench, ("full",))
    faults = ("server-error", "missing-id", "missing-paging")
    cells = [parse_cell(f"full/list:{place}/once/{fault}") for place in ("first", "middle") for fault in faults]

    apart = run_cells(bench, reference, cells, workers=2, processes=2)

    assert [result.cell for result in apart] == cells
    alone = run_cells(bench, reference, cells, processes=1)
    assert [result.verdict for result in apart] == [result.verdict for result in alone]


def test_failure_of_a_process_is_reported(bench: Bench) -> None:
    """As text, because not every exception can be pickled."""
    reference = learn(bench, ("full",))
    cells = [parse_cell(f"full/list:{place}/once/stall") for place in ("first", "nowhere")]

    with pytest.raises(WorkerError) as caught:
        run_cells(bench, reference, cells, workers=2, processes=2)

    assert "UnknownCellError" in str(caught.value)


def test_memory_of_a_running_connector_is_not_measured(bench: Bench) -> None:
    """The report says so; it is not a defect, and the first byte is still checked."""
    running = BenchSettings(ConnectorUnderTest(bench.connector.url()), patience_s=20, hubspot_port=0)

    with Bench(running) as own:
        reference = Reference(make_fixture(5), 5, {})
        measured = run_probe("memory", own, reference)

    assert (measured.verdict, measured.violations) == (Verdict.UNREACHED, ())
    assert measured.remark.startswith("not measured")
    assert run_probe("streams", bench, learn(bench, ("full",))).verdict is Verdict.RECOVERED


def test_decompression_in_a_running_connector_is_not_measured(bench: Bench) -> None:
    reference = learn(bench, ("full",))

    with Bench(BenchSettings(ConnectorUnderTest(bench.connector.url()), patience_s=20)) as own:
        measured = run_probe("decompression", own, reference)

    assert (measured.verdict, measured.violations) == (Verdict.RECOVERED, ())
    assert measured.remark.startswith("not measured")


@pytest.mark.parametrize("name", ["decompression", "unreadable-errors"])
def test_a_probe_with_a_fault_accepts_a_sound_connector_and_leaves_no_fault(bench: Bench, name: str) -> None:
    """The probe did look: the fault fired."""
    reference = learn(bench, ("full",))

    result = run_probe(name, bench, reference)

    assert (result.verdict, result.violations) == (Verdict.RECOVERED, ())
    assert bench.portal.fired() == []
    with bench.node() as node:
        assert bench.pull(node, "full").ok


def test_a_connector_that_retries_nothing_is_not_blamed_for_unreadable_errors() -> None:
    """Retries are its choice. It has to be the same choice for each body."""
    environment = {**ENVIRONMENT, "HUBSPOT_RETRY_BUDGET_S": "0"}
    with Bench(BenchSettings(ConnectorUnderTest(f"{PYTHON} -m service", environment=environment))) as own:
        result = run_probe("unreadable-errors", own, learn(own, ("full",)))

    assert result.verdict is Verdict.RECOVERED
    assert "503 is not retried" in result.remark


def test_probes_of_modes_that_were_not_learned_are_not_reached(bench: Bench) -> None:
    """A matrix of one mode has nothing to compare with."""
    reference = Reference(make_fixture(5), 5, {})

    for name in ("complete", "stable", "incremental", "same-content"):
        assert run_probe(name, bench, reference).verdict is Verdict.UNREACHED, name


def test_text_shows_every_place_and_how_to_reproduce_a_defect(broken_result: MatrixResult) -> None:
    """A row per fault, a column per place, and a command per defect."""
    text = matrix_text(broken_result, BROKEN_SETTINGS)

    assert "full pull" in text
    assert "list:middle" in text
    assert "no-false-deletion" in text
    assert "contract-bench matrix --cell full/list:middle/retry/server-error --connector" in text


def test_json_has_every_cell(broken_result: MatrixResult) -> None:
    """With its verdict and the command that reproduces it."""
    report = json.loads(json.dumps(to_json(broken_result, BROKEN_SETTINGS)))

    assert [cell["verdict"] for cell in report["cells"]] == ["recovered", "silent", "silent", "silent"]
    assert report["defects"] == 3
    assert report["cells"][3]["reproduce"].startswith("contract-bench matrix --cell full/list:middle/always/")


def test_junit_has_a_failure_for_each_defect(broken_result: MatrixResult) -> None:
    """And a test case for each cell and probe, and for the whole."""
    report = ElementTree.fromstring(to_junit(broken_result, BROKEN_SETTINGS))  # noqa: S314 - written a line above

    assert (report.get("tests"), report.get("failures")) == ("6", "3")
    assert len(report.findall("testsuite/testcase/failure")) == 3


def test_html_needs_nothing_else(broken_result: MatrixResult) -> None:
    """No script and no address in it, every text escaped."""
    page = to_html(broken_result, BROKEN_SETTINGS)

    assert page.startswith("<!doctype html>")
    assert re.findall(r"https?:|<script|src=|@import|url\(", page) == []
    assert re.findall(r'href="(?!#)', page) == []


def test_html_shows_the_map_before_the_defects_and_links_them(broken_result: MatrixResult) -> None:
    page = to_html(broken_result, BROKEN_SETTINGS, made_at=datetime(2026, 11, 28, 12, 30, tzinfo=UTC))

    assert page.index("failed safely: the pump failed") < page.index('class="map"') < page.index("<h2>Defects</h2>")
    assert page.count(">SILENT</a>") == 3
    assert set(re.findall(r'href="#([^"]+)"', page)) == set(re.findall(r'<details id="([^"]+)"', page))
    assert "2026-11-28 12:30 UTC" in page


def test_html_does_not_say_that_there_are_no_defects_if_no_fault_was_played(broken_result: MatrixResult) -> None:
    unreached = replace(broken_result.cells[0], verdict=Verdict.UNREACHED)

    pages = [
        to_html(replace(broken_result, cells=cells, planned=len(cells)), BROKEN_SETTINGS)
        for cells in ((), (unreached,))
    ]

    assert all('<p class="verdict bad">No fault was played</p>' in page for page in pages)


def test_html_without_a_defect_says_so(broken_result: MatrixResult) -> None:
    good = replace(broken_result, cells=broken_result.cells[:1], planned=1)

    page = to_html(good, BROKEN_SETTINGS)

    assert '<p class="verdict good">No defects</p>' in page
    assert "<h2>Defects</h2>" not in page


@for_each("text", ["<script>alert(1)</script>", "\x00\x1b[31m\ufffe\ud800", "a\N{NO-BREAK SPACE}b"])
def test_every_report_can_be_read_whatever_the_connector_wrote(broken_result: MatrixResult, text: str) -> None:
    cells = [replace(each, log=text, error=text, violations=(Violation("x", text),)) for each in broken_result.cells]
    result = replace(broken_result, cells=tuple(cells))

    page = to_html(result, BROKEN_SETTINGS)
    junit = ElementTree.fromstring(to_junit(result, BROKEN_SETTINGS).encode())  # noqa: S314 - our own report

    shown = printable(text)
    assert escape(shown) in page
    assert "<script" not in page
    page.encode()
    assert shown in [each.get("message", "").removeprefix("x: ") for each in junit.iter("failure")]
    assert shown in matrix_text(result, BROKEN_SETTINGS)


def test_place_that_the_walk_does_not_have_is_refused(bench: Bench) -> None:
    """The message lists the places."""
    reference = learn(bench, ("full",))

    with pytest.raises(UnknownCellError) as caught:
        bench.play(parse_cell("full/archived:first/once/server-error"), reference)

    assert "full/list:first" in caught.value.known


def test_same_cell_has_the_same_result(bench: Bench) -> None:
    """Independent of the cells before it."""
    reference = learn(bench, ("full", "incremental"))
    cells = [parse_cell(f"incremental/search:first/once/{fault}") for fault in ("server-error", "missing-results")]

    first = [bench.play(cell, reference).verdict for cell in cells]
    second = [bench.play(cell, reference).verdict for cell in cells]

    assert first == second == [Verdict.RECOVERED, Verdict.FAILED_SAFELY]


@pytest.mark.proof
def test_the_same_matrix_twice_is_the_same_report() -> None:
    """With the delays of real retries: verdicts depend on no chance."""
    environment = {**DEFAULT_ENVIRONMENT, "PYTHONPATH": str(ROOT)}
    settings = BenchSettings(ConnectorUnderTest(f"{PYTHON} -m service", environment=environment), patience_s=30)
    faults = ("server-error", "rate-limit-secondly")

    reports = [
        {
            cell.name: cell.verdict
            for cell in run_matrix(settings, Selection(faults, ("middle",)), modes=("full",), probes=()).cells
        }
        for _ in range(2)
    ]

    assert reports[0] == reports[1]
    assert {Verdict.RECOVERED, Verdict.FAILED_SAFELY} <= set(reports[0].values())


def test_connector_that_fails_without_a_fault_cannot_be_measured() -> None:
    """The message contains the connector's last lines."""
    settings = BenchSettings(ConnectorUnderTest(f"{BROKEN}.no_id", environment=ENVIRONMENT), patience_s=20)

    with Bench(settings) as broken, pytest.raises(HealthyPullError) as caught:
        learn(broken, ("full",))

    assert "_id" in str(caught.value)


def test_connector_that_does_not_start_is_an_error() -> None:
    """The message contains the command and how it was understood."""
    settings = BenchSettings(ConnectorUnderTest("python -c pass"))

    with pytest.raises(ConnectorStartError) as caught, Bench(settings):
        pass

    assert "python -c pass (understood as a command)" in str(caught.value)


def test_command_line_plays_one_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit status is 1 for a defect."""
    monkeypatch.chdir(ROOT)
    command = f"{BROKEN}.closes_array_on_error"

    done = CliRunner().invoke(
        main, ["matrix", "--connector", command, "--cell", "full/list:first/always/server-error", "--patience", "20"]
    )

    assert done.exit_code == 1
    assert "silent  full/list:first/always/server-error" in done.output
    assert "no-false-deletion" in done.output


def test_a_cell_that_is_not_reached_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connector that reads over one connection never comes to the place of another one."""
    unreached = SimpleNamespace(verdict=Verdict.UNREACHED)
    bench = SimpleNamespace(play=lambda *_: unreached)
    monkeypatch.setattr(matrix_command, "Bench", lambda _settings: nullcontext(bench))
    monkeypatch.setattr(matrix_command, "learn_from", lambda *_: None)
    monkeypatch.setattr(matrix_command, "cell_text", lambda _result: "not reached")

    done = CliRunner().invoke(main, ["matrix", "--cell", "full/list:middle/once/server-error"])

    assert done.exit_code == 2
    assert "the fault did not fire, so nothing was proved" in done.stderr


def test_a_report_that_lacks_cells_does_not_pass(
    capsys: pytest.CaptureFixture[str], broken_result: MatrixResult
) -> None:
    """For instance one that was shortened by hand."""
    passed = tuple(each for each in broken_result.cells if not each.verdict.is_defect)
    assert passed
    result = replace(broken_result, probes=(), cells=passed, planned=len(passed) + 2)

    assert _status(result) == 2
    assert f"2 cells of {len(passed) + 2:,} were not played" in capsys.readouterr().err
    assert _status(replace(result, planned=len(passed))) == 0


def test_command_line_plays_the_selected_cells_and_writes_every_report(
    broken_result: MatrixResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exit status is 1, and the reports name the same defects."""
    asked: dict[str, Any] = {}

    def play(settings: BenchSettings, selection: Selection, **options: Any) -> MatrixResult:
        asked.update(settings=settings, selection=selection, **options)
        return broken_result

    monkeypatch.setattr(matrix_command, "run_matrix", play)
    files = {suffix: tmp_path / f"report.{suffix}" for suffix in ("json", "junit", "html")}
    arguments = ["matrix", "--faults", "server-error, stall", "--faults", "reset", "--times", "once", "--mode", "full"]
    arguments += [word for suffix, path in files.items() for word in (f"--{suffix}", str(path))]

    done = CliRunner().invoke(main, [*arguments, "--pages", "7", "--patience", "3", "--env", "A=b"])

    assert done.exit_code == 1
    assert asked["selection"] == Selection(("server-error", "stall", "reset"), (), ("once",))
    assert (asked["modes"], asked["settings"].pages, asked["settings"].patience_s) == (("full",), 7, 3)
    assert asked["settings"].connector.environment == {**DEFAULT_ENVIRONMENT, "A": "b"}
    assert "3 defects." in done.stdout
    assert json.loads(files["json"].read_text())["defects"] == 3
    assert ElementTree.parse(files["junit"]).getroot().get("failures") == "3"  # noqa: S314 - written above
    assert "3 defects" in files["html"].read_text(encoding="utf-8")


@pytest.mark.parametrize(("option", "begin"), [("--json", "{"), ("--junit", "<?xml"), ("--html", "<!doctype html>")])
def test_report_on_standard_output_is_the_only_text_there(
    broken_result: MatrixResult, option: str, begin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that another program can read it."""
    monkeypatch.setattr(matrix_command, "run_matrix", lambda *_, **__: broken_result)

    done = CliRunner().invoke(main, ["matrix", option, "-"])

    assert done.stdout.startswith(begin)
    assert "R       recovered: retried and complete" not in done.stdout


def test_without_a_defect_the_exit_status_is_0_and_both_modes_are_played(
    broken_result: MatrixResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []

    def play(*_arguments: object, **options: Any) -> MatrixResult:
        modes.append(options["modes"])
        return replace(broken_result, cells=broken_result.cells[:1], planned=1)

    monkeypatch.setattr(matrix_command, "run_matrix", play)

    done = CliRunner().invoke(main, ["matrix"])

    assert (done.exit_code, modes) == (0, [("full", "incremental")])
    assert "0 defects." in done.stdout


@pytest.mark.parametrize(
    ("is_terminal", "shown"),
    [
        (True, ["\r1 of 4 cells, about 0:18", "\r2 of 4 cells, about 0:12", "\r4 of 4 cells, about 0:00"]),
        (False, ["2 of 4 cells, about 0:12"]),
    ],
)
def test_progress_is_one_line_on_a_terminal_and_a_line_every_ten_seconds_elsewhere(
    is_terminal: bool, shown: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    moments = iter([0.0, 6.0, 12.0, 18.0])
    progress = matrix_command.Progress(clock=lambda: next(moments))

    for done in (1, 2, 4):
        progress(done, 4)

    assert re.sub(" left *\n?", "", capsys.readouterr().err) == "".join(shown)


@pytest.mark.parametrize(
    ("found", "status", "score"),
    [
        (("no-loss",), 0, "mutation score: 1 of 1, 100 %"),
        (("completes",), 1, "mutation score: 0 of 1, 0 %"),
        ((), 1, "mutation score: 0 of 1, 0 %"),
    ],
)
def test_hunt_fails_unless_each_mutant_is_killed_by_what_it_violates(
    found: tuple[str, ...], status: int, score: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mutants").mkdir()
    (tmp_path / "mutants" / "loses.py").write_text('"""Loses records.\n\nViolates: no-loss\n"""\n')
    (tmp_path / "mutants" / "_shared.py").touch()
    violations = tuple(Violation(name, "") for name in found)
    monkeypatch.setattr(matrix_command, "run_mutants", lambda all_, _: [MutantResult(m, "x", violations) for m in all_])
    monkeypatch.chdir(tmp_path)

    done = CliRunner().invoke(main, ["matrix", "--hunt", "mutants"])

    assert done.exit_code == status, done.output
    assert done.output.splitlines()[-1] == score
    assert f"{'SURVIVED' if status else 'killed':9} loses" in done.output


def test_hunt_in_a_folder_without_mutants_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that looked at nothing must not pass."""
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)

    done = CliRunner().invoke(main, ["matrix", "--hunt", "empty"])

    assert done.exit_code == 2
    assert "expected broken connectors (*.py) in empty, found none, so nothing was checked." in done.output


def test_text_lists_the_defects_of_twenty_faults_and_counts_the_others(broken_result: MatrixResult) -> None:
    defect = broken_result.defects[0]
    assert isinstance(defect, CellResult)
    cells = [replace(defect, cell=replace(defect.cell, fault=f"fault-{number}")) for number in range(23)]

    text = matrix_text(replace(broken_result, cells=tuple(cells)), BROKEN_SETTINGS)

    assert text.count("  again: ") == 20
    assert "... and 3 more faults; --json or --html lists them all" in text


def test_defects_of_one_fault_are_one_group_with_one_command(broken_result: MatrixResult) -> None:
    text = matrix_text(broken_result, BROKEN_SETTINGS)

    assert "SILENT  server-error: 3 cells\n  full/list:middle: retry, twice, always\n" in text
    assert text.count("  again: ") == 1


def test_a_report_that_is_read_again_gives_the_same_reports(broken_result: MatrixResult, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    broken_result = replace(broken_result, upstream_changed="2 records more", interrupted_by="SIGTERM")
    document = to_json(broken_result, BROKEN_SETTINGS)
    path.write_text(json.dumps(document))

    result, settings = read_report(path)

    assert to_json(result, settings) == document
    assert (result.upstream_changed, result.interrupted_by) == ("2 records more", "SIGTERM")
    assert matrix_text(result, settings) == matrix_text(broken_result, BROKEN_SETTINGS)
    assert [each.log for each in result.cells] == [each.log for each in broken_result.cells]


def test_durations_are_rounded_where_they_are_measured(broken_result: MatrixResult) -> None:
    """A report that rounded them again, from 0.5498 to 0.55 to 0.6, would differ from the one before."""
    measured = [broken_result.seconds, *(each.seconds for each in broken_result.results)]

    assert measured == [round(seconds, 3) for seconds in measured]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 1}'])
def test_what_is_no_report_is_refused_before_anything_is_played(text: str, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(text)

    done = CliRunner().invoke(main, ["matrix", "--baseline", str(tmp_path / "old.json")])

    assert done.exit_code == 2
    assert "expected a report that `contract-bench matrix --json`" in done.stderr


def test_shards_together_are_the_whole_and_a_missing_one_is_an_error(
    broken_result: MatrixResult, tmp_path: Path
) -> None:
    files = []
    for number in (1, 2):
        part = replace(
            broken_result,
            cells=broken_result.cells[number - 1 :: 2],
            probes=broken_result.probes if number == 1 else (),
            planned=2,
            shard=Shard(number, 2),
        )
        files.append(tmp_path / f"{number}.json")
        files[-1].write_text(json.dumps(to_json(part, BROKEN_SETTINGS)))
    merged = tmp_path / "merged.json"

    whole = CliRunner().invoke(main, ["merge", *map(str, reversed(files)), "--json", str(merged)])
    lone = CliRunner().invoke(main, ["merge", str(files[1])])
    twice = CliRunner().invoke(main, ["merge", str(files[1]), str(files[1])])

    assert whole.exit_code == 1
    assert json.loads(merged.read_text())["cells"] == to_json(broken_result, BROKEN_SETTINGS)["cells"]
    assert (lone.exit_code, twice.exit_code) == (2, 2)
    assert "expected the reports of all shards of one matrix, got the parts 2/2" in lone.stderr


@pytest.mark.parametrize("planned", [(2, 3), (5, 3), (5, 0)])
def test_shards_of_other_selections_are_no_matrix(
    broken_result: MatrixResult, planned: tuple[int, int], tmp_path: Path
) -> None:
    """A cell that each shard leaves to the other would be missing."""
    files = [tmp_path / "1.json", tmp_path / "2.json"]
    for number, path in enumerate(files, start=1):
        part = replace(broken_result, cells=(), probes=(), shard=Shard(number, 2), planned=planned[number - 1])
        path.write_text(json.dumps(to_json(part, BROKEN_SETTINGS)))

    merged = CliRunner().invoke(main, ["merge", *map(str, files)])

    assert merged.exit_code == 2
    assert f"got parts of {planned[0]}, {planned[1]} cells" in merged.stderr


def test_a_merge_keeps_that_the_upstream_changed_in_a_shard(broken_result: MatrixResult, tmp_path: Path) -> None:
    """The verdicts of such a run mean nothing, also if only a later shard noticed it and no defect is left."""
    files = []
    for number in (1, 2, 3):
        changed = f"{number} records more" if number > 1 else ""
        part = replace(broken_result, cells=(), probes=(), shard=Shard(number, 3), upstream_changed=changed)
        files.append(tmp_path / f"{number}.json")
        files[-1].write_text(json.dumps(to_json(part, BROKEN_SETTINGS)))

    whole = CliRunner().invoke(main, ["merge", *map(str, files)])

    assert whole.exit_code == 2
    assert "the upstream changed while the matrix ran: 2 records more; 3 records more" in whole.stderr


def test_defects_of_the_baseline_do_not_fail_unless_they_break_something_else(
    broken_result: MatrixResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "old.json"
    old.write_text(json.dumps(to_json(broken_result, BROKEN_SETTINGS)))
    cell = broken_result.cells[-1]
    worse = replace(cell, violations=(*cell.violations, Violation("no-secret", "the token is in the log")))
    results = [broken_result, replace(broken_result, cells=(*broken_result.cells[:-1], worse))]
    monkeypatch.setattr(matrix_command, "run_matrix", lambda *_, **__: results.pop(0))

    same = CliRunner().invoke(main, ["matrix", "--baseline", str(old)])
    other = CliRunner().invoke(main, ["matrix", "--baseline", str(old)])

    assert (same.exit_code, other.exit_code) == (0, 1), same.output
    assert "3 known defects, 0 defects." in same.stdout
    assert "full/list:middle/always/server-error: in the baseline" in same.stdout
    assert "2 known defects, 1 defect." in other.stdout


def test_known_defects_of_the_project_are_accepted_until_their_day(
    broken_result: MatrixResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix_command, "run_matrix", lambda *_, **__: broken_result)
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "contract-bench.toml"
    known = '[[known-defects]]\ncell = "full/*/server-error"\nreason = "ticket 17"\nuntil = '

    file.write_text(known + "2999-01-01")
    accepted = CliRunner().invoke(main, ["matrix", "--junit", "report.xml"])
    file.write_text(known + "2020-01-01")
    expired = CliRunner().invoke(main, ["matrix"])

    assert (accepted.exit_code, expired.exit_code) == (0, 1)
    assert "full/list:middle/always/server-error: ticket 17" in accepted.stdout
    junit = ElementTree.parse(tmp_path / "report.xml").getroot()  # noqa: S314 - our own report
    assert (junit.get("failures"), junit.get("skipped")) == ("0", "3")


def test_an_interrupted_run_reports_what_it_played_and_has_the_status_of_the_signal(
    broken_result: MatrixResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = replace(broken_result, cells=broken_result.cells[:1], planned=4, interrupted_by="SIGTERM")
    monkeypatch.setattr(matrix_command, "run_matrix", lambda *_, **__: early)
    files = {name: tmp_path / name for name in ("json", "html", "junit", "markdown")}

    arguments = [word for name, path in files.items() for word in (f"--{name}", str(path))]

    done = CliRunner().invoke(main, ["matrix", *arguments])

    assert done.exit_code == 143
    assert "1 cell INTERRUPTED by SIGTERM, of 4 cells" in done.stdout
    assert json.loads(files["json"].read_text())["interrupted_by"] == "SIGTERM"
    assert "Interrupted after 1 of 4 cells" in files["html"].read_text()
    assert "INTERRUPTED by SIGTERM" in files["markdown"].read_text()
    assert 'name="interrupted"' in files["junit"].read_text()


def test_a_signal_ends_a_run_whose_cells_are_under_way(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever phase it is in, what was played until then is kept, and the connectors are ended."""
    abandoned = []
    monkeypatch.setattr(Bench, "abandon", lambda self: abandoned.append(self))
    reference = learn(bench, ("full",))
    cells = [parse_cell(f"full/list:{place}/once/server-error") for place in ("first", "middle", "last")]
    played: dict[int, CellResult] = {}

    def interrupt(done: int, _cells: int) -> None:
        if done == 1:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        _play(bench, reference, cells, played, workers=1, processes=1, on_progress=interrupt)

    assert 0 in played


def test_the_markdown_report_shows_groups_and_the_map_and_escapes_what_others_wrote(
    broken_result: MatrixResult,
) -> None:
    violations = (Violation("x", "a|b `c` <script>"),)
    cells = tuple(replace(each, violations=violations) for each in broken_result.cells)

    text = to_markdown(replace(broken_result, cells=cells), BROKEN_SETTINGS)

    assert "### Fault matrix: 3 defects" in text
    assert "#### silent: server-error: 3 cells" in text
    assert "- `x`: a\\|b \\`c\\` \\<script\\>" in text
    assert "| `server-error` | R SILENT SILENT SILENT |" in text


def test_annotations_are_printed_on_github_one_for_each_fault(
    broken_result: MatrixResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix_command, "run_matrix", lambda *_, **__: broken_result)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    done = CliRunner().invoke(main, ["matrix"])
    without = CliRunner().invoke(main, ["matrix", "--no-annotations"])

    [line] = [line for line in done.stderr.splitlines() if line.startswith("::")]
    assert line.startswith("::error title=silent%3A server-error%3A 3 cells::full/list:middle: retry, twice, always%0A")
    assert "::error" not in without.stderr


def test_a_run_in_which_no_fault_fired_does_not_pass(
    broken_result: MatrixResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreached = replace(broken_result.cells[0], verdict=Verdict.UNREACHED)
    played = replace(broken_result, cells=(unreached,), planned=1)
    monkeypatch.setattr(matrix_command, "run_matrix", lambda *_, **__: played)

    done = CliRunner().invoke(main, ["matrix"])

    assert done.exit_code == 2
    assert "no fault fired in any of these cells, so nothing was proved" in done.stderr


def test_a_connector_that_never_asks_the_fake_cannot_be_measured(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.portal, "entries", list)

    with pytest.raises(NeverAskedError, match=r"the connector never asked the fake HubSpot at http://127\.0\.0\.1:\d+"):
        learn(bench, ("full",))


def test_the_log_of_a_cell_is_its_own() -> None:
    """The connector writes one line in each of them."""
    with Bench(BROKEN_SETTINGS) as own:
        reference = learn(own, ("full",))
        own.play(parse_cell("full/list:first/always/server-error"), reference)
        result = own.play(parse_cell("full/list:middle/always/server-error"), reference)

    assert result.log == "closing the array after an error"


def test_names_are_checked_before_anything_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "Bench", None)

    for option, name, said in (
        ("--times", "thrice", "there is no time 'thrice'; did you mean 'twice'?"),
        ("--faults", "sever-error", "there is no fault 'sever-error'; did you mean 'server-error'?"),
        ("--shard", "5/4", "expected the number of a part"),
        ("--shard", "x", "expected the number of a part"),
    ):
        done = CliRunner().invoke(main, ["matrix", option, name])
        assert done.exit_code == 2, option
        assert said in done.stderr


@for_each(
    ("cell", "said"),
    [
        ("ful/list:middle/once/server-error", "there is no mode 'ful'; did you mean 'full'?"),
        ("full/list:middle/onse/server-error", "there is no time 'onse'; did you mean 'once'?"),
        ("full/list:middle/once/sever-error", "there is no fault 'sever-error'; did you mean 'server-error'?"),
        ("full/list:middle/once", "it has four parts"),
        ("full/list:middle/once/status{x", "the parameters are not JSON: {x"),
    ],
)
def test_each_part_of_a_cells_name_has_its_own_message(cell: str, said: str) -> None:
    with pytest.raises((UnknownCellError, UsageError), match=re.escape(said)):
        parse_cell(cell)


def test_every_report_shows_a_probe_with_a_defect(broken_result: MatrixResult) -> None:
    """The remark too; a probe has no command that reproduces it."""
    violations = (Violation("streams", "first byte after the last page"),)
    probe = replace(broken_result.probes[0], verdict=Verdict.BROKEN, violations=violations, remark="a remark")
    result = replace(broken_result, cells=broken_result.cells[:1], planned=1, probes=(probe,))

    text = matrix_text(result, BROKEN_SETTINGS)
    report = to_json(result, BROKEN_SETTINGS)
    page = to_html(result, BROKEN_SETTINGS)
    junit = ElementTree.fromstring(to_junit(result, BROKEN_SETTINGS))  # noqa: S314 - our own report

    assert f"  probe {probe.name}\n  streams: first byte after the last page\n" in text
    assert "a remark" in text
    assert "again:" not in text
    assert (report["defects"], report["probes"][0]["violations"]) == (
        1,
        [{"invariant": "streams", "detail": "first byte after the last page"}],
    )
    assert "1 defect<" in page
    assert "first byte after the last page" in page
    assert [each.get("message") for each in junit.iter("failure")] == ["streams: first byte after the last page"]


def test_a_place_that_was_not_reached_is_a_skipped_test_in_junit(broken_result: MatrixResult) -> None:
    unreached = replace(broken_result.cells[0], verdict=Verdict.UNREACHED)

    report = ElementTree.fromstring(  # noqa: S314 - our own report
        to_junit(replace(broken_result, cells=(*broken_result.cells[:1], unreached), planned=2), BROKEN_SETTINGS)
    )

    assert (report.get("tests"), report.get("failures"), report.get("skipped")) == ("4", "0", "1")


def test_command_that_reproduces_a_cell_names_every_setting_that_differs() -> None:
    cell = parse_cell("full/list:first/once/stall")
    given = ConnectorUnderTest(
        "image:a/b:1", "get_deals", {**DEFAULT_ENVIRONMENT, "HUBSPOT_PAGE_SIZE": "9", "A": "b c"}
    )

    plain = reproduce(BenchSettings(ConnectorUnderTest()), cell)
    full = reproduce(BenchSettings(given, pages=7), cell)

    assert plain == "contract-bench matrix --cell full/list:first/once/stall"
    assert full == (
        f"{plain} --connector image:a/b:1 --route get_deals --pages 7 --env HUBSPOT_PAGE_SIZE=9 --env 'A=b c'"
    )
