import pytest

from service.__main__ import main
from service.options import PARAMETERS
from service.settings import SETTINGS
from tests.unit.service.settings_table import REFERENCE, REFRESH, table, with_table


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_the_reference_describes_every_parameter(parameter: str) -> None:
    """A parameter that is not documented cannot be used."""
    assert f"\n| `{parameter}` |" in REFERENCE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SETTINGS)
def test_the_table_describes_every_setting(name: str) -> None:
    """With all its variables, its default and its meaning."""
    setting = SETTINGS[name]

    [row] = [line for line in table().splitlines() if setting.help in line]

    assert all(f"`{variable}`" in row for variable in setting.names)
    assert f"| {setting.default_text} |" in row


def test_the_reference_has_the_current_table_of_settings() -> None:
    """The page is written by hand, except for this table."""
    page = REFERENCE.read_text(encoding="utf-8")

    if with_table(page) != page:
        pytest.fail(f"The table of settings in {REFERENCE} is out of date. Refresh it with: {REFRESH}", pytrace=False)


def test_help_describes_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m service --help` is generated from the same table."""
    with pytest.raises(SystemExit):
        main(["--help"])

    text = capsys.readouterr().out
    assert all(", ".join(setting.names) in text for setting in SETTINGS.values())
    assert "hubspot-base-url, base-url, HUBSPOT_BASE_URL (required)" in text
    assert "PORT, port (default: 5000)" in text
