"""The main job with the three roles in containers: what HubSpot does decides what the node stores, and nothing else."""

import json

import pytest
import requests

from tests.e2e import engine
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_success_gives_an_array_whose_every_entity_has_an_id_and_lands_in_the_dataset(stack: Stack) -> None:
    """The service answers one array, and the node stores what is in it."""
    stack.switch_scenario("success")
    contacts = stack.hubspot_ids()

    entities = stack.pull().json()
    event = stack.pipe.pump()

    assert [entity["_id"] for entity in entities] == contacts
    assert event["event_type"] == "pump-completed"
    assert sorted(entity["_id"] for entity in stack.pipe.dataset()) == sorted(contacts)


def test_paging_gives_every_contact_exactly_once(stack: Stack) -> None:
    """Several pages become one array and one dataset without a gap and without a double."""
    stack.switch_scenario("paging")
    contacts = stack.hubspot_ids()
    assert len(contacts) > 2 * 100, "the scenario must need more than two pages"

    entities = stack.pull().json()
    event = stack.pipe.pump()

    assert sorted(entity["_id"] for entity in entities) == sorted(contacts)
    assert event["event_type"] == "pump-completed"
    assert sorted(entity["_id"] for entity in stack.pipe.dataset()) == sorted(contacts)


def test_an_error_500_fails_the_pull_and_leaves_the_dataset_untouched(stack: Stack) -> None:
    """The puller sees another status than 200, the log a failed pump, the dataset nothing."""
    stack.switch_scenario("success")
    stack.pipe.pump()
    before = stack.pipe.dataset()
    assert before, "there must be something to lose"

    stack.switch_scenario("server-error")
    status = stack.pull().status_code
    event = stack.pipe.pump()

    assert status >= 500
    assert event["event_type"] == "pump-failed"
    assert stack.pipe.dataset() == before


def test_an_error_on_page_2_breaks_the_array_off_and_deletes_nothing(stack: Stack) -> None:
    """The answer began with 200, and still neither the puller nor the node takes it for a complete one."""
    stack.switch_scenario("paging")
    stack.pipe.pump()
    before = stack.pipe.dataset()

    stack.switch_scenario("error-on-page-2")
    answer = stack.pull()
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        _ = answer.content
    event = stack.pipe.pump()

    assert answer.status_code == 200
    assert event["event_type"] == "pump-failed"
    assert stack.pipe.dataset() == before


def test_the_rerun_after_an_error_on_page_2_is_complete(stack: Stack) -> None:
    """What the failed run wrote stays, the next one brings the rest, and no contact comes twice."""
    stack.switch_scenario("error-on-page-2")
    failed = stack.pipe.pump()
    ids_after_failure = stack.live_ids()

    stack.switch_scenario("success")
    completed = stack.pipe.pump()
    contacts = stack.hubspot_ids()

    assert failed["event_type"] == "pump-failed"
    assert len(ids_after_failure) < len(contacts)
    assert completed["event_type"] == "pump-completed"
    assert sorted(entity["_id"] for entity in stack.pipe.dataset()) == sorted(contacts)


def test_every_container_of_the_compose_file_is_healthy_and_locked_up(stack: Stack, project: engine.Project) -> None:
    """Non-root, read-only root file system, no capability, no new privileges, and ports on the loopback only."""
    containers = json.loads(engine.docker("inspect", *project.containers()))

    assert len(containers) == len(engine.ROLES)
    for container in containers:
        host = container["HostConfig"]
        bindings = [binding for port in container["NetworkSettings"]["Ports"].values() for binding in port or []]
        assert container["State"]["Health"]["Status"] == "healthy"
        assert container["Config"]["User"].split(":")[0] not in {"", "0", "root"}
        assert host["ReadonlyRootfs"]
        assert host["CapDrop"] == ["ALL"]
        assert host["SecurityOpt"] == ["no-new-privileges:true"]
        assert {binding["HostIp"] for binding in bindings} == {"127.0.0.1"}
