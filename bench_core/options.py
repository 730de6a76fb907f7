"""Options that the command lines of both fakes share.

An empty value is not a missing one: `--control-token "$UNSET"` is a mistake that must not open anything. click takes an
empty environment variable for a missing one, so the variables are looked at here.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from bench_core.access import allowed_names

__all__ = ["allow_host_option", "not_empty", "refuse_empty_variables"]

Command = TypeVar("Command", bound=Callable[..., Any])


def allow_host_option(variable: str) -> Callable[[Command], Command]:
    """Add `--allow-host`, which can also be set with an environment variable."""

    def names(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
        texts = given or tuple(filter(None, [os.environ.get(variable)]))
        try:
            return allowed_names(texts)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None

    text = f"More names under which clients reach this server, separated by commas (or {variable})."
    return click.option("--allow-host", multiple=True, metavar="NAME", callback=names, help=text)


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
