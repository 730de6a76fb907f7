"""Connectors given to the bench as images, on the command line."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import yaml

from fake_hubspot import Server, Settings
from tests.e2e import engine
from tests.support.processes import read_until, started

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def contract_bench(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run `contract-bench`."""
    return subprocess.run(
        [sys.executable, "-m", "contract_bench", *arguments],
        cwd=engine.ROOT,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=150,
    )


def running(image: str) -> list[str]:
    """Return the containers of an image."""
    return engine.docker("ps", "--all", "--quiet", "--filter", f"ancestor={image}").split()


def test_matrix_tests_an_image(images: dict[str, str]) -> None:
    """The image of the service has no defect, and its container is removed."""
    before = running(images["service"])

    done = contract_bench(
        *("matrix", "--connector", images["service"], "--mode", "full", "--faults", "server-error,close-in-body"),
        *("--places", "list:middle"),
    )

    assert done.returncode == 0, done.stdout
    assert "0 defects" in done.stdout
    assert running(images["service"]) == before


def test_up_starts_an_image(images: dict[str, str]) -> None:
    """A pipe runs it; Ctrl-C removes its container."""
    before = running(images["service"])
    command = [sys.executable, "-m", "contract_bench", "up", "--hubspot-port", "0", "--node-port", "0"]
    command += ["--contacts", "12", "--connector", f"image:{images['service']}"]

    with started(command, cwd=engine.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        said = read_until(process, "Ctrl-C ends")
        found = re.search(r"API at (\S+)", said)
        assert found is not None, said
        pump = f"{found[1]}/pipes/hubspot-contacts-collect/pump"
        requests.post(pump, data={"operation": "start"}, timeout=60).raise_for_status()
        said = read_until(process, "hubspot-contacts-collect completed")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)

    assert "12 processed" in said
    assert process.returncode == 0
    assert running(images["service"]) == before


def test_recorder_records_an_image(images: dict[str, str], tmp_path: Path) -> None:
    """The connector in the container reads through the recorder; the cassette contains every page."""
    with Server(Settings(contacts=250)) as hubspot:
        done = contract_bench(
            *("record", "--base-url", hubspot.url, "--connector", f"image:{images['service']}"),
            *("--output", str(tmp_path)),
            HUBSPOT_TOKEN=hubspot.token,
        )

        assert done.returncode == 0, done.stdout
        cassette = yaml.safe_load((tmp_path / "contacts" / "full-walk.yaml").read_text("utf-8"))
        listed = [
            each["request"]["uri"] for each in cassette["interactions"] if "/objects/contacts" in each["request"]["uri"]
        ]
        assert len(listed) >= 3
        assert hubspot.token not in (tmp_path / "contacts" / "full-walk.yaml").read_text("utf-8")


def test_scenario_crashes_an_image(images: dict[str, str], tmp_path: Path) -> None:
    """A crash kills the container too, the next pull starts another one, and none is left at the end."""
    before = running(images["service"])
    steps: list[dict[str, object]] = [
        {"step": "pull", "mode": "full"},
        {"step": "crash_connector"},
        {"step": "create", "name": "New"},
        {"step": "interrupted_pull", "mode": "full", "page": 1, "victim": "connector"},
        {"step": "crash_node"},
    ]
    scenario = tmp_path / "scenario.json"
    scenario.write_text(json.dumps({"contacts": 12, "steps": steps}), encoding="utf-8")

    done = contract_bench("scenario", str(scenario), "--connector", images["service"])

    assert done.returncode == 0, done.stdout
    assert "understood as an image" in done.stdout
    assert "the dataset matched the account" in done.stdout
    assert running(images["service"]) == before
