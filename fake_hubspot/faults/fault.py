"""The base classes of the faults that know records: a changed page, and a portal that changes."""

from typing import Any

from msgspec.structs import replace

from bench_core.exchange import Response
from bench_core.faults.fault import AfterEffect, Alteration
from bench_core.json_text import decode_json
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.page_shapes import PageShape, shape_of

__all__ = ["PageChange", "PortalChange", "cursor_in", "read_page"]


class PageChange(Alteration):
    """The original page of records with other JSON in it. A response that is not a page of records does not change."""

    __slots__ = ()

    needs_page = True

    def alter(self, firing: Firing, response: Response) -> Response:
        """Keep status and headers, change the page with `change`."""
        found = _page_in(response)
        if found is None:
            return response
        shape, sent = found
        changed = self.change(firing, shape.read(sent))
        return replace(response, body=Response.of(shape.write(changed, sent)).body)

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        """Return the page to send; `page` is a copy of the original page that may be changed in place.

        Both have the form of the current APIs, `{results, paging}`, whatever API the page comes from.
        """
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
    """Return the page in a response in the form of the current APIs, None if it is not a page."""
    found = _page_in(response)
    return None if found is None else found[0].read(found[1])


def cursor_in(response: Response) -> str:
    """Return the cursor in a page, empty if there is none; the older APIs have one on the last page too."""
    found = _page_in(response)
    return "" if found is None else found[0].cursor_in(found[1])


def _page_in(response: Response) -> tuple[PageShape, Any] | None:
    """Return the page in a response as it is, and how it is written."""
    content_type = response.content_type or b""
    if response.status != 200 or not content_type.startswith(b"application/json"):
        return None
    sent = decode_json(response.body.raw)
    shape = shape_of(sent)
    return None if shape is None else (shape, sent)
