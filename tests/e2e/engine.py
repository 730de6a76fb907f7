"""The docker command line: is there an engine, run a command, list containers."""

import os
import re
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench_core.owner import OwnerProcess

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_FILE = ROOT / "docker-compose.test.yml"
ROLES = ("fake_hubspot", "fake_sesam", "service")
TERMINAL_CODES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")  # compose writes them to pipes too
PROJECT_LABEL = "com.docker.compose.project"


class DockerError(Exception):
    """A docker command failed.

    Attributes:
        arguments: The arguments of `docker`.
        output: What it printed to both streams.
    """

    def __init__(self, arguments: tuple[str, ...], output: str) -> None:
        super().__init__(f"`docker {' '.join(arguments)}` failed; it printed:\n{output}")
        self.arguments = arguments
        self.output = output


def docker(*arguments: str, timeout_s: float = 240) -> str:
    """Run docker and return what it printed.

    Raises:
        DockerError: It failed or timed out, or there is no docker command.
    """
    __tracebackhide__ = True  # the output of docker says more
    try:
        done = subprocess.run(
            ["docker", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout_s,
        )
    except FileNotFoundError:
        raise DockerError(arguments, "there is no docker command on this machine") from None
    except subprocess.TimeoutExpired:
        raise DockerError(arguments, f"no response within {timeout_s:g} s") from None
    output = TERMINAL_CODES.sub("", done.stdout)
    if done.returncode != 0:
        raise DockerError(arguments, output)
    return output


@dataclass(frozen=True, slots=True)
class Project:
    """A compose project of docker-compose.test.yml, separate from every other one."""

    name: str
    env_file: Path

    def compose(self, *arguments: str) -> str:
        """Run docker compose on this project.

        Raises:
            DockerError: The command failed.
        """
        files = ("--env-file", str(self.env_file), "--file", str(COMPOSE_FILE))
        return docker("compose", *files, "--project-name", self.name, *arguments)

    def address(self, service: str, port: int) -> str:
        """Return the current address of a published port, such as `127.0.0.1:32768`."""
        return self.compose("port", service, str(port)).strip()

    def log(self) -> str:
        """Return the last lines of every container's log."""
        return self.compose("logs", "--no-color", "--tail", "60")

    def containers(self) -> list[str]:
        """Return the ids of the containers that compose started, stopped ones included.

        A container that another test runs from one of the project's images inherits the label of the project, but has
        no number.
        """
        return containers_of(self.name, "label=com.docker.compose.container-number")


def missing() -> str | None:
    """Return why tests in containers cannot run here; None if they can."""
    try:
        docker("version", "--format", "{{.Server.Version}}", timeout_s=20)
        docker("compose", "version", timeout_s=20)
    except DockerError as error:
        return f"no Docker engine with compose v2 answers: {error.output.strip() or error}"
    return None


def unique(prefix: str) -> str:
    """Return a name that is unique on this machine and contains its owner; see `tests.e2e.cleaning`.

    Keep the prefix short: with what compose adds, the name must fit in the 63 characters of a host name.
    """
    return f"{prefix}-{OwnerProcess.of_process()}-{secrets.token_hex(2)}"


def image_names(tag: str) -> dict[str, str]:
    """Return the image names by role, as in docker-compose.test.yml."""
    return {role: f"contract-bench/{role.replace('_', '-')}:{tag}" for role in ROLES}


def disconnect(network: str, container: str) -> None:
    """Disconnect a container from a network, even if it has open connections."""
    docker("network", "disconnect", network, container)


def connect(network: str, container: str, alias: str) -> None:
    """Connect a container to a network under a name."""
    docker("network", "connect", "--alias", alias, network, container)


def containers_of(project: str, *filters: str) -> list[str]:
    """Return the ids of a compose project's containers, stopped ones included."""
    wanted = (part for each in (f"label={PROJECT_LABEL}={project}", *filters) for part in ("--filter", each))
    return docker("ps", "--all", "--quiet", *wanted).split()


def build_arguments() -> dict[str, str]:
    """Return the build arguments set in the environment; the Dockerfiles have defaults for all of them."""
    return {name: os.environ[name] for name in ("BASE_IMAGE", "PIP_INDEX_URL") if os.environ.get(name)}
