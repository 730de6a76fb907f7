import pytest

from service.errors import SettingsError
from service.settings import SETTINGS, Settings

REQUIRED = {"HUBSPOT_API_KEY": "pat-x", "HUBSPOT_BASE_URL": "https://api.hubapi.com"}


def read(**changes: str) -> Settings:
    """The settings from the required ones and these."""
    return Settings.from_env(REQUIRED | changes)


@pytest.mark.parametrize("key", ["hubspot-api-key", "api-key", "HUBSPOT_API_KEY"])
@pytest.mark.parametrize("url", ["hubspot-base-url", "base-url", "HUBSPOT_BASE_URL"])
def test_every_spelling_of_sesams_tutorials_is_accepted(key: str, url: str) -> None:
    """Each may be combined with each."""
    settings = Settings.from_env({key: "pat-x", url: "https://api.hubapi.com"})

    assert (settings.hubspot_api_key, settings.hubspot_base_url) == ("pat-x", "https://api.hubapi.com")


@pytest.mark.parametrize("path", ["", "/", "/crm/v3", "/crm/v3/", "//"])
@pytest.mark.parametrize("origin", ["https://api.hubapi.com", "http://127.0.0.1:8400", "http://gateway/hubspot"])
def test_the_base_url_is_normalised(origin: str, path: str) -> None:
    """With and without the API's own path, with and without a slash at the end."""
    assert read(HUBSPOT_BASE_URL=origin + path).hubspot_base_url == origin


@pytest.mark.parametrize(
    "url",
    [
        "api.hubapi.com",
        "ftp://api.hubapi.com",
        "https://",
        "https://me:secret@api.hubapi.com",
        "https://a/?hapikey=secret",
    ],
)
def test_a_base_url_that_cannot_be_meant_is_refused(url: str) -> None:
    """And a secret someone put into it is not repeated."""
    with pytest.raises(SettingsError, match="HUBSPOT_BASE_URL") as caught:
        read(HUBSPOT_BASE_URL=url)

    assert "secret" not in str(caught.value)


def test_every_problem_is_reported_at_once() -> None:
    """One start shows all there is to mend."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"PORT": "http", "HUBSPOT_PAGE_SIZE": "101"})

    assert len(caught.value.problems) == 4
    for name in ("hubspot-api-key", "hubspot-base-url", "PORT", "HUBSPOT_PAGE_SIZE"):
        assert name in caught.value.message


def test_two_spellings_with_different_values_are_refused() -> None:
    """Guessing which one is meant would be a guess about an account."""
    with pytest.raises(SettingsError, match="different values") as caught:
        read(**{"api-key": "pat-other"})

    assert "pat-" not in caught.value.message.partition("not set")[0].replace("(pat-...)", "")


def test_two_spellings_with_the_same_value_are_fine() -> None:
    """Sesam's own examples differ from one another; setting both is common."""
    assert read(**{"port": "1", "PORT": "1"}).port == 1


def test_an_empty_variable_counts_as_unset() -> None:
    """A secret that resolves to nothing is a missing one."""
    with pytest.raises(SettingsError, match="not set"):
        read(HUBSPOT_API_KEY=" ")


def test_white_space_around_a_value_is_dropped() -> None:
    """Secrets copied from a file end in a line break."""
    assert read(HUBSPOT_API_KEY=" pat-x\n").hubspot_api_key == "pat-x"


@pytest.mark.parametrize("token", ["pat x", "pät", "a\nX-Injected: 1"])
def test_a_token_that_cannot_be_one_is_refused_unseen(token: str) -> None:
    """It would be a broken header or HubSpot's 530."""
    with pytest.raises(SettingsError) as caught:
        read(HUBSPOT_API_KEY=token)

    assert token not in caught.value.message


def test_the_token_is_masked_in_the_representation() -> None:
    """Settings are printed by debuggers and by tests that fail."""
    assert "pat-x" not in repr(read())


def test_defaults_are_those_of_the_settings_class() -> None:
    """The table and the class say the same."""
    assert read() == Settings(hubspot_api_key="pat-x", hubspot_base_url="https://api.hubapi.com")


def test_the_table_fills_every_field_and_has_no_variable_twice() -> None:
    """A setting that cannot be set would be dead."""
    names = [name for setting in SETTINGS.values() for name in setting.names]

    assert len(names) == len(set(names))
    assert set(SETTINGS) == set(Settings.__dataclass_fields__)
