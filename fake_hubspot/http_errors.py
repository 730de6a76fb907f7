"""The error responses of HubSpot: status, headers and body.

HubSpotError              status plus HubSpot's JSON envelope
├── NotBuiltError         HubSpot has it, this fake has not
├── OtherHubletError      the portal lives in another data centre
├── RateLimitError        too many requests
└── HtmlError             the same as an HTML page, where HubSpot sends HTML
    └── UriTooLongError   the page of the edge in front of HubSpot

`HubSpotError.body` is the only place that knows the envelope; `fake_hubspot.app` is the only place that turns these
errors into responses.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fake_hubspot.errors import FakeHubSpotError
from fake_hubspot.portal.clock import format_time

__all__ = [
    "HtmlError",
    "HubSpotError",
    "NotBuiltError",
    "OtherHubletError",
    "RateLimitError",
    "UriTooLongError",
    "credentials_not_found",
    "expired_token",
    "method_not_allowed",
    "missing_scope",
    "not_found_page",
    "unsupported_media_type",
    "uri_too_long",
]

JETTY_PAGE = """<html>
<head>
<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
<title>Error {status} {reason}</title>
</head>
<body><h2>HTTP ERROR {status}</h2>
<p>{text}</p>
</body>
</html>
"""


class HubSpotError(FakeHubSpotError):
    """An error response of HubSpot.

    Shape: `{status, message, correlationId, [errors], [context], [links], category, [subCategory]}`, in that order; the
    services that answer for tokens write the category first.

    Source: recording (hubspot-api-ruby cassettes 2022-2026) and docs (error handling, 2026-03).
    """

    content_type = b"application/json;charset=utf-8"

    def __init__(
        self,
        status: int,
        message: str,
        *,
        category: str | None = None,
        sub_category: str | None = None,
        errors: list[Any] | None = None,
        context: Mapping[str, list[str]] | None = None,
        links: Mapping[str, str] | None = None,
        category_first: bool = False,
        headers: Iterable[tuple[bytes, bytes]] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.category = category
        self.sub_category = sub_category
        self.errors = errors
        self.context = context
        self.links = links
        self.category_first = category_first
        self.headers = tuple(headers)

    def body(self, correlation_id: str) -> dict[str, Any]:
        """Return the JSON envelope; keys without a value are left out, as HubSpot does."""
        envelope: dict[str, Any] = {"status": "error", "message": self.message, "correlationId": correlation_id}
        tail = {
            "errors": self.errors,
            "context": self.context,
            "links": self.links,
            "category": self.category,
            "subCategory": self.sub_category,
        }
        if self.category_first:
            tail = {"category": self.category, **tail}
        envelope.update({key: value for key, value in tail.items() if value is not None})
        return envelope


class HtmlError(HubSpotError):
    """An error that HubSpot's web server (Jetty) answers itself, as an HTML page.

    Source: recording (hubspot-api-ruby `task_find`, 2024-11): text/html in iso-8859-1, never cached.
    """

    content_type = b"text/html;charset=iso-8859-1"

    def __init__(self, status: int, reason: str, *, text: str, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(status, text, headers=[(b"cache-control", b"must-revalidate,no-cache,no-store"), *headers])
        self.reason = reason

    def page(self) -> bytes:
        """Return the exact bytes of the HTML page."""
        return JETTY_PAGE.format(status=self.status, reason=self.reason, text=self.message).encode("latin-1")


class NotBuiltError(HubSpotError):
    """Something that HubSpot has and this fake has not. The words are the fake's own, and the journal has a hint."""

    def __init__(self, what: str) -> None:
        self.hint = f"{what} is not built into this fake HubSpot; HubSpot itself may know it"
        super().__init__(404, self.hint)


class OtherHubletError(HubSpotError):
    """The portal is in another data centre (HubSpot's word is hublet) and the request was not routed there.

    Shape: `{status, message, correlationId, correctHublet}`, in that order.

    Source: recording (hubspot-api-python #261) for the body; reader (amp-labs/connectors #3508, 2026-09) for 488.
    """

    def __init__(self, portal_id: int, *, hublet: str) -> None:
        super().__init__(488, f"Hub {portal_id} is unknown to this Hublet, but it appears to exist in Hublet {hublet}")
        self.hublet = hublet

    def body(self, correlation_id: str) -> dict[str, Any]:
        """Return the envelope with the data centre at its end."""
        return super().body(correlation_id) | {"correctHublet": self.hublet}


class RateLimitError(HubSpotError):
    """Too many requests under one of HubSpot's policies.

    Shape: `{status, message, errorType, correlationId, policyName, [groupName | requestId]}`, in that order.

    Source: recording (ten-secondly, secondly up to the correlation id), docs (daily).
    """

    def __init__(self, policy: str, *, portal_id: int, retry_after: str | None = None) -> None:
        headers = [(b"retry-after", retry_after.encode())] if retry_after else []
        super().__init__(429, f"You have reached your {policy.lower()} limit.", headers=headers)
        self.policy = policy
        self.portal_id = portal_id

    def body(self, correlation_id: str) -> dict[str, Any]:
        """Return the shape of this policy."""
        envelope = {
            "status": "error",
            "message": self.message,
            "errorType": "RATE_LIMIT",
            "correlationId": correlation_id,
            "policyName": self.policy,
        }
        if self.policy == "TEN_SECONDLY_ROLLING":
            group = f"publicapi:private_app-api-calls-ten-secondly:1512050:{self.portal_id}"
            return envelope | {"groupName": group}
        return envelope | ({"requestId": correlation_id} if self.policy == "DAILY" else {})


def not_found_page() -> HtmlError:
    """Return the page for a missing record or an unknown route.

    Source: recording (tickets and tasks, 2024-11); that contacts get it too: reader (hubspot-api-nodejs #159).
    """
    return HtmlError(404, "Not Found", text="Resource not found", headers=[(b"x-hubspot-notfound", b"true")])


def credentials_not_found() -> HubSpotError:
    """Return the response to a missing or unknown token.

    Source: recording (2023-2026; hubspot-api-nodejs #432).
    """
    return HubSpotError(
        401,
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
        "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        category="INVALID_AUTHENTICATION",
        headers=[(b"x-hubspot-auth-failure", b"401 Unauthorized")],
    )


def expired_token(now_ms: int, expires_ms: int) -> HubSpotError:
    """Return the response to a token that has expired.

    Source: recording (airbyte #74726 for seconds, hubspot-api-php #363 for days).
    """
    seconds = max(now_ms - expires_ms, 0) // 1000
    ago = f"{seconds // 86400} day(s)" if seconds >= 86400 else f"{seconds} second(s)"
    return HubSpotError(
        401,
        f"The OAuth token used to make this call expired {ago} ago.",
        category="EXPIRED_AUTHENTICATION",
        context={"expire time": [format_time(expires_ms)]},
        category_first=True,
        headers=[(b"x-hubspot-auth-failure", b"401 Unauthorized")],
    )


def missing_scope(scope: str) -> HubSpotError:
    """Return the response to a token that lacks a scope.

    Source: docs (error handling); which scopes the contacts routes name is inferred.
    """
    return HubSpotError(
        403,
        "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: "
        "https://developers.hubspot.com/scopes.",
        errors=[
            {
                "message": "One or more of the following scopes are required.",
                "context": {"requiredGranularScopes": [scope]},
            }
        ],
        links={"scopes": "https://developers.hubspot.com/scopes"},
        category="MISSING_SCOPES",
    )


def method_not_allowed(allowed: Iterable[str]) -> HtmlError:
    """Return the page for a known path with an unknown method.

    Source: recording (the title, and `Allow` elsewhere).
    """
    allow = ",".join(sorted({*allowed, "OPTIONS"})).encode()
    return HtmlError(405, "Method Not Allowed", text="Method Not Allowed", headers=[(b"allow", allow)])


def unsupported_media_type() -> HtmlError:
    """Return the page for a body whose content type is not JSON.

    Source: docs for the status; the page is assumed.
    """
    return HtmlError(415, "Unsupported Media Type", text="Unsupported Media Type")


class UriTooLongError(HtmlError):
    """A URL that the edge in front of HubSpot refuses.

    Source: recording (nginx's page), reader (about 16,300 characters).
    """

    content_type = b"text/html"

    def page(self) -> bytes:
        """Return the page of nginx."""
        title = "414 Request-URI Too Large"
        lines = (
            "<html>",
            f"<head><title>{title}</title></head>",
            "<body>",
            f"<center><h1>{title}</h1></center>",
            "<hr><center>cloudflare</center>",
            "</body>",
            "</html>",
            "",
        )
        return "\r\n".join(lines).encode()


def uri_too_long() -> UriTooLongError:
    """Return the response to a very long URL."""
    return UriTooLongError(414, "Request-URI Too Large", text="")
