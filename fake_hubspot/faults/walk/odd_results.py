"""`results` is null, an object or a text."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from fake_hubspot.faults.fault import Moment, PageChange

__all__ = ["OddResults"]

FORMS: dict[str, Any] = {"null": None, "object": {}, "string": "none", "numbers": [1, 2]}


@dataclass(frozen=True, slots=True)
class OddResults(PageChange):
    """`results` is null, an object or a text.

    Source: assumed.
    """

    name = "odd-results"
    examples = tuple({"form": form} for form in FORMS)

    form: Annotated[Literal["null", "object", "string", "numbers"], Meta(description="What stands there.")] = "null"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        return {**page, "results": FORMS[self.form]}
