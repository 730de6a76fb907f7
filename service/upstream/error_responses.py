"""HubSpot's error responses as errors, cleaned of everything that must not appear in a log."""

import re
from collections.abc import Sequence

import msgspec

from service.errors import UpstreamError
from service.upstream.messages import Request, Response

__all__ = ["error_from_response"]

_EMAIL = re.compile(r"[^\s\"'<>(),;:\[\]{}]+@[^\s\"'<>(),;:\[\]{}]+")
_MAX_MESSAGE_LENGTH = 300


def error_from_response(request: Request, response: Response, *, secrets: Sequence[str] = ()) -> UpstreamError:
    """Convert a response without success to an error.

    Args:
        request: What was requested.
        response: What HubSpot sent.
        secrets: Strings to remove from HubSpot's message.

    Shape: HubSpot's error body, in which every field is optional:
        `{"status": "error", "message", "correlationId", "category", "policyName", ...}`.
    Source: docs (error handling), recording (404 as HTML), reader (429 bodies).
    """
    envelope = _error_envelope(response.body)
    message = _clean(envelope.get("message"), secrets)
    correlation_id = envelope.get("correlationId") or response.headers.get("x-hubspot-correlation-id")
    content_type = response.headers.get("content-type", "unknown")[:60]
    details = f": {message}" if message else f" with a body of type {content_type}."
    return UpstreamError(
        f"HubSpot answered {response.status} to {request.name}{details}",
        kind="upstream-status",
        status=response.status,
        hubspot_message=message,
        correlation_id=_clean(correlation_id, secrets),
        response_status=503 if response.status == 429 else 502,
        category=_clean(envelope.get("policyName") or envelope.get("category"), secrets),
    )


def _error_envelope(body: bytes) -> dict[str, object]:
    """Parse HubSpot's error body. Returns {} for HTML, as sent for a missing record, 414 and most 5xx."""
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except ValueError:
        return {}


def _clean(text: object, secrets: Sequence[str]) -> str | None:
    """Make a text of HubSpot's safe for logs: one short line without secrets and e-mail addresses."""
    if not isinstance(text, str) or not text:
        return None
    for secret in secrets:
        text = text.replace(secret, "***")
    return _EMAIL.sub("<e-mail>", " ".join(text.split()))[:_MAX_MESSAGE_LENGTH]
