"""Ending a connector at once: a process, a container, or one that somebody else runs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from contract_bench.roles import connector as connector_module
from contract_bench.roles import processes as processes_module
from contract_bench.roles.connector import ConnectorUnderTest, RunningConnector, open_connector
from contract_bench.roles.connector_spec import parse_connector
from contract_bench.roles.processes import Processes
from fake_sesam import Node
from tests.support.cases import Cases


def test_what_is_killed(cases: Cases, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a connector that is not started by us, nothing; of a container, what its label names."""
    killed: list[Any] = []
    monkeypatch.setattr(connector_module, "kill_group", killed.append)
    monkeypatch.setattr(connector_module, "kill_containers", killed.append)
    monkeypatch.setattr(connector_module, "pid_of_container", lambda label: {"a-label": 99}[label])
    for text, label, runner, pid, expected in [
        ("python connector.py", "", SimpleNamespace(pid=5), 5, [5]),
        ("python connector.py", "", SimpleNamespace(pid=None), None, []),
        ("python connector.py", "", SimpleNamespace(), None, []),
        ("image:things:1", "a-label", SimpleNamespace(pid=6), 99, ["a-label", 6]),
        ("http://127.0.0.1:5000", "", SimpleNamespace(pid=7), 7, []),
    ]:
        with cases.case((text, pid)):
            killed.clear()
            node = SimpleNamespace(runner=lambda _system, runner=runner: runner)
            connector = RunningConnector(cast("Node", node), parse_connector(text), label=label)
            connector.kill()
            assert killed == expected
            assert connector.pid() == pid


def test_a_container_does_not_outlive_a_run_that_a_signal_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The matrix and the pytest plugin start connectors this way; ending `docker run` does not end its container."""
    commands: list[str] = []
    killed: list[str] = []

    @contextmanager
    def node(*_places: Path, system_commands: Mapping[str, str], **_options: object) -> Iterator[SimpleNamespace]:
        commands.extend(system_commands.values())
        yield SimpleNamespace()

    monkeypatch.setattr(connector_module, "open_node", node)
    monkeypatch.setattr("contract_bench.roles.docker.kill_containers", killed.append)

    for text in ("image:things:1", "python connector.py"):
        opened = open_connector(ConnectorUnderTest(text), Path("node"), Path("data"), hubspot_url="", token="")
        with pytest.raises(KeyboardInterrupt), opened:
            raise KeyboardInterrupt

    assert len(killed) == 1
    assert f"contract-bench.connector={killed[0]}" in commands[0]


def test_a_container_does_not_outlive_the_processes_of_a_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    """However it ends. A connector that is a command has none."""
    commands: list[str] = []
    killed: list[str] = []

    @contextmanager
    def process(_module: str, arguments: list[str], *_: Path, **_options: object) -> Iterator[SimpleNamespace]:
        commands.extend(word for word in arguments if word.startswith("things="))
        yield SimpleNamespace(url="http://127.0.0.1:1")

    monkeypatch.setattr(processes_module, "ModuleProcess", process)
    monkeypatch.setattr("contract_bench.roles.docker.kill_containers", killed.append)

    connectors = {"things": ConnectorUnderTest("image:things:1"), "other": ConnectorUnderTest("python connector.py")}
    with pytest.raises(KeyboardInterrupt), Processes(connectors):
        raise KeyboardInterrupt

    assert len(killed) == 1
    assert f"contract-bench.connector={killed[0]}" in commands[0]
