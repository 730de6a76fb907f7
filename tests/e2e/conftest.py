"""Fixtures for tests in containers: the engine check, images, a compose project, and container logs on failure."""

import os
from collections.abc import Generator, Iterator

import pytest
from pytest_docker.plugin import Services

from tests.e2e import cleaning, engine
from tests.e2e.loop import Loop, opened
from tests.e2e.stack import CONTROL_TOKEN, TOKEN, LogReader, Stack

pytest.register_assert_rewrite("tests.e2e.law")

LOG_READERS = pytest.StashKey[dict[str, LogReader]]()
OUTER_TAG = "CONTRACT_BENCH_E2E_TAG"


@pytest.fixture(scope="session", autouse=True)
def docker_engine() -> None:
    """Skip the tests if there is no engine, or fail them if `CONTRACT_BENCH_REQUIRE_ENGINE` is set.

    If there is one, remove what killed runs left behind.
    """
    reason = engine.missing()
    if reason is None:
        cleaning.clean()
        return
    if os.environ.get("CONTRACT_BENCH_REQUIRE_ENGINE") == "1":
        pytest.fail(f"CONTRACT_BENCH_REQUIRE_ENGINE is set, but {reason}")
    pytest.skip(reason)


# --- Container logs, printed below a failed test ---


@pytest.fixture(scope="session")
def container_logs(pytestconfig: pytest.Config) -> dict[str, LogReader]:
    """Readers of container logs by name; if a test fails, the log of each is added to its report."""
    return pytestconfig.stash.setdefault(LOG_READERS, {})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the container logs to the report of a failed setup or test."""
    report = yield
    if report.failed and report.when != "teardown":
        for name, read in item.config.stash.get(LOG_READERS, {}).items():
            report.sections.append((f"Container log of {name}", safely(read)))
    return report


def safely(read: LogReader) -> str:
    """Return the log or, if it cannot be read, the reason, so that the report is not lost."""
    try:
        return read()
    except Exception as error:
        return f"(cannot be read: {type(error).__name__}: {error})"


# --- One compose project and its images, built once per session with a unique tag ---


@pytest.fixture(scope="session")
def image_tag() -> str:
    """A tag that no other test run uses; a nested run gets the tag of the outer run."""
    return os.environ.get(OUTER_TAG) or engine.unique("e2e")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory, image_tag: str) -> engine.Project:
    """The compose project with the variables of docker-compose.test.yml; shell variables take precedence."""
    env_file = tmp_path_factory.mktemp("compose") / "e2e.env"
    variables = {
        "CONTRACT_BENCH_TAG": image_tag,
        "FAKE_HUBSPOT_TOKEN": TOKEN,
        "FAKE_HUBSPOT_CONTROL_TOKEN": CONTROL_TOKEN,
        "FAKE_HUBSPOT_CONTACTS": "30",
    }
    env_file.write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
    return engine.Project(engine.unique("e2e"), env_file)


@pytest.fixture(scope="session")
def images(docker_engine: None, project: engine.Project, image_tag: str) -> Iterator[dict[str, str]]:
    """Image names by role, built like `make images`. The layers stay in the build cache."""
    names = engine.image_names(image_tag)
    if image_tag == os.environ.get(OUTER_TAG):
        yield names
        return
    project.compose("build")

    yield names

    engine.docker("image", "rm", "--force", *names.values())


# --- Fixtures of pytest-docker, overridden where the defaults leave something behind ---


@pytest.fixture(scope="session")
def docker_compose_file() -> str:
    """The compose file that users start."""
    return str(engine.COMPOSE_FILE)


@pytest.fixture(scope="session")
def docker_compose_command(project: engine.Project) -> str:
    """Compose v2 with the variables of the session."""
    return f'docker compose --env-file "{project.env_file}"'


@pytest.fixture(scope="session")
def docker_compose_project_name(project: engine.Project) -> str:
    """A unique name; the default of pytest-docker is the process id, which can repeat."""
    return project.name


@pytest.fixture(scope="session")
def docker_setup() -> list[str]:
    """No commands: pytest-docker runs them before its `try`, so a failure would not be cleaned up. See `stack`."""
    return []


@pytest.fixture(scope="session")
def docker_cleanup() -> list[str]:
    """Commands that remove containers, networks and volumes."""
    return ["down --volumes --remove-orphans --timeout 5"]


@pytest.fixture(scope="session")
def hubspot_and_service(
    images: dict[str, str],
    docker_services: Services,
    project: engine.Project,
    container_logs: dict[str, LogReader],
) -> Services:
    """The two stateless roles, healthy. `docker_services` removes them even if they did not start."""
    container_logs[project.name] = project.log
    project.compose("up", "--no-build", "--wait", "--wait-timeout", "90", "service")
    del container_logs[project.name]
    return docker_services


@pytest.fixture
def stack(
    hubspot_and_service: Services,
    docker_ip: str,
    project: engine.Project,
    container_logs: dict[str, LogReader],
) -> Iterator[Stack]:
    """The three roles, healthy; the node is new and has no datasets."""
    container_logs[project.name] = project.log
    project.compose("up", "--no-build", "--no-deps", "--wait", "--wait-timeout", "90", "fake-sesam")

    yield Stack(
        hubspot_url=f"http://{docker_ip}:{hubspot_and_service.port_for('fake-hubspot', 8400)}",
        service_url=f"http://{docker_ip}:{hubspot_and_service.port_for('service', 5000)}",
        node_url=f"http://{project.address('fake-sesam', 9042)}",  # pytest-docker caches the port of the first node
        token=TOKEN,
        control_token=CONTROL_TOKEN,
    )

    del container_logs[project.name]
    # With its volume: recreating the container would leave one behind per test.
    project.compose("rm", "--stop", "--force", "--volumes", "fake-sesam")


# --- Three roles on two networks that can be disconnected ---


@pytest.fixture(scope="session")
def whole_loop(images: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    """The containers of the loop, started once per session."""
    with opened(images, tmp_path_factory.mktemp("loop")) as loop:
        yield loop


@pytest.fixture
def loop(whole_loop: Loop, container_logs: dict[str, LogReader]) -> Iterator[Loop]:
    """The loop, healthy; what a test did to it is undone afterwards."""
    containers = {"hubspot": whole_loop.hubspot, **whole_loop.connectors, "sesam": whole_loop.node}
    readers = {**{name: container.log_tail for name, container in containers.items()}, "the loop": whole_loop.story}
    container_logs |= readers

    yield whole_loop

    for name in readers:
        del container_logs[name]
    whole_loop.undo_interruptions()
