"""What is wrong with the configuration, by file."""

from dataclasses import dataclass

from bench_core.pages import PageResponse
from bench_core.pages.words import counted
from fake_sesam.console.call import PageCall, page_url
from fake_sesam.errors import Problem

__all__ = ["show"]

LEVELS = {"error": "bad", "warning": "warn", "info": "calm"}


@dataclass(frozen=True, slots=True)
class FileProblems:
    """The problems of one file, and the page of the pipe or system in it."""

    file: str
    href: str
    problems: list[Problem]


def show(call: PageCall) -> PageResponse:
    """Show every problem."""
    wanted = call.values.get("level", "")
    problems = call.node.configuration.problems
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        if wanted in ("", problem.level):
            by_file.setdefault(problem.file, []).append(problem)
    counts = [(level, sum(each.level == level for each in problems)) for level in LEVELS]
    return call.page(
        "problems.html.jinja",
        title="Problems",
        current="Problems",
        headline=_headline(counts),
        files=[FileProblems(file, _page_of(call, file), found) for file, found in sorted(by_file.items())],
        counts=counts,
        wanted=wanted,
        tones=LEVELS,
    )


def _headline(counts: list[tuple[str, int]]) -> str:
    errors, warnings = counts[0][1], counts[1][1]
    if not errors and not warnings:
        return "The configuration has no problems"
    return f"{counted(errors, 'error')} and {counted(warnings, 'warning')} in the configuration"


def _page_of(call: PageCall, file: str) -> str:
    content = next((each.content for each in call.node.configuration.current.files if each.name == file), {})
    found = str(content.get("_id") or "")
    if content.get("type") == "pipe" and found:
        return page_url("pipes", found, "configuration")
    return page_url("systems", found) if found in call.node.systems else ""
