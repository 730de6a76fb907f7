"""A difference between what was recorded and what came."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Kind", "Mismatch", "Mode", "Severity", "severity_of"]


class Severity(StrEnum):
    """How bad a mismatch is for a reader of the API."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Higher is worse."""
        return {"info": 0, "warning": 1, "error": 2}[self.value]


class Mode(StrEnum):
    """What is compared: the fake with a recording, or a recording with a later one."""

    VERIFY = "verify"
    DRIFT = "drift"


class Kind(StrEnum):
    """What differs."""

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


# Severity against the fake, and between two recordings: there a portal's data may have changed, its form may not.
_SEVERITIES: dict[Kind, tuple[Severity, Severity]] = {
    Kind.STATUS: (Severity.ERROR, Severity.ERROR),
    Kind.TYPE: (Severity.ERROR, Severity.ERROR),
    Kind.NULL: (Severity.ERROR, Severity.INFO),
    Kind.MISSING_KEY: (Severity.ERROR, Severity.WARNING),
    Kind.CURSOR: (Severity.ERROR, Severity.ERROR),
    Kind.MISSING_ITEM: (Severity.ERROR, Severity.INFO),
    Kind.ORDER: (Severity.ERROR, Severity.WARNING),
    Kind.REFERENCE: (Severity.WARNING, Severity.WARNING),
    Kind.HEADER: (Severity.WARNING, Severity.WARNING),
    Kind.KEY_ORDER: (Severity.WARNING, Severity.WARNING),
    Kind.EXTRA_KEY: (Severity.WARNING, Severity.INFO),
    Kind.EXTRA_ITEM: (Severity.WARNING, Severity.INFO),
    Kind.VALUE: (Severity.WARNING, Severity.INFO),
    Kind.NEW_FIELD: (Severity.INFO, Severity.INFO),
}


def severity_of(kind: Kind, mode: Mode) -> Severity:
    """The severity of a kind of mismatch in a kind of comparison."""
    return _SEVERITIES[kind][mode is Mode.DRIFT]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A difference, and where it is.

    Attributes:
        path: ``status``, ``headers.<name>``, or a JSON path into the body.
        recorded: What the recording has, shortened.
        actual: What came, shortened.
        reason: Why it is known and accepted; such a mismatch is not an error.
    """

    path: str
    kind: Kind
    severity: Severity
    recorded: str
    actual: str
    reason: str = ""

    def __str__(self) -> str:
        known = f" (declared: {self.reason})" if self.reason else ""
        return f"{self.severity} {self.kind} at {self.path}: recorded {self.recorded}, got {self.actual}{known}"
