"""The report as JSON."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench_core.json_text import parse_json
from contract_bench.errors import BenchError
from contract_bench.matrix.bench import BenchSettings, CellResult
from contract_bench.matrix.cells import Cell
from contract_bench.matrix.judge import INVARIANTS, Verdict, Violation
from contract_bench.matrix.probes import ProbeResult
from contract_bench.matrix.reports.command import reproduce
from contract_bench.matrix.result import Baseline, MatrixResult, Shard
from contract_bench.roles.connector import ConnectorUnderTest

__all__ = ["ReportError", "baseline_of", "read_report", "to_json"]


class ReportError(BenchError):
    """A file is not a report of the matrix."""

    def __init__(self, path: Path, problem: Exception) -> None:
        self.path = path
        got = f"one without {problem}" if isinstance(problem, KeyError) else f"{type(problem).__name__}: {problem}"
        super().__init__(
            f"expected a report that `contract-bench matrix --json` of this version has written in {path}, got {got}"
        )


def to_json(result: MatrixResult, settings: BenchSettings) -> dict[str, Any]:
    """Return everything that is known about the run.

    Shape: `{connector, route, environment, pages, page_size, modes, shard, planned, interrupted_by, upstream_changed,
    seconds, sums: {verdict: count}, defects, known_defects: {name: reason}, invariants: {name: text}, probes: [{name,
    summary, remark, verdict, is_defect, violations, seconds}], cells: [{id, mode, place, times, fault, params, verdict,
    is_defect, violations: [{invariant, detail}], seconds, strikes, requests, error, log, reproduce}]}`.
    Units: `seconds` is the duration of the run, and of each pull.
    """
    return {
        "connector": settings.connector.text,
        "route": settings.connector.route,
        "environment": dict(settings.connector.environment),
        "pages": settings.pages,
        "page_size": result.page_size,
        "modes": list(result.modes),
        "shard": str(result.shard),
        "planned": result.planned,
        "interrupted_by": result.interrupted_by,
        "upstream_changed": result.upstream_changed,
        "seconds": result.seconds,
        "sums": {verdict.value: result.count(verdict) for verdict in Verdict},
        "defects": len(result.defects),
        "known_defects": dict(result.accepted),
        "invariants": {name: (rule.__doc__ or "").strip() for name, rule in INVARIANTS.items()},
        "probes": [
            {
                "name": probe.name,
                "summary": probe.summary,
                "remark": probe.remark,
                "verdict": probe.verdict.value,
                "is_defect": probe.verdict.is_defect,
                "violations": _violations(probe.violations),
                "seconds": probe.seconds,
            }
            for probe in result.probes
        ],
        "cells": [_cell(cell, settings) for cell in result.cells],
    }


def _cell(result: CellResult, settings: BenchSettings) -> dict[str, Any]:
    cell = result.cell
    return {
        "id": cell.id,
        "mode": cell.mode,
        "place": cell.place,
        "times": cell.times,
        "fault": cell.fault,
        "params": dict(cell.params),
        "verdict": result.verdict.value,
        "is_defect": result.verdict.is_defect,
        "violations": _violations(result.violations),
        "seconds": result.seconds,
        "strikes": result.fired,
        "requests": result.requests,
        "error": result.error,
        "log": result.log,
        "reproduce": reproduce(settings, cell),
    }


def read_report(path: Path) -> tuple[MatrixResult, BenchSettings]:
    """Read what `to_json` returned.

    Raises:
        ReportError: The file is not such a report.
    """
    try:
        document = parse_json(path.read_text(encoding="utf-8"))
        return _result(document), _settings(document)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReportError(path, error) from error


def baseline_of(result: MatrixResult) -> Baseline:
    """Return the defects of a report by name, each with the invariants that it breaks."""
    found = (*result.defects, *result.known_defects)
    return {each.name: frozenset(violation.invariant for violation in each.violations) for each in found}


def _settings(document: Mapping[str, Any]) -> BenchSettings:
    connector = ConnectorUnderTest(document["connector"], document["route"], dict(document["environment"]))
    return BenchSettings(connector, pages=document["pages"])


def _result(document: Mapping[str, Any]) -> MatrixResult:
    return MatrixResult(
        page_size=document["page_size"],
        modes=tuple(document["modes"]),
        probes=tuple(
            ProbeResult(
                each["name"],
                each["summary"],
                Verdict(each["verdict"]),
                _read_violations(each),
                each["seconds"],
                each["remark"],
            )
            for each in document["probes"]
        ),
        cells=tuple(
            CellResult(
                Cell(each["mode"], each["place"], each["times"], each["fault"], each["params"]),
                Verdict(each["verdict"]),
                _read_violations(each),
                each["seconds"],
                each["strikes"],
                each["requests"],
                each["error"],
                each["log"],
            )
            for each in document["cells"]
        ),
        seconds=document["seconds"],
        planned=document["planned"],
        interrupted_by=document["interrupted_by"],
        upstream_changed=document.get("upstream_changed", ""),
        shard=Shard.parse(document["shard"]),
        accepted=document["known_defects"],
    )


def _read_violations(document: Mapping[str, Any]) -> tuple[Violation, ...]:
    return tuple(Violation(each["invariant"], each["detail"]) for each in document["violations"])


def _violations(violations: tuple[Violation, ...]) -> list[dict[str, str]]:
    return [{"invariant": violation.invariant, "detail": violation.detail} for violation in violations]
