"""Collects mismatches while two answers are compared."""

import json
from typing import Any

from contract_bench.fidelity.mismatch import Kind, Mismatch, Mode, Severity, severity_of

__all__ = ["ABSENT", "Notes", "type_of"]

SHOWN = 160


class _Absent:
    """There is nothing, not even null."""


ABSENT = _Absent()


class Notes:
    """The mismatches of one comparison."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        self.found: list[Mismatch] = []

    def add(self, path: str, kind: Kind, recorded: Any, actual: Any, severity: Severity | None = None) -> None:
        """Note a mismatch; its severity is that of its kind unless it is given."""
        severity = severity or severity_of(kind, self.mode)
        self.found.append(Mismatch(path, kind, severity, _shown(recorded), _shown(actual)))


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def type_of(value: Any) -> str:
    """The JSON type of a value."""
    if value is None:
        return "null"
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return names[type(value)]
