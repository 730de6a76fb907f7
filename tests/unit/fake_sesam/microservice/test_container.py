"""A microservice as a container: what docker is asked to do, and once with a real engine."""

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from fake_sesam.config import ConfigFile, System, configure
from fake_sesam.errors import MicroserviceError
from fake_sesam.microservice import Container
from fake_sesam.microservice.container import run_docker
from tests.support.cases import for_each
from tests.unit.fake_sesam.conftest import NodeDir


def system_of(**docker: Any) -> System:
    """Return a microservice system with this container."""
    options = {"image": "registry.example.com/things:1", "port": 5000, **docker}
    config = {"_id": "things", "type": "system:microservice", "docker": options}
    return configure([ConfigFile("s", config)], env={}, secrets={}).systems["things"]


class Docker:
    """Takes the place of the docker command and notes what it is asked."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.environments: list[dict[str, str] | None] = []
        self.credentials = ""
        self.is_present = True
        self.can_pull = True
        self.is_running = True

    def __call__(self, arguments: Sequence[str], *, env: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Answer as the engine would."""
        self.calls.append(list(arguments))
        self.environments.append(env)
        command = arguments[0]
        if command == "image":
            return (0 if self.is_present else 1), "", ""
        if command == "pull":
            if env:
                self.credentials = (Path(env["DOCKER_CONFIG"]) / "config.json").read_text("utf-8")
            return (0, "", "") if self.can_pull else (1, "", "pull access denied")
        answers = {"port": "127.0.0.1:32768\n", "inspect": f"{str(self.is_running).lower()}\n", "logs": "one\ntwo\n"}
        return 0, answers.get(command, ""), ""

    def named(self, command: str) -> list[list[str]]:
        """Return the calls of a command."""
        return [call for call in self.calls if call[0] == command]


def test_a_container_gets_its_limits_hosts_port_and_environment() -> None:
    """Values of the environment are not in the arguments, where any user of the machine could read them."""
    docker = Docker()
    options = {"environment": {"api-key": "t0psecret"}, "memory": 64, "cpu_quota": 50, "hosts": {"db": "10.0.0.1"}}

    url = Container(system_of(**options), docker=docker, is_answering=lambda _host, _port: True).start()

    (call,) = docker.named("run")
    assert url == "http://127.0.0.1:32768"
    assert "--publish 127.0.0.1::5000 --memory 64m --memory-swap 64m --cpus 0.5 --add-host db:10.0.0.1" in " ".join(
        call
    )
    assert call[-3:] == ["--env", "api-key", "registry.example.com/things:1"]
    environment = docker.environments[docker.calls.index(call)]
    assert environment is not None
    assert environment["api-key"] == "t0psecret"
    assert "t0psecret" not in json.dumps(docker.calls)


def test_the_output_is_followed_while_somebody_listens() -> None:
    """From the start of the container until it is removed."""
    said: list[str] = []

    def follow(name: str, on_line: Callable[[str], None]) -> None:
        on_line(f"hello from {name.rpartition('-')[0]}")

    options: dict[str, Any] = {"docker": Docker(), "is_answering": lambda _host, _port: True, "follow": follow}
    listening = Container(system_of(), on_line=said.append, **options)
    silent = Container(system_of(), **options)
    for container in (listening, silent):
        container.start()
        container.stop()

    assert said == ["hello from fake-sesam-things"]


@for_each(
    ("skip_pull", "is_present", "pulls"), [(False, True, 1), (True, True, 0), (True, False, 1), (False, False, 1)]
)
def test_the_image_is_pulled_unless_it_is_to_be_skipped(skip_pull: bool, is_present: bool, pulls: int) -> None:
    """As documented: it is pulled at every start."""
    docker = Docker()
    docker.is_present = is_present

    Container(system_of(skip_pull=skip_pull), docker=docker, is_answering=lambda _host, _port: True).start()

    assert len(docker.named("pull")) == pulls


def test_registry_credentials_are_in_a_file_of_their_own() -> None:
    """Neither in the arguments nor in the user's own configuration."""
    docker = Docker()

    Container(
        system_of(username="u", password="p4ssword"), docker=docker, is_answering=lambda _host, _port: True
    ).start()

    assert list(json.loads(docker.credentials)["auths"]) == ["registry.example.com"]
    assert "p4ssword" not in json.dumps(docker.calls)


def test_an_image_that_is_nowhere_is_an_error() -> None:
    """With what the engine said; one that is present is used though it cannot be pulled."""
    docker = Docker()
    docker.can_pull = False
    container = Container(system_of(), docker=docker, is_answering=lambda _host, _port: True)
    assert container.start()
    docker.is_present = docker.is_running = False

    with pytest.raises(MicroserviceError, match="pull access denied"):
        container.start()


def test_a_container_that_ends_early_says_its_last_lines() -> None:
    """And is removed."""
    docker = Docker()
    docker.is_running = False
    container = Container(system_of(), docker=docker, is_answering=lambda _host, _port: False)

    with pytest.raises(MicroserviceError, match="one\ntwo"):
        container.start()

    assert len(docker.named("rm")) == 1
    assert container.log_lines() == ["one", "two"]


def test_stopping_removes_it_once() -> None:
    """A second stop does nothing."""
    docker = Docker()
    container = Container(system_of(), docker=docker, is_answering=lambda _host, _port: True)
    container.start()
    container.start()

    container.stop()
    container.stop()

    assert (len(docker.named("run")), len(docker.named("rm")), container.is_running()) == (1, 1, False)


DOCKERFILE = """
FROM {base}
RUN printf '%s' '[{{"id": "from-a-container"}}]' > /index.html
WORKDIR /
ENTRYPOINT []
CMD ["python3", "-m", "http.server", "5000"]
"""


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    """An image that serves one entity, built from a Python image that is present."""
    status, _, problem = run_docker(["version", "--format", "{{.Server.Version}}"])
    if status != 0:
        pytest.skip(f"no Docker engine answers: {problem.strip()}")
    _, names, _ = run_docker(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"])
    bases = [name for name in names.split() if name.startswith(("contract-bench/base:", "python:3"))]
    if not bases:
        pytest.skip("no Python base image is present; the tests of the compose stack build one")
    tag = "contract-bench/fake-sesam-test:container"
    dockerfile = DOCKERFILE.format(base=bases[0])
    built = subprocess.run(
        ["docker", "build", "--quiet", "--tag", tag, "-"], input=dockerfile, text=True, capture_output=True, check=False
    )
    assert built.returncode == 0, built.stderr
    yield tag
    run_docker(["image", "rm", "--force", tag])


@pytest.mark.e2e
def test_a_node_runs_a_real_container(node_dir: NodeDir, image: str) -> None:
    """Started for the pull, its log read, removed with the node."""
    node_dir.add(
        {"_id": "things", "type": "system:microservice", "docker": {"image": image, "port": 5000, "skip_pull": True}}
    )
    node_dir.pipe(source={"url": "index.html"})
    with node_dir.open("unused") as node:
        result = node.run_pipe("things-collect")
        lines = node.runner("things").log_lines()
        _, running, _ = run_docker(["ps", "--quiet", "--filter", "label=contract-bench.fake-sesam"])

        assert result.ok, result.error
        assert [entity["_id"] for entity in node.dataset("things-collect").entities()] == ["from-a-container"]
        assert any("GET /index.html" in line for line in lines)
        assert running.strip()
    _, left, _ = run_docker(["ps", "--all", "--quiet", "--filter", f"ancestor={image}"])
    assert left.strip() == ""
