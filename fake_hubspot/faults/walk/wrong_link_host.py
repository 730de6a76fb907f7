from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit, urlunsplit

from msgspec import Meta

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["WrongLinkHost"]


@register
@dataclass(frozen=True, slots=True)
class WrongLinkHost(PageChange):
    """A `paging.next.link` that points to another host.

    The last page has no link and does not change, nor does a page of an older API.

    Source: reader (a fake that keeps HubSpot's host; dlt follows the link as given).
    """

    name = "wrong-link-host"
    group = "walk"

    origin: Annotated[str, Meta(pattern="^https?://", description="Where it leads.")] = "http://hubspot.invalid"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        original = page.get("paging", {}).get("next", {}).get("link")
        if original is None:
            return page
        parts, foreign = urlsplit(original), urlsplit(self.origin)
        link = urlunsplit(parts._replace(scheme=foreign.scheme, netloc=foreign.netloc))
        return {**page, "paging": {"next": {**page["paging"]["next"], "link": link}}}
