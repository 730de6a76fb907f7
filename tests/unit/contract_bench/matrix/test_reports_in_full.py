"""A report is read as it was written, and the parts of a matrix give the whole."""

import datetime
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench_core.project import KnownDefect
from contract_bench.matrix.bench import BenchSettings, CellResult
from contract_bench.matrix.cells import Cell
from contract_bench.matrix.judge import INVARIANTS, Verdict, Violation
from contract_bench.matrix.probes import ProbeResult
from contract_bench.matrix.reports import read_report
from contract_bench.matrix.reports.groups import groups_of
from contract_bench.matrix.reports.json import ReportError, baseline_of, to_json
from contract_bench.matrix.result import IN_BASELINE, MatrixResult, MergeError, Shard, accept, merge_results
from contract_bench.roles.connector import ConnectorUnderTest
from tests.support.cases import Cases

SETTINGS = BenchSettings(ConnectorUnderTest("python -m mine", "/all", {"A": "b"}), pages=7)
LOST, TWICE = Violation("no-lost-update", "lost: 1"), Violation("no-duplicate", "2 entities, 1 ids")
TODAY = datetime.date(2026, 11, 29)


def cell(
    fault: str, verdict: Verdict = Verdict.RECOVERED, *, mode: str = "full", place: str = "list:first"
) -> CellResult:
    """A cell in which everything is told."""
    violations = (LOST, TWICE) if verdict.is_defect else ()
    return CellResult(Cell(mode, place, "once", fault, {"n": 3}), verdict, violations, 0.25, 1, 3, "an error", "a log")


CELLS = tuple(cell(f"fault-{at}", verdict) for at, verdict in enumerate(Verdict))
PROBES = (
    ProbeResult("streams", "It streams.", Verdict.SILENT, (LOST,), 0.5, "5 MB"),
    ProbeResult("starts", "It starts.", Verdict.RECOVERED, (), 0.25, ""),
)
WHOLE = MatrixResult(
    5, ("full", "changes"), PROBES, CELLS, 2.5, len(CELLS), "SIGINT", Shard(1, 1), {"streams": "we know"}, "2 more"
)


def test_a_report_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "matrix.json"
    path.write_text(json.dumps(to_json(WHOLE, SETTINGS)))

    assert read_report(path) == (WHOLE, SETTINGS)


def test_a_report_says_what_readers_look_for() -> None:
    """By the names that the documentation gives."""
    found = to_json(WHOLE, SETTINGS)

    assert list(found) == [
        "connector", "route", "environment", "pages", "page_size", "modes", "shard", "planned", "interrupted_by",
        "upstream_changed", "seconds", "sums", "defects", "known_defects", "invariants", "probes", "cells",
    ]  # fmt: skip
    assert (found["connector"], found["route"], found["environment"]) == ("python -m mine", "/all", {"A": "b"})
    assert found["sums"] == {
        "recovered": 2, "failed_safely": 1, "undetectable": 1, "not reached": 1, "silent": 2, "hung": 1, "broken": 1,
    }  # fmt: skip
    assert (found["defects"], found["known_defects"]) == (3, {"streams": "we know"})
    assert set(found["invariants"]) == set(INVARIANTS)
    assert found["invariants"]["bounded-time"] == "Every pull ends, successfully or not."
    assert found["probes"][0] == {
        "name": "streams", "summary": "It streams.", "remark": "5 MB", "verdict": "silent", "is_defect": True,
        "violations": [{"invariant": "no-lost-update", "detail": "lost: 1"}], "seconds": 0.5,
    }  # fmt: skip
    silent = next(one for one in found["cells"] if one["verdict"] == "silent")
    assert silent.pop("reproduce").startswith("contract-bench matrix --cell ")
    assert silent == {
        "id": silent["id"], "mode": "full", "place": "list:first", "times": "once", "fault": silent["fault"],
        "params": {"n": 3}, "verdict": "silent", "is_defect": True,
        "violations": [{"invariant": one.invariant, "detail": one.detail} for one in (LOST, TWICE)], "seconds": 0.25,
        "strikes": 1, "requests": 3, "error": "an error", "log": "a log",
    }  # fmt: skip


def test_what_is_no_report_is_refused(tmp_path: Path, cases: Cases) -> None:
    path = tmp_path / "matrix.json"
    whole = to_json(WHOLE, SETTINGS)
    for name, text in {
        "no JSON": "{", "no object": "[]", "no text": '"x"', "a missing member": json.dumps({"pages": 1}),
        "an unknown verdict": json.dumps(whole | {"probes": [whole["probes"][0] | {"verdict": "odd"}]}),
        "an odd part": json.dumps(whole | {"shard": "3/2"}), "odd cells": json.dumps(whole | {"cells": [5]}),
    }.items():  # fmt: skip
        with cases.case(name):
            path.write_text(text)
            with pytest.raises(ReportError, match=r"expected a report .* got ") as caught:
                read_report(path)
            assert caught.value.path == path
    with cases.case("no file"), pytest.raises(ReportError):
        read_report(tmp_path / "none.json")


def test_the_parts_of_a_matrix_give_the_whole() -> None:
    """In whatever order they are given; each part has every second cell, and the first one the probes."""
    first = replace(
        WHOLE, cells=CELLS[::2], planned=4, seconds=1.0004, shard=Shard(1, 2), interrupted_by="", upstream_changed="a"
    )
    second = replace(
        WHOLE, probes=(), cells=CELLS[1::2], planned=3, seconds=1.0004, shard=Shard(2, 2), accepted={"x": "y"},
        upstream_changed="b",
    )  # fmt: skip

    for parts in ([first, second], [second, first]):
        merged = merge_results(parts)
        assert merged.cells == CELLS
        assert merged.probes == PROBES
        assert (merged.seconds, merged.planned, merged.shard) == (2.001, 7, Shard())
        assert (merged.interrupted_by, merged.upstream_changed) == ("SIGINT", "a; b")
        assert merged.accepted == {"streams": "we know", "x": "y"}
    assert merge_results([WHOLE]).cells == CELLS
    assert merge_results([replace(first, upstream_changed=""), second]).upstream_changed == "b"
    for wrong, problem in (
        ([], "got none"),
        ([first], "the parts 1/2"),
        ([first, first], "the parts 1/2, 1/2"),
        ([first, replace(second, page_size=6)], "different matrices"),
        ([first, replace(second, modes=("full",))], "different matrices"),
        ([first, replace(second, planned=5)], "parts of 4, 5 cells"),
        ([first, replace(second, cells=CELLS[:1])], "the same cells in several parts"),
    ):
        with pytest.raises(MergeError, match=problem):
            merge_results(wrong)


def test_a_part_is_written_as_two_numbers(cases: Cases) -> None:
    for text, expected in {"1/1": Shard(1, 1), "2/4": Shard(2, 4), "4/4": Shard(4, 4)}.items():
        with cases.case(text):
            assert Shard.parse(text) == expected
            assert str(expected) == text
            assert expected.has_probes is (expected.number == 1)
    for text in ("0/4", "5/4", "1", "1/", "/4", "x/4", "1/x", "-1/4", "1/4/4", ""):
        with cases.case(text), pytest.raises(ValueError, match="such as 2/4"):
            Shard.parse(text)


def test_known_defects_are_told_apart_from_new_ones() -> None:
    """By the project's list until its day, or by the report of an earlier run if no other invariant is broken."""
    result = replace(WHOLE, accepted={})
    names = [one.name for one in result.defects]
    assert len(names) == 4
    assert [result.count(verdict) for verdict in Verdict] == [2, 1, 1, 1, 2, 1, 1]

    known = baseline_of(result)
    assert known == {one.name: frozenset(each.invariant for each in one.violations) for one in result.defects}
    everything = accept(result, today=TODAY, baseline=known)
    assert everything.defects == []
    assert set(everything.accepted.values()) == {IN_BASELINE}
    assert [one.name for one in everything.known_defects] == names
    assert baseline_of(everything) == known

    other = accept(result, today=TODAY, baseline={name: frozenset({"no-secret"}) for name in names})
    assert [one.name for one in other.defects] == names
    fewer = accept(result, today=TODAY, baseline={**known, "streams": frozenset({"no-lost-update", "no-secret"})})
    assert fewer.defects == []
    rule = KnownDefect(cell="str*", reason="we know", until=TODAY)
    later = KnownDefect(cell="*", reason="later", until=TODAY)
    assert accept(result, [rule, later], today=TODAY).accepted["streams"] == "we know"
    by_rule = accept(result, [rule], today=TODAY, baseline=known)
    assert by_rule.accepted["streams"] == "we know"
    assert by_rule.accepted[names[1]] == IN_BASELINE
    assert "streams" not in accept(result, [rule], today=TODAY + datetime.timedelta(days=1)).accepted


def test_the_worst_defects_of_a_fault_stand_for_it() -> None:
    """Most of a fault's cells have the same cause."""
    cells = [
        cell("stall", Verdict.BROKEN), cell("stall", Verdict.SILENT, place="list:last"),
        cell("stall", Verdict.HUNG, mode="changes"), cell("reset", Verdict.HUNG),
    ]  # fmt: skip

    groups = groups_of([PROBES[0], *cells])

    assert sorted((group.name, group.verdict) for group in groups) == [
        ("reset", Verdict.HUNG), ("stall", Verdict.SILENT), ("streams", Verdict.SILENT),
    ]  # fmt: skip
    stall = next(group for group in groups if group.name == "stall")
    assert stall.first_cell == cells[1]
    assert stall.title == "stall: 3 cells"
    assert len(stall.where) == 3
    assert [line for line in stall.where if "full/list:last" in line and "once" in line]
    same_name = groups_of([replace(PROBES[0], name="stall"), *cells])
    assert len(same_name) == 3
    assert next(group for group in groups if group.name == "streams").title == "probe streams"
    assert next(group for group in groups if group.name == "streams").first_cell is None


def test_nothing_was_played_if_no_fault_reached_the_connector() -> None:
    unreached = cell("stall", Verdict.UNREACHED)

    assert WHOLE.has_played
    assert not replace(WHOLE, cells=(unreached,)).has_played
    assert not replace(WHOLE, cells=()).has_played
    assert replace(WHOLE, cells=(unreached, cell("stall"))).has_played
    assert WHOLE.results == [*PROBES, *CELLS]
