from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, Literal

from msgspec import Meta

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.page_shapes import ids_in
from fake_hubspot.faults.registry import register

__all__ = ["MissingId"]


@register
@dataclass(frozen=True, slots=True)
class MissingId(PageChange):
    """A first record whose `id` is missing, null or empty.

    Source: assumed.
    """

    name = "missing-id"
    group = "records"
    examples = ({"form": "null"}, {"form": "empty"})

    form: Annotated[Literal["absent", "null", "empty"], Meta(description="What the response contains there.")] = (
        "absent"
    )

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        for holder, name in islice(ids_in(page), 1):
            if self.form == "absent":
                del holder[name]
            else:
                holder[name] = None if self.form == "null" else ""
        return page
