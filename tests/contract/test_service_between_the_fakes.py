"""The connector between the two fakes, as in production: the node pulls the connector, the connector pulls HubSpot."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_bench.roles.loop import Loop, LoopSettings
from fake_hubspot import FaultRule, Selector, faults_of
from tests.contract.hubspot_account import Account

NODE_DIR = Path(__file__).resolve().parents[2] / "node"
FULL = "hubspot-contacts-collect"
SINCE = "hubspot-contacts-collect-since"


@pytest.fixture
def loop() -> Iterator[Loop]:
    """A portal with 25 contacts, a connector that reads ten per page, and a node that has not run yet."""
    environment = {"HUBSPOT_PAGE_SIZE": "10", "HUBSPOT_RETRIES": "0", "SINCE_OVERLAP_S": "5"}
    with Loop(LoopSettings(node_dir=NODE_DIR, contacts=25, connector_environment=environment)) as loop:
        yield loop


def living(loop: Loop, dataset: str) -> dict[str, dict[str, Any]]:
    """Return the entities of a dataset that are not deleted, by id."""
    return {entity["_id"]: entity for entity in loop.node.dataset(dataset).entities(deleted=False)}


def portal_ids(account: Account) -> set[str]:
    """Return the id of every contact."""
    return {row["id"] for row in account.call("GET", "/crm/v3/objects/contacts", limit="100")["results"]}


def test_incremental_runs_follow_the_portal(loop: Loop) -> None:
    """A full run, then changed, new and archived contacts; each run moves the offset and reads only what changed."""
    account = Account(loop.hubspot)
    clock = loop.hubspot.portal.clock
    first = loop.run_pipe(SINCE)
    clock.advance(600_000)
    new = account.create("contacts", email="new@example.com")
    changed, gone = sorted(portal_ids(account) - {new})[:2]
    account.update("contacts", changed, firstname="Changed")
    account.archive("contacts", gone)
    clock.advance(60_000)

    second = loop.run_pipe(SINCE)

    assert (first.ok, first.sync_type, first.processed) == (True, "full", 25)
    assert (second.ok, second.sync_type) == (True, "incremental")
    assert (second.changed, second.processed) == (3, 4)  # the record with the latest time is read again
    assert living(loop, SINCE).keys() == portal_ids(account)
    assert living(loop, SINCE)[changed]["properties"]["firstname"] == "Changed"
    assert str(second.offset) > str(first.offset)


@pytest.mark.parametrize("pipe", [pytest.param(FULL, marks=pytest.mark.proof), SINCE])
def test_a_failed_run_deletes_nothing_and_leaves_the_offset(loop: Loop, pipe: str) -> None:
    """The next run completes."""
    account = Account(loop.hubspot)
    faults = faults_of(loop.hubspot.app.portals.default)
    before = loop.run_pipe(pipe)
    ids = living(loop, pipe).keys()
    loop.hubspot.portal.clock.advance(600_000)
    account.create("contacts", email=f"{pipe}@example.com")
    loop.hubspot.portal.clock.advance(60_000)
    route = "objects.search" if pipe == SINCE else "objects.list"
    faults.arm(FaultRule("close-in-body", where=Selector(route=route), times="forever"))

    failed = loop.run_pipe(pipe)
    faults.clear()
    again = loop.run_pipe(pipe)

    assert (before.ok, failed.ok, again.ok) == (True, False, True)
    assert (failed.deleted, failed.offset) == (0, before.offset)
    assert ids <= living(loop, pipe).keys() == portal_ids(account)


def test_a_full_run_finds_what_incremental_runs_cannot(loop: Loop) -> None:
    """A merged contact is neither in the search nor in the archive; a full run misses it and deletes it."""
    account = Account(loop.hubspot)
    loop.run_pipe(SINCE)
    primary, other = sorted(portal_ids(account))[:2]
    account.call("POST", "/crm/v3/objects/contacts/merge", {"primaryObjectId": primary, "objectIdToMerge": other})
    loop.hubspot.portal.clock.advance(60_000)

    rescan = loop.node.run_pipe(SINCE, is_rescan=True)

    assert rescan.ok
    assert living(loop, SINCE).keys() == portal_ids(account)
