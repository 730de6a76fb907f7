"""The tour: what it prints, and what it says about the one law."""

from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from contract_bench.demo import Progress, person, run_demo, run_scenario
from fake_sesam import PumpResult

NODE_DIR = Path(__file__).resolve().parents[3] / "node"


@dataclass
class Clock:
    """A clock that the test moves."""

    now: float = 0.0

    def __call__(self) -> float:
        """The time in seconds."""
        return self.now


@pytest.fixture
def console() -> Console:
    """A wide terminal that keeps what is printed."""
    return Console(file=StringIO(), width=200, highlight=False)


def printed(console: Console) -> str:
    """What was printed so far."""
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_tour_shows_a_completed_and_a_failed_pump(console: Console) -> None:
    """The tour succeeds when the first pump completes, the second fails, and the dataset stays as it was."""
    succeeded = run_demo(console, contacts=120, node_dir=NODE_DIR)

    text = printed(console)
    assert succeeded
    assert '"event_type": "pump-completed"' in text
    assert "bh@hubspot.com" in text
    assert "HubSpot answered 500 to GET /crm/v3/objects/contacts: internal error" in text
    assert "dataset unchanged: 120 entities, 0 deleted" in text
    assert "Try next" in text


def test_scenario_on_page_2_fails_and_tells_why(console: Console) -> None:
    """A response that breaks off says nothing, so the connector's own log line is shown."""
    succeeded = run_scenario(console, "error-on-page-2", contacts=250, node_dir=NODE_DIR)

    text = printed(console)
    assert not succeeded
    assert '"event_type": "pump-failed"' in text
    assert "HubSpot answered 500" in text.partition("connector's log")[2]


def test_progress_prints_the_first_batch_and_then_twice_a_second() -> None:
    """Ten batches within half a second are one line, the batch after that is another."""
    lines: list[str] = []
    clock = Clock()
    progress = Progress(lines.append, clock=clock)

    for entities in range(100, 1100, 100):
        progress(entities)
    clock.now = 0.5
    progress(1100)

    assert lines == ["  pulling: 100 entities", "  pulling: 1,100 entities"]


def test_progress_ends_with_the_sum() -> None:
    """The last line says how the run ended."""
    lines: list[str] = []

    Progress(lines.append).finish(PumpResult("p", False, "full", 1200, 3, 0, 1.5))

    assert "failed" in lines[0]
    assert "1,200 read, 3 changed, 0 deleted" in lines[0]


@pytest.mark.parametrize(
    ("entity", "expected"),
    [
        ({"properties": {"email": "a@example.com", "firstname": "A", "lastname": "B"}}, ("a@example.com", "A B")),
        ({"properties": {"email": None, "firstname": None, "lastname": "B"}}, ("", "B")),
        ({}, ("", "")),
    ],
)
def test_person_is_empty_where_hubspot_has_nothing(entity: dict[str, object], expected: tuple[str, str]) -> None:
    """A row of the table never fails for a value that is not there."""
    assert person(entity) == expected
