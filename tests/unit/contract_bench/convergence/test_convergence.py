"""After recovery the dataset matches the account, whatever happened; the machine detects broken connectors.

The roles are processes and meet over HTTP alone. `make proof` plays more sequences and tests all of `BROKEN`.
`CONVERGENCE_SOAK_S` lets the machine run for this many seconds, with other sequences each time, and tests more broken
connectors.
"""

import os
import shlex
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis.errors import FlakyFailure

from contract_bench.cli import main
from contract_bench.convergence import Processes, Scenario, ScenarioRunner, read_scenario, write_scenario
from contract_bench.convergence.scenario import STEPS, ScenarioError, Step
from contract_bench.roles.connector import DEFAULT_ENVIRONMENT, ConnectorUnderTest
from contract_bench.roles.process import ModuleProcess, ProcessError
from tests.unit.contract_bench.convergence.machine import PREAMBLE, explore, machine_of

ROOT = Path(__file__).resolve().parents[4]
ENVIRONMENT = {
    **DEFAULT_ENVIRONMENT,
    "HUBSPOT_READ_TIMEOUT_S": "1",
    "HUBSPOT_RETRY_BUDGET_S": "0.3",
    "PYTHONPATH": str(ROOT),
}
SOAK_S = float(os.environ.get("CONVERGENCE_SOAK_S", "0"))
# Broken in ways that only a sequence shows: kept state, timing, and what a failure leaves behind.
SOONEST_FOUND = "caches_the_first_pull"
BROKEN = (
    "gt_instead_of_gte",
    "remembers_what_it_sent",
    "updated_is_now",
    "archived_lifts_the_offset",
)
MORE_BROKEN = (
    "stops_on_short_page",
    "closes_array_on_error",
    "first_page_of_search",
    "returns_what_it_has",
    "swallows_exceptions",
    "salvages_cut_bodies",
)
ENOUGH = 10 if not SOAK_S else 40
# Our service reads an account of so many contacts in ranges, and one of a dozen in order.
FEW, DIVIDED = 12, 64
IN_ORDER = "service-in-order"
STEPS_A_SEQUENCE = 18


def subject(name: str) -> ConnectorUnderTest:
    """Return a connector of the tests, or this repository's service, which may read over one connection only."""
    if name == IN_ORDER:
        command = shlex.join([sys.executable, "-m", "service"])
        return ConnectorUnderTest(command, environment={**ENVIRONMENT, "HUBSPOT_CONNECTIONS": "1"})
    module = name if name == "service" else f"tests.broken_connectors.{name}"
    return ConnectorUnderTest(shlex.join([sys.executable, "-m", module]), environment=ENVIRONMENT)


def system_of(name: str) -> str:
    """Return the id of a connector's system; ids are spelled like host names."""
    return name.strip("_").replace("_", "-")


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    """A fake HubSpot and a node with every connector; each is started by its first pull."""
    names = ("_sound", "service", IN_ORDER, SOONEST_FOUND, *BROKEN, *MORE_BROKEN)
    with Processes({system_of(name): subject(name) for name in names}) as processes:
        yield processes


@pytest.mark.parametrize(
    ("name", "contacts", "examples", "steps", "node_crashes"),
    [
        ("service", DIVIDED, 1, 6, 0),
        pytest.param("service", FEW, 1, STEPS_A_SEQUENCE, 0, marks=pytest.mark.proof),
        pytest.param("_sound", FEW, 4, STEPS_A_SEQUENCE, 0, marks=pytest.mark.proof),
        pytest.param("service", FEW, 2, STEPS_A_SEQUENCE, 1, marks=pytest.mark.proof),
        pytest.param("service", DIVIDED, 4, STEPS_A_SEQUENCE, 1, marks=pytest.mark.proof),
        pytest.param("service", 4 * DIVIDED, 1, STEPS_A_SEQUENCE, 0, marks=pytest.mark.proof),
        pytest.param("service", 10 * DIVIDED, 1, STEPS_A_SEQUENCE, 0, marks=pytest.mark.proof),
        pytest.param(IN_ORDER, DIVIDED, 2, STEPS_A_SEQUENCE, 1, marks=pytest.mark.proof),
    ],
)
def test_any_sequence_converges(
    processes: Processes, name: str, contacts: int, examples: int, steps: int, node_crashes: int
) -> None:
    """A few sequences, the same ones each time; each ends with a comparison."""
    machine = machine_of(processes, system_of(name), node_crashes=node_crashes, contacts=contacts)

    explore(machine, examples=examples, steps=steps)


@pytest.mark.skipif(not SOAK_S, reason="a long run; CONVERGENCE_SOAK_S=60 makes it")
@pytest.mark.timeout(int(SOAK_S) + 300)
def test_any_sequence_converges_for_a_long_time(processes: Processes) -> None:
    """Other sequences each time, longer and with more crashes; a failing one is shortened."""
    until = time.monotonic() + SOAK_S

    while time.monotonic() < until:
        for name, contacts in (("service", FEW), ("service", DIVIDED), (IN_ORDER, DIVIDED)):
            machine = machine_of(processes, system_of(name), node_crashes=3, contacts=contacts)
            explore(machine, examples=1, steps=25, is_fixed=False, shrinks=True)


@pytest.mark.parametrize(
    "name",
    [
        SOONEST_FOUND,
        *(pytest.param(name, marks=pytest.mark.proof) for name in (*BROKEN, *(MORE_BROKEN if SOAK_S else ()))),
    ],
)
def test_broken_connector_is_detected(processes: Processes, name: str, tmp_path: Path) -> None:
    """Within ten sequences, or forty in a long run; the printed file reproduces it."""
    machine = machine_of(processes, system_of(name), node_crashes=0)

    with pytest.raises((AssertionError, FlakyFailure)) as caught:
        explore(machine, examples=ENOUGH, steps=STEPS_A_SEQUENCE)

    path = tmp_path / "scenario.json"
    path.write_text(printed_by(caught.value), encoding="utf-8")
    assert played(processes, system_of(name), read_scenario(path))


def printed_by(error: BaseException) -> str:
    """Return the file that a failure prints, also one that hypothesis did not see again."""
    failures = [error, *getattr(error, "exceptions", ())]
    printed = [each for each in map(str, failures) if PREAMBLE in each]
    assert printed, f"no law was broken: {failures}"
    return printed[0].partition(PREAMBLE)[2]


def played(processes: Processes, system: str, scenario: Scenario) -> list[str]:
    """Return the laws that do not hold during a scenario and after it."""
    with ScenarioRunner(processes, contacts=scenario.contacts, system=system) as runner:
        problems = [problem for step in scenario.steps for problem in runner.play(dict(step))]
        return problems + runner.quiesce()


@pytest.mark.parametrize(
    ("name", "is_divided"), [("service", True), pytest.param(IN_ORDER, False, marks=pytest.mark.proof)]
)
def test_a_large_account_is_read_in_ranges(processes: Processes, name: str, is_divided: bool) -> None:
    """Otherwise the machine would only test pulls in order."""
    with ScenarioRunner(processes, contacts=DIVIDED, system=system_of(name)) as runner:
        runner.account.portal.faults.add(
            "latency", times="forever", params={"delay_ms": 0}, route="objects.list", cursor="chosen"
        )
        assert runner.play({"step": "pull", "mode": "full"}) == []
        (armed,) = runner.account.portal.faults.active()

    assert (armed["fired"] > 0) == is_divided


def test_every_kind_of_step_is_played_and_crashes_end_processes(processes: Processes) -> None:
    """In one scenario: crashes with and without a running pull, of the connector alone or of the node with it.

    The next pull starts again what has ended.
    """
    steps: list[Step] = [
        {"step": "pull", "mode": "incremental"},
        {"step": "create", "name": "Ada"},
        {"step": "update", "index": 2, "name": "Øye"},
        {"step": "archive", "index": 1},
        {"step": "archive", "index": 3},
        {"step": "pull", "mode": "incremental"},
        {"step": "restore", "index": 0},
        {"step": "merge", "index": 0, "other": 4},
        {"step": "erase", "index": 1},
        {"step": "advance", "ms": 5000},
        {"step": "touch", "name": "日本"},
        {"step": "lag", "ms": 30_000},
        {"step": "update", "index": 0, "name": "late"},
        {"step": "pull", "mode": "incremental"},
        {"step": "fault", "fault": "close-in-body", "page": 2, "times": "forever"},
        {"step": "pull", "mode": "full"},
        {"step": "rescan"},
        {"step": "recover"},
        {"step": "interrupted_pull", "mode": "full", "page": 2, "victim": "connector"},
        {"step": "interrupted_pull", "mode": "incremental", "page": 1, "victim": "node"},
        {"step": "reset", "mode": "incremental"},
        {"step": "pull", "mode": "incremental"},
        {"step": "wipe", "mode": "full"},
        {"step": "crash_connector"},
        {"step": "pull", "mode": "full"},
        {"step": "crash_node"},
        {"step": "pull", "mode": "full"},
    ]
    pids = []

    with ScenarioRunner(processes, contacts=12, system="sound") as runner:
        problems = []
        for step in steps:
            problems += runner.play(dict(step))
            if step["step"] in ("wipe", "pull"):
                pids.append(processes.node.pid("sound"))
        problems += runner.quiesce()

    assert {step["step"] for step in steps} == STEPS.keys()
    assert problems == []
    before, without_connector, without_node = pids[-3:]
    assert None not in pids
    assert len({before, without_connector, without_node}) == 3
    assert [pid for pid in (before, without_connector) if is_running(pid)] == []


@pytest.mark.parametrize("times", [1, *(pytest.param(times, marks=pytest.mark.proof) for times in (2, 3))])
def test_change_during_each_of_the_first_reads_of_a_pull_arrives(processes: Processes, times: int) -> None:
    """Also during the first one, whose time is what the service limits its offset by."""
    steps: list[Step] = [
        {"step": "rescan"},
        {"step": "fault", "fault": "busy-during-walk", "page": 1, "times": times},
        {"step": "pull", "mode": "incremental"},
        {"step": "recover"},
        {"step": "pull", "mode": "incremental"},
    ]

    assert played(processes, "service", Scenario(12, tuple(steps))) == []


def test_end_of_a_scenario_is_judged_after_a_search_lag(processes: Processes) -> None:
    """After recovery the lag is over and no longer excuses an incremental pull."""
    steps: list[Step] = [
        {"step": "pull", "mode": "incremental"},
        {"step": "advance", "ms": 1},
        {"step": "lag", "ms": 30_000},
        {"step": "touch", "name": "日本"},
    ]

    problems = played(processes, "first-page-of-search", Scenario(12, tuple(steps)))

    assert any(problem.startswith("a completed incremental pull left records") for problem in problems)


def is_running(pid: int | None) -> bool:
    """Return whether the process runs and is not a zombie."""
    try:
        os.kill(pid or 0, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


def test_role_that_does_not_start_says_why(tmp_path: Path) -> None:
    """The message contains its last lines."""
    process = ModuleProcess("fake_hubspot", ["serve", "--port", "none"], tmp_path / "log", environ=os.environ)

    with pytest.raises(ProcessError) as caught:
        process.start()

    assert "Invalid value for '--port'" in str(caught.value)


def test_scenario_file_is_played_by_the_command(tmp_path: Path) -> None:
    """The exit status is 1 if a law is broken."""
    steps: tuple[Step, ...] = ({"step": "pull", "mode": "full"}, {"step": "create", "name": "Øye"})
    path = tmp_path / "scenario.json"
    path.write_text(write_scenario(Scenario(7, steps)), encoding="utf-8")
    command = subject("caches_the_first_pull").text

    done = CliRunner().invoke(main, ["scenario", str(path), "--connector", command, "--env", f"PYTHONPATH={ROOT}"])

    assert read_scenario(path) == Scenario(7, steps)
    assert done.exit_code == 1, done.output
    assert "a completed full pull left records missing" in done.output


@pytest.mark.parametrize("text", ["", "[]", '{"contacts": 1, "steps": [{"step": "dance"}]}', '{"contacts": "x"}'])
def test_file_without_a_scenario_is_refused(text: str, tmp_path: Path) -> None:
    """The message lists the steps."""
    path = tmp_path / "scenario.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ScenarioError) as caught:
        read_scenario(path)

    assert "crash_connector" in str(caught.value)
