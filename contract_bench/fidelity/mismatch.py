"""A difference between a recorded response and the actual one."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["ComparisonMode", "Mismatch", "MismatchKind", "MismatchSeverity", "severity_of"]


class MismatchSeverity(StrEnum):
    """How much a mismatch matters to a client of the API."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Higher is worse."""
        return {"info": 0, "warning": 1, "error": 2}[self.value]


class ComparisonMode(StrEnum):
    """What is compared: a server with a recording, or two recordings."""

    VERIFY = "verify"
    DRIFT = "drift"


class MismatchKind(StrEnum):
    """The kind of difference."""

    STATUS = "status"
    TYPE = "type"
    NULL = "null"
    MISSING_KEY = "missing-key"
    CURSOR = "cursor"
    MISSING_ITEM = "missing-item"
    ORDER = "order"
    REFERENCE = "reference"
    HEADER = "header"
    KEY_ORDER = "key-order"
    EXTRA_KEY = "extra-key"
    EXTRA_ITEM = "extra-item"
    VALUE = "value"
    NEW_FIELD = "new-field"


# Severity in verify mode and in drift mode. Between two recordings the data of a portal may change, its structure not.
_SEVERITIES: dict[MismatchKind, tuple[MismatchSeverity, MismatchSeverity]] = {
    MismatchKind.STATUS: (MismatchSeverity.ERROR, MismatchSeverity.ERROR),
    MismatchKind.TYPE: (MismatchSeverity.ERROR, MismatchSeverity.ERROR),
    MismatchKind.NULL: (MismatchSeverity.ERROR, MismatchSeverity.INFO),
    MismatchKind.MISSING_KEY: (MismatchSeverity.ERROR, MismatchSeverity.WARNING),
    MismatchKind.CURSOR: (MismatchSeverity.ERROR, MismatchSeverity.ERROR),
    MismatchKind.MISSING_ITEM: (MismatchSeverity.ERROR, MismatchSeverity.INFO),
    MismatchKind.ORDER: (MismatchSeverity.ERROR, MismatchSeverity.WARNING),
    MismatchKind.REFERENCE: (MismatchSeverity.WARNING, MismatchSeverity.WARNING),
    MismatchKind.HEADER: (MismatchSeverity.WARNING, MismatchSeverity.WARNING),
    MismatchKind.KEY_ORDER: (MismatchSeverity.WARNING, MismatchSeverity.WARNING),
    MismatchKind.EXTRA_KEY: (MismatchSeverity.WARNING, MismatchSeverity.INFO),
    MismatchKind.EXTRA_ITEM: (MismatchSeverity.WARNING, MismatchSeverity.INFO),
    MismatchKind.VALUE: (MismatchSeverity.WARNING, MismatchSeverity.INFO),
    MismatchKind.NEW_FIELD: (MismatchSeverity.INFO, MismatchSeverity.INFO),
}


def severity_of(kind: MismatchKind, mode: ComparisonMode) -> MismatchSeverity:
    """Return the default severity of a kind of mismatch."""
    return _SEVERITIES[kind][mode is ComparisonMode.DRIFT]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A difference and its location.

    Attributes:
        path: `status`, `headers.<name>` or a JSON path into the body.
        recorded: The recorded value, shortened.
        actual: The actual value, shortened.
        reason: Why the difference is accepted; empty if it is not declared.
    """

    path: str
    kind: MismatchKind
    severity: MismatchSeverity
    recorded: str
    actual: str
    reason: str = ""

    def __str__(self) -> str:
        known = f" (declared: {self.reason})" if self.reason else ""
        return f"{self.severity} {self.kind} at {self.path}: recorded {self.recorded}, got {self.actual}{known}"
