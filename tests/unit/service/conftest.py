"""Fixtures for the connector's tests."""

from collections.abc import Iterator

import pytest

from tests.support.service_process import ServiceProcess
from tests.support.upstream_stub import TOKEN, UpstreamStub


@pytest.fixture(scope="session")
def upstream_server() -> Iterator[UpstreamStub]:
    """The scripted HubSpot of the connector that runs as a process."""
    stub = UpstreamStub()
    yield stub
    stub.close()


@pytest.fixture
def upstream(request: pytest.FixtureRequest) -> Iterator[UpstreamStub]:
    """A HubSpot that responds as the test specifies, and with an empty list until then.

    A pull that is closed early may already have sent its next request, which can arrive much later. So each test has a
    HubSpot of its own, except with the process, which is started once.
    """
    if "service_server" in request.fixturenames:
        shared: UpstreamStub = request.getfixturevalue("upstream_server")
        shared.reset()
        yield shared
        return
    stub = UpstreamStub()
    yield stub
    stub.close()


@pytest.fixture(scope="session")
def service_server(upstream_server: UpstreamStub) -> Iterator[ServiceProcess]:
    """One connector process for all tests of a worker process, with three records per page."""
    process = ServiceProcess.in_front_of(upstream_server.url)
    yield process
    assert process.stop() == 0
    assert TOKEN not in process.everything


@pytest.fixture
def service(service_server: ServiceProcess, upstream: UpstreamStub) -> ServiceProcess:
    """The connector as a process in front of the scripted HubSpot."""
    service_server.forget_output()
    return service_server
