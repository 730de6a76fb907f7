"""What a write needs, what HubSpot adds to it, and what its answer shows."""

from typing import Any

import pytest

from tests.unit.fake_hubspot.inprocess import Fake

OBJECTS = "/crm/v3/objects"
TIMED = ("notes", "tasks", "calls", "meetings", "emails", "communications", "postal_mail")


def make(fake: Fake, kind: str, **properties: Any) -> dict[str, Any]:
    """Create a record, and return the answer."""
    answer = fake.post(f"{OBJECTS}/{kind}", {"properties": properties})
    assert answer.status == 201, answer.json()
    found: dict[str, Any] = answer.json()
    return found


def change(fake: Fake, kind: str, record: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """Change a record, and return the properties in the answer."""
    answer = fake.request("PATCH", f"{OBJECTS}/{kind}/{record['id']}", {"properties": properties})
    assert answer.status == 200, answer.json()
    found: dict[str, Any] = answer.json()["properties"]
    return found


@pytest.mark.parametrize(
    ("kind", "name"), [*((kind, "hs_timestamp") for kind in TIMED), ("tickets", "hs_pipeline_stage")]
)
@pytest.mark.parametrize("batch", [False, True])
def test_a_record_without_a_required_property_is_refused(empty: Fake, kind: str, name: str, batch: bool) -> None:
    """As recorded in 2026-04; nothing is made. An empty text is no value."""
    given = {"properties": {name: ""}}
    path = f"{OBJECTS}/{kind}/batch/create" if batch else f"{OBJECTS}/{kind}"

    answer = empty.post(path, {"inputs": [given]} if batch else given)

    noun = empty.get(f"/crm/v3/schemas/{kind}").json()["name"].upper()
    body = answer.json()
    assert answer.status == 400
    assert list(body) == ["status", "message", "correlationId", "context", "category"]
    assert body["message"] == f"Error creating {noun}. Some required properties were not set."
    assert (body["context"], body["category"]) == ({"properties": [name]}, "VALIDATION_ERROR")
    assert empty.get(f"{OBJECTS}/{kind}").json()["results"] == []


DEAL_STAGES = (
    "appointmentscheduled, qualifiedtobuy, presentationscheduled, decisionmakerboughtin, contractsent, closedwon, "
    "closedlost"
)


@pytest.mark.parametrize(
    ("kind", "given", "name", "message"),
    [
        (
            "deals",
            {"pipeline": "default", "dealstage": "registered"},
            "dealstage",
            f"registered is not a valid pipeline stage ID. Valid options are: pipelineId=default : [{DEAL_STAGES}]",
        ),
        (
            "deals",
            {"pipeline": "nope", "dealstage": "closedwon"},
            "pipeline",
            "nope is not a valid pipeline ID. Valid options are: [default]",
        ),
        ("deals", {"pipeline": "nope"}, "pipeline", "nope is not a valid pipeline ID. Valid options are: [default]"),
        (
            "tickets",
            {"hs_pipeline_stage": "open"},
            "hs_pipeline_stage",
            "open is not a valid pipeline stage ID. Valid options are: pipelineId=0 : [1, 2, 3, 4]",
        ),
    ],
)
def test_a_stage_or_pipeline_that_does_not_exist_is_refused(
    empty: Fake, kind: str, given: dict[str, str], name: str, message: str
) -> None:
    """At creation and by a change."""
    stage = {"deals": {"dealstage": "closedwon"}, "tickets": {"hs_pipeline_stage": "1"}}[kind]
    made = make(empty, kind, **stage)

    created = empty.post(f"{OBJECTS}/{kind}", {"properties": given})
    changed = empty.request("PATCH", f"{OBJECTS}/{kind}/{made['id']}", {"properties": given})

    for answer in (created, changed):
        assert answer.status == 400
        assert answer.json()["errors"] == [
            {"message": message, "code": "INVALID_OPTION", "context": {"propertyName": [name]}}
        ]


def test_a_stage_of_another_pipeline_moves_a_record_there_unless_the_pipeline_is_named(empty: Fake) -> None:
    """A deal that names only its stage is in the pipeline that has it."""
    new = {"label": "Renewals", "displayOrder": 1, "stages": [{"label": "Due", "displayOrder": 0}]}
    pipeline = empty.post("/crm/v3/pipelines/deals", new).json()
    due = pipeline["stages"][0]["id"]

    made = make(empty, "deals", dealstage="closedwon")
    assert made["properties"]["pipeline"] == "default"
    refused = empty.post(f"{OBJECTS}/deals", {"properties": {"pipeline": "default", "dealstage": due}})
    assert refused.status == 400
    assert change(empty, "deals", made, dealstage=due)["pipeline"] == pipeline["id"]


def test_a_cleared_property_is_an_empty_text_in_the_answer(empty: Fake) -> None:
    """As recorded in 2022, alone and in a batch; a creation does not name what has no value."""
    made = make(empty, "contacts", email="a@example.com", lastname="L", city="")

    alone = change(empty, "contacts", made, lastname="")
    batch = empty.post(f"{OBJECTS}/contacts/batch/update", {"inputs": [{"id": made["id"], "properties": {"city": ""}}]})

    assert "city" not in made["properties"]
    assert alone["lastname"] == ""
    assert batch.json()["results"][0]["properties"]["city"] == ""


def test_a_changed_deal_shows_what_follows_from_the_change(empty: Fake) -> None:
    """As recorded in 2026-03: the amounts, the days and the stage; the creation time is no news."""
    made = make(empty, "deals", dealname="D", amount=10000)

    changed = change(empty, "deals", made, amount=15000, closedate="2099-12-31", dealstage="qualifiedtobuy")
    named = change(empty, "deals", made, dealname="E")

    assert made["properties"]["hs_forecast_amount"] == "10000"
    assert "hs_is_closed" not in made["properties"]
    assert changed["hs_deal_stage_probability"] == "0.40000000000000002220446049250313080847263336181640625"
    assert (changed["hs_is_closed"], changed["hs_is_open_count"], changed["pipeline"]) == ("false", "1", "default")
    assert {"hs_createdate", "hs_is_closed_lost"}.isdisjoint(changed)
    assert "hs_is_closed" not in named


def test_the_stages_of_a_record_keep_their_times(empty: Fake) -> None:
    """Readable under their names, though the answer to a write has only the current one."""
    empty.request("PUT", "/_fake/clock", {"freeze": True, "at": "2026-03-01T00:00:00Z"})
    made = make(empty, "tickets", subject="T", hs_pipeline_stage="1")
    empty.request("PUT", "/_fake/clock", {"advanceMs": 60_000})

    changed = change(empty, "tickets", made, hs_pipeline_stage="4")

    names = "hs_v2_date_entered_1,hs_v2_date_exited_1,hs_v2_latest_time_in_1,hs_v2_date_entered_4,closed_date"
    read = empty.get(f"{OBJECTS}/tickets/{made['id']}?properties={names}").json()["properties"]
    assert {name: read[name] for name in names.split(",")} == {
        "hs_v2_date_entered_1": "2026-03-01T00:00:00Z",
        "hs_v2_date_exited_1": "2026-03-01T00:01:00Z",
        "hs_v2_latest_time_in_1": "60000",
        "hs_v2_date_entered_4": "2026-03-01T00:01:00Z",
        "closed_date": "2026-03-01T00:01:00Z",
    }
    assert made["properties"]["hs_v2_date_entered_current_stage"] == "2026-03-01T00:00:00Z"
    assert "hs_v2_date_entered_1" not in made["properties"]
    assert changed["hs_v2_date_entered_current_stage"] == "2026-03-01T00:01:00Z"
    assert changed["hs_is_closed"] == "true"


def test_a_reader_that_filters_companies_by_their_stage_finds_new_ones(empty: Fake) -> None:
    """They are leads."""
    made = make(empty, "companies", name="Acme", domain="acme.example")

    wanted = {"filters": [{"propertyName": "lifecyclestage", "operator": "EQ", "value": "lead"}]}
    found = empty.post(f"{OBJECTS}/companies/search", wanted).json()

    assert [row["id"] for row in found["results"]] == [made["id"]]
    assert change(empty, "companies", made, name="B")["hs_task_label"] == "B"


@pytest.mark.parametrize("kind", ["notes", "calls", "emails", "meetings"])
def test_activities_are_shown_in_a_list(empty: Fake, kind: str) -> None:
    """As recorded for notes in 2026-03."""
    made = make(empty, kind, hs_timestamp="2026-03-12T10:00:00Z")

    type_id = empty.get(f"/crm/v3/schemas/{kind}").json()["objectTypeId"]
    encoded = f"%22hs_object_id%22%2C%22operator%22%3A%22EQ%22%2C%22value%22%3A%22{made['id']}%22%7D%5D"
    start = f"https://app.hubspot.com/contacts/62515/objects/{type_id}/views/all/list?filters="
    assert made["url"] == f"{start}%5B%7B%22property%22%3A{encoded}"


def test_a_task_is_shown_among_the_tasks(empty: Fake) -> None:
    """As recorded in 2026-03."""
    made = make(empty, "tasks", hs_timestamp="2026-03-12T10:00:00Z")

    assert made["url"] == f"https://app.hubspot.com/tasks/62515/view/all/task/{made['id']}"
    done = change(empty, "tasks", made, hs_task_status="COMPLETED")
    assert (done["hs_task_is_completed"], done["hs_task_type"]) == ("1", "TODO")
    assert "hs_task_completion_date" in done
