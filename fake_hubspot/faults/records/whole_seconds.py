import re
from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.page_shapes import records_of
from fake_hubspot.faults.registry import register

__all__ = ["WholeSeconds"]

SECONDS = re.compile(r"(:\d\d)\.\d+Z$")
MODIFIED = ("createdate", "lastmodifieddate", "hs_createdate", "hs_lastmodifieddate")


@register
@dataclass(frozen=True, slots=True)
class WholeSeconds(PageChange):
    """Timestamps without a fraction of a second, which is how HubSpot writes them when the fraction is zero.

    Milliseconds of the older APIs end in three zeros.

    Source: recording (Nango 2026-03, hubspot-api-ruby 2022).
    """

    name = "whole-seconds"
    group = "records"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        for record in records_of(page):
            for holder, names in ((record, ("createdAt", "updatedAt")), (record.get("properties") or {}, MODIFIED)):
                holder.update({name: _whole(holder[name]) for name in names if holder.get(name)})
        return page


def _whole(given: Any) -> Any:
    """Return a time without its fraction; a property of the older APIs is an object with milliseconds."""
    if isinstance(given, dict) and str(given.get("value")).isdecimal():
        return {**given, "value": f"{str(given['value'])[:-3]}000"}
    return SECONDS.sub(r"\1Z", given) if isinstance(given, str) else given
