"""Report the branch coverage of each package, and fail if one is below the floor.

Usage: python -m tests.meta.branch_coverage REPORT

REPORT is what `coverage json` has written; `make coverage` calls both.
"""

import json
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FLOOR_PERCENT = 95.0
WORST_FILES = 8


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """The branches of one file. `missing` holds pairs of line numbers, negative for the end of a function."""

    path: str
    branches: int
    covered: int
    excluded_lines: int
    missing: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PackageCoverage:
    """The branches of a package, and the files that no report mentions."""

    name: str
    files: tuple[FileCoverage, ...]
    unmeasured: tuple[str, ...]

    @property
    def branches(self) -> int:
        """Number of branches, without those left out on purpose."""
        return sum(file.branches for file in self.files)

    @property
    def covered(self) -> int:
        """Number of branches that a test takes."""
        return sum(file.covered for file in self.files)

    @property
    def percent(self) -> float:
        """Share of the branches that a test takes. A package without any branch counts as 0: nothing was looked at."""
        return 100 * self.covered / self.branches if self.branches else 0.0

    @property
    def excluded_lines(self) -> int:
        """Number of lines left out on purpose."""
        return sum(file.excluded_lines for file in self.files)

    def problems(self) -> list[str]:
        """Say what is wrong with this package; nothing if it reaches the floor."""
        found = [f"{path}: not in the report; expected every Python file of the package" for path in self.unmeasured]
        if self.percent < FLOOR_PERCENT:
            found.append(
                f"{self.name}: expected at least {FLOOR_PERCENT:g} % of the branches, got {self.percent:.1f} %"
                f" ({self.covered} of {self.branches}). Files with the most branches that no test takes:"
            )
            found += [f"  {file.path}: {_arrows(file.missing)}" for file in self.worst()]
        return found

    def worst(self) -> list[FileCoverage]:
        """Return the files with the most branches that no test takes, worst first."""
        incomplete = [file for file in self.files if file.missing]
        return sorted(incomplete, key=lambda file: len(file.missing), reverse=True)[:WORST_FILES]


def _arrows(missing: Iterable[tuple[int, int]]) -> str:
    """Write branches as coverage does: `12->15, 20->exit`."""
    return ", ".join(f"{start}->{end if end > 0 else 'exit'}" for start, end in missing)


def measured_packages(root: Path = ROOT) -> list[str]:
    """Return the packages that `pyproject.toml` tells coverage to measure."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    packages: list[str] = settings["tool"]["coverage"]["run"]["source_dirs"]
    return packages


def read_packages(report: Mapping[str, Any], names: Sequence[str], *, root: Path = ROOT) -> list[PackageCoverage]:
    """Sort the files of a JSON report by package.

    Args:
        report: what `coverage json` has written, with paths relative to the root.
        names: the packages to report on.
        root: where the packages are.
    """
    files = [_file_coverage(path, measured) for path, measured in report["files"].items()]
    return [
        PackageCoverage(
            name=name,
            files=tuple(file for file in files if Path(file.path).parts[0] == name),
            unmeasured=tuple(_unmeasured(root, name, {file.path for file in files})),
        )
        for name in names
    ]


def _file_coverage(path: str, measured: Mapping[str, Any]) -> FileCoverage:
    summary = measured["summary"]
    return FileCoverage(
        path=path,
        branches=summary["num_branches"],
        covered=summary["covered_branches"],
        excluded_lines=summary["excluded_lines"],
        missing=tuple((start, end) for start, end in measured["missing_branches"]),
    )


def _unmeasured(root: Path, package: str, reported: set[str]) -> list[str]:
    on_disk = (path.relative_to(root).as_posix() for path in sorted((root / package).rglob("*.py")))
    return [path for path in on_disk if path not in reported]


def table(packages: Sequence[PackageCoverage]) -> str:
    """Return one line per package: branches, branches taken, their share, and lines left out on purpose."""
    rows = [("package", "branches", "taken", "percent", "lines left out")]
    rows += [
        (p.name, f"{p.branches:,}", f"{p.covered:,}", f"{p.percent:.1f} %", str(p.excluded_lines)) for p in packages
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.rjust(width) if column else cell.ljust(width) for column, (cell, width) in enumerate(cells))
        for cells in (list(zip(row, widths, strict=True)) for row in rows)
    )


def main(arguments: Sequence[str]) -> int:
    """Print the table and what is wrong; return 1 if something is."""
    report = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    packages = read_packages(report, measured_packages())
    sys.stdout.write(f"Branch coverage, at least {FLOOR_PERCENT:g} % in each package:\n{table(packages)}\n")
    problems = [problem for package in packages for problem in package.problems()]
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    return 1 if problems or not packages else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
