"""The table in README.md: what the benchmarks found, a row for each task.

A row whose figures were not measured is left out.
"""

from collections.abc import Callable, Sequence

from benchmarks.figures import Figure, Section
from benchmarks.report import number
from benchmarks.sections import fake_hubspot, fake_sesam, full_pull, incremental

__all__ = ["table"]

HEAD = "| task | compared with | contract-bench |\n|---|---|---|"
PULL, PULL_50_MS = "100,000 contacts, no latency", "100,000 contacts, 50 ms per request"
FEW, MANY = 4, 8  # connections
CHANGES = "100 changes in 1,000,000 contacts"
ENTITIES = "pull of 200,000 entities, copy and add, into a dataset"


class _Compared:
    """The figures of one section; one that is missing raises a `LookupError`."""

    def __init__(self, sections: Sequence[Section], name: str) -> None:
        self._section = next((one for one in sections if one.name == name), Section(name, title="", ours=""))

    def _figure(self, work: str, subject: str, measure: str) -> Figure:
        figure = self._section.figure(work, subject, measure)
        if figure is None:
            raise LookupError(f"{subject}: {measure} of {work}")
        return figure

    def value(self, work: str, subject: str, measure: str) -> float:
        """Return a figure."""
        return self._figure(work, subject, measure).value

    def times(self, work: str, subject: str, measure: str) -> float:
        """Return how many times as good ours is."""
        times = self._section.times_ours(self._figure(work, subject, measure))
        if times is None:
            raise LookupError(f"{self._section.ours}: {measure} of {work}")
        return times

    def faster(self, work: str, *subjects: str, measure: str = "speed") -> str:
        """Return how many times as fast ours is: `5.5 x and 9.1 x`."""
        *most, last = (f"{number(self.times(work, subject, measure), 2)} x" for subject in subjects)
        return f"{', '.join(most)} and {last}" if most else last

    def share(self, work: str, subject: str, measure: str) -> str:
        """Return what part of another's time or memory ours takes: `1/7`, or `0.8 x` if it is not much less."""
        times = self.times(work, subject, measure)
        return f"1/{times:.0f}" if times >= 1.5 else f"{number(1 / times, 2)} x"


def _tutorial(sections: Sequence[Section]) -> tuple[str, str, str]:
    pull = _Compared(sections, "full-pull")
    faster = pull.faster(PULL, full_pull.LIST_TUTORIAL, full_pull.STREAM_TUTORIAL)
    memory = pull.share(PULL, full_pull.LIST_TUTORIAL, "memory")
    task = "full pull of 100,000 contacts, served as one array"
    others = "Sesam's tutorial code with paging added, as a list and as a stream"
    return task, others, f"{faster} as fast, with {memory} of the list's memory"


def _readers(sections: Sequence[Section]) -> tuple[str, str, str]:
    faster = _Compared(sections, "full-pull").faster(PULL, full_pull.GET_ALL, full_pull.DLT, full_pull.SINGER)
    return "", "HubSpot's official client, dlt's REST source, Singer's tap", f"{faster} as fast"


def _loops(sections: Sequence[Section]) -> tuple[str, str, str]:
    faster = _Compared(sections, "full-pull").faster(PULL, full_pull.REQUESTS, full_pull.URLLIB3)
    return "", "a bare loop that only reads: requests, urllib3", f"{faster} as fast"


def _waiting(sections: Sequence[Section]) -> tuple[str, str, str]:
    pull, measure = _Compared(sections, "connections"), "time / (pages x latency)"
    few, many = (number(pull.value(PULL_50_MS, f"{count} connections", measure), 2) for count in (FEW, MANY))
    said = f"{few} of it over {FEW} connections, {many} over {MANY}"
    return "the same at 50 ms per request", "pages x latency, which a reader needs that waits for each page", said


def _incremental(sections: Sequence[Section]) -> tuple[str, str, str]:
    pull = _Compared(sections, "incremental")
    ours, full = (pull.value(CHANGES, name, "requests") for name in (incremental.OURS, incremental.FULL_PULL))
    return "100 changes among a million contacts", "a full pull", f"{ours:,.0f} requests instead of {full:,.0f}"


def _server(sections: Sequence[Section]) -> tuple[str, str, str]:
    served, work, other = _Compared(sections, "fake-hubspot"), fake_hubspot.LISTED, fake_hubspot.WIREMOCK
    speed, one = served.faster(work, other), served.faster(fake_hubspot.ONE, other)
    start, memory = (served.share(work, other, measure) for measure in ("start", "memory"))
    said = f"{speed} as many per second (one record by its id: {one})"
    task = "a page from the fake HubSpot, with state and journal"
    return task, other, f"{said}, starts in {start} of the time, uses {memory} of the memory"


def _node(sections: Sequence[Section]) -> tuple[str, str, str]:
    faster = _Compared(sections, "fake-sesam").faster(ENTITIES, fake_sesam.BY_HAND)
    task = "a fake Sesam pull into a dataset"
    return task, fake_sesam.BY_HAND, f"{faster} as fast, with transforms, versions and deletion tracking"


ROWS: tuple[Callable[[Sequence[Section]], tuple[str, str, str]], ...] = (
    _tutorial,
    _readers,
    _loops,
    _waiting,
    _incremental,
    _server,
    _node,
)


def table(sections: Sequence[Section]) -> str:
    """Return the table as Markdown."""
    lines = [HEAD]
    for row in ROWS:
        try:
            lines.append(f"| {' | '.join(row(sections))} |")
        except LookupError:
            continue
    return "\n".join(lines) + "\n"
