"""A result that is on its way."""

from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["Pending"]

T = TypeVar("T")
U = TypeVar("U")


class Pending(Generic[T]):
    """The result of a request that was sent but not yet read.

    It is not a `concurrent.futures.Future`: no thread works on it. Reading, and retrying if necessary, happens in
    `result()`.
    """

    def __init__(self, wait: Callable[[], T]) -> None:
        self._wait = wait

    def result(self) -> T:
        """Wait for the result. Call this once."""
        return self._wait()

    def then(self, transform: Callable[[T], U]) -> "Pending[U]":
        """Derive a pending result. `transform` runs in its `result()`."""
        return Pending(lambda: transform(self._wait()))
