"""A scenario as a file: the steps of a test, so that they can be played again."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench_core.json_text import parse_json
from bench_core.names import no_such
from contract_bench.errors import BenchError

__all__ = ["STEPS", "Scenario", "ScenarioError", "Step", "read_scenario", "write_scenario"]

# The steps and the names of their arguments.
STEPS = {
    "create": ("name",),
    "update": ("index", "name"),
    "touch": ("name",),
    "archive": ("index",),
    "restore": ("index",),
    "merge": ("index", "other"),
    "erase": ("index",),
    "lag": ("ms",),
    "advance": ("ms",),
    "fault": ("fault", "page", "times"),
    "recover": (),
    "pull": ("mode",),
    "interrupted_pull": ("mode", "page", "victim"),
    "rescan": (),
    "reset": ("mode",),
    "wipe": ("mode",),
    "crash_connector": (),
    "crash_node": (),
}
Step = dict[str, Any]


class ScenarioError(BenchError):
    """The file does not contain a scenario."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path = path
        super().__init__(
            f"expected a scenario in {path}, got a problem: {problem.rstrip('.')}. The steps are: {', '.join(STEPS)}"
        )


@dataclass(frozen=True, slots=True)
class Scenario:
    """The number of contacts at the start, and the steps.

    Shape: `{"contacts": 12, "steps": [{"step": "update", "index": 3, "name": "x"}, {"step": "pull", "mode": "full"}]}`.
    """

    contacts: int
    steps: tuple[Step, ...]


def read_scenario(path: Path) -> Scenario:
    """Read a scenario from a file.

    Raises:
        ScenarioError: the file cannot be read, or a step or an argument does not exist.
    """
    try:
        content = parse_json(path.read_text(encoding="utf-8"))
        scenario = Scenario(int(content["contacts"]), tuple(dict(step) for step in content["steps"]))
    except KeyError as error:
        raise ScenarioError(path, f"it has no key {error}") from error
    except (OSError, ValueError, TypeError) as error:
        raise ScenarioError(path, f"it cannot be read ({error})") from error
    if not scenario.steps:
        raise ScenarioError(path, "it has no steps")
    if scenario.contacts < 0:
        raise ScenarioError(path, f"it begins with {scenario.contacts} contacts")
    if not scenario.contacts and not any(step.get("step") == "create" for step in scenario.steps):
        raise ScenarioError(path, "there is never a contact in it (`contacts`, `create`), so nothing would be compared")
    for number, step in enumerate(scenario.steps, start=1):
        name = step.get("step")
        if name not in STEPS:
            raise ScenarioError(path, f"step {number}: {no_such('step', str(name), STEPS)}")
        if set(step) != {"step", *STEPS[name]}:
            raise ScenarioError(path, f"step {number} is {step}")
    return scenario


def write_scenario(scenario: Scenario) -> str:
    """Return the text of a scenario file, one step per line."""
    steps = ",\n".join(f"  {json.dumps(step, ensure_ascii=False)}" for step in scenario.steps)
    return f'{{"contacts": {scenario.contacts}, "steps": [\n{steps}\n]}}\n'
