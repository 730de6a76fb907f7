"""The table of settings as documentation: for `--help`, and for the reference page."""

import textwrap

from service.settings import SETTINGS, Setting

__all__ = ["settings_as_markdown", "settings_as_text"]


def settings_as_markdown() -> str:
    """Render the table for the reference page."""
    rows = ("| variable | default | meaning |", "|---|---|---|", *map(_markdown_row, SETTINGS.values()))
    return "\n".join(rows)


def settings_as_text() -> str:
    """Render the table for a terminal."""
    return "\n".join(map(_text_row, SETTINGS.values()))


def _markdown_row(setting: Setting) -> str:
    names = ", ".join(f"`{name}`" for name in setting.names)
    return f"| {names} | {setting.default_text} | {setting.help} |"


def _text_row(setting: Setting) -> str:
    default = "required" if setting.is_required else f"default: {setting.default_text}"
    help_text = textwrap.indent(textwrap.fill(setting.help.replace("`", ""), 76), " " * 6)
    return f"  {', '.join(setting.names)} ({default})\n{help_text}"
