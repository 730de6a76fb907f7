"""Every fault of the fake HubSpot: a pull returns exactly what the portal has, or it fails."""

import json
import time
from collections.abc import Iterator
from functools import partial
from typing import Any, Literal

import pytest

from fake_hubspot import FaultRule, Selector, Server, catalogue, faults_of
from fake_hubspot import Settings as HubSpotSettings
from service import Settings, create_app
from service.downstream import PatientDownstreamClient
from service.upstream.account import HubSpotAccount
from tests.contract.hubspot_account import Account

CONTACTS = 25
PAGE_SIZE = 10
# `url` is missing, as in all records before 2025; timestamps have no fraction, as HubSpot writes whole seconds.
HARMLESS = {"missing-key", "whole-seconds"}
FAULTS = sorted(fault.name for fault in catalogue() if not fault.changes_portal and fault.name not in HARMLESS)


@pytest.fixture(scope="module")
def hubspot() -> Iterator[Server]:
    """A portal with three pages of contacts, and one that is archived.

    Its id is the highest. If no archived contact followed, the list of archived ones would be empty after any page, and
    an empty list contradicts nothing.
    """
    with Server(HubSpotSettings(contacts=CONTACTS + 1)) as server:
        account = Account(server)
        listed = account.call("GET", "/crm/v3/objects/contacts", limit="100")["results"]
        account.archive("contacts", listed[-1]["id"])
        yield server


@pytest.fixture(scope="module")
def expected(hubspot: Server) -> list[dict[str, Any]]:
    """What a pull returns without a fault."""
    entities = pull(hubspot, patience_s=20)
    assert entities is not None
    assert len(entities) == CONTACTS
    return entities


class SkippedTime:
    """A monotonic clock that moves on where a pull sleeps, so that the pauses before retries take no time."""

    def __init__(self) -> None:
        self._skipped_s = 0.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return time.monotonic() + self._skipped_s

    def sleep(self, seconds: float) -> None:
        """Skip the time."""
        self._skipped_s += seconds


def pull(server: Server, *, retries: int = 0, patience_s: float = 0.3) -> list[dict[str, Any]] | None:
    """Return the entities of a pull, None if it failed with a status or was cut off."""
    settings = Settings(
        hubspot_api_key=server.token,
        hubspot_base_url=server.url,
        page_size=PAGE_SIZE,
        read_timeout_s=patience_s,
        transfer_timeout_s=patience_s + 0.2,
        retries=retries,
        retry_budget_s=1,
        tilde_strings="keep",
    )
    clock = SkippedTime()
    patient = partial(PatientDownstreamClient, sleep=clock.sleep)
    account = HubSpotAccount(settings, clock=clock, default_downstream=patient)
    response = create_app(settings, account=account).test_client().get("/get_contacts")
    try:
        body = b"".join(response.iter_encoded())
    except ConnectionResetError:
        return None
    finally:
        response.close()
    if response.status_code != 200:
        assert 500 <= response.status_code <= 599
        return None
    entities: list[dict[str, Any]] = json.loads(body)
    return entities


PLACES = [(2, "once"), (3, "forever")]
MORE_PLACES = [(1, "once"), (2, "forever")]
# A list that ends early, and ends there again when the page is requested again: no client can know.
UNDETECTABLE = [("empty-results", 2, "forever"), ("empty-results", 3, "forever")]
CASES = [
    pytest.param(fault, *place, marks=[pytest.mark.proof] if place in MORE_PLACES else [])
    for fault in FAULTS
    for place in (*PLACES, *MORE_PLACES)
    if (fault, *place) not in UNDETECTABLE
]


@pytest.mark.parametrize(("fault", "page", "times"), CASES)
def test_a_pull_is_complete_or_fails(
    hubspot: Server,
    expected: list[dict[str, Any]],
    fault: str,
    page: int,
    times: Literal["once", "forever"],
) -> None:
    """On every page, once or for ever."""
    faults = faults_of(hubspot.app.portals.default)
    faults.clear()
    faults.arm(FaultRule(fault, where=Selector(route="objects.list", page=page), times=times))

    entities = pull(hubspot, retries=1)

    faults.clear()
    assert entities is None or entities == expected
