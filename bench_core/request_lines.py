"""The line that a server prints for a request."""

from functools import lru_cache

import msgspec

from bench_core.journal import JournalEntry
from bench_core.lines import Part, json_line, on_one_line, text_line, time_of_day
from bench_core.masking import Masking

__all__ = ["RequestLine"]

NO_STATUS = "no response"
MAX_SHOWN = 500


class RequestLine(msgspec.Struct, frozen=True, gc=False):
    """The line of a request. Only what its form shows is computed, when it is shown.

    Attributes:
        source: Who says it, for instance `hubspot`.
        entry: The request and its response.
        account: The portal, 0 if it need not be named.
        secrets: What is masked.
        at: When it was answered. Units: seconds since 1970.
    """

    source: str
    entry: JournalEntry
    account: int
    secrets: tuple[str, ...]
    at: float

    def as_text(self, *, colours: bool, source_width: int = 0) -> str:
        """Return the request as a line of text, with colours or without."""
        entry = self.entry
        if not (colours or source_width or entry.fault or entry.hint or self.account):
            # As below, in a third of the time: most lines look like this, and a busy server prints 10,000 a second.
            status, took = entry.status or NO_STATUS, entry.took_us / 1000
            return on_one_line(f"{time_of_day(self.at)} {entry.method:6} {self._what()} {status} {took:.1f} ms")
        return text_line(self.source, self._parts(), self.at, colours=colours, source_width=source_width)

    def as_json(self) -> str:
        """Return the request as one JSON object without a line break."""
        return json_line(self.source, "request" if self.entry.ordinal else "control", self._fields(), self.at)

    def _what(self) -> str:
        entry = self.entry
        is_short = len(entry.path) + len(entry.query) <= MAX_SHOWN
        return (_target if is_short else _target.__wrapped__)(self.secrets, entry.path, entry.query)

    def _parts(self) -> tuple[Part, ...]:
        entry, status = self.entry, self.entry.status
        return (
            (f"{entry.method:6}", "bold"),
            (self._what(), ""),
            (str(status or NO_STATUS), _tone(status)),
            (f"{entry.took_us / 1000:.1f} ms", "dim"),
            (f"fault {entry.fault}" if entry.fault else "", "warn"),
            (f"unmatched: {_advice(_masking(self.secrets)(entry.hint))}" if entry.hint else "", "warn"),
            (f"account {self.account}" if self.account else "", "dim"),
        )

    def _fields(self) -> dict[str, object]:
        entry, masking = self.entry, _masking(self.secrets)
        return {
            "method": entry.method,
            "path": masking(entry.path),
            "query": masking.query(entry.query) if entry.query else "",
            "status": entry.status,
            "ms": round(entry.took_us / 1000, 3),
            "fault": entry.fault or None,
            "unmatched": masking(entry.hint) if entry.hint else None,
            "account": self.account or None,
            "ordinal": entry.ordinal or None,
        }


@lru_cache(maxsize=64)
def _masking(secrets: tuple[str, ...]) -> Masking:
    return Masking(secrets)


@lru_cache(maxsize=512)
def _target(secrets: tuple[str, ...], path: str, query: str) -> str:
    """Return what was asked for, masked and cut. Clients ask for the same again and again."""
    masking = _masking(secrets)
    what = f"{masking(path)}?{masking.query(query)}" if query else masking(path)
    return what if len(what) <= MAX_SHOWN else f"{what[:MAX_SHOWN]}..."


def _tone(status: int) -> str:
    if status == 0 or status >= 500:
        return "bad"
    return "warn" if status >= 400 else "good"


def _advice(hint: str) -> str:
    return hint.replace("nearest known route:", "did you mean") + ("?" if hint.startswith("nearest") else "")
