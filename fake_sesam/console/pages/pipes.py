"""The pipes: all of them, one with its runs, its configuration, and a preview of what it does to an entity."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bench_core.json_text import parse_json
from bench_core.pages import PageResponse, Said, live_event
from fake_sesam.console.call import PageCall, page_url
from fake_sesam.console.documents import DiffRow, marked_lines, pretty, side_by_side
from fake_sesam.console.feed import SaidLine
from fake_sesam.console.states import PipeState, Run, events_of, runs_of, state_of, states_of
from fake_sesam.errors import FakeSesamError
from fake_sesam.evaluation import evaluate
from fake_sesam.evaluation import preview as preview_of
from fake_sesam.operations import operate as operate_pump
from fake_sesam.pump import log_dataset_id

__all__ = [
    "live",
    "live_all",
    "operate",
    "preview",
    "show",
    "show_all",
    "show_configuration",
    "show_preview",
]

RUNS_SHOWN = 50
LINES_SHOWN = 60
# A connector may write the reason for a failure a moment after the node has noticed it.
LINES_AFTER_S = 1.5
SAID = {
    "start": "{} was started.",
    "start-rescan": "{} was started; it reads everything.",
    "stop": "{} stops after its batch.",
    "reset": "The offset of {} is empty: its next run reads everything.",
    "enable": "{} is enabled.",
    "disable": "{} is disabled: neither the schedule nor you can start it.",
}
FROM_SOURCE = "from-source"


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run with what the connector said meanwhile."""

    run: Run
    lines: list[SaidLine]
    is_open: bool


def show_all(call: PageCall) -> PageResponse:
    """Show all pipes, or those whose id holds a text."""
    wanted = call.values.get("q", "").strip()
    states = states_of(call)
    return call.page(
        "pipes.html.jinja",
        title="Pipes",
        current="Pipes",
        states=_holding(states, wanted),
        count=len(states),
        wanted=wanted,
        back=call.request.here,
    )


def live_all(call: PageCall) -> Callable[[], bytes]:
    """Return what makes the rows of all pipes."""
    wanted = call.values.get("q", "").strip()

    def news() -> bytes:
        states = _holding(states_of(call), wanted)
        rows = call.site.part("parts.html.jinja", "pipe_rows", states, call.site, page_url("pipes", q=wanted))
        return live_event("parts", {"pipes": rows, "facts": _facts(call)})

    return news


def _holding(states: list[PipeState], wanted: str) -> list[PipeState]:
    return [state for state in states if wanted.lower() in state.id.lower()]


def show(call: PageCall) -> PageResponse:
    """Show one pipe with its runs."""
    state = state_of(call, call.params["id"])
    return _page(call, state, "pipe.html.jinja", "Runs", runs=_runs(call, state), moment=call.moment)


def live(call: PageCall) -> Callable[[], bytes]:
    """Return what makes the parts of one pipe that change."""
    pipe_id = call.params["id"]
    state_of(call, pipe_id)

    def news() -> bytes:
        state = state_of(call, pipe_id)
        part = call.site.part
        runs = part("parts.html.jinja", "timeline", _runs(call, state), call.moment)
        head = part("parts.html.jinja", "pipe_head", state, call.site, page_url("pipes", pipe_id))
        return live_event("parts", {"head": head, "runs": runs, "facts": _facts(call)})

    return news


def operate(call: PageCall) -> PageResponse:
    """Do an operation to the pump of a pipe."""
    form, pipe_id = call.form(), call.params["id"]
    operation = form.get("operation", "")
    name, options = ("update-last-seen", {"last_seen": ""}) if operation == "reset" else (operation, {})
    try:
        operate_pump(call.node, pipe_id, name, **options)
    except FakeSesamError as error:
        return call.done(form, f"{error}.".replace("..", "."), tone="warn")
    call.feed.changed()
    return call.done(form, SAID.get(operation, "{}: " + operation).format(pipe_id))


def show_configuration(call: PageCall) -> PageResponse:
    """Show the configuration of a pipe, each problem at its line."""
    state = state_of(call, call.params["id"])
    problems = [
        (each.level, each.message, each.path)
        for each in call.node.configuration.problems
        if each.file == _file_of(call, state.id)
    ]
    original = next(
        file.content for file in call.node.configuration.current.files if file.content.get("_id") == state.id
    )
    lines = marked_lines(original, problems)
    return _page(call, state, "pipe_configuration.html.jinja", "Configuration", lines=lines, problems=problems)


def show_preview(call: PageCall) -> PageResponse:
    """Show the form for a preview."""
    state = state_of(call, call.params["id"])
    return _preview_page(call, state, source=json.dumps({"_id": "1", "id": "1"}, indent=2))


def preview(call: PageCall) -> PageResponse:
    """Show what the transforms of a pipe make of an entity: the one in the form, or the first one of the source."""
    form, state = call.form(), state_of(call, call.params["id"])
    source = form.get("source", "")
    try:
        if form.get("take") == FROM_SOURCE:
            source = pretty(_first_entity(call, state.id))
        entity = parse_json(source, parse_float=Decimal)
        results = preview_of(dict(call.node.pipe(state.id).original), entity, node=call.node)
    except ValueError as error:
        said = Said(f"The source entity is not JSON: {error}", "warn")
        return _preview_page(call, state, source=source, said=said, status=400)
    except FakeSesamError as error:
        return _preview_page(call, state, source=source, said=Said(call.redact(str(error)), "warn"), status=400)
    before = pretty(entity)
    compared = [side_by_side(before, pretty(result)) for result in results]
    return _preview_page(call, state, source=source, compared=compared)


def _first_entity(call: PageCall, pipe_id: str) -> dict[str, Any]:
    entities = evaluate(call.node, call.node.pipe(pipe_id), "source", limit=1)
    found = next(entities, None)
    if found is None:
        raise FakeSesamError("the source has no entity; write one yourself")
    return found


def _preview_page(
    call: PageCall,
    state: PipeState,
    *,
    source: str,
    compared: list[list[DiffRow]] | None = None,
    said: Said | None = None,
    status: int = 200,
) -> PageResponse:
    return _page(
        call,
        state,
        "pipe_preview.html.jinja",
        "Preview",
        source=source,
        compared=compared,
        from_source=FROM_SOURCE,
        said=said,
        status=status,
    )


def _page(call: PageCall, state: PipeState, template: str, tab: str, **context: Any) -> PageResponse:
    return call.page(
        template,
        title=f"{state.id}: {tab.lower()}",
        current="Pipes",
        state=state,
        tab=tab,
        back=call.request.here,
        log=log_dataset_id(state.id),
        **context,
    )


def _runs(call: PageCall, state: PipeState) -> list[ShownRun]:
    """Return the runs with the lines that the connector wrote meanwhile; the newest one is open if it failed."""
    shown: list[ShownRun] = []
    for run in runs_of(events_of(call, state.id), pipe_id=state.id):
        if len(shown) == RUNS_SHOWN:
            break
        ended = run.ended or (call.node.clock.now() if run.word == "running" else run.began)
        lines = call.feed.lines_between(state.system, run.began, ended + LINES_AFTER_S)
        masked = [SaidLine(line.number, line.at, call.redact(line.text)) for line in lines[-LINES_SHOWN:]]
        shown.append(ShownRun(run, masked, is_open=not shown and run.word == "failed"))
    return shown


def _file_of(call: PageCall, pipe_id: str) -> str:
    files = call.node.configuration.current.files
    return next((file.name for file in files if file.content.get("_id") == pipe_id), "")


def _facts(call: PageCall) -> str:
    return call.site.part("parts.html.jinja", "facts", call.frame())
