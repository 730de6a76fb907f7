"""The table of settings in docs/reference/service.md, generated from the settings.

`python -m tests.unit.service.settings_table` refreshes the page.
"""

from pathlib import Path

from service.settings import SETTINGS, Setting

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "service.md"
REFRESH = "python -m tests.unit.service.settings_table"
_HEAD = "| variable | default | meaning |\n|---|---|---|\n"


def table() -> str:
    """Return the table as Markdown."""
    return _HEAD + "".join(map(_row, SETTINGS.values()))


def with_table(page: str) -> str:
    """Return the page with the current table in place of its own."""
    before, _, rest = page.partition(_HEAD)
    _, blank, after = rest.partition("\n\n")
    if not blank:
        raise ValueError(f"{REFERENCE.name} has no table that begins with {_HEAD!r}")
    return before + table() + blank[1:] + after


def _row(setting: Setting) -> str:
    names = ", ".join(f"`{name}`" for name in setting.names)
    return f"| {names} | {setting.default_text} | {setting.help} |\n"


if __name__ == "__main__":
    REFERENCE.write_text(with_table(REFERENCE.read_text(encoding="utf-8")), encoding="utf-8")
