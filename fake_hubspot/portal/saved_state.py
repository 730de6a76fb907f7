"""What a portal's file keeps besides its records: where the clock stands, and what has been counted."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from fake_hubspot.portal.portal import Portal

__all__ = ["load", "save"]

NOTE = "memory"


class _Memory(msgspec.Struct, frozen=True):
    """Shape: `{"clock": [shift, frozen or null], "day": [day, used], "requests": 5}`.

    Units: `clock` milliseconds, `day` the account's day and the requests used in it.
    """

    clock: tuple[int, int | None]
    day: tuple[int, int]
    requests: int


def save(portal: "Portal") -> None:
    """Write it down. Done when the portal is closed and when somebody sets its clock or its limits.

    A killed process loses what it has counted since, not the clock.
    """
    memory = _Memory(portal.clock.state, portal.limits.day, portal.journal.count)
    portal.notes.put(NOTE, msgspec.json.encode(memory).decode())


def load(portal: "Portal") -> None:
    """Go on from what the file tells; a new one tells nothing."""
    note = portal.notes.get(NOTE)
    if note is not None:
        memory = msgspec.json.decode(note, type=_Memory)
        portal.clock.state, portal.limits.day, portal.journal.count = memory.clock, memory.day, memory.requests
