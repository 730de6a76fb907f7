"""Responses that are cached until the portal changes, bounded in bytes."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["PageCache"]

Value = TypeVar("Value")
BUDGET_BYTES = 24 * 1024 * 1024


class PageCache(Generic[Value]):
    """Responses by request, all for one revision of the portal; the oldest are evicted when the budget is spent."""

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self._budget = budget_bytes
        self._used = 0
        self._revision = -1
        self._values: dict[Hashable, tuple[Value, int]] = {}

    def get_or_make(self, key: Hashable, revision: int, make: Callable[[], tuple[Value, int]]) -> Value:
        """Return the cached value for `key` at `revision`, or make it; `make` also returns its size in bytes."""
        if revision != self._revision:
            self._values.clear()
            self._used, self._revision = 0, revision
        kept = self._values.get(key)
        if kept is None:
            kept = self._values[key] = make()
            self._used += kept[1]
            self._shrink()
        return kept[0]

    def _shrink(self) -> None:
        while self._used > self._budget and len(self._values) > 1:
            _, size = self._values.pop(next(iter(self._values)))
            self._used -= size
