"""Changes behind a reader's back: `/_fake/changes/...`, tokens, grants and types."""

from typing import Any

import pytest

from tests.unit.fake_hubspot.inprocess import Fake

PATH = "/crm/v3/objects/contacts"


@pytest.fixture
def portal(empty: Fake) -> Fake:
    """Three contacts."""
    empty.seed("contacts", *({"id": number, "properties": {"firstname": f"N{number}"}} for number in (1, 2, 3)))
    return empty


def change(fake: Fake, name: str, body: dict[str, Any]) -> Any:
    """Ask for a change."""
    return fake.post(f"/_fake/changes/{name}", body)


def listed(fake: Fake, query: str = "") -> list[str]:
    """The ids in a list."""
    return [one["id"] for one in fake.get(f"{PATH}{query}").json()["results"]]


def test_records_are_archived_restored_and_erased(portal: Fake) -> None:
    """Each id counts once."""
    assert change(portal, "archive", {"ids": ["1", "2", "1"]}).json() == {"changed": 2}
    assert (listed(portal), listed(portal, "?archived=true")) == (["3"], ["1", "2"])
    assert change(portal, "restore", {"ids": ["2", "2"]}).json() == {"changed": 1}
    assert (listed(portal), listed(portal, "?archived=true")) == (["2", "3"], ["1"])
    assert change(portal, "gdpr-delete", {"ids": ["3", "3"]}).json() == {"changed": 1}
    assert (listed(portal), listed(portal, "?archived=true")) == (["2"], ["1"])


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("archive", {"ids": ["1", "9"]}, "there is no living contact with the id '9'"),
        ("restore", {"ids": ["1"]}, "there is no archived contact with the id '1'"),
        ("gdpr-delete", {"ids": ["x"]}, "there is no living contact with the id 'x'"),
        ("touch", {"ids": ["9"]}, "there is no living contact with the id '9'"),
        ("merge", {"primaryId": "1", "otherId": "9"}, "there is no living contact with the id '9'"),
    ],
)
def test_a_missing_record_changes_nothing(portal: Fake, name: str, body: dict[str, Any], message: str) -> None:
    """404, and the message names the id."""
    answer = change(portal, name, body)

    assert (answer.status, answer.json()["error"]) == (404, message)
    assert listed(portal) == ["1", "2", "3"]


def test_touched_records_have_one_time_and_new_values(portal: Fake) -> None:
    """Only those that are named; an unknown property is defined."""
    later = {"advanceMs": 1000}
    assert portal.request("PUT", "/_fake/clock", later).status == 200
    answer = change(portal, "touch", {"ids": ["1", "3"], "properties": {"mood": "good"}})

    rows = portal.get(f"{PATH}?properties=mood").json()["results"]
    assert answer.json() == {"changed": 2}
    assert [row["properties"]["mood"] for row in rows] == ["good", None, "good"]
    assert rows[0]["updatedAt"] == rows[2]["updatedAt"] != rows[1]["updatedAt"]


def test_two_records_are_merged(portal: Fake) -> None:
    """But none with itself."""
    assert change(portal, "merge", {"primaryId": "1", "otherId": "1"}).status == 400
    assert change(portal, "merge", {"primaryId": "1", "otherId": "2"}).json() == {"changed": 2}
    assert len(listed(portal)) == 2


@pytest.mark.parametrize(("lag", "status"), [(-1, 400), (0, 200), (86_400_000, 200), (86_400_001, 400)])
def test_the_lag_of_the_search_has_bounds(portal: Fake, lag: int, status: int) -> None:
    """Up to a day."""
    assert change(portal, "search-lag", {"lagMs": lag}).status == status


def test_a_search_without_lag_is_up_to_date_at_once(portal: Fake) -> None:
    """What the index remembered is forgotten."""
    change(portal, "search-lag", {"lagMs": 60_000})
    portal.request("DELETE", f"{PATH}/1")
    assert portal.post(f"{PATH}/search", {}).json()["total"] == 3

    change(portal, "search-lag", {"lagMs": 0})

    assert portal.post(f"{PATH}/search", {}).json()["total"] == 2


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"kind": "password"}, "a token's kind is private-app, oauth or hapikey, not 'password'"),
        ({"expiresInS": 10**9 + 1}, "expiresInS is at most 1000000000 seconds"),
        ({"expiresInS": -(10**9) - 1}, "expiresInS is at most 1000000000 seconds"),
    ],
)
def test_a_wrong_token_is_refused(portal: Fake, body: dict[str, Any], message: str) -> None:
    """400, and the message says what is expected."""
    answer = portal.post("/_fake/tokens", body)

    assert (answer.status, answer.json()["error"]) == (400, message)


def test_tokens_are_accepted_until_they_expire_or_are_revoked(portal: Fake) -> None:
    """A private app's token does not expire; scopes are enforced."""
    portal.portal.clock.freeze(1_790_000_000_000)
    given = [{}, {"kind": "oauth"}, {"value": "mine", "scopes": ["crm.objects.companies.read"]}]
    made = [portal.post("/_fake/tokens", body).json() for body in given]

    def statuses() -> list[int]:
        return [portal.get(PATH, headers={"authorization": f"Bearer {one['token']}"}).status for one in made]

    assert [one["expiresMs"] for one in made] == [None, 1_790_000_000_000 + 1_800_000, None]
    assert [one["scopes"] for one in made] == [None, None, ["crm.objects.companies.read"]]
    assert made[2]["token"] == "mine"
    assert statuses() == [200, 200, 403]
    assert change(portal, "expire-tokens", {}).json() == {"changed": 1}
    assert statuses() == [200, 401, 403]
    assert portal.request("DELETE", f"/_fake/tokens/{made[0]['token']}").status == 204
    assert statuses() == [401, 401, 403]


def test_a_type_is_defined_and_has_records(portal: Fake) -> None:
    """Under its two full names and its id, in any case. Its name alone is what HubSpot no longer takes."""
    body: dict[str, Any] = {
        "name": "car",
        "labels": {"singular": "Car", "plural": "Cars"},
        "primaryDisplayProperty": "plate",
    }
    body["properties"] = [{"name": "plate", "label": "Plate", "type": "string", "fieldType": "text"}]

    made = portal.post("/_fake/types", body)

    assert made.status == 201
    for spelled in ("p_car", "P_Car", "p62515_car", made.json()["objectTypeId"]):
        assert portal.get(f"/crm/v3/objects/{spelled}").json() == {"results": []}
    for base_name in ("car", "cars"):
        refused = portal.get(f"/crm/v3/objects/{base_name}")
        assert (refused.status, refused.json()["message"]) == (400, f"Unable to infer object type from: {base_name}")
    portal.request("PATCH", "/_fake/assumptions", {"custom-base-name": "accept"})
    assert portal.get("/crm/v3/objects/Cars").json() == {"results": []}
    assert portal.post("/_fake/types", body).status == 409
