"""A node, two connectors and a fake HubSpot in containers on two networks, with what can happen to them in between.

    fake HubSpot -- upstream -- connectors -- downstream -- node

The connector `hasty` gives HubSpot two seconds and one more try, `patient` gives it more. The node waits a few seconds
for a byte and not half an hour, so that a test sees the end of its patience.
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
from tests.support.waiting import wait_until

__all__ = ["DEADLINE_S", "Loop", "labelled_network", "opened", "write_node"]

CONTACTS = 450
PAGE_SIZE = 50
HASTY = {"HUBSPOT_PAGE_SIZE": str(PAGE_SIZE), "HUBSPOT_RETRIES": "1", "HUBSPOT_SEARCHES_PER_S": "1000", "GRACE_S": "1"}
NODE_READ_TIMEOUT_S = 8
SYSTEMS = ("hasty", "patient")
DEADLINE_S = 40.0
QUOTA_WINDOW_MS = 10_000
# Lists wait from their third page on and searches, whose pages are larger, from their second, long enough for
# something to happen to them there.
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
        """The pipe that reads everything through a connector, and the one that reads what changed."""
        return NodePipe(self.node.url, f"{system}-full"), NodePipe(self.node.url, f"{system}-since")

    # --- the account ---

    def contacts(self) -> dict[str, str]:
        """The last name of every contact by id, read without any connector."""
        return {contact["id"]: contact["properties"]["lastname"] or "" for contact in self._walk()}

    def _walk(self) -> Iterator[dict[str, Any]]:
        params: dict[str, str] = {"limit": "100"}
        while True:
            page = self._crm("GET", "", params=params)
            yield from page["results"]
            if "paging" not in page:
                return
            params["after"] = page["paging"]["next"]["after"]

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
        answer = requests.request(method, url, headers=headers, timeout=DEADLINE_S, **options)
        answer.raise_for_status()
        return dict(answer.json())

    def refill_quota(self) -> None:
        """Let the account's clock pass the window in which requests are counted.

        These tests ask HubSpot often. A connector that paces itself by what is left would wait for longer than the node
        has patience, which is another story than the one that is told.
        """
        self.portal.call("PUT", "/_fake/clock", body={"advanceMs": 2 * QUOTA_WINDOW_MS})

    # --- a walk that waits in its middle ---

    def hold_walks(self) -> None:
        """Let every walk and every search wait in its middle, and at each page behind it."""
        delay = {"delay_ms": HELD_MS}
        for route, page in HELD_FROM.items():
            self.portal.faults.add("latency", times="forever", params=delay, route=route, nth=page, every=1)

    def let_walks_go(self) -> None:
        """Answer at once again."""
        self.portal.faults.clear()

    def wait_until_walks_are_held(self) -> None:
        """Wait until both kinds of walk have come to where they are held."""

        def are_held(armed: list[dict[str, Any]]) -> bool:
            return len(armed) == len(HELD_FROM) and all(fault["fired"] for fault in armed)

        wait_until(self.portal.faults.active, "both walks to be held", is_met=are_held, timeout_s=DEADLINE_S)

    # --- what happens to containers ---

    def cut(self, network: Network, container: RoleContainer) -> None:
        """Take a container off a network, in the middle of whatever it does."""
        engine.disconnect(network.name, id_of(container))

    def restore(self, network: Network, container: RoleContainer) -> None:
        """Put a container on its network again, where it is not."""
        if network.name not in networks_of(container):
            engine.connect(network.name, id_of(container), container.alias)

    def kill(self, container: RoleContainer) -> None:
        """SIGKILL, as the kernel does when memory is out."""
        engine.docker("kill", "--signal", "KILL", id_of(container))

    def stop(self, container: RoleContainer) -> None:
        """`docker stop`: SIGTERM, and SIGKILL ten seconds later."""
        engine.docker("stop", "--time", "10", id_of(container))

    def pause(self, container: RoleContainer) -> None:
        """Freeze it: its kernel goes on to take connections, and nothing answers them."""
        engine.docker("pause", id_of(container))

    def go_on(self, container: RoleContainer) -> None:
        """End a pause, where there is one."""
        if state_of(container)["Paused"]:
            engine.docker("unpause", id_of(container))

    def start_again(self, connector: RoleContainer) -> None:
        """Start it as it was, where it has ended, and wait until it answers."""
        if not state_of(connector)["Running"]:
            engine.docker("start", id_of(connector))
        wait_until(lambda: is_answering(connector), f"an answer from {connector.alias}", timeout_s=DEADLINE_S)

    def heal(self) -> None:
        """Undo all of the above, and wait until no pump runs any more."""
        self.go_on(self.hubspot)
        self.let_walks_go()
        for connector in self.connectors.values():
            for network in (self.upstream, self.downstream):
                self.restore(network, connector)
            self.start_again(connector)
        for system in SYSTEMS:
            for pipe in self.pipes(system):
                wait_until(pipe.is_running, f"{pipe.name} to stop", is_met=not_, timeout_s=DEADLINE_S)

    def story(self) -> str:
        """The journal and the execution logs, for the report of a test that failed."""
        if state_of(self.hubspot)["Paused"]:
            return "the fake HubSpot is paused: no journal"
        logs = [pipe for system in SYSTEMS for pipe in self.pipes(system)]
        shown = (f"execution log of {pipe.name}: {json.dumps(pipe.log()[-3:])}" for pipe in logs)
        return "\n".join([f"journal of {self.portal.story()}", *shown])


@contextmanager
def opened(images: dict[str, str], folder: Path) -> Iterator[Loop]:
    """Start everything, and remove it in the end."""
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
    """A node's configuration with a full and an incremental pipe for each system; return its folder."""
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
    folder.chmod(0o755)  # pytest's folders are the owner's alone, and a container has another user
    return folder


def write(path: Path, content: dict[str, Any]) -> None:
    """Write JSON and make the folder for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def labelled_network() -> Network:
    """A network that a later run can tell as left over."""
    return Network(docker_network_kw={"labels": owner_labels()})


def id_of(container: RoleContainer) -> str:
    """Its id."""
    return str(container.get_container_id())


def state_of(container: RoleContainer) -> dict[str, Any]:
    """How Docker says it is: `Running`, `Paused`, `OOMKilled`, `ExitCode`."""
    state: dict[str, Any] = json.loads(engine.docker("inspect", "--format", "{{json .State}}", id_of(container)))
    return state


def networks_of(container: RoleContainer) -> list[str]:
    """The names of the networks it is on."""
    return list(
        json.loads(engine.docker("inspect", "--format", "{{json .NetworkSettings.Networks}}", id_of(container)))
    )


def is_answering(container: RoleContainer) -> bool:
    """Whether it answers HTTP."""
    try:
        requests.get(f"{container.url}/health", timeout=2)
    except requests.RequestException:
        return False
    return True
