"""Where a scenario is played: an account over HTTP, the connector as a process, a node that starts it."""

import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import requests

from contract_bench.convergence.scenario import Scenario, Step
from contract_bench.matrix.pipes import MODES, SYSTEM, pipe_of, write_node
from contract_bench.matrix.subject import Subject
from contract_bench.plugin.portal import HubSpotControl, HubSpotPortal
from fake_hubspot.server import Server
from fake_sesam import Node, NodeOptions, PumpResult

__all__ = ["Stage"]

# Faults meet the paths that connectors use; the stage itself reads and writes on another spelling of them.
CONNECTORS = "/crm/v3/*"
CONTACTS = "/crm/objects/2026-03/contacts"
TIMEOUT_S = 30
PATIENCE_S = 60.0
# Later than any index lag, and than what a connector may look back for one.
QUIET_MS = 600_000


class Stage:
    """Plays steps and tells what does not hold. Use it as a context manager."""

    def __init__(self, subject: Subject, *, contacts: int) -> None:
        self._subject = subject
        self._contacts = contacts
        self._cleanup = ExitStack()
        self._gone: list[str] = []
        self._restored: set[str] = set()
        self.played: list[Step] = []
        self.portal: HubSpotPortal
        self.node: Node

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="contract-bench-stage-")))
            control = HubSpotControl(stack.enter_context(Server()).url)
            stack.callback(control.close)
            self.portal = control.make_portal(contacts=self._contacts)
            environment = self._subject.environment
            route = self._subject.route
            self._node_dir = write_node(
                self._folder / "node", route=route, patience_s=PATIENCE_S, environment=environment
            )
            self.node = self._open_node()
            stack.callback(lambda: self.node.close())
            self._cleanup = stack.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._cleanup.close()

    @property
    def scenario(self) -> Scenario:
        """What has happened so far."""
        return Scenario(self._contacts, tuple(self.played))

    def play(self, step: Step) -> list[str]:
        """Play a step; return what did not hold."""
        self.played.append(step)
        arguments = {name: value for name, value in step.items() if name != "step"}
        problems: list[str] | None = getattr(self, f"_{step['step']}")(**arguments)
        return problems or []

    def quiesce(self) -> list[str]:
        """Let everything recover, pull, and compare the datasets with the account; return what does not hold."""
        self.portal.faults.clear()
        self._lag(0)
        self._advance(QUIET_MS)
        problems = []
        for mode in MODES:
            result = self._run(mode)
            if not result.ok:
                problems.append(f"the {mode} pull after recovery failed: {result.error}")
                continue
            problems += self._compare(mode, is_exact=mode == "full")
        self._rescan()
        return problems + self._compare("incremental", is_exact=True)

    def _create(self, name: str) -> None:
        self._call("POST", CONTACTS, {"properties": {"lastname": name}})

    def _update(self, index: int, name: str) -> None:
        if ids := self._live_ids():
            self._call("PATCH", f"{CONTACTS}/{ids[index % len(ids)]}", {"properties": {"lastname": name}})

    def _archive(self, index: int) -> None:
        if ids := self._live_ids():
            gone = ids[index % len(ids)]
            self._call("DELETE", f"{CONTACTS}/{gone}")
            self._gone.append(gone)

    def _restore(self, index: int) -> None:
        if self._gone:
            back = self._gone.pop(index % len(self._gone))
            self._restored.add(back)
            self.portal.call("POST", "/_fake/changes/restore", body={"ids": [back]})

    def _merge(self, index: int, other: int) -> None:
        ids = self._live_ids()
        if len(ids) < 2 or index % len(ids) == other % len(ids):
            return
        pair = {"primaryId": ids[index % len(ids)], "otherId": ids[other % len(ids)]}
        self.portal.call("POST", "/_fake/changes/merge", body=pair)

    def _lag(self, ms: int) -> None:
        self.portal.call("POST", "/_fake/changes/search-lag", body={"lagMs": ms})

    def _advance(self, ms: int) -> None:
        self.portal.call("PUT", "/_fake/clock", body={"advanceMs": ms})

    def _fault(self, fault: str, page: int, times: int | str) -> None:
        self.portal.faults.add(fault, times=times, page=page, path=CONNECTORS)

    def _recover(self) -> None:
        self.portal.faults.clear()

    def _pull(self, mode: str) -> list[str]:
        before = self._entity_ids(mode)
        result = self._run(mode)
        if result.ok:
            return []
        lost = before - self._entity_ids(mode) if mode == "full" else set()
        return [f"a failed {mode} pull deleted {', '.join(sorted(lost))}"] if lost else []

    def _rescan(self) -> None:
        self.node.run_pipe(pipe_of("incremental"), is_rescan_asked=True)

    def _crash_connector(self) -> None:
        """Ended by force; the next pull starts it anew."""
        runner = self.node.runner(SYSTEM)
        pid = getattr(runner, "pid", None)
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        deadline = time.monotonic() + TIMEOUT_S
        while runner.is_running() and time.monotonic() < deadline:
            time.sleep(0.01)

    def _crash_node(self) -> None:
        self.node.close()
        self.node = self._open_node()

    def _run(self, mode: str) -> PumpResult:
        return self.node.run_pipe(pipe_of(mode))

    def _compare(self, mode: str, *, is_exact: bool) -> list[str]:
        """What differs from the account.

        A full pull and a rescan give exactly the account. An incremental pull may keep what was merged away, and does
        not see what came back from the recycle bin with its old modified date.
        """
        wanted = {record["id"]: record["properties"].get("lastname") for record in self._live()}
        entities = {str(entity["_id"]): entity for entity in self.node.dataset(pipe_of(mode)).entities()}
        missing = wanted.keys() - entities.keys()
        stale = {key for key in wanted.keys() & entities.keys() if not _holds(entities[key], wanted[key])}
        undead = entities.keys() - wanted.keys() if is_exact else set()
        missing -= set() if is_exact else self._restored
        found = (("missing", missing), ("not as in the account", stale), ("should be gone", undead))
        return [f"{mode} dataset, {what}: {', '.join(sorted(ids))}" for what, ids in found if ids]

    def _entity_ids(self, mode: str) -> set[str]:
        return {str(entity["_id"]) for entity in self.node.dataset(pipe_of(mode)).entities()}

    def _live(self) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = []
        after = "0"
        while after:
            page = self._call("GET", f"{CONTACTS}?limit=100&after={after}")
            records += page["results"]
            after = page.get("paging", {}).get("next", {}).get("after", "")
        return records

    def _live_ids(self) -> list[str]:
        return [record["id"] for record in self._live()]

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask HubSpot as a person at its user interface would."""
        headers = {"Authorization": f"Bearer {self.portal.token}"}
        answer = requests.request(method, self.portal.url + path, json=body, headers=headers, timeout=TIMEOUT_S)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def _open_node(self) -> Node:
        options = NodeOptions(
            data_dir=self._folder / "data",
            environment={"hubspot-url": self.portal.url},
            secrets={"token": self.portal.token},
            system_commands={SYSTEM: self._subject.command},
        )
        return Node(self._node_dir, options)


def _holds(entity: Mapping[str, Any], name: str | None) -> bool:
    """Whether the record's last name is somewhere in the entity."""
    return name is None or name in str(entity)
