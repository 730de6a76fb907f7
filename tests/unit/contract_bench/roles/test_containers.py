"""The three roles as containers, without an engine: what Docker is told, and what happens if it cannot do it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from docker.errors import APIError, DockerException  # type: ignore[import-untyped]  # it has no types
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from bench_core.owner import OwnerProcess
from contract_bench.roles.containers import (
    AnswersHttp,
    ConnectorContainer,
    ContainerStartError,
    FakeHubSpotContainer,
    FakeSesamContainer,
    ProxyContainer,
    RoleContainer,
    disable_ryuk_if_it_cannot_run,
)
from contract_bench.roles.leftovers import OWNER_LABEL, owner_labels, remove_leftovers

PUBLISHED = [{"HostIp": "127.0.0.1", "HostPort": "32768"}]
LISTENING: dict[str, Any] = {
    "NetworkSettings": {
        "Ports": {"5000/tcp": PUBLISHED, "8400/tcp": PUBLISHED},
        "Networks": {"other": {"IPAddress": ""}, "bridge": {"IPAddress": "172.17.0.5"}},
    }
}


class Container:
    """A container of docker-py."""

    def __init__(self, *, status: str = "running", output: bytes = b"", error: Exception | None = None) -> None:
        self.status = status
        self.attrs: dict[str, Any] = LISTENING
        self.name = "a-container"
        self.labels: dict[str, str] = {}
        self.removed: list[dict[str, bool]] = []
        self._output = output
        self._error = error

    def reload(self) -> None:
        """It is as it was."""

    def logs(self, *, tail: int) -> bytes:
        """Return its output."""
        return b"\n".join(self._output.splitlines()[-tail:])

    def remove(self, **options: bool) -> None:
        """Note it, or fail."""
        if self._error:
            raise self._error
        self.removed.append(options)


class Engine:
    """A client of docker-py, with these containers and networks."""

    def __init__(self, containers: list[Any] | None = None, networks: dict[str, list[Any]] | None = None) -> None:
        self.closed = 0
        self.containers = SimpleNamespace(list=lambda **_: containers or [])
        self.networks = SimpleNamespace(list=lambda *, filters: (networks or {}).get(filters["label"], []))

    def close(self) -> None:
        """Count."""
        self.closed += 1


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An engine without containers, and no cleaner."""
    made = Engine()
    monkeypatch.setattr(
        "contract_bench.roles.containers.DockerContainer.get_docker_client", lambda _self: SimpleNamespace(client=made)
    )
    monkeypatch.setattr("testcontainers.core.container.DockerClient", lambda **_: SimpleNamespace(client=made))
    monkeypatch.setattr(testcontainers_config, "ryuk_disabled", True)
    monkeypatch.setattr("contract_bench.roles.containers.inside_container", lambda: False)
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    return made


@pytest.fixture
def at_exit(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would be called at the end of the process."""
    registered: list[Any] = []

    def unregister(called: object) -> None:
        registered[:] = [each for each in registered if each != called]

    monkeypatch.setattr("contract_bench.roles.containers.atexit.register", registered.append)
    monkeypatch.setattr("contract_bench.roles.containers.atexit.unregister", unregister)
    return registered


def hubspot() -> FakeHubSpotContainer:
    """A fake HubSpot that other containers call hubspot."""
    made = FakeHubSpotContainer(contacts=7, scenario="empty")
    made.alias = "hubspot"
    return made


def test_a_connector_gets_token_and_address_under_every_usual_name() -> None:
    connector = ConnectorContainer("a/b:1", hubspot=hubspot(), port=5001, environment={"A": "b", "api-key": "own"})

    token, address = hubspot().token, "http://hubspot:8400"
    assert connector.env == {
        **{"HUBSPOT_API_KEY": token, "hubspot-api-key": token, "api-key": "own"},
        **{"HUBSPOT_BASE_URL": address, "hubspot-base-url": address, "base-url": address},
        **{"PORT": "5001", "port": "5001", "A": "b"},
    }


@pytest.mark.parametrize(
    "made",
    [
        lambda: FakeHubSpotContainer(),
        lambda: ConnectorContainer(hubspot=hubspot()),
        lambda: FakeSesamContainer(Path("node")),
        lambda: ProxyContainer("https://api.example.com"),
    ],
    ids=["hubspot", "connector", "sesam", "proxy"],
)
def test_each_role_runs_as_sesam_runs_it_and_listens_on_the_loopback_interface_only(made: Any) -> None:
    container = made()

    assert container._kwargs["mem_limit"] == container._kwargs["memswap_limit"] == "128m"
    assert (container._kwargs["read_only"], container._kwargs["cap_drop"]) == (True, ["ALL"])
    assert container._kwargs["labels"] == owner_labels()
    assert container.ports == {f"{container.port}/tcp": ("127.0.0.1", None)}


def test_options_override_the_defaults_and_labels_are_added() -> None:
    connector = ConnectorContainer(hubspot=hubspot(), mem_limit="256m", labels={"mine": "1"})

    assert connector._kwargs["mem_limit"] == "256m"
    assert connector._kwargs["labels"] == {**owner_labels(), "mine": "1"}


def test_the_fake_hubspot_is_started_with_its_contacts_scenario_and_token() -> None:
    container = FakeHubSpotContainer(contacts=7, scenario="empty", token="t", control_token="c")

    assert container._command == ["serve", "--host=0.0.0.0", "--contacts=7", "--scenario=empty", "--token=t"]
    assert container.env == {"FAKE_HUBSPOT_CONTROL_TOKEN": "c"}


def test_the_proxy_is_started_with_its_upstream(tmp_path: Path) -> None:
    """A URL as it is; a cassette is mounted."""
    url, cassette = ProxyContainer("http://api:80", control_token="c"), ProxyContainer(str(tmp_path / "walk.yaml"))

    assert url._command == ["--host=0.0.0.0", "--upstream=http://api:80"]
    assert url.env == {"CONTRACT_BENCH_CONTROL_TOKEN": "c"}
    assert url.volumes == {}
    assert cassette._command == ["--host=0.0.0.0", "--upstream=/cassette/walk.yaml"]
    assert cassette.volumes == {str(tmp_path / "walk.yaml"): {"bind": "/cassette/walk.yaml", "mode": "ro"}}


def test_the_node_gets_its_configuration_and_the_addresses_of_its_systems(tmp_path: Path) -> None:
    connector = ConnectorContainer(hubspot=hubspot())
    connector.alias = "connector"

    node = FakeSesamContainer(tmp_path, connector=connector, system="mine", system_urls={"b": "http://b"}, token="t")
    alone = FakeSesamContainer(tmp_path)

    fixed = ["serve", "/node", "--host=0.0.0.0", "--data-dir=/data"]
    assert node._command == [*fixed, "--system-url=mine=http://connector:5000", "--system-url=b=http://b"]
    assert alone._command == fixed
    assert node.volumes == {str(tmp_path): {"bind": "/node", "mode": "ro"}}
    assert node.env == {"SESAM_SECRET_HUBSPOT_API_KEY": "t"}


def test_the_url_is_what_the_engine_published() -> None:
    role = RoleContainer("a/b", port=5000, environment={})
    role._container = Container()

    assert role.url == "http://127.0.0.1:32768"


@pytest.mark.parametrize(
    ("variables", "host"),
    [
        ({"DOCKER_HOST": "tcp://docker:2375"}, "docker"),
        ({"DOCKER_HOST": "tcp://192.0.2.7:2376"}, "192.0.2.7"),
        ({"DOCKER_HOST": "ssh://me@engine.example"}, "engine.example"),
        ({"DOCKER_HOST": "unix:///run/docker.sock"}, None),
        ({"DOCKER_HOST": "tcp://127.0.0.1:2375"}, None),
        ({"DOCKER_HOST": "tcp://localhost:2375"}, None),
        ({"DOCKER_HOST": "unix:///run/docker.sock", "override": "gateway.example"}, "gateway.example"),
    ],
)
def test_an_engine_on_another_machine_is_reached_there(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], host: str | None
) -> None:
    """There ports are published on every interface, and the fakes answer under the name of that machine."""
    monkeypatch.setenv("DOCKER_HOST", variables["DOCKER_HOST"])
    monkeypatch.setattr(testcontainers_config, "tc_host_override", variables.get("override"))
    role = FakeHubSpotContainer()
    role._container = Container()

    assert role.url == f"http://{host or '127.0.0.1'}:32768"
    published: Any = role.ports["8400/tcp"]
    assert published == ("127.0.0.1" if host is None else "0.0.0.0", None)  # noqa: S104 - compared
    assert role.env.get("FAKE_HUBSPOT_ALLOW_HOST") == host
    assert FakeSesamContainer(Path("node")).env.get("FAKE_SESAM_ALLOW_HOST") == host


@pytest.mark.parametrize(
    ("is_inside", "is_published_here", "url"),
    [
        (True, True, "http://127.0.0.1:32768"),
        (True, False, "http://172.17.0.5:8400"),
        (False, False, "http://127.0.0.1:32768"),
    ],
)
def test_beside_other_containers_a_container_is_reached_by_its_own_address(
    monkeypatch: pytest.MonkeyPatch, is_inside: bool, is_published_here: bool, url: str
) -> None:
    """Unless its port is published here: a machine with an engine can look like a container."""
    monkeypatch.setattr("contract_bench.roles.containers.inside_container", lambda: is_inside)
    monkeypatch.setattr("contract_bench.roles.containers._accepts", lambda _host, _port: is_published_here)
    role = FakeHubSpotContainer()
    role._container = Container()

    assert role.url == url


def test_a_container_that_does_not_become_ready_is_removed_and_its_last_lines_are_shown(
    engine: Engine, at_exit: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    container = Container(output=b"old\n" * 40 + b"no such scenario: \xff\n")
    role = RoleContainer("a/b", port=5000, environment={})

    def start(self: RoleContainer) -> None:
        self._container = container
        raise TimeoutError

    monkeypatch.setattr(DockerContainer, "start", start)

    with pytest.raises(ContainerStartError) as caught:
        role.start()

    assert "expected a container of a/b to become ready, got: TimeoutError" in str(caught.value)
    assert caught.value.log_tail.splitlines()[-1] == "no such scenario: \N{REPLACEMENT CHARACTER}"
    assert len(caught.value.log_tail.splitlines()) == 30
    assert container.removed == [{"force": True, "v": True}]
    assert (engine.closed, at_exit) == (1, [])


def test_a_container_that_was_never_made_has_no_last_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_self: RoleContainer) -> None:
        raise DockerException("no such image")

    monkeypatch.setattr(DockerContainer, "start", start)

    with pytest.raises(ContainerStartError, match=r"got: no such image. Its last lines:\n\(none\)"):
        RoleContainer("a/b", port=5000, environment={}).start()


def test_without_the_cleaner_a_container_is_removed_when_the_process_ends(
    at_exit: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless it has been stopped by then."""
    monkeypatch.setattr(DockerContainer, "start", lambda self: self)
    role = RoleContainer("a/b", port=5000, environment={})

    role.start()
    at_start = list(at_exit)
    role.stop()

    assert at_start == [role.stop]
    assert at_exit == []


def test_with_the_cleaner_nothing_is_left_to_the_end_of_the_process(
    at_exit: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(testcontainers_config, "ryuk_disabled", False)
    monkeypatch.setattr("contract_bench.roles.containers.Reaper.get_instance", lambda: None)
    monkeypatch.setattr(DockerContainer, "start", lambda self: self)

    RoleContainer("a/b", port=5000, environment={}).start()

    assert at_exit == []
    assert testcontainers_config.ryuk_disabled is False


@pytest.mark.parametrize("error", [DockerException("x"), OSError("x"), RuntimeError("x"), TimeoutError("x")])
def test_a_cleaner_that_cannot_run_is_disabled(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(testcontainers_config, "ryuk_disabled", False)
    monkeypatch.setattr("contract_bench.roles.containers.Reaper.get_instance", fail)

    disable_ryuk_if_it_cannot_run()

    assert testcontainers_config.ryuk_disabled is True


def test_removing_a_container_that_is_gone_is_no_error() -> None:
    role = RoleContainer("a/b", port=5000, environment={})
    role._container = Container(error=APIError("409"))

    role.stop()

    assert role._container is None
    assert role.log_tail() == ""


def waiting(container: Container, timeout_s: float) -> tuple[AnswersHttp, RoleContainer]:
    """A connector that is waited for."""
    role = RoleContainer("a/b", port=5000, environment={})
    role._container = container
    waits = AnswersHttp(role, "/health").with_startup_timeout(timeout_s)  # type: ignore[arg-type]  # any number works
    waits.with_poll_interval(0.001)
    return waits, role


def test_any_response_means_that_a_connector_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """It need not have a health check."""
    asked: list[str] = []

    def get(url: str, *, timeout: float) -> None:
        asked.append(url)
        if len(asked) < 3:
            raise requests.ConnectionError

    monkeypatch.setattr("contract_bench.roles.containers.requests.get", get)
    waits, role = waiting(Container(), 9)

    waits.wait_until_ready(role._container)  # type: ignore[arg-type]  # stands in for docker-py's

    assert asked == ["http://127.0.0.1:32768/health"] * 3


def test_a_connector_that_never_answers_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def get(_url: str, *, timeout: float) -> None:
        raise requests.ConnectionError

    monkeypatch.setattr("contract_bench.roles.containers.requests.get", get)
    waits, role = waiting(Container(), 0.01)

    with pytest.raises(TimeoutError, match="no response at /health within"):
        waits.wait_until_ready(role._container)  # type: ignore[arg-type]  # stands in for docker-py's


@pytest.mark.parametrize("status", ["exited", "dead"])
def test_a_connector_that_has_ended_is_not_waited_for(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says so, although testcontainers hides what a wait strategy raises."""
    waits, role = waiting(Container(status=status, output=b"no token"), 9)
    monkeypatch.setattr(DockerContainer, "start", lambda self: waits.wait_until_ready(self._container))

    with pytest.raises(ContainerStartError) as caught:
        role.start()

    assert "become ready, got: it has ended. Its last lines:\nno token" in str(caught.value)


def labelled(owner: OwnerProcess | str, *, error: Exception | None = None, session: str | None = None) -> Container:
    """A container with an owner."""
    made = Container(error=error)
    made.labels = {OWNER_LABEL: str(owner)} | ({"org.testcontainers.session-id": session} if session else {})
    return made


def gone() -> OwnerProcess:
    """This process, as it would be if it had started before the machine's last boot."""
    own = OwnerProcess.of_process()
    return OwnerProcess(own.machine, "another", own.pid, own.started)


def test_only_what_belongs_to_owners_that_are_gone_is_removed(caplog: pytest.LogCaptureFixture) -> None:
    """With the networks of the same session, and with networks that carry the label themselves."""
    orphan, own, other = labelled(gone(), session="s1"), labelled(OwnerProcess.of_process()), labelled("of another")
    network, labelled_network, own_network = Container(), Container(), Container()
    labelled_network.attrs = {"Labels": {OWNER_LABEL: str(gone())}}
    own_network.attrs = {"Labels": None}
    networks = {"org.testcontainers.session-id=s1": [network], OWNER_LABEL: [labelled_network, own_network]}

    removed = remove_leftovers(Engine([orphan, own, other], networks))

    assert removed == ["a-container"] * 3
    assert [each.removed for each in (orphan, network, labelled_network)] == [[{"force": True, "v": True}], [{}], [{}]]
    assert own.removed == other.removed == own_network.removed == []
    assert "removed what an earlier run left behind: a-container" in caplog.text


def test_what_cannot_be_removed_is_left_to_the_next_run(caplog: pytest.LogCaptureFixture) -> None:
    assert remove_leftovers(Engine([labelled(gone(), error=APIError("409"))])) == []
    assert caplog.text == ""
