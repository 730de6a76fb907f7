"""Pipelines and stages: reading, creating, replacing, changing and archiving them."""

from typing import Any

import pytest

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
