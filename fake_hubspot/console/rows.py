"""Requests of the journal as the pages list them, without secrets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench_core.journal import JournalEntry
from bench_core.masking import Masking
from bench_core.pages.words import Moment

__all__ = ["Row", "row_of"]

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Row:
    """One request in a list.

    Attributes:
        fault: The names of the faults that struck.
        hint: What the fake does not have.
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


def row_of(
    entry: JournalEntry,
    *,
    masking: Masking,
    moment: Callable[[int], Moment],
    url: Callable[..., str],
    keep: Mapping[str, str],
) -> Row:
    """Return a request for a list; `keep` are the filters that the address of its detail keeps."""
    return Row(
        ordinal=entry.ordinal,
        href=url("/_fake/ui/requests", **{**keep, "open": entry.ordinal}),
        moment=moment(entry.at_ms),
        method=entry.method,
        path=_cut(masking(entry.path)),
        query=_cut(masking.query(entry.query)),
        status=entry.status,
        took_ms=_milliseconds(entry.took_us),
        fault=entry.fault.replace("+", ", "),
        hint=_cut(masking(entry.hint)),
        page=entry.page,
    )


def _milliseconds(took_us: int) -> str:
    return f"{took_us / 1000:.1f}" if took_us < 100_000 else f"{took_us / 1000:,.0f}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
