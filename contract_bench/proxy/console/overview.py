"""The start page: how to connect, the last requests, and the faults that are set."""

from functools import partial

from bench_core.console.active_faults import active_faults
from bench_core.console.call import UI
from bench_core.console.live import new_entries
from bench_core.console.live import stream as live_stream
from bench_core.console.rows import Row, latest_rows, outcome_of, rows_as_html
from bench_core.exchange import Response
from bench_core.pages import PageResponse
from bench_core.pages.words import counted
from contract_bench.proxy.console.call import ProxyCall

__all__ = ["show", "stream"]

LATEST = 10


def show(call: ProxyCall) -> PageResponse:
    """Show the start page."""
    journal, origin, rows = call.context.journal, call.context.request.origin, latest_rows(call, LATEST)
    rule = '{"fault": "server-error", "times": 1}'
    return call.page(
        "overview.html.jinja",
        title="Overview",
        current="Overview",
        headline=_headline(rows),
        origin=origin,
        command=f"curl {origin}{UI.removesuffix('/ui')}/faults --json '{rule}'",
        rows=rows,
        requests=journal.count,
        after=journal.count,
        stream=call.url(f"{UI}/stream"),
        faults=active_faults(call),
        words=call.words,
    )


def stream(call: ProxyCall) -> Response:
    """Send the new requests, and what the page says about all of them."""
    journal, entries = call.context.journal, new_entries(call)

    def parts() -> dict[str, str]:
        return {
            "headline": call.site.part("request_parts.html.jinja", "text", _headline(latest_rows(call, 1))),
            "since": call.site.part("request_parts.html.jinja", "text", counted(journal.count, "request")),
            "faults": call.site.part("fault_parts.html.jinja", "fault_lines", active_faults(call)),
        }

    return live_stream(call, entries, partial(rows_as_html, call), parts)


def _headline(rows: list[Row]) -> str:
    return outcome_of(rows[0]) if rows else "No request has arrived yet"
