"""Text from outside on a terminal."""

from bench_core.text import uncoloured


def test_colours_are_removed_and_other_control_characters_are_shown() -> None:
    """A pipe gets none, and no program moves the cursor of a reader."""
    assert uncoloured("\x1b[1;31mred\x1b[0m line\x1b[K") == "red line"
    assert uncoloured("\x1b[2Jcleared\x07") == "\\x1b[2Jcleared\\x07"
    assert uncoloured("tab\tæøå 漢") == "tab\tæøå 漢"
