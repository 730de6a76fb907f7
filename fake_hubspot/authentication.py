"""Finds out who sent a request: which portal its access token selects, or why it is refused."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl

import msgspec

from fake_hubspot.context import Request, Tenant
from fake_hubspot.http_errors import HtmlError, HubSpotError, OtherHubletError, credentials_not_found, expired_token
from fake_hubspot.portal.access import Token
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal_registry import PortalRegistry

__all__ = ["AuthContext", "Authenticator", "bearer_token"]

# The data centre that a request reaches unless it is routed elsewhere.
OWN_DATA_CENTER = "na1"
# What belongs to an app and not to an account. Source: docs (`hapikey` in webhooks v3); reader (HubSpot's clients send
# the developer's key and nothing else for timeline templates, calling, cards, video conferences and custom actions).
DEVELOPER_PATHS = (
    "/webhooks/",
    "/integrators/timeline/",
    "/crm/v3/extensions/",
    "/crm/extensions/",
    "/automation/v4/actions/",
    "/automation/actions/",
)
# A client sends one header again and again; a longer one is not kept in memory.
LONGEST_KEPT = 300
# The beginnings of paths whose portal is not known by a token.
OTHERWISE_KNOWN = ("/oauth/", "/hubfs/", "/submissions/")
# Paths that name the portal and need no token: what is in files, and what visitors send with a form.
PORTAL_IN_PATH = re.compile(r"/(?:hubfs|submissions/v3/integration/submit)/(?P<id>[0-9]{1,19})/")


class AuthContext(msgspec.Struct, frozen=True):
    """The sender of a request: a portal with the token that selected it, or the default portal with an error."""

    tenant: Tenant
    token: Token | None = None
    error: HubSpotError | None = None


def bearer_token(request: Request) -> str | None:
    """Return the token of the `Authorization` header if it is a bearer header."""
    header = request.headers.get(b"authorization", b"")
    return _bearer_token_in(header) if len(header) <= LONGEST_KEPT else _bearer_token_in.__wrapped__(header)


@lru_cache(maxsize=64)
def _bearer_token_in(header: bytes) -> str | None:
    scheme, _, token = header.decode("latin-1").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


class Authenticator:
    """Identifies the sender of a request among the portals of one server."""

    def __init__(self, portals: PortalRegistry) -> None:
        self._portals = portals

    def identify(self, request: Request) -> AuthContext:
        """Return the sender of a request.

        An API key in the query is legacy; the assumption `hapikey` of the default portal says how to answer it.
        """
        if request.path.startswith(OTHERWISE_KNOWN) and (known := self._by_path(request)):
            return known
        value = bearer_token(request)
        if value is not None:
            found = self._by_value(value)
            return self._routed(found) if found else AuthContext(self._portals.default, error=self._unknown(value))
        key = request.first("hapikey") if b"hapikey" in request.raw_query else None
        if key is not None:
            return self._by_key(key, is_developer=request.path.startswith(DEVELOPER_PATHS))
        return AuthContext(self._portals.default, error=credentials_not_found())

    def _by_path(self, request: Request) -> AuthContext | None:
        """Return the sender of a request whose path, and not a token, says which portal it is about."""
        if request.path.startswith("/oauth/"):
            return AuthContext(self._by_app(request) or self._portals.default)
        portal_id = PORTAL_IN_PATH.match(request.path)
        if portal_id is None:
            return None
        return AuthContext(self._portals.get(parse_id(portal_id["id"]) or 0) or self._portals.default)

    def _by_value(self, value: str) -> AuthContext | None:
        found = self._portals.find_by_token(value)
        return AuthContext(*found) if found else None

    @staticmethod
    def _routed(auth: AuthContext) -> AuthContext:
        """Refuse a sender whose portal is in another data centre, if the portal's assumption says so.

        This server is in na1. Source: reader (amp-labs/connectors #3508: one host leads everywhere, older tokens only
        to na1).
        """
        portal = auth.tenant.portal
        home = portal.config.data_center
        if home == OWN_DATA_CENTER or portal.assumptions["other-data-center"] == "accept":
            return auth
        return AuthContext(auth.tenant, auth.token, OtherHubletError(portal.id, hublet=home))

    def _by_app(self, request: Request) -> Tenant | None:
        """Return the portal whose user authorized the OAuth app, or the one whose token the path names."""
        value = request.path.rpartition("/")[2]
        client_id = dict(parse_qsl(request.body.decode("latin-1"))).get("client_id", "")
        for tenant in self._portals:
            access = tenant.portal.access
            is_refresh = any(value == one.refresh_token for one in access.grants)
            if client_id in access.grants or value in access.tokens or is_refresh:
                return tenant
        return None

    def _by_key(self, key: str, *, is_developer: bool) -> AuthContext:
        """Return the sender who names a key: the key of a developer still works, that of an account does not.

        A developer's key is any token of the account here.
        """
        auth = self._by_value(key)
        choice = (auth.tenant if auth else self._portals.default).portal.assumptions["hapikey"]
        if auth is not None and (is_developer or choice == "accept"):
            return auth
        tenant = auth.tenant if auth else self._portals.default
        return AuthContext(tenant, error=KEY_REFUSALS.get(choice, invalid_key)())

    def _unknown(self, value: str) -> HubSpotError:
        """Return the response to a token that was never issued, as the assumption `garbage-token` says."""
        portal = self._portals.default.portal
        choice = portal.assumptions["garbage-token"]
        if choice == "not-found" or value.startswith("pat-"):
            return credentials_not_found()
        if choice == "expired":
            return expired_token(portal.clock.now_ms(), 0)
        return HtmlError(530, "Origin DNS error", text="error code: 1016")


def invalid_key() -> HubSpotError:
    """Return the response to `?hapikey=` since HubSpot switched API keys off.

    Source: reader (mautic #11926, 2023).
    """
    page = "https://app.hubspot.com/l/api-key/"
    return HubSpotError(
        401,
        f"The API key provided is invalid. View or manage your API key here: {page}",
        category="INVALID_AUTHENTICATION",
        links={"api key": page},
        category_first=True,
        headers=[(b"x-hubspot-auth-failure", b"401 Unauthorized")],
    )


def key_does_not_exist() -> HubSpotError:
    """Return the other known response to `?hapikey=`.

    Source: reader (HubSpot.NET #131).
    """
    return HubSpotError(401, "This hapikey doesn't exist.", headers=[(b"x-hubspot-auth-failure", b"401 Unauthorized")])


KEY_REFUSALS = {
    "does-not-exist": key_does_not_exist,
    "not-found": credentials_not_found,
}
