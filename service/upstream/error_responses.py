"""HubSpot's error responses as errors, cleaned of everything that must not appear in a log."""

import re
from collections.abc import Sequence

import msgspec

from service.errors import MismatchError, UpstreamError
from service.upstream.messages import Request, Response

__all__ = ["error_from_response", "error_in_batch"]

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


class _BatchError(msgspec.Struct, rename="camel"):
    category: str | None = None
    sub_category: str | None = None
    message: str | None = None

    @property
    def means_none(self) -> bool:
        """Whether it says that there is nothing to read, and not that reading failed."""
        return self.category == "OBJECT_NOT_FOUND" or (self.sub_category or self.category or "").endswith(
            "NO_ASSOCIATIONS_FOUND"
        )


class _BatchErrors(msgspec.Struct):
    errors: list[_BatchError] = []


def error_in_batch(request: Request, response: Response, *, secrets: Sequence[str] = ()) -> UpstreamError | None:
    """Return the failure of a part of a batch that HubSpot reports with a status of success.

    That a record does not exist, or has no associations, is not a failure. A rate limit counts as a 429 and everything
    else as a 500, so it is retried like these.

    Args:
        request: What was requested.
        response: What HubSpot sent, with status 200 or 207.
        secrets: Strings to remove from HubSpot's message.

    Raises:
        MismatchError: The errors are malformed.

    Shape: `{"results": [...], "numErrors": 1, "errors": [{"status": "error", "category", "subCategory"?, "message"}]}`.
    Source: recording (OBJECT_NOT_FOUND, NO_ASSOCIATIONS_FOUND); reader (hubspot-api-ruby #403, airbyte #74716: 207 with
        RATE_LIMITS, INTERNAL_ERROR).
    """
    try:
        errors = msgspec.json.decode(response.body, type=_BatchErrors).errors
    except ValueError as error:
        raise MismatchError(f"The errors in HubSpot's batch response are malformed: {error}.") from None
    failed = next((error for error in errors if not error.means_none), None)
    if failed is None:
        return None
    status = 429 if failed.category == "RATE_LIMITS" else 500
    category, message = _clean(failed.category, secrets), _clean(failed.message, secrets)
    return UpstreamError(
        f"HubSpot answered {response.status} to {request.name}, but failed for a part of it "
        f"({category or 'no category'}): {message or 'no message'}",
        kind="upstream-partial",
        status=status,
        hubspot_message=message,
        correlation_id=_clean(response.headers.get("x-hubspot-correlation-id"), secrets),
        response_status=503 if status == 429 else 502,
        category=category,
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
