"""A microservice in a container, started with the docker command of this machine.

Source: docs (configuration-systems-microservice.rst): image, port, environment, memory (MB), cpu_quota, hosts, registry
credentials and `skip_pull`. Only in this node: an image that cannot be pulled but is present is used, and the port is
published on 127.0.0.1.
Assumed: the container is ready when it answers HTTP; it is not restarted when it exits.
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import threading
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from bench_core.child import Child
from bench_core.signals import lift_limit
from bench_core.text import uncoloured
from fake_sesam.config import DockerOptions, System
from fake_sesam.errors import MicroserviceError
from fake_sesam.microservice.readiness import answers, wait_until

__all__ = ["Container", "DockerCommand", "follow_docker_log", "run_docker"]

LOG_LINES = 1000
FOLLOW_END_S = 5
LABEL = "contract-bench.fake-sesam"


class DockerCommand(Protocol):
    """Runs `docker` and returns its exit status, standard output and standard error."""

    def __call__(self, arguments: Sequence[str], *, env: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Run `docker` with these arguments."""


def run_docker(arguments: Sequence[str], *, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Run the docker command of this machine."""
    program = shutil.which("docker")
    if program is None:
        return (
            127,
            "",
            "there is no docker command on this machine",
        )
    done = subprocess.run(  # noqa: S603 - arguments are a list, no shell
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env=env,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def follow_docker_log(name: str, on_line: Callable[[str], None]) -> None:
    """Call `on_line` with each line of a container's output until the container is gone."""
    program = shutil.which("docker")
    if program is None:
        return
    command = [program, "logs", "--follow", name]
    with Child(command, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as following:
        for line in following.stdout or ():
            on_line(line.decode("utf-8", "replace").rstrip("\r\n"))
    following.release()


class Container:
    """A microservice in a container.

    Args:
        system: The system that it is.
        docker: Runs the docker command.
        start_timeout_s: How long it may take to answer.
        is_answering: Whether it answers on a port.
        on_line: Called with each line of its output, in another thread; None follows nothing.
        follow: Follows a container's output.
    """

    def __init__(
        self,
        system: System,
        *,
        docker: DockerCommand = run_docker,
        start_timeout_s: float = 60,
        is_answering: Callable[[str, int], bool] = answers,
        on_line: Callable[[str], None] | None = None,
        follow: Callable[[str, Callable[[str], None]], None] = follow_docker_log,
    ) -> None:
        self._system = system
        self._docker = docker
        self._on_line = on_line
        self._follow = follow
        self._follower: threading.Thread | None = None
        self._start_timeout_s = start_timeout_s
        self._is_answering = is_answering
        self._name = ""
        self._url = ""
        self._last_lines: list[str] = []

    def start(self) -> str:
        """Pull the image, start the container if it is not running, and wait until it answers.

        Raises:
            MicroserviceError: The engine does not respond, there is no image, or the container exited.
        """
        if self._name and self.is_running():
            return self._url
        self.stop()
        options = self._options()
        self._pull(options)
        self._run(options)
        port = self._published_port(options)
        self._wait(port)
        self._url = f"http://127.0.0.1:{port}"
        return self._url

    def stop(self) -> None:
        """Remove the container."""
        name, self._name = self._name, ""
        if name:
            lift_limit()  # the container would not end with this process
            self._last_lines = self._read_log(name)
            self._docker(["rm", "--force", "--volumes", name])
        if self._follower is not None:
            self._follower.join(FOLLOW_END_S)
            self._follower = None

    def is_running(self) -> bool:
        """Whether the container is running."""
        if not self._name:
            return False
        status, out, _ = self._docker(["inspect", "--format", "{{.State.Running}}", self._name])
        return status == 0 and out.strip() == "true"

    def log_lines(self, *, since: float = 0) -> list[str]:
        """Return the container's last lines, written after `since` (seconds since 1970)."""
        return self._read_log(self._name, since=since) if self._name else self._last_lines

    def _options(self) -> DockerOptions:
        if self._system.docker is None:
            raise self._error(f"system {self._system.id!r} has no 'docker' configuration")
        return self._system.docker

    def _pull(self, options: DockerOptions) -> None:
        is_present = self._docker(["image", "inspect", options.image])[0] == 0
        if options.skip_pull and is_present:
            return
        with tempfile.TemporaryDirectory() as config_dir:
            env = _environment(Path(config_dir), options)
            status, _, problem = self._docker(["pull", "--quiet", options.image], env=env)
        if status != 0 and not is_present:
            raise self._error(
                f"image {options.image!r} cannot be pulled and is not present ({problem.strip()}). "
                f"{_without_docker(self._system.id)}"
            )

    def _run(self, options: DockerOptions) -> None:
        name = f"fake-sesam-{self._system.id}-{uuid.uuid4().hex[:8]}"
        arguments = ["run", "--detach", "--name", name, "--label", LABEL, *_limits(options)]
        for variable in options.environment:
            arguments += ["--env", variable]
        env = {**os.environ, **options.environment}
        self._name = name  # first, so that a signal from now on removes the container
        status, _, problem = self._docker([*arguments, options.image], env=env)
        if status != 0:
            self.stop()
            raise self._error(
                f"the container of system {self._system.id!r} cannot be started: {problem.strip()}. "
                f"{_without_docker(self._system.id)}"
            )
        if self._on_line is not None:
            self._follower = threading.Thread(target=self._follow, args=(name, self._on_line), daemon=True)
            self._follower.start()

    def _published_port(self, options: DockerOptions) -> int:
        status, out, problem = self._docker(["port", self._name, f"{options.port}/tcp"])
        if status != 0 or ":" not in out:
            self._raise_ended(problem.strip())
        return int(out.splitlines()[0].rpartition(":")[2])

    def _wait(self, port: int) -> None:
        def is_over() -> bool:
            return self._is_answering("127.0.0.1", port) or not self.is_running()

        wait_until(is_over, timeout_s=self._start_timeout_s)
        if not self._is_answering("127.0.0.1", port):
            self._raise_ended(f"it did not answer on its port {self._options().port} in {self._start_timeout_s:g} s")

    def _raise_ended(self, why: str) -> None:
        self.stop()
        tail = tuple(self._last_lines[-20:])
        message = f"the container of system {self._system.id!r} did not start: {why or 'it exited'}. Its last lines:\n"
        raise self._error(message + "\n".join(tail or ("(none)",)), tail)

    def _error(self, message: str, tail: tuple[str, ...] = ()) -> MicroserviceError:
        return MicroserviceError(message, system_id=self._system.id, log_tail=tail)

    def _read_log(self, name: str, *, since: float = 0) -> list[str]:
        _, out, err = self._docker(["logs", "--tail", str(LOG_LINES), "--since", f"{since:.3f}", name])
        return [uncoloured(line) for line in [*out.splitlines(), *err.splitlines()][-LOG_LINES:]]


def _without_docker(system_id: str) -> str:
    return (
        f"To do without Docker, start the connector as a process: --system-command {system_id}='python connector.py'"
        f"; or use one that already runs with --system-url {system_id}=http://127.0.0.1:5000."
    )


def _limits(options: DockerOptions) -> list[str]:
    arguments = ["--publish", f"127.0.0.1::{options.port}", "--memory", f"{options.memory_mb}m"]
    arguments += ["--memory-swap", f"{options.memory_mb}m", "--cpus", f"{options.cpu_quota / 100:g}"]
    for host, address in options.hosts.items():
        arguments += ["--add-host", f"{host}:{address}"]
    return arguments


def _environment(config_dir: Path, options: DockerOptions) -> dict[str, str] | None:
    """Return the environment for a pull; credentials are passed in a configuration file, not in arguments."""
    if not options.username:
        return None
    registry = options.image.split("/")[0] if "." in options.image.split("/")[0] else "https://index.docker.io/v1/"
    token = base64.b64encode(f"{options.username}:{options.password}".encode()).decode()
    (config_dir / "config.json").write_text(json.dumps({"auths": {registry: {"auth": token}}}), "utf-8")
    return {**os.environ, "DOCKER_CONFIG": str(config_dir)}
