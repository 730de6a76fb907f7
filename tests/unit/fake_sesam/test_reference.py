"""The reference: every option is in the page that is written by hand (`tests/meta` checks the generated ones)."""

from pathlib import Path

import click

from fake_sesam.cli import cli
from fake_sesam.commands.validate import problems_of
from fake_sesam.options import NodeOptions
from fake_sesam.reference import PAGES

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"


def test_every_command_and_option_is_documented() -> None:
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


def test_the_generated_pages_have_every_property_function_and_assumption() -> None:
    """One row of each kind."""
    pages = {name: page() for name, page in PAGES.items()}

    assert (
        "| `prevent_multiple_versions` | boolean or string | `false` | one of `True`, `False`, `ignore` |"
        in pages["configuration"]
    )
    assert "| `image` | string |  | required |" in pages["configuration"]
    assert "| `compaction` | object |  | known, not simulated |" in pages["configuration"]
    assert "`lookup-entity`" in pages["dtl"]
    assert "`make-ni`" in pages["dtl"]
    assert "| `takes-object` | `false` | A JSON object instead of the array is one entity" in pages["assumed"]
    assert "| `pump/sink` | the larger of the circuit breaker's two limits applies" in pages["assumed"]
