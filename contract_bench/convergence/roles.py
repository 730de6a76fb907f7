"""The three roles as processes: a fake HubSpot, a node, and the connectors that the node starts.

They are started once for many scenarios, because a start takes longer than a scenario. What keeps scenarios apart is
the account, made anew under the same token, and datasets that are deleted in between.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from contract_bench.convergence.node_api import NodeApi
from contract_bench.convergence.program import Program, kill_group, wait_until
from contract_bench.matrix.pipes import SYSTEM, write_node
from contract_bench.matrix.subject import Subject
from contract_bench.plugin.portal import HubSpotControl

__all__ = ["TOKEN", "Roles"]

TOKEN = "pat-na1-00000000-0000-4000-8000-00000000c0de"  # noqa: S105 - opens a fake's portal
PATIENCE_S = 60.0
END_TIMEOUT_S = 10.0


class Roles:
    """Runs the roles. Use it as a context manager; leaving it ends every process.

    Arguments:
        subjects: The connectors, by the id of the system that each is on the node.
    """

    def __init__(self, subjects: Mapping[str, Subject] | Subject) -> None:
        self.subjects = {SYSTEM: subjects} if isinstance(subjects, Subject) else dict(subjects)
        self._cleanup = ExitStack()
        self.control: HubSpotControl
        self.node: NodeApi
        self._node_program: Program

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="contract-bench-roles-")))
            arguments = ["serve", "--port", "0", "--contacts", "0"]
            hubspot = Program("fake_hubspot", arguments, folder / "hubspot.log", environ=os.environ)
            self.control = HubSpotControl(stack.enter_context(hubspot).url)
            stack.callback(self.control.close)
            self._node_program = stack.enter_context(self._node_of(folder))
            self.node = NodeApi(self._node_program.url)
            stack.callback(lambda: self.node.close())
            self._cleanup = stack.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._cleanup.close()

    def crash_connector(self, system: str) -> None:
        """End a connector by force and wait until the node has seen it; its next pull starts it anew."""
        pid = self.node.pid(system)
        if pid is not None:
            kill_group(pid)
            wait_until(lambda: self.node.pid(system) is None, END_TIMEOUT_S)

    def crash_node(self) -> None:
        """End the node and its connectors by force, as if their machine had lost power, and start it again."""
        pids = [self.node.pid(system) for system in self.subjects]
        self._node_program.kill()
        for pid in pids:
            if pid is not None:
                kill_group(pid)
        self.node.close()
        self._node_program.start()
        self.node = NodeApi(self._node_program.url)

    def _node_of(self, folder: Path) -> Program:
        for system, subject in self.subjects.items():
            write_node(
                folder / "node",
                route=subject.route,
                patience_s=PATIENCE_S,
                environment=subject.environment,
                system=system,
            )
        secrets = folder / "secrets.json"
        secrets.write_text(json.dumps({"token": TOKEN}), encoding="utf-8")
        arguments = ["serve", str(folder / "node"), "--port", "0", "--data-dir", str(folder / "data")]
        arguments += ["--env", f"hubspot-url={self.control.url}", "--secrets", str(secrets)]
        for system, subject in self.subjects.items():
            arguments += ["--system-command", f"{system}={subject.command}"]
        return Program("fake_sesam", arguments, folder / "node.log", environ=os.environ)
