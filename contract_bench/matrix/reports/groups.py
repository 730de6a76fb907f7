"""The defects of a report, one group for each fault: most of a fault's cells have the same cause. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench_core.text import counted
from contract_bench.matrix.bench import CellResult
from contract_bench.matrix.judge import Verdict, Violation
from contract_bench.matrix.probes import ProbeResult

__all__ = ["Group", "groups_of"]

# The worst first.
ORDER = (Verdict.SILENT, Verdict.HUNG, Verdict.BROKEN)


@dataclass(frozen=True, slots=True)
class Group:
    """The defects of one fault, or of one probe."""

    name: str
    members: Sequence[CellResult | ProbeResult]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict."""
        return min((each.verdict for each in self.members), key=ORDER.index)

    @property
    def first_cell(self) -> CellResult | None:
        """The first cell of the worst verdict; None for a probe."""
        cells = [each for each in self.members if isinstance(each, CellResult)]
        return next((each for each in cells if each.verdict is self.verdict), None)

    @property
    def title(self) -> str:
        """The fault and the number of its cells, or the probe."""
        if self.first_cell is None:
            return f"probe {self.name}"
        return f"{self.name}: {counted(len(self.members), 'cell')}"

    @property
    def where(self) -> list[str]:
        """A line for each place, with the times."""
        places: dict[str, list[str]] = {}
        for each in self.members:
            if isinstance(each, CellResult):
                params = each.cell.label.removeprefix(each.cell.fault)
                places.setdefault(f"{each.cell.mode}/{each.cell.place}", []).append(each.cell.times + params)
        return [f"{place}: {', '.join(times)}" for place, times in places.items()]

    @property
    def violations(self) -> tuple[Violation, ...]:
        """The first violation of each invariant."""
        found: dict[str, Violation] = {}
        for each in self.members:
            for violation in each.violations:
                found.setdefault(violation.invariant, violation)
        return tuple(found.values())


def groups_of(defects: Iterable[CellResult | ProbeResult]) -> list[Group]:
    """Return the groups, the worst verdict first, then the largest."""
    members: dict[str, list[CellResult | ProbeResult]] = {}
    for each in defects:
        name = each.cell.fault if isinstance(each, CellResult) else each.name
        kind = "fault" if isinstance(each, CellResult) else "probe"
        members.setdefault(f"{kind} {name}", []).append(each)
    groups = [Group(name.partition(" ")[2], found) for name, found in members.items()]
    return sorted(groups, key=lambda group: (ORDER.index(group.verdict), -len(group.members)))
