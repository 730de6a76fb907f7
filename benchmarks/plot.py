"""The chart in `docs/`: how the alternatives compare with contract-bench, one panel per task."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Section
from benchmarks.report import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OURS, OTHERS, LIMIT = "#ff7a59", "#8a94a6", "#33475b"
WIDTH_IN, BAR_IN, PANEL_IN = 9.0, 0.24, 0.75


@dataclass(frozen=True, slots=True)
class Panel:
    """The subjects of one task, each with a score relative to ours, which is 1."""

    title: str
    ours: str
    bars: tuple[tuple[str, float], ...]


def panels(sections: Sequence[Section]) -> list[Panel]:
    """Return a panel for each pictured task. A task that only one subject did is left out."""
    every = (_panel(section, work, measure) for section in sections for work, measure in section.pictured)
    return [panel for panel in every if len(panel.bars) > 1]


def _panel(section: Section, work: str, measure: str) -> Panel:
    figures = [figure for figure in section.figures if (figure.work, figure.measure) == (work, measure)]
    compared = ((figure.subject, section.times_ours(figure)) for figure in figures)
    bars = sorted(((name, 1 / ratio) for name, ratio in compared if ratio), key=lambda bar: bar[1])
    return Panel(f"{section.title}: {work} ({measure})", section.ours, tuple(bars))


def share(value: float, _position: float = 0) -> str:
    """Format a score as people write it: `1/13`, `1.5`."""
    return f"1/{_short(1 / value)}" if value < 0.995 else _short(value)


def _short(value: float) -> str:
    return number(value, 2).removesuffix(".0")


def draw(path: Path, sections: Sequence[Section]) -> None:
    """Write the chart, unless no section has a task to show."""
    from matplotlib.figure import Figure as Picture  # slow to import, and used only here

    shown = panels(sections)
    if not shown:
        return
    heights = [PANEL_IN + BAR_IN * len(panel.bars) for panel in shown]
    picture = Picture(figsize=(WIDTH_IN, sum(heights)), layout="constrained")
    every = picture.subplots(len(shown), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0]
    for axes, panel in zip(every, shown, strict=True):
        _draw_panel(axes, panel)
    every[-1].set_xlabel("relative to contract-bench, which is 1; further right is better (logarithmic)")
    picture.savefig(path, dpi=110, metadata={"Software": None})


def _draw_panel(axes: "Axes", panel: Panel) -> None:
    names, values = [name for name, _ in panel.bars], [value for _, value in panel.bars]
    colours = [OURS if name == panel.ours else LIMIT if value > 1 else OTHERS for name, value in panel.bars]
    bars = axes.barh(names, values, color=colours, height=0.7)
    axes.bar_label(bars, labels=[share(value) for value in values], padding=3, fontsize=8)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(share)
    axes.xaxis.set_minor_formatter("")
    axes.axvline(1, color=OURS, linewidth=0.8, linestyle=":")
    axes.set_title(panel.title, loc="left", fontsize=9, fontweight="bold")
    axes.tick_params(labelsize=8)
    axes.margins(x=0.12)
    axes.spines[["top", "right"]].set_visible(False)
