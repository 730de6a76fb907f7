"""The tour: its output, and what it shows about the one law."""

from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from contract_bench.demo import Progress, person, run_demo, run_scenario
from contract_bench.roles.loop import LoopSettings
from fake_sesam import PumpResult
from tests.support.cases import for_each

NODE_DIR = Path(__file__).resolve().parents[3] / "node"


@dataclass
class Clock:
    """A clock that the test sets."""

    now: float = 0.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


@pytest.fixture
def console() -> Console:
    """A wide terminal that records the output."""
    return Console(file=StringIO(), width=200, highlight=False)


def printed(console: Console) -> str:
    """Return the output so far."""
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_tour_shows_a_completed_and_a_failed_pump(console: Console) -> None:
    """The tour succeeds if the first pump completes, the second fails, and the dataset does not change."""
    succeeded = run_demo(console, LoopSettings(contacts=120, node_dir=NODE_DIR))

    text = printed(console)
    assert succeeded
    assert '"event_type": "pump-completed"' in text
    assert "bh@hubspot.com" in text
    assert "HubSpot answered 500 to GET /crm/v3/objects/contacts: internal error" in text
    assert "dataset unchanged: 120 entities, 0 deleted" in text
    assert "Try next" in text


def test_scenario_on_page_2_fails_and_shows_why(console: Console) -> None:
    """A broken response has no reason, so the connector's log line is shown."""
    succeeded = run_scenario(console, LoopSettings(scenario="error-on-page-2", node_dir=NODE_DIR))

    text = printed(console)
    assert not succeeded
    assert '"event_type": "pump-failed"' in text
    assert "HubSpot answered 500" in text.partition("connector's log")[2]


def test_progress_prints_the_first_batch_and_then_twice_a_second() -> None:
    """Ten batches within half a second give one line, the next batch gives another."""
    lines: list[str] = []
    clock = Clock()
    progress = Progress(lines.append, clock=clock)

    for entities in range(100, 1100, 100):
        progress(entities)
    clock.now = 0.5
    progress(1100)

    assert lines == ["  pulling: 100 entities", "  pulling: 1,100 entities"]


def test_progress_ends_with_the_total() -> None:
    """The last line shows how the run ended."""
    lines: list[str] = []

    Progress(lines.append).finish(PumpResult("p", False, "full", 1200, 3, 0, 1.5))

    assert "failed" in lines[0]
    assert "1,200 read, 3 changed, 0 deleted" in lines[0]


@for_each(
    ("entity", "expected"),
    [
        ({"properties": {"email": "a@example.com", "firstname": "A", "lastname": "B"}}, ("a@example.com", "A B")),
        ({"properties": {"email": None, "firstname": None, "lastname": "B"}}, ("", "B")),
        ({}, ("", "")),
    ],
)
def test_person_is_empty_if_hubspot_has_no_value(entity: dict[str, object], expected: tuple[str, str]) -> None:
    """A missing value never breaks a row of the table."""
    assert person(entity) == expected
