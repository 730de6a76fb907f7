"""A connector's container is found by its label and killed with its `docker run`."""

import shlex
from pathlib import Path

import pytest

from contract_bench.roles.connector import ConnectorUnderTest
from contract_bench.roles.docker import containers_killed, kill_containers, pid_of_container, run_command
from contract_bench.roles.processes import NotRestartableError, Processes


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `docker` that records its arguments and has one container, with process 1."""
    noted = tmp_path / "calls"
    docker = tmp_path / "docker"
    docker.write_text(
        f'#!/bin/sh\necho "$*" >> {shlex.quote(str(noted))}\ncase "$1" in ps) echo c0ffee ;; inspect) echo 1 ;; esac\n',
        encoding="utf-8",
    )
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return noted


def test_container_is_found_and_killed_by_its_label(calls: Path) -> None:
    """Killing `docker run` alone would leave the container running."""
    pid = pid_of_container("run-1")
    kill_containers("run-1")

    listed = "ps --quiet --filter label=contract-bench.connector=run-1"
    assert pid == 1
    assert calls.read_text().splitlines() == [listed, "inspect --format {{.State.Pid}} c0ffee", listed, "kill c0ffee"]


def test_without_an_engine_there_is_no_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is raised: the process of the connector is unknown then."""
    monkeypatch.setenv("PATH", str(tmp_path))

    kill_containers("run-1")

    assert pid_of_container("run-1") is None


def test_without_a_label_there_is_none_in_the_command() -> None:
    """Docker refuses an empty one."""
    assert "--label" not in run_command("example/connector:1.2", ["A"])


@pytest.mark.parametrize("text", ["http://127.0.0.1:5000", "127.0.0.1:5000"])
def test_scenario_refuses_a_connector_that_it_cannot_crash(text: str) -> None:
    """Before anything is started; the message says what to give instead."""
    with pytest.raises(NotRestartableError) as caught:
        Processes({"other": ConnectorUnderTest(), "connector": ConnectorUnderTest(text)})

    assert "understood as the URL" in str(caught.value)
    assert "its command or its image" in str(caught.value)


def test_containers_are_killed_however_the_context_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a limit of time, because they would go on without this process; no label stands for no container."""
    calls: list[str] = []
    monkeypatch.setattr("contract_bench.roles.docker.lift_limit", lambda: calls.append("no limit"))
    monkeypatch.setattr("contract_bench.roles.docker.kill_containers", calls.append)

    with containers_killed(""):
        pass
    with pytest.raises(KeyboardInterrupt), containers_killed("one"):
        raise KeyboardInterrupt

    assert calls == ["no limit", "one"]
