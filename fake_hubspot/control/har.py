"""Journal entries as a HAR 1.2 file, with masked tokens. Pure."""

from collections.abc import Iterable
from typing import Any

from fake_hubspot.context import parse_query
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.journal import JournalEntry

__all__ = ["to_har"]

SECRET_HEADERS = frozenset({b"authorization", b"cookie", b"x-fake-hubspot-control-token"})
SECRET_PARAMETERS = frozenset({"hapikey", "access_token"})
MASK = "***"


def to_har(entries: Iterable[JournalEntry], *, origin: str) -> dict[str, Any]:
    """Return the content of the file."""
    creator = {"name": "fake-hubspot", "version": "1"}
    return {"log": {"version": "1.2", "creator": creator, "entries": [_entry(entry, origin) for entry in entries]}}


def _entry(entry: JournalEntry, origin: str) -> dict[str, Any]:
    took_ms = entry.took_us / 1000
    return {
        "startedDateTime": format_time(entry.at_ms),
        "time": took_ms,
        "request": _request(entry, origin),
        "response": _response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": took_ms, "receive": 0},
        "comment": f"fault: {entry.fault}" if entry.fault else "",
    }


def _request(entry: JournalEntry, origin: str) -> dict[str, Any]:
    query = parse_query(entry.query.encode("latin-1", "replace"))
    shown = [(name, MASK if name in SECRET_PARAMETERS else value) for name, value in query]
    is_masked = any(name in SECRET_PARAMETERS for name, _ in query)
    text = "&".join(f"{name}={value}" for name, value in shown) if is_masked else entry.query
    request: dict[str, Any] = {
        "method": entry.method,
        "url": f"{origin}{entry.path}{'?' + text if text else ''}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(entry.request_headers),
        "queryString": [{"name": name, "value": value} for name, value in shown],
        "headersSize": -1,
        "bodySize": len(entry.request_body),
    }
    if entry.request_body and not entry.path.startswith("/oauth/"):
        text = entry.request_body.decode("utf-8", "replace")
        request["postData"] = {"mimeType": _mime(entry.request_headers), "text": text}
    return request


def _response(entry: JournalEntry) -> dict[str, Any]:
    is_secret = entry.path.startswith("/oauth/")
    text = MASK if is_secret else entry.response_body.decode("utf-8", "replace")
    return {
        "status": entry.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(entry.response_headers),
        "content": {"size": len(entry.response_body), "mimeType": _mime(entry.response_headers), "text": text},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(entry.response_body),
    }


def _headers(headers: Iterable[tuple[bytes, bytes]]) -> list[dict[str, str]]:
    return [
        {"name": name.decode("latin-1"), "value": MASK if name in SECRET_HEADERS else value.decode("latin-1")}
        for name, value in headers
    ]


def _mime(headers: Iterable[tuple[bytes, bytes]]) -> str:
    return next((value.decode("latin-1") for name, value in headers if name == b"content-type"), "")
