from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.page_shapes import ids_in
from fake_hubspot.faults.registry import register

__all__ = ["IntegerId"]


@register
@dataclass(frozen=True, slots=True)
class IntegerId(PageChange):
    """Record ids as numbers instead of strings; in the older APIs, where they are numbers, as strings.

    An id of another kind, such as a UUID, does not change.

    Source: reader (v1 and the `userId` of owners are numbers).
    """

    name = "integer-id"
    group = "records"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        for holder, name in ids_in(page):
            found = holder[name]
            if isinstance(found, int):
                holder[name] = str(found)
            elif str(found).isdecimal():
                holder[name] = int(found)
        return page
