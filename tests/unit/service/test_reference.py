from pathlib import Path

import pytest

from service.__main__ import main
from service.options import PARAMETERS
from service.settings import SETTINGS
from service.settings_docs import settings_as_markdown

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "service.md"


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_the_reference_describes_every_parameter(parameter: str) -> None:
    assert f"\n| `{parameter}` |" in REFERENCE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SETTINGS)
def test_the_reference_describes_every_setting(name: str) -> None:
    """With all its variables, its default and its meaning. `tests/meta` checks that the whole table is up to date."""
    setting = SETTINGS[name]
    variables = ", ".join(f"`{variable}`" for variable in setting.names)

    row = f"\n| {variables} | {setting.default_text} | {setting.help} |\n"

    assert row in REFERENCE.read_text(encoding="utf-8")


def test_markdown_prints_the_table_without_any_setting(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUBSPOT_API_KEY", raising=False)

    status = main(["--markdown"])

    assert status == 0
    assert capsys.readouterr().out.strip() == settings_as_markdown()


def test_help_describes_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_status:
        main(["--help"])

    text = capsys.readouterr().out
    assert exit_status.value.code == 0
    assert all(", ".join(setting.names) in text for setting in SETTINGS.values())
    assert "hubspot-base-url, base-url, HUBSPOT_BASE_URL (required)" in text
    assert "PORT, port (default: 5000)" in text
