"""The journal: a list that can be filtered and is updated live, and one request in full next to it."""

import shlex
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec

from bench_core.console.call import FAULTS, REQUESTS, ConsoleCall
from bench_core.console.live import new_entries, number_in
from bench_core.console.live import stream as live_stream
from bench_core.console.rows import row_of, rows_as_html
from bench_core.control.har import to_har
from bench_core.control.journal import chosen_entries, is_chosen_by
from bench_core.errors import NotFoundError
from bench_core.exchange import Response
from bench_core.journal import JournalEntry
from bench_core.pages import PageResponse
from bench_core.pages.words import counted

__all__ = ["change", "har", "show", "stream"]

FILTERS = ("method", "path", "status", "fault", "route", "failed", "unmatched")
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
SHOWN = 200
LONGEST_BODY = 200_000
# What curl sends on its own, or what depends on the connection.
NOT_IN_CURL = frozenset({"host", "content-length", "connection", "accept-encoding", "user-agent", "accept"})


def show(call: ConsoleCall) -> PageResponse:
    """Show the requests that the filters in the address choose, and the one that `open` names."""
    filters = _filters(call)
    chosen = chosen_entries(call.exchange)
    limit = number_in(call, "show") or SHOWN
    listed = chosen[-limit:][::-1]
    opened = _opened(call)
    return call.page(
        "requests.html.jinja",
        title="Requests",
        current="Requests",
        headline=_headline(call, chosen, filters),
        rows=[row_of(call, entry, filters) for entry in listed],
        opened=opened,
        detail=_detail(call, opened) if opened else None,
        filters=filters,
        methods=METHODS,
        faults=sorted({name for entry in call.exchange.journal for name in entry.fault.split("+") if name}),
        total=len(chosen),
        kept=len(call.exchange.journal),
        after=call.exchange.journal.count,
        stream=call.url(f"{REQUESTS}/stream", **filters),
        har=call.url(f"{REQUESTS}/har", **filters),
        closed=call.url(REQUESTS, **filters),
        more=call.url(REQUESTS, **filters, show=1000) if len(chosen) > limit else "",
        example=call.example,
        words=call.words,
    )


def stream(call: ConsoleCall) -> Response:
    """Send the new requests that the filters choose."""
    filters = _filters(call)
    entries = new_entries(call, is_chosen_by(call.exchange.request))

    def parts() -> dict[str, str]:
        chosen = [entry for entry in entries.journal if entries.is_chosen(entry)]
        return {"headline": call.site.part("request_parts.html.jinja", "text", _headline(call, chosen, filters))}

    return live_stream(call, entries, partial(rows_as_html, call, keep=filters), parts)


def change(call: ConsoleCall) -> PageResponse:
    """Remove the entries of the journal."""
    form = call.form()
    count = len(call.exchange.journal)
    call.exchange.journal.clear()
    return call.done(form, f"Removed {counted(count, 'request')} from the journal.", to=call.url(REQUESTS))


def har(call: ConsoleCall) -> PageResponse:
    """Send the chosen requests as a HAR file."""
    chosen, origin = chosen_entries(call.exchange), call.exchange.request.origin
    content = to_har(chosen, origin=origin, masking=call.masking, creator=call.words.program)
    headers = (
        ("content-type", "application/json"),
        ("content-disposition", f'attachment; filename="{call.words.program}.har"'),
        ("x-content-type-options", "nosniff"),
    )
    return PageResponse(200, msgspec.json.encode(content), headers)


def _filters(call: ConsoleCall) -> dict[str, str]:
    """Return the filters in the address, the unset ones as empty texts."""
    return {name: call.request.values.get(name, "") for name in FILTERS}


def _headline(call: ConsoleCall, chosen: list[JournalEntry], filters: dict[str, str]) -> str:
    journal = call.exchange.journal
    if any(filters.values()):
        return f"{counted(len(chosen), 'request')} of the last {len(journal):,} match"
    if not len(journal):
        return "No request has arrived yet"
    failed = sum(entry.is_failed for entry in journal)
    unmatched = sum(entry.is_unmatched for entry in journal)
    parts = [f"{failed:,} failed" if failed else "none failed"]
    parts += [f"{unmatched:,} {call.words.hint_count}"] if unmatched else []
    since = (
        f"Of the last {len(journal):,} requests" if len(journal) < journal.count else counted(len(journal), "request")
    )
    return f"{since}: {', '.join(parts)}"


def _opened(call: ConsoleCall) -> JournalEntry | None:
    text = call.request.values.get("open", "")
    if not text:
        return None
    found = next((entry for entry in call.exchange.journal if str(entry.ordinal) == text), None)
    if found is None:
        raise NotFoundError(f"The journal has no request {text[:20]} any more; it keeps the last 1,000.")
    return found


def _detail(call: ConsoleCall, entry: JournalEntry) -> dict[str, Any]:
    """Return one request in full, without secrets: what a HAR file has of it, and what struck."""
    origin = call.exchange.request.origin
    (har_entry,) = to_har([entry], origin=origin, masking=call.masking, creator=call.words.program)["log"]["entries"]
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
        "faults": [{"name": one.name, "fired": one.fired, "href": call.url(FAULTS)} for one in entry.injected],
        "request_headers": [(pair["name"], pair["value"]) for pair in request["headers"]],
        "request_body": _body(sent, request["bodySize"]),
        "response_headers": [(pair["name"], pair["value"]) for pair in response["headers"]],
        "response_body": _body(response["content"]["text"], response["bodySize"]),
        "is_dropped": not entry.response_body
        and any(n == b"content-length" and v != b"0" for n, v in entry.response_headers),
        "curl": _curl(request["method"], request["url"], request["headers"], sent, call.words.token_variable),
        "har": call.url(f"{REQUESTS}/har", ordinal=entry.ordinal),
    }


def _body(text: str, size: int) -> dict[str, Any]:
    """Return a body for people: JSON is indented, a very long one is cut."""
    shown = text
    with suppress(msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        shown = msgspec.json.format(text, indent=2)
    return {"text": shown[:LONGEST_BODY], "cut": max(len(shown) - LONGEST_BODY, 0), "size": size}


def _curl(method: str, url: str, headers: list[dict[str, str]], body: str, token_variable: str) -> str:
    """Return the command that sends the request again; the token comes from the environment."""
    parts = ["curl" if method == "GET" else f"curl -X {shlex.quote(method)}", shlex.quote(url)]
    for header in headers:
        name, value = header["name"].lower(), header["value"]
        if name == "authorization":
            parts.append(f'-H "Authorization: Bearer ${token_variable}"')
        elif name not in NOT_IN_CURL:
            parts.append(f"-H {shlex.quote(f'{name}: {value}')}")
    if body:
        parts.append(f"--data-raw {shlex.quote(body)}")
    return " \\\n  ".join(parts)
