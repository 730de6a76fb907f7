"""How the connector proves to HubSpot who it is."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol
from urllib.parse import urlencode

import msgspec

from service.errors import MismatchError
from service.settings import Settings
from service.upstream.connection import Request, Response

__all__ = ["AccessToken", "ApiKey", "Credentials", "RefreshedToken", "credentials_for"]

_RENEW_BEFORE_S = 60.0


class Credentials(Protocol):
    """What is added to a request."""

    def headers(self) -> dict[str, str]:
        """Headers to send."""

    def query(self) -> str:
        """Query parameters to add to the target, without `?` or `&`; empty for none."""

    def renew(self, rejected: dict[str, str]) -> bool:
        """Whether other headers than the rejected ones are to be had, so that another try makes sense."""

    def secrets(self) -> Sequence[str]:
        """Texts that must never be repeated."""


class AccessToken:
    """The token of a private app. It does not expire."""

    def __init__(self, token: str) -> None:
        self._token = token

    def headers(self) -> dict[str, str]:
        """A bearer header."""
        return {"Authorization": f"Bearer {self._token}"}

    def query(self) -> str:
        """Nothing."""
        return ""

    def renew(self, rejected: dict[str, str]) -> bool:  # noqa: ARG002 - there is no other token
        """A rejected token stays rejected."""
        return False

    def secrets(self) -> Sequence[str]:
        """The token."""
        return (self._token,)


class ApiKey:
    """The `hapikey` of Sesam's tutorial. HubSpot ended it on 2022-11-30; mocks of that time still want it."""

    def __init__(self, key: str) -> None:
        self._key = key

    def headers(self) -> dict[str, str]:
        """Nothing."""
        return {}

    def query(self) -> str:
        """The key as a parameter."""
        return urlencode({"hapikey": self._key})

    def renew(self, rejected: dict[str, str]) -> bool:  # noqa: ARG002 - there is no other key
        """A rejected key stays rejected."""
        return False

    def secrets(self) -> Sequence[str]:
        """The key."""
        return (self._key,)


class _TokenAnswer(msgspec.Struct):
    access_token: str
    expires_in: float


class RefreshedToken:
    """An OAuth access token, fetched with a refresh token, renewed before it expires and when HubSpot rejects it.

    One for the process: the pulls that run at once share the token, and one of them fetches the next.
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
        """A bearer header with a token that is good for another while.

        Raises:
            UpstreamError: HubSpot gives no token.
        """
        with self._lock:
            if not self._token or self._clock() >= self._renew_at:
                self._fetch_token()
            return {"Authorization": f"Bearer {self._token}"}

    def query(self) -> str:
        """Nothing."""
        return ""

    def renew(self, rejected: dict[str, str]) -> bool:
        """Fetch a new token, unless another pull has done so since the rejected one was used."""
        with self._lock:
            if rejected == {"Authorization": f"Bearer {self._token}"}:
                self._fetch_token()
        return True

    def secrets(self) -> Sequence[str]:
        """Everything secret that was ever sent or received."""
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
            answer = msgspec.json.decode(self._fetch(request).body, type=_TokenAnswer)
        except ValueError:
            raise MismatchError("HubSpot's token endpoint answered 200 without access_token and expires_in.") from None
        self._token = answer.access_token
        self._renew_at = self._clock() + max(answer.expires_in - _RENEW_BEFORE_S, answer.expires_in / 2)


def credentials_for(
    settings: Settings, fetch: Callable[[Request], Response], *, clock: Callable[[], float] = time.monotonic
) -> Credentials:
    """The credentials the settings ask for; `fetch` makes a request without any."""
    if settings.auth == "oauth":
        return RefreshedToken(settings, fetch, clock=clock)
    return ApiKey(settings.hubspot_api_key) if settings.auth == "hapikey" else AccessToken(settings.hubspot_api_key)
