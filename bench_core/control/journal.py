"""The requests that a server received or sent: filtered, as a HAR file, and whether an expected request arrived."""

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any, TypedDict

import msgspec

from bench_core.control.bodies import read_body
from bench_core.control.har import to_har
from bench_core.control.operations import ControlExchange, ControlOperation
from bench_core.errors import UsageError
from bench_core.exchange import Operation, Param, Request, Response
from bench_core.journal import JournalEntry
from bench_core.masking import Masking

__all__ = ["chosen_entries", "is_chosen_by", "journal_operations", "to_wire"]

MOST_DIGITS = 20
FILTERS = (
    Param("method"),
    Param("path", "string", "A path; `*` stands for anything."),
    Param("route", "string", "The name of a route, for instance objects.list."),
    Param("status", "integer"),
    Param("fault", "string", "The name of a fault."),
    Param("unmatched", "boolean", "Only requests for what the server does not have."),
    Param("sent", "boolean", "Only requests that the server sent, such as webhooks; with false, only those received."),
    Param("failed", "boolean", "Only requests that were answered with 400 or more, or without a status line."),
    Param("ordinal", "integer", "Only the request with this number."),
    Param("after", "integer", "Only ordinals above this one."),
    Param("limit", "integer", "Maximum number of entries; the latest are returned."),
)


class EntryResponse(TypedDict):
    """One request."""

    ordinal: int
    atMs: int
    method: str
    path: str
    query: str
    route: str | None
    page: int | None
    status: int
    fault: str | None
    faults: list[dict[str, Any]]
    hint: str | None
    note: str | None
    sent: bool
    correlationId: str
    tookUs: int


class JournalResponse(TypedDict):
    """The requests, and how many there have been in total."""

    count: int
    entries: list[EntryResponse]


class Expectation(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A request that should have been received; fields that are left out do not matter."""

    method: str | None = None
    path: str | None = None
    route: str | None = None
    query: dict[str, str] = {}
    status: int | None = None
    at_least: int = 1
    at_most: int | None = None


class Verdict(TypedDict):
    """Whether the expectation is met and, if not, what was received instead."""

    met: bool
    count: int
    expected: str
    nearest: list[EntryResponse]


def journal_operations(creator: str) -> list[ControlOperation]:
    """Return the operations under `/_fake/journal`; `creator` is what HAR files say who made them."""
    path = "/_fake/journal"
    reading, har = Operation(FILTERS, response=JournalResponse), Operation(FILTERS, response=dict)
    expecting, gone = Operation(body=Expectation, response=Verdict), Operation(statuses=(204,))

    def read_har(context: ControlExchange) -> Response:
        """Return the requests as a HAR 1.2 file, without tokens."""
        origin = context.request.origin
        return Response.of(to_har(chosen_entries(context), origin=origin, masking=context.masking(), creator=creator))

    return [
        ControlOperation("journal.read", "GET", path, read_journal, "Read the journal", reading),
        ControlOperation("journal.clear", "DELETE", path, clear_journal, "Clear the journal", gone),
        ControlOperation("journal.har", "GET", f"{path}/har", read_har, "Export the journal as HAR", har),
        ControlOperation("journal.expect", "POST", f"{path}/expect", expect, "", expecting),
    ]


def to_wire(entry: JournalEntry, masking: Masking) -> dict[str, Any]:
    """Render one entry without headers, bodies and secrets."""
    return {
        "ordinal": entry.ordinal,
        "atMs": entry.at_ms,
        "method": entry.method,
        "path": masking(entry.path),
        "query": masking.query(entry.query),
        "route": entry.route or None,
        "page": entry.page,
        "status": entry.status,
        "fault": entry.fault or None,
        "faults": [{"id": fault.id, "name": fault.name, "fired": fault.fired} for fault in entry.injected],
        "hint": masking(entry.hint) or None,
        "note": masking(entry.note) or None,
        "sent": entry.is_sent,
        "correlationId": entry.correlation_id,
        "tookUs": entry.took_us,
    }


def _number(request: Request, name: str) -> int | None:
    text = request.first(name)
    if not text:
        return None
    number = int(text) if len(text) < MOST_DIGITS and text.isascii() and text.isdigit() else None
    if number is None:
        raise UsageError(f"{name} is a whole number, not {text[:50]!r}")
    return number


def chosen_entries(context: ControlExchange) -> list[JournalEntry]:
    """Return the entries that the query of a request selects, oldest first.

    Raises:
        UsageError: A filter is not what it should be.
    """
    request = context.request
    after, limit = _number(request, "after") or 0, _number(request, "limit")
    is_chosen = is_chosen_by(request)
    entries = [entry for entry in context.journal if entry.ordinal > after and is_chosen(entry)]
    return entries if limit is None else entries[max(len(entries) - limit, 0) :]


def is_chosen_by(request: Request) -> Callable[[JournalEntry], bool]:
    """Return the condition that the filters in the query of a request make; `after` and `limit` do not count.

    Raises:
        UsageError: A filter is not what it should be.
    """
    first, status, ordinal = request.first, _number(request, "status"), _number(request, "ordinal")
    wanted = Expectation(first("method") or None, first("path") or None, first("route") or None, status=status)
    fault = first("fault") or ""
    is_unmatched, is_failed, is_sent = (_flag(request, name) for name in ("unmatched", "failed", "sent"))

    def is_chosen(entry: JournalEntry) -> bool:
        return (
            _fits(entry, wanted)
            and (ordinal is None or entry.ordinal == ordinal)
            and (not fault or fault in entry.fault.split("+"))
            and is_sent in (None, entry.is_sent)
            and (not is_unmatched or entry.is_unmatched)
            and (not is_failed or entry.is_failed)
        )

    return is_chosen


def _flag(request: Request, name: str) -> bool | None:
    text = (request.first(name) or "").lower()
    if text not in ("", "true", "false"):
        raise UsageError(f"{name} is true or false, not {text[:50]!r}")
    return text == "true" if text else None


def _matching(context: ControlExchange, wanted: Expectation) -> Iterator[JournalEntry]:
    for entry in context.journal:
        if _fits(entry, wanted):
            yield entry


def _fits(entry: JournalEntry, wanted: Expectation) -> bool:
    query = dict(Request(entry.method, entry.path, entry.query.encode("latin-1", "replace")).query)
    return (
        (wanted.method is None or entry.method == wanted.method.upper())
        and (wanted.path is None or fnmatchcase(entry.path, wanted.path))
        and (wanted.route is None or entry.route == wanted.route)
        and (wanted.status is None or entry.status == wanted.status)
        and all(query.get(name) == value for name, value in wanted.query.items())
    )


def read_journal(context: ControlExchange) -> Response:
    """Return the requests.

    Shape: `{count, entries: [{ordinal, atMs, method, path, query, route, page, status, fault, faults, hint, ...}]}`;
    `faults` are `{id, name, fired}`.
    """
    masking = context.masking()
    entries = [to_wire(one, masking) for one in chosen_entries(context)]
    return Response.of({"count": context.journal.count, "entries": entries})


def clear_journal(context: ControlExchange) -> Response:
    """Remove the entries. Answers 204."""
    context.journal.clear()
    return Response.empty()


def expect(context: ControlExchange) -> Response:
    """Say whether a request was received as often as expected and, if not, which requests were most similar."""
    wanted = read_body(context, Expectation)
    count = sum(1 for _ in _matching(context, wanted))
    met = count >= wanted.at_least and (wanted.at_most is None or count <= wanted.at_most)
    nearest = [] if met else sorted(context.journal, key=lambda entry: -_likeness(entry, wanted))[:3]
    masking = context.masking()
    shown = [to_wire(one, masking) for one in nearest]
    return Response.of({"met": met, "count": count, "expected": masking(_words(wanted)), "nearest": shown})


def _likeness(entry: JournalEntry, wanted: Expectation) -> int:
    query = dict(Request(entry.method, entry.path, entry.query.encode("latin-1", "replace")).query)
    return (
        2 * (wanted.path is not None and fnmatchcase(entry.path, wanted.path))
        + 2 * (wanted.route is not None and entry.route == wanted.route)
        + (wanted.method is not None and entry.method == wanted.method.upper())
        + (wanted.status is not None and entry.status == wanted.status)
        + sum(query.get(name) == value for name, value in wanted.query.items())
    )


def _words(wanted: Expectation) -> str:
    what = " ".join(part for part in (wanted.method, wanted.path or wanted.route) if part) or "any request"
    query = "".join(f", {name}={value}" for name, value in wanted.query.items())
    status = f", answered {wanted.status}" if wanted.status is not None else ""
    most = "" if wanted.at_most is None else f" and at most {wanted.at_most}"
    return f"{what}{query}{status}: at least {wanted.at_least}{most} times"
