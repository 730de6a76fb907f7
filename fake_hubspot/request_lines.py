"""The lines that `serve` prints for requests.

Requests to the control API are shown only if they change something.
"""

import time
from collections.abc import Callable

from bench_core.lines import EventLines
from bench_core.request_lines import RequestLine
from fake_hubspot.context import RequestContext

__all__ = ["lines_of"]

SOURCE = "hubspot"
READING = frozenset({"GET", "HEAD"})


def lines_of(log: EventLines, default_portal_id: int) -> Callable[[RequestContext], None]:
    """Return a listener that prints a line for each request.

    Args:
        log: Prints the lines.
        default_portal_id: The portal that need not be named.
    """

    def listen(context: RequestContext) -> None:
        entry = context.entry
        if not entry.ordinal and entry.method in READING:
            return
        portal = context.tenant.portal
        account = 0 if portal.id == default_portal_id or not entry.ordinal else portal.id
        log.say(RequestLine(SOURCE, entry, account, portal.access.secrets(), time.time()))

    return listen
