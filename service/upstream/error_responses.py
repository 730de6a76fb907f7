"""HubSpot's error answers as errors of ours, cleaned of everything that must not reach a log. Pure."""

import re
from collections.abc import Sequence

import msgspec

from service.errors import UpstreamError
from service.upstream.connection import Request, Response

__all__ = ["error_from_response"]

_EMAIL = re.compile(r"[^\s\"'<>(),;:\[\]{}]+@[^\s\"'<>(),;:\[\]{}]+")
_MESSAGE_LENGTH = 300


def error_from_response(request: Request, response: Response, *, secrets: Sequence[str] = ()) -> UpstreamError:
    """The error that an answer other than a success stands for.

    Shape: HubSpot's envelope, every field of it optional:
        `{"status": "error", "message", "correlationId", "category", "policyName", ...}`.

    Source: docs (error handling), recording (404 as HTML), reader (429 bodies).
    """
    envelope = _error_envelope(response.body)
    message = _clean(envelope.get("message"), secrets)
    correlation_id = envelope.get("correlationId") or response.headers.get("x-hubspot-correlation-id")
    said = (
        f": {message}" if message else f" with a body of type {response.headers.get('content-type', 'unknown')[:60]}."
    )
    return UpstreamError(
        f"HubSpot answered {response.status} to {request.name}{said}",
        kind="upstream-status",
        status=response.status,
        hubspot_message=message,
        correlation_id=_clean(correlation_id, secrets),
        answer_status=503 if response.status == 429 else 502,
        category=_clean(envelope.get("policyName") or envelope.get("category"), secrets),
    )


def _error_envelope(body: bytes) -> dict[str, object]:
    """HubSpot's error body, empty where it is not JSON: a missing record, 414 and most 5xx come as HTML."""
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except ValueError:
        return {}


def _clean(text: object, secrets: Sequence[str]) -> str | None:
    """Make a text of HubSpot's fit for logs: one line, short, without secrets and without e-mail addresses."""
    if not isinstance(text, str) or not text:
        return None
    for secret in secrets:
        text = text.replace(secret, "***")
    return _EMAIL.sub("<e-mail>", " ".join(text.split()))[:_MESSAGE_LENGTH]
