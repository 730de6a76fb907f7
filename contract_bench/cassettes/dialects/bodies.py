"""Bodies as stored in files: text, binary or base64, sometimes compressed, with headers that may not match."""

import gzip
import zlib
from typing import Any

from contract_bench.cassettes.model import Headers, header_of

__all__ = ["decoded", "headers_of", "to_bytes"]

GZIP_MAGIC = b"\x1f\x8b"


def to_bytes(value: Any) -> bytes:
    """Return the bytes of a body that is stored as text, as binary or not at all."""
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    raise TypeError(f"expected a body as text or binary, got {type(value).__name__}")


def headers_of(value: Any) -> Headers:
    """Return headers sorted by name, each with a tuple of values; a plain string counts as one value."""
    pairs = dict(value or {})
    return {str(name): _texts(pairs[name]) for name in sorted(pairs, key=str)}


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(map(str, values)) if isinstance(values, list | tuple) else (str(values),)


def decoded(body: bytes, headers: Headers) -> tuple[bytes, Headers, tuple[str, ...]]:
    """Return the decoded body, the headers that match it, and the names of those that did not match.

    vcrpy with urllib3 2 stores a decoded body but keeps `Content-Encoding: gzip` and the compressed length, so the
    header alone proves nothing.
    Source: reader (kevin1024/vcrpy#719).
    """
    coding = (header_of(headers, "Content-Encoding") or "").lower()
    plain = _decompressed(body, coding)
    length = header_of(headers, "Content-Length")
    stale = [name for name in headers if name.lower() == "content-encoding" and plain is body]
    stale += [name for name in headers if name.lower() == "content-length" and length != str(len(body))]
    dropped = {"content-encoding", "content-length", "transfer-encoding"}
    kept = {name: values for name, values in headers.items() if name.lower() not in dropped}
    return plain, kept, tuple(stale)


def _decompressed(body: bytes, coding: str) -> bytes:
    if coding == "gzip" and body.startswith(GZIP_MAGIC):
        return gzip.decompress(body)
    if coding == "deflate":
        try:
            return zlib.decompress(body)
        except zlib.error:
            return body
    return body
