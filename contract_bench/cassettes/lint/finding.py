"""What lint found."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

__all__ = ["Finding", "Severity"]


class Severity(StrEnum):
    """Whether a finding fails the run."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of a cassette. It names the place and never repeats the value.

    Attributes:
        rule: The rule's name, for instance ``secret``.
    """

    path: Path
    rule: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.path}: {self.severity} [{self.rule}] {self.message}"
