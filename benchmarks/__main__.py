"""`python -m benchmarks [--full] [--document] [SECTION...]`."""

import datetime as dt
import os
import platform
import time
from collections.abc import Sequence
from pathlib import Path

import click

from benchmarks import plot, readme, report, results_file
from benchmarks.figures import Section
from benchmarks.processes import ROOT
from benchmarks.sections import SECTIONS

RESULTS = ROOT / "benchmarks" / "results"
DOCUMENT, README = ROOT / "docs" / "reference" / "benchmarks.md", ROOT / "README.md"


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
@click.option("--document", is_flag=True, help="Also update docs/reference/benchmarks.md, its chart and README.md.")
def main(names: tuple[str, ...], full: bool, results: Path | None, document: bool) -> None:
    """Measure each SECTION, or all sections if none is named, and print the comparisons."""
    unknown = set(names) - set(SECTIONS)
    if unknown:
        raise click.UsageError(f"unknown section: {', '.join(sorted(unknown))}. Choose from: {', '.join(SECTIONS)}.")
    if document and not plot.is_available():
        raise click.UsageError(
            "--document draws a chart with matplotlib, which is not installed. Run `make bench-full`."
        )
    today, console = dt.datetime.now(dt.UTC).date().isoformat(), report.console()
    path = results or RESULTS / f"{today}{'' if full else '-quick'}.json"
    about, sections = {"date": today, "full": full, "machine": machine()}, list[Section]()
    for name in names or SECTIONS:
        click.echo(f"measuring {name} ...", err=True)
        begun = time.perf_counter()
        section = SECTIONS[name](full)
        click.echo(f"measured {name} in {time.perf_counter() - begun:.0f} s", err=True)
        section.measured = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M}"
        # at once, so that a section that fails later loses only its own figures
        sections = results_file.save(path, about, [section], order=tuple(SECTIONS))
        report.show(section, console)
    click.echo(f"saved to {path}")
    if document:
        write_documents(sections)


def write_documents(sections: Sequence[Section]) -> None:
    """Write tables and chart. What was not measured keeps its newest saved figures, with their date."""
    saved = {section.name: section for section in results_file.newest(RESULTS, order=tuple(SECTIONS))}
    saved |= {section.name: section for section in sections}
    known = [saved[name] for name in SECTIONS if name in saved]
    report.write_document(DOCUMENT, known)
    report.replace_measured(README, readme.table(known))
    plot.draw(DOCUMENT.with_suffix(".png"), known)


if __name__ == "__main__":
    main()
