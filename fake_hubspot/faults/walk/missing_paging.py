from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["MissingPaging"]

FORMS: dict[str, Any] = {
    "null": None,
    "empty": {},
    "next-null": {"next": None},
    "no-after": {"next": {"link": "https://api.hubapi.com/"}},
}


@register
@dataclass(frozen=True, slots=True)
class MissingPaging(PageChange):
    """A page whose `paging` is missing, null, empty or without `after`, although more records follow.

    In the older APIs, `has-more` is false (`absent`), it and the offset are null or missing (`null`, `empty`), or only
    the offset is (`next-null`, `no-after`).

    Source: reader (airbyte #19927: data lost because `paging` was absent).
    """

    name = "missing-paging"
    group = "walk"
    examples = tuple({"form": form} for form in FORMS)

    form: Annotated[
        Literal["absent", "null", "empty", "next-null", "no-after"],
        Meta(description="What the response contains there."),
    ] = "absent"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        page.pop("paging", None)
        return page if self.form == "absent" else {**page, "paging": FORMS[self.form]}
