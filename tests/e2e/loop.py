"""A node, two connectors and a fake HubSpot in containers on two networks, and ways to interrupt them.

    fake HubSpot -- upstream -- connectors -- downstream -- node

The connector `hasty` waits two seconds for HubSpot and retries once; `patient` waits longer and retries more often. The
read timeout of the node is a few seconds instead of half an hour, so that a test can wait for it.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from operator import not_
from pathlib import Path
from typing import Any

import requests
from testcontainers.core.network import Network

from contract_bench.containers import ConnectorContainer, FakeHubSpotContainer, FakeSesamContainer, RoleContainer
from contract_bench.plugin import HubSpotControl, HubSpotPortal
from contract_bench.roles.leftovers import owner_labels
from fake_hubspot import DEFAULT_PORTAL_ID
from tests.e2e import engine
from tests.e2e.node_pipe import NodePipe
from tests.support.contacts import read_contacts
from tests.support.waiting import wait_until

__all__ = ["DEADLINE_S", "Loop", "labelled_network", "opened", "write_node"]

CONTACTS = 450
PAGE_SIZE = 50
HASTY = {"HUBSPOT_PAGE_SIZE": str(PAGE_SIZE), "HUBSPOT_RETRIES": "1", "HUBSPOT_SEARCHES_PER_S": "1000", "GRACE_S": "1"}
NODE_READ_TIMEOUT_S = 8
SYSTEMS = ("hasty", "patient")
DEADLINE_S = 40.0
QUOTA_WINDOW_MS = 10_000
# Lists are delayed from their third page on, searches (which have larger pages) from their second, for long enough to
# interrupt them there.
HELD_MS = 1500
HELD_FROM = {"objects.list": 3, "objects.search": 2}


@dataclass(frozen=True, slots=True)
class Loop:
    """The containers, and what tests do to them."""

    hubspot: FakeHubSpotContainer
    connectors: dict[str, ConnectorContainer]
    node: FakeSesamContainer
    upstream: Network
    downstream: Network
    portal: HubSpotPortal

    def pipes(self, system: str) -> tuple[NodePipe, NodePipe]:
        """Return the full and the incremental pipe of a connector."""
        return NodePipe(self.node.url, f"{system}-full"), NodePipe(self.node.url, f"{system}-since")

    # --- The account ---

    def contacts(self) -> dict[str, str]:
        """Return the last name of every contact by id, read directly from the fake HubSpot."""
        found = read_contacts(self.hubspot.url, self.hubspot.token)
        return {contact["id"]: contact["properties"]["lastname"] or "" for contact in found}

    def change_everything(self, name: str) -> None:
        """Rename every contact, create one and archive one."""
        inputs = [{"id": contact_id, "properties": {"lastname": name}} for contact_id in self.contacts()]
        for begin in range(0, len(inputs), 100):
            self._crm("POST", "/batch/update", json={"inputs": inputs[begin : begin + 100]})
        self._crm("POST", "", json={"properties": {"email": f"{name}@example.com", "lastname": name}})
        self.portal.call("POST", "/_fake/changes/archive", body={"ids": [inputs[len(inputs) // 2]["id"]]})

    def _crm(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        url = f"{self.hubspot.url}/crm/v3/objects/contacts{path}"
        headers = {"Authorization": f"Bearer {self.hubspot.token}"}
        response = requests.request(method, url, headers=headers, timeout=DEADLINE_S, **options)
        response.raise_for_status()
        return dict(response.json())

    def refill_quota(self) -> None:
        """Advance the clock of the account past the window in which requests are counted.

        These tests send many requests. Without this, a connector that slows down as its quota runs out would exceed the
        read timeout of the node, which is not what the tests are about.
        """
        self.portal.call("PUT", "/_fake/clock", body={"advanceMs": 2 * QUOTA_WINDOW_MS})

    # --- Pulls that are delayed halfway ---

    def delay_pulls(self) -> None:
        """Delay every list and every search from its middle on, page by page."""
        delay = {"delay_ms": HELD_MS}
        for route, page in HELD_FROM.items():
            self.portal.faults.add("latency", times="forever", params=delay, route=route, nth=page, every=1)

    def release_pulls(self) -> None:
        """Stop delaying responses."""
        self.portal.faults.clear()

    def wait_until_pulls_are_delayed(self) -> None:
        """Wait until a list and a search have reached the delayed pages."""

        def are_held(armed: list[dict[str, Any]]) -> bool:
            return len(armed) == len(HELD_FROM) and all(fault["fired"] for fault in armed)

        wait_until(self.portal.faults.active, "both pulls to be halfway", is_met=are_held, timeout_s=DEADLINE_S)

    # --- Interruptions of containers ---

    def disconnect(self, network: Network, container: RoleContainer) -> None:
        """Disconnect a container from a network, even if it has open connections."""
        engine.disconnect(network.name, id_of(container))

    def reconnect(self, network: Network, container: RoleContainer) -> None:
        """Reconnect a container to a network if it is disconnected."""
        if network.name not in networks_of(container):
            engine.connect(network.name, id_of(container), container.alias)

    def kill(self, container: RoleContainer) -> None:
        """Send SIGKILL, like the kernel when memory runs out."""
        engine.docker("kill", "--signal", "KILL", id_of(container))

    def stop(self, container: RoleContainer) -> None:
        """Run `docker stop`: SIGTERM, then SIGKILL after ten seconds."""
        engine.docker("stop", "--time", "10", id_of(container))

    def pause(self, container: RoleContainer) -> None:
        """Freeze a container: the kernel still accepts connections, but nothing responds."""
        engine.docker("pause", id_of(container))

    def unpause(self, container: RoleContainer) -> None:
        """Unpause a container if it is paused."""
        if state_of(container)["Paused"]:
            engine.docker("unpause", id_of(container))

    def restart(self, connector: RoleContainer) -> None:
        """Start a container again if it has ended, and wait until it responds."""
        if not state_of(connector)["Running"]:
            engine.docker("start", id_of(connector))
        wait_until(lambda: is_answering(connector), f"a response from {connector.alias}", timeout_s=DEADLINE_S)

    def undo_interruptions(self) -> None:
        """Undo every interruption and wait until no pump is running."""
        self.unpause(self.hubspot)
        self.release_pulls()
        for connector in self.connectors.values():
            for network in (self.upstream, self.downstream):
                self.reconnect(network, connector)
            self.restart(connector)
        for system in SYSTEMS:
            for pipe in self.pipes(system):
                wait_until(pipe.is_running, f"{pipe.name} to stop", is_met=not_, timeout_s=DEADLINE_S)

    def story(self) -> str:
        """Return the journal and the execution logs for the report of a failed test."""
        if state_of(self.hubspot)["Paused"]:
            return "the fake HubSpot is paused: no journal"
        logs = [pipe for system in SYSTEMS for pipe in self.pipes(system)]
        shown = (f"execution log of {pipe.name}: {json.dumps(pipe.log()[-3:])}" for pipe in logs)
        return "\n".join([f"journal of {self.portal.story()}", *shown])


@contextmanager
def opened(images: dict[str, str], folder: Path) -> Iterator[Loop]:
    """Start all containers and remove them at the end."""
    with ExitStack() as stack:
        upstream, downstream = (stack.enter_context(labelled_network()) for _ in range(2))
        hubspot = FakeHubSpotContainer(images["fake_hubspot"], contacts=CONTACTS).on(upstream, "hubspot")
        stack.enter_context(hubspot)
        settings = {
            "hasty": {**HASTY, "HUBSPOT_READ_TIMEOUT_S": "2"},
            "patient": {**HASTY, "HUBSPOT_READ_TIMEOUT_S": "4", "HUBSPOT_RETRIES": "5"},
        }
        connectors = {}
        for name, environment in settings.items():
            connector = ConnectorContainer(images["service"], hubspot=hubspot, environment=environment)
            connectors[name] = stack.enter_context(connector.on(downstream, name))
            engine.connect(upstream.name, id_of(connector), name)
        urls = {name: connector.inner_url for name, connector in connectors.items()}
        node = FakeSesamContainer(write_node(folder, SYSTEMS), images["fake_sesam"], system_urls=urls)
        stack.enter_context(node.on(downstream, "sesam"))
        control = HubSpotControl(hubspot.url, control_token=hubspot.control_token)
        stack.callback(control.close)
        portal = HubSpotPortal(control, DEFAULT_PORTAL_ID, hubspot.token)
        portal.call("PUT", "/_fake/limits", body={"tier": "increased"})
        yield Loop(hubspot, connectors, node, upstream, downstream, portal)


def write_node(folder: Path, systems: tuple[str, ...]) -> Path:
    """Write a node configuration with a full and an incremental pipe per system; return `folder`."""
    for system in systems:
        docker = {"image": f"example/{system}", "port": 5000, "environment": {}}
        write(
            folder / "systems" / f"{system}.conf.json",
            {
                "_id": system,
                "type": "system:microservice",
                "docker": docker,
                "read_timeout": NODE_READ_TIMEOUT_S,
                "connect_timeout": NODE_READ_TIMEOUT_S,
            },
        )
        for mode in ("full", "since"):
            source = {"type": "json", "system": system, "url": "get_contacts", "supports_since": mode == "since"}
            pipe = {"_id": f"{system}-{mode}", "type": "pipe", "source": source, "add_namespaces": False}
            write(folder / "pipes" / f"{system}-{mode}.conf.json", pipe)
    defaults = {"eager_load_microservices": False}
    metadata = {"global_defaults": defaults, "task_manager": {"disable_user_pipes": True}}
    write(folder / "node-metadata.conf.json", {"_id": "node", "type": "metadata", **metadata})
    folder.chmod(0o755)  # pytest's folders are private, and the container runs as another user
    return folder


def write(path: Path, content: dict[str, Any]) -> None:
    """Write JSON and create the folder for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def labelled_network() -> Network:
    """Return a network that a later run can recognise as left behind."""
    return Network(docker_network_kw={"labels": owner_labels()})


def id_of(container: RoleContainer) -> str:
    """Return the id of a container."""
    return str(container.get_container_id())


def state_of(container: RoleContainer) -> dict[str, Any]:
    """Return the state of a container: `Running`, `Paused`, `OOMKilled`, `ExitCode`, ..."""
    state: dict[str, Any] = json.loads(engine.docker("inspect", "--format", "{{json .State}}", id_of(container)))
    return state


def networks_of(container: RoleContainer) -> list[str]:
    """Return the names of a container's networks."""
    return list(
        json.loads(engine.docker("inspect", "--format", "{{json .NetworkSettings.Networks}}", id_of(container)))
    )


def is_answering(container: RoleContainer) -> bool:
    """Whether a container responds to HTTP."""
    try:
        requests.get(f"{container.url}/health", timeout=2)
    except requests.RequestException:
        return False
    return True
