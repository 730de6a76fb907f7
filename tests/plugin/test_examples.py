"""The examples are tested as their readers would test them."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.waiting import wait_until

pytest_plugins = ["pytester"]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def environment() -> dict[str, str]:
    """A reader's shell, the virtual environment active."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path}


@pytest.fixture
def run_in(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], pytest.RunResult]:
    """Runs an example's tests in its folder."""

    def run(name: str) -> pytest.RunResult:
        monkeypatch.chdir(EXAMPLES / name)
        monkeypatch.setenv("PATH", environment()["PATH"])
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:xdist")

    return run


def test_flask_with_the_official_client(run_in: Callable[[str], pytest.RunResult]) -> None:
    """Its four tests pass."""
    result = run_in("flask_official_client")

    result.assert_outcomes(passed=4)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_connector_in_another_language(run_in: Callable[[str], pytest.RunResult]) -> None:
    """Its five tests pass."""
    result = run_in("node_http")

    result.assert_outcomes(passed=5)


@pytest.fixture
def json_source() -> Iterator[str]:
    """The example's source on a free port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(EXAMPLES / "json_source" / "source.py")], env={**environment(), "PORT": str(port)}
    )
    try:
        wait_until(lambda: is_listening(port), f"a listener on port {port}", timeout_s=20)
        yield f"http://127.0.0.1:{port}/departments"
    finally:
        process.terminate()
        process.wait(10)


def is_listening(port: int) -> bool:
    """Whether something accepts connections on this port."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_json_source_is_checked_alone(json_source: str) -> None:
    """`fake-sesam check` needs no HubSpot."""
    command = [sys.executable, "-m", "fake_sesam", "check", json_source, "--supports-since"]

    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=50)

    assert done.returncode == 0, done.stdout + done.stderr
