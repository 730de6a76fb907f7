"""The three roles in a compose project: successful and failed pulls, and what the node stores."""

import json

import pytest
import requests

from tests.e2e import engine
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_successful_pull_stores_every_contact_in_the_dataset(stack: Stack) -> None:
    stack.switch_scenario("success")
    contacts = stack.hubspot_ids()

    entities = stack.pull().json()
    event = stack.pipe.pump()

    assert [entity["_id"] for entity in entities] == contacts
    assert event["event_type"] == "pump-completed"
    assert sorted(entity["_id"] for entity in stack.pipe.dataset()) == sorted(contacts)


def test_pull_of_several_pages_stores_every_contact_exactly_once(stack: Stack) -> None:
    stack.switch_scenario("paging")
    contacts = stack.hubspot_ids()
    assert len(contacts) > 2 * 100, "the scenario must need more than two pages"

    entities = stack.pull().json()
    event = stack.pipe.pump()

    assert sorted(entity["_id"] for entity in entities) == sorted(contacts)
    assert event["event_type"] == "pump-completed"
    assert sorted(entity["_id"] for entity in stack.pipe.dataset()) == sorted(contacts)


def test_error_500_fails_the_pull_and_leaves_the_dataset_unchanged(stack: Stack) -> None:
    stack.switch_scenario("success")
    stack.pipe.pump()
    before = stack.pipe.dataset()
    assert before, "the test needs entities that could be lost"

    stack.switch_scenario("server-error")
    status = stack.pull().status_code
    event = stack.pipe.pump()

    assert status >= 500
    assert event["event_type"] == "pump-failed"
    assert stack.pipe.dataset() == before


def test_error_on_page_2_aborts_the_array_and_deletes_nothing(stack: Stack) -> None:
    """The response has started with status 200, so only the missing end of the array shows the error."""
    stack.switch_scenario("paging")
    stack.pipe.pump()
    before = stack.pipe.dataset()

    stack.switch_scenario("error-on-page-2")
    response = stack.pull()
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        _ = response.content
    event = stack.pipe.pump()

    assert response.status_code == 200
    assert event["event_type"] == "pump-failed"
    assert stack.pipe.dataset() == before


def test_run_after_an_error_on_page_2_completes_the_dataset(stack: Stack) -> None:
    """The entities of the failed run are kept, and none is stored twice."""
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


def test_every_container_of_the_compose_file_is_healthy_and_restricted(stack: Stack, project: engine.Project) -> None:
    """Non-root, read-only root file system, no capabilities, no new privileges, ports on the loopback only."""
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
