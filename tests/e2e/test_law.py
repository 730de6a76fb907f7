"""The law, where containers and networks fail in the middle of a walk: failed loudly, nothing lost, good the next time.

Each test pulls twice at once, everything and what changed, and looks at the node alone.
"""

import pytest
import requests

from tests.e2e.law import Witness
from tests.e2e.loop import Loop, state_of

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.fixture
def witness(loop: Loop, request: pytest.FixtureRequest) -> Witness:
    """Both pipes of the connector that soon gives up, with much to lose."""
    return Witness(loop, "hasty", request.node.name.removeprefix("test_"))


@pytest.fixture
def patient_witness(loop: Loop, request: pytest.FixtureRequest) -> Witness:
    """Both pipes of the connector that tries for longer."""
    return Witness(loop, "patient", request.node.name.removeprefix("test_"))


def test_connector_killed_in_mid_stream(loop: Loop, witness: Witness) -> None:
    """SIGKILL: no handler of the connector's has a chance to run."""
    witness.start()

    loop.kill(loop.connectors["hasty"])

    witness.assert_failed_without_damage()
    witness.make_good()


def test_connector_stopped_during_a_pull(loop: Loop, witness: Witness) -> None:
    """SIGTERM, as when a node replaces a connector: the pull is broken off and the process ends in order."""
    witness.start()

    loop.stop(loop.connectors["hasty"])

    witness.assert_failed_without_damage()
    assert state_of(loop.connectors["hasty"])["ExitCode"] == 0
    witness.make_good()


def test_hubspot_paused_for_longer_than_the_connector_waits(loop: Loop, witness: Witness) -> None:
    """Its connections stay open and nothing comes."""
    witness.start()

    loop.pause(loop.hubspot)
    witness.wait_for_ends()
    loop.go_on(loop.hubspot)

    witness.assert_failed_without_damage()
    witness.make_good()


def test_hubspot_paused_for_a_moment(loop: Loop, patient_witness: Witness) -> None:
    """Shorter than the connector waits: nobody notices."""
    patient_witness.start()

    loop.pause(loop.hubspot)
    loop.go_on(loop.hubspot)
    loop.let_walks_go()

    patient_witness.assert_whole()


def test_network_between_connector_and_hubspot_cut(loop: Loop, witness: Witness) -> None:
    """The host is gone in mid-walk, and so is its name."""
    witness.start()

    loop.cut(loop.upstream, loop.connectors["hasty"])

    witness.assert_failed_without_damage()
    witness.make_good()


def test_network_between_connector_and_hubspot_cut_and_restored_in_time(loop: Loop, patient_witness: Witness) -> None:
    """The connector tries again, over a new connection, until HubSpot is there again."""
    connector = loop.connectors["patient"]
    patient_witness.start()

    loop.cut(loop.upstream, connector)
    loop.restore(loop.upstream, connector)
    loop.let_walks_go()

    patient_witness.assert_whole()


def test_network_between_node_and_connector_cut(loop: Loop, witness: Witness) -> None:
    """Neither hears of it: the node's own read time-out has to end the pump, and nothing hangs for ever."""
    witness.start()

    loop.cut(loop.downstream, loop.connectors["hasty"])

    messages = witness.assert_failed_without_damage()
    assert all("timed out" in message.lower() for message in messages)
    witness.make_good()


def test_name_of_hubspot_that_does_not_resolve(loop: Loop, witness: Witness) -> None:
    """Known before the first byte, so the pull gets a status, and a message that names the host."""
    connector = loop.connectors["hasty"]
    loop.cut(loop.upstream, connector)

    answer = requests.get(f"{connector.url}/get_contacts", timeout=60)
    witness.start_freely()

    messages = witness.assert_failed_without_damage()
    assert answer.status_code in (502, 504)
    assert "hubspot:8400" in answer.json()["message"]
    assert all("hubspot:8400" in message for message in messages)
    witness.make_good()
