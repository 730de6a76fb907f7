from pathlib import Path

import pytest

from service.__main__ import main
from service.options import PARAMETERS
from service.settings import SETTINGS, Setting
from service.settings_docs import _text_row, settings_as_markdown, settings_as_text
from tests.support.cases import for_each

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "service.md"


@for_each("parameter", PARAMETERS)
def test_the_reference_describes_every_parameter(parameter: str) -> None:
    assert f"\n| `{parameter}` |" in REFERENCE.read_text(encoding="utf-8")


@for_each("name", SETTINGS)
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


def test_the_table_of_settings_has_a_row_for_each() -> None:
    header, line, *rows = settings_as_markdown().split("\n")

    assert (header, line) == ("| variable | default | meaning |", "|---|---|---|")
    assert len(rows) == len(SETTINGS)
    assert rows[0].startswith("| `hubspot-api-key`, `api-key`, `HUBSPOT_API_KEY` | empty | The access token of")
    assert rows[1].startswith("| `hubspot-base-url`, `base-url`, `HUBSPOT_BASE_URL` | required | The URL of HubSpot")


def test_the_table_of_settings_fits_into_a_terminal() -> None:
    """A line with the variables and the default, and the meaning below it, without the marks of Markdown."""
    text = settings_as_text()

    assert "\n  PORT, port (default: 5000)\n      The port to listen on. 0 chooses a free port.\n" in text
    assert "  hubspot-base-url, base-url, HUBSPOT_BASE_URL (required)\n      The URL of HubSpot: https://" in text
    assert "  hubspot-client-id, HUBSPOT_CLIENT_ID (default: empty)\n" in text
    assert "`" not in text
    meanings = [line for line in text.split("\n") if line.startswith(" " * 6)]
    assert 70 < max(map(len, meanings)) <= 82
    assert len(text.split("\n")) == len(meanings) + len(SETTINGS)


@pytest.mark.parametrize(("length", "lines"), [(37, 1), (38, 2)])
def test_a_meaning_has_76_characters_in_a_line(length: int, lines: int) -> None:
    row = Setting(("a",), str, "d", f"{'x' * 38} {'y' * length}")

    shown = _text_row(row).split("\n")

    separator = " " if lines == 1 else "\n      "
    assert shown == ["  a (default: d)", *f"      {'x' * 38}{separator}{'y' * length}".split("\n")]
