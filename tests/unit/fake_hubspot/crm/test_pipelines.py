"""Pipelines and stages: reading, creating, replacing, changing and archiving them."""

from pathlib import Path
from typing import Any

import pytest

from fake_hubspot.portal import Portal
from fake_hubspot.portal.database import Database
from fake_hubspot.portal.pipelines import Pipeline, Stage
from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake

NEW = {
    "label": "Renewals",
    "displayOrder": 3,
    "stages": [
        {"label": "Second", "displayOrder": 2, "metadata": {"probability": "0.5"}},
        {"label": "First", "displayOrder": 1},
    ],
}
FROZEN_MS = 1_790_000_000_000
FROZEN, LATER = "2026-09-21T14:13:20Z", "2026-09-21T14:13:25Z"


@pytest.fixture(params=["/crm/v3/pipelines/deals", "/crm/v3/pipelines/0-3"])
def path(request: pytest.FixtureRequest) -> str:
    """The pipelines of deals, in two spellings."""
    return str(request.param)


@pytest.fixture
def made(empty: Fake, path: str) -> dict[str, Any]:
    """A new pipeline with two stages, made at a known time; the clock is five seconds later."""
    empty.portal.clock.freeze(FROZEN_MS)
    answer = empty.post(path, NEW)
    assert answer.status == 201
    empty.portal.clock.freeze(FROZEN_MS + 5000)
    wire: dict[str, Any] = answer.json()
    return wire


def test_a_created_pipeline_is_read_as_it_was_answered(empty: Fake, path: str, made: dict[str, Any]) -> None:
    """Its stages are in display order, and it comes after the default pipeline."""
    listed = empty.get(path).json()["results"]

    assert empty.get(f"{path}/{made['id']}").json() == made
    assert [one["id"] for one in listed] == ["default", made["id"]]
    assert (made["label"], made["displayOrder"], made["archived"]) == ("Renewals", 3, False)
    assert (made["createdAt"], made["updatedAt"]) == (FROZEN, FROZEN)
    stages = [(one["label"], one["displayOrder"], one["metadata"], one["archived"]) for one in made["stages"]]
    assert stages == [("First", 1, {}, False), ("Second", 2, {"probability": "0.5"}, False)]
    assert len({made["id"], *(one["id"] for one in made["stages"])}) == 3
    assert all(len(one["id"]) in (8, 9) and one["createdAt"] == one["updatedAt"] == FROZEN for one in made["stages"])


def test_pipelines_come_in_display_order(empty: Fake, path: str) -> None:
    """Not in the order in which they were made."""
    made = [empty.post(path, NEW | {"displayOrder": order, "stages": []}).json()["id"] for order in (5, -1, 2)]

    assert [one["id"] for one in empty.get(path).json()["results"]] == [made[1], "default", made[2], made[0]]


def test_a_change_keeps_what_it_does_not_name(empty: Fake, path: str, made: dict[str, Any]) -> None:
    """A pipeline has no metadata, so metadata in the change is ignored; 0 and blank text are values."""
    changed = empty.request("PATCH", f"{path}/{made['id']}", {"label": "", "metadata": {"a": "b"}}).json()
    moved = empty.request("PATCH", f"{path}/{made['id']}", {"displayOrder": 0}).json()

    assert changed == made | {"label": "", "updatedAt": LATER}
    assert moved == changed | {"displayOrder": 0}
    assert empty.get(f"{path}/{made['id']}").json() == moved


def test_a_replaced_pipeline_keeps_only_its_id(empty: Fake, path: str, made: dict[str, Any]) -> None:
    """Its stages are new ones."""
    stages = [{"label": "Only", "displayOrder": 0}]

    put = empty.request("PUT", f"{path}/{made['id']}", {"label": "New", "displayOrder": 9, "stages": stages})

    assert put.status == 200
    assert put.json() == empty.get(f"{path}/{made['id']}").json()
    assert (put.json()["id"], put.json()["label"], put.json()["displayOrder"]) == (made["id"], "New", 9)
    assert [one["label"] for one in put.json()["stages"]] == ["Only"]
    assert put.json()["stages"][0]["id"] not in {one["id"] for one in made["stages"]}


def test_an_archived_pipeline_is_gone(empty: Fake, path: str, made: dict[str, Any]) -> None:
    """From the list too, and for its stages and later changes; the other pipeline stays."""
    one = f"{path}/{made['id']}"

    gone = empty.request("DELETE", one)

    assert (gone.status, gone.content) == (204, b"")
    assert [each["id"] for each in empty.get(path).json()["results"]] == ["default"]
    asked = [empty.get(one), empty.get(f"{one}/stages"), empty.request("DELETE", one)]
    asked += [empty.request("PATCH", one, {"label": "x"}), empty.request("PUT", one, NEW)]
    asked.append(empty.post(f"{one}/stages", NEW["stages"][0]))  # type: ignore[index]
    assert [answer.status for answer in asked] == [404] * 6
    assert all(answer.json()["message"] == "resource not found" for answer in asked)


def test_a_stage_is_created_changed_and_archived(empty: Fake, path: str, made: dict[str, Any]) -> None:
    """The other stages keep what they have."""
    stages = f"{path}/{made['id']}/stages"
    first, second = made["stages"]

    created = empty.post(stages, {"label": "Last", "displayOrder": 7, "metadata": {"probability": "1.0"}})
    changed = empty.request("PATCH", f"{stages}/{second['id']}", {"metadata": {"probability": "0.7"}}).json()
    archived = empty.request("DELETE", f"{stages}/{first['id']}")

    assert (created.status, archived.status, archived.content) == (201, 204, b"")
    assert created.json()["createdAt"] == created.json()["updatedAt"] == LATER
    assert created.json()["metadata"] == {"probability": "1.0"}
    assert changed == second | {"metadata": {"probability": "0.7"}, "updatedAt": LATER}
    assert empty.get(stages).json()["results"] == [changed, created.json()]
    assert empty.get(f"{path}/{made['id']}").json()["stages"] == [changed, created.json()]
    assert empty.get(f"{stages}/{second['id']}").json() == changed
    for method, body in (("GET", None), ("PATCH", {"label": "x"}), ("DELETE", None)):
        assert empty.request(method, f"{stages}/{first['id']}", body).status == 404


def test_a_stage_can_be_renamed_and_moved(empty: Fake, path: str, made: dict[str, Any]) -> None:
    """The stages are then in their new order."""
    stages = f"{path}/{made['id']}/stages"
    first, second = made["stages"]

    empty.request("PATCH", f"{stages}/{second['id']}", {"displayOrder": 0, "label": "Now first"})

    listed = empty.get(stages).json()["results"]
    assert [(one["id"], one["label"]) for one in listed] == [(second["id"], "Now first"), (first["id"], "First")]


def test_unknown_pipelines_stages_and_types_are_errors(empty: Fake, path: str) -> None:
    """404 for an id; 400 for a type and for a body without required keys."""
    assert empty.get(f"{path}/nonsense").status == 404
    assert empty.get(f"{path}/default/stages/nonsense").status == 404
    assert empty.get("/crm/v3/pipelines/butterflies").status == 400
    missing = empty.post(path, {"label": "x"})
    assert (missing.status, missing.json()["category"]) == (400, "VALIDATION_ERROR")
    assert empty.get("/crm/v3/pipelines/tickets/default").status == 404


@pytest.mark.parametrize(
    ("kind", "pipeline", "label", "closed", "stages"),
    [
        (
            *("deals", "default", "Sales Pipeline", ["closedwon", "closedlost"]),
            {
                "appointmentscheduled": {"probability": "0.2", "isClosed": "false"},
                "qualifiedtobuy": {"probability": "0.4", "isClosed": "false"},
                "presentationscheduled": {"probability": "0.6", "isClosed": "false"},
                "decisionmakerboughtin": {"probability": "0.8", "isClosed": "false"},
                "contractsent": {"probability": "0.9", "isClosed": "false"},
                "closedwon": {"probability": "1.0", "isClosed": "true"},
                "closedlost": {"probability": "0.0", "isClosed": "true"},
            },
        ),
        (
            *("tickets", "0", "Support Pipeline", ["4"]),
            {
                "1": {"ticketState": "OPEN", "isClosed": "false"},
                "2": {"ticketState": "OPEN", "isClosed": "false"},
                "3": {"ticketState": "OPEN", "isClosed": "false"},
                "4": {"ticketState": "CLOSED", "isClosed": "true"},
            },
        ),
    ],
)
def test_the_default_pipelines_have_hubspots_stages(
    empty: Fake, kind: str, pipeline: str, label: str, closed: list[str], stages: dict[str, dict[str, str]]
) -> None:
    """With their ids, order and metadata."""
    (found,) = empty.get(f"/crm/v3/pipelines/{kind}").json()["results"]

    assert (found["id"], found["label"], found["displayOrder"], found["archived"]) == (pipeline, label, 0, False)
    assert {one["id"]: one["metadata"] for one in found["stages"]} == stages
    assert [one["id"] for one in found["stages"]] == list(stages)
    assert [one["displayOrder"] for one in found["stages"]] == list(range(len(stages)))
    assert [one["id"] for one in found["stages"] if one["metadata"]["isClosed"] == "true"] == closed
    times = {one[key] for one in (found, *found["stages"]) for key in ("createdAt", "updatedAt")}
    assert times == {"1970-01-01T00:00:00Z"}


def test_a_stage_is_replaced_under_its_id(empty: Fake, path: str, made: dict[str, Any]) -> None:
    """What is not given is empty then, unlike after a change."""
    first, second = made["stages"]

    answer = empty.request("PUT", f"{path}/{made['id']}/stages/{second['id']}", {"label": "Third", "displayOrder": 0})

    replaced = answer.json()
    assert (answer.status, replaced["id"], replaced["label"], replaced["metadata"]) == (200, second["id"], "Third", {})
    assert replaced["createdAt"] == LATER
    assert empty.get(f"{path}/{made['id']}").json()["stages"] == [replaced, first]
    assert empty.request("PUT", f"{path}/{made['id']}/stages/0", {"label": "x", "displayOrder": 0}).status == 404


def test_ids_that_are_given_are_kept_unless_they_are_taken(empty: Fake, path: str) -> None:
    """For pipelines and for stages."""
    stages = [{"label": "One", "displayOrder": 0, "stageId": "first"}]
    given = NEW | {"pipelineId": "mine", "stages": stages}

    made, again = empty.post(path, given), empty.post(path, given)
    stage = empty.post(f"{path}/mine/stages", stages[0])

    assert (made.json()["id"], made.json()["stages"][0]["id"]) == ("mine", "first")
    assert (again.status, stage.status) == (409, 409)
    assert empty.post(f"{path}/mine/stages", stages[0] | {"stageId": "second"}).json()["id"] == "second"
    for wrong in ("a/b", "٣٤", "x" * 101):
        assert empty.post(path, given | {"pipelineId": wrong}).status == 400
        assert empty.post(f"{path}/mine/stages", stages[0] | {"stageId": wrong}).status == 400
    kept = {"label": "Kept", "displayOrder": 1, "stageId": "first"}
    replaced = empty.request("PUT", f"{path}/mine", NEW | {"stages": [kept]}).json()
    assert [(one["id"], one["label"]) for one in replaced["stages"]] == [("first", "Kept")]


def test_changes_are_listed_with_the_newest_first(empty: Fake, path: str, made: dict[str, Any]) -> None:
    """Of pipelines and of stages; HubSpot's own pipeline has none at first."""
    pipeline, stage = f"{path}/{made['id']}", f"{path}/{made['id']}/stages/{made['stages'][0]['id']}"
    empty.request("PATCH", pipeline, {"label": "Again"})
    empty.request("PATCH", stage, {"label": "Start"})

    changes = empty.get(f"{pipeline}/audit").json()["results"]
    of_stage = empty.get(f"{stage}/audit").json()["results"]

    assert empty.get(f"{path}/default/audit").json() == {"results": []}
    assert [(one["action"], one["timestamp"]) for one in changes] == [("UPDATE", LATER), ("CREATE", FROZEN)]
    keys = ["portalId", "identifier", "action", "timestamp", "message", "rawObject", "fromUserId"]
    assert [list(one) for one in changes] == [keys] * 2
    assert (changes[0]["identifier"], changes[0]["rawObject"]["label"]) == (made["id"], "Again")
    assert [(one["action"], one["rawObject"]["label"]) for one in of_stage] == [("UPDATE", "Start")]


@pytest.mark.parametrize(
    ("kind", "group"),
    [("deals", "dealstages"), ("tickets", "ticketstages"), ("leads", "lead"), ("orders", "order")],
)
def test_stages_of_own_pipelines_have_properties_for_their_times(empty: Fake, kind: str, group: str) -> None:
    """In the recorded words; a record that goes through the stages has values for them."""
    pipelines, objects = f"/crm/v3/pipelines/{kind}", f"/crm/v3/objects/{kind}"
    labels = ("One", "Two")
    stages = [{"label": label, "displayOrder": order, "stageId": f"9{order}"} for order, label in enumerate(labels)]
    before = {one["name"] for one in empty.get(f"/crm/v3/properties/{kind}").json()["results"]}

    empty.post(pipelines, {"label": "Mine", "displayOrder": 5, "pipelineId": "mine", "stages": stages})

    found = {one["name"]: one for one in empty.get(f"/crm/v3/properties/{kind}").json()["results"]}
    names = ("date_entered", "date_exited", "latest_time_in", "cumulative_time_in")
    new = {f"hs_v2_{name}_{stage['stageId']}" for name in names for stage in stages}
    current = {"hs_v2_date_entered_current_stage", "hs_v2_time_in_current_stage"}
    noun = kind.removesuffix("s")
    assert {*found} - before == new | (current - before)
    entered, latest = found["hs_v2_date_entered_90"], found["hs_v2_latest_time_in_91"]
    assert (entered["label"], entered["type"], entered["groupName"]) == (
        'Date entered "One (Mine)"',
        "datetime",
        group,
    )
    assert entered["description"] == f"The date and time when the {noun} entered the 'One' stage, 'Mine' pipeline"
    assert latest["description"] == (
        f"The total time in seconds spent by the {noun} in the 'Two' stage, 'Mine' pipeline since it last entered "
        "this stage"
    )
    assert (latest["type"], latest["hubspotDefined"], latest["modificationMetadata"]["readOnlyValue"]) == (
        "number",
        True,
        True,
    )
    pipeline, stage = ("pipeline", "dealstage") if kind == "deals" else ("hs_pipeline", "hs_pipeline_stage")
    given = {pipeline: "mine", stage: "90"} | ({"hs_lead_name": "Lead"} if kind == "leads" else {})
    made = empty.post(objects, {"properties": given}).json()
    empty.request("PATCH", f"{objects}/{made['id']}", {"properties": {stage: "91"}})
    values = empty.get(f"{objects}/{made['id']}?properties={','.join(sorted(new))}").json()["properties"]
    assert {name for name in new if values[name] is None} == {
        f"hs_v2_{name}_91" for name in ("date_exited", "latest_time_in", "cumulative_time_in")
    }


def test_stages_in_use_have_properties_after_a_restart(tmp_path: Path) -> None:
    """They follow from the pipelines that the portal keeps."""
    name = "hs_v2_date_entered_kept"
    portal = Portal(db=Database(tmp_path / "p.db"))
    stage = Stage(id="kept", label="Kept", display_order=1)
    portal.pipelines.put("0-3", Pipeline(id="p", label="P", display_order=1, stages=(stage,)))
    assert name in portal.definitions.names("0-3")
    portal.close()

    again = Portal(db=Database(tmp_path / "p.db"))

    assert name in again.definitions.names("0-3")
    again.close()


@pytest.mark.parametrize(
    ("kind", "pipeline", "stage", "flag", "other"),
    [
        ("deals", "pipeline", "dealstage", "validateDealStageUsagesBeforeDelete", "validateReferencesBeforeDelete"),
        (
            "tickets",
            "hs_pipeline",
            "hs_pipeline_stage",
            "validateReferencesBeforeDelete",
            "validateDealStageUsagesBeforeDelete",
        ),
    ],
)
def test_a_pipeline_in_use_is_deleted_unless_that_is_checked(
    empty: Fake, cases: Cases, kind: str, pipeline: str, stage: str, flag: str, other: str
) -> None:
    """Checked from 2026-09 on unless the request says no, and before only if it says so, with the flag of its type."""
    new, old = f"/crm/pipelines/2026-09/{kind}", f"/crm/v3/pipelines/{kind}"
    stages = [{"label": name, "displayOrder": 1, "stageId": name} for name in ("used", "unused")]
    body = {"label": "Mine", "displayOrder": 1, "stages": stages}
    fewer = body | {"stages": stages[1:]}
    number = 0

    def kept(
        method: str, query: str, base: str, rest: str = "", sent: object = None, *, archived: bool = False
    ) -> bool:
        nonlocal number
        number += 1
        own = f"p{number}"
        empty.post(old, body | {"pipelineId": own})
        made = empty.post(f"/crm/v3/objects/{kind}", {"properties": {pipeline: own, stage: "used"}})
        assert made.status == 201, made.json()
        if archived:
            empty.request("DELETE", f"/crm/v3/objects/{kind}/{made.json()['id']}")
        answer = empty.request(method, f"{base}/{own}{rest}{query}", sent)
        if answer.status == 400:
            assert answer.json()["category"] == "VALIDATION_ERROR"
            what = f"A stage of the pipeline {own}" if rest or sent else f"The pipeline {own}"
            assert answer.json()["message"].startswith(f"{what} is in use by 1 record. Move "), answer.json()
            left = {one["id"] for one in empty.get(f"{old}/{own}").json()["stages"]}
            assert left == {"used", "unused"}
        else:
            assert answer.status in (200, 204), answer.json()
        return answer.status == 400

    for query, of_new, of_old in (
        ("", True, False),
        (f"?{flag}=false", False, False),
        (f"?{flag}=False", False, False),
        (f"?{flag}=true", True, True),
        (f"?{other}=false", True, False),
        (f"?{other}=true", True, False),
    ):
        for base, expected in ((new, of_new), (old, of_old)):
            with cases.case(f"{base} {query}"):
                assert kept("DELETE", query, base) == expected
                assert kept("DELETE", query, base, "/stages/used") == expected
                assert kept("PUT", query, base, sent=fewer) == expected
                assert not kept("DELETE", query, base, "/stages/unused")
                assert not kept("PUT", query, base, sent=body)
                assert not kept("DELETE", query, base, archived=True)
