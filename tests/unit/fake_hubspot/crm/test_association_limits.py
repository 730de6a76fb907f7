"""How many links of a type a record may have, as an administrator sets it."""

from typing import Any

import pytest

from tests.unit.fake_hubspot.inprocess import Fake

LIMITS = "/crm/v4/associations/definitions/configurations"
LINK = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}


def limit(most: int) -> dict[str, Any]:
    """A limit of companies for a contact."""
    return {"inputs": [{"category": "HUBSPOT_DEFINED", "typeId": 279, "maxToObjectIds": most}]}


@pytest.fixture
def linked(empty: Fake) -> Fake:
    """A contact that is linked with the one company that it may have, and another company."""
    empty.seed("contacts", {"id": "1", "properties": {"email": "a@example.com"}})
    empty.seed("companies", {"id": "7", "properties": {}}, {"id": "8", "properties": {}})
    empty.post(f"{LIMITS}/contacts/companies/batch/create", limit(1))
    assert empty.request("PUT", "/crm/v4/objects/contacts/1/associations/default/companies/7").status == 200
    return empty


def test_limits_are_set_changed_listed_and_removed(empty: Fake) -> None:
    """For one pair and for all; the schema tells them."""
    made = empty.post(f"{LIMITS}/Contact/companies/batch/create", limit(3))
    changed = empty.post(f"{LIMITS}/contacts/companies/batch/update", limit(2))
    listed = [empty.get(f"{LIMITS}/{path}").json()["results"] for path in ("all", "0-1/company", "companies/contacts")]
    links = {one["id"]: one for one in empty.get("/crm/v3/schemas/contacts").json()["associations"]}
    kind = {"category": "HUBSPOT_DEFINED", "typeId": 279}
    gone = empty.post(f"{LIMITS}/contacts/companies/batch/purge", {"inputs": [kind]})

    row = {**kind, "userEnforcedMaxToObjectIds": 3, "label": None}
    assert (made.status, made.json()["results"]) == (201, [row])
    assert (changed.status, changed.json()["results"]) == (200, [{**kind, "userEnforcedMaxToObjectIds": 2}])
    assert listed == [[row | {"userEnforcedMaxToObjectIds": 2}]] * 2 + [[]]
    assert (links["279"]["hasUserEnforcedMaxToObjectIds"], links["279"]["maxToObjectIds"]) == (True, 2)
    assert (links["4"]["hasUserEnforcedMaxToObjectIds"], gone.status) == (False, 204)
    assert empty.get(f"{LIMITS}/all").json() == {"results": []}


@pytest.mark.parametrize("inputs", [limit(0), {"inputs": [{"category": "X", "typeId": 1, "maxToObjectIds": 1}]}])
def test_a_limit_that_cannot_be_is_refused(empty: Fake, inputs: dict[str, Any]) -> None:
    """Nothing is set then."""
    assert empty.post(f"{LIMITS}/contacts/companies/batch/create", inputs).status == 400
    assert empty.get(f"{LIMITS}/all").json() == {"results": []}


def test_no_way_of_linking_goes_beyond_a_limit(linked: Fake) -> None:
    """Single requests are refused, batches say so among their results; from the other side as well."""
    pair = {"from": {"id": "1"}, "to": {"id": "8"}}
    batch = "/crm/v4/associations/contacts/companies/batch"
    single = [
        linked.request("PUT", "/crm/v4/objects/contacts/1/associations/companies/8", [LINK]),
        linked.request("PUT", "/crm/v4/objects/companies/8/associations/default/contacts/1"),
        linked.request("PUT", "/crm/v3/objects/contacts/1/associations/companies/8/279"),
    ]
    many = [
        linked.post(f"{batch}/create", {"inputs": [pair | {"types": [LINK]}]}),
        linked.post(f"{batch}/associate/default", {"inputs": [pair]}),
        linked.post("/crm/v3/associations/contacts/companies/batch/create", {"inputs": [pair | {"type": "279"}]}),
    ]

    assert [(one.status, one.json()["subCategory"]) for one in single] == [
        (400, "crm.associations.TOO_MANY_ASSOCIATIONS")
    ] * 3
    assert [(one.status, one.json()["errors"][0]["context"]) for one in many] == [(207, {"id": ["1"]})] * 3
    assert "more than 1 associations" in many[0].json()["errors"][0]["message"]
    found = linked.get("/crm/v4/objects/contacts/1/associations/companies").json()["results"]
    assert [row["toObjectId"] for row in found] == [7]


def test_what_is_linked_may_be_linked_again(linked: Fake) -> None:
    """It is no link more."""
    answer = linked.request("PUT", "/crm/v4/objects/contacts/1/associations/companies/7", [LINK])

    assert answer.status == 201


def test_a_report_is_promised_to_users_that_exist(empty: Fake) -> None:
    """Nobody sends it."""
    path = "/crm/v4/associations/usage/high-usage-report"

    promised = empty.post(f"{path}/32900490", {}).json()

    assert (promised["userId"], promised["userEmail"]) == (32900490, "owner@example.com")
    assert empty.post(f"{path}/5", {}).status == 404
