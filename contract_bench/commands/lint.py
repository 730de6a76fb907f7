"""`contract-bench lint`."""

from pathlib import Path

import click

from bench_core.text import counted
from contract_bench.cassettes.lint import FindingSeverity, LintOptions, files_at, lint_paths
from contract_bench.commands.cassette_paths import cassette_paths, no_cassettes

__all__ = ["lint"]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--fail-expired", is_flag=True, help="Report an expired recording as an error instead of a warning.")
@click.option(
    "--usage",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The file that tests wrote to CONTRACT_BENCH_CASSETTE_USAGE; reports unused interactions.",
)
@click.pass_context
def lint(ctx: click.Context, paths: tuple[Path, ...], fail_expired: bool, usage: Path | None) -> None:
    """Report what makes cassettes unsafe to commit: secrets, personal data, edits, age. Default: cassettes/.

    The exit status is 1 if there is an error, 2 if there is no cassette.
    """
    chosen = cassette_paths(paths)
    files = list(files_at(chosen))
    if not files:
        raise no_cassettes(chosen)
    findings = lint_paths(files, LintOptions(usage=usage, fail_expired=fail_expired))
    for finding in findings:
        click.echo(str(finding))
    errors = sum(finding.severity is FindingSeverity.ERROR for finding in findings)
    click.echo(
        f"{counted(len(files), 'cassette')}: {counted(errors, 'error')}, {counted(len(findings) - errors, 'warning')}",
        err=True,
    )
    ctx.exit(1 if errors else 0)
