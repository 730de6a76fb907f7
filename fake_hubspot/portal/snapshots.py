"""Named copies of a portal that can be restored."""

from collections.abc import Callable
from typing import Any

import msgspec

from bench_core.names import no_such
from fake_hubspot.errors import UsageError
from fake_hubspot.portal.database import Database
from fake_hubspot.portal.portal_context import PortalContext

__all__ = ["Snapshots"]

MAX_SNAPSHOTS = 20


class _Snapshot(msgspec.Struct, frozen=True):
    db: Database
    random_state: Any
    clock_state: tuple[int, int | None]


class Snapshots:
    """Copies of a portal's records, clock and random source, in memory; they do not contain the journal."""

    def __init__(self, context: PortalContext, *, on_restore: Callable[[], None]) -> None:
        self._context = context
        self._on_restore = on_restore
        self._kept: dict[str, _Snapshot] = {}

    @property
    def names(self) -> list[str]:
        """The names of the snapshots, oldest first."""
        return list(self._kept)

    def take(self, name: str) -> None:
        """Copy the portal's current state; a snapshot of the same name is replaced.

        Raises:
            UsageError: There are too many snapshots.
        """
        if name not in self._kept and len(self._kept) >= MAX_SNAPSHOTS:
            raise UsageError(f"there are {MAX_SNAPSHOTS} snapshots already; delete one first")
        self.drop(name)
        copy = Database()
        self._context.db.copy_to(copy)
        self._kept[name] = _Snapshot(copy, self._context.random.getstate(), self._context.clock.state)

    def restore(self, name: str) -> None:
        """Restore the state of a snapshot.

        Raises:
            UsageError: There is no snapshot of that name.
        """
        snapshot = self._kept.get(name)
        if snapshot is None:
            raise UsageError(no_such("snapshot", name, self._kept))
        snapshot.db.copy_to(self._context.db)
        self._context.random.setstate(snapshot.random_state)
        self._context.clock.state = snapshot.clock_state
        self._on_restore()

    def drop(self, name: str) -> bool:
        """Delete a snapshot, and return whether it existed."""
        snapshot = self._kept.pop(name, None)
        if snapshot is not None:
            snapshot.db.close()
        return snapshot is not None

    def clear(self) -> None:
        """Delete every snapshot."""
        for name in self.names:
            self.drop(name)
