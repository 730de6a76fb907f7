"""Which portals this server holds, and which of them an access token selects."""

from collections.abc import Iterator
from urllib.parse import parse_qsl

import msgspec

from fake_hubspot.errors import HtmlError, HubSpotError, OtherHubletError
from fake_hubspot.exchange import Call, Tenant
from fake_hubspot.portal.access import Token, expired

__all__ = ["DEFAULT_TOKEN", "Caller", "Tenants", "bearer_token"]

DEFAULT_TOKEN = "pat-na1-00000000-0000-4000-8000-000000000000"  # noqa: S105 - the documented token of a fake

# The data centre that a call reaches when nothing routes it elsewhere.
HERE = "na1"


class Caller(msgspec.Struct, frozen=True):
    """Who calls: a portal with the token that selected it, or the default portal with the reason to refuse."""

    tenant: Tenant
    token: Token | None = None
    refusal: HubSpotError | None = None


def bearer_token(call: Call) -> str | None:
    """The token of the Authorization header, if it is a bearer header."""
    scheme, _, token = call.headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


class Tenants:
    """The portals of one server, by id and by access token. The first one is the default."""

    def __init__(self, default: Tenant) -> None:
        self.default = default
        self._by_id: dict[int, Tenant] = {}
        self._by_token: dict[str, Tenant] = {}
        self.add(default)

    def __iter__(self) -> Iterator[Tenant]:
        return iter(list(self._by_id.values()))

    def get(self, portal_id: int) -> Tenant | None:
        """The portal with that id."""
        return self._by_id.get(portal_id)

    def add(self, tenant: Tenant) -> None:
        """Make a portal reachable by its token."""
        self._by_id[tenant.portal.id] = tenant
        if tenant.token not in tenant.portal.access.tokens:
            tenant.portal.access.add(Token(value=tenant.token, kind="private-app"))
        self._by_token[tenant.token] = tenant

    def drop(self, tenant: Tenant) -> None:
        """Forget a portal, and close its database."""
        del self._by_id[tenant.portal.id]
        self._by_token = {token: kept for token, kept in self._by_token.items() if kept is not tenant}
        tenant.portal.close()

    def has_token(self, value: str) -> bool:
        """Whether a token selects a portal."""
        return self._by_value(value) is not None

    def identify(self, call: Call) -> Caller:
        """Who calls. A key in the query is legacy and answered as the default portal's choices say."""
        if call.path.startswith("/oauth/"):
            return Caller(self._by_app(call) or self.default)
        value = bearer_token(call)
        if value is not None:
            known = self._by_value(value)
            return self._routed(known) if known else Caller(self.default, refusal=self._unknown(value))
        key = call.first("hapikey") if b"hapikey" in call.raw_query else None
        if key is not None:
            return self._by_key(key)
        return Caller(self.default, refusal=credentials_not_found())

    def _by_value(self, value: str) -> Caller | None:
        tenant = self._by_token.get(value)
        token = tenant.portal.access.tokens.get(value) if tenant else None
        if tenant is not None and token is not None:
            return Caller(tenant, token)
        for other in self:
            token = other.portal.access.tokens.get(value)
            if token is not None:
                self._by_token[value] = other
                return Caller(other, token)
        return None

    @staticmethod
    def _routed(caller: Caller) -> Caller:
        """The caller, refused where nothing routes the call to the portal's data centre. This server is in na1.

        Source: reader (amp-labs/connectors #3508: one host leads everywhere, tokens from before that to na1 alone).
        """
        portal = caller.tenant.portal
        home = portal.options.data_center
        if home == HERE or portal.core.assumptions["other-data-center"] == "accept":
            return caller
        return Caller(caller.tenant, caller.token, OtherHubletError(portal.id, hublet=home))

    def _by_app(self, call: Call) -> Tenant | None:
        """The portal whose user allowed the OAuth app that calls, or whose token is asked about."""
        value = call.path.rpartition("/")[2]
        client_id = dict(parse_qsl(call.body.decode("latin-1"))).get("client_id", "")
        for tenant in self:
            access = tenant.portal.access
            if client_id in access.grants or value in access.tokens:
                return tenant
        return None

    def _by_key(self, key: str) -> Caller:
        caller = self._by_value(key)
        choice = (caller.tenant if caller else self.default).portal.core.assumptions["hapikey"]
        if caller is not None and choice == "accept":
            return caller
        tenant = caller.tenant if caller else self.default
        return Caller(tenant, refusal=KEY_REFUSALS.get(choice, invalid_key)())

    def _unknown(self, value: str) -> HubSpotError:
        """The answer to a token nobody issued; for one that is no token at all, as the assumption says."""
        portal = self.default.portal
        choice = portal.core.assumptions["garbage-token"]
        if choice == "not-found" or value.startswith("pat-"):
            return credentials_not_found()
        if choice == "expired":
            return expired(portal.clock.now_ms(), 0)
        return HtmlError(530, "Origin DNS error", text="error code: 1016")


def credentials_not_found() -> HubSpotError:
    """The answer to a missing or unknown token.

    Source: recording (2023-2026; hubspot-api-nodejs #432).
    """
    return HubSpotError(
        401,
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
        "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        category="INVALID_AUTHENTICATION",
        headers=[(b"x-hubspot-auth-failure", b"401 Unauthorized")],
    )


def invalid_key() -> HubSpotError:
    """The answer to `?hapikey=` since keys were switched off. Source: reader (mautic #11926, 2023)."""
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
    """The other answer to `?hapikey=`. Source: reader (HubSpot.NET #131)."""
    return HubSpotError(401, "This hapikey doesn't exist.", headers=[(b"x-hubspot-auth-failure", b"401 Unauthorized")])


KEY_REFUSALS = {
    "does-not-exist": key_does_not_exist,
    "not-found": credentials_not_found,
}
