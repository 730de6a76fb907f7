"""The signatures with which HubSpot signs what it sends, to make them and to check them. Pure.

Source: docs (validating requests, 2025 and 2026), with their examples of hashes in the tests.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping

from fake_hubspot.errors import UsageError

__all__ = ["LIFE_MS", "SIGNATURES", "sign_request", "verify_signature"]

SIGNATURES = ("v1", "v2", "v3")
LIFE_MS = 5 * 60 * 1000
V3, TIMESTAMP = "X-HubSpot-Signature-v3", "X-HubSpot-Request-Timestamp"
OLDER, VERSION = "X-HubSpot-Signature", "X-HubSpot-Signature-Version"
# What is decoded in the address before version 3 signs it. Everything else stays as it was sent.
DECODED = {f"%{ord(char):02X}": char for char in ":/?@!$'()*,;"}
ENCODED = re.compile("|".join(DECODED), re.IGNORECASE)


def sign_request(version: str, *, secret: str, method: str, uri: str, body: bytes, timestamp_ms: int) -> dict[str, str]:
    """Return the headers that sign a request.

    Args:
        version: `v1`, `v2` or `v3`; the first two share a header.
        secret: The client secret of the app.
        method: The request's method.
        uri: Its whole address, as it is sent.
        body: Its body.
        timestamp_ms: When it is sent. Units: milliseconds since 1970.
    """
    if version == "v3":
        stamp = str(timestamp_ms)
        return {V3: _hmac(secret, method, uri, body, stamp), TIMESTAMP: stamp}
    return {OLDER: _digest(version, secret, method, uri, body), VERSION: version}


def verify_signature(
    headers: Mapping[str, str], body: bytes, *, secret: str, uri: str, now_ms: int, method: str = "POST"
) -> str | None:
    """Return why a request is not one that HubSpot signed with this secret, None if it is.

    Every signature that it carries must be right: that of version 3 with its timestamp, and the older one.

    Args:
        headers: The headers, in any case.
        body: The body as it arrived.
        secret: The client secret of the app.
        uri: The address as the sender knows it: with scheme, host, port and query.
        now_ms: The time. Units: milliseconds since 1970.
        method: The method.

    Raises:
        UsageError: The secret is empty, so that anybody could sign.
    """
    if not secret:
        raise UsageError("expected the client secret of the app, got an empty text; anybody could sign with it")
    sent = {name.lower(): value for name, value in headers.items()}
    newest, older = sent.get(V3.lower()), sent.get(OLDER.lower())
    if newest is None and older is None:
        return f"expected the header {V3} or {OLDER}, got neither: the request is not signed"
    if newest is not None and (wrong := _wrong_v3(sent, newest, secret, method, uri, body, now_ms)):
        return wrong
    version = sent.get(VERSION.lower(), "v1")
    if older is None:
        return None
    if version not in ("v1", "v2"):
        return f"expected {VERSION} v1 or v2, got {version[:20]!r}"
    if not hmac.compare_digest(_digest(version, secret, method, uri, body).encode(), older.encode()):
        return f"the {version} signature in {OLDER} is wrong: {_advice(uri)}"
    return None


def _wrong_v3(
    sent: Mapping[str, str], signature: str, secret: str, method: str, uri: str, body: bytes, now_ms: int
) -> str | None:
    stamp = sent.get(TIMESTAMP.lower(), "")
    if not re.fullmatch(r"[0-9]{1,15}", stamp):
        return f"expected milliseconds since 1970 in {TIMESTAMP}, got {stamp[:20]!r}"
    if abs(now_ms - int(stamp)) > LIFE_MS:
        return f"{TIMESTAMP} is more than 5 minutes away from now ({stamp}, now {now_ms}): the request may be a replay"
    if not hmac.compare_digest(_hmac(secret, method, uri, body, stamp).encode(), signature.encode()):
        return f"the signature in {V3} is wrong: {_advice(uri)}"
    return None


def _advice(uri: str) -> str:
    return f"check the secret, that the body is the bytes as they arrived, and that the sender knows you as {uri}"


def _hmac(secret: str, method: str, uri: str, body: bytes, stamp: str) -> str:
    decoded = ENCODED.sub(lambda found: DECODED[found[0].upper()], uri)
    signed = method.encode() + decoded.encode() + body + stamp.encode()
    return base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def _digest(version: str, secret: str, method: str, uri: str, body: bytes) -> str:
    request = method.encode() + uri.encode() if version == "v2" else b""
    return hashlib.sha256(secret.encode() + request + body).hexdigest()
