"""What the portal was asked."""

from typing import Any

from fake_hubspot.exchange import Exchange, Reply, Route
from fake_hubspot.portal.journal import Entry

__all__ = ["routes"]


def routes() -> list[Route]:
    """`GET` and `DELETE /_fake/journal`, for the default portal."""
    path = "/_fake/journal"
    return [
        Route("control.journal.read", "GET", path, read_journal, access="control", summary="The requests"),
        Route("control.journal.clear", "DELETE", path, clear_journal, access="control", summary="Forget the requests"),
    ]


def to_wire(entry: Entry) -> dict[str, Any]:
    """One entry without headers and bodies."""
    return {
        "ordinal": entry.ordinal,
        "atMs": entry.at_ms,
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "route": entry.route or None,
        "page": entry.page,
        "status": entry.status,
        "fault": entry.fault or None,
        "faults": [{"id": fault.id, "name": fault.name, "fired": fault.fired} for fault in entry.injected],
        "hint": entry.hint or None,
        "correlationId": entry.correlation_id,
        "tookUs": entry.took_us,
    }


def read_journal(exchange: Exchange) -> Reply:
    """Shape: `{count, entries: [{ordinal, atMs, method, path, query, route, page, status, fault, faults, hint, ...}]}`.

    `faults` are `{id, name, fired}`.
    """
    journal = exchange.portal.journal
    entries = [to_wire(entry) for entry in journal if not entry.route.startswith(("control.", "health"))]
    return Reply.of({"count": journal.count, "entries": entries})


def clear_journal(exchange: Exchange) -> Reply:
    """Answers 204."""
    exchange.portal.journal.clear()
    return Reply.empty()
