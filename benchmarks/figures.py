"""What a section measures: figures, goals, and what could not be measured."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Better = Literal["more", "less"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: what `subject` needed for `work`.

    `better` says which way is good; `unit` is printed behind the number ("entities/s", "MB", "ms").
    """

    work: str
    subject: str
    measure: str
    value: float
    unit: str
    better: Better = "more"


@dataclass(frozen=True, slots=True)
class Goal:
    """A promise and what became of it; `wanted` is the bound, `better` the side of it that keeps the promise."""

    promise: str
    wanted: float
    got: float
    better: Better = "more"

    @property
    def kept(self) -> bool:
        """Whether the figure lies on the right side of the bound."""
        return self.got >= self.wanted if self.better == "more" else self.got <= self.wanted


@dataclass(slots=True)
class Section:
    """A part of the report.

    `ours` is the subject that all others of the section are held against; `pictured` names the works
    and the measure of each that go into the plot; `measured` says when, in UTC.
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
        """Keep a figure."""
        self.figures.append(Figure(work, subject, measure, value, unit, better))

    def promise(self, promise: str, wanted: float, got: float, better: Better = "more") -> None:
        """Keep a goal and what became of it."""
        self.goals.append(Goal(promise, wanted, got, better))

    def value(self, work: str, subject: str, measure: str) -> float | None:
        """A figure measured before, or None where that subject could not be measured."""
        found = (f.value for f in self.figures if (f.work, f.subject, f.measure) == (work, subject, measure))
        return next(found, None)

    def times_ours(self, figure: Figure) -> float | None:
        """How many times as good as `figure` ours is: 2.0 is twice as fast, or half as much memory."""
        ours = self.value(figure.work, self.ours, figure.measure)
        if not ours or not figure.value:
            return None
        return ours / figure.value if figure.better == "more" else figure.value / ours

    def to_json(self) -> dict[str, Any]:
        """What is kept of it.

        Shape: the fields, and besides `"times_ours": 2.1` in each figure and `"kept": true` in each goal.
        """
        return {
            **asdict(self),
            "figures": [{**asdict(figure), "times_ours": self.times_ours(figure)} for figure in self.figures],
            "goals": [{**asdict(goal), "kept": goal.kept} for goal in self.goals],
        }


Run = Callable[[bool], Section]
"""Measures a section; the argument says whether all of it (`make bench-full`) or the quick part."""
