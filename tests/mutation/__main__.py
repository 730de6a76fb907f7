"""`make mutants`: changes the code where a silent fault costs data, and looks whether a test fails.

Exit status: 0 if every score reaches the floor, 1 if one does not, 2 if nothing could be tried.
"""

import argparse
import shutil
import signal
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import click

from tests.mutation.campaign import Score, sample_of, try_mutants
from tests.mutation.line_map import FailingTestsError, measure
from tests.mutation.mutants import Mutant
from tests.mutation.pool import Pool
from tests.mutation.survivors import SURVIVORS_FILE, Survivor, SurvivorsError, problems, read_survivors
from tests.mutation.targets import TARGETS, Target, chosen

__all__ = ["main"]

ROOT = Path(__file__).resolve().parents[2]
FLOOR = 95.0
DEFAULT_SAMPLE = "60"


def main(
    arguments: list[str] | None = None,
    *,
    root: Path = ROOT,
    targets: tuple[Target, ...] = TARGETS,
    survivors_file: Path = SURVIVORS_FILE,
    today: date | None = None,
) -> int:
    """Run the command and return its exit status."""
    options = _options(arguments)
    try:
        listed = read_survivors(survivors_file)
        if options.check:
            return _check(root, listed, today or datetime.now(UTC).date(), survivors_file)
        wanted = chosen(options.package, targets)
        size = None if options.sample == "all" else int(options.sample)
    except (SurvivorsError, ValueError) as error:
        return _stop(str(error))
    samples = [(target, sample_of(target, root, size, options.seed, options.only)) for target in wanted]
    if not any(sample for _, sample in samples):
        return _stop("there is nothing to mutate. Use a SAMPLE of at least 1, and a part of a diff for ONLY.")
    if options.list:
        for _, sample in samples:
            click.echo("\n".join(mutant.diff for mutant, _ in sample))
        return 0
    click.echo(f"sample {options.sample} of each package, seed {options.seed}")
    space = Path(tempfile.mkdtemp(prefix="mutants-"))
    try:
        scores = _scores(samples, root, space, listed, options)
    except FailingTestsError as error:
        return _stop(str(error))
    finally:
        shutil.rmtree(space, ignore_errors=True)
    return _report(scores, options.seed)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=main.__doc__)
    parser.add_argument("--package", default="", help="names from targets.py, or the packages that they are in")
    parser.add_argument("--sample", default=DEFAULT_SAMPLE, help="how many mutants of each package, or all")
    parser.add_argument("--seed", type=int, default=1, help="which sample")
    parser.add_argument("--only", default="", help="try only mutants whose diff contains this")
    parser.add_argument("--workers", type=int, default=2, help="how many are tried at a time")
    parser.add_argument("--list", action="store_true", help="print the sample and try nothing")
    parser.add_argument("--check", action="store_true", help="only check survivors.toml")
    parser.add_argument("--verbose", action="store_true", help="say what became of each mutant")
    return parser.parse_args(arguments)


def _scores(
    samples: list[tuple[Target, list[tuple[Mutant, str]]]],
    root: Path,
    space: Path,
    listed: list[Survivor],
    options: argparse.Namespace,
) -> list[Score]:
    scores = []
    with Pool(root, space, options.workers) as pool:
        for target, sample in samples:
            if sample:
                lines = measure(target, root, pool, space / target.name, root / ".mutants")
                progress = _Progress(target, len(sample), is_verbose=options.verbose)
                scores.append(try_mutants(target, sample, lines, listed, pool.map, progress))
    return scores


class _Progress:
    def __init__(self, target: Target, size: int, *, is_verbose: bool) -> None:
        self._target, self._size, self._is_verbose = target, size, is_verbose
        self._done = 0

    def __call__(self, mutant: Mutant, result: str) -> None:
        self._done += 1
        if self._is_verbose or result.startswith("survived"):
            click.echo(f"{mutant.diff}\n  {result}")
        if self._done % 10 == 0:
            click.echo(f"{self._target.name}: {self._done} of {self._size} tried", err=True)


def _report(scores: list[Score], seed: int) -> int:
    for score in scores:
        for mutant in score.outdated:
            click.echo(f"a test kills this mutant by now; remove its entry from {SURVIVORS_FILE.name}:\n{mutant.diff}")
    click.echo()
    for score in scores:
        notes = [
            f"{len(score.survived)} survived" if score.survived else "",
            f"{len(score.accepted)} accepted" if score.accepted else "",
            f"{len(score.timed_out)} by timeout" if score.timed_out else "",
            f"{len(score.equivalent)} equivalent, not counted" if score.equivalent else "",
        ]
        extra = "; ".join(filter(None, notes))
        killed = len(score.killed) + len(score.timed_out)
        click.echo(
            f"{score.target:36} {score.percent:5.1f} %  {killed} of {score.tried}{f' ({extra})' if extra else ''}"
        )
    low = [score.target for score in scores if score.percent < FLOOR and score.tried]
    if low:
        click.echo(
            f"\nBelow {FLOOR:g} %: {', '.join(low)}. For each survivor above, write a test that fails with it, or an "
            f"entry in tests/mutation/{SURVIVORS_FILE.name} that says why not. Again: make mutants PACKAGE={low[0]} "
            f"SEED={seed}"
        )
    return 1 if low else 0


def _check(root: Path, listed: list[Survivor], today: date, file: Path) -> int:
    found = list(problems(root, listed, today))
    for problem in found:
        click.echo(f"{file.name}: {problem}")
    if not found:
        click.echo(f"{file.name}: {len(listed)} entries match the code")
    return 1 if found else 0


def _stop(message: str) -> int:
    click.echo(f"make mutants: {message}", err=True)
    return 2


def _end(signal_number: int, _: object) -> None:
    """End as after Ctrl-C, so that the workers are ended and their copies removed."""
    click.echo(f"make mutants: ended by {signal.Signals(signal_number).name}", err=True)
    sys.exit(128 + signal_number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    sys.exit(main())
