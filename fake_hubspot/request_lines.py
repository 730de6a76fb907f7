"""The line that `serve` prints for a request.

Requests to the control API are shown only if they change something.
"""

import time
from collections.abc import Callable
from functools import lru_cache, partial

from bench_core.journal import JournalEntry
from bench_core.lines import EventLines, Line
from bench_core.masking import Masking
from fake_hubspot.context import RequestContext

__all__ = ["lines_of", "request_line"]

SOURCE = "hubspot"
NO_STATUS = "no response"
READING = frozenset({"GET", "HEAD"})
MAX_SHOWN = 500


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
        secrets = tuple(portal.access.secrets())
        log.add(partial(request_line, entry, account, secrets, time.time()))

    return listen


def request_line(entry: JournalEntry, account: int, secrets: tuple[str, ...], at: float) -> Line:
    """Return the line of a request.

    Args:
        entry: The request and its response.
        account: The portal, 0 if it need not be named.
        secrets: What is masked.
        at: When it was answered. Units: seconds since 1970.
    """
    masking = _masking(secrets)
    query = masking.query(entry.query)
    path = masking(entry.path)
    took_ms = entry.took_us / 1000
    what = f"{path}?{query}" if query else path
    hint = masking(entry.hint)
    parts = [
        (f"{entry.method:6}", "bold"),
        (_cut(what), ""),
        (str(entry.status or NO_STATUS), _tone(entry.status)),
        (f"{took_ms:.1f} ms", "dim"),
        (f"fault {entry.fault}" if entry.fault else "", "warn"),
        (f"unmatched: {_advice(hint)}" if hint else "", "warn"),
        (f"account {account}" if account else "", "dim"),
    ]
    fields = {
        "method": entry.method,
        "path": path,
        "query": query,
        "status": entry.status,
        "ms": round(took_ms, 3),
        "fault": entry.fault or None,
        "unmatched": hint or None,
        "account": account or None,
        "ordinal": entry.ordinal or None,
    }
    return Line(SOURCE, "request" if entry.ordinal else "control", tuple(parts), fields, at)


@lru_cache(maxsize=64)
def _masking(secrets: tuple[str, ...]) -> Masking:
    return Masking(secrets)


def _tone(status: int) -> str:
    if status == 0 or status >= 500:
        return "bad"
    return "warn" if status >= 400 else "good"


def _advice(hint: str) -> str:
    return hint.replace("nearest known route:", "did you mean") + ("?" if hint.startswith("nearest") else "")


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."
