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
# Failures that every client can detect, and changes of the account during a pull.
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
    """Plays steps against the processes that `machine_of` sets."""

    processes: Processes
    system = SYSTEM
    crashes_allowed = 1
    contacts = CONTACTS

    def __init__(self) -> None:
        super().__init__()
        self.runner = ScenarioRunner(self.processes, contacts=self.contacts, system=self.system).__enter__()
        self.node_crashes = 0

    def teardown(self) -> None:
        """Compare after recovery."""
        try:
            self.check(self.runner.quiesce())
        finally:
            self.runner.__exit__()

    def check(self, problems: list[str]) -> None:
        """Fail with a file for `contract-bench scenario`."""
        assert not problems, f"{problems}\n{PREAMBLE}{write_scenario(self.runner.scenario)}"

    def step(self, kind: str, **arguments: Any) -> None:
        """Play a step and check the laws. In a large account, records and pages are spread over all of it."""
        spread = self.contacts // CONTACTS
        for name in {"index", "other"} & arguments.keys():
            arguments[name] *= spread
        if "page" in arguments:
            arguments["page"] += (arguments["page"] - 1) * (spread - 1)
        self.check(self.runner.play({"step": kind, **arguments}))

    @rule(name=NAME)
    def create(self, name: str) -> None:
        """Create a contact."""
        self.step("create", name=name)

    @rule(index=INDEX, name=NAME)
    def update(self, index: int, name: str) -> None:
        """Change a contact."""
        self.step("update", index=index, name=name)

    @rule(name=NAME)
    def touch(self, name: str) -> None:
        """Change all contacts at once."""
        self.step("touch", name=name)

    @rule(step=st.sampled_from(["archive", "restore", "erase"]), index=INDEX)
    def remove(self, step: str, index: int) -> None:
        """Archive, restore or erase a contact."""
        self.step(step, index=index)

    @rule(index=INDEX, other=INDEX)
    def merge(self, index: int, other: int) -> None:
        """Merge two contacts."""
        self.step("merge", index=index, other=other)

    @rule(step=st.sampled_from(["lag", "advance"]), ms=MS)
    def wait(self, step: str, ms: int) -> None:
        """Let searches lag, or let time pass."""
        self.step(step, ms=ms)

    @rule(fault=FAULT, page=PAGE, times=TIMES)
    def fault(self, fault: str, page: int, times: int | str) -> None:
        """Let HubSpot fail from now on."""
        self.step("fault", fault=fault, page=page, times=times)

    @rule(step=st.sampled_from(["recover", "rescan", "crash_connector"]))
    def event(self, step: str) -> None:
        """Let HubSpot recover, run a rescan, or kill the connector."""
        self.step(step)

    @rule(step=st.sampled_from(["reset", "wipe"]), mode=MODE)
    def forget(self, step: str, mode: str) -> None:
        """Empty the node's offset, with or without its dataset."""
        self.step(step, mode=mode)

    @rule(mode=MODE)
    def pull(self, mode: str) -> None:
        """Run a pump."""
        self.step("pull", mode=mode)

    @rule(mode=MODE, fault=FAULT, page=PAGE, times=TIMES)
    def pull_through_a_fault(self, mode: str, fault: str, page: int, times: int | str) -> None:
        """Run a pump while HubSpot fails; chance alone combines the two too rarely."""
        self.step("fault", fault=fault, page=page, times=times)
        self.step("pull", mode=mode)
        self.step("recover")

    @rule(page=PAGE, times=st.integers(1, 4))
    def change_during_the_reads_of_a_pull(self, page: int, times: int) -> None:
        """During some reads of a pull a record changes, minutes pass, and another one is archived; then pull again."""
        self.step("fault", fault="busy-during-walk", page=page, times=times)
        self.step("pull", mode="incremental")
        self.step("recover")
        self.step("pull", mode="incremental")

    @rule(mode=MODE, page=PAGE)
    def die_in_a_pull(self, mode: str, page: int) -> None:
        """Kill the connector during a pull."""
        self.step("interrupted_pull", mode=mode, page=page, victim="connector")

    @precondition(lambda self: self.node_crashes < self.crashes_allowed)
    @rule(mode=st.none() | MODE, page=PAGE)
    def crash_node(self, mode: str | None, page: int) -> None:
        """Kill the node and the connector, with or without a running pump. Rare, because starting takes long."""
        self.node_crashes += 1
        if mode is None:
            self.step("crash_node")
        else:
            self.step("interrupted_pull", mode=mode, page=page, victim="node")


def machine_of(
    processes: Processes, system: str = SYSTEM, *, node_crashes: int = 1, contacts: int = CONTACTS
) -> type[Convergence]:
    """Return the machine for a connector; `node_crashes` limits the crashes of the node in one sequence."""
    members = {"processes": processes, "system": system, "crashes_allowed": node_crashes, "contacts": contacts}
    return type("ConvergenceOf", (Convergence,), members)


def explore(
    machine: type[Convergence], *, examples: int, steps: int = 15, is_fixed: bool = True, shrinks: bool = False
) -> None:
    """Play this many sequences, the same ones each time if `is_fixed`.

    Raises:
        AssertionError: a sequence broke a law; the message has its scenario file.
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
