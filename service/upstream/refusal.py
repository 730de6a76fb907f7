"""HubSpot's error answers as errors of ours, cleaned of everything that must not reach a log. Pure."""

import re
from collections.abc import Sequence

import msgspec

from service.errors import UpstreamError
from service.upstream.wire import Reply, Request

__all__ = ["refusal"]

_EMAIL = re.compile(r"[^\s\"'<>(),;:\[\]{}]+@[^\s\"'<>(),;:\[\]{}]+")
_MESSAGE_LENGTH = 300


def refusal(request: Request, reply: Reply, *, secrets: Sequence[str] = ()) -> UpstreamError:
    """The error that an answer other than a success stands for.

    Shape: HubSpot's envelope, every field of it optional:
        `{"status": "error", "message", "correlationId", "category", "policyName", ...}`.

    Source: docs (error handling), recording (404 as HTML), reader (429 bodies).
    """
    envelope = _error_envelope(reply.body)
    message = _clean(envelope.get("message"), secrets)
    correlation_id = envelope.get("correlationId") or reply.headers.get("x-hubspot-correlation-id")
    said = f": {message}" if message else f" with a body of type {reply.headers.get('content-type', 'unknown')[:60]}."
    return UpstreamError(
        f"HubSpot answered {reply.status} to {request.name}{said}",
        kind="upstream-status",
        status=reply.status,
        hubspot_message=message,
        correlation_id=_clean(correlation_id, secrets),
        answer_status=503 if reply.status == 429 else 502,
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
