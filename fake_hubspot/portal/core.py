"""What every part of a portal stands on."""

from dataclasses import dataclass, field
from random import Random

from fake_hubspot.portal.assumptions import Assumptions
from fake_hubspot.portal.clock import Clock
from fake_hubspot.portal.database import Database

__all__ = ["Changes", "Core"]


@dataclass(slots=True)
class Changes:
    """Counts the portal's changes, so that kept answers know when they are old."""

    revision: int = 0

    def bump(self) -> None:
        """Something changed."""
        self.revision += 1


@dataclass(frozen=True, slots=True)
class Core:
    """The portal's id, database, time, randomness and choices."""

    portal_id: int
    db: Database
    clock: Clock
    random: Random
    assumptions: Assumptions = field(default_factory=Assumptions)
    changes: Changes = field(default_factory=Changes)
