"""Tokens of `custom_auth`: what the operations that fetch them returned, and until when they hold.

Source: docs (configuration-systems-rest.rst).
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from fake_sesam.pump.clock import Clock
from fake_sesam.pump.rest_templates import Templates

__all__ = ["RestTokens"]

REFRESH_WINDOW_S = 30


class RestTokens:
    """The tokens of one system.

    Args:
        settings: Its `custom_auth`; None for none.
        templates: Renders the expressions in it.
        fetch: Returns the body that an operation returns.
        clock: The time.
    """

    def __init__(
        self, settings: Mapping[str, Any] | None, templates: Templates, fetch: Callable[[str], Any], *, clock: Clock
    ) -> None:
        self._settings = settings or {}
        self._templates = templates
        self._fetch = fetch
        self._clock = clock
        self._token: dict[str, Any] = dict(self._settings.get("initial_refresh_token") or {})
        self._expiries: dict[str, float] = {}
        self._is_fetching = False

    def current(self) -> dict[str, Any]:
        """Return the `token` of templates; it is fetched if there is none or it is about to expire.

        Raises:
            ReadError: It cannot be fetched.
        """
        if not self._settings or self._is_fetching:
            return self._token
        self._is_fetching = True
        try:
            self._renew("get_refresh_token_operation", "refresh_token_")
            self._renew("get_token_operation", "")
        finally:
            self._is_fetching = False
        return self._token

    def deprecated(self) -> dict[str, Any]:
        """Return the variables that `access_token_property` and `refresh_token_property` name."""
        found = {}
        for name in ("access_token", "refresh_token"):
            source = self._settings.get(f"{name}_property")
            if source:
                found[name] = self._token.get(source)
        return found

    def _renew(self, setting: str, prefix: str) -> None:
        operation = self._settings.get(setting)
        if operation is None or self._clock.now() < self._expiries.get(setting, -math.inf):
            return
        answer = self._fetch(str(operation))
        self._token = {**self._token, **(answer if isinstance(answer, dict) else {})}
        expires = self._expiry(prefix)
        window = float(self._settings.get("refresh_window", REFRESH_WINDOW_S))
        self._expiries[setting] = expires - window
        moment = datetime.fromtimestamp(expires, UTC)
        self._token[f"{prefix}expires_at"] = int(expires)
        self._token[f"{prefix}expiry_date"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _expiry(self, prefix: str) -> float:
        """Return when the token expires, in seconds since 1970; now if nothing says so."""
        known = {"token": self._token}
        at, within = (self._settings.get(f"{prefix}expires_{each}_expression") for each in ("at", "in"))
        moment = _moment(self._templates.text(at, known)) if at else None
        if moment is not None:
            return moment
        lifetime = self._templates.text(within, known) if within else ""
        try:
            return self._clock.now() + float(lifetime or 0)
        except ValueError:
            return self._clock.now()


def _moment(text: str) -> float | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
