"""The users of the account, quotes and their templates: what a connector reads beside the usual objects."""

import pytest

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


def test_quotes_are_records_with_links_to_line_items_and_templates(fake: Fake) -> None:
    """Their default properties are those of HubSpot's guide."""
    made = fake.post("/crm/v3/objects/quotes", {"properties": {"hs_title": "Offer"}}).json()
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
