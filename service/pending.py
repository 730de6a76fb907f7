"""A result that is on its way."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Generic, Protocol, TypeVar

__all__ = ["Pending", "Readiness", "Steps", "Wait"]

T = TypeVar("T")
U = TypeVar("U")


class _Readable(Protocol):
    def fileno(self) -> int:
        """Return the file descriptor."""


def _go_on() -> None:
    """Do nothing: the step that follows waits by itself."""


@dataclass(frozen=True, slots=True)
class Wait:
    """What a result waits for.

    Attributes:
        sock: The socket that has to be readable, None to wait for the time only.
        seconds: The longest wait for the socket, or the length of the pause.
        block: Waits, if nothing else is to be done meanwhile.
    """

    sock: _Readable | None
    seconds: float
    block: Callable[[], None] = _go_on


class Readiness(Enum):
    """How a wait for a socket ended."""

    NOT_CHECKED = auto()
    READABLE = auto()
    OVERDUE = auto()


Steps = Generator[Wait, Readiness, T]
"""The steps to a result. Each yields what it waits for, and is sent how that ended."""


class Pending(Generic[T]):
    """The result of a request that was sent but not yet read.

    It is not a `concurrent.futures.Future`: no thread works on it. Reading, and retrying if necessary, happens in
    `result()`, or in `resume()` if several results are on their way; see `PendingSet`.
    """

    def __init__(self, wait: Callable[[], T]) -> None:
        self._steps = _at_once(wait)
        self._is_started = False
        self._wait: Wait | None
        self._value: T

    @classmethod
    def of(cls, steps: Steps[T]) -> "Pending[T]":
        """Create a pending result that can be reached step by step."""
        pending: Pending[T] = cls.__new__(cls)
        pending._steps = steps
        pending._is_started = False
        return pending

    def result(self) -> T:
        """Wait for the result."""
        while (wait := self.poll()) is not None:
            wait.block()
            self.resume()
        return self._value

    def poll(self) -> Wait | None:
        """Return what the result waits for, None if it is there. The first call may do a part of the work."""
        if not self._is_started:
            self._is_started = True
            self._advance(lambda: next(self._steps))
        return self._wait

    def resume(self, readiness: Readiness = Readiness.NOT_CHECKED) -> None:
        """Go on after the wait that `poll` returned."""
        self._advance(lambda: self._steps.send(readiness))

    def steps(self) -> Steps[T]:
        """Return the steps to the result, as a part of other steps."""
        while (wait := self.poll()) is not None:
            self.resume((yield wait))
        return self._value

    def then(self, transform: Callable[[T], U]) -> "Pending[U]":
        """Derive a pending result. `transform` runs as its last step."""

        def steps() -> Steps[U]:
            return transform((yield from self.steps()))

        return Pending.of(steps())

    def _advance(self, step: Callable[[], Wait]) -> None:
        try:
            self._wait = step()
        except StopIteration as stop:
            self._wait, self._value = None, stop.value


def _at_once(wait: Callable[[], T]) -> Steps[T]:
    """Return steps that never wait."""
    return wait()
    yield
