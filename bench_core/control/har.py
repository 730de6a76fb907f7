"""Journal entries as a HAR 1.2 file, without secrets. Pure."""

import re
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from bench_core.exchange import parse_query
from bench_core.journal import JournalEntry
from bench_core.masking import MASK, Masking

__all__ = ["to_har"]

# A journal keeps the bytes that were sent. At most this much of a compressed body is shown.
MOST_DECODED_BYTES = 4 * 1024 * 1024
GZIP = b"\x1f\x8b\x08"
# Where tokens are given out. Their bodies are not shown at all.
TOKEN_PATHS = re.compile(r"(?:^|/)(?:oauth2?|tokens?)(?:/|$)", re.I)


def to_har(entries: Iterable[JournalEntry], *, origin: str, masking: Masking, creator: str) -> dict[str, Any]:
    """Return the content of the file. `creator` is the name of the program."""
    shown = [_entry(entry, origin, masking) for entry in entries]
    return {"log": {"version": "1.2", "creator": {"name": creator, "version": "1"}, "entries": shown}}


def _entry(entry: JournalEntry, origin: str, masking: Masking) -> dict[str, Any]:
    took_ms = entry.took_us / 1000
    return {
        "startedDateTime": _time(entry.at_ms),
        "time": took_ms,
        "request": _request(entry, origin, masking),
        "response": _response(entry, masking),
        "cache": {},
        "timings": {"send": 0, "wait": took_ms, "receive": 0},
        "comment": f"fault: {entry.fault}" if entry.fault else "",
    }


def _request(entry: JournalEntry, origin: str, masking: Masking) -> dict[str, Any]:
    query = masking.query(entry.query)
    request: dict[str, Any] = {
        "method": entry.method,
        "url": f"{'' if entry.is_sent else origin}{masking(entry.path)}{'?' + query if query else ''}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(entry.request_headers, masking),
        "queryString": [
            {"name": name, "value": value} for name, value in parse_query(query.encode("latin-1", "replace"))
        ],
        "headersSize": -1,
        "bodySize": len(entry.request_body),
    }
    if entry.request_body and not TOKEN_PATHS.search(entry.path):
        mime = _mime(entry.request_headers)
        body = _decoded(entry.request_body, entry.request_headers)
        text = masking.body(body.decode("utf-8", "replace"), mime)
        request["postData"] = {"mimeType": masking(mime), "text": text}
    return request


def _response(entry: JournalEntry, masking: Masking) -> dict[str, Any]:
    is_secret = TOKEN_PATHS.search(entry.path)
    body = _decoded(entry.response_body, entry.response_headers)
    text = MASK if is_secret else masking.body(body.decode("utf-8", "replace"))
    return {
        "status": entry.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(entry.response_headers, masking),
        "content": {"size": len(body), "mimeType": _mime(entry.response_headers), "text": text},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(entry.response_body),
    }


def _decoded(body: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return a body without gzip, as far as it was kept; a secret in a compressed one would not be masked."""
    if not body.startswith(GZIP) or (b"content-encoding", b"gzip") not in headers:
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, MOST_DECODED_BYTES)
    except zlib.error:
        return body


def _headers(headers: Iterable[tuple[bytes, bytes]], masking: Masking) -> list[dict[str, str]]:
    texts = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    return [{"name": masking(name), "value": masking.header(name, value)} for name, value in texts]


def _mime(headers: Iterable[tuple[bytes, bytes]]) -> str:
    return next((value.decode("latin-1") for name, value in headers if name == b"content-type"), "")


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
