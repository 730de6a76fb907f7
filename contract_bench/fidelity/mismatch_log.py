"""Collects mismatches while two responses are compared."""

import json
from typing import Any

from contract_bench.fidelity.mismatch import ComparisonMode, Mismatch, MismatchKind, MismatchSeverity, severity_of

__all__ = ["ABSENT", "MismatchLog", "type_of"]

SHOWN = 160


class _Absent:
    """The absence of a value, as opposed to null."""


ABSENT = _Absent()


class MismatchLog:
    """The mismatches of one comparison."""

    def __init__(self, mode: ComparisonMode) -> None:
        self.mode = mode
        self.found: list[Mismatch] = []

    def add(
        self, path: str, kind: MismatchKind, recorded: Any, actual: Any, severity: MismatchSeverity | None = None
    ) -> None:
        """Add a mismatch; the default severity is that of its kind."""
        severity = severity or severity_of(kind, self.mode)
        self.found.append(Mismatch(path, kind, severity, _shown(recorded), _shown(actual)))


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def type_of(value: Any) -> str:
    """Return the name of the JSON type of a value."""
    if value is None:
        return "null"
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return names[type(value)]
