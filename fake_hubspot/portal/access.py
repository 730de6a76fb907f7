"""Who may call: access tokens, what they may do and until when, and the OAuth app that asks for them."""

import msgspec

from fake_hubspot.errors import HubSpotError
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.config import check_token
from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.portal_context import PortalContext

__all__ = ["ACCESS_TOKEN_LIFE_S", "Access", "Grant", "Token"]

ACCESS_TOKEN_LIFE_S = 1800
DEFAULT_SCOPES = ("oauth", "crm.objects.contacts.read", "crm.objects.contacts.write")


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """An access token. `kind` is private-app, oauth or hapikey; `scopes` None allows everything.

    Units: `expires_ms` milliseconds since 1970, None for never.
    """

    value: str
    kind: str
    scopes: tuple[str, ...] | None = None
    expires_ms: int | None = None


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What a user allowed an OAuth app: the code to begin with, the refresh token to go on with."""

    client_id: str
    client_secret: str
    redirect_uri: str
    code: str
    refresh_token: str
    scopes: tuple[str, ...] = DEFAULT_SCOPES


class Access:
    """The tokens and grants of a portal."""

    def __init__(self, context: PortalContext) -> None:
        self._context = context
        self.tokens = KeyValueStore(context.db, "tokens", Token, on_change=lambda: None)
        self.grants = KeyValueStore(context.db, "grants", Grant, on_change=lambda: None)

    def add(self, token: Token) -> Token:
        """Accept a token from now on.

        Raises: UsageError for a text that cannot be one.
        """
        check_token(token.value)
        return self.tokens.put(token.value, token)

    def revoke(self, value: str) -> None:
        """Accept a token no more."""
        self.tokens.drop(value)

    def grant(self, *, scopes: tuple[str, ...] = DEFAULT_SCOPES) -> Grant:
        """What an app gets when a user has said yes."""
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
        """A new access token of an OAuth app.

        Units: `life_s` seconds.
        """
        value = f"C{self._context.random.getrandbits(320):080x}"
        expires = self._context.clock.now_ms() + life_s * 1000
        return self.add(Token(value=value, kind="oauth", scopes=grant.scopes, expires_ms=expires))

    def expire_all(self) -> int:
        """Let every OAuth access token expire now; how many there were."""
        now = self._context.clock.now_ms()
        living = [one for one in self.tokens if one.kind == "oauth"]
        for one in living:
            self.add(msgspec.structs.replace(one, expires_ms=now))
        return len(living)

    def check(self, token: Token, *, needs: str | None) -> None:
        """Let a call pass or not.

        Raises: HubSpotError 401 for an expired token, 403 where a scope is missing.
        """
        now = self._context.clock.now_ms()
        if token.expires_ms is not None and now >= token.expires_ms:
            raise expired(now, token.expires_ms)
        if token.scopes is not None and needs is not None and needs not in token.scopes:
            raise missing_scopes(needs)

    def _uuid(self) -> str:
        text = f"{self._context.random.getrandbits(128):032x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


def expired(now_ms: int, expires_ms: int) -> HubSpotError:
    """Source: recording (airbyte #74726 for seconds, hubspot-api-php #363 for days)."""
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


def missing_scopes(scope: str) -> HubSpotError:
    """Source: docs (error handling); which scopes the contacts routes name is inferred."""
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
