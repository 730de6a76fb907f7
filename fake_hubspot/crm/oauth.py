"""Access tokens for OAuth apps."""

from typing import NotRequired, TypedDict
from urllib.parse import parse_qsl

from fake_hubspot.context import Operation, RequestContext, Response, Route, open_route
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.access import ACCESS_TOKEN_LIFE_S, Grant

__all__ = ["routes"]


class TokenResponse(TypedDict):
    """A new access token."""

    token_type: str
    refresh_token: str
    access_token: str
    hub_id: int
    scopes: list[str]
    expires_in: int
    user_id: int
    token_use: str


class TokenInfo(TypedDict):
    """Details of an access token."""

    token: str
    user: str
    hub_domain: str
    scopes: list[str]
    hub_id: int
    app_id: int
    expires_in: int
    user_id: int
    token_type: str
    is_private_distribution: NotRequired[bool]


class Refusal(TypedDict):
    """The shape of OAuth errors."""

    error: str
    error_description: str
    status: str
    message: str


class OAuthError(HubSpotError):
    """An OAuth error, which has its own shape.

    Source: reader (400, these four keys).
    """

    def __init__(self, status: str, error: str, message: str) -> None:
        super().__init__(400, message)
        self.code = status
        self.error = error

    def body(self, correlation_id: str) -> dict[str, str]:  # noqa: ARG002 - OAuth's errors have none
        """Return the body.

        Shape: `{error, error_description, status, message}`.
        """
        return {
            "error": self.error,
            "error_description": self.message,
            "status": self.code,
            "message": self.message,
        }


def routes() -> list[Route]:
    """Return the routes of this family. They issue access tokens, so they need none."""
    issuing = Operation(response=TokenResponse, error=Refusal)
    found = [
        open_route("oauth.token", "POST", path, issue_token, summary="Issue an access token", operation=issuing)
        for path in ("/oauth/v1/token", "/oauth/v3/token", "/oauth/2026-03/token")
    ]
    info = "/oauth/v1/access-tokens/{token}"
    reading = Operation(response=TokenInfo)
    return [
        *found,
        open_route("oauth.info", "GET", info, read_token, summary="Read an access token's details", operation=reading),
    ]


def issue_token(context: RequestContext) -> Response:
    """Issue an access token for an authorization code or a refresh token.

    Source: docs for the keys; that the refresh token does not change: reader.
    """
    form = dict(parse_qsl(context.request.body.decode("latin-1"), keep_blank_values=True))
    grant = _grant(context, form)
    token = context.portal.access.issue(grant)
    answer: TokenResponse = {
        "token_type": "bearer",
        "refresh_token": grant.refresh_token,
        "access_token": token.value,
        "hub_id": context.portal.id,
        "scopes": list(grant.scopes),
        "expires_in": ACCESS_TOKEN_LIFE_S,
        "user_id": 123,
        "token_use": "access_token",
    }
    return Response.of(answer)


def _grant(context: RequestContext, form: dict[str, str]) -> Grant:
    grant = context.portal.access.grants.get(form.get("client_id", ""))
    if grant is None:
        raise OAuthError("BAD_CLIENT_ID", "invalid_client", "missing or unknown client id")
    if form.get("client_secret") != grant.client_secret:
        raise OAuthError("BAD_CLIENT_SECRET", "invalid_client", "missing or invalid client secret")
    kind = form.get("grant_type")
    if kind == "authorization_code":
        return _by_code(grant, form)
    if kind != "refresh_token":
        raise OAuthError("BAD_GRANT_TYPE", "unsupported_grant_type", "missing or unknown grant type")
    if form.get("refresh_token") != grant.refresh_token:
        text = "refresh token is invalid, expired or revoked"
        raise OAuthError("BAD_REFRESH_TOKEN", "invalid_grant", text)
    return grant


def _by_code(grant: Grant, form: dict[str, str]) -> Grant:
    if form.get("code") != grant.code:
        raise OAuthError("BAD_AUTH_CODE", "invalid_grant", "missing or unknown auth code")
    if form.get("redirect_uri") != grant.redirect_uri:
        raise OAuthError("BAD_REDIRECT_URI", "invalid_grant", "redirect uri does not match")
    return grant


def read_token(context: RequestContext) -> Response:
    """Return details of an access token.

    Source: docs.
    """
    portal, value = context.portal, context.params["token"]
    token = portal.access.tokens.get(value)
    if token is None or token.expires_ms is None:
        raise HubSpotError(404, "access token not found", category="OBJECT_NOT_FOUND")
    answer: TokenInfo = {
        "token": value,
        "user": "owner@example.com",
        "hub_domain": f"{portal.id}.example.com",
        "scopes": list(token.scopes or ()),
        "hub_id": portal.id,
        "app_id": 1024738,
        "expires_in": max(token.expires_ms - portal.clock.now_ms(), 0) // 1000,
        "user_id": 123,
        "token_type": "access",
        "is_private_distribution": False,
    }
    return Response.of(answer)
