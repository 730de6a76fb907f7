"""Splits of deals are records, which the CRM API reads too."""

from typing import Any

import pytest

from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake

BATCH = "/crm/v3/objects/deals/splits/batch"
OWNERS = (901, 902)


@pytest.fixture
def deal(fake: Fake) -> str:
    """A deal of an account with two more owners."""
    owners = [{"id": one, "email": f"o{one}@example.com", "userId": one} for one in OWNERS]
    fake.post("/_fake/seed", {"owners": owners})
    made = fake.post("/crm/v3/objects/deals", {"properties": {"dealname": "D", "amount": "1000"}}).json()
    return str(made["id"])


def parts(*percentages: float) -> list[dict[str, Any]]:
    """A part for each owner."""
    return [{"ownerId": owner, "percentage": part} for owner, part in zip(OWNERS, percentages, strict=False)]


def split(fake: Fake, deal: str, *percentages: float) -> list[dict[str, Any]]:
    """Split a deal and return its parts."""
    answer = fake.post(f"{BATCH}/upsert", {"inputs": [{"id": int(deal), "splits": parts(*percentages)}]})
    assert answer.status == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"][0]["splits"]
    return found


def test_a_part_is_a_record_that_is_linked_with_its_deal(fake: Fake, deal: str) -> None:
    """With its share of the amount."""
    made = split(fake, deal, 0.25, 0.75)

    read = fake.post("/deal-splits/2026-03/batch/read", {"inputs": [{"id": deal}]}).json()["results"]
    names = "hs_deal_split_percentage,hs_deal_split_amount,hubspot_owner_id"
    listed = fake.get(f"/crm/v3/objects/deal_splits?properties={names}").json()["results"]
    links = fake.get(f"/crm/v4/objects/deals/{deal}/associations/deal_splits").json()["results"]
    assert read == [{"id": deal, "splits": made}]
    assert [[one["properties"][name] for name in names.split(",")] for one in listed] == [
        ["0.25", "250", "901"], ["0.75", "750", "902"],
    ]  # fmt: skip
    assert {str(one["toObjectId"]) for one in links} == {one["id"] for one in made}


def test_new_parts_replace_the_old_ones(fake: Fake, deal: str) -> None:
    """Which are in the recycle bin."""
    old, new = split(fake, deal, 0.5, 0.5), split(fake, deal, 1)

    assert [one["id"] for one in fake.get("/crm/v3/objects/deal_splits").json()["results"]] == [new[0]["id"]]
    archived = fake.get("/crm/v3/objects/deal_splits?archived=true").json()["results"]
    assert {one["id"] for one in archived} == {one["id"] for one in old}


def test_parts_that_are_no_whole_are_refused_with_the_whole_batch(fake: Fake, deal: str, cases: Cases) -> None:
    """Nothing of the batch is written."""
    good = {"id": int(deal), "splits": parts(0.1, 0.9)}
    for name, status, wrong in (
        ("too little", 400, {"id": int(deal), "splits": parts(0.5)}),
        ("nothing", 400, {"id": int(deal), "splits": []}),
        ("negative", 400, {"id": int(deal), "splits": parts(-0.5, 1.5)}),
        ("no owner", 400, {"id": int(deal), "splits": [{"ownerId": 5, "percentage": 1}]}),
        ("no deal", 404, {"id": 9, "splits": parts(1)}),
    ):
        with cases.case(name):
            assert fake.post(f"{BATCH}/upsert", {"inputs": [good, wrong]}).status == status
    assert fake.post(f"{BATCH}/read", {"inputs": [{"id": deal}]}).json()["results"] == [{"id": deal, "splits": []}]


def test_a_part_of_a_very_large_or_very_small_amount_is_exact(fake: Fake, deal: str, cases: Cases) -> None:
    """HubSpot's numbers have up to 309 digits before the decimal point; a part has 8 places behind it."""
    for amount, half in (
        ("1e30", f"5{'0' * 29}"),
        ("999999999999999999999999.5", "499999999999999999999999.75"),
        ("1e308", f"5{'0' * 307}"),
        ("1e-30", "0"),
        ("-3", "-1.5"),
    ):
        with cases.case(amount):
            assert (
                fake.request("PATCH", f"/crm/v3/objects/deals/{deal}", {"properties": {"amount": amount}}).status == 200
            )
            made = split(fake, deal, 0.5, 0.5)
            assert [one["properties"]["hs_deal_split_amount"] for one in made] == [half, half]


def test_an_id_with_digits_of_another_script_is_no_deal(fake: Fake, deal: str) -> None:
    """As in a path: Python would read it as a number."""
    arabic = deal.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    answer = fake.post(f"{BATCH}/read", {"inputs": [{"id": arabic}]})

    assert (answer.status, answer.json()["category"]) == (404, "OBJECT_NOT_FOUND")


def test_splits_in_full(fake: Fake, deal: str, cases: Cases) -> None:
    """Percentages have up to eight places; a deal without an amount has parts without one."""
    other = str(fake.post("/crm/v3/objects/deals", {"properties": {"dealname": "E"}}).json()["id"])
    inputs = [{"id": int(each), "splits": parts(0.33333333, 0.66666667)} for each in (deal, other)]

    answer = fake.post(f"{BATCH}/upsert", {"inputs": inputs}).json()

    assert (answer["status"], [one["id"] for one in answer["results"]]) == ("COMPLETE", [deal, other])
    first, second = ([one["properties"] for one in result["splits"]] for result in answer["results"])
    names = ("hs_deal_id", "hs_deal_split_percentage", "hubspot_owner_id", "hs_deal_split_amount")
    assert sorted(tuple(one.get(name) for name in names) for one in first) == [
        (deal, "0.33333333", "901", "333.33333"), (deal, "0.66666667", "902", "666.66667"),
    ]  # fmt: skip
    assert [one.get("hs_deal_split_amount") for one in second] == [None, None]
    with cases.case("a whole"):
        assert [one["properties"]["hs_deal_split_percentage"] for one in split(fake, deal, 1)] == ["1"]
        zero = split(fake, deal, 0, 1)
        told = {(one["properties"][names[1]], one["properties"][names[3]]) for one in zero}
        assert told == {("0", "0"), ("1", "1000")}
    for splits, text in (
        (parts(0.5), f"The percentages of deal {deal} add up to 0.5, and must add up to 1"),
        ([], f"The percentages of deal {deal} add up to 0, and must add up to 1"),
        ([{"ownerId": 5, "percentage": 0.5}, {"ownerId": 6, "percentage": 0.5}], "There is no owner 5"),
    ):
        with cases.case(text):
            refused = fake.post(f"{BATCH}/upsert", {"inputs": [{"id": int(deal), "splits": splits}]})
            assert (refused.status, refused.json()["message"]) == (400, text)
            assert refused.json()["category"] == "VALIDATION_ERROR"
    with cases.case("no deal"):
        refused = fake.post(f"{BATCH}/read", {"inputs": [{"id": "9" * 51}]})
        assert (refused.status, refused.json()["message"]) == (404, f"There is no deal {'9' * 50}")
    with cases.case("a hundred"):
        for path, body in (("read", {"id": deal}), ("upsert", {"id": int(deal), "splits": []})):
            assert fake.post(f"{BATCH}/{path}", {"inputs": [body] * 101}).status == 400
        assert len(fake.post(f"{BATCH}/read", {"inputs": [{"id": deal}] * 100}).json()["results"]) == 100
