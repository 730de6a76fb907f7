"""The records of the previous page."""

from typing import Any

import msgspec
from msgspec.structs import replace

from fake_hubspot.context import RequestContext
from fake_hubspot.faults.walk.cursor import cursor_before

__all__ = ["previous_records"]


def previous_records(context: RequestContext, page: dict[str, Any]) -> list[Any]:
    """Return the current records of the previous page; for a search, those of this page."""
    if context.route is None or context.request.method == "POST":
        return list(page["results"])
    request = replace(context.request, raw_query=_with_after(context, cursor_before(context)))
    response = context.route.handler(replace(context, request=request, page=(context.page or 1) - 1))
    return list(msgspec.json.decode(response.body.raw)["results"])


def _with_after(context: RequestContext, after: str) -> bytes:
    kept = [part for part in context.request.raw_query.split(b"&") if not part.startswith(b"after=")]
    return b"&".join([*kept, b"after=" + after.encode()])
