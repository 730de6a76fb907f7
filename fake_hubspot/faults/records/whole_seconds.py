import re
from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["WholeSeconds"]

SECONDS = re.compile(r"(:\d\d)\.\d+Z$")
MODIFIED = ("createdate", "lastmodifieddate", "hs_createdate", "hs_lastmodifieddate")


@register
@dataclass(frozen=True, slots=True)
class WholeSeconds(PageChange):
    """Timestamps without a fraction of a second, which is how HubSpot writes them when the fraction is zero.

    Source: recording (Nango 2026-03, hubspot-api-ruby 2022).
    """

    name = "whole-seconds"
    group = "records"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        for record in page["results"]:
            for holder, names in ((record, ("createdAt", "updatedAt")), (record.get("properties", {}), MODIFIED)):
                holder.update({name: SECONDS.sub(r"\1Z", holder[name]) for name in names if holder.get(name)})
        return page
