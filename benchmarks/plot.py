"""The chart in `docs/`: one panel for each part of the workbench, one screen high.

A panel shows one task: a dot for each subject on a logarithmic scale, with its value, its unit, and in words how it
compares with ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, Section
from benchmarks.report import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OURS, OTHERS, TEXT, LINE = "#d9480f", "#5c6b80", "#22303f", "#e3e7ec"
WIDTH_IN, ROW_IN, PANEL_IN = 10.0, 0.235, 0.72
PARTS = {"full-pull": "The connector", "fake-hubspot": "The fake HubSpot", "fake-sesam": "The fake Sesam node"}
# Two that differ by less are called equal: that much they differ from run to run.
ALIKE = 1.05
# Each scale spans at least this factor, so that a small difference looks small.
LEAST_RANGE = 30
WORSE = {"entities/s": "slower", "requests/s": "slower", "s": "slower", "ms": "slower", "MB": "more", "kB": "more"}
BETTER = {"slower": "faster", "more": "less"}


@dataclass(frozen=True, slots=True)
class Dot:
    """A subject's value, and what is written beside it."""

    subject: str
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The subjects of one task, the best first."""

    title: str
    work: str
    ours: str
    dots: tuple[Dot, ...]


def panels(sections: Sequence[Section]) -> list[Panel]:
    """Return a panel for each part that was measured, about its first pictured task."""
    by_name = {section.name: section for section in sections}
    found = [_panel(title, by_name[name]) for name, title in PARTS.items() if name in by_name]
    return [panel for panel in found if panel.dots]


def _panel(title: str, section: Section) -> Panel:
    work, measure = section.pictured[0] if section.pictured else ("", "")
    figures = [figure for figure in section.figures if (figure.work, figure.measure) == (work, measure)]
    figures.sort(key=lambda figure: figure.value, reverse=_is_more_better(figures))
    dots = (Dot(figure.subject, figure.value, words(section, figure)) for figure in figures)
    return Panel(title, work, section.ours, tuple(dots))


def _is_more_better(figures: Sequence[Figure]) -> bool:
    return any(figure.better == "more" for figure in figures)


def words(section: Section, figure: Figure) -> str:
    """Return a value with its unit and, unless it is ours, how it compares: `41,200 entities/s, 7.4 x slower`."""
    value = f"{number(figure.value)} {figure.unit}".rstrip()
    ratio = None if figure.subject == section.ours else section.times_ours(figure)
    if ratio is None:
        return value
    worse = WORSE.get(figure.unit, "worse")
    if 1 / ALIKE < ratio < ALIKE:
        return f"{value}, the same"
    if ratio < 1:
        return f"{value}, {number(1 / ratio, 2)} x {BETTER.get(worse, 'better')}"
    return f"{value}, {number(ratio, 2)} x {worse}"


def is_available() -> bool:
    """Whether the library that draws the chart is installed."""
    return find_spec("matplotlib") is not None


def draw(path: Path, sections: Sequence[Section]) -> None:
    """Write the chart, unless no section has a task to show."""
    from matplotlib.figure import Figure as Picture  # slow to import, and used only here

    shown = panels(sections)
    if not shown:
        return
    heights = [PANEL_IN + ROW_IN * len(panel.dots) for panel in shown]
    picture = Picture(figsize=(WIDTH_IN, sum(heights)), layout="constrained")
    every = picture.subplots(len(shown), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axes, panel in zip(every, shown, strict=True):
        _draw_panel(axes, panel)
    every[-1].set_xlabel("logarithmic scales", fontsize=8, color=OTHERS, loc="right")
    picture.savefig(path, dpi=100, metadata={"Software": None})


def _draw_panel(axes: "Axes", panel: Panel) -> None:
    rows = range(len(panel.dots), 0, -1)
    for row, dot in zip(rows, panel.dots, strict=True):
        is_ours = dot.subject == panel.ours
        colour, weight = (OURS, "bold") if is_ours else (OTHERS, "normal")
        axes.axhline(row, color=LINE, linewidth=1, zorder=1)
        axes.plot(dot.value, row, "o", color=colour, markersize=9 if is_ours else 7, zorder=3)
        axes.annotate(
            dot.words,
            (dot.value, row),
            xytext=(9, 0),
            textcoords="offset points",
            va="center",
            fontsize=9.5,
            color=OURS if is_ours else TEXT,
            fontweight=weight,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2},
            zorder=2,
        )
    axes.set_yticks(list(rows), [dot.subject for dot in panel.dots], fontsize=9.5, color=TEXT)
    for label, dot in zip(axes.get_yticklabels(), panel.dots, strict=True):
        if dot.subject == panel.ours:
            label.set(color=OURS, fontweight="bold")
    _set_scale(axes, panel)
    axes.set_title(f"{panel.title}: {panel.work}", loc="left", fontsize=11, fontweight="bold", color=TEXT)


def _set_scale(axes: "Axes", panel: Panel) -> None:
    """Set a logarithmic scale whose right third is left to the words of the largest value."""
    values = [dot.value for dot in panel.dots]
    low, high = min(min(values) / 1.5, max(values) / LEAST_RANGE), max(values)
    axes.set_xscale("log")
    axes.set_xlim(low, high * (high / low) ** 0.55)
    axes.set_ylim(0.4, len(panel.dots) + 0.6)
    axes.xaxis.set_major_formatter(lambda value, _place: number(value, 1))
    axes.xaxis.set_minor_formatter("")
    axes.tick_params(length=0, which="both")
    axes.tick_params(axis="x", labelsize=8, labelcolor=OTHERS)
    axes.spines[["top", "right", "bottom", "left"]].set_visible(False)
