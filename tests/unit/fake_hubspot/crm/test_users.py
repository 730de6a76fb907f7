"""The users of the account, quotes and their templates: what a connector reads beside the usual objects."""

import pytest

from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake

USER = {
    "id": "32900490",
    "email": "owner@example.com",
    "firstName": "Portal",
    "lastName": "Owner",
    "roleIds": [],
    "superAdmin": True,
}


@pytest.mark.parametrize("prefix", ["/settings/v3/users", "/settings/users/2026-03"])
def test_each_owner_is_a_user(fake: Fake, prefix: str) -> None:
    """By id and by e-mail address; unknown users are a 404."""
    assert fake.get(prefix).json() == {"results": [USER]}
    assert fake.get(f"{prefix}/32900490").json() == USER
    assert fake.get(f"{prefix}/owner@example.com?idProperty=EMAIL").json() == USER
    assert [fake.get(f"{prefix}/{each}").status for each in ("1", "x", "y@example.com?idProperty=EMAIL")] == [404] * 3


def test_users_have_pages(fake: Fake) -> None:
    """A link leads to the next one."""
    owners = [{"id": 7, "userId": 8, "email": "b@example.com", "firstName": "B", "lastName": "B"}]
    assert fake.post("/_fake/seed", {"owners": owners}).status == 200

    first = fake.get("/settings/v3/users?limit=1").json()
    rest = fake.get(first["paging"]["next"]["link"].removeprefix("http://api.test")).json()

    assert [len(first["results"]), len(rest["results"])] == [1, 1]
    assert "paging" not in rest
    assert first["results"] != rest["results"]


def test_a_user_is_made_changed_and_removed(fake: Fake) -> None:
    """And is an owner all the while."""
    users = "/settings/v3/users/"
    wanted = {"email": "new@example.com", "firstName": "New", "roleId": 1001, "primaryTeamId": "2001"}

    made = fake.post(users, wanted).json()
    one = f"{users}{made['id']}"
    changed = fake.request("PUT", one, {"roleId": "1002", "lastName": "Name", "secondaryTeamIds": ["2002"]}).json()
    owners = [owner["email"] for owner in fake.get("/crm/v3/owners").json()["results"]]
    teams = fake.get(f"{users}teams").json()["results"]

    assert (made["firstName"], made["roleId"], made["superAdmin"]) == ("New", "1001", False)
    assert (changed["roleIds"], changed["lastName"], changed["primaryTeamId"]) == (["1002"], "Name", "2001")
    assert owners == ["owner@example.com", "new@example.com"]
    assert [[team["userIds"], team["secondaryUserIds"]] for team in teams] == [[[made["id"]], []], [[], [made["id"]]]]
    assert {"1001", "1002"} <= {role["id"] for role in fake.get(f"{users}roles").json()["results"]}
    assert fake.request("DELETE", one).status == 204
    assert fake.get(one).status == 404
    assert [owner["email"] for owner in fake.get("/crm/v3/owners?archived=true").json()["results"]] == [wanted["email"]]


def test_users_that_cannot_be_are_refused(fake: Fake, cases: Cases) -> None:
    """And change nothing."""
    users, email = "/settings/users/v3", "new@example.com"
    for status, body in (
        (400, {}),
        (400, {"email": "nobody"}),
        (409, {"email": "owner@example.com"}),
        (400, {"email": email, "roleId": 7}),
        (400, {"email": email, "secondaryTeamIds": ["7"]}),
    ):
        with cases.case(str(body)):
            assert fake.post(users, body).status == status
    assert fake.get(users).json() == {"results": [USER]}


def test_quotes_are_records_with_links_to_line_items_and_templates(fake: Fake) -> None:
    """Their default properties are those of HubSpot's guide."""
    made = fake.post(
        "/crm/v3/objects/quotes", {"properties": {"hs_title": "Offer", "hs_expiration_date": "2027-01-01"}}
    ).json()
    template = fake.post("/crm/v3/objects/quote_templates", {"properties": {"hs_name": "Plain"}}).json()

    linked = fake.request(
        "PUT", f"/crm/v4/objects/quote/{made['id']}/associations/default/quote_template/{template['id']}"
    )
    (found,) = fake.get("/crm/v3/objects/quotes?associations=quote_templates").json()["results"]

    assert linked.status == 200
    assert found["properties"]["hs_title"] == "Offer"
    assert {"hs_status", "hs_expiration_date", "hs_createdate"} <= found["properties"].keys()
    assert fake.get("/crm/v4/associations/line_item/quote/labels").json()["results"] == [
        {"category": "HUBSPOT_DEFINED", "typeId": 68, "label": None}
    ]
