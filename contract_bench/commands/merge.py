"""`contract-bench merge`."""

from pathlib import Path

import click

from bench_core.project import Project
from contract_bench.commands.matrix_reports import publish, report_options
from contract_bench.matrix.reports import read_report
from contract_bench.matrix.result import Baseline, MergeError, merge_results

__all__ = ["merge"]


@click.command()
@click.argument("reports", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@report_options
@click.pass_context
def merge(
    ctx: click.Context,
    /,
    reports: tuple[Path, ...],
    baseline: Baseline | None,
    annotations: bool | None,
    **_files: object,
) -> None:
    """Put the JSON reports of all parts of a matrix together, as `matrix --shard 1/2 --json` writes them.

    The exit status is that of a matrix without parts: 0 without defects, 1 with defects, 2 if a part is missing.
    """
    read = [read_report(path) for path in reports]
    settings = [each for _, each in read]
    if any(each != settings[0] for each in settings):
        raise MergeError("reports with different connectors, routes, variables or pages")
    project = ctx.find_object(Project)
    known = project.known_defects if project else ()
    merged = merge_results([result for result, _ in read])
    ctx.exit(publish(merged, settings[0], baseline=baseline, annotations=annotations, known_defects=known))
