"""Whatever happens, when all is quiet again the dataset is the account."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from contract_bench.cli import main
from contract_bench.convergence import Scenario, Stage, read_scenario, write_scenario
from contract_bench.convergence.scenario import ScenarioError, Step
from contract_bench.matrix.subject import DEFAULT_ENVIRONMENT, Subject

ROOT = Path(__file__).resolve().parents[4]
ENVIRONMENT = {**DEFAULT_ENVIRONMENT, "HUBSPOT_READ_TIMEOUT_S": "0.5", "PYTHONPATH": str(ROOT)}
SOUND = Subject(f"{sys.executable} -m tests.broken_connectors._sound", environment=ENVIRONMENT)
FAULTS = (
    "server-error",
    "close-in-body",
    "reset-in-body",
    "missing-results",
    "empty-page-with-cursor",
    "html-with-200",
)
INDEX = st.integers(0, 30)
NAME = st.sampled_from(["Ada", "Øye", '"quoted"', "~t2026", "日本"])
MODE = st.sampled_from(["full", "incremental"])


class Convergence(RuleBasedStateMachine):
    """Changes, faults, pulls and crashes in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(SOUND, contacts=7).__enter__()

    def teardown(self) -> None:
        """Compare, and tell how to play it again."""
        try:
            self.check(self.stage.quiesce())
        finally:
            self.stage.__exit__()

    def check(self, problems: list[str]) -> None:
        """Fail with the file that `contract-bench scenario` plays."""
        assert not problems, f"{problems}\nscenario file:\n{write_scenario(self.stage.scenario)}"

    @rule(step=st.sampled_from(["create"]), name=NAME)
    def create(self, step: str, name: str) -> None:
        """A new contact."""
        self.check(self.stage.play({"step": step, "name": name}))

    @rule(index=INDEX, name=NAME)
    def update(self, index: int, name: str) -> None:
        """A changed contact."""
        self.check(self.stage.play({"step": "update", "index": index, "name": name}))

    @rule(step=st.sampled_from(["archive", "restore"]), index=INDEX)
    def archive_or_restore(self, step: str, index: int) -> None:
        """Into the recycle bin, or out of it."""
        self.check(self.stage.play({"step": step, "index": index}))

    @rule(index=INDEX, other=INDEX)
    def merge(self, index: int, other: int) -> None:
        """Two contacts are one."""
        self.check(self.stage.play({"step": "merge", "index": index, "other": other}))

    @rule(fault=st.sampled_from(FAULTS), page=st.integers(1, 3), times=st.sampled_from([1, 2, "forever"]))
    def fault(self, fault: str, page: int, times: int | str) -> None:
        """HubSpot fails from now on."""
        self.check(self.stage.play({"step": "fault", "fault": fault, "page": page, "times": times}))

    @rule(step=st.sampled_from(["recover", "rescan", "crash_connector", "crash_node"]))
    def event(self, step: str) -> None:
        """HubSpot recovers, somebody asks for a rescan, a process dies."""
        self.check(self.stage.play({"step": step}))

    @rule(mode=MODE)
    def pull(self, mode: str) -> None:
        """A pump runs."""
        self.check(self.stage.play({"step": "pull", "mode": mode}))


def test_any_sequence_converges() -> None:
    """A few sequences; each ends with a comparison."""
    run_state_machine_as_test(
        Convergence,
        settings=settings(
            max_examples=4,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )


def test_scenario_file_is_played_again(tmp_path: Path) -> None:
    """What a failing run prints is what the command takes."""
    steps: tuple[Step, ...] = (
        {"step": "pull", "mode": "incremental"},
        {"step": "update", "index": 2, "name": "Øye"},
        {"step": "fault", "fault": "server-error", "page": 1, "times": "forever"},
        {"step": "pull", "mode": "incremental"},
        {"step": "crash_connector"},
        {"step": "crash_node"},
    )
    path = tmp_path / "scenario.json"
    path.write_text(write_scenario(Scenario(7, steps)), encoding="utf-8")

    done = CliRunner().invoke(main, ["scenario", str(path), "--connector", SOUND.text, "--env", f"PYTHONPATH={ROOT}"])

    assert read_scenario(path) == Scenario(7, steps)
    assert done.exit_code == 0, done.output
    assert "the dataset was the account" in done.output


def test_connector_that_loses_changes_does_not_pass() -> None:
    """In the end the dataset is not the account."""
    broken = Subject(f"{sys.executable} -m tests.broken_connectors.caches_the_first_pull", environment=ENVIRONMENT)

    with Stage(broken, contacts=7) as stage:
        for step in ({"step": "pull", "mode": "full"}, {"step": "create", "name": "Ada"}):
            assert stage.play(dict(step)) == []
        problems = stage.quiesce()

    assert any(problem.startswith("full dataset, missing:") for problem in problems)


@pytest.mark.parametrize("text", ["", "[]", '{"contacts": 1, "steps": [{"step": "dance"}]}', '{"contacts": "x"}'])
def test_file_that_is_no_scenario_is_refused(text: str, tmp_path: Path) -> None:
    """The message names the steps that there are."""
    path = tmp_path / "scenario.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ScenarioError) as caught:
        read_scenario(path)

    assert "crash_connector" in str(caught.value)
