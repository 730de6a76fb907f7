"""Requests of the journal as the pages list them, without secrets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from bench_core.console.call import REQUESTS, ConsoleCall
from bench_core.journal import JournalEntry
from bench_core.pages.words import Moment

__all__ = ["Row", "latest_rows", "outcome_of", "row_of", "rows_as_html"]

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Row:
    """One request in a list.

    Attributes:
        fault: The names of the faults that struck.
        hint: What the server says about it.
    """

    ordinal: int
    href: str
    moment: Moment
    method: str
    path: str
    query: str
    status: int
    took_ms: str
    fault: str
    hint: str
    page: int | None


def row_of(call: ConsoleCall, entry: JournalEntry, keep: Mapping[str, str] | None = None) -> Row:
    """Return a request for a list; `keep` are the filters that the address of its detail keeps."""
    masking = call.masking
    return Row(
        ordinal=entry.ordinal,
        href=call.url(REQUESTS, **{**(keep or {}), "open": entry.ordinal}),
        moment=call.moment(entry.at_ms),
        method=entry.method,
        path=_cut(masking(entry.path)),
        query=_cut(masking.query(entry.query)),
        status=entry.status,
        took_ms=_milliseconds(entry.took_us),
        fault=entry.fault.replace("+", ", "),
        hint=_cut(masking(entry.hint)),
        page=entry.page,
    )


def latest_rows(call: ConsoleCall, count: int) -> list[Row]:
    """Return the last requests, newest first."""
    return [row_of(call, entry) for entry in islice(reversed(call.exchange.journal), count)]


def outcome_of(last: Row) -> str:
    """Return a sentence, without its full stop, about the last request."""
    answer = f"was answered with {last.status}" if last.status else "got no status line"
    by = f"; the fault {last.fault} struck" if last.fault else ""
    return f"The last request, {last.method} {last.path}, {answer}{by}"


def rows_as_html(
    call: ConsoleCall, entries: Iterable[JournalEntry], keep: Mapping[str, str] | None = None
) -> list[str]:
    """Return requests as rows of the table, for an event stream; `keep` is that of `row_of`."""
    rows = [row_of(call, entry, keep) for entry in entries]
    return [call.site.part("request_parts.html.jinja", "request_row", row, call.words.hint) for row in rows]


def _milliseconds(took_us: int) -> str:
    return f"{took_us / 1000:.1f}" if took_us < 100_000 else f"{took_us / 1000:,.0f}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
