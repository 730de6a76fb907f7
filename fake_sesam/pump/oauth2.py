"""Access tokens by OAuth 2, for `oauth2` of a URL or REST system.

Source: docs (configuration-systems-url.rst): with a `refresh_token` the grant is `refresh_token`, otherwise
`client_credentials`. Assumed: client id and secret are sent in the form; a given `access_token` is used until a request
is answered with 401; the token is fetched again `refresh_window` seconds before it expires.
"""

import time
from collections.abc import Mapping
from typing import Any

import requests
import requests.auth

__all__ = ["OAuth2"]

UNAUTHORIZED = 401
_TIMEOUT_S = 60


class OAuth2(requests.auth.AuthBase):
    """Adds a bearer token to requests, and fetches a new one if it was refused.

    Args:
        settings: The `oauth2` of a system.
        verify: Whether the certificate of the token's URL is checked.
    """

    def __init__(self, settings: Mapping[str, Any], *, verify: bool) -> None:
        self._settings = settings
        self._verify = verify
        self._token = str(settings.get("access_token") or "")
        self._refresh_token = str(settings.get("refresh_token") or "")
        self._expires: float | None = None

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the token to a request.

        Raises:
            requests.RequestException: A token is needed and cannot be fetched.
        """
        if not self._token or (self._expires is not None and time.time() >= self._expires):
            self._fetch()
        request.headers["Authorization"] = f"Bearer {self._token}"
        request.register_hook("response", self._retry_refused)  # type: ignore[no-untyped-call]  # requests has no types
        return request

    def _retry_refused(self, response: requests.Response, **options: Any) -> requests.Response:
        if response.status_code != UNAUTHORIZED:
            return response
        _ = response.content  # the connection is free again once its body is read
        response.close()
        self._fetch()
        again = response.request.copy()
        again.headers["Authorization"] = f"Bearer {self._token}"
        again.hooks["response"] = []
        second: requests.Response = response.connection.send(again, **options)
        second.history.append(response)
        second.request = again
        return second

    def _fetch(self) -> None:
        settings = self._settings
        scope = settings.get("scope")
        form = {
            "grant_type": "refresh_token" if self._refresh_token else "client_credentials",
            "client_id": settings.get("client_id"),
            "client_secret": settings.get("client_secret"),
            "refresh_token": self._refresh_token or None,
            "scope": " ".join(scope) if isinstance(scope, list) else scope,
            **(settings.get("extra") or {}),
        }
        url = str(settings["token_url"])
        response = requests.post(url, data=form, timeout=_TIMEOUT_S, verify=self._verify)
        if not response.ok:
            raise requests.RequestException(f"the token URL answered {response.status_code}")
        self._keep(response)

    def _keep(self, response: requests.Response) -> None:
        try:
            answer = response.json()
            self._token = str(answer["access_token"])
        except (ValueError, KeyError, TypeError) as error:
            raise requests.RequestException("the token URL answered without an access_token") from error
        self._refresh_token = str(answer.get("refresh_token") or self._refresh_token)
        lifetime = answer.get("expires_in")
        window = float(self._settings.get("refresh_window") or 30)
        self._expires = time.time() + float(lifetime) - window if isinstance(lifetime, (int, float)) else None
