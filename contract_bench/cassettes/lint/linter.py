"""Runs the rules over files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from contract_bench.cassettes.dialects import read_cassette
from contract_bench.cassettes.errors import CassetteError
from contract_bench.cassettes.evidence import evidence_path, read_evidence
from contract_bench.cassettes.lint.finding import Finding
from contract_bench.cassettes.lint.rules import RULES, CheckedCassette, secrets_in
from contract_bench.cassettes.usage import read_usage

__all__ = ["LintOptions", "files_at", "lint_file", "lint_paths"]


SEARCHED_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class LintOptions:
    """What to check in addition, and when.

    Attributes:
        usage: The usage file written by tests; without it, unused interactions are not reported.
        now: The time at which expiry is checked; None is the current time.
        fail_expired: Whether an expired recording is an error.
    """

    usage: Path | None = None
    now: datetime | None = None
    fail_expired: bool = False


def lint_paths(paths: Iterable[Path], options: LintOptions | None = None) -> list[Finding]:
    """Check the cassettes at these paths; directories are searched recursively."""
    return [finding for file in files_at(paths) for finding in lint_file(file, options)]


def lint_file(path: Path, options: LintOptions | None = None) -> list[Finding]:
    """Check one cassette."""
    options = options or LintOptions()
    try:
        checked = _checked_cassette(path, options)
    except (CassetteError, UnicodeDecodeError) as error:
        files = [one for one in (path, evidence_path(path)) if one.is_file()]
        return [Finding(path, "unreadable", str(error)), *(found for one in files for found in _searched(one))]
    return [finding for rule in RULES for finding in rule(checked)]


def _searched(path: Path) -> Iterator[Finding]:
    """Search a file that cannot be read as what it should be for secrets, and say how far if it is too long."""
    with path.open("rb") as file:
        beginning = file.read(SEARCHED_BYTES)
        is_whole = not file.read(1)
    yield from secrets_in(path, beginning.decode(errors="replace"))
    if not is_whole:
        problem = f"only the first {SEARCHED_BYTES:,} bytes of this file were searched for secrets, the rest was not."
        yield Finding(path, "unsearched", f"{problem} Do not commit it; record again.")


def _checked_cassette(path: Path, options: LintOptions) -> CheckedCassette:
    cassette, beside = read_cassette(path), evidence_path(path)
    usage = None if options.usage is None else read_usage(options.usage)
    return CheckedCassette(
        path=path,
        text=path.read_text(encoding="utf-8"),
        evidence_text=beside.read_text(encoding="utf-8") if beside.is_file() else "",
        cassette=cassette,
        evidence=read_evidence(path),
        now=options.now or datetime.now(UTC),
        played=None if usage is None else frozenset(usage.get(path.resolve(), ())),
        fail_expired=options.fail_expired,
    )


def files_at(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the cassettes at these paths; an evidence file stands for its cassette."""
    seen: set[Path] = set()
    for path in paths:
        for file in sorted(path.rglob("*.y*ml")) if path.is_dir() else [_cassette_of(path)]:
            if file not in seen:
                seen.add(file)
                yield file


def _cassette_of(path: Path) -> Path:
    suffix = ".evidence.json"
    return path.with_name(path.name.removesuffix(suffix) + ".yaml") if path.name.endswith(suffix) else path
