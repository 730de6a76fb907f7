"""`python -m benchmarks [--full] [--document] [SECTION...]`."""

import datetime as dt
import os
import platform
from pathlib import Path

import click

from benchmarks import keeping, plot, report
from benchmarks.processes import ROOT
from benchmarks.sections import SECTIONS

RESULTS = ROOT / "benchmarks" / "results"
DOCUMENT = ROOT / "docs" / "reference" / "benchmarks.md"


def machine() -> dict[str, str | int | None]:
    """What somebody must know to read the absolute figures."""
    return {"python": platform.python_version(), "system": platform.platform(terse=True), "cores": os.cpu_count()}


@click.command()
@click.argument("names", nargs=-1, metavar="[SECTION]...")
@click.option("--full", is_flag=True, help="All sizes and all alternatives; takes long.")
@click.option(
    "--results", type=click.Path(path_type=Path), help="Where the JSON goes instead of benchmarks/results/<date>.json."
)
@click.option("--document", is_flag=True, help="Put the tables and the plot into docs/reference/benchmarks.md too.")
def main(names: tuple[str, ...], full: bool, results: Path | None, document: bool) -> None:
    """Measure SECTIONs (all of them without a name) and print how they compare."""
    unknown = set(names) - set(SECTIONS)
    if unknown:
        raise click.UsageError(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    today, measured, console = dt.datetime.now(dt.UTC).date().isoformat(), [], report.console()
    for name in names or SECTIONS:
        click.echo(f"measuring {name} ...", err=True)
        section = SECTIONS[name](full)
        section.measured = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M}"
        measured.append(section)
        report.show(section, console)
    path = results or RESULTS / f"{today}{'' if full else '-quick'}.json"
    about = {"date": today, "full": full, "machine": machine()}
    sections = keeping.keep(path, about, measured, order=tuple(SECTIONS))
    click.echo(f"kept in {path}")
    if document:
        report.write_document(DOCUMENT, sections)
        plot.draw(DOCUMENT.with_suffix(".png"), sections)


if __name__ == "__main__":
    main()
