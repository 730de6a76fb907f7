"""The totals of a run, and the metrics in its events."""

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Totals"]


@dataclass(slots=True)
class Totals:
    """The totals of one run so far.

    Units: the three times in seconds.
    """

    processed: int = 0
    changed: int = 0
    deleted: int = 0
    batches: int = 0
    read_errors: int = 0
    write_errors: int = 0
    source_s: float = 0.0
    transform_s: float = 0.0
    sink_s: float = 0.0
    has_retries: bool = field(default=False)

    def metrics(self, seconds: float) -> dict[str, Any]:
        """Return the metrics of an event.

        Source: docs (operations/pump-execution.rst).
        """
        return {
            "entities": {
                "changes_last_run": self.changed,
                "entities_last_run": self.processed,
                "entities_per_second": round(self.processed / seconds, 3) if seconds > 0 else 0,
                "read_errors_last_run": self.read_errors,
                "write_errors_last_run": self.write_errors,
                "source_time": round(self.source_s, 6),
                "transform_time": round(self.transform_s, 6),
                "sink_time": round(self.sink_s, 6),
                "ttl_deletes_entities_last_run": 0,
            }
        }
