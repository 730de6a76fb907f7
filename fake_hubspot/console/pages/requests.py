"""The journal: a list that can be filtered and grows live, and one request in full beside it."""

import shlex
from contextlib import suppress
from typing import Any

import msgspec

from bench_core.control.har import to_har
from bench_core.control.journal import chosen_entries, is_chosen_by
from bench_core.journal import JournalEntry
from bench_core.pages import PageResponse
from bench_core.pages.words import counted
from fake_hubspot.console.call import PageCall
from fake_hubspot.console.live import NewEntries
from fake_hubspot.console.live import stream as live_stream
from fake_hubspot.console.options import UI
from fake_hubspot.console.rows import Row, row_of
from fake_hubspot.context import Response
from fake_hubspot.errors import NotFoundError
from fake_hubspot.portal.decimal_id import parse_id

__all__ = ["change", "har", "show", "stream"]

PATH = f"{UI}/requests"
FILTERS = ("method", "path", "status", "fault", "route", "failed", "unmatched")
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
SHOWN = 200
LONGEST_BODY = 200_000
# What curl sends by itself, or what depends on the connection.
NOT_IN_CURL = frozenset({"host", "content-length", "connection", "accept-encoding", "user-agent", "accept"})


def show(call: PageCall) -> PageResponse:
    """Show the requests that the filters in the address choose, and the one that `open` names."""
    filters = _filters(call)
    chosen = chosen_entries(call.context)
    limit = parse_id(call.request.values.get("show", "")) or SHOWN
    listed = chosen[-limit:][::-1]
    opened, origin = _opened(call), call.context.request.origin
    return call.page(
        "requests.html.jinja",
        title="Requests",
        current="Requests",
        headline=_headline(call, chosen, filters),
        rows=[_row(call, entry, filters) for entry in listed],
        opened=opened,
        detail=_detail(call, opened) if opened else None,
        filters=filters,
        methods=METHODS,
        faults=sorted({name for entry in call.portal.journal for name in entry.fault.split("+") if name}),
        total=len(chosen),
        kept=len(call.portal.journal),
        after=call.portal.journal.count,
        stream=call.url(f"{PATH}/stream", **filters),
        har=call.url(f"{PATH}/har", **filters),
        closed=call.url(PATH, **filters),
        more=call.url(PATH, **filters, show=1000) if len(chosen) > limit else "",
        curl=f"curl -H 'Authorization: Bearer {call.tenant.token}' {origin}/crm/v3/objects/contacts",
    )


def stream(call: PageCall) -> Response:
    """Send the new requests that the filters choose."""
    filters = _filters(call)
    after = parse_id(call.request.values.get("after", ""))
    journal = call.portal.journal
    entries = NewEntries(journal, journal.count if after is None else after, is_chosen_by(call.context.request))

    def rows(fresh: list[JournalEntry]) -> list[str]:
        return [call.site.part("parts.html.jinja", "request_row", _row(call, entry, filters)) for entry in fresh]

    def parts() -> dict[str, str]:
        chosen = [entry for entry in journal if entries.is_chosen(entry)]
        return {"headline": call.site.part("parts.html.jinja", "text", _headline(call, chosen, filters))}

    return live_stream(call.context, entries, rows, parts)


def change(call: PageCall) -> PageResponse:
    """Remove the entries of the journal."""
    form = call.form()
    count = len(call.portal.journal)
    call.api("DELETE", "/_fake/journal")
    return call.done(form, f"Removed {counted(count, 'request')} from the journal.", to=call.url(PATH))


def har(call: PageCall) -> PageResponse:
    """Send the chosen requests as a HAR file."""
    content = call.api("GET", "/_fake/journal/har", query=call.request.query)
    headers = (
        ("content-type", "application/json"),
        ("content-disposition", 'attachment; filename="fake-hubspot.har"'),
        ("x-content-type-options", "nosniff"),
    )
    return PageResponse(200, msgspec.json.encode(content), headers)


def _filters(call: PageCall) -> dict[str, str]:
    """Return the filters in the address, the unset ones as empty texts."""
    return {name: call.request.values.get(name, "") for name in FILTERS}


def _row(call: PageCall, entry: JournalEntry, filters: dict[str, str]) -> Row:
    return row_of(entry, masking=call.masking, moment=call.moment, url=call.url, keep=filters)


def _headline(call: PageCall, chosen: list[JournalEntry], filters: dict[str, str]) -> str:
    journal = call.portal.journal
    if any(filters.values()):
        return f"{counted(len(chosen), 'request')} of the last {len(journal):,} match"
    if not len(journal):
        return "No request has arrived yet"
    failed = sum(1 for entry in journal if entry.status >= 400 or not entry.status)
    unmatched = sum(1 for entry in journal if entry.hint or not entry.route)
    parts = [f"{failed:,} failed" if failed else "none failed"]
    parts += [f"{unmatched:,} had no match"] if unmatched else []
    since = (
        f"Of the last {len(journal):,} requests" if len(journal) < journal.count else counted(len(journal), "request")
    )
    return f"{since}: {', '.join(parts)}"


def _opened(call: PageCall) -> JournalEntry | None:
    text = call.request.values.get("open", "")
    if not text:
        return None
    found = next((entry for entry in call.portal.journal if str(entry.ordinal) == text), None)
    if found is None:
        raise NotFoundError(f"The journal has no request {text[:20]} any more; it keeps the last 1,000.")
    return found


def _detail(call: PageCall, entry: JournalEntry) -> dict[str, Any]:
    """Return one request in full, without secrets: what a HAR file has of it, and what struck."""
    origin = call.context.request.origin
    (har_entry,) = to_har([entry], origin=origin, masking=call.masking, creator="fake-hubspot")["log"]["entries"]
    request, response = har_entry["request"], har_entry["response"]
    sent = request.get("postData", {}).get("text", "")
    return {
        "ordinal": entry.ordinal,
        "moment": call.moment(entry.at_ms),
        "method": entry.method,
        "path": call.masking(entry.path),
        "query": [(pair["name"], pair["value"]) for pair in request["queryString"]],
        "status": entry.status,
        "took": f"{entry.took_us / 1000:,.1f} ms",
        "route": entry.route,
        "page": entry.page,
        "hint": call.masking(entry.hint),
        "correlation": entry.correlation_id,
        "faults": [{"name": one.name, "fired": one.fired, "href": call.url(f"{UI}/faults")} for one in entry.injected],
        "request_headers": [(pair["name"], pair["value"]) for pair in request["headers"]],
        "request_body": _body(sent, request["bodySize"]),
        "response_headers": [(pair["name"], pair["value"]) for pair in response["headers"]],
        "response_body": _body(response["content"]["text"], response["bodySize"]),
        "is_dropped": not entry.response_body
        and any(n == b"content-length" and v != b"0" for n, v in entry.response_headers),
        "curl": _curl(request["method"], request["url"], request["headers"], sent),
        "har": call.url(f"{PATH}/har", ordinal=entry.ordinal),
    }


def _has_lost_its_body(entry: JournalEntry) -> bool:
    return not entry.response_body and dict(entry.response_headers).get(b"content-length", b"0") != b"0"


def _body(text: str, size: int) -> dict[str, Any]:
    """Return a body for people: JSON is indented, a very long one is cut."""
    shown = text
    with suppress(msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        shown = msgspec.json.format(text, indent=2)
    return {"text": shown[:LONGEST_BODY], "cut": max(len(shown) - LONGEST_BODY, 0), "size": size}


def _curl(method: str, url: str, headers: list[dict[str, str]], body: str) -> str:
    """Return the command that sends the request again; the token comes from the environment."""
    parts = ["curl" if method == "GET" else f"curl -X {shlex.quote(method)}", shlex.quote(url)]
    for header in headers:
        name, value = header["name"].lower(), header["value"]
        if name == "authorization":
            parts.append('-H "Authorization: Bearer $HUBSPOT_TOKEN"')
        elif name not in NOT_IN_CURL:
            parts.append(f"-H {shlex.quote(f'{name}: {value}')}")
    if body:
        parts.append(f"--data-raw {shlex.quote(body)}")
    return " \\\n  ".join(parts)
