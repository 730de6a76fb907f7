"""Timeline events, workflows and the account in the older APIs: views of what the newer versions keep."""

from typing import Any

from tests.unit.fake_hubspot.crm.test_lists import members, new
from tests.unit.fake_hubspot.inprocess import Fake

TYPES = "/integrations/v1/77/timeline/event-types"
EVENTS = "/integrations/v1/77/timeline/event"


def test_types_of_events_are_those_of_version_3(empty: Fake) -> None:
    """With their properties, which have ids in version 1 alone."""
    given = {"name": "Visit", "applicationId": 77, "objectType": "COMPANY", "headerTemplate": "{{place}}"}
    made = empty.post(TYPES, given).json()
    path = f"{TYPES}/{made['id']}"

    placed = empty.post(f"{path}/properties", {"name": "place", "label": "Place", "propertyType": "String"}).json()
    empty.post(f"{path}/properties", {"name": "size", "label": "Size", "propertyType": "Numeric"})
    changed = empty.request("PUT", f"{path}/properties", {"id": placed["id"], "label": "Where"}).json()
    newer = empty.get(f"/integrators/timeline/v3/77/event-templates/{made['id']}").json()

    assert made == {"id": made["id"], **given, "detailTemplate": None}
    assert changed == placed | {"label": "Where"}
    assert [(one["name"], one["type"]) for one in newer["tokens"]] == [("place", "string"), ("size", "number")]
    assert newer["objectType"] == "companies"
    assert empty.request("DELETE", f"{path}/properties/{placed['id']}").status == 204
    assert [one["name"] for one in empty.get(f"{path}/properties").json()] == ["size"]
    assert empty.request("PUT", path, {"name": "Stay"}).json() == made | {"name": "Stay"}
    assert empty.get(TYPES).json() == [made | {"name": "Stay"}]
    assert empty.request("DELETE", path).status == 204
    assert empty.get(TYPES).json() == []


def test_events_are_those_of_version_3_and_name_contacts(empty: Fake) -> None:
    """By address, which makes a contact, or by id, which gives it the address."""
    empty.seed("contacts", {"id": "5", "properties": {"email": "old@example.com"}})
    type_id = empty.post(TYPES, {"name": "Visit"}).json()["id"]
    frame = {"linkLabel": "More", "iframeLabel": "Page", "iframeUri": "https://example.com", "width": 8, "height": 3}
    one = {"id": "e1", "eventTypeId": str(type_id), "email": "a@example.com", "place": "Oslo", "timelineIFrame": frame}
    other = {"id": "e2", "eventTypeId": type_id, "objectId": 5, "email": "new@example.com", "extraData": {"x": 1}}

    assert empty.request("PUT", EVENTS, one).status == 204
    assert empty.request("PUT", f"{EVENTS}/batch", {"eventWrappers": [other]}).status == 204

    read = empty.get(f"{EVENTS}/{type_id}/e1").json()
    newer = empty.get(f"/integrators/timeline/v3/events/{type_id}/e1").json()
    emails = {row["id"]: row["properties"]["email"] for row in empty.get("/crm/v3/objects/contacts").json()["results"]}
    assert (read["id"], read["eventTypeId"], read["place"], read["email"]) == ("e1", type_id, "Oslo", "a@example.com")
    assert emails == {"5": "new@example.com", str(read["objectId"]): "a@example.com"}
    assert (newer["tokens"], newer["timelineIFrame"]["headerLabel"]) == ({"place": "Oslo"}, "Page")
    assert newer["timelineIFrame"]["url"] == "https://example.com"


def test_wrong_types_and_events_are_refused(empty: Fake) -> None:
    """In words that say what is missing."""
    type_id = empty.post(TYPES, {"name": "Visit"}).json()["id"]
    properties = f"{TYPES}/{type_id}/properties"
    empty.post(properties, {"name": "place", "propertyType": "String"})
    cases: tuple[tuple[str, str, Any, int], ...] = (
        ("POST", TYPES, {}, 400),
        ("POST", TYPES, {"name": "x", "applicationId": 78}, 400),
        ("POST", TYPES, {"name": "x", "objectType": "SHIP"}, 400),
        ("GET", "/integrations/v1/x/timeline/event-types", None, 404),
        ("PUT", f"{TYPES}/9", {}, 404),
        ("POST", properties, {"name": "log", "propertyType": "String"}, 400),
        ("POST", properties, {"name": "x", "propertyType": "Text"}, 400),
        ("POST", properties, {"name": "x"}, 400),
        ("POST", properties, {"name": "place", "propertyType": "String"}, 409),
        ("PUT", properties, {"id": 5}, 404),
        ("DELETE", f"{properties}/x", None, 404),
        ("PUT", EVENTS, {"id": "1", "eventTypeId": type_id}, 400),
        ("PUT", EVENTS, {"eventTypeId": type_id, "email": "a@example.com"}, 400),
        ("PUT", EVENTS, {"id": "1", "eventTypeId": 9, "email": "a@example.com"}, 404),
        ("GET", f"{EVENTS}/{type_id}/9", None, 404),
    )

    for method, path, body, status in cases:
        assert empty.request(method, path, body).status == status, (method, path, body)


def test_workflows_are_made_and_contacts_enrolled(empty: Fake) -> None:
    """Version 4 shows them; lists ask who is, and who was, in one."""
    empty.seed("contacts", {"id": "5", "properties": {"email": "a@example.com"}})
    given = {"name": "Nurture", "type": "STATIC_ANCHOR", "enabled": True, "actions": [{"type": "DELAY"}]}
    made = empty.post("/automation/v3/workflows", given | {"onlyEnrollsManually": True}).json()
    path = f"/automation/v2/workflows/{made['id']}/enrollments/contacts/a@example.com"
    lists = [
        new(
            empty,
            kind,
            processingType="DYNAMIC",
            filterBranch={
                "filterBranchType": "AND",
                "filters": [
                    {
                        "filterType": "IN_LIST",
                        "operator": "IN_LIST",
                        "metadata": {"id": str(made["id"]), "inListType": kind},
                    }
                ],
            },
        )
        for kind in ("WORKFLOWS_ACTIVE", "WORKFLOWS_ENROLLMENT")
    ]

    def seen() -> tuple[Any, ...]:
        (workflow,) = empty.get("/automation/v3/workflows").json()["workflows"]
        in_it = empty.get("/automation/v2/workflows/enrollments/contacts/5").json()
        return workflow["contactCounts"], [one["id"] for one in in_it], [members(empty, one) for one in lists]

    before = seen()
    enrolled = empty.post(path, None).status, seen()
    left = empty.request("DELETE", path).status, seen()

    assert (made["type"], made["enabled"], made["actions"]) == ("STATIC_ANCHOR", True, [{"type": "DELAY"}])
    assert made["onlyEnrollsManually"] is True
    assert empty.get(f"/automation/v4/flows/{made['id']}").json()["isEnabled"] is True
    assert before == ({"active": 0, "enrolled": 0}, [], [[], []])
    assert enrolled == (204, ({"active": 1, "enrolled": 1}, [made["id"]], [["5"], ["5"]]))
    assert left == (204, ({"active": 0, "enrolled": 1}, [], [[], ["5"]]))
    assert empty.post(path.replace("a@", "b@"), None).status == 404
    assert empty.post("/automation/v3/workflows", given | {"type": "MAGIC"}).status == 400
    assert empty.request("DELETE", f"/automation/v3/workflows/{made['id']}").status == 204
    assert empty.get("/automation/v3/workflows").json() == {"workflows": []}


def test_the_account_says_who_it_is(empty: Fake) -> None:
    """In the keys of the oldest API."""
    empty.request("PUT", "/_fake/clock", {"freeze": True, "at": "2026-07-01T00:00:00Z"})

    found = empty.get("/integrations/v1/me").json()

    assert found == {
        "portalId": empty.portal.id,
        "timeZone": "US/Eastern",
        "accountType": "STANDARD",
        "currency": "USD",
        "utcOffset": "-04:00",
        "utcOffsetMilliseconds": -14_400_000,
    }


def test_an_unknown_contact_is_in_no_workflow(fake: Fake) -> None:
    """A 404, not an empty list."""
    assert fake.get("/automation/v2/workflows/enrollments/contacts/12345").status == 404
