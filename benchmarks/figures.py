"""The result of a section: figures, goals, and notes on what could not be measured."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Better = Literal["more", "less"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: how `subject` did at the task `work`.

    `better` says whether more or less is better; `unit` is printed after the number ("entities/s", "MB", "ms").
    """

    work: str
    subject: str
    measure: str
    value: float
    unit: str
    better: Better = "more"


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal and the result. `wanted` is the bound, `better` the side of it that meets the goal."""

    promise: str
    wanted: float
    got: float
    better: Better = "more"

    @property
    def kept(self) -> bool:
        """Whether the result is on the right side of the bound."""
        return self.got >= self.wanted if self.better == "more" else self.got <= self.wanted


@dataclass(slots=True)
class Section:
    """A part of the report.

    `ours` is the subject that the others of the section are compared with; `pictured` names the tasks and measures that
    go into the chart; `measured` is the time of the measurement, in UTC.
    """

    name: str
    title: str
    ours: str
    figures: list[Figure] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pictured: list[tuple[str, str]] = field(default_factory=list)
    measured: str = ""

    def add(self, work: str, subject: str, measure: str, value: float, unit: str, better: Better = "more") -> None:
        """Add a figure."""
        self.figures.append(Figure(work, subject, measure, value, unit, better))

    def promise(self, promise: str, wanted: float, got: float, better: Better = "more") -> None:
        """Add a goal and the result."""
        self.goals.append(Goal(promise, wanted, got, better))

    def figure(self, work: str, subject: str, measure: str) -> Figure | None:
        """Return a figure that was added before, or None if that subject could not be measured."""
        return next((f for f in self.figures if (f.work, f.subject, f.measure) == (work, subject, measure)), None)

    def value(self, work: str, subject: str, measure: str) -> float | None:
        """Return the value of a figure that was added before, or None if that subject could not be measured."""
        found = self.figure(work, subject, measure)
        return found.value if found else None

    def times_ours(self, figure: Figure) -> float | None:
        """Return how many times as good ours is as this figure: 2.0 is twice as fast, or half the memory."""
        ours = self.value(figure.work, self.ours, figure.measure)
        if not ours or not figure.value:
            return None
        return ours / figure.value if figure.better == "more" else figure.value / ours

    def to_json(self) -> dict[str, Any]:
        """Return the section as it is saved.

        Shape: the fields, plus `"times_ours": 2.1` in each figure and `"kept": true` in each goal.
        """
        return {
            **asdict(self),
            "figures": [{**asdict(figure), "times_ours": self.times_ours(figure)} for figure in self.figures],
            "goals": [{**asdict(goal), "kept": goal.kept} for goal in self.goals],
        }


Run = Callable[[bool], Section]
"""Measures a section; the argument is true for everything (`make bench-full`), false for the quick part."""
