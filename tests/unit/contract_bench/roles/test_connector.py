"""A connector behind a node: ports that are taken, and what is known of its process."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from contract_bench.errors import FolderMissingError
from contract_bench.roles import connector as connector_module
from contract_bench.roles.connector import STARTS, ConnectorStartError, ConnectorUnderTest, RunningConnector
from contract_bench.roles.driven_connector import ConnectorOptions, drive_connector, start_of
from fake_sesam import MicroserviceError, Node
from tests.support.cases import for_each

NODE_DIR = Path(__file__).resolve().parents[4] / "node"


class Runner:
    """A microservice of a node that fails to start a number of times."""

    def __init__(self, *, failures: int, line: str) -> None:
        self.starts = 0
        self._failures = failures
        self._line = line

    def start(self) -> str:
        """Start, or fail."""
        self.starts += 1
        if self.starts <= self._failures:
            raise MicroserviceError(self._line, system_id="connector")
        return "http://127.0.0.1:9"

    def log_lines(self) -> list[str]:
        """Return what it wrote."""
        return ["starting", self._line]


def running(runner: Any, *, label: str = "") -> RunningConnector:
    """A connector with this microservice."""
    return RunningConnector(
        cast("Node", SimpleNamespace(runner=lambda _: runner)), ConnectorUnderTest().spec, label=label
    )


@for_each("failures", range(STARTS))
def test_a_port_that_another_program_took_is_replaced_by_another_one(failures: int) -> None:
    runner = Runner(failures=failures, line="OSError: [Errno 98] Address already in use")

    assert running(runner).url() == "http://127.0.0.1:9"
    assert runner.starts == failures + 1


@pytest.mark.parametrize(
    ("line", "starts"), [("[Errno 48] address already in use", STARTS), ("ImportError: no module", 1)]
)
def test_a_connector_that_never_starts_is_an_error_with_its_reason(line: str, starts: int) -> None:
    """Only a port that is taken is worth another port."""
    runner = Runner(failures=99, line=line)

    with pytest.raises(ConnectorStartError) as caught:
        running(runner).url()

    assert runner.starts == starts
    assert str(caught.value).endswith(line)
    assert caught.value.spec == ConnectorUnderTest().spec


def test_the_process_of_an_image_is_that_of_its_container(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that the node started is only `docker run`."""
    monkeypatch.setattr(connector_module, "pid_of_container", {"label": 7}.get)

    assert running(SimpleNamespace(pid=5), label="label").pid() == 7
    assert running(SimpleNamespace(pid=5)).pid() == 5
    assert running(SimpleNamespace()).pid() is None


def test_an_image_gets_the_variables_that_the_node_configures() -> None:
    urls, commands = start_of(ConnectorOptions(node_dir=NODE_DIR, connector="image:a/b:1"))

    assert urls == {}
    words = commands["hubspot"].split()
    given = {words[at + 1] for at, word in enumerate(words) if word == "--env"}
    assert words[-1] == "a/b:1"
    assert {"PORT", "port"} < given


def test_a_missing_node_directory_is_an_error_that_names_the_option(tmp_path: Path) -> None:
    options = ConnectorOptions(node_dir=tmp_path / "none")

    with (
        pytest.raises(FolderMissingError, match="--node-dir"),
        drive_connector(options, base_url="http://127.0.0.1:9", token="t"),
    ):
        pass
