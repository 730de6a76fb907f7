from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, Literal

from msgspec import Meta, Raw

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.page_shapes import records_of
from fake_hubspot.faults.registry import register

__all__ = ["NotANumber"]


@register
@dataclass(frozen=True, slots=True)
class NotANumber(PageChange):
    """A bare NaN in a record.

    It is not valid JSON, but some parsers accept it.

    Source: assumed.
    """

    name = "not-a-number"
    group = "bodies"

    literal: Annotated[
        Literal["NaN", "Infinity", "-Infinity"], Meta(description="What the response contains there.")
    ] = "NaN"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        for record in islice(records_of(page), 1):
            record.get("properties", record)["score"] = Raw(self.literal.encode())
        return page
