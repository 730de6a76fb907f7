import pytest

from service.errors import SettingsError
from service.settings import SETTINGS, Settings
from tests.support.cases import for_each

REQUIRED = {"HUBSPOT_API_KEY": "pat-x", "HUBSPOT_BASE_URL": "https://api.hubapi.com"}


def read(**changes: str) -> Settings:
    """Read the settings from the required variables and these."""
    return Settings.from_env(REQUIRED | changes)


@for_each("key", ["hubspot-api-key", "api-key", "HUBSPOT_API_KEY"])
@for_each("url", ["hubspot-base-url", "base-url", "HUBSPOT_BASE_URL"])
def test_every_name_in_sesams_tutorials_is_accepted(key: str, url: str) -> None:
    settings = Settings.from_env({key: "pat-x", url: "https://api.hubapi.com"})

    assert (settings.hubspot_api_key, settings.hubspot_base_url) == ("pat-x", "https://api.hubapi.com")


@for_each("path", ["", "/", "/crm/v3", "/crm/v3/", "//"])
@for_each("origin", ["https://api.hubapi.com", "http://127.0.0.1:8400", "http://gateway/hubspot"])
def test_the_base_url_is_normalised(origin: str, path: str) -> None:
    assert read(HUBSPOT_BASE_URL=origin + path).hubspot_base_url == origin


@for_each(
    "url",
    [
        "api.hubapi.com",
        "ftp://api.hubapi.com",
        "https://",
        "https://me:secret@api.hubapi.com",
        "https://a/?hapikey=secret",
    ],
)
def test_an_invalid_base_url_is_refused_without_repeating_a_secret(url: str) -> None:
    with pytest.raises(SettingsError, match="HUBSPOT_BASE_URL") as caught:
        read(HUBSPOT_BASE_URL=url)

    assert "secret" not in str(caught.value)


def test_every_problem_is_reported_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"PORT": "http", "HUBSPOT_PAGE_SIZE": "101"})

    assert len(caught.value.problems) == 4
    for name in ("hubspot-api-key", "hubspot-base-url", "PORT", "HUBSPOT_PAGE_SIZE"):
        assert name in caught.value.message


def test_two_names_with_different_values_are_refused() -> None:
    with pytest.raises(SettingsError, match="different values") as caught:
        read(**{"api-key": "pat-other"})

    assert "pat-" not in caught.value.message.partition("not set")[0].replace("(pat-...)", "")


def test_two_names_with_the_same_value_are_accepted() -> None:
    assert read(**{"port": "1", "PORT": "1"}).port == 1


def test_an_empty_variable_counts_as_unset() -> None:
    """A secret that resolves to nothing is missing."""
    with pytest.raises(SettingsError, match="not set"):
        read(HUBSPOT_API_KEY=" ")


def test_whitespace_around_a_value_is_removed() -> None:
    """Secrets copied from a file end with a line break."""
    assert read(HUBSPOT_API_KEY=" pat-x\n").hubspot_api_key == "pat-x"


@for_each("token", ["pat x", "pät", "a\nX-Injected: 1"])
def test_an_invalid_token_is_refused_without_repeating_it(token: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(HUBSPOT_API_KEY=token)

    assert token not in caught.value.message


def test_the_token_is_hidden_in_repr() -> None:
    assert "pat-x" not in repr(read())


def test_unset_variables_have_the_defaults_of_the_class() -> None:
    assert read() == Settings(hubspot_api_key="pat-x", hubspot_base_url="https://api.hubapi.com")


def test_the_table_has_every_field_and_no_variable_twice() -> None:
    names = [name for setting in SETTINGS.values() for name in setting.names]

    assert len(names) == len(set(names))
    assert set(SETTINGS) == set(Settings.__dataclass_fields__)


WHOLE_NUMBERS = {
    "hubspot-page-size": (1, 100),
    "hubspot-connections": (1, 8),
    "hubspot-max-body-mb": (1, 1024),
    "hubspot-retries": (0, 20),
    "hubspot-quota-percent": (10, 100),
    "since-overlap-s": (0, 86_400),
    "grace-s": (0, 600),
    "port": (0, 65_535),
    "threads": (1, 500),
}
NUMBERS = {
    "hubspot-read-timeout-s": (0.1, 600),
    "hubspot-transfer-timeout-s": (0.1, 3600),
    "hubspot-retry-budget-s": (0, 1500),
    "hubspot-retry-jitter": (0, 1),
    "hubspot-searches-per-s": (0.1, 1000),
    "request-timeout-s": (0.1, 600),
    "response-timeout-s": (0.1, 3600),
}


@for_each(
    ("name", "bounds", "step"),
    [(*each, 1) for each in WHOLE_NUMBERS.items()] + [(*each, 0.01) for each in NUMBERS.items()],
)
def test_each_number_has_a_least_and_a_greatest_value(name: str, bounds: tuple[float, float], step: float) -> None:
    low, high = bounds
    (field,) = (field for field, setting in SETTINGS.items() if name in [each.lower() for each in setting.names])

    for value in bounds:
        assert getattr(read(**{name: f"{value:g}"}), field) == value
    for text in (f"{low - step:g}", f"{high + step:.9g}", "nan", "inf", "many"):
        with pytest.raises(SettingsError, match=f"from {low:g} to {high:g}, got"):
            read(**{name: text})
