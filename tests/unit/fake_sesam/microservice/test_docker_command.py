"""What the docker command of the machine is given, and what becomes of what it says; without an engine."""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from fake_sesam.errors import MicroserviceError
from fake_sesam.microservice import Container
from fake_sesam.microservice.container import follow_docker_log, run_docker
from tests.support.cases import Cases
from tests.unit.fake_sesam.microservice.test_container import Docker, system_of

DOCKER = """#!/bin/sh
echo "$@"
printf 'not \\377 text\\r\\n' >&2
echo "KEY=$KEY" >&2
exit 3
"""


class Refusing(Docker):
    """An engine that refuses some commands."""

    def __init__(self, answers: dict[str, tuple[int, str, str]]) -> None:
        super().__init__()
        self._answers = answers

    def __call__(self, arguments: Sequence[str], *, env: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Answer as the engine would."""
        said = super().__call__(arguments, env=env)
        return self._answers.get(arguments[0], said)


@pytest.fixture
def docker_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program `docker` that prints its arguments, and fails."""
    program = tmp_path / "docker"
    program.write_text(DOCKER, "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)


@pytest.mark.usefixtures("docker_program")
def test_what_docker_says_is_returned() -> None:
    """Whatever its bytes are; the environment is its own."""
    status, out, err = run_docker(["run", "a b"], env={**os.environ, "KEY": "value"})

    assert (status, out) == (3, "run a b\n")
    assert err.splitlines() == ["not \N{REPLACEMENT CHARACTER} text", "KEY=value"]


@pytest.mark.usefixtures("docker_program")
def test_each_line_of_a_log_is_passed_on() -> None:
    """Of both streams, without the ends of the lines, until the command ends."""
    said: list[str] = []

    follow_docker_log("things", said.append)

    assert sorted(said) == ["KEY=", "logs --follow things", "not \N{REPLACEMENT CHARACTER} text"]


def test_a_machine_without_docker_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To run something there fails; to follow a log does nothing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    said: list[str] = []

    follow_docker_log("things", said.append)

    assert run_docker(["version"]) == (127, "", "there is no docker command on this machine")
    assert said == []


def test_a_container_that_cannot_be_reached_is_removed(cases: Cases) -> None:
    """Without a port, without an answer in time, or if the engine refuses to run it. The error says what helps."""
    for name, command, answer, expected in [
        ("no port", "port", (1, "", "no public port"), "did not start: no public port"),
        ("a port without a number", "port", (0, "\n", ""), "did not start: it exited"),
        ("refused", "run", (125, "", "no such device"), "cannot be started: no such device. To do without Docker"),
    ]:
        with cases.case(name):
            docker = Refusing({command: answer})
            container = Container(system_of(), docker=docker, is_answering=lambda _host, _port: True)
            with pytest.raises(MicroserviceError, match=expected):
                container.start()
            assert len(docker.named("rm")) == 1
            assert container.log_lines() == ["one", "two"]
            assert not container.is_running()
    with cases.case("silent"):
        engine = Docker()
        silent = Container(system_of(), docker=engine, start_timeout_s=0, is_answering=lambda _host, _port: False)
        with pytest.raises(MicroserviceError, match="did not answer on its port 5000 in 0 s"):
            silent.start()
        assert len(engine.named("rm")) == 1


def test_where_credentials_are_for(cases: Cases) -> None:
    """The registry in the name of the image; without one, Docker Hub. Without a user name, there are none."""
    for image, registry in {
        "registry.example.com/things:1": "registry.example.com",
        "team/things": "https://index.docker.io/v1/",
        "things:1.2": "things:1.2",
    }.items():
        with cases.case(image):
            docker = Docker()
            options = {"image": image, "username": "u", "password": "p"}
            Container(system_of(**options), docker=docker, is_answering=lambda _host, _port: True).start()
            assert list(json.loads(docker.credentials)["auths"]) == [registry]
    with cases.case("no user name"):
        docker = Docker()
        Container(system_of(), docker=docker, is_answering=lambda _host, _port: True).start()
        assert docker.environments[docker.calls.index(docker.named("pull")[0])] is None


def test_a_system_without_a_container_cannot_be_one() -> None:
    system = replace(system_of(), docker=None)

    with pytest.raises(MicroserviceError, match="'things' has no 'docker' configuration"):
        Container(system, docker=Docker()).start()
