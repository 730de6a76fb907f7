"""The errors of the node, as one tree.

FakeSesamError
├── ConfigurationError   the configuration is wrong; carries every problem found, not only the first
├── MicroserviceError    a connector's process or container did not start, or exited
├── ReadError            the source could not be read to the end
├── TransformError       an entity could not be transformed
├── WriteError           an entity could not be written to the sink
├── CircuitBreakerError  the run wrote more than the sink's circuit breaker allows
├── PumpStoppedError     a user stopped the run
├── PumpRefusedError     the pump may not run now (already running, disabled, circuit breaker)
└── NotFoundError        no such pipe, system or dataset
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = [
    "CircuitBreakerError",
    "ConfigurationError",
    "FakeSesamError",
    "MicroserviceError",
    "NotFoundError",
    "Problem",
    "PumpRefusedError",
    "PumpStoppedError",
    "ReadError",
    "TransformError",
    "WriteError",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about a configuration.

    Attributes:
        level: A pipe or system with an `error` cannot run; `warning` and `info` are for the reader.
        message: What was expected, what was found and what to do.
        file: The path of the file, as the developer knows it.
        path: The place in the JSON, for example `source.page_size`; empty for the whole file.
        is_unsupported: An error only here: a real node has what this node lacks.
    """

    level: str
    message: str
    file: str = ""
    path: str = ""
    is_unsupported: bool = False

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, self.path) if part)
        return f"{self.level}: {place}: {self.message}" if place else f"{self.level}: {self.message}"


class FakeSesamError(Exception):
    """Base class of every error that the node raises on purpose."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ConfigurationError(FakeSesamError):
    """The configuration is wrong; `problems` lists everything that is."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class MicroserviceError(FakeSesamError):
    """A microservice did not start, or exited; `log_tail` has its last lines."""

    def __init__(self, message: str, *, system_id: str, log_tail: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.system_id = system_id
        self.log_tail = log_tail


class ReadError(FakeSesamError):
    """The source could not be read to the end.

    Attributes:
        error_code: 0 if no valid response began, 1 if reading its entities failed (pump-execution.rst).
        status: The HTTP status; None if there was no response.
        original_message: What the connector itself said, or the message.
    """

    def __init__(
        self, message: str, *, error_code: int = 0, status: int | None = None, original_message: str = ""
    ) -> None:
        super().__init__(message)
        self.error_code = error_code
        self.status = status
        self.original_message = original_message or message


class TransformError(FakeSesamError):
    """An entity could not be transformed; `entity` is its state when the transform failed."""

    def __init__(self, message: str, *, entity: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.entity = dict(entity) if entity is not None else None


class WriteError(FakeSesamError):
    """The sink refused an entity."""

    def __init__(self, message: str, *, entity: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.entity = dict(entity) if entity is not None else None


class CircuitBreakerError(FakeSesamError):
    """The run wrote more than the sink's circuit breaker allows."""


class PumpStoppedError(FakeSesamError):
    """A user stopped the run."""


class PumpRefusedError(FakeSesamError):
    """The pump may not run now."""


class NotFoundError(FakeSesamError):
    """There is no such pipe, system or dataset."""
