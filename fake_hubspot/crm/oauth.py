"""Access tokens for OAuth apps."""

from typing import NotRequired, TypedDict
from urllib.parse import parse_qsl

from fake_hubspot.context import Body, Operation, RequestContext, Response, Route, open_route
from fake_hubspot.crm.versions import PATHS
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


class RefreshTokenInfo(TypedDict):
    """Details of a refresh token."""

    token: str
    client_id: str
    user: str
    hub_domain: str
    scopes: list[str]
    hub_id: int
    user_id: int
    token_type: str


class Introspection(TypedDict):
    """Whether a token can be used, and whose it is."""

    active: bool
    token_use: NotRequired[str]
    token_type: NotRequired[str]
    client_id: NotRequired[str]
    hub_id: NotRequired[int]
    app_id: NotRequired[int]
    user_id: NotRequired[int]
    scopes: NotRequired[list[str]]
    expires_in: NotRequired[int]


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
        for path in PATHS["tokens"]
    ]
    info = "/oauth/v1/access-tokens/{token}"
    reading = Operation(response=TokenInfo)
    for path in PATHS["token-checks"]:
        checking, revoking = Operation(response=Introspection, error=Refusal), Operation(error=Refusal)
        found += [
            open_route(
                "oauth.introspect",
                "POST",
                f"{path}/introspect",
                introspect_token,
                summary="Check a token",
                operation=checking,
            ),
            open_route(
                "oauth.revoke", "POST", f"{path}/revoke", revoke_token, summary="Revoke a token", operation=revoking
            ),
        ]
    refresh, told = "/oauth/v1/refresh-tokens/{token}", Operation(response=RefreshTokenInfo)
    gone = Operation(statuses=(204,))
    return [
        *found,
        open_route("oauth.refresh", "GET", refresh, read_refresh_token, summary="Read a refresh token", operation=told),
        open_route("oauth.forget", "DELETE", refresh, drop_refresh_token, summary="Delete a token", operation=gone),
        open_route("oauth.info", "GET", info, read_token, summary="Read an access token's details", operation=reading),
    ]


def issue_token(context: RequestContext) -> Response:
    """Issue an access token for an authorization code or a refresh token.

    Source: docs for the keys; that the refresh token does not change: reader.
    """
    grant = _grant(context, _form(context))
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


def _form(context: RequestContext) -> dict[str, str]:
    return dict(parse_qsl(context.request.body.decode("latin-1"), keep_blank_values=True))


def introspect_token(context: RequestContext) -> Response:
    """Return whether an access or refresh token of an app can be used.

    Source: docs (OAuth, 2026-03) for the route and the form; the keys in part assumed.
    """
    portal, form = context.portal, _form(context)
    grant, value = _app(context, form), form.get("token", "")
    answer: Introspection = {"active": False}
    token = portal.access.tokens.get(value)
    left_ms = (token.expires_ms or 0) - portal.clock.now_ms() if token else 0
    if value == grant.refresh_token or left_ms > 0:
        answer = {
            "active": True,
            "token_use": "access_token" if token else "refresh_token",
            "token_type": "bearer",
            "client_id": grant.client_id,
            "hub_id": portal.id,
            "app_id": 1024738,
            "user_id": 123,
            "scopes": list(grant.scopes),
        }
        if token:
            answer["expires_in"] = left_ms // 1000
    return Response.of(answer)


def revoke_token(context: RequestContext) -> Response:
    """Make a token unusable; one that is unknown is not an error. A refresh token takes its app's grant with it.

    Source: docs (OAuth, 2026-03) for the route and the form; the empty 200 is assumed, as RFC 7009 has it.
    """
    access, form = context.portal.access, _form(context)
    grant, value = _app(context, form), form.get("token", "")
    if value == grant.refresh_token:
        access.grants.drop(grant.client_id)
    elif (token := access.tokens.get(value)) is not None and token.kind == "oauth":
        access.revoke(value)
    return Response(200, Body(b""), None)


def _app(context: RequestContext, form: dict[str, str]) -> Grant:
    """Return the grant of the app that a form names.

    Raises:
        OAuthError: The credentials are wrong.
    """
    grant = context.portal.access.grants.get(form.get("client_id", ""))
    if grant is None:
        raise OAuthError("BAD_CLIENT_ID", "invalid_client", "missing or unknown client id")
    if form.get("client_secret") != grant.client_secret:
        raise OAuthError("BAD_CLIENT_SECRET", "invalid_client", "missing or invalid client secret")
    return grant


def _grant(context: RequestContext, form: dict[str, str]) -> Grant:
    grant = _app(context, form)
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


def _refreshed(context: RequestContext) -> Grant:
    """Return the grant of the refresh token that the path names.

    Raises:
        HubSpotError: 404 for an unknown one. Source: docs; the text is assumed.
    """
    for grant in context.portal.access.grants:
        if grant.refresh_token == context.params["token"]:
            return grant
    raise HubSpotError(404, "refresh token not found", category="OBJECT_NOT_FOUND")


def read_refresh_token(context: RequestContext) -> Response:
    """Return details of a refresh token.

    Source: docs.
    """
    portal, grant = context.portal, _refreshed(context)
    answer: RefreshTokenInfo = {
        "token": grant.refresh_token,
        "client_id": grant.client_id,
        "user": "owner@example.com",
        "hub_domain": f"{portal.id}.example.com",
        "scopes": list(grant.scopes),
        "hub_id": portal.id,
        "user_id": 123,
        "token_type": "refresh",
    }
    return Response.of(answer)


def drop_refresh_token(context: RequestContext) -> Response:
    """Delete a refresh token, so that no more access tokens are issued for it; those there are stay.

    Source: docs.
    """
    context.portal.access.grants.drop(_refreshed(context).client_id)
    return Response.empty()
