"""The base classes of the faults that know records: a changed page, and a portal that changes."""

from typing import Any

import msgspec
from msgspec.structs import replace

from bench_core.exchange import Response
from bench_core.faults.fault import AfterEffect, Alteration
from fake_hubspot.faults.firing import Firing

__all__ = ["PageChange", "PortalChange", "read_page"]


class PageChange(Alteration):
    """The original page of records with other JSON in it. A response that is not a page of records does not change."""

    __slots__ = ()

    needs_page = True

    def alter(self, firing: Firing, response: Response) -> Response:
        """Keep status and headers, change the page with `change`."""
        page = read_page(response)
        if page is None:
            return response
        return replace(response, body=Response.of(self.change(firing, page)).body)

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        """Return the JSON to send; `page` is a copy of the original page that may be changed in place."""
        raise NotImplementedError


class PortalChange(AfterEffect):
    """The original response, after which the records of the portal change."""

    __slots__ = ()

    needs_page = True
    changes_portal = True

    def after_response(self, firing: Firing, response: Response) -> None:
        """Change the portal with `change` if the response was a page of records."""
        page = read_page(response)
        if page is not None:
            self.change(firing, page)

    def change(self, firing: Firing, page: dict[str, Any]) -> None:
        """Change the portal; `page` is the page that the client gets."""
        raise NotImplementedError


def read_page(response: Response) -> dict[str, Any] | None:
    """Return the page of records in a response, None if it is not one."""
    content_type = response.content_type or b""
    if response.status != 200 or not content_type.startswith(b"application/json"):
        return None
    page = msgspec.json.decode(response.body.raw)
    return page if isinstance(page, dict) and isinstance(page.get("results"), list) else None
