"""Each row of the table of settings: its variables, its default, what it accepts and what it refuses. Retyped."""

from typing import Any

import pytest

from service.errors import SettingsError
from service.proxy import Proxy
from service.settings import SETTINGS, Setting, Settings
from tests.support.cases import for_each

REQUIRED = {"HUBSPOT_API_KEY": "pat-x", "HUBSPOT_BASE_URL": "https://api.hubapi.com"}
# Field: variables and default.
ROWS: dict[str, tuple[str, object]] = {
    "hubspot_api_key": ("hubspot-api-key api-key HUBSPOT_API_KEY", ""),
    "hubspot_base_url": ("hubspot-base-url base-url HUBSPOT_BASE_URL", None),
    "auth": ("hubspot-auth HUBSPOT_AUTH", "bearer"),
    "client_id": ("hubspot-client-id HUBSPOT_CLIENT_ID", ""),
    "client_secret": ("hubspot-client-secret HUBSPOT_CLIENT_SECRET", ""),
    "refresh_token": ("hubspot-refresh-token HUBSPOT_REFRESH_TOKEN", ""),
    "page_size": ("hubspot-page-size HUBSPOT_PAGE_SIZE", 100),
    "read_timeout_s": ("hubspot-read-timeout-s HUBSPOT_READ_TIMEOUT_S", 110),
    "transfer_timeout_s": ("hubspot-transfer-timeout-s HUBSPOT_TRANSFER_TIMEOUT_S", 120),
    "max_body_mb": ("hubspot-max-body-mb HUBSPOT_MAX_BODY_MB", 8),
    "retries": ("hubspot-retries HUBSPOT_RETRIES", 5),
    "retry_budget_s": ("hubspot-retry-budget-s HUBSPOT_RETRY_BUDGET_S", 300),
    "retry_jitter": ("hubspot-retry-jitter HUBSPOT_RETRY_JITTER", 1),
    "searches_per_s": ("hubspot-searches-per-s HUBSPOT_SEARCHES_PER_S", 4),
    "since_field": ("since-field SINCE_FIELD", ""),
    "since_operator": ("since-operator SINCE_OPERATOR", "GTE"),
    "since_overlap_s": ("since-overlap-s SINCE_OVERLAP_S", 120),
    "tilde_strings": ("tilde-strings TILDE_STRINGS", "escape"),
    "username": ("service-username SERVICE_USERNAME", ""),
    "password": ("service-password SERVICE_PASSWORD", ""),
    "grace_s": ("grace-s GRACE_S", 6),
    "log_format": ("log-format LOG_FORMAT", "text"),
    "log_level": ("log-level LOG_LEVEL", "INFO"),
    "host": ("host HOST", "0.0.0.0"),  # noqa: S104 - a default of the container
    "port": ("PORT port", 5000),
    "threads": ("threads THREADS", 64),
    "request_timeout_s": ("request-timeout-s REQUEST_TIMEOUT_S", 10),
    "response_timeout_s": ("response-timeout-s RESPONSE_TIMEOUT_S", 300),
    "http_proxy": ("http_proxy HTTP_PROXY", ""),
    "https_proxy": ("https_proxy HTTPS_PROXY", ""),
    "all_proxy": ("all_proxy ALL_PROXY", ""),
    "no_proxy": ("no_proxy NO_PROXY", ""),
}
WHOLE = {
    "page_size": (1, 100), "max_body_mb": (1, 1024), "retries": (0, 20), "since_overlap_s": (0, 86400),
    "grace_s": (0, 600), "port": (0, 65535), "threads": (1, 500),
}  # fmt: skip
NUMBERS = {
    "read_timeout_s": (0.1, 600), "transfer_timeout_s": (0.1, 3600), "retry_budget_s": (0, 1500),
    "searches_per_s": (0.1, 1000), "request_timeout_s": (0.1, 600), "response_timeout_s": (0.1, 3600),
}  # fmt: skip
WORDS = {
    "auth": ("bearer", "oauth", "hapikey"), "since_field": ("lastmodifieddate", "hs_lastmodifieddate"),
    "since_operator": ("GT", "GTE"), "tilde_strings": ("escape", "keep"), "log_format": ("text", "json"),
    "log_level": ("DEBUG", "INFO", "WARNING", "ERROR"),
}  # fmt: skip
SECRET = {"hubspot_api_key", "client_secret", "refresh_token", "username", "password"} | {
    "http_proxy", "https_proxy", "all_proxy",
}  # fmt: skip


def read(**changes: str) -> Settings:
    return Settings.from_env(REQUIRED | changes)


def problems(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environ)
    return list(caught.value.problems)


@for_each("field", ROWS)
def test_a_setting_has_its_variables_and_its_default(field: str) -> None:
    variables, default = ROWS[field]

    setting = SETTINGS[field]

    assert setting.names == tuple(variables.split())
    assert setting.is_required is (default is None)
    assert default is None or setting.default == default
    assert default is None or getattr(read(), field) == default or field in ("hubspot_api_key",)
    assert setting.is_first_used is field.endswith("_proxy")
    assert setting.label == " or ".join(setting.names)


@for_each(("field", "low", "high"), [(field, *bounds) for field, bounds in WHOLE.items()])
def test_a_whole_number_is_within_its_bounds(field: str, low: int, high: int) -> None:
    parse = SETTINGS[field].parse

    assert (parse(str(low)), parse(str(high))) == (low, high)
    for text in (str(low - 1), str(high + 1), "1.0", "", "x", "+1", "٣", "1e1"):
        with pytest.raises(ValueError, match=f"expected a whole number from {low} to {high}, got"):
            parse(text)


def test_a_whole_number_has_18_digits_at_most() -> None:
    assert SETTINGS["page_size"].parse("5".zfill(18)) == 5
    with pytest.raises(ValueError, match="expected a whole number"):
        SETTINGS["page_size"].parse("5".zfill(19))


@for_each(("field", "low", "high"), [(field, *bounds) for field, bounds in NUMBERS.items()])
def test_a_number_is_within_its_bounds(field: str, low: float, high: float) -> None:
    parse = SETTINGS[field].parse

    assert (parse(str(low)), parse(str(high)), parse("0.5")) == (low, high, 0.5)
    for text in (f"{low - 0.01}", f"{high + 0.01}", "nan", "inf", "-inf", "x", ""):
        with pytest.raises(ValueError, match=f"expected a number from {low:g} to {high:g}, got"):
            parse(text)


@for_each("field", WORDS)
def test_a_word_is_one_of_some_in_upper_or_lower_case(field: str) -> None:
    parse, words = SETTINGS[field].parse, WORDS[field]

    for word in words:
        assert [parse(word), parse(word.upper()), parse(word.lower())] == [word] * 3
    for text in ("", f"{words[0]}x", "no such word"):
        with pytest.raises(ValueError, match=f"^expected {' or '.join(words)}, got '{text}'"):
            parse(text)


@for_each("field", ROWS)
def test_repr_shows_everything_but_secrets(field: str) -> None:
    assert Settings.__dataclass_fields__[field].repr is (field not in SECRET)


@for_each(
    "token", ["a b", "a\tb", "a\x7fb", "å", "a\N{NO-BREAK SPACE}b"]
)  # fmt: skip
@for_each("field", ["hubspot_api_key", "client_secret", "refresh_token"])
def test_a_token_is_printable_ascii_without_blanks(field: str, token: str) -> None:
    assert SETTINGS[field].parse("pat-1_x.y/z+~") == "pat-1_x.y/z+~"
    with pytest.raises(ValueError, match="expected a HubSpot token"):
        SETTINGS[field].parse(token)


@for_each(
    ("url", "message"),
    [
        ("https://me@a", "scheme, host and path only"),
        ("https://:pw@a", "scheme, host and path only"),
        ("https://a?x=1", "scheme, host and path only"),
        ("https://a/#x", "scheme, host and path only"),
        ("ftp://a", "expected a URL such as https://api.hubapi.com"),
        ("a", "expected a URL such as https://api.hubapi.com"),
    ],
)
def test_a_base_url_has_scheme_host_and_path_only(url: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SETTINGS["hubspot_base_url"].parse(url)


@for_each(
    ("url", "normal"),
    [
        ("http://a", "http://a"),
        ("https://a:8443/x/crm/v3/", "https://a:8443/x"),
        ("https://a/crm/v3x", "https://a/crm/v3x"),
        ("https://a/x/", "https://a/x"),
        ("https://a/x//crm/v3", "https://a/x"),
    ],
)
def test_a_base_url_loses_what_the_connector_adds(url: str, normal: str) -> None:
    assert SETTINGS["hubspot_base_url"].parse(url) == normal


# --- a row ---


def row(*names: str, default: object = "d", is_first_used: bool = False) -> Setting:
    return Setting(names, str.upper, default, "Its meaning.", is_first_used)


@for_each(
    ("environ", "value"),
    [({}, "d"), ({"a": " "}, "d"), ({"a": " x "}, "X"), ({"b": "x", "a": ""}, "X"), ({"a": "x", "b": "x "}, "X")],
)
def test_a_variable_counts_if_it_is_not_blank(environ: dict[str, str], value: str) -> None:
    assert row("a", "b").read(environ) == value


def test_names_with_different_values_are_refused_unless_the_first_one_counts() -> None:
    environ = {"b": "y", "a": "x"}

    assert row("a", "b", is_first_used=True).read(environ) == "X"
    with pytest.raises(ValueError, match=r"^a and b have different values\. Set only one of them$"):
        row("a", "b").read(environ)


@for_each(("default", "text"), [("", "empty"), ("x", "x"), (0, "0"), (4, "4")])
def test_a_default_is_shown_as_text(default: object, text: str) -> None:
    assert row("a", default=default).default_text == text


def test_a_required_setting_says_what_it_means() -> None:
    setting = row("a", "b", default=SETTINGS["hubspot_base_url"].default)

    assert (setting.is_required, setting.default_text) == (True, "required")
    with pytest.raises(ValueError, match=r"^not set\. Its meaning\.$"):
        setting.read({})


# --- settings that belong together ---

OAUTH = {
    "HUBSPOT_BASE_URL": "https://a",
    "HUBSPOT_AUTH": "oauth",
    "HUBSPOT_CLIENT_ID": "i",
    "HUBSPOT_CLIENT_SECRET": "s",
    "HUBSPOT_REFRESH_TOKEN": "r",
}


def test_oauth_needs_no_key() -> None:
    assert Settings.from_env(OAUTH).auth == "oauth"


@for_each("missing", ["HUBSPOT_CLIENT_ID", "HUBSPOT_CLIENT_SECRET", "HUBSPOT_REFRESH_TOKEN"])
def test_oauth_needs_each_of_its_settings(missing: str) -> None:
    without = {name: value for name, value in OAUTH.items() if name != missing}

    (problem,) = problems(without)

    assert problem.startswith("hubspot-auth or HUBSPOT_AUTH is oauth, which also requires hubspot-")
    assert problem.endswith(f" or {missing}")
    assert " and " not in problem


def test_a_malformed_setting_is_reported_once() -> None:
    """And not as missing."""
    assert len(problems(OAUTH | {"HUBSPOT_CLIENT_SECRET": "a b"})) == 1
    assert len(problems(REQUIRED | {"HUBSPOT_API_KEY": "a b"})) == 1
    assert len(problems(REQUIRED | {"HUBSPOT_AUTH": "none"})) == 1


@pytest.mark.parametrize("auth", ["bearer", "hapikey"])
def test_other_kinds_of_credentials_need_the_key(auth: str) -> None:
    (problem,) = problems({"HUBSPOT_BASE_URL": "https://a", "HUBSPOT_AUTH": auth})

    assert problem.startswith("hubspot-api-key or api-key or HUBSPOT_API_KEY: not set.")


@for_each(
    ("name", "password", "message"),
    [
        ("a:b", "p", "expected a name without a colon"),
        ("a", None, "must be set together or not at all"),
        (None, "p", "must be set together or not at all"),
    ],
)
def test_a_user_name_and_a_password_belong_together(name: str | None, password: str | None, message: str) -> None:
    both = {"SERVICE_USERNAME": name, "SERVICE_PASSWORD": password}

    (problem,) = problems(REQUIRED | {variable: value for variable, value in both.items() if value is not None})

    assert message in problem
    assert "service-username or SERVICE_USERNAME" in problem


@for_each(
    ("empty", "message"),
    [
        ({"SERVICE_USERNAME": ""}, "SERVICE_USERNAME: set but empty. Unset it to serve everybody"),
        ({"service-username": " "}, "service-username: set but empty. Unset it to serve everybody"),
        ({"SERVICE_PASSWORD": ""}, "SERVICE_PASSWORD: set but empty. Unset it to serve everybody"),
        ({"service-password": "\t"}, "service-password: set but empty. Unset it to serve everybody"),
        (
            {"SERVICE_USERNAME": "", "SERVICE_PASSWORD": ""},
            "SERVICE_USERNAME and SERVICE_PASSWORD: set but empty. Unset them to serve everybody",
        ),
    ],
)
def test_empty_credentials_of_clients_are_refused(empty: dict[str, str], message: str) -> None:
    """They would give everybody access."""
    assert problems(REQUIRED | empty) == [message]


def test_a_password_may_have_a_colon() -> None:
    settings = read(SERVICE_USERNAME="a", SERVICE_PASSWORD="p:w")

    assert (settings.username, settings.password) == ("a", "p:w")


@for_each(
    ("changes", "secrets"),
    [
        ({}, ["pat-x"]),
        ({"HUBSPOT_CLIENT_SECRET": "cs", "HUBSPOT_REFRESH_TOKEN": "rt"}, ["pat-x", "cs", "rt"]),
        ({"SERVICE_USERNAME": "me", "SERVICE_PASSWORD": "pw"}, ["pat-x", "pw"]),
        ({"http_proxy": "http://me@a"}, ["pat-x"]),
        ({"http_proxy": "http://me:p%2Fw@a"}, ["pat-x", "p%2Fw", "p/w", "bWU6cC93"]),
        ({"https_proxy": "http://me:p%2Fw@a"}, ["pat-x", "p%2Fw", "p/w", "bWU6cC93"]),
        ({"all_proxy": "http://me:p%2Fw@a"}, ["pat-x", "p%2Fw", "p/w", "bWU6cC93"]),
    ],
)
def test_every_secret_is_known(changes: dict[str, str], secrets: list[str]) -> None:
    assert list(read(**changes).secrets) == secrets


@for_each(
    ("environ", "host"),
    [
        ({"http_proxy": "http://h"}, None),
        ({"https_proxy": "http://s"}, "s"),
        ({"all_proxy": "http://x"}, "x"),
        ({"https_proxy": "http://s", "all_proxy": "http://x"}, "s"),
        ({"https_proxy": "http://s", "no_proxy": "hubapi.com"}, None),
        ({"https_proxy": "http://s", "HTTPS_PROXY": "http://t"}, "s"),
    ],
)
def test_the_settings_name_the_proxy(environ: dict[str, Any], host: str | None) -> None:
    assert read(**environ).proxy == (Proxy(host, 80) if host else None)
