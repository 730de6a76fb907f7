"""What the control API and requests have changed of a portal besides its records, kept in its file."""

import msgspec

from bench_core.journal import Journal
from bench_core.json_text import decode_json
from fake_hubspot.portal.assumptions import Assumptions
from fake_hubspot.portal.clock import Clock
from fake_hubspot.portal.index_lag import IndexLag
from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.limits import TIERS, RateLimits

__all__ = ["SavedState"]

KEY = "memory"


class _Values(msgspec.Struct, frozen=True):
    """Shape: `{"clock": [shift, frozen or null], "day": [day, used], "requests": 5, "tier": "free", ...}`.

    Files of earlier versions lack the fields that have defaults here.

    Units: `clock` and `lag_ms` milliseconds; `day` the account's day and the requests used in it.
    """

    clock: tuple[int, int | None]
    day: tuple[int, int]
    requests: int
    tier: str | None = None
    enforced: bool | None = None
    assumptions: dict[str, str] = {}
    lag_ms: int = 0


class SavedState:
    """Writes a portal's clock, limits, assumptions, index lag and request count to its file, and reads them."""

    def __init__(
        self,
        notes: KeyValueStore[str],
        *,
        clock: Clock,
        limits: RateLimits,
        journal: Journal,
        assumptions: Assumptions,
        index_lag: IndexLag,
    ) -> None:
        self._notes = notes
        self._clock = clock
        self._limits = limits
        self._journal = journal
        self._assumptions = assumptions
        self._index_lag = index_lag

    def save(self) -> None:
        """Write the current values."""
        values = _Values(
            clock=self._clock.state,
            day=self._limits.day,
            requests=self._journal.count,
            tier=self._limits.tier.name,
            enforced=self._limits.enforced,
            assumptions=self._assumptions.chosen,
            lag_ms=self._index_lag.lag_ms,
        )
        self._notes.put(KEY, msgspec.json.encode(values).decode())

    def load(self) -> None:
        """Restore the values in the file, if it has any."""
        note = self._notes.get(KEY)
        if note is None:
            return
        values = decode_json(note, type=_Values)
        self._clock.state, self._limits.day, self._journal.count = values.clock, values.day, values.requests
        if values.tier in TIERS:
            self._limits.tier = TIERS[values.tier]
        if values.enforced is not None:
            self._limits.enforced = values.enforced
        self._assumptions.restore(values.assumptions)
        self._index_lag.lag_ms = values.lag_ms
