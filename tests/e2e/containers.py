"""One role in a container of its own by testcontainers, locked up as tightly as a Sesam node would run it."""

from dataclasses import dataclass
from typing import Any

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HealthcheckWaitStrategy

from tests.e2e import engine

FAKE_TOKEN = "pat-na1-00000000-0000-4000-8000-000000000000"  # the fake HubSpot's default, no secret
# A node gives a microservice 128 MB unless its system asks for more (Sesam's documents, "docker.memory").
LOCKED_UP: dict[str, Any] = {
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
    "mem_limit": "128m",
    "pids_limit": 128,
}
# The image brings the command of the health check; here it only runs more often, because somebody waits for it.
OFTEN: dict[str, Any] = {"interval": 300_000_000, "timeout": 5_000_000_000, "retries": 60}


@dataclass(frozen=True, slots=True)
class Role:
    """What a role needs in order to start alone."""

    name: str
    port: int
    command: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()

    def container(self, image: str) -> DockerContainer:
        """A container of this role, not yet started; `start` waits until its health check passes."""
        container = DockerContainer(image, env=dict(self.env), healthcheck=OFTEN, **LOCKED_UP)
        # On the loopback only, at a free port: testcontainers' own methods publish to every interface.
        container.ports[f"{self.port}/tcp"] = ("127.0.0.1", None)  # type: ignore[assignment]  # docker-py takes it
        if self.command:
            container.with_command(list(self.command))
        return container.waiting_for(HealthcheckWaitStrategy().with_startup_timeout(60).with_poll_interval(0.2))

    def url(self, container: DockerContainer) -> str:
        """Where the started container is reached from this host.

        Asked of Docker: testcontainers takes a host that has a `/.dockerenv` for a container and gives the gateway's
        address, where nothing listens for ports that are published on the loopback only.
        """
        return f"http://{engine.docker('port', container.get_container_id(), f'{self.port}/tcp').strip()}"


def fake_hubspot(*, contacts: int = 2) -> Role:
    """A fake HubSpot with that many contacts."""
    return Role("fake_hubspot", 8400, ("serve", "--host=0.0.0.0", f"--contacts={contacts}"))


def fake_sesam() -> Role:
    """A node whose connector runs elsewhere, so that the node need not start it."""
    command = ("serve", "/node", "--host=0.0.0.0", "--data-dir=/data", "--system-url=hubspot=http://service:5000")
    return Role("fake_sesam", 9042, command, (("SESAM_SECRET_HUBSPOT_API_KEY", FAKE_TOKEN),))


def service() -> Role:
    """The connector, reading a fake HubSpot of that name on the same network."""
    settings = (("HUBSPOT_API_KEY", FAKE_TOKEN), ("HUBSPOT_BASE_URL", "http://fake-hubspot:8400"))
    return Role("service", 5000, env=settings)


def log_of(container: DockerContainer) -> str:
    """Both streams of a container's log, in the order of their writing."""
    return str(container.get_wrapped_container().logs(tail=100), errors="replace")
