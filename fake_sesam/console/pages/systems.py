"""The systems: whether each runs and where, and the log of its microservice while it is written."""

from collections.abc import Callable
from dataclasses import dataclass

from bench_core.pages import PageResponse, live_event
from bench_core.pages.words import Moment
from fake_sesam.api.representations import system_json
from fake_sesam.config import System
from fake_sesam.console.call import PageCall
from fake_sesam.console.documents import pretty
from fake_sesam.console.feed import SaidLine
from fake_sesam.errors import FakeSesamError
from fake_sesam.event_lines import tone_of, without_time
from fake_sesam.microservice import GivenUrl

__all__ = ["live", "operate", "show", "show_all"]

LINES_SHOWN = 300
# An event comes at most four times a second, so that a person can follow; of more lines, the latest are shown.
ROWS_PER_EVENT = 8


@dataclass(frozen=True, slots=True)
class SystemState:
    """A system as lists show it.

    Attributes:
        word: `running`, `not running`, or `not started by this node` for a system at a URL.
        where: Its address, or how it is started.
    """

    id: str
    type: str
    word: str
    tone: str
    where: str
    pipes: list[str]
    is_started_here: bool


@dataclass(frozen=True, slots=True)
class LogRow:
    """A line of a log."""

    number: int
    moment: Moment
    text: str
    tone: str


def show_all(call: PageCall) -> PageResponse:
    """Show all systems."""
    rows = [_state(call, call.node.systems[system_id]) for system_id in sorted(call.node.systems)]
    return call.page("systems.html.jinja", title="Systems", current="Systems", rows=rows)


def show(call: PageCall) -> PageResponse:
    """Show a system with its log."""
    system = call.node.runners.system(call.params["id"])
    wanted = call.values.get("q", "").strip()
    lines = call.feed.lines(system.id)
    rows = _rows(call, lines, wanted)
    config = system_json(call.node, system.id)["config"]["original"]
    return call.page(
        "system.html.jinja",
        title=system.id,
        current="Systems",
        state=_state(call, system),
        rows=rows[:LINES_SHOWN],
        count=len(lines),
        after=lines[-1].number if lines else 0,
        wanted=wanted,
        config=pretty(config),
        back=call.request.here,
        query=call.request.query,
    )


def live(call: PageCall) -> Callable[[], bytes]:
    """Return what makes the new lines of a system's log."""
    system = call.node.runners.system(call.params["id"])
    wanted = call.values.get("q", "").strip()
    after = [int(text) if (text := call.values.get("after", "")).isdecimal() else 0]

    def news() -> bytes:
        lines = call.feed.lines(system.id, after=after[0])
        head = call.site.part("parts.html.jinja", "system_head", _state(call, system))
        parts = live_event("parts", {"head": head, "facts": call.site.part("parts.html.jinja", "facts", call.frame())})
        if not lines:
            return parts
        after[0] = lines[-1].number
        found = _rows(call, lines, wanted)
        rows = [call.site.part("parts.html.jinja", "log_row", row) for row in found[:ROWS_PER_EVENT]]
        content: dict[str, object] = {"rows": rows, "count": len(found), "after": after[0]}
        if len(found) > ROWS_PER_EVENT:
            content["rate"] = f"Live: {len(found):,} lines at once, the last {ROWS_PER_EVENT} of them shown"
        return live_event("rows", content) + parts

    return news


def operate(call: PageCall) -> PageResponse:
    """Start, stop or restart the microservice of a system."""
    form, system = call.form(), call.node.runners.system(call.params["id"])
    operation, runners = form.get("operation", ""), call.node.runners
    try:
        if operation in ("reload", "stop"):
            runners.reload(system.id)
            said = f"{system.id} is stopped; the next run of a pipe starts it."
        if operation in ("reload", "start"):
            said = f"{system.id} runs at {runners.base_url(system.id)}."
        elif operation != "stop":
            raise FakeSesamError(f"expected one of the operations start, stop, reload; got {operation!r}")
    except FakeSesamError as error:
        return call.done(form, str(error), tone="bad")
    call.feed.changed()
    return call.done(form, said)


def _state(call: PageCall, system: System) -> SystemState:
    runner = call.node.runner(system.id)
    is_started_here = not isinstance(runner, GivenUrl)
    pipes = sorted(pipe.id for pipe in call.node.pipes.values() if pipe.source.system_id == system.id)
    if not is_started_here:
        url = call.redact(runner.start())
        return SystemState(system.id, system.type, "not started by this node", "calm", url, pipes, False)
    is_running = runner.is_running()
    where = runner.start() if is_running else _how(call, system)
    word, tone = ("running", "good") if is_running else ("not running", "none")
    return SystemState(system.id, system.type, word, tone, where, pipes, True)


def _how(call: PageCall, system: System) -> str:
    command = call.node.options.system_commands.get(system.id)
    if command is not None:
        return call.redact(f"starts with: {command}")
    return f"starts the image {system.docker.image}" if system.docker else ""


def _rows(call: PageCall, lines: list[SaidLine], wanted: str) -> list[LogRow]:
    """Return lines as rows, newest first."""
    shown: list[LogRow] = []
    for line in reversed(lines):
        text = call.redact(line.text)
        if wanted.lower() in text.lower():
            shown.append(LogRow(line.number, call.moment(line.at), without_time(text), tone_of(text)))
    return shown
