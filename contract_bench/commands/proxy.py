"""`contract-bench proxy`."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench_core.control.operations import CONTROL_PREFIX
from bench_core.options import ReportPath, allow_host_option, line_options, not_empty, open_lines
from bench_core.request_lines import RequestLine
from bench_core.signals import lift_limit
from contract_bench.proxy.address import Address
from contract_bench.proxy.app import ProxyOptions
from contract_bench.proxy.context import ProxyContext
from contract_bench.proxy.errors import UpstreamSpecError
from contract_bench.proxy.server import make_app, serve_forever
from contract_bench.proxy.upstreams import UPSTREAM_HELP, UpstreamSpec, open_upstream, parse_upstream

if TYPE_CHECKING:
    from contract_bench.proxy.recording import ProxyRecorder

__all__ = ["ca_file_option", "proxy", "read_upstream"]

DEFAULTS = ProxyOptions()
MIB = 1024 * 1024

ca_file_option = click.option(
    "--ca-file",
    type=click.Path(exists=True, path_type=Path),
    help="Certificates to trust for https. Default: REQUESTS_CA_BUNDLE, SSL_CERT_FILE or the system's.",
)


def read_upstream(_context: click.Context, _option: click.Parameter, text: str | None) -> UpstreamSpec | None:
    """Read `--upstream`. A click callback."""
    if text is None:
        return None
    try:
        return parse_upstream(text)
    except UpstreamSpecError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.option("--upstream", required=True, callback=read_upstream, help=UPSTREAM_HELP)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 in a container.")
@click.option("--port", type=click.IntRange(0, 65535), default=8402, show_default=True, help="0 takes a free port.")
@ca_file_option
@click.option("--keep-links", is_flag=True, help="Do not rewrite links to the upstream in its responses.")
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0.1),
    default=DEFAULTS.timeout_s,
    show_default=True,
    help="Seconds that the upstream may be silent.",
)
@click.option(
    "--max-body",
    "max_body_mib",
    type=click.IntRange(1, 1024),
    default=DEFAULTS.max_body_bytes // MIB,
    show_default=True,
    help="MiB of a request's body that are held for a fault or a recording. Other bodies are streamed.",
)
@click.option(
    "--record",
    "cassette",
    type=ReportPath(),
    help="Write what the upstream answers to this cassette at the end, redacted.",
)
@click.option(
    "--control-token",
    envvar="CONTRACT_BENCH_CONTROL_TOKEN",
    callback=not_empty,
    help="Opens the control API to other machines.",
)
@allow_host_option("CONTRACT_BENCH_ALLOW_HOST")
@line_options
def proxy(
    *,
    upstream: UpstreamSpec,
    host: str,
    port: int,
    ca_file: Path | None,
    keep_links: bool,
    timeout_s: float,
    max_body_mib: int,
    cassette: Path | None,
    control_token: str | None,
    allow_host: tuple[str, ...],
    log_format: str,
    is_quiet: bool,
) -> None:
    """Put faults in front of any API: a reverse proxy that is told over HTTP what to break.

    Point your client at the proxy's address instead of the API's. Without a fault, nothing is changed but links to the
    API, which lead to the proxy. The control API is the one of the fake HubSpot.
    """
    with open_upstream(upstream, ca_file=ca_file) as opened, open_lines(log_format, is_quiet=is_quiet) as lines:
        recorder = None if cassette is None else make_recorder(cassette, opened.address)

        def tell(context: ProxyContext) -> None:
            if lines is not None:
                lines.say(RequestLine("proxy", context.entry, 0, context.state.secrets, time.time()))

        options = ProxyOptions(
            rewrites_links=not keep_links,
            timeout_s=timeout_s,
            max_body_bytes=max_body_mib * MIB,
            control_token=control_token,
            on_request=tell,
            on_exchange=recorder.add if recorder else None,
        )

        def announce(url: str) -> None:
            click.echo(f"proxy listens on {url}")
            click.echo(f"upstream: {upstream.description}")
            click.echo(f"requests and faults, for a browser: {url}{CONTROL_PREFIX}")
            click.echo(f"""try: curl {url}{CONTROL_PREFIX}faults --json '{{"fault": "server-error", "times": 1}}'""")

        if recorder is not None:
            lift_limit()  # what was recorded is lost if the end is cut short
        app = make_app(opened.address, options, host=host, allow_host=allow_host)
        try:
            serve_forever(app, host=host, port=port, on_start=announce)
        finally:  # a signal ends the server
            if recorder is not None:
                if recorder.count:
                    click.echo(f"writing {recorder.count:,} requests to {recorder.path}; a second signal discards them")
                written = recorder.write(app.state.secrets)
                click.echo(f"{written.path}: {written.evidence.interactions} interactions")


def make_recorder(cassette: Path, address: Address) -> "ProxyRecorder":
    """Return what records; it is imported only here, because it takes longer to import than the proxy."""
    from contract_bench.proxy.recording import ProxyRecorder

    return ProxyRecorder(cassette, address)
