"""Batches: multi-status responses and their shapes."""

import json
from typing import Any

import pytest

from tests.support.contacts import BRIAN_EMAIL, BRIAN_ID, MARIA_ID
from tests.unit.fake_hubspot.inprocess import Fake

BATCH = "/crm/v3/objects/contacts/batch"


def inputs(*ids: str, **more: Any) -> dict[str, Any]:
    """Return inputs with these ids."""
    return {"inputs": [{"id": one} | more for one in ids]}


def test_missing_ids_make_a_read_a_207_with_one_error_for_all(fake: Fake) -> None:
    """Key order of 2025 and 2026."""
    answer = fake.post(f"{BATCH}/read", inputs(BRIAN_ID, "12", "13", properties=["email"]))

    body = answer.json()
    assert answer.status == 207
    assert list(body) == ["completedAt", "status", "startedAt", "results", "errors", "numErrors"]
    assert body["numErrors"] == 1
    assert body["errors"][0] == {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": "Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.",
        "context": {"ids": ["12", "13"]},
    }


def test_when_every_id_is_missing_the_results_are_empty(fake: Fake) -> None:
    """Still a 207."""
    answer = fake.post(f"{BATCH}/read", inputs("12"))

    assert (answer.status, answer.json()["results"]) == (207, [])


def test_the_older_key_order_can_be_chosen(fake: Fake) -> None:
    """`status` and `results` came first until 2024."""
    fake.assume(batch_keys="2022", batch_order="reversed")

    body = fake.post(f"{BATCH}/read", inputs(BRIAN_ID, MARIA_ID)).json()

    assert list(body) == ["status", "results", "startedAt", "completedAt"]
    assert [row["id"] for row in body["results"]] == [MARIA_ID, BRIAN_ID]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            inputs(*(str(number) for number in range(101))),
            "The maximum number of inputs supported in a batch is 100. Please reduce the number of items and try again",
        ),
        (
            inputs(*(str(number) for number in range(51))) | {"propertiesWithHistory": ["city"]},
            "The maximum number of inputs supported in a batch request for property histories is 50. "
            "Please reduce the number of items and try again",
        ),
    ],
)
def test_too_many_inputs_are_refused(fake: Fake, body: dict[str, Any], text: str) -> None:
    """HubSpot's messages for both limits."""
    answer = fake.post(f"{BATCH}/read", body)

    assert answer.status == 400
    assert answer.json()["message"] == text


def test_a_duplicate_without_trace_ids_refuses_the_whole_batch(fake: Fake) -> None:
    """Nothing is created, not even the inputs before it."""
    people = [{"properties": {"email": "new@example.com"}}, {"properties": {"email": BRIAN_EMAIL}}]

    answer = fake.post(f"{BATCH}/create", {"inputs": people})

    assert (answer.status, answer.json()["message"]) == (409, "Contact already exists")
    assert fake.portal.store.count("0-1") == 2


def test_a_duplicate_with_trace_ids_is_an_error_among_the_results(fake: Fake) -> None:
    """The others are created."""
    people = [
        {"properties": {"email": "new@example.com"}, "objectWriteTraceId": "a"},
        {"properties": {"email": BRIAN_EMAIL}, "objectWriteTraceId": "b"},
    ]

    answer = fake.post(f"{BATCH}/create", {"inputs": people})

    error = answer.json()["errors"][0]
    assert answer.status == 207
    assert error["message"] == f"Contact already exists. Existing ID: {BRIAN_ID}"
    assert error["context"] == {"objectWriteTraceId": ["b"], "existingId": [BRIAN_ID]}
    assert [row["objectWriteTraceId"] for row in answer.json()["results"]] == ["a"]


@pytest.mark.parametrize(
    ("kind", "good", "bad", "told"),
    [
        ("contacts", {"email": "n@example.com"}, {"email": "no address"}, "Property values were not valid: "),
        ("companies", {"name": "A"}, {"nope": "1"}, "Property values were not valid: "),
        ("deals", {"dealname": "A"}, {"dealname": "B", "amount": "much"}, "Property values were not valid: "),
        (
            "leads",
            {"hs_lead_name": "A"},
            {"hs_lead_label": "WARM"},
            "Error creating LEAD. Some required properties were not set.",
        ),
    ],
)
def test_a_wrong_input_with_a_trace_id_is_an_error_among_the_results(
    fake: Fake, kind: str, good: dict[str, str], bad: dict[str, str], told: str
) -> None:
    """As the guide of multi-status errors has it: the others are created, for any type."""
    people = [{"properties": bad, "objectWriteTraceId": "bad"}, {"properties": good, "objectWriteTraceId": "good"}]

    answer = fake.post(f"/crm/v3/objects/{kind}/batch/create", {"inputs": people})

    body = answer.json()
    assert (answer.status, body["status"], body["numErrors"]) == (207, "COMPLETE", 1)
    assert [row["objectWriteTraceId"] for row in body["results"]] == ["good"]
    (error,) = body["errors"]
    assert (error["status"], error["category"]) == ("error", "VALIDATION_ERROR")
    assert error["message"].startswith(told)
    assert error["context"]["objectWriteTraceId"] == ["bad"]


@pytest.mark.parametrize("verb", ["create", "update"])
def test_without_trace_ids_the_wrong_values_of_every_input_are_told(fake: Fake, verb: str) -> None:
    """In the message without repetitions; as recorded, `errors` lacks the last."""
    wrong = [{"a1": "x", "a2": "x"}, {"b1": "x", "b2": "x"}]
    people = [{"id": one, "properties": each} for one, each in zip((BRIAN_ID, MARIA_ID), wrong, strict=True)]

    answer = fake.post(f"{BATCH}/{verb}", {"inputs": people})

    body = answer.json()
    head, _, details = body["message"].partition(": ")
    assert (answer.status, head) == (400, "Property values were not valid")
    assert [sorted(one) for one in json.loads(details)] == [["error", "isValid", "message", "name"]] * 4
    assert [one["context"]["propertyName"] for one in body["errors"]] == [["a1"], ["a2"], ["b1"]]
    assert fake.portal.store.count("0-1") == 2


def test_the_same_id_twice_is_refused(fake: Fake) -> None:
    """It would be unclear which one counts."""
    answer = fake.post(f"{BATCH}/update", inputs(BRIAN_ID, BRIAN_ID, properties={"city": "Oslo"}))

    assert answer.status == 400
    assert answer.json()["message"] == f"Duplicate IDs found in batch input: [{BRIAN_ID}]. IDs must be unique"
    assert answer.json()["context"] == {"ids": [BRIAN_ID]}


def test_a_wrong_value_undoes_the_whole_update(fake: Fake) -> None:
    """All or nothing."""
    body = {
        "inputs": [{"id": BRIAN_ID, "properties": {"city": "Oslo"}}, {"id": MARIA_ID, "properties": {"email": "x"}}]
    }

    answer = fake.post(f"{BATCH}/update", body)

    brian = fake.portal.store.get("0-1", int(BRIAN_ID))
    assert answer.status == 400
    assert brian is not None
    assert brian.properties["city"] == "Cambridge"


def test_an_update_echoes_the_trace_ids_of_the_missing(fake: Fake) -> None:
    """In the error's context."""
    body = inputs("12", properties={"city": "Oslo"}, objectWriteTraceId="t")

    error = fake.post(f"{BATCH}/update", body).json()["errors"][0]

    assert error["context"] == {"ids": ["12"], "objectWriteTraceId": ["t"]}


def test_read_by_address(fake: Fake) -> None:
    """`idProperty` applies to the whole batch; the ids in the error are the addresses."""
    body = inputs("BH@hubspot.com", "no@example.com") | {"idProperty": "email"}

    answer = fake.post(f"{BATCH}/read", body).json()

    assert [row["id"] for row in answer["results"]] == [BRIAN_ID]
    assert answer["errors"][0]["context"] == {"ids": ["no@example.com"]}


NEWEST = "/crm/objects/2026-09/contacts/batch"


def test_2026_09_tells_missing_ids_without_a_207(fake: Fake) -> None:
    """Results and errors are in one response, with nulls for missing values."""
    answer = fake.post(f"{NEWEST}/read", inputs(BRIAN_ID, "12") | {"properties": ["phone"]})

    body = answer.json()
    assert (answer.status, body["numErrors"], body["errors"][0]["context"]) == (200, 1, {"ids": ["12"]})
    assert [(row["id"], row["properties"]["phone"]) for row in body["results"]] == [(BRIAN_ID, None)]


def test_2026_09_keeps_the_201_of_a_create_with_conflicts(fake: Fake) -> None:
    """According to its specification."""
    taken = {"properties": {"email": BRIAN_EMAIL}, "objectWriteTraceId": "a"}

    answer = fake.post(f"{NEWEST}/create", {"inputs": [taken]})

    assert (answer.status, answer.json()["numErrors"]) == (201, 1)


@pytest.mark.parametrize("version", ["v3", "2025-09", "2026-03"])
def test_older_versions_keep_their_207(fake: Fake, version: str) -> None:
    """2026-03 is the last of them."""
    answer = fake.post(f"/crm/objects/{version}/contacts/batch/read", inputs("12"))

    assert answer.status == 207


def test_2026_09_can_be_made_to_answer_207(fake: Fake) -> None:
    """This is the other choice."""
    fake.assume(batch_2026_09="207")

    assert fake.post(f"{NEWEST}/read", inputs("12")).status == 207


def test_the_document_lists_a_207_only_before_2026_09(fake: Fake) -> None:
    """And the values of properties as nullable."""
    document = fake.get("/_fake/openapi.json").json()

    with_207 = {path for path, item in document["paths"].items() if "207" in item.get("post", {}).get("responses", {})}

    values = document["components"]["schemas"]["RecordResponse"]["properties"]["properties"]["additionalProperties"]
    assert "/crm/objects/2026-03/{objectType}/batch/read" in with_207
    assert not [path for path in with_207 if "/2026-09/" in path]
    assert {"type": "null"} in values["anyOf"]
