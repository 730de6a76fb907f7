"""Bodies as stored in files: text, binary or base64, sometimes compressed, with headers that may not match."""

import base64
import re
import zlib
from collections.abc import Mapping
from typing import Any

from bench_core.urls import split_url
from contract_bench.cassettes.model import Headers, header_of

__all__ = ["body_of", "decoded", "headers_of", "status_of", "text_of", "to_bytes", "uri_of"]

GZIP_MAGIC = b"\x1f\x8b"
# A body may unpack to this size; what is larger is no answer of the API.
MAX_BODY_BYTES = 64 * 1024 * 1024
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# Tab, and everything of latin-1 that is not a control character.
FIELD = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def to_bytes(value: Any) -> bytes:
    """Return the bytes of a body that is stored as text, as binary or not at all."""
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    raise TypeError(f"expected a body as text or binary, got {type(value).__name__}")


def body_of(value: Any) -> bytes:
    """Return the bytes of a body: a mapping with `string` or `base64_string`, a text, or binary.

    Raises:
        TypeError: It is in none of these forms. An unknown form must not be read as an empty body.
    """
    if not isinstance(value, Mapping) or not value:
        return to_bytes(None if value == {} else value)
    if "base64_string" in value:
        return base64.b64decode(b"".join(to_bytes(value["base64_string"]).split()), validate=True)
    if "string" in value:
        return to_bytes(value["string"])
    raise TypeError(f"expected a body with `string` or `base64_string`, got one with {sorted(map(str, value))}")


def text_of(value: Any) -> str:
    """Return a text; Ruby stores any text that is not ASCII as binary."""
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


def uri_of(value: Any) -> str:
    """Return the URI of a request.

    Raises:
        ValueError: It is not one. The message does not quote it: its query may have secrets.
    """
    uri = text_of(value)
    if split_url(uri) is None:
        raise ValueError("expected the URI of a request, got a text that is not a URI")
    return uri


def status_of(value: Any) -> int:
    """Return a status that a server can send.

    Raises:
        ValueError: There is no such status.
    """
    status = int(value)
    if not 100 <= status <= 999:
        raise ValueError(f"expected a status from 100 to 999, got {status}")
    return status


def headers_of(value: Any) -> Headers:
    """Return headers sorted by name, each with a tuple of values; a plain string counts as one value.

    A list of pairs is accepted as well.

    Raises:
        ValueError: A header cannot be sent: its name is no token, or its value has control characters or characters
            outside latin-1.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, values in _pairs(value):
        if not TOKEN.fullmatch(name):
            raise ValueError(f"expected a header name of letters, digits and hyphens, got {name[:50]!r}")
        found[name] = found.get(name, ()) + values
    for name, values in found.items():
        if not all(map(FIELD.fullmatch, values)):
            raise ValueError(f"the header {name} has characters that HTTP cannot send")
    return {name: found[name] for name in sorted(found)}


def _pairs(value: Any) -> list[tuple[str, tuple[str, ...]]]:
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [(text_of(name), _texts(values)) for name, values in value.items()]
    return [(text_of(name), _texts(values)) for name, values in value]


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(map(text_of, values)) if isinstance(values, list | tuple) else (text_of(values),)


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
        try:
            return _unpacked(body, zlib.MAX_WBITS | 16)
        except zlib.error as error:
            raise ValueError(f"a compressed body is damaged ({error})") from error
    if coding == "deflate":
        try:
            return _unpacked(body, zlib.MAX_WBITS)
        except zlib.error:
            return body
    return body


def _unpacked(body: bytes, window: int) -> bytes:
    """Unpack a body without ever holding more than the limit.

    Raises:
        ValueError: It is larger than any answer of the API, or incomplete.
        zlib.error: It is damaged.
    """
    unpacked, rest = b"", body
    while rest:  # gzip allows several members one after the other
        stream = zlib.decompressobj(window)
        unpacked += stream.decompress(rest, MAX_BODY_BYTES + 1 - len(unpacked))
        if len(unpacked) > MAX_BODY_BYTES:
            raise ValueError(f"a body unpacks to more than {MAX_BODY_BYTES // 2**20} MiB")
        if not stream.eof:
            raise ValueError("a compressed body is incomplete")
        rest = stream.unused_data.lstrip(b"\0")
    return unpacked
