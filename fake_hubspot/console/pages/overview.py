"""The start page: how to connect, what the account holds, what goes wrong on purpose, and the last requests."""

from functools import partial

from bench_core.console.active_faults import active_faults
from bench_core.console.live import new_entries
from bench_core.console.live import stream as live_stream
from bench_core.console.rows import Row, latest_rows, outcome_of, rows_as_html
from bench_core.pages import PageResponse
from bench_core.pages.words import counted
from fake_hubspot.console.call import PageCall
from fake_hubspot.console.options import UI
from fake_hubspot.context import Response

__all__ = ["show", "stream"]

LATEST = 10
ALWAYS_SHOWN = ("0-1", "0-2", "0-3", "0-5")


def show(call: PageCall) -> PageResponse:
    """Show the start page."""
    portal, origin = call.portal, call.context.request.origin
    rows = latest_rows(call, LATEST)
    command = f"curl -H 'Authorization: Bearer {call.tenant.token}' '{origin}/crm/v3/objects/contacts?limit=2'"
    return call.page(
        "overview.html.jinja",
        title="Overview",
        current="Overview",
        headline=_headline(call, rows),
        origin=origin,
        token=call.tenant.token,
        command=command,
        types=_counts(call),
        rows=rows,
        requests=portal.journal.count,
        after=portal.journal.count,
        stream=call.url(f"{UI}/stream"),
        faults=active_faults(call),
        words=call.words,
    )


def stream(call: PageCall) -> Response:
    """Send the new requests, and what the page says about all of them."""
    journal, entries = call.portal.journal, new_entries(call)

    def parts() -> dict[str, str]:
        return {
            "headline": call.site.part("request_parts.html.jinja", "text", _headline(call, latest_rows(call, 1))),
            "since": call.site.part("request_parts.html.jinja", "text", counted(journal.count, "request")),
            "types": call.site.part("parts.html.jinja", "type_counts", _counts(call)),
            "faults": call.site.part("fault_parts.html.jinja", "fault_lines", active_faults(call)),
        }

    return live_stream(call, entries, partial(rows_as_html, call), parts)


def _headline(call: PageCall, rows: list[Row]) -> str:
    if rows:
        return outcome_of(rows[0])
    return f"Ready with {counted(call.portal.store.count('0-1'), 'contact')}; no request has arrived yet"


def _counts(call: PageCall) -> list[dict[str, object]]:
    store = call.portal.store
    found = [(kind, store.count(kind.type_id)) for kind in call.portal.types.all()]
    return [
        {"name": kind.plural.replace("_", " "), "count": count, "href": call.url(f"/_fake/ui/records/{kind.wire_name}")}
        for kind, count in found
        if count or kind.type_id in ALWAYS_SHOWN
    ]
