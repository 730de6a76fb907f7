"""Where faults reach: pages of every kind of list, responses without a body, and errors inside a fault."""

from collections.abc import Iterator
from typing import Any

import pytest

from fake_hubspot.faults import catalogue, faults_of
from fake_hubspot.settings import Settings
from tests.unit.fake_hubspot.faults.conftest import Bench
from tests.unit.fake_hubspot.inprocess import Fake

NO_BODY = ("byte-order-mark", "extra-json", "invalid-json", "invalid-utf8", "wrong-charset", "truncated-json")
NO_WIRE = ("cut-chunk", "gzip-checksum", "malformed-chunk", "missing-last-chunk", "truncated-gzip", "bad-gzip")
SERVER_ERROR = {"fault": "server-error", "times": "forever", "where": {"page": 2}}


@pytest.fixture(scope="module")
def linked() -> Iterator[Fake]:
    """Five contacts, all members of a list and linked to one company; more owners than a page has."""
    fake = Fake(Settings(contacts=0))
    contacts = [{"id": number, "properties": {"email": f"a{number}@example.com"}} for number in range(1, 6)]
    fake.seed("contacts", *contacts)
    fake.seed("companies", {"id": 9, "properties": {"name": "C"}})
    pairs = [{"from": {"id": "9"}, "to": {"id": str(one["id"])}} for one in contacts]
    fake.post("/crm/v4/associations/companies/contacts/batch/associate/default", {"inputs": pairs})
    made = {"name": "L", "objectTypeId": "0-1", "processingType": "MANUAL"}
    fake.post("/crm/v3/lists", made)
    fake.request("PUT", "/crm/v3/lists/1/memberships/add", [one["id"] for one in contacts])
    owners = [{"id": number, "email": f"o{number}@example.com", "userId": number} for number in range(1, 4)]
    fake.post("/_fake/seed", {"owners": owners})
    yield fake
    fake.app.portals.close()


def pages(fake: Fake, path: str) -> list[int]:
    """Return the statuses of the pages of a walk along `paging.next.after`, twice each: a retry has the same number."""
    statuses, after = [], ""
    for _ in range(3):
        answers = [fake.get(f"{path}limit=2{after}") for _ in range(2)]
        statuses += [answer.status for answer in answers]
        if answers[0].status != 200:
            break
        after = f"&after={answers[0].json()['paging']['next']['after']}"
    return statuses


@pytest.mark.parametrize(
    "path",
    [
        "/crm/v3/owners?",
        "/crm/v4/objects/companies/9/associations/contacts?",
        "/crm/objects/2026-09/companies/9/associations/contacts?",
        "/crm/v3/objects/companies/9/associations/contacts?",
        "/crm/v3/lists/1/memberships?",
    ],
)
def test_a_place_selects_a_page_of_any_list(linked: Fake, path: str) -> None:
    """And the retries of that page."""
    faults = faults_of(linked.app.portals.default)
    faults.clear()
    linked.post("/_fake/faults", SERVER_ERROR)

    assert pages(linked, path) == [200, 200, 500, 500]


def test_a_place_selects_a_page_of_the_lists_of_version_1(linked: Fake) -> None:
    """Whose cursors have one part or two."""
    faults_of(linked.app.portals.default).clear()
    linked.post("/_fake/faults", SERVER_ERROR)

    for path in ("all/contacts/all", "recently_updated/contacts/recent", "all/contacts/recent"):
        first = linked.get(f"/contacts/v1/lists/{path}?count=2").json()
        moment = f"&timeOffset={first['time-offset']}" if "time-offset" in first else ""
        second = f"/contacts/v1/lists/{path}?count=2&vidOffset={first['vid-offset']}{moment}"
        assert [linked.get(second).status for _ in range(2)] == [500, 500]


def test_a_place_selects_one_of_several_batch_reads(linked: Fake) -> None:
    """A new body is the next batch, a repeated one a retry."""
    faults_of(linked.app.portals.default).clear()
    linked.post("/_fake/faults", SERVER_ERROR)

    bodies: list[Any] = [{"inputs": [{"id": str(number)}], "properties": []} for number in (1, 2, 1, 2, 3)]
    statuses = [linked.post("/crm/v3/objects/contacts/batch/read", body).status for body in bodies]

    assert statuses == [200, 500, 200, 500, 200]


def test_a_fault_that_changes_records_leaves_other_pages_alone(linked: Fake) -> None:
    """Links and members are no records; the fault waits for a page that has some."""
    faults_of(linked.app.portals.default).clear()
    names = [card.name for card in catalogue() if card.needs_page]
    for name in names:
        linked.post("/_fake/faults", {"fault": name, "times": "forever"})

    answers = [
        linked.get(path)
        for path in ("/crm/v3/lists/1/memberships", "/crm/v4/objects/companies/9/associations/contacts")
    ]

    assert len(names) > 20
    assert [(answer.status, len(answer.json()["results"])) for answer in answers] == [(200, 5)] * 2
    assert not any(armed.fired for armed in faults_of(linked.app.portals.default))
    faults_of(linked.app.portals.default).clear()


@pytest.mark.parametrize("fault", [*NO_BODY, *NO_WIRE])
def test_a_fault_of_the_body_leaves_a_response_without_one_alone(bench: Bench, fault: str) -> None:
    """204, HEAD, and an empty 200; it fires at the next response that has a body."""
    armed = bench.arm(fault)

    gone = bench.ask("/crm/v3/objects/contacts/999999", method="DELETE")
    head = bench.ask(bench.paths[0], method="HEAD")

    assert (gone.status, gone.body, head.status, head.body) == (204, b"", 200, b"")
    assert armed.fired == 0
    bench.page(1)
    assert armed.fired == 1


def test_an_error_inside_a_fault_is_answered_like_any_other(bench: Bench) -> None:
    """A contact whose address is blocked cannot be created by the fault either."""
    made = bench.portal.records.create(bench.portal.types["contacts"], {"email": "x@example.com"}, record_id=None)
    bench.portal.records.archive(bench.portal.types["contacts"], made)
    bench.fresh()
    first = bench.arm("created-during-walk")
    assert bench.page(1).status == 200
    created = max(one.id for one in bench.portal.store.page("0-1", from_id=1, limit=10_000, archived=False))
    kind = bench.portal.types["contacts"]
    bench.portal.records.erase(kind, bench.portal.store.get("0-1", created) or made)
    bench.arm("created-during-walk")

    seen = bench.page(1)

    assert first.fired == 1
    assert seen.status == 400
    assert seen.json["category"] == "VALIDATION_ERROR"
    assert seen.json["correlationId"] == seen.headers[b"x-hubspot-correlation-id"].decode()
