"""The result of a matrix, or of one of its shards. Pure."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from bench_core.project import KnownDefect
from bench_core.text import counted
from contract_bench.errors import BenchError
from contract_bench.matrix.bench import CellResult
from contract_bench.matrix.judge import Verdict, whole_milliseconds
from contract_bench.matrix.probes import ProbeResult

__all__ = ["Baseline", "MatrixResult", "MergeError", "Shard", "accept", "merge_results"]

Baseline = Mapping[str, frozenset[str]]
IN_BASELINE = "in the baseline"


class MergeError(BenchError):
    """Reports cannot be merged: they are not the shards of one matrix."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"expected the reports of all shards of one matrix, got {problem}")


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of the cells, so that several machines share them. The first one also has the probes."""

    number: int = 1
    count: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2/4`.

        Raises:
            ValueError: It is not a number of a part and the number of parts.
        """
        number, _, count = text.partition("/")
        if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
            raise ValueError(f"expected the number of a part and the number of all parts, such as 2/4, got {text!r}")
        return cls(int(number), int(count))

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    @property
    def has_probes(self) -> bool:
        """Whether the probes belong to this part."""
        return self.number == 1


@dataclass(frozen=True, slots=True)
class MatrixResult:
    """What was played and how it ended.

    Attributes:
        page_size: The records in a page of the connector.
        modes: The modes of pulling that it supports.
        planned: How many cells were to be played; more than there are if the run was interrupted.
        interrupted_by: The signal that ended the run early, empty if none did.
        accepted: The defects that do not fail the run, with the reason.
        upstream_changed: How a pull without a fault at the end differs from the first one; empty if it does not.
    """

    page_size: int
    modes: tuple[str, ...]
    probes: tuple[ProbeResult, ...]
    cells: tuple[CellResult, ...]
    seconds: float
    planned: int
    interrupted_by: str = ""
    shard: Shard = field(default_factory=Shard)
    accepted: Mapping[str, str] = field(default_factory=dict)
    upstream_changed: str = ""

    @property
    def results(self) -> list[ProbeResult | CellResult]:
        """The probes, then the cells."""
        return [*self.probes, *self.cells]

    @property
    def defects(self) -> list[ProbeResult | CellResult]:
        """The cells and probes that show a defect that is not accepted."""
        return [each for each in self._all_defects if each.name not in self.accepted]

    @property
    def known_defects(self) -> list[ProbeResult | CellResult]:
        """The cells and probes that show an accepted defect."""
        return [each for each in self._all_defects if each.name in self.accepted]

    @property
    def _all_defects(self) -> list[ProbeResult | CellResult]:
        return [result for result in self.results if result.verdict.is_defect]

    @property
    def has_played(self) -> bool:
        """Whether a fault reached the connector in at least one cell."""
        return any(each.verdict is not Verdict.UNREACHED for each in self.cells)

    @property
    def unproved(self) -> str:
        """Why the result proves nothing, or not everything, besides its defects; empty if there is no reason."""
        if self.interrupted_by:
            return f"interrupted by {self.interrupted_by}: not every cell was played"
        if self.upstream_changed:
            return (
                f"the upstream changed while the matrix ran: {self.upstream_changed}. Its verdicts mean nothing; "
                "use a cassette or an upstream that stays as it is"
            )
        if len(self.cells) < self.planned:
            missing = counted(self.planned - len(self.cells), "cell")
            return f"{missing} of {self.planned:,} were not played. Run the matrix again."
        if not self.has_played and self.shard.count == 1:
            return (
                "no fault fired in any of these cells, so nothing was proved. Select other faults or places; "
                "--json says which requests there were."
            )
        return ""

    def count(self, verdict: Verdict) -> int:
        """Return how many cells and probes have this verdict."""
        return sum(result.verdict is verdict for result in self.results)


def accept(
    result: MatrixResult, known: Iterable[KnownDefect] = (), *, today: datetime.date, baseline: Baseline | None = None
) -> MatrixResult:
    """Return the result with the defects that do not fail it.

    Args:
        result: What was played.
        known: The known defects of the project.
        today: Known defects of earlier days are not accepted any more.
        baseline: By name, the invariants that an earlier run broke. A cell that breaks another one is a new defect.
    """
    rules, before = tuple(known), baseline or {}
    accepted = dict(result.accepted)
    for each in result.defects:
        broken = {violation.invariant for violation in each.violations}
        reasons = [rule.reason for rule in rules if rule.covers(each.name, today)]
        if reasons:
            accepted[each.name] = reasons[0]
        elif each.name in before and broken <= before[each.name]:
            accepted[each.name] = IN_BASELINE
    return replace(result, accepted=accepted)


def merge_results(results: Sequence[MatrixResult]) -> MatrixResult:
    """Return one result for the shards of a matrix.

    Raises:
        MergeError: One is missing, is there twice, or belongs to another matrix.
    """
    if not results:
        raise MergeError("none")
    first = results[0]
    if len({(each.page_size, each.modes, each.shard.count) for each in results}) > 1:
        raise MergeError("reports of different matrices")
    numbers = sorted(each.shard.number for each in results)
    if numbers != list(range(1, first.shard.count + 1)):
        got = ", ".join(f"{number}/{first.shard.count}" for number in numbers)
        raise MergeError(f"the parts {got}")
    ordered = sorted(results, key=lambda each: each.shard.number)
    planned = [part.planned for part in ordered]
    if planned != [len(range(start, sum(planned), len(planned))) for start in range(len(planned))]:
        counts = ", ".join(map(str, planned))
        raise MergeError(f"parts of {counts} cells, which are not of the same selection or the same walk")
    names = [each.name for part in ordered for each in part.cells]
    if len(set(names)) < len(names):
        raise MergeError("the same cells in several parts")
    return replace(
        first,
        probes=tuple(probe for part in ordered for probe in part.probes),
        cells=_interleaved([part.cells for part in ordered]),
        seconds=whole_milliseconds(sum(part.seconds for part in ordered)),
        planned=sum(part.planned for part in ordered),
        interrupted_by=next((part.interrupted_by for part in ordered if part.interrupted_by), ""),
        upstream_changed="; ".join(part.upstream_changed for part in ordered if part.upstream_changed),
        shard=Shard(),
        accepted={name: reason for part in ordered for name, reason in part.accepted.items()},
    )


def _interleaved(parts: Sequence[Sequence[CellResult]]) -> tuple[CellResult, ...]:
    """Return the cells in the order of the whole matrix: a part has every n-th of them."""
    longest = max(map(len, parts))
    return tuple(part[at] for at in range(longest) for part in parts if at < len(part))
