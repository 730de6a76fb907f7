"""Access tokens, what they allow and until when, and the OAuth app that requests them."""

from collections.abc import Callable, Sequence

import msgspec

from fake_hubspot.portal.config import check_token
from fake_hubspot.portal.errors import ExpiredTokenError, MissingScopeError
from fake_hubspot.portal.identity import random_uuid
from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.portal_context import PortalContext

__all__ = ["ACCESS_TOKEN_LIFE_S", "Access", "Grant", "Token"]

ACCESS_TOKEN_LIFE_S = 1800
DEFAULT_SCOPES = ("oauth", "crm.objects.contacts.read", "crm.objects.contacts.write")


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """An access token.

    Attributes:
        kind: private-app, oauth or hapikey.
        scopes: None allows everything.
        expires_ms: None for never.

    Units: milliseconds since 1970.
    """

    value: str
    kind: str
    scopes: tuple[str, ...] | None = None
    expires_ms: int | None = None


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What a user allowed an OAuth app: a code to begin with and a refresh token to continue with."""

    client_id: str
    client_secret: str
    redirect_uri: str
    code: str
    refresh_token: str
    scopes: tuple[str, ...] = DEFAULT_SCOPES


class Access:
    """The tokens and grants of a portal.

    Args:
        context: The portal.
        app_secrets: Returns the secrets of apps that are kept elsewhere.
    """

    def __init__(self, context: PortalContext, *, app_secrets: Callable[[], Sequence[str]] = tuple) -> None:
        self._context = context
        self._app_secrets = app_secrets
        self._own_secrets: tuple[str, ...] = ()
        self._secrets_version: tuple[int, int] | None = None
        self.tokens = KeyValueStore(context.db, "tokens", Token, on_change=lambda: None)
        self.grants = KeyValueStore(context.db, "grants", Grant, on_change=lambda: None)

    def add(self, token: Token) -> Token:
        """Accept a token from now on.

        Raises:
            UsageError: The text cannot be a token.
        """
        check_token(token.value)
        return self.tokens.put(token.value, token)

    def secrets(self) -> tuple[str, ...]:
        """Return what no output may contain: tokens, and the secrets of apps. Each printed line needs it."""
        version = (self.tokens.version, self.grants.version)
        if version != self._secrets_version:
            of_apps = ((one.client_secret, one.code, one.refresh_token) for one in self.grants)
            tokens = (one.value for one in self.tokens)
            self._own_secrets = (*tokens, *(secret for each in of_apps for secret in each))
            self._secrets_version = version
        of_other_apps = self._app_secrets()
        return (*self._own_secrets, *of_other_apps) if of_other_apps else self._own_secrets

    def revoke(self, value: str) -> None:
        """Stop accepting a token."""
        self.tokens.drop(value)

    def grant(self, *, scopes: tuple[str, ...] = DEFAULT_SCOPES) -> Grant:
        """Return what an app gets when a user has authorized it."""
        made = Grant(
            client_id=self._uuid(),
            client_secret=self._uuid(),
            redirect_uri="https://example.com/oauth-callback",
            code=f"na1-{self._uuid()}",
            refresh_token=f"na1-{self._uuid()}",
            scopes=scopes,
        )
        return self.grants.put(made.client_id, made)

    def issue(self, grant: Grant, *, life_s: int = ACCESS_TOKEN_LIFE_S) -> Token:
        """Issue a new access token to an OAuth app.

        Units: `life_s` seconds.
        """
        value = f"C{self._context.random.getrandbits(320):080x}"
        expires = self._context.clock.now_ms() + life_s * 1000
        return self.add(Token(value=value, kind="oauth", scopes=grant.scopes, expires_ms=expires))

    def expire_all(self) -> int:
        """Let every OAuth access token expire now, and return how many there were."""
        now = self._context.clock.now_ms()
        living = [one for one in self.tokens if one.kind == "oauth"]
        for one in living:
            self.add(msgspec.structs.replace(one, expires_ms=now))
        return len(living)

    def check(self, token: Token, *, needs: str | None) -> None:
        """Check that a token may be used.

        Raises:
            ExpiredTokenError: It has expired.
            MissingScopeError: It lacks the scope `needs`.
        """
        if token.expires_ms is not None and (now := self._context.clock.now_ms()) >= token.expires_ms:
            raise ExpiredTokenError(now_ms=now, expires_ms=token.expires_ms)
        if token.scopes is not None and needs is not None and needs not in token.scopes:
            raise MissingScopeError(needs)

    def _uuid(self) -> str:
        return random_uuid(self._context.random, variant="8")
