"""``contract-bench lint``."""

from pathlib import Path

import click

from contract_bench.cassettes.lint import LintOptions, Severity, lint_paths

__all__ = ["lint"]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--fail-expired", is_flag=True, help="An expired recording is an error, not a warning.")
@click.option(
    "--usage",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="What tests played (CONTRACT_BENCH_CASSETTE_USAGE); finds interactions that no test uses.",
)
@click.pass_context
def lint(ctx: click.Context, paths: tuple[Path, ...], fail_expired: bool, usage: Path | None) -> None:
    """Find what makes cassettes unsafe to commit: secrets, people's data, edits, age. Default: cassettes/.

    The exit status is 1 where there is an error.
    """
    findings = lint_paths(paths or (Path("cassettes"),), LintOptions(usage=usage, fail_expired=fail_expired))
    for finding in findings:
        click.echo(str(finding))
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    click.echo(f"{errors} errors, {len(findings) - errors} warnings", err=True)
    ctx.exit(1 if errors else 0)
