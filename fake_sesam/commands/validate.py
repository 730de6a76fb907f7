"""`fake-sesam validate`: prints every problem of a configuration and runs nothing."""

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from bench_core.text import counted
from fake_sesam.commands.node_options import CONFIGURATION_STATUS, node_options, options_from
from fake_sesam.config import configure, read_directory
from fake_sesam.config.variables import secret_references
from fake_sesam.errors import ConfigurationError, Problem
from fake_sesam.node_configuration import given_systems
from fake_sesam.options import NodeOptions, load_environment, load_secrets

__all__ = ["problems_of", "validate"]

LEVELS = (("error", "error"), ("warning", "warning"), ("info", "note"))


@click.command()
@node_options
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array of problems.")
def validate(node_dir: Path, as_json: bool, **options: Any) -> None:
    """Check a node's configuration and print each problem with its file and JSON path.

    Exit status: 0 no errors (there may be warnings), 2 errors, or no pipe to check.
    """
    try:
        problems = problems_of(node_dir, options_from(options))
    except ConfigurationError as error:
        problems = list(error.problems)
    counts = Counter(_kind(file.content) for file in read_directory(node_dir)[0])
    if not counts["pipe"] and not any(problem.level == "error" for problem in problems):
        message = f"expected at least one pipe in {node_dir}, found {_found(counts)}"
        problems.insert(0, Problem("error", message, str(node_dir / "pipes")))
    if as_json:
        keys = ("level", "message", "file", "path")
        click.echo(json.dumps([{key: getattr(problem, key) for key in keys} for problem in problems]))
    else:
        for problem in problems:
            click.echo(str(problem))
        click.echo(f"{_found(counts)}: {_summary(problems)}")
    sys.exit(CONFIGURATION_STATUS if any(problem.level == "error" for problem in problems) else 0)


def _found(counts: Mapping[str, int]) -> str:
    return f"{counted(counts['pipe'], 'pipe')} and {counted(counts['system'], 'system')}"


def _kind(content: Mapping[str, Any]) -> str:
    return str(content.get("type", "")).partition(":")[0]


def problems_of(node_dir: Path, options: NodeOptions) -> list[Problem]:
    """Return everything that is wrong, unknown or not simulated in a node's configuration; errors come first."""
    files, problems = read_directory(node_dir)
    env, env_problems = load_environment(node_dir, options)
    names = {name for file in files for name, _ in secret_references(file.content)}
    secrets, secret_problems = load_secrets(options, names)
    found = configure(files, env=env, secrets=secrets, given=given_systems(options, files)).problems
    order = {"error": 0, "warning": 1, "info": 2}
    everything = [*problems, *env_problems, *secret_problems, *found]
    return sorted(everything, key=lambda problem: (order[problem.level], problem.file, problem.path))


def _summary(problems: Sequence[Problem]) -> str:
    counts = Counter(problem.level for problem in problems)
    return ", ".join(counted(counts[level], noun) for level, noun in LEVELS)
