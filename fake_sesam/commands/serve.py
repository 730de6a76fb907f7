"""`fake-sesam serve`: the node API."""

from typing import Any

import click

from bench_core.options import allow_host_option, line_options, not_empty, open_lines
from fake_sesam.commands.node_options import node_options, open_node, show_invalid, with_project

__all__ = ["serve"]


def _token(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Check that a header can carry the token."""
    token = not_empty(context, option, value)
    if token is not None and not all("!" <= char <= "~" for char in token):
        raise click.BadParameter("expected visible ASCII characters without blanks")
    return token


@click.command()
@node_options
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=9042, show_default=True, help="0 chooses a free port.")
@click.option("--require-jwt", is_flag=True, help="Require the token that is printed at start.")
@click.option(
    "--jwt", envvar="FAKE_SESAM_JWT", metavar="TOKEN", callback=_token, help="Require this token; none is printed."
)
@allow_host_option("FAKE_SESAM_ALLOW_HOST")
@line_options
def serve(
    host: str,
    port: int,
    require_jwt: bool,
    jwt: str | None,
    allow_host: tuple[str, ...],
    log_format: str,
    is_quiet: bool,
    **options: Any,
) -> None:
    """Serve the node's API under /api, and /health, and run the pipes on their schedules.

    Prints a line for each pump that starts, goes on and ends, and the lines of the microservices.
    """
    from fake_sesam.api.tokens import Tokens
    from fake_sesam.server import serve_forever

    options = with_project(options)
    with open_lines(log_format, is_quiet=is_quiet) as lines, open_node(options, may_be_empty=True) as node:
        show_invalid(node)
        serve_forever(
            node,
            host=host,
            port=port,
            announce=click.echo,
            tokens=Tokens(given=jwt) if require_jwt or jwt else None,
            allow_host=allow_host,
            lines=lines,
        )
    click.echo("the fake Sesam node has stopped", err=True)
