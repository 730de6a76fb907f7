"""The lag of the search index: for a while after a write it still holds the previous values.

The index only decides which records match, their order and how many there are; the rows of a response show the records
as they are, and one that was archived in the meantime has no row.

Source: recording (grouparoo 2022-02: rows with newer values than the filter asks for, and more in `total` than rows);
for how long: docs ("a few moments"), reader (30 s and more). Without a lag, which is the default, nothing is kept.
"""

from fake_hubspot.portal.clock import Clock
from fake_hubspot.portal.store import Record

__all__ = ["IndexLag"]


class IndexLag:
    """What search still sees of recently written records.

    Units: `lag_ms` milliseconds.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.lag_ms = 0
        self._before: dict[tuple[str, int], list[tuple[int, Record]]] = {}

    def clear(self) -> None:
        """Let the index catch up with everything."""
        self._before.clear()

    def note(self, type_id: str, before: Record) -> None:
        """Keep `before`, the state of a record that is about to be written (archived if it did not exist)."""
        if self.lag_ms:
            self._before.setdefault((type_id, before.id), []).append((self._clock.now_ms(), before))

    def seen(self, type_id: str) -> dict[int, Record]:
        """Return what the index holds instead of the stored record, by id; it does not hold archived ones."""
        if not self._before:
            return {}
        self._catch_up()
        return {record_id: past[0][1] for (kind, record_id), past in self._before.items() if kind == type_id}

    def _catch_up(self) -> None:
        now = self._clock.now_ms()
        for key, past in list(self._before.items()):
            waiting = [(at, record) for at, record in past if now - at < self.lag_ms]
            if waiting:
                self._before[key] = waiting
            else:
                del self._before[key]
