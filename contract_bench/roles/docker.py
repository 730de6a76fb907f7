"""The `docker run` command of a connector, and how its container is found again."""

import shlex
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench_core.signals import lift_limit

__all__ = ["containers_killed", "kill_containers", "pid_of_container", "run_command"]

LABEL = "contract-bench.connector"
TIMEOUT_S = 20


def run_command(image: str, names: Iterable[str], *, label: str = "") -> str:
    """Return the command that starts an image as a microservice.

    The container shares the machine's network, so that it reaches servers on the loopback interface. Docker takes the
    variables' values from its own environment, so that no token is in the list of processes.

    Args:
        image: The image's name.
        names: The variables that the container gets, besides its port.
        label: A text by which `pid_of_container` and `kill_containers` find the container again.
    """
    passed = [word for name in (*names, "PORT", "port") for word in ("--env", name)]
    labelled = ["--label", f"{LABEL}={label}"] if label else []
    return shlex.join(["docker", "run", "--rm", "--init", "--network", "host", *labelled, *passed, image])


def pid_of_container(label: str) -> int | None:
    """Return the container's process on this machine; None if the engine runs elsewhere, as with Docker Desktop."""
    names = _containers(label)
    pid = _docker("inspect", "--format", "{{.State.Pid}}", names[0]).strip() if names else ""
    return int(pid) if pid.isdecimal() and Path("/proc", pid).exists() else None


def kill_containers(label: str) -> None:
    """Kill the containers with this label: killing `docker run` alone leaves its container running."""
    names = _containers(label)
    if names:
        _docker("kill", *names)


@contextmanager
def containers_killed(label: str) -> Iterator[None]:
    """Kill the containers with this label when the context ends; an empty label stands for none.

    They do not end with this process, so it may take as long as it needs to end.
    """
    try:
        yield
    finally:
        if label:
            lift_limit()
            kill_containers(label)


def _containers(label: str) -> list[str]:
    return _docker("ps", "--quiet", "--filter", f"label={LABEL}={label}").split()


def _docker(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed words and a label of our own
            ["docker", *arguments],  # noqa: S607 - whichever engine is installed
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout
