"""Which portals this server holds, and which of them an access token selects."""

from collections.abc import Iterator

from fake_hubspot.errors import HubSpotError
from fake_hubspot.exchange import Call, Tenant

__all__ = ["DEFAULT_TOKEN", "Tenants", "bearer_token"]

DEFAULT_TOKEN = "pat-na1-00000000-0000-4000-8000-000000000000"  # noqa: S105 - the documented token of a fake


def bearer_token(call: Call) -> str | None:
    """The token of the Authorization header, if it is a bearer header."""
    scheme, _, token = call.headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


class Tenants:
    """The portals of one server, by access token. The first one is the default."""

    def __init__(self, default: Tenant) -> None:
        self.default = default
        self._by_token = {default.token: default}

    def __iter__(self) -> Iterator[Tenant]:
        return iter(dict.fromkeys(self._by_token.values()))

    def add(self, tenant: Tenant) -> None:
        """Make a portal reachable by its token."""
        self._by_token[tenant.token] = tenant

    def drop(self, tenant: Tenant) -> None:
        """Forget a portal and its tokens, and close its store."""
        self._by_token = {token: kept for token, kept in self._by_token.items() if kept is not tenant}
        tenant.portal.close()

    def select(self, call: Call) -> Tenant | None:
        """The portal that the call's access token belongs to."""
        token = bearer_token(call)
        return self._by_token.get(token) if token else None


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
