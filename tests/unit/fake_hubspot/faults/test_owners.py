"""Faults on pages of owners, whose list has cursors and links like a list of records."""

import json
from typing import Any

import pytest

from fake_hubspot.faults import catalogue
from tests.unit.fake_hubspot.inprocess import Fake, Response

PATH = "/crm/v3/owners?limit=3"
PAGES = [card for card in catalogue() if card.needs_page and not card.changes_portal and not card.needs_chosen_cursor]


@pytest.fixture
def owners(fake: Fake) -> Fake:
    """A portal with ten owners on four pages; the owner that every account has comes last."""
    given = [{"id": number, "email": f"o{number}@example.com", "userId": number} for number in range(10, 100, 10)]
    fake.post("/_fake/seed", {"owners": given})
    return fake


def walk(fake: Fake, *, most: int = 6) -> list[Response]:
    """Request page after page while there is a cursor, up to a maximum."""
    pages = [fake.get(PATH)]
    while len(pages) < most and (following := pages[-1].json().get("paging")):
        pages.append(fake.get(f"{PATH}&after={following['next']['after']}"))
    return pages


def arm(fake: Fake, fault: str, *, page: int = 2, **params: Any) -> None:
    """Set a fault on a page of the owners, once."""
    rule = {"fault": fault, "params": params, "where": {"route": "owners.list", "page": page}}
    assert fake.post("/_fake/faults", rule).status == 201


def ids(pages: list[Response]) -> list[str]:
    """Return the ids of the owners in the order of their pages."""
    return [owner["id"] for page in pages for owner in page.json()["results"]]


@pytest.mark.parametrize(
    ("card", "params"),
    [
        pytest.param(card, params, id=f"{card.name}{n or ''}")
        for card in PAGES
        for n, params in enumerate(({}, *card.examples))
    ],
)
def test_every_page_fault_fires_at_a_page_of_owners(owners: Fake, card: Any, params: dict[str, Any]) -> None:
    """The journal names it at the page that the rule selects."""
    fault = card.name
    first = json.loads(owners.get(PATH).content)["paging"]["next"]["after"]
    arm(owners, fault, **params)

    changed = owners.get(f"{PATH}&after={first}")

    entry = owners.get("/_fake/journal").json()["entries"][-1]
    assert (entry["fault"], entry["page"], changed.status) == (fault, 2, 200)


@pytest.mark.parametrize("fault", ["short-page", "empty-page-with-cursor", "duplicated-page"])
def test_a_fault_that_loses_nothing_lets_the_client_read_every_owner(owners: Fake, fault: str) -> None:
    """The cursor of the page with the fault leads to the owners that it left out."""
    everybody = set(ids(walk(owners)))
    arm(owners, fault)

    seen = ids(walk(owners))

    assert set(seen) == everybody if fault != "duplicated-page" else set(seen) < everybody


def test_an_endless_cursor_leads_back_to_its_own_page(owners: Fake) -> None:
    """The link has the path of the owners."""
    after = owners.get(PATH).json()["paging"]["next"]["after"]
    arm(owners, "endless-cursor")

    following = owners.get(f"{PATH}&after={after}").json()["paging"]["next"]

    assert following["after"] == after
    assert following["link"].startswith("http://api.test/crm/v3/owners?limit=3&after=")


@pytest.mark.parametrize("fault", [card.name for card in catalogue() if card.changes_portal])
def test_a_portal_change_fires_at_pages_of_records_only(owners: Fake, fault: str) -> None:
    """Owners are not records, so the fault does not fire there."""
    owners.post("/_fake/faults", {"fault": fault})

    answer = owners.get(PATH)

    assert answer.status == 200
    assert owners.get("/_fake/faults").json()["faults"][0]["matched"] == 0
    assert owners.get("/crm/v3/objects/contacts").status == 200
    assert owners.get("/_fake/faults").json()["faults"][0]["fired"] == 1


@pytest.mark.parametrize("target", ["objects/contacts", "associations/contacts/companies"])
@pytest.mark.parametrize("category", ["RATE_LIMITS", "INTERNAL_ERROR"])
def test_the_last_part_of_a_batch_fails(fake: Fake, target: str, category: str) -> None:
    """The other parts arrive. Without the fault everything does."""
    fake.seed("contacts", *({"id": number, "properties": {}} for number in (101, 102)))
    fake.seed("companies", {"id": 301, "properties": {}})
    links = [{"from": {"id": contact}, "to": {"id": "301"}} for contact in ("101", "102")]
    fake.post("/crm/v4/associations/contacts/companies/batch/associate/default", {"inputs": links})
    fake.post("/_fake/faults", {"fault": "partial-batch", "params": {"category": category}})
    path, body = f"/crm/v3/{target}/batch/read", {"inputs": [{"id": "101"}, {"id": "102"}]}

    partial, whole = fake.post(path, body), fake.post(path, body)

    assert (partial.status, len(partial.json()["results"])) == (207, 1)
    assert [error["category"] for error in partial.json()["errors"]] == [category]
    assert (whole.status, len(whole.json()["results"])) == (200, 2)


def test_an_impossible_time_and_the_wrong_list_reach_owners(owners: Fake) -> None:
    """Their walk is like that of records."""
    arm(owners, "impossible-time", page=1)
    assert owners.get(PATH).json()["results"][-1]["updatedAt"] == "2026-13-01T12:00:00.000Z"

    arm(owners, "ignores-archived", page=1)
    answer = owners.get(f"{PATH}&archived=true").json()
    assert {owner["archived"] for owner in answer["results"]} == {False}
