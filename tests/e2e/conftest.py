"""Containers for these tests: an engine or a reason to skip, images built once, a compose project, logs on failure."""

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
    """Skip without an engine, with the reason; fail instead where CI said that there must be one.

    Where there is one, what a killed run left behind is removed first.
    """
    reason = engine.missing()
    if reason is None:
        cleaning.clean()
        return
    if os.environ.get("CONTRACT_BENCH_REQUIRE_ENGINE") == "1":
        pytest.fail(f"CONTRACT_BENCH_REQUIRE_ENGINE is set, but {reason}")
    pytest.skip(reason)


# --- logs of containers, printed below the test that failed ---


@pytest.fixture(scope="session")
def container_logs(pytestconfig: pytest.Config) -> dict[str, LogReader]:
    """Who puts a reader here has its container's log printed when a test fails while it runs."""
    return pytestconfig.stash.setdefault(LOG_READERS, {})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the container logs to the report of a failed set-up or test."""
    report = yield
    if report.failed and report.when != "teardown":
        for name, read in item.config.stash.get(LOG_READERS, {}).items():
            report.sections.append((f"Container log of {name}", safely(read)))
    return report


def safely(read: LogReader) -> str:
    """What there is to read, or why there is nothing: a report must not be lost for it."""
    try:
        return read()
    except Exception as error:
        return f"(it cannot be read: {type(error).__name__}: {error})"


# --- one compose project and its images, built once per session under a tag of its own ---


@pytest.fixture(scope="session")
def image_tag() -> str:
    """A tag that no other test run uses; a run inside of a test is told that of the outer one."""
    return os.environ.get(OUTER_TAG) or engine.unique("e2e")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory, image_tag: str) -> engine.Project:
    """The project and what docker-compose.test.yml is filled with; a variable of the shell is stronger."""
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
    """The images' names by role, built as `make images` builds them. Their layers stay in the build cache."""
    names = engine.image_names(image_tag)
    if image_tag == os.environ.get(OUTER_TAG):
        yield names
        return
    project.compose("build")

    yield names

    engine.docker("image", "rm", "--force", *names.values())


# --- pytest-docker's fixtures, overridden where its defaults leak ---


@pytest.fixture(scope="session")
def docker_compose_file() -> str:
    """The file that users start too."""
    return str(engine.COMPOSE_FILE)


@pytest.fixture(scope="session")
def docker_compose_command(project: engine.Project) -> str:
    """Compose v2 with the session's variables."""
    return f'docker compose --env-file "{project.env_file}"'


@pytest.fixture(scope="session")
def docker_compose_project_name(project: engine.Project) -> str:
    """Unique: pytest-docker's default, the process id, piles up and comes round again."""
    return project.name


@pytest.fixture(scope="session")
def docker_setup() -> list[str]:
    """Nothing: pytest-docker sets up before its `try`, so what failed there would never be cleaned up. See `stack`."""
    return []


@pytest.fixture(scope="session")
def docker_cleanup() -> list[str]:
    """Leave no container, network or volume behind."""
    return ["down --volumes --remove-orphans --timeout 5"]


@pytest.fixture(scope="session")
def hubspot_and_service(
    images: dict[str, str],
    docker_services: Services,
    project: engine.Project,
    container_logs: dict[str, LogReader],
) -> Services:
    """The two roles that keep nothing, healthy. `docker_services` takes them down, whether or not they came up."""
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
    """The three roles, healthy; the node is a new one without any dataset."""
    container_logs[project.name] = project.log
    project.compose("up", "--no-build", "--no-deps", "--wait", "--wait-timeout", "90", "fake-sesam")

    yield Stack(
        hubspot_url=f"http://{docker_ip}:{hubspot_and_service.port_for('fake-hubspot', 8400)}",
        service_url=f"http://{docker_ip}:{hubspot_and_service.port_for('service', 5000)}",
        node_url=f"http://{project.address('fake-sesam', 9042)}",  # pytest-docker remembers the port of the first node
        token=TOKEN,
        control_token=CONTROL_TOKEN,
    )

    del container_logs[project.name]
    # Its volume goes too; recreating the container would leave one behind for each test.
    project.compose("rm", "--stop", "--force", "--volumes", "fake-sesam")


# --- three roles on two networks that can be cut ---


@pytest.fixture(scope="session")
def whole_loop(images: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    """The containers, started once."""
    with opened(images, tmp_path_factory.mktemp("loop")) as loop:
        yield loop


@pytest.fixture
def loop(whole_loop: Loop, container_logs: dict[str, LogReader]) -> Iterator[Loop]:
    """The loop in good health; what a test did to it is undone."""
    containers = {"hubspot": whole_loop.hubspot, **whole_loop.connectors, "sesam": whole_loop.node}
    readers = {**{name: container.log_tail for name, container in containers.items()}, "the loop": whole_loop.story}
    container_logs |= readers

    yield whole_loop

    for name in readers:
        del container_logs[name]
    whole_loop.heal()
