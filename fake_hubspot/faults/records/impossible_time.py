from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["ImpossibleTime"]

TIMES = {
    "month-13": "2026-13-01T12:00:00.000Z",
    "february-30": "2026-02-30T12:00:00.000Z",
    "hour-24": "2026-06-30T24:00:00.000Z",
    "second-60": "2026-06-30T23:59:60.000Z",
}
MODIFIED = ("lastmodifieddate", "hs_lastmodifieddate")


@register
@dataclass(frozen=True, slots=True)
class ImpossibleTime(PageChange):
    """A last record that changed at a time of the right form that does not exist.

    Source: assumed.
    """

    name = "impossible-time"
    group = "records"
    examples = ({"time": "february-30"}, {"time": "hour-24"}, {"time": "second-60"})

    time: Annotated[
        Literal["month-13", "february-30", "hour-24", "second-60"], Meta(description="What is impossible about it.")
    ] = "month-13"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        for record in page["results"][-1:]:
            if not isinstance(record, dict):
                continue
            properties = record.get("properties") or {}
            if "updatedAt" in record or not properties:
                record["updatedAt"] = TIMES[self.time]
            properties.update({name: self._like(properties[name]) for name in MODIFIED if name in properties})
        return page

    def _like(self, given: Any) -> Any:
        """Return the time as the property has it; the older APIs put it into an object."""
        return {**given, "value": TIMES[self.time]} if isinstance(given, dict) else TIMES[self.time]
