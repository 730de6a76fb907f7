"""What every part of a portal stands on."""

from random import Random

import msgspec

from fake_hubspot.portal.assumptions import Assumptions
from fake_hubspot.portal.clock import Clock
from fake_hubspot.portal.database import Database

__all__ = ["Changes", "PortalContext"]


class Changes(msgspec.Struct):
    """Counts the portal's changes, so that kept answers know when they are old."""

    revision: int = 0

    def bump(self) -> None:
        """Something changed."""
        self.revision += 1


class PortalContext(msgspec.Struct, frozen=True):
    """The portal's id, database, time, randomness and choices."""

    portal_id: int
    db: Database
    clock: Clock
    random: Random
    assumptions: Assumptions = msgspec.field(default_factory=Assumptions)
    changes: Changes = msgspec.field(default_factory=Changes)
