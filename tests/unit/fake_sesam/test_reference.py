"""The reference: pages made from the program are up to date, and every option is in the one that is not."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from fake_sesam.cli import cli
from fake_sesam.commands.validate import problems_of
from fake_sesam.options import NodeOptions

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"
FILES = {"configuration": "fake-sesam-configuration.md", "dtl": "dtl.md", "assumed": "fake-sesam-assumed.md"}


@pytest.mark.parametrize("page", list(FILES))
def test_a_page_says_what_the_program_says(page: str) -> None:
    """Mend it with ``fake-sesam reference PAGE > FILE``."""
    printed = CliRunner().invoke(cli, ["reference", page]).output

    assert (REFERENCE / FILES[page]).read_text("utf-8") == printed


def test_every_command_and_option_is_documented() -> None:
    """In the page that people read first."""
    text = (REFERENCE / "fake-sesam.md").read_text("utf-8")

    for name, command in cli.commands.items():
        assert f"fake-sesam {name}" in text
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.opts[0] in text, f"{name} {parameter.opts[0]}"


def test_the_node_of_this_repository_has_no_error_and_no_warning() -> None:
    """Its one note is the property that Sesam's tutorial has too much."""
    problems = problems_of(ROOT / "node", NodeOptions(secrets={"hubspot-api-key": "x"}, environ={}))

    assert [problem for problem in problems if problem.level != "info"] == []
