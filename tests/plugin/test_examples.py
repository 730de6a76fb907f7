"""The tests of the examples, run as a reader would run them."""

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

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
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:xdist")

    return run


def test_flask_connector_with_the_official_client_passes_its_tests(run_in: Callable[[str], pytest.RunResult]) -> None:
    result = run_in("flask_official_client")

    result.assert_outcomes(passed=4)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_node_js_connector_passes_its_tests(run_in: Callable[[str], pytest.RunResult]) -> None:
    result = run_in("node_http")

    result.assert_outcomes(passed=5)


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
    command = [sys.executable, "-m", "fake_sesam", "check", json_source, "--supports-since"]

    done = run_command(command, env=environment(), timeout_s=50)

    assert done.returncode == 0, done.stdout
