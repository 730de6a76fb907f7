"""The connector's settings: one table, read once from the environment. All problems are reported at once."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from service.addresses import host_name, proxy_url, split_url
from service.errors import SettingsError
from service.proxy import Proxy, find_proxy

__all__ = ["SETTINGS", "Setting", "Settings"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table.

    Attributes:
        names: The environment variables that set it, the preferred one first.
        parse: Converts text to the value. Raises ValueError with a sentence that contains no secret.
        default: The value if no variable is set. Without one, the setting is required.
        help: Its meaning, in Markdown.
        is_first_used: Whether the first name that is set counts, instead of different values being an error.
    """

    names: tuple[str, ...]
    parse: Callable[[str], object]
    default: object
    help: str
    is_first_used: bool = False

    @property
    def is_required(self) -> bool:
        """Whether there is no default."""
        return self.default is dataclasses.MISSING

    @property
    def default_text(self) -> str:
        """The default as documentation shows it."""
        if self.is_required:
            return "required"
        return "empty" if self.default == "" else str(self.default)

    @property
    def label(self) -> str:
        """The names, for messages."""
        return " or ".join(self.names)

    def read(self, environ: Mapping[str, str]) -> object:
        """Read the value. An empty variable counts as unset, as it does for Sesam.

        Raises:
            ValueError: The value is missing or malformed, or the names have different values.
        """
        found = {name: environ[name].strip() for name in self.names if environ.get(name, "").strip()}
        if len(set(found.values())) > 1 and not self.is_first_used:
            raise ValueError(f"{' and '.join(found)} have different values. Set only one of them")
        if found:
            return self.parse(next(iter(found.values())))
        if self.is_required:
            raise ValueError(f"not set. {self.help}")
        return self.default


_MAX_DIGITS = 18


def _token(text: str) -> str:
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("expected a HubSpot token, got spaces, control characters or non-ASCII characters")
    return text


def _base_url(text: str) -> str:
    parts = split_url(text, "https://api.hubapi.com")
    if parts.scheme not in ("http", "https"):
        raise ValueError("expected a URL such as https://api.hubapi.com")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("expected scheme, host and path only: no user name, password, query or fragment")
    path = parts.path.rstrip("/").removesuffix("/crm/v3").rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _integer(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS and low <= int(text) <= high):
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
            raise ValueError(f"expected {' or '.join(words)}, got {text[:40]!r}")
        return found

    return parse


def _setting(names: str, parse: Callable[[str], object], default: object, help_text: str) -> Any:
    """Declare a field of `Settings` and its row of the table.

    Args:
        names: One name as in Sesam's tutorials (`hubspot-auth`), which can also be set as `HUBSPOT_AUTH`, or several
            names separated by spaces, which are taken as they are.
        parse: Converts text to the value.
        default: The value if no variable is set, `MISSING` for a required setting.
        help_text: The meaning, in Markdown.
    """
    spellings = tuple(names.split()) if " " in names else (names, names.upper().replace("-", "_"))
    row = Setting(spellings, parse, default, help_text)
    return dataclasses.field(default=default, metadata={"setting": row})


def _secret(names: str, parse: Callable[[str], object], help_text: str) -> Any:
    """Declare a setting that is hidden in `repr`."""
    return dataclasses.field(default="", repr=False, metadata=_setting(names, parse, "", help_text).metadata)


def _proxy_setting(name: str, parse: Callable[[str], object], help_text: str) -> Any:
    """Declare a setting that curl and requests know as well. As for them, lower case is preferred."""
    row = Setting((name, name.upper()), parse, "", help_text, is_first_used=True)
    return dataclasses.field(default="", repr=name == "no_proxy", metadata={"setting": row})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings. Each field is a row of the table `SETTINGS`. `repr` hides secrets.

    Units: `_s` fields are in seconds.
    """

    hubspot_api_key: str = _secret(
        "hubspot-api-key api-key HUBSPOT_API_KEY",
        _token,
        "The access token of a HubSpot private app (`pat-...`). Required unless OAuth is used.",
    )
    hubspot_base_url: str = _setting(
        "hubspot-base-url base-url HUBSPOT_BASE_URL",
        _base_url,
        dataclasses.MISSING,
        "The URL of HubSpot: `https://api.hubapi.com`, with or without `/crm/v3`.",
    )
    auth: str = _setting(
        "hubspot-auth",
        _one_of("bearer", "oauth", "hapikey"),
        "bearer",
        "`bearer`: the token above. `oauth`: a refresh token. `hapikey`: a key in the URL, retired in 2022.",
    )
    client_id: str = _setting("hubspot-client-id", str, "", "OAuth: the app's client id.")
    client_secret: str = _secret("hubspot-client-secret", _token, "OAuth: the app's client secret.")
    refresh_token: str = _secret("hubspot-refresh-token", _token, "OAuth: the refresh token.")
    page_size: int = _setting("hubspot-page-size", _integer(1, 100), 100, "Records per request to HubSpot.")
    connections: int = _setting(
        "hubspot-connections",
        _integer(1, 8),
        4,
        "Connections that read the list of one full pull at the same time, each a range of ids. With 1, entities "
        "arrive in order of id.",
    )
    read_timeout_s: float = _setting(
        "hubspot-read-timeout-s",
        _number(0.1, 600),
        110,
        "Maximum seconds without a byte from HubSpot. The default is longer than the 100 seconds after which HubSpot's "
        "edge answers 524, which is more informative than a timeout.",
    )
    transfer_timeout_s: float = _setting(
        "hubspot-transfer-timeout-s",
        _number(0.1, 3600),
        120,
        "Maximum seconds from the first to the last byte of a response of HubSpot, however steadily its bytes arrive. "
        "After that it counts as a timeout.",
    )
    max_body_mb: int = _setting(
        "hubspot-max-body-mb",
        _integer(1, 1024),
        8,
        "The longest response of HubSpot in MiB, as it is sent and decompressed. A longer one fails the pull. Each "
        "running pull holds a few times its pages in memory: for larger pages, prefer a smaller `hubspot-page-size`.",
    )
    retries: int = _setting(
        "hubspot-retries",
        _integer(0, 20),
        5,
        "Maximum retries for a failed request, at most two before the first byte is sent. 429 does not count.",
    )
    retry_budget_s: float = _setting(
        "hubspot-retry-budget-s",
        _number(0, 1500),
        300,
        "Maximum seconds for all retries of one request. Keep it below Sesam's `read_timeout` (1800).",
    )
    retry_jitter: float = _setting(
        "hubspot-retry-jitter",
        _number(0, 1),
        1,
        "How much of the delay before a retry is random, so that several pulls do not retry at the same time. 0 makes "
        "delays predictable, for tests.",
    )
    searches_per_s: float = _setting(
        "hubspot-searches-per-s",
        _number(0.1, 1000),
        4,
        "Requests per second to the search API, which HubSpot limits to 5 per account.",
    )
    quota_percent: int = _setting(
        "hubspot-quota-percent",
        _integer(10, 100),
        98,
        "The part of HubSpot's ten-second limit that all pulls together use at most. The rest is left to other clients "
        "of the same app.",
    )
    since_field: str = _setting(
        "since-field",
        _one_of("lastmodifieddate", "hs_lastmodifieddate"),
        "",
        "Accepted because Sesam's tutorial sets it. Either name means the modified date of the object type.",
    )
    since_operator: str = _setting(
        "since-operator",
        _one_of("GT", "GTE"),
        "GTE",
        "Accepted because Sesam's tutorial sets it. Both mean GTE: GT loses records that share the last timestamp.",
    )
    since_overlap_s: int = _setting(
        "since-overlap-s",
        _integer(0, 86400),
        120,
        "Seconds before `since` that are read again, because HubSpot's search index lags. A pull with `limit` ends "
        "this long before its start.",
    )
    tilde_strings: str = _setting(
        "tilde-strings",
        _one_of("escape", "keep"),
        "escape",
        "Whether to `escape` strings with a leading `~` that Sesam would read as a typed value, or `keep` them.",
    )
    username: str = _secret("service-username", str, "Basic authentication of clients: the user name.")
    password: str = _secret("service-password", str, "Basic authentication of clients: the password.")
    grace_s: int = _setting(
        "grace-s",
        _integer(0, 600),
        6,
        "Seconds that running pulls have to finish after SIGTERM before they are aborted.",
    )
    log_format: str = _setting("log-format", _one_of("text", "json"), "text", "Log lines as text or as JSON.")
    log_level: str = _setting(
        "log-level", _one_of("DEBUG", "INFO", "WARNING", "ERROR"), "INFO", "The lowest level that is logged."
    )
    host: str = _setting(
        "host",
        host_name,
        "0.0.0.0",  # noqa: S104 - in a container, the service must be reachable from outside
        "The address to listen on; `::` for IPv6 and IPv4. IPv6 with or without brackets.",
    )
    port: int = _setting("PORT port", _integer(0, 65535), 5000, "The port to listen on. 0 chooses a free port.")
    threads: int = _setting(
        "threads",
        _integer(1, 500),
        64,
        "Pulls that run at the same time; others wait. `/health` and `/metrics` have threads of their own.",
    )
    request_timeout_s: float = _setting(
        "request-timeout-s", _number(0.1, 600), 10, "Seconds that a client has to send its request."
    )
    response_timeout_s: float = _setting(
        "response-timeout-s",
        _number(0.1, 3600),
        300,
        "Seconds after which a client is dropped that does not read the next 64 KiB of its response.",
    )
    http_proxy: str = _proxy_setting(
        "http_proxy", proxy_url, "The proxy for an `http` URL of HubSpot: `http://[user:password@]host:port`."
    )
    https_proxy: str = _proxy_setting(
        "https_proxy", proxy_url, "The proxy for an `https` URL of HubSpot. The connection through it is encrypted."
    )
    all_proxy: str = _proxy_setting("all_proxy", proxy_url, "The proxy if there is none for the scheme.")
    no_proxy: str = _proxy_setting(
        "no_proxy",
        str,
        "Hosts that are reached directly, separated by commas: `*`, `example.com` with its subdomains, `host:port`, "
        "an IP address, or a network such as `10.0.0.0/8`.",
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings.

        Raises:
            SettingsError: With every variable that is missing, malformed, or set twice to different values.
        """
        values: dict[str, Any] = {}
        problems: list[str] = []
        for name, setting in SETTINGS.items():
            try:
                values[name] = setting.read(environ)
            except ValueError as error:
                problems.append(f"{setting.label}: {error}")
        problems += _empty_credentials(environ)
        problems += _contradictions(values)
        if problems:
            raise SettingsError(problems)
        return cls(**values)

    @property
    def proxy(self) -> Proxy | None:
        """The proxy that leads to HubSpot, None if it is reached directly."""
        return find_proxy(
            self.hubspot_base_url,
            http_proxy=self.http_proxy,
            https_proxy=self.https_proxy,
            all_proxy=self.all_proxy,
            no_proxy=self.no_proxy,
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every string that must never appear in a message."""
        known = (self.hubspot_api_key, self.client_secret, self.refresh_token, self.password)
        proxies = (self.http_proxy, self.https_proxy, self.all_proxy)
        return tuple(filter(None, (*known, *(secret for proxy in proxies for secret in _proxy_secrets(proxy)))))


SETTINGS: Mapping[str, Setting] = {field.name: field.metadata["setting"] for field in dataclasses.fields(Settings)}
"""The table: field name to row. `--help` and the reference page are generated from it, see `settings_docs`."""


def _proxy_secrets(url: str) -> tuple[str, ...]:
    """Return the password in a proxy's URL, as it is written, as it is meant and as it is sent."""
    parts = urlsplit(url)
    if not parts.password:
        return ()
    sent = Proxy.from_url(url).authorization.removeprefix("Basic ")
    return parts.password, unquote(parts.password), sent


def _empty_credentials(environ: Mapping[str, str]) -> list[str]:
    """Describe credentials of clients that are set but empty: without them, everybody would have access."""
    names = (*SETTINGS["username"].names, *SETTINGS["password"].names)
    empty = [name for name in names if name in environ and not environ[name].strip()]
    if not empty:
        return []
    return [f"{' and '.join(empty)}: set but empty. Unset {'them' if empty[1:] else 'it'} to serve everybody"]


def _contradictions(values: Mapping[str, Any]) -> list[str]:
    """Describe what is wrong with settings that are valid by themselves. Malformed ones are not in `values`."""
    problems = []
    missing = [name for name in ("client_id", "client_secret", "refresh_token") if values.get(name, "malformed") == ""]
    if values.get("auth") == "oauth" and missing:
        problems.append(f"{_label('auth')} is oauth, which also requires {' and '.join(map(_label, missing))}")
    if values.get("auth") != "oauth" and values.get("hubspot_api_key", "malformed") == "":
        problems.append(
            f"{_label('hubspot_api_key')}: not set. Set it to the access token of a HubSpot private app (pat-...)."
        )
    if ":" in values.get("username", ""):
        problems.append(
            f"{_label('username')}: expected a name without a colon, which basic authentication cannot send"
        )
    if bool(values.get("username")) != bool(values.get("password")):
        problems.append(f"{_label('username')} and {_label('password')} must be set together or not at all")
    return problems


def _label(name: str) -> str:
    return SETTINGS[name].label
