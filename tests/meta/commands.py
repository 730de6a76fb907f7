"""Runs the commands of documents and compares their output with what the documents show.

Our own programs run in this process, because starting an interpreter for each would take most of the test time.
"""

import doctest
import os
import re
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from click.testing import CliRunner

from contract_bench.cli import main as contract_bench
from fake_hubspot.cli import main as fake_hubspot
from fake_sesam.cli import cli as fake_sesam
from tests.meta.blocks import ROOT
from tests.support.processes import run_command

__all__ = ["compare", "invocations", "output_of", "problems_of_call", "reader_environment"]

PROGRAMS: Mapping[str, click.Command] = {
    "contract-bench": contract_bench,
    "fake-hubspot": fake_hubspot,
    "fake-sesam": fake_sesam,
}
COMMAND = re.compile(r"^\$ (?P<command>.+(?:\\\n.+)*)\n(?P<output>(?:(?!\$ ).*\n?)*)", re.MULTILINE)
SHELL_ALONE = re.compile(r"[|;&<>$`*]")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
TIMEOUT_S = 50


def invocations(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a `console` block with the output below it."""
    return ((match["command"], match["output"].strip()) for match in COMMAND.finditer(text + "\n"))


def compare(command: str, expected: str, *, folder: Path, environment: Mapping[str, str]) -> str | None:
    """Run one command; return a description of the difference between its output and what the document shows."""
    program, _, rest = command.partition(" ")
    if program in PROGRAMS and not SHELL_ALONE.search(rest) and "PYTHONPATH" not in environment:
        status, got = _run_here(program, shlex.split(rest))
    else:
        status, got = _run_in_shell(command, folder, environment)
    if not expected and status == 0:
        return None
    # a line of dots stands for any number of lines, also for none
    wanted = re.sub(r"(?m)^\.\.\.\n", "...", expected)
    if expected and doctest.OutputChecker().check_output(wanted, got, FLAGS):
        return None
    return f"$ {command}\nexpected:\n{expected or 'exit status 0'}\ngot (status {status}):\n{got}"


def output_of(command: str) -> str:
    """Run one command from the root of the repository and return what it prints.

    Raises:
        RuntimeError: The command failed.
    """
    program, _, rest = command.partition(" ")
    if program in PROGRAMS:
        status, got = _run_here(program, shlex.split(rest))
    else:
        status, got = _run_in_shell(command, ROOT, reader_environment())
    if status != 0:
        raise RuntimeError(f"`{command}` failed with status {status}:\n{got}")
    return got


def _run_here(program: str, arguments: list[str]) -> tuple[int, str]:
    terminal = {"COLUMNS": "120", "NO_COLOR": "1"}
    result = CliRunner().invoke(
        PROGRAMS[program], arguments, prog_name=program, env=terminal, catch_exceptions=False, terminal_width=120
    )
    return result.exit_code, result.output.strip()


def _run_in_shell(command: str, folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    done = run_command(["sh", "-c", command], cwd=folder, env=environment, timeout_s=TIMEOUT_S)
    return done.returncode, done.stdout.strip()


def reader_environment() -> dict[str, str]:
    """Return the environment of a reader who has activated the virtual environment, with a 120-column terminal."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "COLUMNS": "120", "NO_COLOR": "1"}


def problems_of_call(line: str) -> str | None:
    """Parse a call of one of our programs without running it; return the error message, None if the call is valid.

    Files that the call names need not exist.
    """
    words = shlex.split(line, comments=True)
    while words and re.fullmatch(r"\w+=\S*", words[0]):
        words = words[1:]
    program = PROGRAMS.get(words[0]) if words else None
    if program is None:
        return None
    try:
        _parse(program, words[0], words[1:])
    except click.BadParameter as error:
        return None if "does not exist" in error.message else f"{line}: {error.format_message()}"
    except click.UsageError as error:
        return f"{line}: {error.format_message()}"
    return None


def _parse(program: click.Command, name: str, words: list[str]) -> None:
    if not isinstance(program, click.Group) or not words or words[0].startswith("-"):
        program.make_context(name, words)
        return
    command = program.get_command(click.Context(program), words[0])
    if command is None:
        raise click.UsageError(f"No such command {words[0]!r}.")
    _parse(command, words[0], words[1:])
