"""The state machine: changes, faults, pulls and crashes in any order, chosen by hypothesis."""

from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from contract_bench.convergence import Processes, ScenarioRunner, write_scenario
from contract_bench.roles.node_config import SYSTEM

__all__ = ["PREAMBLE", "Convergence", "explore", "machine_of"]

PREAMBLE = "scenario file:\n"
CONTACTS = 12
# Failures that no reader can take for the truth, and the account changing behind a reader's back.
FAULTS = (
    "server-error",
    "close-in-body",
    "missing-results",
    "empty-page-with-cursor",
    "short-page",
    "html-with-200",
    "changed-during-walk",
    "created-during-walk",
    "archived-during-walk",
)
INDEX = st.integers(0, 12)
NAME = st.sampled_from(["Ada", "Øye", '"quoted"', "~t2026", "日本"])
MODE = st.sampled_from(["full", "incremental"])
FAULT = st.sampled_from(FAULTS)
PAGE = st.integers(1, 3)
TIMES = st.sampled_from([1, 2, "forever"])
MS = st.sampled_from([1, 30_000, 90_000])


class Convergence(RuleBasedStateMachine):
    """Made for a set of processes by `machine_of`."""

    processes: Processes
    system = SYSTEM
    crashes_allowed = 1

    def __init__(self) -> None:
        super().__init__()
        self.runner = ScenarioRunner(self.processes, contacts=CONTACTS, system=self.system).__enter__()
        self.node_crashes = 0

    def teardown(self) -> None:
        """Compare when all is quiet."""
        try:
            self.check(self.runner.quiesce())
        finally:
            self.runner.__exit__()

    def check(self, problems: list[str]) -> None:
        """Fail with the file that `contract-bench scenario` plays."""
        assert not problems, f"{problems}\n{PREAMBLE}{write_scenario(self.runner.scenario)}"

    def step(self, kind: str, **arguments: Any) -> None:
        """Play a step and check what it broke."""
        self.check(self.runner.play({"step": kind, **arguments}))

    @rule(name=NAME)
    def create(self, name: str) -> None:
        """A new contact."""
        self.step("create", name=name)

    @rule(index=INDEX, name=NAME)
    def update(self, index: int, name: str) -> None:
        """A changed contact."""
        self.step("update", index=index, name=name)

    @rule(name=NAME)
    def touch(self, name: str) -> None:
        """All contacts change at one moment."""
        self.step("touch", name=name)

    @rule(step=st.sampled_from(["archive", "restore", "erase"]), index=INDEX)
    def remove(self, step: str, index: int) -> None:
        """Into the recycle bin, out of it, or gone for good."""
        self.step(step, index=index)

    @rule(index=INDEX, other=INDEX)
    def merge(self, index: int, other: int) -> None:
        """Two contacts are one."""
        self.step("merge", index=index, other=other)

    @rule(step=st.sampled_from(["lag", "advance"]), ms=MS)
    def wait(self, step: str, ms: int) -> None:
        """Search sees the past, or time passes."""
        self.step(step, ms=ms)

    @rule(fault=FAULT, page=PAGE, times=TIMES)
    def fault(self, fault: str, page: int, times: int | str) -> None:
        """HubSpot fails from now on."""
        self.step("fault", fault=fault, page=page, times=times)

    @rule(step=st.sampled_from(["recover", "rescan", "crash_connector"]))
    def event(self, step: str) -> None:
        """HubSpot recovers, somebody asks for a rescan, the connector dies."""
        self.step(step)

    @rule(step=st.sampled_from(["reset", "wipe"]), mode=MODE)
    def forget(self, step: str, mode: str) -> None:
        """The node's offset is set back; the dataset goes too, or stays."""
        self.step(step, mode=mode)

    @rule(mode=MODE)
    def pull(self, mode: str) -> None:
        """A pump runs."""
        self.step("pull", mode=mode)

    @rule(mode=MODE, fault=FAULT, page=PAGE, times=TIMES)
    def pull_through_a_fault(self, mode: str, fault: str, page: int, times: int | str) -> None:
        """A pump runs while HubSpot fails; by chance alone the two meet too seldom."""
        self.step("fault", fault=fault, page=page, times=times)
        self.step("pull", mode=mode)
        self.step("recover")

    @rule(mode=MODE, page=PAGE)
    def die_in_a_pull(self, mode: str, page: int) -> None:
        """The connector dies while it reads."""
        self.step("interrupted_pull", mode=mode, page=page, victim="connector")

    @precondition(lambda self: self.node_crashes < self.crashes_allowed)
    @rule(mode=st.none() | MODE, page=PAGE)
    def crash_node(self, mode: str | None, page: int) -> None:
        """The node and the connector die, with a pump running or without. Rare, for a start takes long."""
        self.node_crashes += 1
        if mode is None:
            self.step("crash_node")
        else:
            self.step("interrupted_pull", mode=mode, page=page, victim="node")


def machine_of(processes: Processes, system: str = SYSTEM, *, node_crashes: int = 1) -> type[Convergence]:
    """The machine for a connector; `node_crashes` is how often the node may die in one sequence."""
    members = {"processes": processes, "system": system, "crashes_allowed": node_crashes}
    return type("ConvergenceOf", (Convergence,), members)


def explore(
    machine: type[Convergence], *, examples: int, steps: int = 15, is_fixed: bool = True, shrinks: bool = False
) -> None:
    """Play so many sequences; the same ones each time where `is_fixed`.

    Raises: AssertionError with the scenario file of a sequence that broke a law.
    """
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=is_fixed,
            phases=(Phase.generate, Phase.shrink) if shrinks else (Phase.generate,),
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            report_multiple_bugs=False,
        ),
    )
