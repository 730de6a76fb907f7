from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["OddResults"]

FORMS: dict[str, Any] = {"null": None, "object": {}, "string": "none", "numbers": [1, 2]}


@register
@dataclass(frozen=True, slots=True)
class OddResults(PageChange):
    """A page whose `results` is null, an object, a string or a list of numbers.

    Source: assumed.
    """

    name = "odd-results"
    group = "walk"
    examples = tuple({"form": form} for form in FORMS)

    form: Annotated[
        Literal["null", "object", "string", "numbers"], Meta(description="What the response contains there.")
    ] = "null"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        return {**page, "results": FORMS[self.form]}
