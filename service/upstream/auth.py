"""Credentials for requests to HubSpot."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol
from urllib.parse import urlencode

import msgspec

from service.decoding import decode_body
from service.errors import MismatchError
from service.settings import Settings
from service.upstream.messages import Request, Response

__all__ = ["AccessToken", "Anonymous", "ApiKey", "Credentials", "RefreshedToken", "credentials_for"]

_RENEW_BEFORE_S = 60.0
_MAX_EXPIRES_IN_S = 86_400.0  # HubSpot's tokens last half an hour
_MAX_TOKEN_LENGTH = 8192


class Credentials(Protocol):
    """What is added to a request to authenticate it."""

    def headers(self) -> dict[str, str]:
        """Return the headers to send.

        Raises:
            UpstreamError: HubSpot issued no token.
        """

    def query(self) -> str:
        """Return the query parameters to add to the target, without a leading `?` or `&`."""

    def renew(self, rejected: dict[str, str]) -> bool:
        """Drop credentials after a 401, if there may be others.

        Args:
            rejected: The headers that HubSpot rejected.

        Returns:
            Whether `headers` may return others now, so that a retry makes sense.
        """

    def secrets(self) -> Sequence[str]:
        """Return the strings that must never appear in a message."""


class Anonymous:
    """No credentials, for the token endpoint. The secrets of the settings are still kept out of messages."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def headers(self) -> dict[str, str]:
        """Return no headers."""
        return {}

    def query(self) -> str:
        """Return no parameters."""
        return ""

    def renew(self, rejected: dict[str, str]) -> bool:  # noqa: ARG002 - nothing was sent
        """Return False: nothing was sent that could be renewed."""
        return False

    def secrets(self) -> Sequence[str]:
        """Return every secret of the settings."""
        return self._settings.secrets


class AccessToken:
    """The token of a private app. It does not expire."""

    def __init__(self, token: str) -> None:
        self._token = token

    def headers(self) -> dict[str, str]:
        """Return a bearer token."""
        return {"Authorization": f"Bearer {self._token}"}

    def query(self) -> str:
        """Return no parameters."""
        return ""

    def renew(self, rejected: dict[str, str]) -> bool:  # noqa: ARG002 - there is no other token
        """Return False: there is only this token."""
        return False

    def secrets(self) -> Sequence[str]:
        """Return the token."""
        return (self._token,)


class ApiKey:
    """The `hapikey` of Sesam's tutorial. HubSpot retired it on 2022-11-30; mocks from before that still require it."""

    def __init__(self, key: str) -> None:
        self._key = key

    def headers(self) -> dict[str, str]:
        """Return no headers."""
        return {}

    def query(self) -> str:
        """Return the key as a parameter."""
        return urlencode({"hapikey": self._key})

    def renew(self, rejected: dict[str, str]) -> bool:  # noqa: ARG002 - there is no other key
        """Return False: there is only this key."""
        return False

    def secrets(self) -> Sequence[str]:
        """Return the key."""
        return (self._key,)


class _TokenResponse(msgspec.Struct):
    access_token: str
    expires_in: float


class RefreshedToken:
    """An OAuth access token, renewed with a refresh token a minute before it expires or when HubSpot rejects it.

    Concurrent pulls share the token. It is fetched under a lock, so only one of them fetches the next.

    Args:
        settings: The client id, the client secret and the refresh token.
        fetch: Sends a request without credentials.
        clock: A monotonic clock.
    """

    def __init__(
        self, settings: Settings, fetch: Callable[[Request], Response], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = 0.0

    def headers(self) -> dict[str, str]:
        """Return a bearer token that does not expire within the next minute.

        Raises:
            UpstreamError: HubSpot issued no token.
        """
        with self._lock:
            if not self._token or self._clock() >= self._renew_at:
                self._fetch_token()
            return {"Authorization": f"Bearer {self._token}"}

    def query(self) -> str:
        """Return no parameters."""
        return ""

    def renew(self, rejected: dict[str, str]) -> bool:
        """Drop the rejected token, unless another pull has fetched a new one since. The next request fetches one."""
        with self._lock:
            if rejected == {"Authorization": f"Bearer {self._token}"}:
                self._token = ""
        return True

    def secrets(self) -> Sequence[str]:
        """Return the secrets of the settings and the current token."""
        return tuple(filter(None, (self._settings.client_secret, self._settings.refresh_token, self._token)))

    def _fetch_token(self) -> None:
        form = {
            "grant_type": "refresh_token",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret,
            "refresh_token": self._settings.refresh_token,
        }
        request = Request(
            "/oauth/v1/token", "POST", urlencode(form).encode(), content_type="application/x-www-form-urlencoded"
        )
        try:
            token = decode_body(self._fetch(request).body, _TokenResponse)
        except ValueError:
            raise MismatchError(
                "HubSpot's token endpoint answered 200 without `access_token` and `expires_in`."
            ) from None
        if not _can_be_sent(token.access_token):
            raise MismatchError(
                "HubSpot's token endpoint answered with an `access_token` that no header can hold: it is empty, too "
                "long, or has blanks, control characters or non-ASCII characters. It is not used."
            )
        expires_in = min(max(token.expires_in, 0.0), _MAX_EXPIRES_IN_S)
        self._token = token.access_token
        self._renew_at = self._clock() + max(expires_in - _RENEW_BEFORE_S, expires_in / 2)


def _can_be_sent(token: str) -> bool:
    return 0 < len(token) <= _MAX_TOKEN_LENGTH and token.isascii() and token.isprintable() and " " not in token


def credentials_for(
    settings: Settings, fetch: Callable[[Request], Response], *, clock: Callable[[], float] = time.monotonic
) -> Credentials:
    """Create the credentials that `auth` in the settings asks for.

    Args:
        settings: Which kind of credentials, and their secrets.
        fetch: Sends a request without credentials.
        clock: A monotonic clock.
    """
    if settings.auth == "oauth":
        return RefreshedToken(settings, fetch, clock=clock)
    return ApiKey(settings.hubspot_api_key) if settings.auth == "hapikey" else AccessToken(settings.hubspot_api_key)
