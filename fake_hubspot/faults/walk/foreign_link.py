"""`paging.next.link` leads to another host. The last page has no link and stays as it is."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit, urlunsplit

from msgspec import Meta

from fake_hubspot.faults.fault import Moment, PageChange

__all__ = ["ForeignLink"]


@dataclass(frozen=True, slots=True)
class ForeignLink(PageChange):
    """`paging.next.link` leads to another host. The last page has no link and stays as it is.

    Source: reader (a fake that keeps HubSpot's host; dlt follows the link as it is).
    """

    name = "wrong-link-host"

    origin: Annotated[str, Meta(pattern="^https?://", description="Where it leads.")] = "http://hubspot.invalid"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        honest = page.get("paging", {}).get("next", {}).get("link")
        if honest is None:
            return page
        parts, foreign = urlsplit(honest), urlsplit(self.origin)
        link = urlunsplit(parts._replace(scheme=foreign.scheme, netloc=foreign.netloc))
        return {**page, "paging": {"next": {**page["paging"]["next"], "link": link}}}
