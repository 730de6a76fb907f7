"""Tries a sample of the mutants of a target."""

import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.mutation.line_map import LineMap
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.survivors import Survivor
from tests.mutation.targets import Target
from tests.mutation.worker import Job, Outcome

__all__ = ["Score", "sample_of", "try_mutants"]

# A mutant has this long, and this many times the time that its tests take otherwise. If they do not end, it is tried
# once more: alone, and with more patience. A machine that is busy must not kill mutants.
PATIENCE_S = 30.0
PATIENCE_FACTOR = 6.0
TEST_PATIENCE_S = 20.0
TEST_PATIENCE_FACTOR = 10.0
MORE_PATIENCE = 3.0
OUT_OF_TIME = re.compile(r"Timeout \(>|\+ Timeout \+")  # of pytest-timeout


@dataclass(slots=True)
class Score:
    """What became of a sample.

    Attributes:
        killed: Mutants that made a test fail, with the test.
        timed_out: Mutants under which the tests did not end, twice; they count as killed.
        survived: Mutants that no test noticed and that are not listed.
        accepted: Mutants that no test noticed and that are listed as accepted.
        equivalent: Mutants that are listed as equivalent; they are not tried.
        outdated: Listed mutants that a test kills by now.
    """

    target: str
    killed: list[tuple[Mutant, str]] = field(default_factory=list)
    timed_out: list[Mutant] = field(default_factory=list)
    survived: list[Mutant] = field(default_factory=list)
    accepted: list[Mutant] = field(default_factory=list)
    equivalent: list[Mutant] = field(default_factory=list)
    outdated: list[Mutant] = field(default_factory=list)

    @property
    def tried(self) -> int:
        """How many mutants change behaviour, as far as is known."""
        return len(self.killed) + len(self.timed_out) + len(self.survived) + len(self.accepted)

    @property
    def percent(self) -> float:
        """How many of a hundred mutants that change behaviour are killed; 0 if none was tried."""
        return 100 * (len(self.killed) + len(self.timed_out)) / self.tried if self.tried else 0.0


def sample_of(target: Target, root: Path, size: int | None, seed: int, only: str = "") -> list[tuple[Mutant, str]]:
    """Mutants of a target whose diff contains `only`, with the changed modules, in the order of the code.

    There are `size` of them, or as many as exist; the same seed gives the same ones.
    """
    texts = {module: (root / module).read_text("utf-8") for module in target.modules(root)}
    mutants = [mutant for module, text in texts.items() for mutant in mutants_of(module, text) if only in mutant.diff]
    random.Random(f"{seed} {target.name}").shuffle(mutants)  # noqa: S311  # a sample, not a secret
    chosen: list[tuple[Mutant, str]] = []
    for mutant in mutants:
        if size is not None and len(chosen) == size:
            break
        changed = mutant.applied_to(texts[mutant.path])
        if changed is not None:
            chosen.append((mutant, changed))
    return sorted(chosen, key=lambda one: (one[0].path, one[0].start, one[0].end, one[0].new))


def try_mutants(
    target: Target,
    sample: list[tuple[Mutant, str]],
    lines: LineMap,
    listed: list[Survivor],
    run: Callable[[Iterator[Job]], Iterator[Outcome]],
    report: Callable[[Mutant, str], None],
) -> Score:
    """Run the tests with each mutant of a sample. Those under which they do not end are tried again, one at a time.

    Args:
        target: What the sample is of.
        sample: Mutants with the changed modules.
        lines: Which tests run which lines.
        listed: The known survivors.
        run: Does jobs, and gives the outcomes in their order.
        report: Told what became of each mutant.
    """
    kinds = {one.identity: one.kind for one in listed}
    score = Score(target.name)
    score.equivalent = [mutant for mutant, _ in sample if kinds.get(mutant.identity) == "equivalent"]
    rest = [(mutant, text) for mutant, text in sample if kinds.get(mutant.identity) != "equivalent"]
    jobs = [_job(mutant, text, lines) for mutant, text in rest]
    outcomes = run(job for job in jobs if job)
    late: list[tuple[Mutant, Job]] = []
    for (mutant, _), job in zip(rest, jobs, strict=True):
        outcome = next(outcomes) if job else None
        if job and outcome and _is_out_of_time(outcome):
            late.append((mutant, job))
        else:
            report(mutant, _note(score, mutant, outcome, is_listed=mutant.identity in kinds))
    for mutant, job in late:
        (outcome,) = run(iter([_patient(job)]))
        report(mutant, _note(score, mutant, outcome, is_listed=mutant.identity in kinds))
    return score


def _is_out_of_time(outcome: Outcome) -> bool:
    return outcome["result"] == "timeout" or (
        outcome["result"] == "failed" and OUT_OF_TIME.search(outcome["output"]) is not None
    )


def _patient(job: Job) -> Job:
    return {
        **job,
        "timeout_s": MORE_PATIENCE * job["timeout_s"],
        "test_timeout_s": MORE_PATIENCE * job["test_timeout_s"],
    }


def _job(mutant: Mutant, text: str, lines: LineMap) -> Job | None:
    """What to run, None if no test runs the module."""
    tests = lines.tests_for(mutant)
    if not tests:
        return None
    took = [lines.seconds[test] for test in tests]
    chosen, files = frozenset(tests), dict.fromkeys(test.partition("::")[0] for test in tests)
    return Job(
        paths=list(files),
        near=_near(mutant.path, files),
        tests=tests,
        left_out=[test for test in lines.seconds if test.partition("::")[0] in files and test not in chosen],
        timeout_s=PATIENCE_S + PATIENCE_FACTOR * sum(took),
        test_timeout_s=TEST_PATIENCE_S + TEST_PATIENCE_FACTOR * max(took),
        mutate=(mutant.path, text),
    )


def _near(module: str, files: Iterable[str]) -> list[str]:
    """The test files in the folder that mirrors the module's, or else the one above it: they kill most mutants."""
    for folder in PurePosixPath(module).parents:
        if folder.name and (found := [file for file in files if f"/{folder}/" in f"/{file}"]):
            return found
    return []


def _note(score: Score, mutant: Mutant, outcome: Outcome | None, *, is_listed: bool) -> str:
    """Count a mutant, and say in a few words what became of it."""
    result = outcome["result"] if outcome else "passed"
    if outcome and result == "nothing":
        raise RuntimeError(f"no test was run for a mutant:\n{mutant.diff}\n{outcome['output']}")
    if result == "passed":
        (score.accepted if is_listed else score.survived).append(mutant)
        return "survived" if outcome else "survived: no test runs this module"
    if is_listed:
        score.outdated.append(mutant)
    if outcome and not _is_out_of_time(outcome):
        score.killed.append((mutant, outcome["failed"][0]))
        return f"killed by {outcome['failed'][0]}"
    score.timed_out.append(mutant)
    return "killed: the tests did not end"
