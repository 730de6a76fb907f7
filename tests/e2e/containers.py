"""A single role in a container, started by testcontainers with the restrictions of a Sesam node."""

from dataclasses import dataclass
from typing import Any

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HealthcheckWaitStrategy

from tests.e2e import engine

FAKE_TOKEN = "pat-na1-00000000-0000-4000-8000-000000000000"  # the default of the fake HubSpot, not a secret
# A node limits a microservice to 128 MB unless its system sets `docker.memory` (Sesam's docs).
LOCKED_UP: dict[str, Any] = {
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
    "mem_limit": "128m",
    "pids_limit": 128,
}
# The image defines the health check; here it runs more often, because a test waits for it.
OFTEN: dict[str, Any] = {"interval": 300_000_000, "timeout": 5_000_000_000, "retries": 60}


@dataclass(frozen=True, slots=True)
class Role:
    """What a role needs to start on its own."""

    name: str
    port: int
    command: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()

    def container(self, image: str) -> DockerContainer:
        """Return a container of this role that is not started yet; its `start` waits for the health check."""
        container = DockerContainer(image, env=dict(self.env), healthcheck=OFTEN, **LOCKED_UP)
        # Loopback only, on a free port: the methods of testcontainers publish on every interface.
        container.ports[f"{self.port}/tcp"] = ("127.0.0.1", None)  # type: ignore[assignment]  # docker-py accepts it
        if self.command:
            container.with_command(list(self.command))
        return container.waiting_for(HealthcheckWaitStrategy().with_startup_timeout(60).with_poll_interval(0.2))

    def url(self, container: DockerContainer) -> str:
        """Return the URL of the started container on this host.

        This asks Docker, because testcontainers mistakes a host with a `/.dockerenv` for a container and returns the
        address of the gateway, where ports that are published on the loopback do not listen.
        """
        return f"http://{engine.docker('port', container.get_container_id(), f'{self.port}/tcp').strip()}"


def fake_hubspot(*, contacts: int = 2) -> Role:
    """Return a fake HubSpot with this many contacts."""
    return Role("fake_hubspot", 8400, ("serve", "--host=0.0.0.0", f"--contacts={contacts}"))


def fake_sesam() -> Role:
    """Return a node whose connector runs elsewhere, so it does not have to start it."""
    command = ("serve", "/node", "--host=0.0.0.0", "--data-dir=/data", "--system-url=hubspot=http://service:5000")
    return Role("fake_sesam", 9042, command, (("SESAM_SECRET_HUBSPOT_API_KEY", FAKE_TOKEN),))


def service() -> Role:
    """Return the connector, configured for a container `fake-hubspot` on the same network."""
    settings = (("HUBSPOT_API_KEY", FAKE_TOKEN), ("HUBSPOT_BASE_URL", "http://fake-hubspot:8400"))
    return Role("service", 5000, env=settings)


def log_of(container: DockerContainer) -> str:
    """Return the end of a container's log, both streams interleaved."""
    return str(container.get_wrapped_container().logs(tail=100), errors="replace")
