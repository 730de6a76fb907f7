"""What every part of a portal uses."""

from random import Random

import msgspec

from fake_hubspot.portal.assumptions import Assumptions
from fake_hubspot.portal.change_feed import ChangeFeed
from fake_hubspot.portal.clock import Clock
from fake_hubspot.portal.database import Database

__all__ = ["Changes", "PortalContext"]


class Changes(msgspec.Struct):
    """Counts the portal's changes, so that cached responses can be recognized as stale."""

    revision: int = 0

    def bump(self) -> None:
        """Record a change."""
        self.revision += 1


class PortalContext(msgspec.Struct, frozen=True):
    """The portal's id, database, clock, random source, feed of changes and assumptions."""

    portal_id: int
    db: Database
    clock: Clock
    random: Random
    feed: ChangeFeed
    assumptions: Assumptions = msgspec.field(default_factory=Assumptions)
    changes: Changes = msgspec.field(default_factory=Changes)
