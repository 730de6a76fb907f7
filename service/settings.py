"""The connector's settings: one table, read once from the environment, every problem reported at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from service.errors import SettingsError

__all__ = ["VARIABLES", "Settings", "Variable"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the connector is told by its environment. `VARIABLES` says what each field means; `repr` masks secrets.

    Units: `_s` fields are seconds.
    """

    hubspot_api_key: str = field(repr=False)
    hubspot_base_url: str
    auth: str = "bearer"
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    page_size: int = 100
    read_timeout_s: float = 110
    retries: int = 5
    retry_budget_s: float = 300
    searches_per_s: float = 4
    since_field: str = ""
    since_operator: str = "GTE"
    since_overlap_s: int = 120
    tilde: str = "escape"
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    grace_s: int = 6
    log_format: str = "text"
    log_level: str = "INFO"
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
                values[variable.field] = variable.parse(variable.text(environ))
            except ValueError as error:
                problems.append(f"{variable.label}: {error}")
        problems += _contradictions(values)
        if problems:
            raise SettingsError(problems)
        return cls(**values)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every text that must never be repeated."""
        return tuple(filter(None, (self.hubspot_api_key, self.client_secret, self.refresh_token, self.password)))


def _contradictions(values: dict[str, Any]) -> list[str]:
    """What is wrong with settings that are each fine by themselves."""
    problems = []
    oauth = [name for name in ("client_id", "client_secret", "refresh_token") if not values.get(name, "unreadable")]
    if values.get("auth") == "oauth" and oauth:
        problems.append(f"{_label('auth')} is oauth, which also needs {' and '.join(map(_label, oauth))}")
    if values.get("auth") != "oauth" and not values.get("hubspot_api_key", "unreadable"):
        problems.append(f"{_label('hubspot_api_key')}: not set. The access token of a HubSpot private app (pat-...).")
    if bool(values.get("username")) != bool(values.get("password")):
        problems.append(f"{_label('username')} and {_label('password')} are set together or not at all")
    return problems


def _label(field_name: str) -> str:
    return next(variable.label for variable in VARIABLES if variable.field == field_name)


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


def _number(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not low <= number <= high:
            raise ValueError(f"expected a number from {low:g} to {high:g}, got {text[:40]!r}")
        return number

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        found = {word.lower(): word for word in words}.get(text.lower())
        if found is None:
            raise ValueError(f"expected {' or '.join(filter(None, words))}, got {text[:40]!r}")
        return found

    return parse


def _spellings(name: str) -> tuple[str, str]:
    """The name as Sesam's tutorials write names, and as shells can set them: hubspot-auth, HUBSPOT_AUTH."""
    return (name, name.upper().replace("-", "_"))


VARIABLES = (
    Variable(
        "hubspot_api_key",
        ("hubspot-api-key", "api-key", "HUBSPOT_API_KEY"),
        _token,
        "The access token of a HubSpot private app (`pat-...`). Required unless OAuth is used.",
        "",
    ),
    Variable(
        "hubspot_base_url",
        ("hubspot-base-url", "base-url", "HUBSPOT_BASE_URL"),
        _base_url,
        "Where HubSpot answers: `https://api.hubapi.com`, with or without `/crm/v3`.",
    ),
    Variable(
        "auth",
        _spellings("hubspot-auth"),
        _one_of("bearer", "oauth", "hapikey"),
        "`bearer`: the token above. `oauth`: a refresh token. `hapikey`: a key in the URL, ended in 2022.",
        "bearer",
    ),
    Variable("client_id", _spellings("hubspot-client-id"), str, "OAuth: the app's client id.", ""),
    Variable("client_secret", _spellings("hubspot-client-secret"), _token, "OAuth: the app's client secret.", ""),
    Variable("refresh_token", _spellings("hubspot-refresh-token"), _token, "OAuth: the refresh token.", ""),
    Variable(
        "page_size", _spellings("hubspot-page-size"), _integer(1, 100), "Records in one request to HubSpot.", "100"
    ),
    Variable(
        "read_timeout_s",
        _spellings("hubspot-read-timeout-s"),
        _number(0.1, 600),
        "Seconds without a byte from HubSpot. Its edge gives up after 100 with a 524, which says more than a time-out.",
        "110",
    ),
    Variable(
        "retries",
        _spellings("hubspot-retries"),
        _integer(0, 20),
        "How often a failed request is made again; at most twice before the first byte is sent. 429 is not counted.",
        "5",
    ),
    Variable(
        "retry_budget_s",
        _spellings("hubspot-retry-budget-s"),
        _number(0, 1500),
        "Seconds that retries of one request may take in all. Stay below Sesam's `read_timeout` (1800).",
        "300",
    ),
    Variable(
        "searches_per_s",
        _spellings("hubspot-searches-per-s"),
        _number(0.1, 1000),
        "Requests a second to the search API, which HubSpot limits to 5 for the account.",
        "4",
    ),
    Variable(
        "since_field",
        _spellings("since-field"),
        _one_of("", "lastmodifieddate", "hs_lastmodifieddate"),
        "As in Sesam's tutorial. Empty: the modified date of the object type, which is also what the two names mean.",
        "",
    ),
    Variable(
        "since_operator",
        _spellings("since-operator"),
        _one_of("GT", "GTE"),
        "As in Sesam's tutorial. Both are read as GTE: GT loses records that share the last timestamp.",
        "GTE",
    ),
    Variable(
        "since_overlap_s",
        _spellings("since-overlap-s"),
        _integer(0, 86400),
        "Seconds before `since` that are asked for again, because HubSpot's search index lags.",
        "120",
    ),
    Variable(
        "tilde",
        _spellings("tilde-strings"),
        _one_of("escape", "keep"),
        "What becomes of texts that Sesam would take for a typed value: see below.",
        "escape",
    ),
    Variable("username", _spellings("service-username"), str, "Basic authentication of callers: user name.", ""),
    Variable("password", _spellings("service-password"), str, "Basic authentication of callers: password.", ""),
    Variable(
        "grace_s",
        _spellings("grace-s"),
        _integer(0, 600),
        "Seconds that running pulls have to finish after SIGTERM, before they are broken off.",
        "6",
    ),
    Variable(
        "log_format", _spellings("log-format"), _one_of("text", "json"), "Log lines for people or as JSON.", "text"
    ),
    Variable(
        "log_level",
        _spellings("log-level"),
        _one_of("DEBUG", "INFO", "WARNING", "ERROR"),
        "The least severe lines that are logged.",
        "INFO",
    ),
    Variable("host", _spellings("host"), str, "Address to listen on.", "0.0.0.0"),  # noqa: S104 - as in Settings.host
    Variable("port", ("PORT", "port"), _integer(0, 65535), "Port to listen on; 0 takes a free one.", "5000"),
    Variable("threads", _spellings("threads"), _integer(1, 200), "Requests served at once.", "16"),
)
"""Every setting there is. The reference page of the documentation is checked against this table."""
