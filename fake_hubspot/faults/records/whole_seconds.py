"""Moments without a fraction of a second, as HubSpot writes them when it is zero."""

import re
from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import Moment, PageChange

__all__ = ["WholeSeconds"]

SECONDS = re.compile(r"(:\d\d)\.\d+Z$")
MODIFIED = ("createdate", "lastmodifieddate", "hs_createdate", "hs_lastmodifieddate")


@dataclass(frozen=True, slots=True)
class WholeSeconds(PageChange):
    """Moments without a fraction of a second, as HubSpot writes them when it is zero.

    Source: recording (Nango 2026-03, hubspot-api-ruby 2022).
    """

    name = "whole-seconds"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        for record in page["results"]:
            for holder, names in ((record, ("createdAt", "updatedAt")), (record.get("properties", {}), MODIFIED)):
                holder.update({name: SECONDS.sub(r"\1Z", holder[name]) for name in names if holder.get(name)})
        return page
