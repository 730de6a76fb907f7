"""The tests of the examples, run as a reader would run them."""

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract_bench.cassettes.lint import FindingSeverity, lint_file
from contract_bench.roles.command_server import command_server
from fake_sesam.cli import cli as fake_sesam
from tests.support.nested_pytest import LIGHT
from tests.support.processes import run_command, started
from tests.support.waiting import wait_until

pytest_plugins = ["pytester"]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def environment() -> dict[str, str]:
    """Return the environment of a reader who has activated the virtual environment."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path}


@pytest.fixture
def run_in(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], pytest.RunResult]:
    """Run the tests of an example in its folder."""

    def run(name: str) -> pytest.RunResult:
        monkeypatch.chdir(EXAMPLES / name)
        monkeypatch.setenv("PATH", environment()["PATH"])
        return pytester.runpytest_inprocess(*LIGHT, "-p", "no:xdist")

    return run


def test_flask_connector_with_the_official_client_passes_its_tests(run_in: Callable[[str], pytest.RunResult]) -> None:
    result = run_in("flask_official_client")

    result.assert_outcomes(passed=4)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_node_js_connector_passes_its_tests(run_in: Callable[[str], pytest.RunResult]) -> None:
    result = run_in("node_http")

    result.assert_outcomes(passed=5)


@pytest.mark.parametrize(
    ("example", "count"), [("rest_link_headers", 6), pytest.param("csv_download", 7, marks=pytest.mark.proof)]
)
def test_connectors_for_other_apis_pass_their_tests(
    run_in: Callable[[str], pytest.RunResult], example: str, count: int
) -> None:
    result = run_in(example)

    result.assert_outcomes(passed=count)


@pytest.mark.proof
@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_node_js_connector_for_another_api_passes_its_tests(run_in: Callable[[str], pytest.RunResult]) -> None:
    result = run_in("offset_and_token")

    result.assert_outcomes(passed=6)


OTHER_APIS = {"rest_link_headers": "orders", "csv_download": "products", "offset_and_token": "contacts"}


@pytest.mark.proof
@pytest.mark.parametrize("example", OTHER_APIS)
def test_the_node_folder_of_an_example_runs_against_its_upstream(example: str) -> None:
    """As `fake-sesam run` runs it: the configuration could be uploaded to a real node as it is."""
    folder, system = EXAMPLES / example, OTHER_APIS[example]
    program, ending = (sys.executable, "py") if (folder / "connector.py").exists() else ("node", "mjs")
    if shutil.which(program) is None:
        pytest.skip("Node.js is not installed")
    with command_server(f"'{program}' '{folder / 'upstream'}.{ending}'") as url:
        command = [sys.executable, "-m", "fake_sesam", "run", str(folder / "node"), "--env", f"upstream-url={url}"]
        command += ["--system-command", f"{system}='{program}' '{folder / 'connector'}.{ending}'"]
        secret = {"SESAM_SECRET_CLIENT_SECRET": "demo-secret"}

        done = run_command(command, env={**environment(), **secret}, timeout_s=50)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("cassette", ["rest_link_headers/orders", "csv_download/products", "offset_and_token/contacts"])
def test_the_cassettes_of_the_examples_are_safe_to_commit(cassette: str) -> None:
    findings = lint_file(EXAMPLES / f"{cassette}.yaml")

    assert [each for each in findings if each.severity is FindingSeverity.ERROR] == []


@pytest.fixture
def json_source() -> Iterator[str]:
    """The URL of the example, served on a free port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, str(EXAMPLES / "json_source" / "source.py")]
    with started(command, env={**environment(), "PORT": str(port)}):
        wait_until(lambda: is_listening(port), f"a listener on port {port}", timeout_s=20)
        yield f"http://127.0.0.1:{port}/departments"


def is_listening(port: int) -> bool:
    """Whether something accepts connections on this port."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_json_source_passes_fake_sesam_check(json_source: str) -> None:
    """`fake-sesam check` needs no HubSpot."""
    done = CliRunner().invoke(fake_sesam, ["check", json_source, "--supports-since"])

    assert done.exit_code == 0, done.output
