"""Runs replicas of the service as containers of docker-compose.test.yml, with the stub in place of HubSpot.

The fake HubSpot is not used because it reports a real account's limits: three replicas would share them and wait.
"""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.alternatives import NotHereError, system
from benchmarks.processes import ROOT

FILES = ("docker-compose.test.yml", "benchmarks/compose.stub.yml")
PATIENCE_S = 400


@dataclass(frozen=True, slots=True)
class Project:
    """A compose project whose name and image tag are unique."""

    name: str
    environ: dict[str, str]

    def compose(self, *arguments: str) -> str:
        """Run `docker compose` and return its output.

        Raises:
            NotHereError: It failed. The message ends with the end of its error output.
        """
        files = [word for file in FILES for word in ("--file", file)]
        command = [str(system("docker")), "compose", *files, "--project-name", self.name, *arguments]
        environ = {**os.environ, **self.environ}
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=PATIENCE_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise NotHereError(f"docker compose {arguments[0]} took longer than {PATIENCE_S} s") from None
        if done.returncode:
            raise NotHereError(f"docker compose {arguments[0]} failed: {done.stderr.strip()[-300:]}")
        return done.stdout

    def port(self, service: str, inner: int, *, index: int = 1) -> int:
        """Return the port of loopback on which a container's port is published."""
        return int(self.compose("port", "--index", str(index), service, str(inner)).strip().rpartition(":")[2])


@contextmanager
def scaled(count: int, *, contacts: int, latency_s: float) -> Iterator[list[int]]:
    """Start that many containers of the service, yield their ports, and remove everything at the end.

    Raises:
        NotHereError: No Docker engine with Compose is available, or the images cannot be built.
    """
    name = f"scale-out-{os.getpid()}-{secrets.token_hex(2)}"
    stub = {"STUB_CONTACTS": str(contacts), "STUB_LATENCY_S": str(latency_s)}
    project = Project(name, {"CONTRACT_BENCH_TAG": name, "HUBSPOT_PAGE_SIZE": "100", **stub})
    project.compose("version")
    try:
        project.compose("up", "--build", "--wait", "--scale", f"service={count}", "fake-hubspot", "service")
        yield [project.port("service", 5000, index=number) for number in range(1, count + 1)]
    finally:
        project.compose("down", "--volumes", "--rmi", "all", "--timeout", "5")
