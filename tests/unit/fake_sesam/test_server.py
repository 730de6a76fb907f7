"""The node as a process: served, told to stop, nothing left running."""

import os
import shlex
import signal
import subprocess
from operator import not_
from pathlib import Path

import requests

from tests.support.processes import is_alive, patient, started
from tests.support.waiting import wait_until
from tests.unit.fake_sesam.conftest import NodeDir
from tests.unit.fake_sesam.microservice.test_process import SERVER


def test_a_served_node_stops_its_microservice_when_it_is_told_to_stop(node_dir: NodeDir, tmp_path: Path) -> None:
    """SIGTERM: status 0, no process left."""
    script = tmp_path / "server.py"
    script.write_text(SERVER, "utf-8")
    node_dir.add({"_id": "things", "type": "system:microservice", "docker": {"image": "x", "port": 1}})
    command = [*patient("fake_sesam"), "serve", str(node_dir.path), "--port", "0"]
    command += ["--system-command", f"things=python {shlex.quote(str(script))}"]
    with started(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[4]
        with requests.Session() as session:
            session.post(f"{url}/pipes/things-collect/pump", data={"operation": "start"}, timeout=10).raise_for_status()
            runtime = wait_until(
                lambda: session.get(f"{url}/pipes/things-collect/pump", timeout=10).json()["runtime"],
                "the first run to end",
                is_met=lambda found: found["success"] is not None and not found["is-running"],
            )
            status = session.get(f"{url}/systems/things/status", timeout=10).json()

        os.kill(process.pid, signal.SIGTERM)

        assert process.wait(20) == 0

    assert runtime["success"] is True
    assert status["running"] is True
    wait_until(lambda: is_alive(status["pid"]), "the microservice to end", is_met=not_)
