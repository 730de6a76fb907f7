"""A bare NaN in a record, which is no JSON but which some parsers take."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta, Raw

from fake_hubspot.faults.fault import Moment, PageChange

__all__ = ["NotANumber"]


@dataclass(frozen=True, slots=True)
class NotANumber(PageChange):
    """A bare NaN in a record, which is no JSON but which some parsers take.

    Source: assumed.
    """

    name = "not-a-number"

    literal: Annotated[Literal["NaN", "Infinity", "-Infinity"], Meta(description="What stands there.")] = "NaN"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        for record in page["results"][:1]:
            record.get("properties", record)["score"] = Raw(self.literal.encode())
        return page
