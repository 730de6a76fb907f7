"""`python -m benchmarks [--full] [--document] [SECTION...]`."""

import datetime as dt
import os
import platform
from pathlib import Path

import click

from benchmarks import plot, report, results_file
from benchmarks.processes import ROOT
from benchmarks.sections import SECTIONS

RESULTS = ROOT / "benchmarks" / "results"
DOCUMENT = ROOT / "docs" / "reference" / "benchmarks.md"


def machine() -> dict[str, str | int | None]:
    """What a reader needs to know to interpret the absolute figures."""
    return {"python": platform.python_version(), "system": platform.platform(terse=True), "cores": os.cpu_count()}


@click.command()
@click.argument("names", nargs=-1, metavar="[SECTION]...")
@click.option("--full", is_flag=True, help="Measure all sizes and all alternatives. Takes much longer.")
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    help="The JSON file to write [default: benchmarks/results/<date>.json].",
)
@click.option("--document", is_flag=True, help="Also update the tables and the plot of docs/reference/benchmarks.md.")
def main(names: tuple[str, ...], full: bool, results: Path | None, document: bool) -> None:
    """Measure each SECTION, or all sections if none is named, and print the comparisons."""
    unknown = set(names) - set(SECTIONS)
    if unknown:
        raise click.UsageError(f"unknown section: {', '.join(sorted(unknown))}. Choose from: {', '.join(SECTIONS)}.")
    today, measured, console = dt.datetime.now(dt.UTC).date().isoformat(), [], report.console()
    for name in names or SECTIONS:
        click.echo(f"measuring {name} ...", err=True)
        section = SECTIONS[name](full)
        section.measured = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M}"
        measured.append(section)
        report.show(section, console)
    path = results or RESULTS / f"{today}{'' if full else '-quick'}.json"
    about = {"date": today, "full": full, "machine": machine()}
    sections = results_file.save(path, about, measured, order=tuple(SECTIONS))
    click.echo(f"saved to {path}")
    if document:
        report.write_document(DOCUMENT, sections)
        plot.draw(DOCUMENT.with_suffix(".png"), sections)


if __name__ == "__main__":
    main()
