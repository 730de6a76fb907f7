"""A problem found by lint."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

__all__ = ["Finding", "FindingSeverity"]


class FindingSeverity(StrEnum):
    """How severe a finding is; an error fails the run."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem in a cassette. It names the place but never contains the value.

    Attributes:
        rule: The name of the rule, for example `secret`.
    """

    path: Path
    rule: str
    message: str
    severity: FindingSeverity = FindingSeverity.ERROR

    def __str__(self) -> str:
        return f"{self.path}: {self.severity} [{self.rule}] {self.message}"
