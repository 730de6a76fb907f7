"""Several nodes that pull from one connector, and several connectors with one name."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pytest_docker.plugin import Services

from contract_bench.containers import FakeSesamContainer
from contract_bench.plugin import HubSpotControl, HubSpotPortal
from fake_hubspot import DEFAULT_PORTAL_ID
from tests.e2e import engine
from tests.e2e.law import last_name
from tests.e2e.loop import DEADLINE_S, Loop, id_of, labelled_network, write_node
from tests.e2e.node_pipe import NodePipe
from tests.e2e.stack import CONTROL_TOKEN, TOKEN, LogReader
from tests.support.contacts import read_contacts
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

MODES = ("full", "since")
REPLICAS = ("first", "second", "third")
COMMON = "any"


def test_two_nodes_pull_from_one_connector_at_once(
    loop: Loop, images: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Four pulls run at the same time, and all four datasets equal the account."""
    folder, connector = write_node(tmp_path_factory.mktemp("other"), ("patient",)), loop.connectors["patient"]
    other = FakeSesamContainer(folder, images["fake_sesam"], connector=connector, system="patient")
    loop.change_everything("two-nodes")
    loop.delay_pulls()

    with other.on(loop.downstream, "other"):
        pipes = [*loop.pipes("patient"), *(NodePipe(other.url, f"patient-{mode}") for mode in MODES)]
        runs = [pipe.start() for pipe in pipes]
        wait_until(
            lambda: [pipe.is_running() for pipe in pipes], "four pulls at once", is_met=all, timeout_s=DEADLINE_S
        )
        loop.release_pulls()
        ends = [run.end()["event_type"] for run in runs]
        names = [{key: last_name(entity) for key, entity in pipe.snapshot().live.items()} for pipe in pipes]

    assert ends == ["pump-completed"] * 4
    assert names == [loop.contacts()] * 4


@dataclass(frozen=True, slots=True)
class Scaled:
    """Three connectors of a compose project, and a node that knows each by its own name and all by a common name."""

    portal: HubSpotPortal
    containers: tuple[str, ...]
    node: FakeSesamContainer

    @property
    def pipes(self) -> list[NodePipe]:
        """One pipe per connector."""
        return [NodePipe(self.node.url, f"{name}-full") for name in REPLICAS]

    @property
    def common_pipe(self) -> NodePipe:
        """The pipe that pulls from the address that Docker's DNS returns first."""
        return NodePipe(self.node.url, f"{COMMON}-full")


@pytest.fixture(scope="module")
def three(
    hubspot_and_service: Services,
    images: dict[str, str],
    project: engine.Project,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scaled]:
    """The project of the session with two more connectors, which are removed at the end."""
    scale_to(project, 3)
    containers = tuple(f"{project.name}-service-{number}" for number in (1, 2, 3))
    folder = write_node(tmp_path_factory.mktemp("scaled"), (*REPLICAS, COMMON))
    hosts = {**dict(zip(REPLICAS, containers, strict=True)), COMMON: "service"}
    urls = {name: f"http://{host}:5000" for name, host in hosts.items()}
    node = FakeSesamContainer(folder, images["fake_sesam"], system_urls=urls)
    control = HubSpotControl(f"http://{project.address('fake-hubspot', 8400)}", control_token=CONTROL_TOKEN)
    control.call("PUT", "/_fake/scenario", body={"name": "paging"})

    with labelled_network() as network, node.on(network, "scaled"):
        engine.connect(f"{project.name}_default", id_of(node), "scaled")
        yield Scaled(HubSpotPortal(control, DEFAULT_PORTAL_ID, TOKEN), containers, node)

    control.call("PUT", "/_fake/scenario", body={"name": "success"})
    control.close()
    scale_to(project, 1)


@pytest.fixture
def scaled(three: Scaled, project: engine.Project, container_logs: dict[str, LogReader]) -> Iterator[Scaled]:
    """The three connectors; if a test fails, their logs are printed."""
    readers = {project.name: project.log, "the node": three.node.log_tail, "the journal": three.portal.story}
    container_logs |= readers

    yield three

    for name in readers:
        del container_logs[name]


def scale_to(project: engine.Project, count: int) -> None:
    """Scale the connectors and wait until all are healthy."""
    options = ("--no-build", "--no-deps", "--no-recreate", "--wait", "--wait-timeout", "90")
    project.compose("up", *options, "--scale", f"service={count}", "service")


def test_killing_one_of_three_connectors_fails_only_its_own_pull(scaled: Scaled) -> None:
    """The other two complete; the failed one deletes nothing and completes the next time."""
    assert [pipe.run_completes() for pipe in scaled.pipes] == [True] * 3
    before = [pipe.snapshot() for pipe in scaled.pipes]
    touched = scaled.portal.call("POST", "/_fake/changes/touch", body={"properties": {"lastname": "scaled"}})
    scaled.portal.faults.add("latency", times="forever", params={"delay_ms": 1500}, route="objects.list", fromPage=2)

    runs = [pipe.start() for pipe in scaled.pipes]
    wait_until(
        lambda: scaled.portal.faults.active()[0]["fired"],
        "three pulls to be halfway",
        is_met=lambda fired: fired >= len(runs),
        timeout_s=DEADLINE_S,
    )
    engine.docker("kill", scaled.containers[1])
    ends = [run.end()["event_type"] for run in runs]
    after = [pipe.snapshot() for pipe in scaled.pipes]
    scaled.portal.faults.clear()
    engine.docker("start", scaled.containers[1])
    wait_until(scaled.pipes[1].run_completes, "a good pull through the restarted connector", timeout_s=DEADLINE_S)

    assert touched["changed"] > 200
    assert ends == ["pump-completed", "pump-failed", "pump-completed"]
    assert before[1].live.keys() == after[1].live.keys()
    assert {last_name(entity) for snapshot in (after[0], after[2]) for entity in snapshot.live.values()} == {"scaled"}
    assert {last_name(entity) for entity in scaled.pipes[1].snapshot().live.values()} == {"scaled"}


def test_common_name_resolves_to_all_three_connectors(scaled: Scaled) -> None:
    """A pull through the name completes, whichever connector responds."""
    program = "import socket; print(*{one[4][0] for one in socket.getaddrinfo('service', 5000)})"

    found = engine.docker("exec", id_of(scaled.node), "python", "-c", program).split()
    event = scaled.common_pipe.pump()

    assert len(found) == 3
    assert event["event_type"] == "pump-completed"
    assert sorted(scaled.common_pipe.snapshot().live) == sorted(
        one["id"] for one in read_contacts(scaled.portal.url, TOKEN)
    )
