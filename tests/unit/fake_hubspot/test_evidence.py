"""The table of behaviours (`tests/meta` checks the page that is generated from it)."""

from click.testing import CliRunner

from fake_hubspot.cli import main
from fake_hubspot.evidence import BEHAVIOURS, LEVELS
from fake_hubspot.portal.assumptions import ASSUMPTIONS
from tests.support.cases import for_each


def test_every_level_is_known_and_every_choice_exists() -> None:
    """Recordings and documentation are named; a choice is one of the assumptions."""
    assert {one.level for one in BEHAVIOURS} == set(LEVELS)
    assert {one.assumption for one in BEHAVIOURS if one.assumption} == set(ASSUMPTIONS)
    assert all(one.source for one in BEHAVIOURS if one.level in ("docs", "reader"))


@for_each("level", LEVELS)
def test_the_command_lists_one_level(level: str) -> None:
    """One line for each behaviour."""
    lines = CliRunner().invoke(main, ["evidence", "--level", level]).output.splitlines()

    assert len(lines) == sum(one.level == level for one in BEHAVIOURS)
    assert all(line.startswith(level) for line in lines)
