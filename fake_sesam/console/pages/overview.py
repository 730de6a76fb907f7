"""The start page: how the last run ended, the pipes, the latest runs, and how to reach the node."""

from collections.abc import Callable
from itertools import islice

from bench_core.pages import PageResponse, live_event
from bench_core.pages.words import counted
from fake_sesam.console.call import PageCall
from fake_sesam.console.states import PipeState, Run, events_of, runs_of, states_of

__all__ = ["headline_of", "latest_runs", "live", "show"]

RUNS_SHOWN = 10
RUNS_PER_PIPE = 10
PIPES_SHOWN = 12
RUN_WORDS = ("completed", "failed", "running")


def show(call: PageCall) -> PageResponse:
    """Show the start page."""
    states = states_of(call)
    runs = latest_runs(call, states)
    return call.page(
        "overview.html.jinja",
        title="Overview",
        current="Overview",
        headline=headline_of(states, runs),
        states=_most_interesting(states),
        count=len(states),
        runs=runs,
        systems=sorted(call.node.systems),
        origin=call.origin,
        command=_command(call, states),
        moment=call.moment,
    )


def live(call: PageCall) -> Callable[[], bytes]:
    """Return what makes the parts that change."""

    def news() -> bytes:
        states = states_of(call)
        runs = latest_runs(call, states)
        shown = _most_interesting(states)
        parts = {
            "headline": call.site.part("parts.html.jinja", "text", headline_of(states, runs)),
            "pipes": call.site.part("parts.html.jinja", "pipe_lines", shown, call.site, "/"),
            "runs": call.site.part("parts.html.jinja", "run_lines", runs, call.moment),
            "facts": call.site.part("parts.html.jinja", "facts", call.frame()),
        }
        return live_event("parts", parts)

    return news


def latest_runs(call: PageCall, states: list[PipeState]) -> list[Run]:
    """Return the latest runs of all pipes, newest first."""
    found: list[Run] = []
    for state in states:
        if state.runtime["last-run"] or state.is_running:
            runs = (run for run in runs_of(events_of(call, state.id), pipe_id=state.id) if run.word in RUN_WORDS)
            found += islice(runs, RUNS_PER_PIPE)
    return sorted(found, key=lambda run: -run.began)[:RUNS_SHOWN]


def headline_of(states: list[PipeState], runs: list[Run]) -> str:
    """Return the answer to: how did the last run go?"""
    running = [state for state in states if state.is_running]
    if running:
        return f"{running[0].id} is running: {running[0].last}"
    if not states:
        return "This node has no pipes yet"
    last = next((run for run in runs if run.word in ("completed", "failed")), None)
    if last is None:
        return f"{counted(len(states), 'pipe')}, none of which has run yet"
    if last.word == "completed":
        return f"The last run, {last.pipe}, completed: {last.what}"
    return f"The last run, {last.pipe}, failed after {last.what.partition(',')[0]}: {last.reason}"


def _most_interesting(states: list[PipeState]) -> list[PipeState]:
    """Return the pipes that fit on the page: those that run, failed or cannot run first."""
    ranks = ("running", "failed", "cannot run")
    ranked = sorted(states, key=lambda state: ranks.index(state.word) if state.word in ranks else len(ranks))
    return ranked[:PIPES_SHOWN] if len(states) > PIPES_SHOWN else states


def _command(call: PageCall, states: list[PipeState]) -> str:
    pipe = next((state.id for state in states if state.can_run), "PIPE")
    return f"curl -d operation=start {call.origin}/api/pipes/{pipe}/pump"
