"""The one law, when containers and networks fail during a pull: nothing is lost, and the next pull completes.

Each test runs a full and an incremental pull at the same time and looks only at the node.
"""

import pytest
import requests

from tests.e2e.law import LawCheck
from tests.e2e.loop import Loop, state_of

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.fixture
def check(loop: Loop, request: pytest.FixtureRequest) -> LawCheck:
    """A check of both pipes of the connector that gives up early."""
    return LawCheck(loop, "hasty", request.node.name.removeprefix("test_"))


@pytest.fixture
def patient_check(loop: Loop, request: pytest.FixtureRequest) -> LawCheck:
    """A check of both pipes of the connector that retries for longer."""
    return LawCheck(loop, "patient", request.node.name.removeprefix("test_"))


def test_connector_killed_during_a_pull(loop: Loop, check: LawCheck) -> None:
    """After SIGKILL, no handler of the connector can run."""
    check.start()

    loop.kill(loop.connectors["hasty"])

    check.assert_failed_without_damage()
    check.assert_recovers()


def test_connector_stopped_during_a_pull(loop: Loop, check: LawCheck) -> None:
    """After SIGTERM, as when a node replaces a connector, the pull is aborted and the process ends cleanly."""
    check.start()

    loop.stop(loop.connectors["hasty"])

    check.assert_failed_without_damage()
    assert state_of(loop.connectors["hasty"])["ExitCode"] == 0
    check.assert_recovers()


def test_hubspot_paused_for_longer_than_the_connector_waits(loop: Loop, check: LawCheck) -> None:
    """The connections stay open, but no data arrives."""
    check.start()

    loop.pause(loop.hubspot)
    check.wait_for_pumps()
    loop.unpause(loop.hubspot)

    check.assert_failed_without_damage()
    check.assert_recovers()


def test_hubspot_paused_for_less_than_the_connector_waits(loop: Loop, patient_check: LawCheck) -> None:
    patient_check.start()

    loop.pause(loop.hubspot)
    loop.unpause(loop.hubspot)
    loop.release_pulls()

    patient_check.assert_completed()


def test_network_between_connector_and_hubspot_cut(loop: Loop, check: LawCheck) -> None:
    """The host disappears halfway, and so does its name."""
    check.start()

    loop.disconnect(loop.upstream, loop.connectors["hasty"])

    check.assert_failed_without_damage()
    check.assert_recovers()


def test_network_between_connector_and_hubspot_cut_and_restored_in_time(loop: Loop, patient_check: LawCheck) -> None:
    """The connector retries over new connections until HubSpot is reachable."""
    connector = loop.connectors["patient"]
    patient_check.start()

    loop.disconnect(loop.upstream, connector)
    loop.reconnect(loop.upstream, connector)
    loop.release_pulls()

    patient_check.assert_completed()


def test_network_between_node_and_connector_cut(loop: Loop, check: LawCheck) -> None:
    """Neither side is notified, so the read timeout of the node has to end the pump."""
    check.start()

    loop.disconnect(loop.downstream, loop.connectors["hasty"])

    messages = check.assert_failed_without_damage()
    assert all("timed out" in message.lower() for message in messages)
    check.assert_recovers()


def test_name_of_hubspot_that_does_not_resolve(loop: Loop, check: LawCheck) -> None:
    """This fails before the first byte, so the pull gets an error status and a message that names the host."""
    connector = loop.connectors["hasty"]
    loop.disconnect(loop.upstream, connector)

    response = requests.get(f"{connector.url}/get_contacts", timeout=60)
    check.start_without_delay()

    messages = check.assert_failed_without_damage()
    assert response.status_code in (502, 504)
    assert "hubspot:8400" in response.json()["message"]
    assert all("hubspot:8400" in message for message in messages)
    check.assert_recovers()
