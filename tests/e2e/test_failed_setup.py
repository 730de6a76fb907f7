"""A compose project that fails to start: the report shows why, and nothing is left behind."""

import os
import re
import subprocess
import sys

import pytest

from tests.e2e import engine

TEST = "tests/e2e/test_compose.py::test_every_container_of_the_compose_file_is_healthy_and_restricted"
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_failed_setup_prints_the_container_logs_and_removes_the_containers(images: dict[str, str]) -> None:
    """A nested run with a scenario that the fake HubSpot does not have."""
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "e2e", TEST],
        cwd=engine.ROOT,
        env={**os.environ, "FAKE_HUBSPOT_SCENARIO": "no-such-scenario"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
    )
    projects = set(re.findall(r"--project-name (\S+)", result.stdout))

    assert result.returncode == 1
    assert "Container log of" in result.stdout
    assert "fake-hubspot-1" in result.stdout
    assert "no-such-scenario" in result.stdout.partition("Container log of")[2]
    assert len(projects) == 1
    assert engine.containers_of(projects.pop()) == []
