"""The options of a node, shared by the commands that open one."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from bench_core.project import read_project
from fake_sesam.assumptions import assume
from fake_sesam.errors import ConfigurationError, Problem
from fake_sesam.node import Node
from fake_sesam.options import NodeOptions

__all__ = [
    "CONFIGURATION_STATUS",
    "existing_dir",
    "node_options",
    "open_node",
    "options_from",
    "show_invalid",
    "show_problems",
    "with_project",
]

CONFIGURATION_STATUS = 2
DEFAULT_NODE_DIR = "node"
existing_dir = click.Path(exists=True, file_okay=False, path_type=Path)


class _Pairs(click.ParamType[tuple[str, str]]):
    """`NAME=VALUE`, or `ID=COMMAND`."""

    def __init__(self, name: str = "NAME=VALUE", example: str = "") -> None:
        self.name = name
        self._example = f", such as {example}" if example else ""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        name, equals, content = str(value).partition("=")
        if not equals or not name:
            self.fail(f"expected {self.name}{self._example}, got {value!r}", param, ctx)
        return name, content


class _SystemUrl(_Pairs):
    """`ID=URL`."""

    def __init__(self) -> None:
        super().__init__("ID=URL", "hubspot=http://127.0.0.1:5000")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        system_id, url = super().convert(value, param, ctx)
        if not url.startswith(("http://", "https://")):
            self.fail(f"expected a URL that starts with http:// or https://, got {url!r}", param, ctx)
        return system_id, url


_PATH = click.Path(path_type=Path)
_OPTIONS = (
    click.argument("node_dir", type=existing_dir, default="."),
    click.option(
        "--data-dir",
        type=_PATH,
        envvar="FAKE_SESAM_DATA_DIR",
        help="Where datasets are stored. Default: NODE_DIR/.fake-sesam.",
    ),
    click.option(
        "--system-url",
        "system_urls",
        type=_SystemUrl(),
        multiple=True,
        help="ID=URL: the system already runs at this URL.",
    ),
    click.option(
        "--system-command",
        "system_commands",
        type=_Pairs("ID=COMMAND", "hubspot='python connector.py'"),
        multiple=True,
        help="ID=COMMAND: start the system with this command. Without a URL or a command, its container is started.",
    ),
    click.option(
        "--env",
        "environment",
        type=_Pairs(),
        multiple=True,
        help="NAME=VALUE: the value of $ENV(NAME); wins over the files.",
    ),
    click.option(
        "--profile",
        envvar="FAKE_SESAM_PROFILE",
        help="Read NODE_DIR/NAME-env.json and NODE_DIR/variables/variables-NAME.json. Default: test, if it exists.",
    ),
    click.option(
        "--env-file",
        type=_PATH,
        envvar="FAKE_SESAM_ENV_FILE",
        help="Read this file instead of the profile's NAME-env.json.",
    ),
    click.option(
        "--secrets",
        "secrets_file",
        type=_PATH,
        envvar="FAKE_SESAM_SECRETS",
        help="A JSON file with secrets. You can also set SESAM_SECRET_<NAME>.",
    ),
    click.option(
        "--assume",
        "assumed",
        type=_Pairs(),
        multiple=True,
        help="NAME=VALUE: change a behaviour that Sesam's documents leave open.",
    ),
)


def node_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add NODE_DIR, by default this directory, and the options of a node to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def with_project(options: dict[str, Any]) -> dict[str, Any]:
    """Return a command's options with the connector of the project's configuration, if it is for this node.

    Raises:
        ProjectError: The configuration cannot be used.
    """
    project = read_project()
    given = {system_id for system_id, _ in (*options["system_urls"], *options["system_commands"])}
    node_dir = Path(project.node or DEFAULT_NODE_DIR)
    if not project.connector or not project.system or project.system in given:
        return options
    if node_dir.resolve() != options["node_dir"].resolve():
        return options
    if project.connector.startswith(("http://", "https://")):
        return {**options, "system_urls": (*options["system_urls"], (project.system, project.connector))}
    if project.connector.startswith("image:"):
        return options
    return {**options, "system_commands": (*options["system_commands"], (project.system, project.connector))}


def options_from(options: dict[str, Any]) -> NodeOptions:
    """Return a node's options from a command's.

    Raises:
        ConfigurationError: An assumption is unknown.
    """
    return NodeOptions(
        data_dir=options["data_dir"],
        system_urls=dict(options["system_urls"]),
        system_commands=dict(options["system_commands"]),
        environment=dict(options["environment"]),
        env_file=options["env_file"],
        profile=options["profile"],
        secrets_file=options["secrets_file"],
        assumptions=assume(options["assumed"]),
    )


def open_node(options: dict[str, Any], *, may_be_empty: bool = False) -> Node:
    """Open a node; if its configuration cannot be read, print all problems and exit with status 2."""
    try:
        return Node(options["node_dir"], replace(options_from(options), may_be_empty=may_be_empty))
    except ConfigurationError as error:
        show_problems(error.problems)
        sys.exit(CONFIGURATION_STATUS)


def show_invalid(node: Node) -> None:
    """Print why pipes, systems and files cannot be used to standard error; the node runs all the others."""
    errors = [problem for problem in node.configuration.problems if problem.level == "error"]
    show_problems(errors)
    invalid = sorted(node.configuration.current.invalid_pipes)
    if invalid:
        click.echo(
            f"{len(invalid)} of {len(invalid) + len(node.pipes)} pipes cannot run: {', '.join(invalid)}", err=True
        )


def show_problems(problems: Iterable[Problem]) -> None:
    """Print problems to standard error, one per line."""
    for problem in problems:
        click.echo(str(problem), err=True)
