"""Rules of an administrator for writes."""

from typing import Any

import pytest

from tests.unit.fake_hubspot.inprocess import Fake

NEWEST = "/crm/objects/2026-09/deals"
OLDER = "/crm/v3/objects/deals"
LOST = {"objectType": "deals", "property": "closed_lost_reason", "required": True, "when": {"dealstage": "closedlost"}}


def put(fake: Fake, *rules: dict[str, Any]) -> None:
    """Set the rules."""
    answer = fake.request("PUT", "/_fake/rules", list(rules))
    assert answer.status == 200, answer.json()


def test_a_rule_holds_on_the_newest_paths_by_every_kind_of_write(empty: Fake) -> None:
    """Only under its condition; nothing is changed."""
    put(empty, LOST)
    lost, won = {"dealstage": "closedlost"}, {"dealstage": "closedwon"}
    record = empty.post(NEWEST, {"properties": won}).json()["id"]
    update = {"id": record, "properties": lost}

    refused = [
        empty.post(NEWEST, {"properties": lost}),
        empty.post(f"{NEWEST}/batch/create", {"inputs": [{"properties": lost}]}),
        empty.request("PATCH", f"{NEWEST}/{record}", {"properties": lost}),
        empty.post(f"{NEWEST}/batch/update", {"inputs": [update]}),
        empty.post(f"{NEWEST}/batch/upsert", {"inputs": [update]}),
    ]

    assert [one.status for one in refused] == [400] * 5
    assert all(one.json()["context"] == {"properties": ["closed_lost_reason"]} for one in refused)
    verbs = [one.json()["message"].split()[1] for one in refused]
    assert verbs == ["creating", "creating", "updating", "updating", "updating"]
    assert [row["id"] for row in empty.get(OLDER).json()["results"]] == [record]
    assert empty.post(NEWEST, {"properties": lost | {"closed_lost_reason": "Price"}}).status == 201
    assert empty.post(OLDER, {"properties": lost}).status == 201


def test_a_rule_can_hold_on_every_path_and_for_new_records_alone(empty: Fake) -> None:
    """As the fields of the form that creates records."""
    record = empty.post(OLDER, {"properties": {"dealname": "A"}}).json()["id"]
    rule = {"objectType": "deals", "property": "amount", "required": True, "onCreate": True, "everyVersion": True}
    put(empty, rule)

    assert empty.post(OLDER, {"properties": {"dealname": "A"}}).status == 400
    assert empty.request("PATCH", f"{OLDER}/{record}", {"properties": {"dealname": "B"}}).status == 200
    put(empty)
    assert empty.post(OLDER, {"properties": {"dealname": "A"}}).status == 201


def test_a_value_can_be_too_long(empty: Fake) -> None:
    """One of the greatest length is not."""
    put(empty, {"objectType": "deals", "property": "dealname", "maxLength": 3})

    answer = empty.post(NEWEST, {"properties": {"dealname": "abcd"}})

    assert (answer.status, answer.json()["errors"][0]["code"]) == (400, "INVALID_LENGTH")
    assert empty.post(NEWEST, {"properties": {"dealname": "abc"}}).status == 201


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"objectType": "deals", "property": "nope", "required": True}, "deals have no property nope"),
        (LOST | {"when": {"nope": "1"}}, "deals have no property nope"),
        ({"objectType": "deals", "property": "amount"}, "the rule for amount demands nothing"),
        ({"objectType": "nope", "property": "amount", "required": True}, "there is no object type 'nope'"),
    ],
)
def test_a_rule_that_could_never_hold_is_refused(empty: Fake, rule: dict[str, Any], text: str) -> None:
    """The rules that there were stay."""
    put(empty, LOST)

    answer = empty.request("PUT", "/_fake/rules", [rule])

    assert (answer.status, text in answer.content.decode()) == (400, True)
    (kept,) = empty.get("/_fake/rules").json()["rules"]
    assert kept | LOST == kept


def test_a_reset_removes_the_rules(empty: Fake) -> None:
    """A portal begins without any."""
    put(empty, LOST)

    empty.post("/_fake/reset", {})

    assert empty.get("/_fake/rules").json() == {"rules": []}


def link_requests(fake: Fake, version: str, deal: str, company: str) -> list[int]:
    """Link a deal with a company in every way; return the statuses."""
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 341}
    back = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 342}
    pair = {"from": {"id": company}, "to": {"id": deal}}
    path, batch = f"/crm/objects/{version}", f"/crm/associations/{version}/companies/deals/batch"
    links = [{"to": {"id": company}, "types": [kind]}]
    record = {"properties": {"dealname": "N"}, "associations": links}
    answers = [
        fake.post(f"{path}/deals", record),
        fake.post(f"{path}/deals/batch/create", {"inputs": [record]}),
        fake.request("PUT", f"{path}/deals/{deal}/associations/companies/{company}", [kind]),
        fake.request("PUT", f"{path}/companies/{company}/associations/default/deals/{deal}"),
        fake.post(f"{batch}/create", {"inputs": [pair | {"types": [back]}]}),
        fake.post(f"{batch}/associate/default", {"inputs": [pair]}),
    ]
    return [one.status for one in answers]


def test_users_may_lack_the_permission_to_link_two_types(empty: Fake) -> None:
    """In either direction, on the newest paths or on all; other links stay possible, and nothing half is written."""
    deal = empty.post(OLDER, {"properties": {"dealname": "A"}}).json()["id"]
    company = empty.post("/crm/v3/objects/companies", {"properties": {"name": "C"}}).json()["id"]
    rule = {"objectType": "companies", "noLinksTo": "DEAL"}
    put(empty, rule)

    refused = link_requests(empty, "2026-09", deal, company)

    assert refused == [403] * 6
    assert [row["id"] for row in empty.get(OLDER).json()["results"]] == [deal]
    assert empty.get(f"/crm/v4/objects/deals/{deal}/associations/companies").json() == {"results": []}
    assert set(link_requests(empty, "2026-03", deal, company)) == {200, 201}
    put(empty, rule | {"everyVersion": True})
    assert set(link_requests(empty, "2026-03", deal, company)) == {403}
    named = {"from": {"id": deal}, "to": {"id": company}, "type": "deal_to_company"}
    assert empty.post("/crm/v3/associations/deals/companies/batch/create", {"inputs": [named]}).status == 403
    assert empty.request("PUT", f"/crm/v3/objects/deals/{deal}/associations/companies/{company}/5").status == 403
    contact = empty.post("/crm/v3/objects/contacts", {"properties": {"email": "a@example.com"}}).json()["id"]
    assert empty.request("PUT", f"/crm/v4/objects/deals/{deal}/associations/default/contacts/{contact}").status == 200
    assert empty.request("PATCH", f"/crm/objects/2026-09/deals/{deal}", {"properties": {"dealname": "B"}}).status == 200


@pytest.mark.parametrize(
    "rule",
    [
        {"objectType": "deals"},
        {"objectType": "deals", "property": "amount", "noLinksTo": "contacts", "required": True},
        {"objectType": "deals", "noLinksTo": "butterflies"},
    ],
)
def test_a_rule_names_a_property_or_a_type(empty: Fake, rule: dict[str, Any]) -> None:
    answer = empty.request("PUT", "/_fake/rules", [rule])

    assert answer.status == 400
    assert any(text in answer.json()["error"] for text in ("noLinksTo", "no object type 'butterflies'"))
