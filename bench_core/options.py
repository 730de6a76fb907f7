"""Options that the command lines share.

An empty value is not a missing one: `--control-token "$UNSET"` is a mistake that must not open anything. click takes an
empty environment variable for a missing one, so the variables are looked at here.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from bench_core.access import allowed_names
from bench_core.errors import UsageError
from bench_core.lines import LOG_FORMATS, EventLines
from bench_core.names import no_such

__all__ = [
    "NameChoice",
    "ReportPath",
    "allow_host_option",
    "line_options",
    "not_empty",
    "open_lines",
    "refuse_empty_variables",
    "seed_file_option",
    "webhook_host_option",
]

Command = TypeVar("Command", bound=Callable[..., Any])


def allow_host_option(variable: str) -> Callable[[Command], Command]:
    """Add `--allow-host`, which can also be set with an environment variable."""
    text = f"More names under which clients reach this server, separated by commas (or {variable})."
    return _hosts_option("--allow-host", variable, text)


def webhook_host_option(variable: str) -> Callable[[Command], Command]:
    """Add `--webhook-host`, which can also be set with an environment variable."""
    text = f"Hosts besides this machine to which webhooks are sent, separated by commas (or {variable})."
    return _hosts_option("--webhook-host", variable, text)


def _hosts_option(flag: str, variable: str, text: str) -> Callable[[Command], Command]:
    def names(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
        texts = given or tuple(filter(None, [os.environ.get(variable)]))
        try:
            return allowed_names(texts)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None

    return click.option(flag, multiple=True, metavar="NAME", callback=names, help=text)


def seed_file_option(check: Callable[[str], str]) -> Callable[[Command], Command]:
    """Add `--seed-file`, whose values are checked before anything starts.

    Args:
        check: Returns a value with an absolute path, or raises a `UsageError`.
    """

    def checked(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(map(check, given))
        except UsageError as error:
            raise click.BadParameter(str(error)) from None

    return click.option(
        "--seed-file",
        "seed_files",
        multiple=True,
        metavar="[TYPE=]FILE",
        callback=checked,
        help="Load the records in a CSV, JSON or NDJSON file (contacts.csv, companies=crm.json), or a whole account, "
        "instead of generated contacts.",
    )


def line_options(command: Command) -> Command:
    """Add `--log-format` and `--quiet`, which say how a server prints what it does."""
    form = click.option(
        "--log-format",
        type=click.Choice(LOG_FORMATS),
        default=LOG_FORMATS[0],
        show_default=True,
        help="How events are printed: as text, with colours on a terminal, or as one JSON object per line.",
    )
    quiet = click.option("--quiet", "is_quiet", is_flag=True, help="Do not print events.")
    return form(quiet(command))


@contextmanager
def open_lines(log_format: str, *, is_quiet: bool, source_width: int = 0) -> Iterator[EventLines | None]:
    """Print events to standard output as the options say; None if nothing is to be printed."""
    if is_quiet:
        yield None
        return
    with EventLines(form=log_format, source_width=source_width) as lines:
        yield lines


def not_empty(_context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Refuse a secret that is empty or blank, given as an option or in its environment variable. A click callback."""
    variables = [option.envvar] if isinstance(option.envvar, str) else list(option.envvar or ())
    refuse_empty_variables(variables)
    if value is not None and not value.strip():
        raise click.BadParameter("expected a value, got an empty text; leave the option out to do without it")
    return value


def refuse_empty_variables(names: Iterable[str]) -> None:
    """Refuse environment variables that are set but empty.

    Raises:
        click.UsageError: One is.
    """
    empty = [name for name in names if name in os.environ and not os.environ[name].strip()]
    if empty:
        raise click.UsageError(f"the variable {', '.join(empty)} is set but empty; unset it, or give it a value")


class NameChoice(click.Choice[str]):
    """One of several names; a wrong one is answered with the name that was probably meant.

    Args:
        what: What they are names of.
        names: The names.
        listed_by: The command that lists them.
    """

    def __init__(self, what: str, names: Iterable[str], *, listed_by: str = "") -> None:
        super().__init__(sorted(names))
        self._what = what
        self._listed_by = listed_by

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Return the message for a value that is none of the names."""
        del ctx
        return no_such(self._what, str(value), self.choices, listed_by=self._listed_by)


class ReportPath(click.Path):
    """A report or a recording to write. Before the work begins, its folder is made and checked to be writable."""

    def __init__(self, *, allow_dash: bool = False) -> None:
        super().__init__(dir_okay=False, writable=True, allow_dash=allow_dash, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if str(path) == "-":
            return path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.fail(f"the folder {path.parent} cannot be made: {error.strerror}", param, ctx)
        if not os.access(path.parent, os.W_OK):
            self.fail(f"nothing can be written to the folder {path.parent.resolve()}", param, ctx)
        return path
