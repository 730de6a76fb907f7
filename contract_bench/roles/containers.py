"""The three roles as containers for testcontainers: a fake HubSpot, a fake Sesam node, and a connector between them.

```python
with Network() as network:
    with FakeHubSpotContainer(contacts=250).on(network, "hubspot") as hubspot:
        with ConnectorContainer("example/connector:1.2", hubspot=hubspot).on(network, "connector") as connector:
            with FakeSesamContainer(Path("node"), connector=connector).on(network, "sesam") as sesam:
                requests.post(f"{sesam.url}/api/pipes/hubspot-contacts-collect/pump", data={"operation": "start"})
```

Needs the extra `[test]`. Ports are published on the loopback interface only, unless the engine is on another machine.
If testcontainers' cleaner (Ryuk) cannot run, for instance because its image cannot be pulled, containers that were not
stopped are removed when the process ends. If the process is killed, the next one that starts a container removes them.
"""

import atexit
import contextlib
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from docker.errors import DockerException  # type: ignore[import-untyped]  # it has no types
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer, Reaper
from testcontainers.core.docker_client import get_docker_host
from testcontainers.core.network import Network
from testcontainers.core.utils import inside_container
from testcontainers.core.wait_strategies import HealthcheckWaitStrategy
from testcontainers.core.waiting_utils import WaitStrategy, WaitStrategyTarget

from contract_bench.errors import BenchError
from contract_bench.roles.leftovers import owner_labels, remove_leftovers
from fake_hubspot import DEFAULT_TOKEN

__all__ = [
    "ConnectorContainer",
    "ContainerStartError",
    "FakeHubSpotContainer",
    "FakeSesamContainer",
    "ProxyContainer",
    "RoleContainer",
]

LOG_TAIL_LINES = 30
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1", None)
CONNECT_TIMEOUT_S = 1.0
START_TIMEOUT_S = 60
CONTROL_TOKEN = "contract-bench"  # noqa: S105 - opens the control API of a fake that only this machine reaches
# How Sesam runs a microservice: 128 MB including swap, a read-only file system and no privileges.
RESTRICTIONS: Mapping[str, Any] = {
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
    "mem_limit": "128m",
    "memswap_limit": "128m",
    "pids_limit": 128,
}
NANOSECONDS = 1_000_000_000
FREQUENT_HEALTHCHECK = {"interval": NANOSECONDS // 2, "timeout": 5 * NANOSECONDS, "retries": 2 * START_TIMEOUT_S}


class ContainerStartError(BenchError):
    """A container did not become ready; `log_tail` are its last lines."""

    def __init__(self, image: str, reason: str, log_tail: str) -> None:
        self.image = image
        self.log_tail = log_tail
        super().__init__(
            f"expected a container of {image} to become ready, got: {reason}. Its last lines:\n{log_tail or '(none)'}"
        )


def remote_engine() -> str | None:
    """Return the host of an engine that does not publish on this machine's loopback interface; None for others.

    That is TESTCONTAINERS_HOST_OVERRIDE, or the host in DOCKER_HOST, as for testcontainers.
    """
    if testcontainers_config.tc_host_override:
        return str(testcontainers_config.tc_host_override)
    address = urlsplit(get_docker_host() or "")
    is_remote = address.scheme in ("tcp", "http", "https", "ssh") and address.hostname not in LOCAL_NAMES
    return address.hostname if is_remote else None


def _known_as(variable: str) -> dict[str, str]:
    """Let a fake on another machine answer under that machine's name."""
    host = remote_engine()
    return {} if host is None else {variable: host}


def _accepts(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=CONNECT_TIMEOUT_S):
            return True
    except OSError:
        return False


class RoleContainer(DockerContainer):
    """A container with one port that answers HTTP.

    `options` are passed to Docker under docker-py's names, for instance `mem_limit="256m"`, and override the defaults.
    """

    def __init__(self, image: str, *, port: int, environment: Mapping[str, str], **options: Any) -> None:
        labels = {**owner_labels(), **options.pop("labels", {})}
        super().__init__(image, env=dict(environment), labels=labels, **options)
        self.port = port
        self.alias = ""
        # A free port of the loopback interface: testcontainers' own methods publish on every interface. Nobody would
        # reach the loopback interface of another machine.
        interface = "127.0.0.1" if remote_engine() is None else "0.0.0.0"  # noqa: S104
        self.ports[f"{port}/tcp"] = (interface, None)  # type: ignore[assignment]  # docker-py takes it

    def on(self, network: Network, alias: str) -> Self:
        """Join a network under a name that other containers can use."""
        self.alias = alias
        self.with_network(network)
        self.with_network_aliases(alias)
        return self

    @property
    def url(self) -> str:
        """The URL for this process.

        With an engine on another machine it is the engine's host, as testcontainers finds it. With an engine behind a
        socket it is the loopback interface, or the container's own address if this process is in a container beside it.
        testcontainers takes every machine with a `/.dockerenv` for a container; here a connection is tried first.
        """
        container = self.get_wrapped_container()
        container.reload()
        network = container.attrs["NetworkSettings"]
        published = network["Ports"][f"{self.port}/tcp"][0]
        host, port = remote_engine() or published["HostIp"], int(published["HostPort"])
        if remote_engine() is None and inside_container() and not _accepts(host, port):
            addresses = [each["IPAddress"] for each in network["Networks"].values() if each["IPAddress"]]
            host, port = next(iter(addresses), host), self.port
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    @property
    def inner_url(self) -> str:
        """The URL for other containers of its network."""
        return f"http://{self.alias}:{self.port}"

    def log_tail(self) -> str:
        """Return its last lines of output."""
        if self._container is None:
            return ""
        return bytes(self._container.logs(tail=LOG_TAIL_LINES)).decode(errors="replace").strip()

    def start(self) -> Self:
        """Start it and wait until it is ready.

        Raises:
            ContainerStartError: it did not become ready; it has been removed.
        """
        disable_ryuk_if_it_cannot_run()
        if testcontainers_config.ryuk_disabled:
            remove_leftovers(self.get_docker_client().client)
        try:
            super().start()
        except (DockerException, TimeoutError, RuntimeError) as error:
            tail = self.log_tail()
            self.stop()
            reason = error.__cause__ or error  # testcontainers wraps what a wait strategy raises
            raise ContainerStartError(self.image, str(reason) or type(reason).__name__, tail) from error
        if testcontainers_config.ryuk_disabled:
            atexit.register(self.stop)
        return self

    def stop(self, force: bool = True, delete_volume: bool = True) -> None:
        """Remove it if it still exists."""
        atexit.unregister(self.stop)
        container, self._container = self._container, None
        if container is not None:
            with contextlib.suppress(DockerException):
                container.remove(force=force, v=delete_volume)
        self.get_docker_client().client.close()


def disable_ryuk_if_it_cannot_run() -> None:
    """Start testcontainers' cleaner; if that fails, disable it."""
    if testcontainers_config.ryuk_disabled:
        return
    try:
        Reaper.get_instance()
    except (DockerException, OSError, RuntimeError, TimeoutError):
        testcontainers_config.ryuk_disabled = True


class AnswersHttp(WaitStrategy):
    """Waits for a response at a path, with any status, because a connector need not have a health check."""

    def __init__(self, container: RoleContainer, path: str) -> None:
        super().__init__()
        self._role = container
        self._path = path

    def wait_until_ready(self, container: WaitStrategyTarget) -> None:
        """Send requests until there is a response.

        Raises:
            TimeoutError: there was none in time.
            RuntimeError: the container has ended.
        """
        if not self._poll(lambda: self._answers(container)):
            raise TimeoutError(f"no response at {self._path} within {self._startup_timeout} s")

    def _answers(self, container: WaitStrategyTarget) -> bool:
        container.reload()
        if container.status in ("exited", "dead"):
            raise RuntimeError("it has ended")
        try:
            requests.get(self._role.url + self._path, timeout=5)
        except requests.RequestException:
            return False
        return True


class FakeHubSpotContainer(RoleContainer):
    """A fake HubSpot. Control it from the test with `contract_bench.plugin.HubSpotControl(url, control_token=...)`."""

    def __init__(
        self,
        image: str = "contract-bench/fake-hubspot:latest",
        *,
        contacts: int = 250,
        scenario: str = "success",
        token: str = DEFAULT_TOKEN,
        control_token: str = CONTROL_TOKEN,
        **options: Any,
    ) -> None:
        environment = {"FAKE_HUBSPOT_CONTROL_TOKEN": control_token, **_known_as("FAKE_HUBSPOT_ALLOW_HOST")}
        fixed = {**RESTRICTIONS, "healthcheck": FREQUENT_HEALTHCHECK, **options}
        super().__init__(image, port=8400, environment=environment, **fixed)
        self.token = token
        self.control_token = control_token
        self.with_command(
            ["serve", "--host=0.0.0.0", f"--contacts={contacts}", f"--scenario={scenario}", f"--token={token}"]
        )
        self.waiting_for(HealthcheckWaitStrategy().with_startup_timeout(START_TIMEOUT_S).with_poll_interval(0.2))


class ProxyContainer(RoleContainer):
    """A proxy with faults in front of an API. Control it with `contract_bench.plugin.UpstreamProxy`.

    `upstream` is a URL as this container's network resolves it, or the path of a cassette on this machine.
    """

    def __init__(
        self,
        upstream: str,
        image: str = "contract-bench/proxy:latest",
        *,
        control_token: str = CONTROL_TOKEN,
        **options: Any,
    ) -> None:
        environment = {"CONTRACT_BENCH_CONTROL_TOKEN": control_token, **_known_as("CONTRACT_BENCH_ALLOW_HOST")}
        target, mounted = upstream, []
        if "://" not in upstream:
            cassette = Path(upstream).resolve()
            target = f"/cassette/{cassette.name}"
            mounted = [(str(cassette), target, "ro")]
        fixed = {**RESTRICTIONS, "volumes": mounted, **options}
        super().__init__(image, port=8402, environment=environment, **fixed)
        self.control_token = control_token
        self.with_command(["--host=0.0.0.0", f"--upstream={target}"])
        health = AnswersHttp(self, "/_fake/health")
        self.waiting_for(health.with_startup_timeout(START_TIMEOUT_S).with_poll_interval(0.1))


class ConnectorContainer(RoleContainer):
    """A connector, run as Sesam runs it: with 128 MB, and with the token and the address under every usual name.

    It is ready when it answers at `health_path`, with any status.
    """

    def __init__(
        self,
        image: str = "contract-bench/service:latest",
        *,
        hubspot: FakeHubSpotContainer,
        port: int = 5000,
        environment: Mapping[str, str] | None = None,
        health_path: str = "/health",
        **options: Any,
    ) -> None:
        named = dict.fromkeys(("HUBSPOT_API_KEY", "hubspot-api-key", "api-key"), hubspot.token)
        named |= dict.fromkeys(("HUBSPOT_BASE_URL", "hubspot-base-url", "base-url"), hubspot.inner_url)
        settings = {**named, "PORT": str(port), "port": str(port), **(environment or {})}
        super().__init__(image, port=port, environment=settings, **{**RESTRICTIONS, **options})
        self.waiting_for(AnswersHttp(self, health_path).with_startup_timeout(START_TIMEOUT_S).with_poll_interval(0.1))


class FakeSesamContainer(RoleContainer):
    """A node with the configuration in `node_dir`, in which `system` is the connector.

    `system_urls` are the URLs of further systems by id, as this container's network resolves them.
    """

    def __init__(
        self,
        node_dir: Path,
        image: str = "contract-bench/fake-sesam:latest",
        *,
        connector: RoleContainer | None = None,
        system: str = "hubspot",
        system_urls: Mapping[str, str] | None = None,
        token: str = DEFAULT_TOKEN,
        **options: Any,
    ) -> None:
        environment = {"SESAM_SECRET_HUBSPOT_API_KEY": token, **_known_as("FAKE_SESAM_ALLOW_HOST")}
        mounted = [(str(node_dir.resolve()), "/node", "ro")]
        fixed = {**RESTRICTIONS, "healthcheck": FREQUENT_HEALTHCHECK, "volumes": mounted, **options}
        super().__init__(image, port=9042, environment=environment, **fixed)
        urls = {**({system: connector.inner_url} if connector else {}), **(system_urls or {})}
        self.with_command(
            [
                *("serve", "/node", "--host=0.0.0.0", "--data-dir=/data"),
                *(f"--system-url={system_id}={url}" for system_id, url in urls.items()),
            ]
        )
        self.waiting_for(HealthcheckWaitStrategy().with_startup_timeout(START_TIMEOUT_S).with_poll_interval(0.2))
