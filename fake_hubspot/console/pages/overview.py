"""The start page: how to connect, what the account holds, what goes wrong on purpose, and the last requests."""

from itertools import islice

from bench_core.pages import PageResponse
from fake_hubspot.console.call import PageCall
from fake_hubspot.console.rows import Row, row_of
from fake_hubspot.console.words import counted

__all__ = ["show"]

LATEST = 10
ALWAYS_SHOWN = ("0-1", "0-2", "0-3", "0-5")


def show(call: PageCall) -> PageResponse:
    """Show the start page."""
    portal, origin = call.portal, call.context.request.origin
    rows = latest_rows(call)
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
    )


def latest_rows(call: PageCall) -> list[Row]:
    """Return the last requests, newest first."""
    masking, entries = call.masking, islice(reversed(list(call.portal.journal)), LATEST)
    return [row_of(entry, masking=masking, moment=call.moment, url=call.url, keep={}) for entry in entries]


def _headline(call: PageCall, rows: list[Row]) -> str:
    contacts = counted(call.portal.store.count("0-1"), "contact")
    if not rows:
        return f"Ready with {contacts}; no request has arrived yet"
    last = rows[0]
    answer = f"answered {last.status}" if last.status else "got no status line"
    by = f" because of the fault {last.fault}" if last.fault else ""
    return f"The last request, {last.method} {last.path}, {answer}{by}"


def _counts(call: PageCall) -> list[dict[str, object]]:
    store = call.portal.store
    found = [(kind, store.count(kind.type_id)) for kind in call.portal.types.all()]
    return [
        {"name": kind.plural.replace("_", " "), "count": count, "href": call.url(f"/_fake/ui/records/{kind.wire_name}")}
        for kind, count in found
        if count or kind.type_id in ALWAYS_SHOWN
    ]
