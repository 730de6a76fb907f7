"""A microservice as a local process: its environment, its readiness, its log, its end."""

import json
import os
import shlex
import sys
import time
from collections.abc import Iterator
from operator import not_
from pathlib import Path
from typing import Any

import pytest

from fake_sesam.config import ConfigFile, System, configure
from fake_sesam.errors import MicroserviceError
from fake_sesam.microservice import LocalProcess
from fake_sesam.microservice.process import process_environment
from fake_sesam.microservice.readiness import answers
from tests.support.processes import is_alive
from tests.support.waiting import wait_until
from tests.unit.fake_sesam.conftest import NodeDir

SERVER = """
import http.server, json, os, subprocess, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps([{"id": name, "value": value} for name, value in sorted(os.environ.items())]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("child", child.pid)
print("token is t0psecret")
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


def system_of(**environment: Any) -> System:
    """Return a microservice system with this environment."""
    docker = {"image": "x", "port": 5000, "environment": environment}
    config = {"_id": "things", "type": "system:microservice", "docker": docker}
    return configure([ConfigFile("s", config)], env={}, secrets={}).systems["things"]


@pytest.fixture
def command(tmp_path: Path) -> str:
    """The command that starts a small web server with a child process of its own."""
    script = tmp_path / "server.py"
    script.write_text(SERVER, "utf-8")
    return f"python {shlex.quote(str(script))}"


@pytest.fixture
def process(command: str) -> Iterator[LocalProcess]:
    """That server, started."""
    process = LocalProcess(system_of(name="value"), command)
    process.start()
    yield process
    process.stop()


def test_it_is_started_once_and_answers(process: LocalProcess) -> None:
    """A second start gives the same address."""
    url = process.start()

    assert process.is_running()
    assert answers("127.0.0.1", int(url.rpartition(":")[2]))


def test_stopping_ends_its_children_too(process: LocalProcess) -> None:
    """The whole process group, and its log stays."""
    pid = process.pid
    child = wait_until(lambda: [line for line in process.log_lines() if line.startswith("child")], "the child's pid")[0]
    assert pid is not None

    process.stop()

    assert not is_alive(pid)
    wait_until(lambda: is_alive(int(child.split()[1])), "the child to end", is_met=not_)
    assert process.log_lines()[0] == child
    assert process.log_lines(since=time.time()) == []
    assert not process.is_running()


def test_the_log_is_complete_even_if_its_reader_is_late(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check of the log must not miss a line because the machine is busy. Here the reader never runs."""
    monkeypatch.setattr(LocalProcess, "_collect", lambda *_: None)
    process = LocalProcess(system_of(name="value"), command)
    process.start()

    lines = process.log_lines()
    process.stop()

    assert any(line.startswith("child") for line in lines)


def test_it_gets_the_configured_environment_a_port_and_little_else() -> None:
    """A setting that is missing from the configuration is missing here, as it would be in a container."""
    environ = {"PATH": "/bin", "HUBSPOT_API_KEY": "from the shell", "SESAM_SECRET_X": "x", "LC_ALL": "C"}

    environment = process_environment(system_of(**{"api-key": "k", "n": 1}), environ, port=7)

    assert environment == {
        "PATH": "/bin",
        "LC_ALL": "C",
        "PYTHONUNBUFFERED": "1",
        "HOST": "127.0.0.1",
        "api-key": "k",
        "n": "1",
        "PORT": "7",
        "port": "7",
    }


def test_a_configured_host_wins() -> None:
    """A connector may have to listen elsewhere; else nobody outside this machine sees it."""
    assert process_environment(system_of(HOST="0.0.0.0"), {"HOST": "shell"}, port=7)["HOST"] == "0.0.0.0"  # noqa: S104
    assert process_environment(system_of(), {"HOST": "shell"}, port=7)["HOST"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            "python -c \"print('\\x1b[31mno token\\x1b[0m'); raise SystemExit(3)\"",
            "ended early with status 3. Its last lines:\nno token",
        ),
        ("/no/such/program", "No such file"),
        ("", "is empty"),
        ("python -c 'import time; time.sleep(60)'", "did not answer on port"),
    ],
)
def test_what_does_not_start_says_why(command: str, message: str) -> None:
    """With the last lines it wrote."""
    process = LocalProcess(system_of(), command, start_timeout_s=1.5)

    with pytest.raises(MicroserviceError) as caught:
        process.start()

    assert message in str(caught.value)
    assert not process.is_running()


def test_a_node_starts_pulls_and_stops_it(node_dir: NodeDir, command: str) -> None:
    """Its secrets reach the process and no log."""
    environment = {"token": "$SECRET(token)"}
    node_dir.add(
        {
            "_id": "things",
            "type": "system:microservice",
            "docker": {"image": "x", "port": 1, "environment": environment},
        }
    )
    options = {"system_commands": {"things": command}, "secrets": {"token": "t0psecret"}}
    with node_dir.open("unused", **options) as node:
        result = node.run_pipe("things-collect")
        token = node.dataset("things-collect").entity("token")
        runner = node.runner("things")
        pid = getattr(runner, "pid", None)

        assert result.ok, result.error
        assert token is not None
        assert token["value"] == "t0psecret"
        assert node.configuration.redact("\n".join(runner.log_lines())).endswith("token is ***")
    assert isinstance(pid, int)
    assert not is_alive(pid)


def test_a_microservice_that_does_not_start_fails_the_pump(node_dir: NodeDir) -> None:
    """As a read error, with what it wrote."""
    node_dir.add({"_id": "things", "type": "system:microservice", "docker": {"image": "x", "port": 1}})
    command = f"{shlex.quote(sys.executable)} -c \"print('HUBSPOT_API_KEY is missing'); raise SystemExit(2)\""
    with node_dir.open("unused", system_commands={"things": command}) as node:
        result = node.run_pipe("things-collect")

    assert not result.ok
    assert "HUBSPOT_API_KEY is missing" in str(result.error)
    assert json.dumps(result.events).count("read-error") >= 1


def test_a_process_that_died_is_started_again(process: LocalProcess) -> None:
    """At the next need."""
    assert process.pid is not None
    os.kill(process.pid, 9)
    wait_until(process.is_running, "the process to end", is_met=not_)

    url = process.start()

    assert answers("127.0.0.1", int(url.rpartition(":")[2]))
