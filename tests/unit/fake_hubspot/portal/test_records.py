"""Rules of writes: owners, blocked addresses, unique values, the lifecycle stage; and what is bounded."""

import pytest

from fake_hubspot.page_cache import PageCache
from fake_hubspot.portal.limits import TIERS, RateLimits
from tests.unit.fake_hubspot.inprocess import Fake

PATH = "/crm/v3/objects/contacts"
OWNER = {"id": 55, "email": "o@example.com", "userId": 77}


@pytest.mark.parametrize(("owner", "user"), [("55", "77"), ("56", "56")])
def test_an_engagement_has_its_owner_and_user(empty: Fake, owner: str, user: str) -> None:
    """An unknown owner is taken for its user; only a new owner is noted again."""
    empty.post("/_fake/seed", {"owners": [OWNER]})
    empty.assume(unknown_owner="accept")
    given = {"hs_note_body": "x", "hs_timestamp": "2026-01-01T00:00:00Z", "hubspot_owner_id": owner}
    empty.portal.clock.freeze(1_790_000_000_000)

    made = empty.post("/crm/v3/objects/notes", {"properties": given}).json()
    empty.portal.clock.freeze(1_790_000_009_000)
    path = f"/crm/v3/objects/notes/{made['id']}"
    empty.request("PATCH", path, {"properties": {"hubspot_owner_id": owner, "hs_note_body": "y"}})

    wanted = ("hubspot_owner_assigneddate", "hs_all_owner_ids", "hs_user_ids_of_all_owners")
    read = empty.get(f"{path}?properties={','.join(wanted)}").json()["properties"]
    assert [read[name] for name in wanted] == ["2026-09-21T14:13:20Z", owner, user]


@pytest.mark.parametrize(
    ("owner", "status"), [("55", 201), ("56", 400), ("77", 400), ("me", 400), (55, 201), ("", 201)]
)
def test_an_owner_must_exist(empty: Fake, owner: str | int, status: int) -> None:
    """The id of a user is none of an owner; one who has left is gone; no owner at all is fine."""
    empty.post("/_fake/seed", {"owners": [OWNER]})

    answer = empty.post(PATH, {"properties": {"email": "a@example.com", "hubspot_owner_id": owner}})

    assert answer.status == status
    if status == 400:
        assert answer.json()["errors"][0]["code"] == "INVALID_OWNER_ID"


def test_a_lifecycle_stage_moves_forward_unless_it_is_cleared(empty: Fake) -> None:
    """A step back is ignored without an error."""
    made = empty.post(PATH, {"properties": {"firstname": "Ada", "lifecyclestage": "customer"}}).json()["id"]

    def set_stage(stage: str) -> str:
        answer = empty.request("PATCH", f"{PATH}/{made}", {"properties": {"lifecyclestage": stage, "city": stage}})
        assert answer.status == 200
        stored: str = empty.get(f"{PATH}/{made}?properties=lifecyclestage").json()["properties"]["lifecyclestage"]
        return stored

    assert [set_stage("lead"), set_stage("evangelist"), set_stage("customer")] == [
        "customer",
        "evangelist",
        "evangelist",
    ]
    assert set_stage("") in ("", None)
    assert set_stage("lead") == "lead"


def test_a_changed_address_is_free_and_the_new_one_is_taken(empty: Fake) -> None:
    """Regardless of case; a record may keep its own."""
    first = empty.post(PATH, {"properties": {"email": "a@example.com"}}).json()["id"]

    moved = empty.request("PATCH", f"{PATH}/{first}", {"properties": {"email": "b@example.com"}})
    same = empty.request("PATCH", f"{PATH}/{first}", {"properties": {"email": "B@example.com"}})

    assert (moved.status, same.status) == (200, 200)
    assert empty.post(PATH, {"properties": {"email": "B@EXAMPLE.com"}}).status == 409
    assert empty.post(PATH, {"properties": {"email": "A@example.com"}}).status == 201


def test_an_archived_address_is_free(empty: Fake) -> None:
    """HubSpot lets another contact have it."""
    first = empty.post(PATH, {"properties": {"email": "a@example.com"}}).json()["id"]
    empty.request("DELETE", f"{PATH}/{first}")

    assert empty.post(PATH, {"properties": {"email": "a@example.com"}}).status == 201


def test_a_record_is_found_by_its_unique_values_only(empty: Fake) -> None:
    """By the id as a property too; another property is an error."""
    made = empty.post(PATH, {"properties": {"email": "a@example.com", "city": "Oslo"}}).json()["id"]

    assert empty.get(f"{PATH}/A@example.com?idProperty=email").json()["id"] == made
    assert empty.get(f"{PATH}/{made}?idProperty=hs_object_id").json()["id"] == made
    assert empty.get(f"{PATH}/Oslo?idProperty=city").status == 400
    assert empty.get(f"{PATH}/b@example.com?idProperty=email").status == 404


def test_a_clock_that_is_set_back_frees_the_window() -> None:
    """Otherwise the requests of the future would count for ever."""
    limits = RateLimits(TIERS["free"], enforced=True)
    day = 86_400_000
    for _ in range(TIERS["free"].burst):
        assert limits.admit(10 * day) is None
    assert limits.admit(10 * day) == "TEN_SECONDLY_ROLLING"

    assert limits.admit(5 * day) is None


def test_the_cache_of_pages_drops_the_oldest_beyond_its_budget() -> None:
    """And all of them when the portal changes."""
    cache: PageCache[str] = PageCache(budget_bytes=10)
    made: list[str] = []

    def get(key: str, size: int, revision: int = 1) -> str:
        def make() -> tuple[str, int]:
            made.append(key)
            return key, size

        return cache.get_or_make(key, revision, make)

    for key in ("a", "b", "b", "c", "b", "a"):
        assert get(key, 5) == key
    assert made == ["a", "b", "c", "a"]
    get("large", 50)
    get("large", 50)
    assert made == ["a", "b", "c", "a", "large"]
    get("large", 50, revision=2)
    assert made[5:] == ["large"]
