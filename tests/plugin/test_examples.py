"""The examples are tested as their readers would test them."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def environment() -> dict[str, str]:
    """A reader's shell, the virtual environment active."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path}


def run_pytest(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run an example's tests in its folder."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=50)


def test_flask_with_the_official_client() -> None:
    """Its four tests pass."""
    done = run_pytest(EXAMPLES / "flask_official_client")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
def test_connector_in_another_language() -> None:
    """Its five tests pass."""
    done = run_pytest(EXAMPLES / "node_http")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout


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
        wait_for(port)
        yield f"http://127.0.0.1:{port}/departments"
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int) -> None:
    """Until something listens."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on {port}")


def test_json_source_is_checked_alone(json_source: str) -> None:
    """`fake-sesam check` needs no HubSpot."""
    command = [sys.executable, "-m", "fake_sesam", "check", json_source, "--supports-since"]

    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=50)

    assert done.returncode == 0, done.stdout + done.stderr
