"""The command lines of all programs: how they end, and how they say what went wrong.

Exit status: 2 and one message for an error that the user can put right, 128 and the number of the signal for a run that
was told to end, 141 if nobody reads the output any more.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

from bench_core.names import no_such
from bench_core.signals import Interrupted, end_at_signals
from bench_core.start import is_interrupt

__all__ = ["HELP_NAMES", "CommandLine", "os_error_text"]

HELP_NAMES = ["-h", "--help"]
BROKEN_PIPE_STATUS = 141  # 128 + SIGPIPE


class CommandLine(click.Group):
    """A program with several commands.

    `explained` are the errors whose text is written for the user: a program prints it and ends with status 2.
    """

    explained: tuple[type[Exception], ...] = ()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.context_settings.setdefault("help_option_names", HELP_NAMES)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run as a program if `args` is None: signals end it. Otherwise run in this process, with the same statuses."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        if args is None:
            end_at_signals()
        name = prog_name or self.name or "contract-bench"
        try:
            status = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt) as error:
            sys.exit(_interrupted(name, error))
        except BrokenPipeError:
            sys.exit(_unread())
        except RuntimeError as error:
            if not is_interrupt(error):
                raise
            sys.exit(_interrupted(name, error))
        except self.explained as error:
            click.echo(f"{name}: {error}", err=True)
            sys.exit(2)
        except OSError as error:
            if error.filename is None:
                raise
            click.echo(f"{name}: {os_error_text(error)}", err=True)
            sys.exit(2)
        sys.exit(status if isinstance(status, int) else 0)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the chosen command."""
        name = args[0]
        if self.get_command(ctx, name) is None and not ctx.resilient_parsing and not name.startswith("-"):
            ctx.fail(no_such("command", name, self.list_commands(ctx)))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            ctx.exit(_unread())

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command; `-h` prints its help, whether it is called below this program or alone."""
        cmd.context_settings.setdefault("help_option_names", HELP_NAMES)
        super().add_command(cmd, name)


def os_error_text(error: OSError) -> str:
    """Return a sentence about a file that cannot be used."""
    return f"{error.filename}: {error.strerror or error}. Check the path and its permissions."


def _interrupted(name: str, error: BaseException) -> int:
    """Say that the program was told to end; return its status."""
    cause = error if isinstance(error, Interrupted) else error.__cause__
    found = cause if isinstance(cause, Interrupted) else Interrupted()
    with suppress(OSError):  # after SIGHUP there may be no terminal
        click.echo(f"{name}: interrupted ({found.signal.name})", err=True)
    return found.status


def _unread() -> int:
    """Let the interpreter's last flush go nowhere; return the status of a program whose output nobody reads."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE_STATUS
