"""Links of version 4: making, labelling, reading and removing them, one by one and in batches."""

from typing import Any

import pytest

from tests.unit.fake_hubspot.inprocess import Fake

BATCH = "/crm/v4/associations/contacts/companies/batch"
HUBSPOT = "HUBSPOT_DEFINED"
UNLABELLED, PRIMARY = (HUBSPOT, 279), (HUBSPOT, 1)


@pytest.fixture
def portal(empty: Fake) -> Fake:
    """Two contacts and three companies."""
    empty.seed("contacts", {"id": 1, "properties": {}}, {"id": 2, "properties": {}})
    empty.seed("companies", *({"id": number, "properties": {}} for number in (7, 8, 9)))
    return empty


def spec(kind: tuple[str, int]) -> dict[str, Any]:
    """A type of link in a request."""
    return {"associationCategory": kind[0], "associationTypeId": kind[1]}


def pair(contact: Any, company: Any, *kinds: tuple[str, int]) -> dict[str, Any]:
    """A pair in a batch."""
    return {"from": {"id": str(contact)}, "to": {"id": str(company)}, "types": [spec(kind) for kind in kinds]}


def links(fake: Fake, contact: int) -> dict[int, set[tuple[str, int]]]:
    """The links of a contact to companies."""
    found = fake.get(f"/crm/v4/objects/contacts/{contact}/associations/companies").json()["results"]
    return {
        one["toObjectId"]: {(each["category"], each["typeId"]) for each in one["associationTypes"]} for one in found
    }


def back(fake: Fake, company: int) -> set[int]:
    """The contacts to which a company is linked."""
    found = fake.get(f"/crm/v4/objects/companies/{company}/associations/contacts").json()["results"]
    return {one["toObjectId"] for one in found}


def test_a_default_link_makes_the_first_company_the_primary_one(portal: Fake) -> None:
    """The second one is not; the response has both directions of each link."""
    path = "/crm/v4/objects/contacts/1/associations/default/companies"

    first, second = portal.request("PUT", f"{path}/7"), portal.request("PUT", f"{path}/8")

    assert [len(answer.json()["results"]) for answer in (first, second)] == [4, 2]
    assert second.json()["results"] == [
        {"from": {"id": "1"}, "to": {"id": "8"}, "associationSpec": spec(UNLABELLED)},
        {"from": {"id": "8"}, "to": {"id": "1"}, "associationSpec": spec((HUBSPOT, 280))},
    ]
    assert links(portal, 1) == {7: {UNLABELLED, PRIMARY}, 8: {UNLABELLED}}
    assert (back(portal, 7), back(portal, 8)) == ({1}, {1})
    assert portal.request("PUT", f"{path}/99").status == 404
    assert portal.request("PUT", f"{path.replace('/1/', '/99/')}/7").status == 404


def test_a_link_with_types_is_made_and_removed(portal: Fake) -> None:
    """Removing it takes every type in both directions; the other links stay."""
    path = "/crm/v4/objects/contacts/1/associations/companies"

    made = portal.request("PUT", f"{path}/7", [spec(PRIMARY)])
    portal.request("PUT", f"{path}/8", [spec(UNLABELLED)])

    assert (made.status, made.json()["labels"]) == (201, ["Primary"])
    assert links(portal, 1) == {7: {UNLABELLED, PRIMARY}, 8: {UNLABELLED}}
    assert portal.request("PUT", f"{path}/99", [spec(UNLABELLED)]).status == 404
    assert portal.request("PUT", f"{path}/9", [spec((HUBSPOT, 9999))]).status == 400
    gone = portal.request("DELETE", f"{path}/7")
    assert (gone.status, gone.content) == (204, b"")
    assert (links(portal, 1), back(portal, 7)) == ({8: {UNLABELLED}}, set())


def test_a_batch_links_what_it_can(portal: Fake) -> None:
    """A missing record at either end makes it a 207 and is named."""
    inputs = [pair(1, 7, PRIMARY), pair(99, 8, UNLABELLED), pair(2, "x", UNLABELLED), pair(2, 8, UNLABELLED)]

    answer = portal.post(f"{BATCH}/create", {"inputs": inputs})

    assert answer.status == 207
    assert [(one["fromObjectId"], one["toObjectId"], one["labels"]) for one in answer.json()["results"]] == [
        (1, 7, ["Primary"]),
        (2, 8, []),
    ]
    assert [error["message"] for error in answer.json()["errors"]] == [
        "CONTACT=99 is not valid",
        "x is not a valid ID",
    ]
    assert (links(portal, 1), links(portal, 2)) == ({7: {UNLABELLED, PRIMARY}}, {8: {UNLABELLED}})


def test_a_default_batch_links_what_it_can(portal: Fake) -> None:
    """As single requests do."""
    answer = portal.post(f"{BATCH}/associate/default", {"inputs": [pair(1, 7), pair(1, 99), pair(1, 8)]})

    assert (answer.status, len(answer.json()["results"]), len(answer.json()["errors"])) == (207, 6, 1)
    assert links(portal, 1) == {7: {UNLABELLED, PRIMARY}, 8: {UNLABELLED}}


def test_a_batch_removes_labels_or_links(portal: Fake) -> None:
    """A label alone, then the link to one company, and both ends are checked."""
    portal.post(f"{BATCH}/create", {"inputs": [pair(1, 7, PRIMARY), pair(1, 8, UNLABELLED), pair(2, 7, PRIMARY)]})

    unlabelled = portal.post(f"{BATCH}/labels/archive", {"inputs": [pair(1, 7, PRIMARY)]})

    assert unlabelled.status == 204
    assert (links(portal, 1), links(portal, 2)) == ({7: {UNLABELLED}, 8: {UNLABELLED}}, {7: {UNLABELLED, PRIMARY}})
    ends = {"from": {"id": "1"}, "to": [{"id": "7"}, {"id": "9"}]}
    assert portal.post(f"{BATCH}/archive", {"inputs": [ends]}).status == 204
    assert (links(portal, 1), back(portal, 7)) == ({8: {UNLABELLED}}, {2})


def test_a_batch_reads_links_of_several_records(portal: Fake) -> None:
    """A record without links is an error."""
    portal.post(f"{BATCH}/create", {"inputs": [pair(1, 7, UNLABELLED), pair(1, 9, UNLABELLED)]})

    answer = portal.post(f"{BATCH}/read", {"inputs": [{"id": "1"}, {"id": "2"}]})

    assert answer.status == 207
    (found,) = answer.json()["results"]
    assert (found["from"], [one["toObjectId"] for one in found["to"]]) == ({"id": "1"}, [7, 9])
    (error,) = answer.json()["errors"]
    assert error["message"] == "No company is associated with contact 2."
    assert error["context"] == {"fromObjectId": ["2"], "fromObjectType": ["contact"], "toObjectType": ["company"]}


def test_links_are_read_in_pages(portal: Fake) -> None:
    """Every link once; the link of a page leads to the next one."""
    portal.post(f"{BATCH}/create", {"inputs": [pair(1, company, PRIMARY) for company in (7, 8, 9)]})
    target, seen = "/crm/v4/objects/contacts/1/associations/companies?limit=1", []

    for _ in range(3):
        page = portal.get(target).json()
        seen.append([one["toObjectId"] for one in page["results"]])
        target = page.get("paging", {}).get("next", {}).get("link", "").removeprefix("http://api.test") + "&limit=1"

    assert seen == [[7], [8], [9]]
    assert "paging" not in page


def test_a_label_is_made_renamed_and_deleted_with_its_links(portal: Fake) -> None:
    """The unlabelled link stays; a name can be taken once."""
    labels = "/crm/v4/associations/contacts/companies/labels"
    made = portal.post(labels, {"name": "adviser", "label": "Adviser"}).json()["results"]
    own = ("USER_DEFINED", made[0]["typeId"])
    other = portal.post(labels, {"name": "owner", "label": "Owner"}).json()["results"]
    portal.post(f"{BATCH}/create", {"inputs": [pair(1, 7, own)]})

    renamed = portal.request("PUT", labels, {"associationTypeId": own[1], "label": "Advises"})

    assert portal.post(labels, {"name": "adviser", "label": "x"}).status == 409
    assert len({one["typeId"] for one in (*made, *other)}) == 4
    assert renamed.status == 204
    listed = {one["typeId"]: one["label"] for one in portal.get(labels).json()["results"]}
    assert listed == {279: None, 1: "Primary", own[1]: "Advises", other[0]["typeId"]: "Owner"}
    assert portal.request("PUT", labels, {"associationTypeId": 9999, "label": "x"}).status == 404
    assert links(portal, 1) == {7: {UNLABELLED, own}}
    assert portal.request("DELETE", f"{labels}/x").status == 400
    assert portal.request("DELETE", f"{labels}/{own[1]}").status == 204
    assert links(portal, 1) == {7: {UNLABELLED}}
    reverse = portal.get("/crm/v4/associations/companies/contacts/labels").json()["results"]
    assert {one["typeId"] for one in reverse} == {280, 2, other[1]["typeId"]}


LABELS = "/crm/v4/associations/contacts/companies/labels"


def test_the_two_directions_of_a_label_may_have_names_of_their_own(portal: Fake) -> None:
    """`inverseLabel` is that of the way back; without it both have the same."""
    paired = portal.post(LABELS, {"name": "mgr", "label": "Manager", "inverseLabel": "Managed by"}).json()["results"]
    single = portal.post(LABELS, {"name": "peer", "label": "Peer"}).json()["results"]

    assert [one["label"] for one in (*paired, *single)] == ["Manager", "Managed by", "Peer", "Peer"]
    back = portal.get("/crm/v4/associations/companies/contacts/labels").json()["results"]
    assert {one["label"] for one in back} == {None, "Primary Company", "Managed by", "Peer"}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (
            pair("unknown_id_1", 7, UNLABELLED),
            {
                "status": "error",
                "category": "VALIDATION_ERROR",
                "subCategory": "crm.associations.INVALID_IDENTIFIER",
                "message": "unknown_id_1 is not a valid ID",
                "context": {"id": ["unknown_id_1"]},
            },
        ),
        (
            pair(98, 99, UNLABELLED),
            {"status": "error", "category": "VALIDATION_ERROR", "message": "CONTACT=98 is not valid"},
        ),
    ],
)
def test_a_bad_pair_of_a_batch_has_one_error(portal: Fake, given: dict[str, Any], error: dict[str, Any]) -> None:
    """Source: recording (amp-labs 2026-03; hubspot-api-ruby 2022: of two missing ends the first is named)."""
    answer = portal.post(f"{BATCH}/create", {"inputs": [given]})

    assert (answer.status, answer.json()["results"], answer.json()["errors"]) == (207, [], [error])


def test_records_of_one_type_are_linked_with_each_other_but_not_with_themselves(portal: Fake) -> None:
    """With HubSpot's own type ids, which the official clients have as constants."""
    path = "/crm/v4/associations/contacts/contacts/batch/create"

    answer = portal.post(path, {"inputs": [pair(1, 2, (HUBSPOT, 449)), pair(1, 1, (HUBSPOT, 449))]})

    assert answer.status == 207
    assert [(one["fromObjectId"], one["toObjectId"]) for one in answer.json()["results"]] == [(1, 2)]
    assert [one["message"] for one in answer.json()["errors"]] == ["Object 1 cannot be associated to itself (1)"]
    for one, other in ((1, 2), (2, 1)):
        (row,) = portal.get(f"/crm/v4/objects/contacts/{one}/associations/contacts").json()["results"]
        assert (row["toObjectId"], [kind["typeId"] for kind in row["associationTypes"]]) == (other, [449])


def test_a_company_has_a_parent_and_the_parent_a_child(portal: Fake) -> None:
    """13 and 14 are each other's way back."""
    made = portal.request("PUT", "/crm/v4/objects/companies/7/associations/companies/8", [spec((HUBSPOT, 13))])

    assert (made.status, made.json()["fromObjectId"], made.json()["toObjectId"]) == (201, 7, 8)
    for one, type_id in ((7, 13), (8, 14)):
        (row,) = portal.get(f"/crm/v4/objects/companies/{one}/associations/companies").json()["results"]
        assert {kind["typeId"] for kind in row["associationTypes"]} == {450, type_id}


def test_an_unknown_name_of_a_type_of_link_is_told_with_both_types(portal: Fake) -> None:
    """Source: recording (belong-inc/go-hubspot)."""
    body = {"inputs": [{"from": {"id": "1"}, "to": {"id": "7"}, "type": "test"}]}

    answer = portal.post("/crm/v3/associations/deals/contacts/batch/create", body)

    assert answer.status == 400
    refused = answer.json()
    assert refused["message"] == "test is not a valid association type between deals and contacts"
    assert refused["subCategory"] == "crm.associations.INVALID_ASSOCIATION_TYPE"
    assert refused["context"] == {"type": ["test"], "fromObjectType": ["deals"], "toObjectType": ["contacts"]}


@pytest.mark.parametrize("kind", ["contact_to_company_unlabeled", "279"])
def test_a_link_of_version_3_is_made_by_the_name_or_the_id_of_its_type(portal: Fake, kind: str) -> None:
    """Source: recording (hubspot-api-ruby: 200, the record with its links)."""
    path = "/crm/v3/objects/contacts/1/associations/companies"

    made = portal.request("PUT", f"{path}/7/{kind}")

    assert (made.status, made.json()["id"]) == (200, "1")
    assert made.json()["associations"]["companies"]["results"] == [{"id": "7", "type": "contact_to_company_unlabeled"}]
    assert links(portal, 1) == {7: {UNLABELLED}}
    assert portal.request("PUT", f"{path}/99/{kind}").status == 404
    assert portal.request("PUT", f"{path}/7/no_such_type").status == 400
    assert portal.request("DELETE", f"{path}/7/{kind}").status == 204
    assert links(portal, 1) == {}
