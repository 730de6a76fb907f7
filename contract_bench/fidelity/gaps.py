"""Differences that are known and accepted, each with a reason. They are reported but are not errors."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from contract_bench.cassettes.errors import CassetteError
from contract_bench.cassettes.model import Request
from contract_bench.fidelity.mismatch import Mismatch, MismatchSeverity

__all__ = ["Gap", "GapsError", "apply_gaps", "read_gaps"]


class GapsError(CassetteError):
    """The file with declared gaps cannot be read."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            f"expected declared gaps at {path}: {problem}. Each [[gap]] needs the strings request, path and reason."
        )
        self.path = path


@dataclass(frozen=True, slots=True)
class Gap:
    """A declared difference.

    Attributes:
        request: Regular expression for `METHOD /path`.
        path: Regular expression for the mismatch's path.
        kind: The kind of mismatch; empty matches every kind.
        reason: Why it is accepted.
    """

    request: str
    path: str
    reason: str
    kind: str = ""

    def covers(self, request: Request, mismatch: Mismatch) -> bool:
        """Whether this gap covers the mismatch."""
        return (
            re.search(self.request, f"{request.method} {request.path}") is not None
            and re.search(self.path, mismatch.path) is not None
            and self.kind in ("", mismatch.kind)
        )


def read_gaps(path: Path) -> tuple[Gap, ...]:
    """Read the gaps declared in a TOML file; a missing file declares none.

    Raises:
        GapsError: The file cannot be read, or a gap has no reason.
    """
    if not path.exists():
        return ()
    try:
        gaps = tuple(Gap(**one) for one in tomllib.loads(path.read_text(encoding="utf-8")).get("gap", []))
        for gap in gaps:
            re.compile(gap.request)
            re.compile(gap.path)
    except (OSError, TypeError, ValueError, re.error) as error:
        raise GapsError(path, str(error)) from error
    if any(not gap.reason.strip() for gap in gaps):
        raise GapsError(path, "a gap has no reason")
    return gaps


def apply_gaps(request: Request, mismatches: Iterable[Mismatch], gaps: Iterable[Gap]) -> list[Mismatch]:
    """Return the mismatches; declared ones get severity `INFO` and their reason."""
    known = tuple(gaps)
    found = []
    for mismatch in mismatches:
        gap = next((one for one in known if one.covers(request, mismatch)), None)
        found.append(mismatch if gap is None else replace(mismatch, severity=MismatchSeverity.INFO, reason=gap.reason))
    return found
