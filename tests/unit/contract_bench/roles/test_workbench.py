"""All roles together, for a person who watches."""

import io
import json
import shlex
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from bench_core.lines import EventLines
from contract_bench.roles.node_api import NodeApi
from contract_bench.roles.workbench import Workbench, WorkbenchError, WorkbenchSettings
from tests.support.processes import patient, started
from tests.support.workbench import settings_in


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> WorkbenchSettings:
    """Settings for a node with one system."""
    return settings_in(tmp_path_factory.mktemp("up"), "connector")


@pytest.fixture(scope="module")
def printed(settings: WorkbenchSettings) -> list[dict[str, Any]]:
    """What is printed while a pipe runs once."""
    stream = io.StringIO()
    with EventLines(stream, form="json") as lines, Workbench(settings, lines) as bench:
        with bench.connector_starting():
            api = NodeApi(bench.node_url)
            assert api.run("contacts-full").ok
            api.close()
        assert requests.get(f"{bench.hubspot.url}/health", timeout=9).status_code == 200
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_what_each_role_does_is_printed_in_one_stream(printed: list[dict[str, Any]]) -> None:
    """In the order in which it happens: the pump starts, the connector asks, HubSpot answers, the pump completes."""
    events = [event["event"] for event in printed]

    assert events.index("pump-started") < events.index("request") < events.index("pump-completed")
    assert {event["source"] for event in printed} == {"hubspot", "connector", "sesam"}
    completed = printed[events.index("pump-completed")]
    assert (completed["pipe"], completed["processed"]) == ("contacts-full", 1)


def test_the_connector_gets_its_environment_and_its_address_is_printed(printed: list[dict[str, Any]]) -> None:
    assert "level is 7" in [event.get("line") for event in printed]
    assert any(event.get("said", "").startswith("listens on http://127.0.0.1:") for event in printed)


@pytest.mark.parametrize(
    ("systems", "wanted", "message"),
    [
        ((), "", "expected one system:microservice in"),
        (("one", "two"), "", r"found 2 \(one, two\). Say with --system which one"),
        (("one", "two"), "tow", "got 'tow'; there are: one, two"),
    ],
)
def test_it_must_be_clear_which_system_the_connector_is(
    tmp_path: Path, systems: tuple[str, ...], wanted: str, message: str
) -> None:
    settings = replace(settings_in(tmp_path, *systems), system=wanted)

    with pytest.raises(WorkbenchError, match=message):
        Workbench(settings).__enter__()


def test_a_connector_that_does_not_start_is_named_and_the_fakes_go_on(settings: WorkbenchSettings) -> None:
    stream = io.StringIO()
    broken = replace(settings, connector=f"{shlex.quote(sys.executable)} -c 'raise SystemExit(3)'")
    with EventLines(stream, form="json") as lines, Workbench(broken, lines) as bench:
        with bench.connector_starting():
            pass
        assert requests.get(f"{bench.node_url}/health", timeout=9).status_code == 200

    assert "did not start" in stream.getvalue()


@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGHUP, marks=pytest.mark.proof)], ids=lambda number: number.name
)
def test_a_signal_ends_all_of_it(settings: WorkbenchSettings, number: signal.Signals) -> None:
    """The addresses come first, and the end is said."""
    command = [*patient("contract_bench"), "up", str(settings.node_dir)]
    command += ["--connector", settings.connector, "--hubspot-port", "0", "--node-port", "0", "--quiet"]
    with started(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        names = [process.stdout.readline().partition("  ")[0] for _ in range(4)]
        for line in process.stdout:
            if line.startswith("Ctrl-C"):
                break
        process.send_signal(number)
        rest = process.stdout.read()

        assert process.wait(30) == 0

    assert names == ["fake HubSpot", "fake Sesam node", "connector", "run a pipe"]
    assert rest.strip() == "stopped: the fake HubSpot, the node and the connector"
