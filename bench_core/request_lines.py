"""The line that a server prints for a request."""

from functools import lru_cache

from bench_core.journal import JournalEntry
from bench_core.lines import Line
from bench_core.masking import Masking

__all__ = ["request_line"]

NO_STATUS = "no response"
MAX_SHOWN = 500


def request_line(source: str, entry: JournalEntry, account: int, secrets: tuple[str, ...], at: float) -> Line:
    """Return the line of a request.

    Args:
        source: Who says it, for instance `hubspot`.
        entry: The request and its response.
        account: The portal, 0 if it need not be named.
        secrets: What is masked.
        at: When it was answered. Units: seconds since 1970.
    """
    masking = _masking(secrets)
    query = masking.query(entry.query) if entry.query else ""
    path = masking(entry.path)
    took_ms = entry.took_us / 1000
    what = f"{path}?{query}" if query else path
    hint = masking(entry.hint) if entry.hint else ""
    parts = (
        (f"{entry.method:6}", "bold"),
        (_cut(what), ""),
        (str(entry.status or NO_STATUS), _tone(entry.status)),
        (f"{took_ms:.1f} ms", "dim"),
        (f"fault {entry.fault}" if entry.fault else "", "warn"),
        (f"unmatched: {_advice(hint)}" if hint else "", "warn"),
        (f"account {account}" if account else "", "dim"),
    )
    fields = {
        "method": entry.method,
        "path": path,
        "query": query,
        "status": entry.status,
        "ms": round(took_ms, 3),
        "fault": entry.fault or None,
        "unmatched": hint or None,
        "account": account or None,
        "ordinal": entry.ordinal or None,
    }
    return Line(source, "request" if entry.ordinal else "control", parts, fields, at)


@lru_cache(maxsize=64)
def _masking(secrets: tuple[str, ...]) -> Masking:
    return Masking(secrets)


def _tone(status: int) -> str:
    if status == 0 or status >= 500:
        return "bad"
    return "warn" if status >= 400 else "good"


def _advice(hint: str) -> str:
    return hint.replace("nearest known route:", "did you mean") + ("?" if hint.startswith("nearest") else "")


def _cut(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."
