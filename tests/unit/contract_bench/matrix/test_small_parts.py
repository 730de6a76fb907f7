"""Small parts of the matrix at their limits: merged reports, commands, places of ranges, and what is recorded."""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contract_bench.cli import main
from contract_bench.commands import matrix_reports
from contract_bench.matrix.bench import BenchSettings, CellResult
from contract_bench.matrix.cells import Cell, UnknownCellError, places_of
from contract_bench.matrix.judge import Verdict
from contract_bench.matrix.memory import MemoryMeter
from contract_bench.matrix.portal import LIST, Step
from contract_bench.matrix.probes import ProbeResult
from contract_bench.matrix.relay import KEPT_BYTES, Tapped
from contract_bench.matrix.reports.command import reproduce
from contract_bench.matrix.reports.json import to_json
from contract_bench.matrix.reports.text import matrix_text
from contract_bench.matrix.result import MatrixResult, MergeError, Shard, merge_results
from contract_bench.proxy.upstreams import UpstreamKind, UpstreamSpec
from contract_bench.roles.connector import ConnectorUnderTest
from tests.support.cases import Cases

SETTINGS = BenchSettings(ConnectorUnderTest("python -m service"))
CELLS = tuple(
    CellResult(Cell("full", "list:first", "once", fault, {}), Verdict.RECOVERED, (), 0.1, 1, 3)
    for fault in ("stall", "server-error")
)
WHOLE = MatrixResult(5, ("full",), (), CELLS, 1.0, 2)


def part(number: int, **changes: Any) -> MatrixResult:
    """Return one of two shards, with one of the cells."""
    return replace(WHOLE, **{"cells": CELLS[number - 1 : number], "planned": 1, "shard": Shard(number, 2), **changes})


def test_only_the_shards_of_one_matrix_are_merged(cases: Cases) -> None:
    """None, another page size, other modes and the same cell twice are refused with what was found."""
    assert merge_results([part(2), part(1)]).cells == CELLS
    refused: Mapping[str, list[MatrixResult]] = {
        "got none": [],
        "got reports of different matrices": [part(1), part(2, page_size=6)],
        "reports of different matrices": [part(1), part(2, modes=("full", "incremental"))],
        "got the parts 1/2, 1/2": [part(1), part(1)],
        "got the same cells in several parts": [part(1), part(2, cells=CELLS[:1])],
    }
    for text, parts in refused.items():
        with cases.case(text), pytest.raises(MergeError, match=text):
            merge_results(parts)


def test_reports_about_different_connectors_are_not_merged(tmp_path: Path) -> None:
    """Although their cells would fit together."""
    other = replace(SETTINGS, connector=ConnectorUnderTest("python -m other"))
    files = [tmp_path / "1.json", tmp_path / "2.json"]
    for number, settings in enumerate((SETTINGS, other), 1):
        files[number - 1].write_text(json.dumps(to_json(part(number), settings)))

    done = CliRunner().invoke(main, ["merge", *map(str, files)])

    assert done.exit_code == 2
    assert "got reports with different connectors, routes, variables or pages" in done.stderr


def test_a_report_of_something_else_is_not_merged(tmp_path: Path) -> None:
    """What it lacks is named."""
    (tmp_path / "other.json").write_text("{}")

    done = CliRunner().invoke(main, ["merge", str(tmp_path / "other.json")])

    assert done.exit_code == 2
    assert f"{tmp_path}/other.json, got one without 'page_size'" in done.stderr


def test_a_cell_is_played_again_in_front_of_the_same_upstream() -> None:
    """The command names what the run was given, and nothing else."""
    cell = CELLS[0].cell
    behind = replace(SETTINGS, upstream=UpstreamSpec(UpstreamKind.COMMAND, "python 'my api.py'"), pages=7)

    assert "--upstream" not in reproduce(SETTINGS, cell)
    assert reproduce(behind, cell).endswith("--pages 7 --upstream 'python '\"'\"'my api.py'\"'\"''")


def test_the_report_has_a_part_about_probes_only_if_there_were_some() -> None:
    """A shard other than the first has none."""
    probe = ProbeResult("streams", "It streams.", Verdict.RECOVERED, ())

    assert "Without a fault" not in matrix_text(WHOLE, SETTINGS)
    assert "Without a fault" in matrix_text(replace(WHOLE, probes=(probe,)), SETTINGS)


def test_verdicts_about_an_upstream_that_changed_count_for_nothing(tmp_path: Path) -> None:
    """The status is that of a matrix that has proved nothing, also without a defect."""
    change = "2 records before, 3 after"
    files = [tmp_path / "1.json", tmp_path / "2.json"]
    written = {name: tmp_path / f"merged.{name}" for name in ("json", "html", "junit", "markdown")}
    options = [word for name, path in written.items() for word in (f"--{name}", str(path))]
    done = []
    for texts in (("", ""), ("", change)):
        for number, text in enumerate(texts, 1):
            one = part(number, upstream_changed=text)
            files[number - 1].write_text(json.dumps(to_json(one, SETTINGS)))
        done.append(CliRunner().invoke(main, ["merge", *map(str, files), *options]))

    assert [one.exit_code for one in done] == [0, 2]
    assert change in done[1].stderr
    assert ["UPSTREAM CHANGED" in one.stdout for one in done] == [False, True]
    assert json.loads(written["json"].read_text())["upstream_changed"] == change
    assert "The upstream changed, so the verdicts mean nothing" in written["html"].read_text()
    assert "UPSTREAM CHANGED" in written["markdown"].read_text()
    assert f'name="upstream changed" value="{change}"' in written["junit"].read_text()


def test_the_map_has_colours_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not where NO_COLOR asks for none."""
    text = matrix_text(WHOLE, SETTINGS)

    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = matrix_reports._shown(text)
    monkeypatch.setenv("NO_COLOR", "1")

    assert "\x1b[" in coloured
    assert matrix_reports._shown(text) == text


def test_an_unknown_cell_names_the_places_if_there_are_any() -> None:
    """Before the connector was measured, none is known."""
    text = str(UnknownCellError("x", ["list:last", "list:first"]))

    assert text.endswith("; places of this connector's walk: list:first, list:last")
    assert str(UnknownCellError("x", [], "no mode")).endswith("got 'x': no mode")
    assert str(UnknownCellError("x", ["a"])).endswith("got 'x'; places of this connector's walk: a")


def test_a_list_that_is_read_in_ranges_may_have_a_single_page() -> None:
    """Then it has a first page and ranges, but no last page."""
    several = places_of([Step(LIST, page, is_chosen=page > 1) for page in (1, 2)], after_end=None)
    single = places_of([Step(LIST, 1, is_chosen=True)], after_end=None)

    assert list(several) == ["list:first", "list:last", "list:range"]
    assert several["list:last"].where["lastPage"] is True
    assert list(single) == ["list:first", "list:range"]


def test_a_request_is_selected_by_its_page_or_by_its_order() -> None:
    """One that has no page is selected by its route alone."""
    assert Step("owners.list", None, before=4).selector() == {"route": "owners.list"}
    assert Step("owners.list", 2, before=4).selector() == {"route": "owners.list", "page": 2}
    assert Step("owners.list", None, before=4).selector(by_order=True) == {"route": "owners.list", "afterRequest": 4}


def test_a_long_response_is_recorded_up_to_a_limit() -> None:
    """Its first byte is told once."""
    told: list[int] = []
    tapped = Tapped(lambda: told.append(len(tapped.response)))

    for _ in range(3):
        tapped.keep_response(b"x" * KEPT_BYTES)

    assert (len(tapped.response), told) == (KEPT_BYTES, [0])


def test_a_process_of_which_the_system_tells_nothing_has_no_peak(tmp_path: Path) -> None:
    """As on a system without /proc."""
    with MemoryMeter(1, proc=tmp_path) as meter:
        pass

    assert meter.peak is None
