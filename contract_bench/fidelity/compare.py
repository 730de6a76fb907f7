"""Compares two responses to the same request: status, headers, bodies."""

from typing import Any

from contract_bench.cassettes.model import Response, header_of, json_of
from contract_bench.cassettes.redaction import is_allowed_response_header
from contract_bench.fidelity.documents import compare_documents
from contract_bench.fidelity.mismatch import ComparisonMode, Mismatch, MismatchKind, MismatchSeverity
from contract_bench.fidelity.mismatch_log import ABSENT, MismatchLog, type_of
from contract_bench.fidelity.normalise import placeholders, url_parts

__all__ = ["compare_responses"]

# These headers are set by HubSpot's edge servers and do not depend on the request.
EDGE_HEADERS = frozenset({"date", "server", "cf-cache-status", "vary", "x-content-type-options"})
VALUED_HEADERS = frozenset(
    {"content-type", "cache-control", "allow", "retry-after", "x-hubspot-notfound", "x-hubspot-auth-failure"}
)


def compare_responses(
    recorded: Response, actual: Response, mode: ComparisonMode = ComparisonMode.VERIFY
) -> list[Mismatch]:
    """Return the differences between two responses. If the statuses differ, nothing else is compared."""
    log = MismatchLog(mode)
    if recorded.status != actual.status:
        log.add("status", MismatchKind.STATUS, recorded.status, actual.status)
        return log.found
    _compare_headers(recorded, actual, log)
    _compare_bodies(recorded.body, actual.body, log)
    return log.found


def _compare_headers(recorded: Response, actual: Response, log: MismatchLog) -> None:
    ours, theirs = _names(recorded), _names(actual)
    for name in sorted(ours - theirs):
        log.add(f"headers.{name}", MismatchKind.HEADER, header_of(recorded.headers, name), ABSENT)
    for name in sorted(theirs - ours):
        log.add(f"headers.{name}", MismatchKind.HEADER, ABSENT, header_of(actual.headers, name), MismatchSeverity.INFO)
    for name in sorted(ours & theirs):
        old, new = header_of(recorded.headers, name) or "", header_of(actual.headers, name) or ""
        if _differ(name, old, new):
            log.add(f"headers.{name}", MismatchKind.HEADER, old, new)


def _names(response: Response) -> set[str]:
    names = {name.lower() for name in response.headers if is_allowed_response_header(name)}
    return names - EDGE_HEADERS


def _differ(name: str, old: str, new: str) -> bool:
    """Whether two values of a header differ in meaning. For most headers only the presence matters."""
    if name == "location":
        return placeholders(url_parts(old)[0]) != placeholders(url_parts(new)[0])
    return name in VALUED_HEADERS and old != new


def _compare_bodies(recorded: bytes, actual: bytes, log: MismatchLog) -> None:
    old, new = _parsed(recorded), _parsed(actual)
    if isinstance(old, _PlainText) and isinstance(new, _PlainText):
        if placeholders(old.text) != placeholders(new.text):
            log.add("$", MismatchKind.VALUE, old.text, new.text, MismatchSeverity.WARNING)
    elif isinstance(old, _PlainText) or isinstance(new, _PlainText):
        log.add("$", MismatchKind.TYPE, _what(old), _what(new))
    else:
        compare_documents(old, new, log)


class _PlainText:
    """A body that is not JSON."""

    def __init__(self, text: str) -> None:
        self.text = text


def _parsed(body: bytes) -> Any:
    try:
        return json_of(body)
    except ValueError:
        return _PlainText(body.decode(errors="replace").strip())


def _what(value: Any) -> str:
    return f"text {value.text[:40]!r}" if isinstance(value, _PlainText) else f"a JSON {type_of(value)}"
