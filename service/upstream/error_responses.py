"""HubSpot's error responses as errors, cleaned of everything that must not appear in a log."""

import re
from collections.abc import Sequence
from urllib.parse import quote, quote_plus

import msgspec

from service.decoding import decode_body
from service.errors import MismatchError, UpstreamError
from service.upstream.messages import Request, Response

__all__ = ["error_from_response", "error_in_batch"]

_WORD = r"[^\s\"'<>(),;:\[\]{}]"
_EMAIL = re.compile(rf"(?<!{_WORD}){_WORD}+@{_WORD}+")  # the lookbehind starts once for each word: the time is linear
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MAX_MESSAGE_LENGTH = 300
_MAX_INSPECTED_LENGTH = 2000  # more than the message, because cleaning shortens it
_MAX_CONTENT_TYPE_LENGTH = 60


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
    content_type = (_clean(response.headers.get("content-type"), secrets) or "unknown")[:_MAX_CONTENT_TYPE_LENGTH]
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
        errors = decode_body(response.body, _BatchErrors).errors
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
    """Parse HubSpot's error body. Returns {} for HTML, as for a missing record, 414 and most 5xx, and for garbage."""
    try:
        return decode_body(body, dict[str, object])
    except ValueError:
        return {}


def _clean(text: object, secrets: Sequence[str]) -> str | None:
    """Make a text of HubSpot's safe for logs: one short line without secrets, e-mail addresses and control characters.

    It is cut before it is looked at, so that a long text costs no time, and behind the cut by the length of the longest
    secret, so that no secret is cut in two and its first half missed.
    """
    if not isinstance(text, str) or not text:
        return None
    hidden = [spelling for secret in secrets if secret for spelling in _spellings(secret)]
    margin = max(map(len, hidden), default=0)
    inspected = text[: _MAX_INSPECTED_LENGTH + margin]
    for spelling in hidden:
        inspected = inspected.replace(spelling, "***")
    if len(text) > _MAX_INSPECTED_LENGTH + margin:
        inspected = inspected[: len(inspected) - margin]
    one_line = _CONTROL.sub("", " ".join(inspected.split()))
    return _EMAIL.sub("<e-mail>", one_line)[:_MAX_MESSAGE_LENGTH]


def _spellings(secret: str) -> set[str]:
    """Return a secret as it may come back: as it is, and as a URL or a form spells it."""
    return {secret, quote(secret, safe=""), quote_plus(secret)}
