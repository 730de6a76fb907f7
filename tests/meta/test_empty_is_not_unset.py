"""An empty secret is a mistake of the person who starts a program, not a wish to do without one."""

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from contract_bench.cli import main as contract_bench
from fake_hubspot.cli import main as fake_hubspot
from fake_sesam.cli import cli as fake_sesam
from tests.support.cases import for_each

PROGRAMS = {"contract-bench": contract_bench, "fake-hubspot": fake_hubspot, "fake-sesam": fake_sesam}
SECRET = re.compile(r"(^|-)(token|jwt|password|secret|key)$")
# Options that name where a secret is: a file, a variable, or the name of a secret in a configuration.
NAMES_ONLY = {"--token-env", "--secrets"}


def secret_options(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Option]]:
    """Every option of a program that takes a secret, with the command that has it."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):  # some programs import a command only when it is used
            each = command.get_command(context, name)
            assert each is not None
            yield from secret_options(each, (*path, name))
    for option in command.params:
        if isinstance(option, click.Option) and not option.is_flag and any(SECRET.search(name) for name in option.opts):
            yield path, option


# What a command needs besides.
NEEDED = {("fake-sesam",): ["."], ("contract-bench", "proxy"): ["--upstream", "http://127.0.0.1:1"]}
FOUND = [
    (program, path, option)
    for program, command in PROGRAMS.items()
    for path, option in secret_options(command)
    if not set(option.opts) & NAMES_ONLY
]


def test_the_options_are_found() -> None:
    """So the tests below look at something."""
    found = {(program, *path, option.opts[0]) for program, path, option in FOUND}

    assert {("fake-hubspot", "serve", "--token"), ("fake-hubspot", "serve", "--control-token")} <= found
    assert ("fake-sesam", "serve", "--jwt") in found
    assert ("contract-bench", "proxy", "--control-token") in found


@for_each("value", ["", " "])
@for_each(("program", "path", "option"), FOUND, ids=lambda each: getattr(each, "name", str(each)))
def test_an_empty_option_is_refused(program: str, path: tuple[str, ...], option: click.Option, value: str) -> None:
    arguments = [*path, *(["."] if program == "fake-sesam" else []), option.opts[0], value]

    result = CliRunner().invoke(PROGRAMS[program], arguments)

    assert result.exit_code == 2
    assert "expected a value, got an empty text" in result.output


@pytest.mark.parametrize("value", ["", " "])
@pytest.mark.parametrize(
    ("program", "path", "option"),
    [each for each in FOUND if each[2].envvar],
    ids=lambda each: getattr(each, "name", str(each)),
)
def test_an_empty_variable_is_refused(
    monkeypatch: pytest.MonkeyPatch, program: str, path: tuple[str, ...], option: click.Option, value: str
) -> None:
    """As in `TOKEN="$UNSET"`."""
    assert isinstance(option.envvar, str)
    monkeypatch.setenv(option.envvar, value)

    needed = NEEDED.get((program, *path), NEEDED.get((program,), []))
    result = CliRunner().invoke(PROGRAMS[program], [*path, *needed])

    assert result.exit_code == 2
    assert "empty" in result.output
    assert option.envvar in result.output or "expected a value" in result.output
