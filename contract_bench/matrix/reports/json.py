"""The report as JSON."""

from typing import Any

from contract_bench.matrix.bench import BenchSettings, CellResult
from contract_bench.matrix.judge import INVARIANTS, Verdict, Violation
from contract_bench.matrix.reports.command import reproduce
from contract_bench.matrix.run import MatrixResult

__all__ = ["to_json"]


def to_json(result: MatrixResult, settings: BenchSettings) -> dict[str, Any]:
    """Return everything that is known about the run.

    Shape: `{connector, pages, page_size, seconds, sums: {verdict: count}, defects, invariants: {name: text}, probes:
    [{name, summary, remark, verdict, is_defect, violations}], cells: [{id, mode, place, times, fault, params, verdict,
    is_defect, violations: [{invariant, detail}], seconds, strikes, requests, error, reproduce}]}`.
    Units: `seconds` is the duration of the run, and of each pull.
    """
    return {
        "connector": settings.connector.text,
        "pages": settings.pages,
        "page_size": result.reference.page_size,
        "seconds": round(result.seconds, 3),
        "sums": {verdict.value: result.count(verdict) for verdict in Verdict},
        "defects": len(result.defects),
        "invariants": {name: (rule.__doc__ or "").strip() for name, rule in INVARIANTS.items()},
        "probes": [
            {
                "name": probe.name,
                "summary": probe.summary,
                "remark": probe.remark,
                "verdict": probe.verdict.value,
                "is_defect": probe.verdict.is_defect,
                "violations": _violations(probe.violations),
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
        "seconds": round(result.seconds, 4),
        "strikes": result.fired,
        "requests": result.requests,
        "error": result.error,
        "reproduce": reproduce(settings, cell),
    }


def _violations(violations: tuple[Violation, ...]) -> list[dict[str, str]]:
    return [{"invariant": violation.invariant, "detail": violation.detail} for violation in violations]
