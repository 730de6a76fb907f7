"""Ending a connector at once: a process, a container, or one that somebody else runs."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from contract_bench.roles import connector as connector_module
from contract_bench.roles.connector import RunningConnector
from contract_bench.roles.connector_spec import parse_connector
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
