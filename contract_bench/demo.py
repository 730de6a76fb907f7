"""The tour: one successful import, then the same import against a HubSpot that fails."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from contract_bench.roles.loop import Loop, LoopSettings
from fake_sesam import Dataset, Event, PumpResult

__all__ = ["run_demo", "run_scenario"]

PIPE = "hubspot-contacts-collect"
ROWS_SHOWN = 5
PROGRESS_EVERY_S = 0.5
EVENT_KEYS = (
    "event_type",
    "pipe",
    "sync_type",
    "entities_succeeded",
    "total_time",
    "reason_why_stopped",
)
NEXT = """
Try next{activated}
  contract-bench demo --scenario error-on-page-2   the answer begins with 200, then breaks off; exit status 1
  contract-bench demo --contacts 10000             a hundred pages
  fake-hubspot serve --port 8400                   a HubSpot to point your own connector at
  contract-bench up                                all three, until you stop them, with pages for a browser
""".rstrip()


def run_demo(console: Console, settings: LoopSettings) -> bool:
    """Show a successful run and a failed one; return whether both kept the one law."""
    with Loop(settings) as loop:
        show_pipe(console, loop)
        contacts = loop.hubspot.portal.store.count("0-1")
        console.print(f"\n[bold]1. HubSpot answers: {contacts} contacts, 100 a page[/bold]")
        completed = pull(console, loop)
        dataset = loop.node.dataset(PIPE)
        before = dataset.count
        show_dataset(console, dataset)
        show_event(console, completed.events[-1])

        console.print("\n[bold]2. HubSpot answers 500 to every call[/bold]")
        loop.switch_scenario("server-error")
        failed = pull(console, loop)
        show_event(console, failed.events[-1])
        show_connector_log(console, loop)
        unchanged = dataset.count == before and failed.deleted == 0
        verdict = "unchanged" if unchanged else "[red]CHANGED[/red]"
        console.print(f"  dataset {verdict}: {dataset.count:,} entities, {failed.deleted} deleted")
    has_environment = Path(".venv", "bin", "activate").exists()
    console.print(NEXT.format(activated=", after `. .venv/bin/activate`" if has_environment else ""), soft_wrap=True)
    return completed.ok and not failed.ok and unchanged


def run_scenario(console: Console, settings: LoopSettings) -> bool:
    """Run one scenario once; return whether the pump completed."""
    with Loop(settings) as loop:
        show_pipe(console, loop)
        console.print(f"\n[bold]Scenario {settings.scenario}[/bold]")
        result = pull(console, loop)
        show_dataset(console, loop.node.dataset(PIPE))
        show_event(console, result.events[-1])
        if not result.ok:
            show_connector_log(console, loop)
    return result.ok


def pull(console: Console, loop: Loop) -> PumpResult:
    """Run the pipe once and show its progress."""
    progress = Progress(console.print)
    result = loop.run_pipe(PIPE, on_progress=progress)
    progress.finish(result)
    return result


class Progress:
    """Prints the number of entities so far: after the first batch, then twice a second, then at the end."""

    def __init__(self, emit: Callable[[str], None], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._emit = emit
        self._clock = clock
        self._next = float("-inf")

    def __call__(self, entities: int) -> None:
        """Note the progress; print it when it is due."""
        if self._clock() >= self._next:
            self._emit(f"  pulling: {entities:,} entities")
            self._next = self._clock() + PROGRESS_EVERY_S

    def finish(self, result: PumpResult) -> None:
        """Print how the run ended."""
        verdict = "[green]completed[/green]" if result.ok else "[red]failed[/red]"
        self._emit(
            f"  pump {verdict} after {result.seconds:.2f} s: {result.processed:,} read, "
            f"{result.changed:,} changed, {result.deleted:,} deleted"
        )


def show_pipe(console: Console, loop: Loop) -> None:
    """Print the pipe's configuration on one line."""
    config = json.dumps(loop.node.pipe(PIPE).original, separators=(",", ":"))
    console.print(f"[bold]pipe[/bold] {config}", soft_wrap=True, markup=True)


def show_dataset(console: Console, dataset: Dataset) -> None:
    """Print the first rows of the dataset and their number."""
    table = Table("_id", "email", "name", "_updated", title=f"dataset {PIPE}: {dataset.count:,} entities")
    for entity in dataset.entities(limit=ROWS_SHOWN):
        table.add_row(str(entity["_id"]), *person(entity), str(entity["_updated"]))
    if dataset.count > ROWS_SHOWN:
        table.add_row("...", "", "", "")
    console.print(table)


def person(entity: Mapping[str, object]) -> tuple[str, str]:
    """Return the e-mail address and the name of a contact entity, empty if HubSpot has none."""
    properties = entity.get("properties")
    values = properties if isinstance(properties, Mapping) else {}
    names = [values.get("firstname"), values.get("lastname")]
    return str(values.get("email") or ""), " ".join(str(name) for name in names if name)


def show_event(console: Console, event: Event) -> None:
    """Print the readable properties of an event on one line."""
    shown = {key: event[key] for key in EVENT_KEYS if event.get(key) not in (None, "")}
    console.print(f"  execution log: {json.dumps(shown, ensure_ascii=False)}", soft_wrap=True, markup=False)


def show_connector_log(console: Console, loop: Loop) -> None:
    """Print the last failure that the connector logged: after a response has begun, only the log has the reason."""
    console.print(f"  connector's log: {loop.last_connector_line('ERROR')}", soft_wrap=True, markup=False)
