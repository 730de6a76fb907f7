"""The connector's settings: one table, read once from the environment, every problem reported at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from service.errors import SettingsError

__all__ = ["VARIABLES", "Settings", "Variable"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the connector is told by its environment. Secrets are masked in `repr`.

    Attributes:
        hubspot_api_key: Access token of a HubSpot private app.
        hubspot_base_url: HubSpot's origin, without `/crm/v3` and without a trailing slash.
        page_size: Records asked for in one request.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        threads: Requests served at once.
    """

    hubspot_api_key: str = field(repr=False)
    hubspot_base_url: str
    page_size: int = 100
    host: str = "0.0.0.0"  # noqa: S104 - a container's service is reached from outside of it
    port: int = 5000
    threads: int = 16

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings.

        Raises:
            SettingsError: With every variable that is missing, malformed, or spelled twice with different values.
        """
        values: dict[str, Any] = {}
        problems: list[str] = []
        for variable in VARIABLES:
            try:
                text = variable.text(environ)
                values[variable.field] = variable.parse(text)
            except ValueError as error:
                problems.append(f"{variable.label}: {error}")
        if problems:
            raise SettingsError(problems)
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Variable:
    """One setting and the environment variables it is read from.

    Attributes:
        field: The attribute of `Settings` it fills.
        names: Every accepted spelling, the preferred one first.
        parse: Text to value; raises ValueError with a sentence that does not repeat a secret.
        help: One line for people.
        default: Text used where no spelling is set; None makes the setting required.
    """

    field: str
    names: tuple[str, ...]
    parse: Callable[[str], object]
    help: str
    default: str | None = None

    @property
    def label(self) -> str:
        """The spellings, for messages."""
        return " or ".join(self.names)

    def text(self, environ: Mapping[str, str]) -> str:
        """The text to parse. An empty variable counts as unset, as it does for Sesam."""
        found = {name: environ[name].strip() for name in self.names if environ.get(name, "").strip()}
        if len(set(found.values())) > 1:
            raise ValueError(f"{' and '.join(found)} are set to different values; keep one of them")
        if found:
            return next(iter(found.values()))
        if self.default is None:
            raise ValueError(f"not set. {self.help}")
        return self.default


def _token(text: str) -> str:
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("holds characters that no HubSpot token has (blanks, control or non-ASCII characters)")
    return text


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("expected a URL such as https://api.hubapi.com")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("expected scheme, host and path only: no user name, password, query or fragment")
    path = parts.path.rstrip("/").removesuffix("/crm/v3").rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _integer(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            raise ValueError(f"expected a whole number from {low} to {high}, got {text[:40]!r}")
        return int(text)

    return parse


VARIABLES = (
    Variable(
        "hubspot_api_key",
        ("hubspot-api-key", "api-key", "HUBSPOT_API_KEY"),
        _token,
        "The access token of a HubSpot private app (pat-...).",
    ),
    Variable(
        "hubspot_base_url",
        ("hubspot-base-url", "base-url", "HUBSPOT_BASE_URL"),
        _base_url,
        "Where HubSpot answers: https://api.hubapi.com, with or without /crm/v3.",
    ),
    Variable("page_size", ("HUBSPOT_PAGE_SIZE",), _integer(1, 100), "Records in one request to HubSpot.", "100"),
    Variable("host", ("HOST",), str, "Address to listen on.", "0.0.0.0"),  # noqa: S104 - as in Settings.host
    Variable("port", ("PORT", "port"), _integer(0, 65535), "Port to listen on; 0 takes a free one.", "5000"),
    Variable("threads", ("THREADS",), _integer(1, 200), "Requests served at once.", "16"),
)
"""Every setting there is. The reference page of the documentation is checked against this table."""
