"""Named copies of a portal, to come back to."""

from collections.abc import Callable
from typing import Any

import msgspec

from fake_hubspot.errors import UsageError
from fake_hubspot.portal.database import Database
from fake_hubspot.portal.portal_context import PortalContext

__all__ = ["Snapshots"]

MOST = 20


class _Snapshot(msgspec.Struct, frozen=True):
    db: Database
    random_state: Any
    clock_state: tuple[int, int | None]


class Snapshots:
    """Copies of a portal's records, clock and random source, in memory; the journal is not in them."""

    def __init__(self, context: PortalContext, *, on_restore: Callable[[], None]) -> None:
        self._context = context
        self._on_restore = on_restore
        self._kept: dict[str, _Snapshot] = {}

    @property
    def names(self) -> list[str]:
        """The snapshots there are, oldest first."""
        return list(self._kept)

    def take(self, name: str) -> None:
        """Keep the portal as it is now; one of the same name is replaced.

        Raises: UsageError when there are too many.
        """
        if name not in self._kept and len(self._kept) >= MOST:
            raise UsageError(f"there are {MOST} snapshots already; delete one first")
        self.drop(name)
        copy = Database()
        self._context.db.copy_to(copy)
        self._kept[name] = _Snapshot(copy, self._context.random.getstate(), self._context.clock.state)

    def restore(self, name: str) -> None:
        """Make the portal what it was.

        Raises: UsageError when there is no snapshot of that name.
        """
        snapshot = self._kept.get(name)
        if snapshot is None:
            raise UsageError(f"there is no snapshot {name!r}; there are: {', '.join(self._kept) or 'none'}")
        snapshot.db.copy_to(self._context.db)
        self._context.random.setstate(snapshot.random_state)
        self._context.clock.state = snapshot.clock_state
        self._on_restore()

    def drop(self, name: str) -> bool:
        """Forget a snapshot; whether there was one."""
        snapshot = self._kept.pop(name, None)
        if snapshot is not None:
            snapshot.db.close()
        return snapshot is not None

    def clear(self) -> None:
        """Forget every snapshot."""
        for name in self.names:
            self.drop(name)
