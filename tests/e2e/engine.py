"""Docker as seen from its command line: does it answer, what runs, what is left over."""

import os
import re
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

from contract_bench.roles.leftovers import Owner

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_FILE = ROOT / "docker-compose.test.yml"
ROLES = ("fake_hubspot", "fake_sesam", "service")
TERMINAL_CODES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")  # compose writes them into pipes as well
PROJECT_LABEL = "com.docker.compose.project"


class DockerError(Exception):
    """A docker command failed.

    Attributes:
        arguments: What followed `docker` on the command line.
        output: What it printed, both streams.
    """

    def __init__(self, arguments: tuple[str, ...], output: str) -> None:
        super().__init__(f"`docker {' '.join(arguments)}` failed; it printed:\n{output}")
        self.arguments = arguments
        self.output = output


def docker(*arguments: str, timeout_s: float = 240) -> str:
    """Run docker and return what it printed.

    Raises:
        DockerError: It ended with another status than 0, or not in time.
    """
    __tracebackhide__ = True  # what docker printed says more
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
        raise DockerError(arguments, f"no answer within {timeout_s:g} s") from None
    output = TERMINAL_CODES.sub("", done.stdout)
    if done.returncode != 0:
        raise DockerError(arguments, output)
    return output


@dataclass(frozen=True, slots=True)
class Project:
    """One start of docker-compose.test.yml, apart from every other one."""

    name: str
    env_file: Path

    def compose(self, *arguments: str) -> str:
        """Run docker compose on this project. Raises DockerError."""
        files = ("--env-file", str(self.env_file), "--file", str(COMPOSE_FILE))
        return docker("compose", *files, "--project-name", self.name, *arguments)

    def address(self, service: str, port: int) -> str:
        """Where a published port of a service is reached now: `127.0.0.1:32768`."""
        return self.compose("port", service, str(port)).strip()

    def log(self) -> str:
        """The last lines of every container's log."""
        return self.compose("logs", "--no-color", "--tail", "60")

    def containers(self) -> list[str]:
        """The ids of the project's containers, stopped ones included."""
        return containers_of(self.name)


def missing() -> str | None:
    """Why tests in containers can not run here; None where they can."""
    try:
        docker("version", "--format", "{{.Server.Version}}", timeout_s=20)
        docker("compose", "version", timeout_s=20)
    except DockerError as error:
        return f"no Docker engine with compose v2 answers: {error.output.strip() or error}"
    return None


def unique(prefix: str) -> str:
    """A name that no other test run on this machine uses, and that tells whose it is: see `tests.e2e.cleaning`.

    Keep the prefix short: with compose's additions the name has to fit into the 63 characters of a host name.
    """
    return f"{prefix}-{Owner.of_process()}-{secrets.token_hex(2)}"


def image_names(tag: str) -> dict[str, str]:
    """The images' names by role, as docker-compose.test.yml gives them."""
    return {role: f"contract-bench/{role.replace('_', '-')}:{tag}" for role in ROLES}


def disconnect(network: str, container: str) -> None:
    """Cut a container off from a network, with connections that are open."""
    docker("network", "disconnect", network, container)


def connect(network: str, container: str, alias: str) -> None:
    """Let a container join a network under a name."""
    docker("network", "connect", "--alias", alias, network, container)


def containers_of(project: str) -> list[str]:
    """The ids of a compose project's containers, stopped ones included."""
    return docker("ps", "--all", "--quiet", "--filter", f"label={PROJECT_LABEL}={project}").split()


def build_arguments() -> dict[str, str]:
    """The build arguments that this machine's environment sets; the Dockerfiles have defaults for all of them."""
    return {name: os.environ[name] for name in ("BASE_IMAGE", "PIP_INDEX_URL") if os.environ.get(name)}
