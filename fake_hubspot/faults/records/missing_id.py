"""A record without `id`."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from fake_hubspot.faults.fault import Moment, PageChange

__all__ = ["MissingId"]


@dataclass(frozen=True, slots=True)
class MissingId(PageChange):
    """A record without `id`.

    Source: assumed.
    """

    name = "missing-id"
    examples = ({"form": "null"}, {"form": "empty"})

    form: Annotated[Literal["absent", "null", "empty"], Meta(description="What stands there.")] = "absent"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        for record in page["results"][:1]:
            if self.form == "absent":
                record.pop("id", None)
            else:
                record["id"] = None if self.form == "null" else ""
        return page
