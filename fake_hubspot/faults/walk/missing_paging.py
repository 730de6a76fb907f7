"""`paging` is missing, null, empty or without `after`, though there are more records."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from fake_hubspot.faults.fault import Moment, PageChange

__all__ = ["MissingPaging"]

FORMS: dict[str, Any] = {
    "null": None,
    "empty": {},
    "next-null": {"next": None},
    "no-after": {"next": {"link": "https://api.hubapi.com/"}},
}


@dataclass(frozen=True, slots=True)
class MissingPaging(PageChange):
    """`paging` is missing, null, empty or without `after`, though there are more records.

    Source: reader (airbyte #19927: data lost where `paging` was absent).
    """

    name = "missing-paging"
    examples = tuple({"form": form} for form in FORMS)

    form: Annotated[
        Literal["absent", "null", "empty", "next-null", "no-after"], Meta(description="What stands there.")
    ] = "absent"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        page.pop("paging", None)
        return page if self.form == "absent" else {**page, "paging": FORMS[self.form]}
