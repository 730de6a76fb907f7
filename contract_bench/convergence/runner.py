"""Plays scenarios against three processes that meet over HTTP, and checks the laws after every pull."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Self

from contract_bench.convergence.account import ScenarioAccount
from contract_bench.convergence.laws import AccountState, PipeRun, PipeState, after_pull
from contract_bench.convergence.scenario import Scenario, Step
from contract_bench.roles.node_api import PumpRun
from contract_bench.roles.node_config import MODES, SYSTEM, pipe_of
from contract_bench.roles.process import wait_until
from contract_bench.roles.processes import TOKEN, Processes

__all__ = ["ScenarioRunner"]

# Longer than any search lag, and than the time that connectors look back because of it.
QUIET_MS = 600_000
HOLD_TIMEOUT_S = 30.0
ACCOUNT_STEPS = frozenset(
    {"create", "update", "touch", "archive", "restore", "merge", "erase", "lag", "advance", "fault", "recover"}
)


class ScenarioRunner:
    """Plays steps and returns the laws that do not hold. Use it as a context manager; each starts with a new account.

    Args:
        processes: The processes, which may have played other scenarios before.
        contacts: The number of contacts at the start.
        system: The node's system that is the connector.
    """

    def __init__(self, processes: Processes, *, contacts: int, system: str = SYSTEM) -> None:
        self._processes = processes
        self._system = system
        self._contacts = contacts
        self._cleanup = ExitStack()
        self._seen: dict[str, PipeState] = {}
        self._expected: AccountState | None = None
        self.played: list[Step] = []
        self.account: ScenarioAccount

    def __enter__(self) -> Self:
        self.account = ScenarioAccount(self._processes.control, token=TOKEN, contacts=self._contacts)
        self._cleanup.callback(self.account.drop)
        self._processes.crash_connector(self._system)  # it must not remember an earlier account
        for mode in MODES:
            self._wipe(mode)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._cleanup.close()

    @property
    def scenario(self) -> Scenario:
        """The steps played so far."""
        return Scenario(self._contacts, tuple(self.played))

    def play(self, step: Step) -> list[str]:
        """Play a step; return the laws that did not hold."""
        self.played.append(step)
        arguments = {name: value for name, value in step.items() if name != "step"}
        name = step["step"]
        if name in ACCOUNT_STEPS:
            self._expected = None
            getattr(self.account, name)(**arguments)
            return []
        problems: list[str] | None = getattr(self, f"_{name}")(**arguments)
        return problems or []

    def quiesce(self) -> list[str]:
        """Let everything recover, pull, and compare the datasets with the account; return the differences."""
        self.account.recover()
        self.account.advance(QUIET_MS)
        self.account.lag(0)
        self._expected = None
        problems = []
        for mode in MODES:
            problems += self._pull(mode, must_complete=True)
        problems += self._rescan(must_complete=True)
        return problems

    def _pull(self, mode: str, *, must_complete: bool = False) -> list[str]:
        return self._watch(mode, lambda: self._processes.node.run(self._pipe(mode)), must_complete=must_complete)

    def _rescan(self, *, must_complete: bool = False) -> list[str]:
        def run() -> PumpRun:
            return self._processes.node.run(self._pipe("incremental"), is_rescan=True)

        return self._watch("incremental", run, is_rescan=True, must_complete=must_complete)

    def _pipe(self, mode: str) -> str:
        return pipe_of(mode, self._system)

    def _interrupted_pull(self, mode: str, page: int, victim: str) -> list[str]:
        """Kill the connector or the node while it waits for a page; a walk without that page just completes."""
        pipe = self._pipe(mode)

        def run() -> PumpRun:
            held = self.account.hold(page)
            self._processes.node.begin(pipe)
            wait_until(lambda: self.account.is_held(held) or not self._processes.node.is_running(pipe), HOLD_TIMEOUT_S)
            is_held = self.account.is_held(held)
            if is_held:
                self._crash(victim)
            self.account.release(held)
            died = is_held and victim == "node"
            if died:
                return PumpRun(False, "the node died", self._processes.node.offset(pipe))
            return self._processes.node.result(pipe)

        return self._watch(mode, run)

    def _reset(self, mode: str) -> None:
        """Empty the offset, so that the next run is a full one; the dataset stays."""
        self._processes.node.reset(self._pipe(mode))
        self._seen[mode] = replace(self._seen[mode], offset="")

    def _wipe(self, mode: str) -> None:
        """Delete the dataset and empty the offset."""
        self._processes.node.reset(self._pipe(mode))
        self._processes.node.drop(self._pipe(mode))
        self._seen[mode] = PipeState()

    def _crash_connector(self) -> None:
        self._processes.crash_connector(self._system)

    def _crash_node(self) -> None:
        self._processes.crash_node()

    def _crash(self, victim: str) -> None:
        if victim == "node":
            self._crash_node()
        else:
            self._crash_connector()

    def _watch(
        self, mode: str, run: Callable[[], PumpRun], *, is_rescan: bool = False, must_complete: bool = False
    ) -> list[str]:
        """Let a pump run; return the laws that it broke."""
        before, account = self._seen[mode], self._expected or self.account.expected()
        ran = run()
        self._expected = self.account.expected()
        self._seen[mode] = after = PipeState(self._processes.node.entities(self._pipe(mode)), ran.offset)
        pull = PipeRun(
            mode=mode,
            ok=ran.ok,
            is_full=is_rescan or mode == "full" or not before.offset,
            before=before,
            after=after,
            account_before=account,
            account_after=self._expected,
            knows_archived=mode == "incremental" and self.account.reads_archived(),
        )
        failed = [f"the {mode} pull after recovery failed: {ran.why}"] if must_complete and not ran.ok else []
        return failed + after_pull(pull)
